# Rank-deficient fixed parts in lm, lmer and lmerTest: Rscript make_aliasing.R DATA_DIR OUT_DIR. R 4.2.2.
# Each case's table is written beside the numbers, with the rows that each needs.
suppressMessages({library(jsonlite); library(lmerTest); library(clubSandwich)})
args <- commandArgs(TRUE)
sleep <- read.csv(sprintf("%s/sleepstudy.csv", args[1])); sleep$Subject <- factor(sleep$Subject)
sleep <- transform(sleep, one = 0.1, twice = 2 * Days + 1, odd = as.numeric(as.integer(Subject) %% 2))
sleep <- transform(sleep, both = Days + odd)
oats <- read.csv(sprintf("%s/oats.csv", args[1])); for (k in c("B", "V", "N")) oats[[k]] <- factor(oats[[k]])
oats <- oats[!(oats$V == levels(oats$V)[2] & oats$N == levels(oats$N)[3]) & !(oats$V == levels(oats$V)[1] & oats$N == levels(oats$N)[1]), ]
warp <- transform(warpbreaks, loom = factor(rep(1:9, 6)))
warp <- warp[!(warp$wool == "B" & warp$tension == "H"), ]
first <- warpbreaks[!(warpbreaks$wool == "A" & warpbreaks$tension == "M"), ]
first <- transform(first, loom = factor(rep(1:9, 6))[!(warpbreaks$wool == "A" & warpbreaks$tension == "M")])
cases <- list(
  npk = list(data = transform(npk, half = factor(rep(1:4, 6))), fixed = yield ~ block + N * P * K, g = "half"),
  empty = list(data = warp, fixed = breaks ~ wool * tension, g = "loom"),
  first = list(data = first, fixed = breaks ~ wool * tension, g = "loom"),
  cells = list(data = warp, fixed = breaks ~ 0 + wool:tension, g = "loom"),
  beside = list(data = warp, fixed = breaks ~ wool:tension, g = "loom"),
  columns = list(data = sleep, fixed = Reaction ~ one + Days + twice + odd + both + Days:odd, g = "Subject"),
  oats = list(data = oats, fixed = Y ~ V * N, g = "B"))
n <- function(x) unname(as.numeric(x))
frame <- function(a) c(list(term = I(rownames(a))), lapply(setNames(as.list(a), make.names(names(a))), function(v) I(n(v))))
found <- lapply(cases, function(case) {
  d <- droplevels(case$data); row.names(d) <- NULL
  fixed <- paste(deparse(case$fixed), collapse = "")
  l <- lm(case$fixed, d)
  m <- suppressMessages(lmer(as.formula(sprintf("%s + (1 | %s)", fixed, case$g)), d))
  s <- coef(summary(m))
  # clubSandwich's own matrix is of the columns that are estimable
  kept <- !is.na(coef(l)); X <- model.matrix(l)[, kept, drop = FALSE]; y <- model.response(model.frame(l))
  reduced <- lm(y ~ 0 + X)
  robust <- lapply(c(CR0 = "CR0", CR1 = "CR1", CR2 = "CR2", CR3 = "CR3"), function(kind)
    tryCatch(I(n(coef_test(reduced, vcovCR(reduced, d[[case$g]], kind), test = "Satterthwaite")$SE)), error = function(e) NULL))
  df <- n(coef_test(reduced, vcovCR(reduced, d[[case$g]], "CR2"), test = "Satterthwaite")$df_Satt)
  list(table = as.list(d), formula = fixed, group = case$g, factors = I(names(d)[sapply(d, is.factor)]),
    lm = list(terms = names(coef(l)), estimate = n(coef(l)), se = n(sqrt(diag(vcov(l)))), df = l$df.residual, sigma = sigma(l),
      r2 = summary(l)$r.squared, loglik = n(logLik(l)), fitted = n(fitted(l)), anova = frame(anova(l)), robust = robust, robust_df = I(df)),
    lmer = list(terms = I(names(fixef(m))), estimate = I(n(fixef(m))), se = I(n(s[, "Std. Error"])), df = I(n(s[, "df"])), sigma = sigma(m),
      criterion = n(REMLcrit(m)), fitted = n(fitted(m)), population = n(predict(m, re.form = NA)),
      kr_df = I(n(coef(summary(m, ddf = "Kenward-Roger"))[, "df"])),
      anova1 = frame(anova(m, type = 1)), anova2 = frame(anova(m, type = 2)), anova3 = frame(anova(m, type = 3))))
})
write(toJSON(found, digits = NA, auto_unbox = TRUE, null = "null", na = "null"), sprintf("%s/aliasing.json", args[2]))
