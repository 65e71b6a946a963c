# Cluster-robust errors of lm, without and with group dummies: Rscript make_robust.R DATA_DIR OUT_DIR. R 4.2.2, clubSandwich 0.5.8.
# Beside dummies clubSandwich refuses CR3 (each cluster's own dummy makes I - H_jj singular): there the jackknife itself stands,
# the sum over clusters of (b without j - b)(b without j - b)', which CR3 is.
suppressMessages({library(clubSandwich); library(jsonlite)})
args <- commandArgs(TRUE)
cases <- list(
  sleepstudy_unbalanced=list(f=Reaction ~ Days, g="Subject", factors="Subject", within="Days"),
  exam=list(f=normexam ~ standLRT + sex + schgend, g="school", factors=c("school", "sex", "schgend"), within=c("standLRT", "sexM")),
  drug=list(f=Score ~ Drug, g="ID", factors=c("ID", "Drug"), within="Drug1"))
found <- lapply(names(cases), function(name) {
  case <- cases[[name]]; d <- read.csv(sprintf("%s/%s.csv", args[1], name)); for (k in case$factors) d[[k]] <- factor(d[[k]])
  part <- function(f) {
    m <- lm(f, d); own <- if (f == case$f) names(coef(m)) else case$within
    kinds <- lapply(c(CR0="CR0", CR1="CR1", CR1S="CR1S", CR2="CR2", CR3="CR3"), function(k) tryCatch({
      t <- coef_test(m, vcov=vcovCR(m, cluster=d[[case$g]], type=k), test="Satterthwaite"); t <- t[match(own, t$Coef), ]
      list(se=t$SE, df=t$df_Satt)
    }, error=function(e) {
      moved <- sapply(levels(d[[case$g]]), function(l) (coef(lm(f, droplevels(d[d[[case$g]] != l, ]))) [own] - coef(m)[own]))
      list(se=sqrt(rowSums(matrix(moved, nrow=length(own))^2)))
    }))
    list(terms=I(own), kinds=kinds)
  }
  list(data=name, formula=deparse(case$f), group=case$g, factors=I(case$factors), ols=part(case$f), dummies=part(update(case$f, paste(". ~ . +", case$g))))
})
write(toJSON(found, digits=12, auto_unbox=TRUE), sprintf("%s/robust.json", args[2]))
