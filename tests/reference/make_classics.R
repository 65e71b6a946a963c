# The classics of nlme and datasets as R has them, with lme4's fits: Rscript make_classics.R OUT_FILE
# What is asked of our copies: the same sums of the numeric columns, the same criterion, coefficients and standard deviations.
suppressPackageStartupMessages({library(nlme); library(lme4); library(jsonlite)})
student <- setNames(as.data.frame(datasets::sleep), c("extra", "drug", "patient"))
cases <- list(
  orthodont = list(nlme::Orthodont, distance ~ age * Sex + (1 | Subject)),
  sleep = list(student, extra ~ drug + (1 | patient)),
  machines = list(nlme::Machines, score ~ Machine + (1 | Worker) + (1 | Worker:Machine)),
  rail = list(nlme::Rail, travel ~ 1 + (1 | Rail)),
  ergostool = list(nlme::ergoStool, effort ~ Type + (1 | Subject)),
  orange = list(datasets::Orange, circumference ~ age + (age | Tree)),
  bodyweight = list(nlme::BodyWeight, weight ~ Time * Diet + (Time | Rat)),
  chickweight = list(datasets::ChickWeight, weight ~ Time * Diet + (Time | Chick)),
  co2 = list(datasets::CO2, uptake ~ Treatment * Type + log(conc) + (1 | Plant))
)
plain <- function(d) as.data.frame(lapply(as.data.frame(d), function(x) if (is.factor(x)) factor(as.character(x)) else x))
best <- function(formula, data) {
  fits <- lapply(c("nloptwrap", "bobyqa", "Nelder_Mead"), function(o)
    suppressMessages(suppressWarnings(lmer(formula, data, control = lmerControl(optimizer = o, calc.derivs = FALSE)))))
  fits[[which.min(sapply(fits, REMLcrit))]]
}
result <- lapply(cases, function(case) {
  data <- plain(case[[1]]); fit <- best(case[[2]], data); sds <- as.data.frame(VarCorr(fit))
  list(rows = nrow(data), sums = as.list(colSums(data[sapply(data, is.numeric)])), criterion = as.numeric(REMLcrit(fit)),
       estimate = sort(unname(fixef(fit))), sd = sort(sds$sdcor[is.na(sds$var2)]))
})
write_json(result, commandArgs(TRUE)[1], digits = 12, auto_unbox = TRUE, pretty = TRUE)
