# Estimated marginal means, contrasts, slopes as emmeans.json. Run in the tests folder: Rscript reference/make_emmeans.R.
# emmeans 1.8.4, lmerTest 3.1-3, pbkrtest 0.5.2, clubSandwich, nlme. `call` is what is asked of emmeans (or emtrends, with `var`), in the
# words of Result.emmeans and Result.slopes; `contrasts` have the method and the adjustment. Of cluster-robust errors the SE and df are
# clubSandwich's linear_contrast() at emmeans' own linear functions (CR2, Satterthwaite); its intervals follow from them.
suppressMessages({library(lmerTest); library(emmeans); library(nlme); library(clubSandwich); library(splines); library(jsonlite)})
emm_options(lmerTest.limit=1e5, pbkrtest.limit=1e5, msg.interaction=FALSE, msg.nesting=FALSE)
rd <- function(n, factors) { d <- read.csv(sprintf("data_files/%s.csv", n)); for (f in factors) d[[f]] <- factor(d[[f]]); d }
tab <- function(e, infer=c(TRUE,TRUE)) { d <- as.data.frame(summary(e, infer=infer)); if (all(is.infinite(d$df))) d$df <- "Inf"; for (k in names(d)) if (is.factor(d[[k]])) d[[k]] <- as.character(d[[k]]); as.list(d) }
ask <- function(m, call, contrasts, extra=list()) {
  args <- c(list(m), extra)
  if (!is.null(call$at)) args$at <- call$at
  if (!is.null(call$weights)) args$weights <- call$weights
  if (is.null(call$var)) { args$specs <- call$specs; if (!is.null(call$by)) args$by <- call$by; e <- do.call(emmeans, args) }
  else { args$specs <- if (is.null(call$by)) ~ 1 else call$by; args$var <- call$var; e <- do.call(emtrends, args) }
  list(call=call, means=tab(e), e=e, contrasts=lapply(contrasts, function(k) list(method=k[1], adjust=k[2], table=tab(contrast(e, k[1], adjust=k[2])))))
}
plain <- function(r) { r$e <- NULL; r }
lists <- function(call) { for (k in c("specs","by")) if (!is.null(call[[k]])) call[[k]] <- I(call[[k]]); if (!is.null(call$at)) call$at <- lapply(call$at, I); call }
P <- list(c("pairwise","tukey"))
every <- list(c("pairwise","tukey"), c("pairwise","holm"), c("pairwise","bonferroni"), c("trt.vs.ctrl","dunnettx"), c("consec","holm"), c("poly","none"))
unbalanced <- function(d) d[(7*seq_len(nrow(d))) %% 11 >= 3, ]
fev <- rd("fev", c("AVISIT","ARMCD","RACE","SEX","USUBJID"))
oats <- unbalanced(rd("oats", c("B","V","N")))
oats$nitro <- as.numeric(oats$N) - 1
every_exam <- rd("exam", c("school","sex","schgend","vr","intake")); exam <- head(every_exam, 900); exam$girl <- as.numeric(exam$sex == "F")
hole <- subset(rd("oats", c("B","V","N")), !(V == "Victory" & N == "0.6cwt"))
cases <- list(
 list(name="fev", data=fev, kind="lmer", f="FEV1 ~ ARMCD * AVISIT + FEV1_BL + RACE + SEX + (1 | USUBJID)", calls=list(
   list(list(specs="ARMCD", by="AVISIT"), P), list(list(specs="ARMCD"), P), list(list(specs="AVISIT", weights="proportional"), every), list(list(specs=c("ARMCD","SEX")), P))),
 list(name="oats_unbalanced", data=oats, kind="lmer", f="Y ~ V * N + (1 | B)", calls=list(list(list(specs="N"), every), list(list(specs="V", by="N"), P), list(list(specs="V", weights="proportional"), P))),
 list(name="oats_curve", data=oats, kind="lm", f="Y ~ V * poly(nitro, 2) + B", calls=list(
   list(list(specs="V", at=list(nitro=c(0,1.5))), P), list(list(var="nitro", by="V"), P), list(list(var="nitro", by="nitro", at=list(nitro=c(0.5,2.5))), list()))),
 list(name="exam_zero_one", data=exam, kind="lm", f="normexam ~ standLRT * girl + log(schavg + 2) + ns(standLRT, df = 3) + vr", calls=list(
   list(list(specs="vr"), P), list(list(specs="vr", weights="proportional"), every), list(list(specs="girl", by="standLRT", at=list(standLRT=c(-1,1))), P), list(list(var="schavg"), list()))),
 list(name="exam_slopes", data=exam, kind="lmer", f="normexam ~ standLRT * vr + I(standLRT^2) + sex + (standLRT | school)", calls=list(
   list(list(var="standLRT", by="vr"), every), list(list(var="standLRT", by=c("vr","standLRT"), at=list(standLRT=c(-1,1))), list()), list(list(specs="vr", by="standLRT", at=list(standLRT=c(-1,1))), list(c("trt.vs.ctrl","holm"))))),
 list(name="exam_cr2", data=every_exam, kind="cr2", cluster="school", f="normexam ~ standLRT * vr + sex", calls=list(list(list(specs="vr"), list()), list(list(var="standLRT", by="vr"), list()), list(list(specs="sex", weights="proportional"), list()))),
 list(name="offset", data=exam, kind="lm", f="normexam ~ sex * vr + offset(0.5 * standLRT)", calls=list(list(list(specs="vr"), P), list(list(specs="vr", by="sex"), P))),
 list(name="hole", data=hole, kind="lm", f="Y ~ V * N", calls=list(list(list(specs="V", by="N"), P), list(list(specs="V"), P), list(list(specs="N"), P))),
 list(name="oats_nested", data=rd("oats", c("B","V","N")), kind="lmer", f="Y ~ V * N + (1 | B) + (1 | B:V)", calls=list(list(list(specs="V"), P), list(list(specs="N"), every), list(list(specs="V", by="N"), P))),
 list(name="trial", data=rd("trial", c("arm","patient")), kind="lmer", f="score ~ week * arm + baseline + (1 | patient)", calls=list(
   list(list(specs="arm", by="week", at=list(week=c(2,4,8,12))), P), list(list(specs="arm"), P), list(list(var="week", by="arm"), P))),
 list(name="hsb82", data=rd("hsb82", c("sector","school")), kind="lmer", f="mAch ~ ses * sector + (1 | school)", calls=list(list(list(specs="sector", by="ses", at=list(ses=c(-1,0,1))), P), list(list(var="ses", by="sector"), P))),
 list(name="oats_gls", data=oats, kind="gls", f="Y ~ V * nitro", calls=list(list(list(specs="V"), P), list(list(var="nitro", by="V"), P))))
out <- lapply(cases, function(cs) {
  f <- as.formula(cs$f); d <<- cs$data; r <- list(name=cs$name, formula=cs$f, kind=cs$kind)
  run <- function(m, extra=list()) lapply(cs$calls, function(k) { a <- ask(m, k[[1]], k[[2]], extra); a$call <- lists(a$call); a })
  if (cs$kind == "lmer") {
    m <- lmerTest::lmer(f, d, control=lmerControl(optimizer="bobyqa", optCtrl=list(rhoend=1e-10, maxfun=1e5), calc.derivs=FALSE))
    r$satterthwaite <- lapply(run(m, list(lmer.df="satterthwaite")), plain); r$kenward_roger <- lapply(run(m, list(lmer.df="kenward-roger")), plain); r$asymptotic <- lapply(run(m, list(lmer.df="asymptotic"))[1], plain)
  } else if (cs$kind == "gls") { r$usual <- lapply(run(gls(f, d, correlation=corCompSymm(form=~1|B)), list(mode="df.error", data=d)), function(a) { a <- plain(a); a$contrasts <- list(); a })
  } else {
    m <- lm(f, d); own <- run(m)
    if (cs$kind == "cr2") { r$cluster <- cs$cluster; V <- vcovCR(m, cluster=d[[cs$cluster]], type="CR2")
      own <- lapply(own, function(a) { L <- a$e@linfct; lc <- linear_contrast(m, vcov=V, contrasts=L, test="Satterthwaite"); a$means$SE <- lc$SE; a$means$df <- lc$df
        a$means <- a$means[!(names(a$means) %in% c("lower.CL","upper.CL","t.ratio","p.value"))]
        D <- emmeans::contrast(a$e, "pairwise")@linfct; ld <- linear_contrast(m, vcov=V, contrasts=D, test="Satterthwaite"); a$pairs <- list(estimate=ld$Est, SE=ld$SE, df=ld$df); a }) }
    r$usual <- lapply(own, plain)
  }
  cat(cs$name, "ok\n"); r })
writeLines(toJSON(out, digits=9, auto_unbox=TRUE, na="null"), "reference/emmeans.json")
