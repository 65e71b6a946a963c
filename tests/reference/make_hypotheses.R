# ANOVA tables of types I, II and III and multi-row hypotheses, as hypotheses.json. Run in the tests folder:
# Rscript reference/make_hypotheses.R. lmerTest 3.1-3, pbkrtest 0.5.2, car 3.1-1.
# `keep` is the rule in tests/assess/test_hypotheses.py for the rows used: rows whose number (from 1) times 7, modulo 11, is at
# least `keep`, of the first `rows` rows. Columns in `factors` become factors; nitro = as.numeric(N) - 1.
suppressMessages({library(lmerTest); library(pbkrtest); library(car); library(jsonlite)})
cases <- list(
 oats=list(data="oats", f=Y~V*N+(1|B)+(1|B:V), factors=c("B","V","N"), rows=72, keep=0),
 oats_unbalanced=list(data="oats", f=Y~V*N+(1|B), factors=c("B","V","N"), rows=72, keep=3),
 oats_nested_unbalanced=list(data="oats", f=Y~V*N+(1|B)+(1|B:V), factors=c("B","V","N"), rows=72, keep=2),
 oats_factor_by_number=list(data="oats", f=Y~V*nitro+(1|B), factors=c("B","V","N"), rows=72, keep=4),
 oats_polynomial=list(data="oats", f=Y~V+poly(nitro,2)+(1|B), factors=c("B","V","N"), rows=72, keep=4),
 oats_no_intercept=list(data="oats", f=Y~0+V+N+(1|B), factors=c("B","V","N"), rows=72, keep=3),
 oats_one_term=list(data="oats", f=Y~N+(1|B)+(1|B:V), factors=c("B","V","N"), rows=72, keep=3),
 oats_interaction_only=list(data="oats", f=Y~V:nitro+(1|B), factors=c("B","V","N"), rows=72, keep=3),
 hsb82_three_way=list(data="hsb82", f=mAch~ses*minrty*sector+sx+(1|school), factors=c("school","minrty","sector","sx"), rows=700, keep=0),
 exam_slope=list(data="exam", f=normexam~standLRT*schgend+vr+(standLRT|school), factors=c("school","schgend","vr"), rows=900, keep=3),
 exam_factors=list(data="exam", f=normexam~standLRT*sex+intake+schgend+(1|school), factors=c("school","sex","intake","schgend"), rows=700, keep=5),
 sleepstudy=list(data="sleepstudy", f=Reaction~Days+(Days|Subject), factors="Subject", rows=180, keep=0, L=rbind(c(1,0),c(0,1),c(1,1))),
 sleepstudy_unbalanced=list(data="sleepstudy_unbalanced", f=Reaction~Days+(Days|Subject), factors="Subject", rows=133, keep=0, L=diag(2)))
num <- function(x) unname(as.numeric(x))
f_rows <- function(a) list(sum_sq=num(a[["Sum Sq"]]), mean_sq=num(a[["Mean Sq"]]), num_df=num(a$NumDF), den_df=num(a$DenDF), F=num(a[["F value"]]), p=num(a[["Pr(>F)"]]))
out <- list()
for (name in names(cases)) {
  cs <- cases[[name]]
  d <- head(read.csv(sprintf("data_files/%s.csv", cs$data)), cs$rows)
  d <- d[(7*seq_len(nrow(d))) %% 11 >= cs$keep, ]
  for (k in cs$factors) d[[k]] <- factor(d[[k]])
  if (!is.null(d$N)) d$nitro <- as.numeric(d$N) - 1
  m <- lmerTest::lmer(cs$f, d, control=lmerControl(optimizer="bobyqa", optCtrl=list(rhoend=1e-10, maxfun=1e5), calc.derivs=FALSE, check.conv.singular="ignore"))
  l <- lm(lme4::nobars(cs$f), d)
  r <- list(data=cs$data, formula=deparse(cs$f, width.cutoff=500), factors=I(cs$factors), rows=cs$rows, keep=cs$keep, n=nrow(d), singular=isSingular(m, tol=1e-4), term=I(attr(terms(m), "term.labels")))
  for (type in c("I", "II", "III")) for (ddf in c("Satterthwaite", "Kenward-Roger")) r[[type]][[tolower(ddf)]] <- f_rows(anova(m, type=type, ddf=ddf))
  a <- anova(as(m, "lmerMod")); r$I[["chi-square"]] <- list(chisq=num(a[["F value"]]) * num(a$npar), num_df=num(a$npar))
  a <- anova(l); k <- seq_len(nrow(a) - 1); r$I$ols <- list(sum_sq=num(a[["Sum Sq"]][k]), num_df=num(a$Df[k]), F=num(a[["F value"]][k]), p=num(a[["Pr(>F)"]][k]))
  a <- car::Anova(m); r$II[["chi-square"]] <- list(chisq=num(a$Chisq), num_df=num(a$Df), p=num(a[["Pr(>Chisq)"]]))
  b <- car::Anova(l); k <- seq_len(nrow(b) - 1); r$II$ols <- list(sum_sq=num(b[["Sum Sq"]][k]), num_df=num(b$Df[k]), F=num(b[["F value"]][k]), p=num(b[["Pr(>F)"]][k]))
  if (!is.null(cs$L)) { r$L <- cs$L; for (ddf in c("Satterthwaite", "Kenward-Roger")) r$hypothesis[[tolower(ddf)]] <- tryCatch(f_rows(contestMD(m, cs$L, ddf=ddf)), error=function(e) list(error=conditionMessage(e))) }
  out[[name]] <- r
  cat(name, nrow(d), r$singular, "\n")
}
write(toJSON(out, digits=12, auto_unbox=TRUE, na="null"), "reference/hypotheses.json")
