# lme4's predictions with some of the random effects: Rscript make_re_form.R DATA_DIR OUT_DIR. R 4.2.2.
suppressMessages({library(jsonlite); library(lme4)})
args <- commandArgs(TRUE)
sleep <- read.csv(sprintf("%s/sleepstudy.csv", args[1])); pen <- read.csv(sprintf("%s/penicillin.csv", args[1])); oats <- read.csv(sprintf("%s/oats.csv", args[1]))
cases <- list(
  slopes = list(data = "sleepstudy", d = sleep, formula = "Reaction ~ Days + (Days | Subject)", forms = c("~ (1 | Subject)", "~ (0 + Days | Subject)", "~ (Days | Subject)", "NA", "~0")),
  crossed = list(data = "penicillin", d = pen, formula = "diameter ~ 1 + (1 | plate) + (1 | sample)", forms = c("~ (1 | plate)", "~ (1 | sample)", "~ (1 | plate) + (1 | sample)")),
  nested = list(data = "oats", d = oats, formula = "Y ~ N + (1 | B/V)", forms = c("~ (1 | B)", "~ (1 | V:B)")))
found <- lapply(cases, function(case) {
  m <- suppressMessages(lmer(as.formula(case$formula), case$d, control = lmerControl(optCtrl = list(xtol_rel = 1e-12, xtol_abs = 1e-10, ftol_abs = 1e-12))))
  rows <- seq(1, nrow(case$d), length.out = 12)
  list(data = case$data, formula = case$formula, rows = as.integer(rows), predictions = lapply(setNames(case$forms, case$forms), function(form)
    unname(predict(m, case$d[as.integer(rows), ], re.form = if (form == "NA") NA else as.formula(form)))))
})
write(toJSON(found, digits = NA, auto_unbox = TRUE), sprintf("%s/re_form.json", args[2]))
