# Tests between models, ICCs and prediction errors from R: Rscript make_assess.R DATA_DIR OUT_DIR (gunzip the .gz ones first).
# R 4.2.2 with Debian's r-cran-plm 2.6-2, -lme4 1.1-31, -lmertest 3.1-3, -performance 0.10.2.
suppressMessages({library(plm); library(lme4); library(lmerTest); library(performance); library(jsonlite)})
args <- commandArgs(TRUE); src <- args[1]; out <- args[2]
num <- function(x) unname(as.numeric(x))
rows <- function(m) unname(split(as.matrix(m), row(as.matrix(m))))
read <- function(name, factors) { d <- read.csv(sprintf("%s/%s.csv", src, name)); for (k in factors) d[[k]] <- factor(d[[k]]); d }
tight <- lmerControl(optimizer="bobyqa", optCtrl=list(rhoend=1e-10, maxfun=1e5), calc.derivs=FALSE, check.conv.singular="ignore")
write_json <- function(x, name) write(toJSON(x, digits=12, auto_unbox=TRUE, na="null"), sprintf("%s/%s.json", out, name))

# Hausman, Breusch-Pagan and Honda from plm; restricted likelihood ratio of the random intercept and slope from lmerTest
panels <- list(
  cv161703=list(data="cv161703", f=Y ~ X, g="ID", slope="X"), drug=list(data="drug", f=Score ~ Drug, g="ID"),
  dragons=list(data="dragons_twin", f=testScore ~ bodyLength2, g="mountainRange"),
  sleepstudy=list(data="sleepstudy", f=Reaction ~ Days, g="Subject", slope="Days"),
  sleepstudy_unbalanced=list(data="sleepstudy_unbalanced", f=Reaction ~ Days, g="Subject", slope="Days"),
  exam=list(data="exam", f=normexam ~ standLRT + sex, g="school", slope="standLRT"), dyestuff=list(data="dyestuff", f=Yield ~ 1, g="Batch"))
tests <- lapply(panels, function(case) {
  d <- read(case$data, case$g); predictors <- attr(terms(case$f), "term.labels")
  p <- plm(case$f, d, index=case$g, model="pooling")
  test <- function(type) { t <- plmtest(p, effect="individual", type=type); list(statistic=num(t$statistic), p=num(t$p.value)) }
  r <- list(data=case$data, formula=paste(deparse(case$f), "+ (1 |", case$g, ")"), group=case$g, breusch_pagan=test("bp"), honda=test("honda"))
  if (length(predictors)) {
    random <- plm(case$f, d, index=case$g, model="random"); s <- ercomp(random)$sigma2
    h <- phtest(plm(case$f, d, index=case$g, model="within"), random)
    r$random <- list(residual=num(s["idios"]), between=num(s["id"]), estimate=num(coef(random)), se=num(sqrt(diag(vcov(random)))))
    r$hausman <- list(statistic=num(h$statistic), df=num(h$parameter), p=num(h$p.value))
  }
  ri <- lmerTest::lmer(as.formula(r$formula), d, control=tight); ols <- lm(case$f, d)
  r$intercept_reml <- list(chisq=num(2 * (logLik(ri, REML=TRUE) - logLik(ols, REML=TRUE))))
  if (!is.null(case$slope)) {
    rs <- lmerTest::lmer(as.formula(paste(deparse(case$f), "+ (", case$slope, "|", case$g, ")")), d, control=tight)
    r$slope <- case$slope; r$slope_reml <- list(chisq=num(2 * (logLik(rs) - logLik(ri))))
  }
  r
})
# Mundlak's test of two group means at once, with Satterthwaite's denominator degrees of freedom
d <- read("exam", "school"); d$sexM <- as.numeric(d$sex == "M")
d$standLRT_mean <- ave(d$standLRT, d$school); d$sexM_mean <- ave(d$sexM, d$school)
m <- lmerTest::lmer(normexam ~ standLRT + sexM + standLRT_mean + sexM_mean + (1 | school), d, control=tight)
a <- contest(m, cbind(matrix(0, 2, 3), diag(2)))
tests$exam$mundlak <- list(F=num(a[["F value"]]), num_df=num(a$NumDF), den_df=num(a$DenDF), p=num(a[["Pr(>F)"]]))
write_json(tests, "model_tests")

# ICC of each factor; ICC of predictors by one-way analysis of variance
several <- list(
  penicillin=list(data="penicillin", f=diameter ~ 1 + (1 | plate) + (1 | sample), factors=c("plate", "sample")),
  pastes=list(data="pastes", f=strength ~ 1 + (1 | batch) + (1 | batch:cask), factors=c("batch", "cask")),
  oats=list(data="oats", f=Y ~ V * N + (1 | B) + (1 | B:V), factors=c("B", "V", "N")))
by_factor <- lapply(several, function(case) {
  d <- read(case$data, case$factors); m <- lme4::lmer(case$f, d, control=tight); i <- icc(m, by_group=TRUE)
  list(data=case$data, formula=deparse(case$f), factors=case$factors, group=i$Group, icc=num(i$ICC))
})
predictor <- function(data, x, g) {
  d <- read(data, g); a <- anova(lm(d[[x]] ~ d[[g]])); n <- table(d[[g]]); n0 <- (sum(n) - sum(n^2) / sum(n)) / (length(n) - 1)
  list(data=data, predictor=x, group=g, icc=(a[1, 3] - a[2, 3]) / (a[1, 3] + (n0 - 1) * a[2, 3]))
}
write_json(list(by_factor=by_factor, predictors=list(predictor("cv161703", "X", "ID"), predictor("exam", "standLRT", "school"),
  predictor("sleepstudy_unbalanced", "Days", "Subject"))), "shares")

# Prediction errors of x'b + z'u of the first rows and of a new group, from Henderson's equations with lme4's variances
cases <- list(
  cv161703_ri=list(data="cv161703", f=Y ~ X + (1 | ID), factors="ID"),
  sleepstudy_rs=list(data="sleepstudy", f=Reaction ~ Days + (Days | Subject), factors="Subject"),
  sleepstudy_unbalanced_rs=list(data="sleepstudy_unbalanced", f=Reaction ~ Days + (Days | Subject), factors="Subject"),
  penicillin=several$penicillin, pastes=several$pastes, oats=several$oats)
predictions <- lapply(cases, function(case) {
  d <- read(case$data, case$factors); m <- lme4::lmer(case$f, d, control=tight); s2 <- sigma(m)^2
  X <- as.matrix(getME(m, "X")); L <- as.matrix(getME(m, "Lambda")); W <- cbind(X, as.matrix(getME(m, "Z")) %*% L); p <- ncol(X)
  C <- s2 * solve(crossprod(W) + diag(c(rep(0, p), rep(1, ncol(L))))) # with spherical random effects, so that a variance may be 0
  at <- round(seq(1, nrow(d), length.out=8)); known <- rowSums((W[at, ] %*% C) * W[at, ])
  fixed <- rowSums((X[at, , drop=FALSE] %*% as.matrix(vcov(m))) * X[at, , drop=FALSE])
  between <- s2 * rowSums((as.matrix(getME(m, "Z")) %*% L)[at, ]^2)
  list(data=case$data, formula=deparse(case$f), factors=case$factors, rows=at - 1, sigma2=s2, group=num(predict(m)[at]),
       population=num(predict(m, re.form=NA)[at]), variance_known=num(known), variance_fixed=num(fixed), variance_between=num(between))
})
write_json(predictions, "predictions")
