# Influence, leverage, scaled residuals and collinearity from R: Rscript make_diagnostics.R DATA_DIR OUT_DIR (gunzip the .gz ones first).
# R 4.2.2 with Debian's r-cran-lme4 1.1-31. "vif" is as car has it: diag(solve(cov2cor(vcov))). "cooks" is lme4's: d' V^-1 d (n - p) / (n p), n the number of groups.
suppressMessages({library(lme4); library(jsonlite)})
args <- commandArgs(TRUE)
tight <- lmerControl(optimizer="bobyqa", optCtrl=list(rhoend=1e-10, maxfun=1e5), calc.derivs=FALSE, check.conv.singular="ignore")
cases <- list(
  sleepstudy_rs=list(data="sleepstudy", f=Reaction ~ Days + (Days | Subject), g="Subject", factors="Subject"),
  sleepstudy_unbalanced_rs=list(data="sleepstudy_unbalanced", f=Reaction ~ Days + (Days | Subject), g="Subject", factors="Subject"),
  drug_ri=list(data="drug", f=Score ~ Drug + (1 | ID), g="ID", factors="ID"),
  dyestuff2_singular=list(data="dyestuff2", f=Yield ~ 1 + (1 | Batch), g="Batch", factors="Batch"),
  exam_rs=list(data="exam", f=normexam ~ standLRT + sex + schgend + (standLRT | school), g="school", factors=c("school", "sex", "schgend")))
found <- lapply(cases, function(case) {
  d <- read.csv(sprintf("%s/%s.csv", args[1], case$data)); for (k in case$factors) d[[k]] <- factor(d[[k]])
  m <- lmer(case$f, d, control=tight); p <- length(fixef(m)); levels <- levels(d[[case$g]]); n <- length(levels)
  without <- lapply(levels, function(l) lmer(case$f, droplevels(d[d[[case$g]] != l, ]), control=tight))
  moved <- lapply(without, function(w) fixef(w) - fixef(m))
  cooks <- sapply(moved, function(b) as.numeric(b %*% solve(as.matrix(vcov(m)), b)) * (n - p) / (n * p))
  r <- list(data=case$data, formula=Reduce(paste, deparse(case$f)), group=case$g, factors=I(case$factors), levels=levels, terms=names(fixef(m)),
    beta=unname(lapply(without, function(w) unname(fixef(w)))), sigma=sapply(without, sigma), theta=lapply(without, function(w) unname(getME(w, "theta"))), cooks=cooks,
    leverage=unname(hatvalues(m)), scaled=unname(residuals(m, type="pearson", scaled=TRUE)))
  if (case$data == "exam") r$vif <- unname(diag(solve(cov2cor(as.matrix(vcov(m))[-1, -1]))))
  r
})
write(toJSON(found, digits=12, auto_unbox=TRUE), sprintf("%s/diagnostics.json", args[2]))
