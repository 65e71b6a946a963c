# Factors coded by contrasts: lmer's coefficients, lmerTest's tests and predictions of new rows, on unbalanced data.
# Rscript make_contrasts.R DATA_DIR OUT_FILE (R 4.6.2, lme4 2.1.0: R before 4.3 named the columns of C() by numbers)
suppressMessages({library(lmerTest); library(MASS); library(car); library(jsonlite)})
arguments <- commandArgs(TRUE)
oats <- read.csv(file.path(arguments[1], "oats.csv"), stringsAsFactors = TRUE)
oats <- oats[(7 * seq_len(nrow(oats))) %% 11 >= 2, ]
exam <- read.csv(file.path(arguments[1], "exam.csv"), stringsAsFactors = TRUE)
exam <- exam[seq_len(1200), ]
exam$vr <- factor(exam$vr, c("bottom 25%", "mid 50%", "top 25%"))
data <- list(oats = oats, exam = exam)

formulas <- list(
  oats = c(
    "Y ~ C(N, contr.sum) * V + (1 | B)",
    "Y ~ C(N, contr.helmert) * V + (1 | B)",
    "Y ~ C(N, contr.poly) * V + (1 | B)",
    "Y ~ C(N, contr.sdif) + V + (1 | B)",
    "Y ~ C(N, contr.treatment, base = 3) * V + (1 | B)",
    "Y ~ C(N, contr.SAS) + V + (1 | B)",
    "Y ~ C(N, contr.sum) * C(V, contr.helmert) + (1 | B)",
    "Y ~ V + V:C(N, contr.sum) + (1 | B)",
    "Y ~ 0 + C(N, contr.sum) + C(V, contr.sum) + (1 | B)",
    "Y ~ 0 + C(N, contr.sum):V + (1 | B)",
    "Y ~ C(N, poly, 2) + V + (1 | B)"
  ),
  exam = c(
    "normexam ~ C(vr, contr.sum) * standLRT + C(schgend, contr.helmert) + (1 | school)",
    "normexam ~ C(vr, contr.poly) * C(sex, contr.sum) + standLRT + (1 | school)",
    "normexam ~ C(vr, contr.sum) + schgend + (C(sex, contr.sum) | school)"
  )
)

numbers <- function(x) unname(as.numeric(x))
one <- function(name, text) {
  frame <- data[[name]]
  fit <- lmerTest::lmer(as.formula(text), frame, control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10)))
  table <- coef(summary(fit))
  new <- frame[rev(seq_len(nrow(frame)))[c(1, 7, 20, 33)], ]
  tests <- list()
  if (!grepl("poly, 2", text)) for (type in c("II", "III")) {
    found <- anova(fit, type = type)
    tests[[type]] <- list(num_df = numbers(found$NumDF), den_df = numbers(found$DenDF), F = numbers(found[["F value"]]))
  }
  list(data = name, formula = text, names = rownames(table), estimate = numbers(table[, "Estimate"]),
       se = numbers(table[, "Std. Error"]), df = numbers(table[, "df"]), tests = tests,
       rows = as.integer(rownames(new)), predicted = numbers(predict(fit, new, re.form = NA)),
       least_squares = numbers(coef(lm(as.formula(sub(" \\+ \\([^()]*(\\([^()]*\\))?[^()]*\\)$", "", text)), frame))))
}
found <- unlist(lapply(names(formulas), function(name) lapply(formulas[[name]], one, name = name)), recursive = FALSE)

# car's type III is about the same hypotheses where contrasts are orthogonal to the constant
car <- Anova(lmer(Y ~ C(N, contr.sum) * C(V, contr.sum) + (1 | B), oats), type = "III")
matrices <- lapply(c("contr.treatment", "contr.sum", "contr.helmert", "contr.poly", "contr.sdif", "contr.SAS"),
                   function(coding) list(coding = coding, values = unname(get(coding)(5))))
write(toJSON(list(fits = found, matrices = matrices,
                  car = list(term = rownames(car)[-1], chisq = numbers(car$Chisq[-1]), df = numbers(car$Df[-1]))),
             digits = 12, auto_unbox = TRUE), arguments[2])
