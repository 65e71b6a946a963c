# Coefficients by R's names, SEs and predictions of many formulas: Rscript make_formulas.R DATA_DIR OUT_DIR. R 4.2.2, lme4 1.1-31.
# Text columns stay text, as read.csv leaves them; "exam_missing" has every 17th standLRT and every 29th sex missing.
suppressMessages({library(jsonlite); library(lme4); library(splines)})
args <- commandArgs(TRUE)
read <- function(name) read.csv(sprintf("%s/%s.csv", args[1], name))
exam <- read("exam"); exam$school <- as.character(exam$school)
missing <- exam; missing$standLRT[seq(17, nrow(exam), 17)] <- NA; missing$sex[seq(29, nrow(exam), 29)] <- NA
tables <- list(exam=exam, exam_missing=missing, sleepstudy=transform(read("sleepstudy"), Subject=as.character(Subject)), oats=read("oats"))
on_exam <- c(
  "normexam ~ standLRT + sex", "normexam ~ factor(sex) + as.factor(vr)", "normexam ~ vr * sex", "normexam ~ sex:standLRT + sex",
  "normexam ~ factor(vr, levels = c('mid 50%', 'top 25%', 'bottom 25%'))",
  "normexam ~ factor(vr, levels = c(\"bottom 25%\", \"mid 50%\", \"top 25%\"), labels = c(\"low\", \"mid\", \"high\"))",
  "normexam ~ relevel(factor(vr), ref = \"mid 50%\")", "normexam ~ relevel(as.factor(vr), \"top 25%\") + standLRT",
  "normexam ~ as.numeric(factor(vr))", "normexam ~ as.integer(as.factor(vr)) + sex",
  "normexam ~ cut(standLRT, breaks = c(-4, -1, 0, 1, 4))", "normexam ~ cut(standLRT, 4)", "normexam ~ cut(standLRT, 3, labels = FALSE)",
  "normexam ~ cut(standLRT, c(-Inf, 0, Inf), labels = c('lo', 'hi'))", "normexam ~ cut(standLRT, seq(-3, 3, by = 2), right = FALSE)",
  "normexam ~ cut(schavg, c(-1, 0, 1), include.lowest = TRUE)", "normexam ~ cut(standLRT, c(-2, 0, 2))",
  "normexam ~ log(standLRT + 4)", "normexam ~ log(standLRT + 4, 10)", "normexam ~ log2(standLRT + 4) + log10(schavg + 2)",
  "normexam ~ log1p(standLRT + 4) + expm1(schavg)", "normexam ~ abs(standLRT) + sign(standLRT)", "normexam ~ sqrt(standLRT + 4)",
  "normexam ~ sin(2 * pi * standLRT) + cos(standLRT) + tan(schavg)", "normexam ~ exp(standLRT/2)", "normexam ~ I(-standLRT)",
  "normexam ~ pmin(standLRT, 1) + pmax(schavg, 0, standLRT)", "normexam ~ round(standLRT, 1)", "normexam ~ round(standLRT) + floor(schavg*3)",
  "normexam ~ ceiling(standLRT)", "normexam ~ ifelse(standLRT > 0, 1, 0)", "normexam ~ ifelse(standLRT > 0, \"up\", \"down\") + sex",
  "normexam ~ ifelse(sex == 'F', standLRT, 0)", "normexam ~ standLRT > 0", "normexam ~ (standLRT > 0) + sex", "normexam ~ I(standLRT>0)",
  "normexam ~ I(standLRT > 0 & sex == \"F\")", "normexam ~ !(standLRT > 0)", "normexam ~ (sex == 'F') + (vr != 'mid 50%')",
  "normexam ~ schavg + standLRT >= 1", "normexam ~ I(vr %in% c('mid 50%', 'top 25%'))", "normexam ~ I(standLRT > -1 | schavg < 0)",
  "normexam ~ as.numeric(sex == 'F') * standLRT", "normexam ~ (standLRT > 0):sex", "normexam ~ (standLRT > 0) * schavg",
  "normexam ~ scale(standLRT)", "normexam ~ scale(standLRT, scale = FALSE) * sex", "normexam ~ scale(standLRT, center = FALSE)",
  "normexam ~ scale(standLRT, FALSE, 2)", "normexam ~ scale(standLRT, center = 1, scale = 2)", "scale(normexam) ~ scale(standLRT)",
  "normexam ~ poly(standLRT, 2)", "normexam ~ poly(standLRT, degree = 3) + sex", "normexam ~ poly(standLRT, 2, raw = TRUE)",
  "normexam ~ poly(standLRT, 1)", "normexam ~ sex * poly(standLRT, 2, raw = T)",
  "normexam ~ ns(standLRT, 3)", "normexam ~ ns(standLRT, df = 4) * sex", "normexam ~ ns(standLRT, knots = c(-1, 0, 1))", "normexam ~ ns(standLRT)",
  "normexam ~ ns(standLRT, df = 3, intercept = TRUE) - 1", "normexam ~ ns(standLRT, df = 3, Boundary.knots = c(-2, 2))",
  "normexam ~ bs(standLRT, df = 5)", "normexam ~ bs(standLRT)", "normexam ~ bs(standLRT, knots = c(-1, 1), degree = 2)",
  "normexam ~ bs(standLRT, 5, degree = 2) + sex", "normexam ~ 0 + bs(standLRT, df = 6, intercept = TRUE)",
  "normexam ~ bs(standLRT, knots = 0, Boundary.knots = c(-4, 4))", "normexam ~ bs(standLRT, df = 5, Boundary.knots = c(-2, 2))",
  "normexam ~ I(standLRT - mean(standLRT))", "normexam ~ I((standLRT - mean(standLRT))/sd(standLRT))", "normexam ~ I(standLRT/max(standLRT))",
  "normexam ~ I(standLRT - median(standLRT)) + I(schavg - min(schavg))", "normexam ~ I(standLRT/sum(abs(standLRT))) + I(schavg/var(schavg))",
  "log(normexam + 5) ~ standLRT", "normexam/10 ~ standLRT", "100*normexam ~ standLRT", "-normexam ~ sex", "normexam + 2 * standLRT ~ sex",
  "I(normexam > 0) ~ standLRT", "normexam > 0 ~ standLRT", "(normexam - schavg) / 2 ~ sex",
  "normexam ~ standLRT - 1", "normexam ~ 0 + vr", "normexam ~ -1 + sex + vr", "normexam ~ standLRT + -1", "normexam ~ 1", "normexam ~ 1L + standLRT",
  "normexam ~ (standLRT + schavg + sex)^2", "normexam ~ (standLRT + schavg + sex)^2 - standLRT:sex", "normexam ~ sex/standLRT", "normexam ~ vr %in% sex",
  "normexam ~ sex + vr %in% sex", "normexam ~ standLRT:schavg:sex", "normexam ~ sex:vr + vr", "normexam ~ standLRT %% 1", "normexam ~ I(standLRT %/% 1) + I(standLRT %% 0.5)",
  "normexam ~ I(standLRT^2) + I(1e3L * schavg) + I(1e5 * standLRT)", "normexam ~ I((standLRT+1)*2) + I(schavg**2)", "normexam ~ I(1e-4*standLRT)",
  "normexam ~ interaction(sex, vr)", "normexam ~ factor(standLRT > 0)", "normexam ~ factor(vr, labels = c('b', 'm', 't'))", "normexam ~ as.integer(standLRT * 2)",
  "normexam ~ as.logical(standLRT > 0)", "normexam ~ as.numeric(school)")
on_exam <- c(on_exam, "normexam ~ cut(standLRT, quantile(standLRT))", "normexam ~ cut(standLRT, breaks = quantile(standLRT, c(0, 1/3, 2/3, 1)), include.lowest = TRUE) + sex",
  "normexam ~ cut(schavg, quantile(schavg, probs = seq(0, 1, by = 0.25)), labels = FALSE, include.lowest = TRUE)", "normexam ~ cut(standLRT, quantile(standLRT, 0:4/4), labels = c('a', 'b', 'c', 'd'), right = FALSE)",
  "normexam ~ ave(standLRT, school)", "normexam ~ I(standLRT - ave(standLRT, school)) + ave(standLRT, school)", "normexam ~ standLRT + ave(standLRT, sex, vr)")
on_exam <- setdiff(on_exam, "normexam ~ standLRT %% 1")
on_missing <- c("normexam ~ cut(standLRT, quantile(standLRT, na.rm = TRUE)) + sex", "normexam ~ ave(schavg, school) + sex", "normexam ~ scale(standLRT) + sex", "normexam ~ ns(standLRT, 3) + sex", "normexam ~ bs(standLRT, df = 5) + sex", "normexam ~ cut(standLRT, 4) + sex",
  "normexam ~ I(standLRT - mean(standLRT, na.rm = TRUE)) + sex", "normexam ~ (standLRT > 0) + sex", "normexam ~ as.numeric(factor(vr)) + sex + standLRT",
  "normexam ~ ifelse(standLRT > 0, standLRT, 0) + sex", "normexam ~ cut(standLRT, c(-2, 0, 2)) + sex", "normexam ~ factor(vr, levels = c('mid 50%', 'top 25%')) + standLRT",
  "normexam ~ I(standLRT/sd(standLRT, na.rm = TRUE))")
on_sleep <- c("Reaction ~ .", "Reaction ~ . - Subject", "log(Reaction) ~ .", "Reaction ~ .^2", "Reaction ~ factor(Days)", "Reaction ~ Days > 4", "Reaction ~ I(Days > 4) * Days", "Reaction ~ cut(Days, 3)",
  "Reaction ~ cut(Days, c(0, 3, 6, 9), include.lowest = TRUE)", "Reaction ~ ns(Days, df = 3)", "Reaction ~ bs(Days, knots = c(3, 6))", "Reaction ~ poly(Days, 3)", "Reaction ~ relevel(factor(Days), ref = \"5\")",
  "Reaction ~ relevel(factor(Days), ref = 5)", "Reaction ~ log2(Days + 1)", "Reaction ~ I(Days %in% c(0, 1, 2))", "Reaction ~ I(Days %in% 0:2)", "Reaction ~ Days == 0", "Reaction ~ pmin(Days, 5) + pmax(Days - 5, 0)",
  "Reaction ~ ifelse(Days < 2, 'early', ifelse(Days < 6, 'middle', 'late'))", "Reaction ~ I(pmax(0, Days - 2)) + Days", "Reaction/1000 ~ I(Days/10)", "Reaction ~ scale(Days)", "Reaction ~ log1p(Days)",
  "Reaction ~ Days + (1 | Subject)", "Reaction ~ Days | Subject", "Reaction ~ Days + 1 | Subject", "Reaction ~ 1 | Subject", "Reaction ~ ns(Days, 3) + (1 | Subject)", "Reaction ~ (Days > 4) + (1 | Subject)",
  "Reaction ~ I(Days > 4) + (Days || Subject)", "log(Reaction) ~ poly(Days, 2) + (Days | Subject)", "Reaction ~ Days + (I(Days > 4) | Subject)", "Reaction ~ scale(Days, scale = FALSE) + (1 | Subject) + (0 + Days | Subject)",
  "Reaction ~ factor(Days) + (1 | Subject)", "Reaction ~ Days + (0 + dummy(factor(Days), \"0\") | Subject)", "Reaction ~ cut(Days, c(-1, 2, 6, 9)) + (1 | Subject)", "Reaction ~ I(Days - ave(Days, Subject)) + (1 | Subject)")
on_oats <- c("Y ~ V * N + (1 | B)", "Y ~ V * N + (1 | B/V)", "Y ~ factor(V) + as.factor(N) + (1 | B) + (1 | B:V)", "Y ~ relevel(factor(V), ref = 'Victory') * N + (1 | B)", "Y ~ N + (1 | V %in% B)", "Y ~ 1 | B", "Y ~ V + N | B",
  "Y ~ (V == 'Victory') + N + (1 | B/V)", "Y ~ N %in% V + (1 | B)", "Y ~ as.numeric(factor(N)) + (1 | B)", "Y ~ I(as.numeric(factor(N)) - 1) * V + (1 | B/V)", "Y ~ I(N %in% c('0.0cwt', '0.2cwt')) + (1 | B)",
  "sqrt(Y) ~ V + (1 | B/V)", "Y/10 ~ N + (1 | B)", "Y ~ N:V - 1 + (1 | B)", "Y ~ ordered(N) == '0.0cwt'", "Y ~ interaction(V, N)", "Y ~ V + N", "Y ~ dummy(factor(V), 'Victory') + (1 | B)")
on_oats <- setdiff(on_oats, c("Y ~ N + (1 | V %in% B)", "Y ~ V + N | B"))
cases <- c(lapply(on_exam, function(f) c("exam", f)), lapply(on_missing, function(f) c("exam_missing", f)), lapply(on_sleep, function(f) c("sleepstudy", f)), lapply(on_oats, function(f) c("oats", f)))
one <- function(case) {
  d <- tables[[case[1]]]; f <- as.formula(case[2]); mixed <- grepl("[|] *(Subject|B)", case[2])
  m <- suppressWarnings(suppressMessages(if (mixed) lmer(f, d, control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9))) else lm(f, d)))
  s <- coef(summary(m)); b <- if (mixed) fixef(m) else coef(m)
  keep <- rownames(s)
  out <- list(data = case[1], formula = case[2], mixed = mixed, n = nobs(m), names = I(keep), aliased = length(b) > length(keep) || (mixed && length(attr(getME(m, "X"), "col.dropped")) > 0), estimate = I(unname(s[, 1])), se = I(unname(s[, 2])))
  if (mixed) out$varcorr <- I(unlist(lapply(VarCorr(m), function(v) unname(as.numeric(v)))) |> unname())
  else { # a few rows, numbers drawn apart so that some lie outside; R takes means and codes anew of new rows, so these are left out
    new <- d[c(1, 20, 40, 60, 70), ]; for (k in intersect(c("standLRT", "Days"), names(new))) new[[k]] <- new[[k]] * 1.4
    p <- if (!grepl("quantile|ave\\(|mean|sd\\(|max\\(stand|median|sum|min\\(sch|var\\(|as.(numeric|integer)\\((as.)?factor", case[2])) tryCatch(suppressWarnings(predict(m, new)), error = function(e) NULL); if (!is.null(p)) out$predicted <- I(unname(as.numeric(p))) }
  out
}
found <- lapply(cases, function(case) tryCatch(one(case), error = function(e) {message(case[2], ": ", conditionMessage(e)); NULL}))
write(toJSON(Filter(Negate(is.null), found), digits = NA, auto_unbox = TRUE, null = "null", na = "null"), sprintf("%s/formulas.json", args[2]))
