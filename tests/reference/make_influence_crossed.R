# Models with several grouping factors without each level of one, from R: Rscript make_influence_crossed.R DATA_DIR OUT_DIR (gunzip the .gz ones first).
# R 4.2.2 with Debian's r-cran-lme4 1.1-31. "weighted" has the prior weights 1, 2, 3, 1, 2, 3, ... row by row.
suppressMessages({library(lme4); library(jsonlite)})
args <- commandArgs(TRUE)
tight <- lmerControl(optimizer="bobyqa", optCtrl=list(rhoend=1e-10, maxfun=1e5), calc.derivs=FALSE, check.conv.singular="ignore")
cases <- list(
  penicillin_plate=list(data="penicillin", f=diameter ~ 1 + (1 | plate) + (1 | sample), g="plate"),
  penicillin_sample=list(data="penicillin", f=diameter ~ 1 + (1 | sample) + (1 | plate), g="sample"),
  penicillin_weighted=list(data="penicillin", f=diameter ~ 1 + (1 | sample) + (1 | plate), g="sample", weighted=TRUE),
  pastes_batch=list(data="pastes", f=strength ~ 1 + (1 | batch) + (1 | sample), g="batch"),
  sleepstudy_days=list(data="sleepstudy", f=Reaction ~ Days + (Days | Subject) + (1 | Days), g="Subject"),
  insteval_d=list(data="insteval", f=y ~ service + (1 | d) + (1 | s), g="d", only=c("1002", "2160")))
found <- lapply(cases, function(case) {
  d <- read.csv(sprintf("%s/%s.csv", args[1], case$data))
  if (case$data == "insteval") d$service <- factor(d$service)
  d$prior <- if (is.null(case$weighted)) rep(1, nrow(d)) else rep_len(1:3, nrow(d))
  levels <- levels(factor(d[[case$g]])); if (!is.null(case$only)) levels <- case$only
  without <- lapply(levels, function(l) lmer(case$f, d[d[[case$g]] != l, ], weights=prior, control=tight))
  list(data=case$data, formula=Reduce(paste, deparse(case$f)), group=case$g, levels=levels, weighted=!is.null(case$weighted),
    beta=unname(lapply(without, function(w) unname(fixef(w)))), se=unname(lapply(without, function(w) unname(sqrt(diag(as.matrix(vcov(w))))))),
    sigma=sapply(without, sigma), criterion=sapply(without, REMLcrit), sd=unname(lapply(without, function(w) unname(attr(VarCorr(w)[[case$g]], "stddev")))))
})
write(toJSON(found, digits=12, auto_unbox=TRUE), sprintf("%s/influence_crossed.json", args[2]))
