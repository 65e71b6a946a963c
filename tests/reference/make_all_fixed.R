# Every random intercept as fixed effects, by lm with factors: Rscript make_all_fixed.R DATA_DIR OUT_DIR (gunzip the .gz ones first).
# R 4.2.2. The formula is the mixed model's; "factors" are the columns made factors; coefficients are those of the fixed part.
suppressMessages(library(jsonlite))
args <- commandArgs(TRUE)
cases <- list(
  penicillin=list(data="penicillin", mixed="diameter ~ 1 + (1 | plate) + (1 | sample)", f=diameter ~ plate + sample, factors=c("plate", "sample")),
  pastes=list(data="pastes", mixed="strength ~ 1 + (1 | batch) + (1 | batch:cask)", f=strength ~ batch + batch:cask, factors=c("batch", "cask")),
  oats=list(data="oats", mixed="Y ~ V * N + (1 | B) + (1 | B:V)", f=Y ~ B + B:V + V * N, factors=c("B", "V", "N")),
  sleepstudy=list(data="sleepstudy", mixed="Reaction ~ Days + (1 | Subject)", f=Reaction ~ Days + Subject, factors="Subject"),
  exam=list(data="exam", mixed="normexam ~ standLRT + sex + schgend + (1 | school) + (1 | vr) + (1 | intake)", f=normexam ~ school + vr + intake + standLRT + sex + schgend,
            factors=c("school", "vr", "intake", "sex", "schgend")))
found <- lapply(cases, function(case) {
  d <- read.csv(sprintf("%s/%s.csv", args[1], case$data)); for (k in case$factors) d[[k]] <- factor(d[[k]])
  m <- lm(case$f, d); s <- summary(m)$coefficients
  list(data=case$data, formula=case$mixed, factors=I(case$factors), df=df.residual(m), sigma=sigma(m), fitted=head(unname(fitted(m)), 20), terms=rownames(s), estimate=unname(s[, 1]), se=unname(s[, 2]))
})
write(toJSON(found, digits=12, auto_unbox=TRUE), sprintf("%s/all_fixed.json", args[2]))
