# CO2 of R's datasets (Potvin, Lechowicz and Tardif 1990), with random slopes at the boundary: Rscript make_co2.R DATA_DIR OUT_DIR.
# lme4 1.1-31 with its default optimiser and with bobyqa to its last digits. R 4.2.2.
suppressMessages({library(jsonlite); library(lme4)})
args <- commandArgs(TRUE)
rows <- as.data.frame(CO2)[c("Plant", "Type", "Treatment", "conc", "uptake")]
write.csv(rows, sprintf("%s/co2.csv", args[1]), row.names = FALSE, quote = FALSE)
formulas <- c("uptake ~ conc + (conc | Plant)", "uptake ~ Type * Treatment + conc + (conc | Plant)", "uptake ~ Type + conc + (conc || Plant)")
controls <- list(default = lmerControl(), bobyqa = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5)))
found <- list()
for (f in formulas) for (reml in c(TRUE, FALSE)) {
  fits <- lapply(controls, function(control) {
    m <- suppressMessages(suppressWarnings(lmer(as.formula(f), CO2, REML = reml, control = control)))
    list(criterion = unname(m@devcomp$cmp[[if (reml) "REML" else "dev"]]), theta = unname(getME(m, "theta")), estimate = as.list(fixef(m)))
  })
  found[[length(found) + 1]] <- c(list(formula = f, reml = reml), fits)
}
write(toJSON(found, digits = NA, auto_unbox = TRUE), sprintf("%s/co2.json", args[2]))
