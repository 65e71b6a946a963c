# Prior weights and offsets by lm, lme4, lmerTest, pbkrtest and clubSandwich: Rscript make_weights.R DATA_DIR OUT_DIR (gunzip the .gz ones first).
# R 4.2.2, lme4 1.1-31, lmerTest 3.1-3, pbkrtest 0.5.2, clubSandwich 0.5.8; r2, adjusted and f of lm by R 4.6.2, as R before 4.3 took an
# offset for explained. Weights are (1 + i mod 5) / 2 + g, i the row's number from 0, g as each case has it.
# "robust" is clubSandwich's of rows times the roots of their weights (errors of one variance); "robust_default" its own of the weighted fit.
# lme4's profiles of coefficients are wrong with prior weights (1.1-31), so those of such rows are taken too. pbkrtest ignores prior weights: it is given the rows multiplied by the roots of their weights, which is the same model without weights.
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest); library(clubSandwich); library(jsonlite)})
args <- commandArgs(TRUE)
num <- function(x) unname(as.numeric(x))
tight <- lmerControl(optimizer="nloptwrap", calc.derivs=TRUE, check.conv.singular="ignore", check.conv.grad="ignore", check.nobs.vs.nRE="ignore", optCtrl=list(xtol_abs=1e-12, ftol_abs=1e-13, maxeval=1e5))
read <- function(case) {
  d <- read.csv(sprintf("%s/%s.csv", args[1], case$data)); i <- seq_len(nrow(d)) - 1
  d$w <- (1 + i %% 5) / 2 + case$g(d); d$o <- case$o(d); for (k in case$factors) d[[k]] <- factor(d[[k]]); d
}
cases <- list(
  hsb82=list(data="hsb82", mixed="mAch ~ ses + sx + (1 | school)", fixed="mAch ~ ses + sx", group="school", factors=c("school", "sx"), g=function(d) d$minrty == "Yes", o=function(d) 2 * d$cses, profile=TRUE, kr="ys ~ 0 + w0 + xs + zs + (0 + w0 | school)"),
  sleepstudy=list(data="sleepstudy", mixed="Reaction ~ Days + (Days | Subject)", fixed="Reaction ~ Days", group="Subject", factors="Subject", g=function(d) 2 * (d$Days > 6), o=function(d) 10 * d$Days, profile=TRUE, kr="ys ~ 0 + w0 + xs + (0 + w0 + xs | Subject)"),
  penicillin=list(data="penicillin", mixed="diameter ~ 1 + (1 | plate) + (1 | sample)", fixed="diameter ~ 1", group="plate", factors=c("plate", "sample"), g=function(d) 0, o=function(d) 0.1 * (seq_len(nrow(d)) %% 3), profile=FALSE, kr="ys ~ 0 + w0 + (0 + w0 | plate) + (0 + w0 | sample)"))
mixed <- function(case, d) lapply(c(reml=TRUE, ml=FALSE), function(reml) {
  m <- lmer(as.formula(case$mixed), d, REML=reml, weights=w, offset=o, control=tight)
  vc <- as.data.frame(VarCorr(m)); new <- head(d, 12); s <- summary(m)$coefficients
  list(terms=names(fixef(m)), estimate=num(fixef(m)), se=num(sqrt(diag(as.matrix(vcov(m))))), df=num(s[, "df"]), sigma=sigma(m), criterion=num(if (reml) REMLcrit(m) else -2 * as.numeric(logLik(m))),
    loglik=num(logLik(m)), aic=AIC(m), bic=BIC(m), theta=num(getME(m, "theta")), variances=num(vc$vcov), factors=vc$grp, fitted=num(head(fitted(m), 12)), resid=num(head(resid(m), 12)),
    pearson=num(head(resid(m, type="pearson"), 12)), scaled=num(head(resid(m, type="pearson", scaled=TRUE), 12)), modes=num(head(ranef(m)[[case$group]][, 1], 12)), mode_se=num(head(sqrt(attr(ranef(m, condVar=TRUE)[[case$group]], "postVar")[1, 1, ]), 12)))
})
least_squares <- function(case, d) {
  m <- lm(as.formula(case$fixed), d, weights=w, offset=o); s <- summary(m); g <- d[[case$group]]
  dummies <- lm(as.formula(paste0(case$fixed, " + ", case$group)), d, weights=w, offset=o); n <- length(coef(m))
  robust <- function(type, ...) { v <- vcovCR(m, cluster=g, type=type, ...); t <- coef_test(m, vcov=v, test="Satterthwaite"); list(se=num(t$SE), df=num(if ("df_Satt" %in% names(t)) t$df_Satt else t$df)) }
  r <- sqrt(d$w); ys <- (model.response(model.frame(m)) - d$o) * r; X <- model.matrix(m) * r; rows <- lm(ys ~ 0 + X)
  robust_rows <- function(type) { v <- vcovCR(rows, cluster=g, type=type); t <- coef_test(rows, vcov=v, test="Satterthwaite"); list(se=num(t$SE), df=num(if ("df_Satt" %in% names(t)) t$df_Satt else t$df)) }
  new <- head(d, 12); p <- suppressWarnings(predict(m, new, interval="confidence", se.fit=TRUE))
  q <- suppressWarnings(predict(m, new, interval="prediction"))
  list(estimate=num(coef(m)), se=num(s$coefficients[, 2]), sigma=sigma(m), r2=s$r.squared, adjusted=s$adj.r.squared, f=num(s$fstatistic[1]), loglik=num(logLik(m)), aic=AIC(m), bic=BIC(m), deviance=deviance(m),
    residual_quantiles=num(quantile(s$residuals)), fitted=num(head(fitted(m), 12)), predicted=num(p$fit[, 1]), predicted_se=num(p$se.fit), lower=num(q[, 2]),
    dummies=list(estimate=num(coef(dummies)[seq_len(n)]), se=num(summary(dummies)$coefficients[seq_len(n), 2]), sigma=sigma(dummies), loglik=num(logLik(dummies)), r2=summary(dummies)$r.squared),
    robust=sapply(c("CR0", "CR1", "CR1S", "CR2", "CR3"), robust_rows, simplify=FALSE), robust_default=sapply(c("CR0", "CR1", "CR2", "CR3"), robust, simplify=FALSE))
}
kr <- function(case, d) {
  d$w0 <- sqrt(d$w); d$ys <- (model.response(model.frame(as.formula(case$fixed), d)) - d$o) * d$w0; X <- model.matrix(as.formula(case$fixed), d)
  if (ncol(X) > 1) d$xs <- X[, 2] * d$w0; if (ncol(X) > 2) d$zs <- X[, 3] * d$w0
  if (nrow(d) > 1000) return(NULL)
  m <- lmer(as.formula(case$kr), d, control=tight); V <- vcovAdj(m); L <- diag(length(fixef(m)))
  ml <- suppressMessages(suppressWarnings(confint(lmer(as.formula(case$kr), d, REML=FALSE, control=tight), quiet=TRUE)))
  list(profile=unname(split(ml, row(ml))), se=num(sqrt(diag(as.matrix(V)))), df=sapply(seq_len(nrow(L)), function(k) Lb_ddf(L[k, ], vcov(m), V)))
}
without <- function(case, d) {
  if (case$group != "Subject") return(NULL)
  t(sapply(head(levels(d[[case$group]]), 4), function(k) { m <- lmer(as.formula(case$mixed), d[d[[case$group]] != k, ], weights=w, offset=o, control=tight); c(num(fixef(m)), sigma(m)) }))
}
found <- lapply(cases, function(case) {
  d <- read(case); m <- mixed(case, d)
  profile <- if (case$profile) { f <- lmer(as.formula(case$mixed), d, weights=w, offset=o, control=tight, REML=FALSE); num(confint(f, parm=".sigma", method="profile", quiet=TRUE, oldNames=TRUE)) }
  list(data=case$data, mixed_formula=case$mixed, formula=case$fixed, group=case$group, weights=num(head(d$w, 10)), mixed=m, lm=least_squares(case, d), kenward_roger=kr(case, d), without=without(case, d), profile_sigma=profile)
})
# a weight of 0 with lm, and weights that count rows
d <- read(cases$sleepstudy); d$zero <- d$w * (seq_len(nrow(d)) %% 7 != 0); z <- lm(Reaction ~ Days, d, weights=zero)
found$zero <- list(estimate=num(coef(z)), sigma=sigma(z), n=nobs(z), loglik=num(logLik(z)))
write(toJSON(found, digits=NA, auto_unbox=TRUE, na="null"), sprintf("%s/weights.json", args[2]))
