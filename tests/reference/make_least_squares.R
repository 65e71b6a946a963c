# summary(lm) and anova(lm) with and without dummies of group: Rscript make_least_squares.R DATA_DIR OUT_DIR. R 4.2.2.
suppressMessages(library(jsonlite))
args <- commandArgs(TRUE)
cases <- list(
  dragons=list(data="dragons_twin", formula="testScore ~ bodyLength2 + (1 | mountainRange)", f=testScore ~ bodyLength2, g="mountainRange", factors="mountainRange"),
  penicillin=list(data="penicillin", formula="diameter ~ sample + (1 | plate)", f=diameter ~ sample, g="plate", factors=c("plate", "sample")),
  oats=list(data="oats", formula="Y ~ V * N + (1 | B)", f=Y ~ V * N, g="B", factors=c("B", "V", "N")),
  exam=list(data="exam", formula="normexam ~ standLRT + schgend + sex + (1 | school)", f=normexam ~ standLRT + schgend + sex, g="school", factors=c("school", "schgend", "sex")),
  cv161703=list(data="cv161703", formula="Y ~ 0 + X + (1 | ID)", f=Y ~ 0 + X, g="ID", factors="ID"),
  dyestuff=list(data="dyestuff", formula="Yield ~ 1 + (1 | Batch)", f=Yield ~ 1, g="Batch", factors="Batch"))
printed <- function(m) {
  s <- summary(m); a <- anova(m); f <- s$fstatistic; n <- function(x) unname(as.numeric(x))
  list(terms=rownames(s$coefficients), coefficients=unname(split(s$coefficients, row(s$coefficients))), sigma=s$sigma, r2=s$r.squared, adj_r2=s$adj.r.squared,
    F=n(f), F_p=if (is.null(f)) NULL else n(pf(f[1], f[2], f[3], lower.tail=FALSE)), residuals=n(quantile(residuals(m))),
    anova=list(term=rownames(a), df=n(a$Df), sum_sq=n(a[["Sum Sq"]]), mean_sq=n(a[["Mean Sq"]]), F=n(a[["F value"]]), p=n(a[["Pr(>F)"]])))
}
found <- lapply(cases, function(case) {
  d <- read.csv(sprintf("%s/%s.csv", args[1], case$data)); for (k in case$factors) d[[k]] <- factor(d[[k]])
  # without an intercept in the formula the dummies still add up to one
  whole <- update(case$f, paste("~ . + 1 +", case$g))
  list(data=case$data, formula=case$formula, factors=I(case$factors), ols=printed(lm(case$f, d)), dummies=printed(lm(whole, d)))
})
write(toJSON(found, digits=NA, auto_unbox=TRUE, null="null", na="null"), sprintf("%s/least_squares.json", args[2]))
