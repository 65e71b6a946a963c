# Repeated measures as R analyses them: Rscript make_repeated_measures.R OUT_FILE
# anova.mlm(test = "Spherical") with its epsilons, Pillai's trace, mauchly.test, and car::Anova (type III, sum contrasts), all over complete
# subjects. stats::mauchly.test takes the number of visits for that of contrasts in one term of its second-order p; "mauchly_p" is Box's
# expansion itself, "mauchly_p_r" what R prints.
suppressPackageStartupMessages({library(nlme); library(car); library(jsonlite)})
options(contrasts = c("contr.sum", "contr.poly"))
growth <- data.frame(y = nlme::Orthodont$distance, visit = nlme::Orthodont$age, subject = as.character(nlme::Orthodont$Subject),
                     group = as.character(nlme::Orthodont$Sex))
lowest <- c("F03", "F06", "F09", "F10", "M02", "M05", "M12", "M13", "M16")
chicks <- data.frame(y = ChickWeight$weight, visit = ChickWeight$Time, subject = as.character(ChickWeight$Chick),
                     group = as.character(ChickWeight$Diet))
sleep <- data.frame(y = lme4::sleepstudy$Reaction, visit = lme4::sleepstudy$Days, subject = as.character(lme4::sleepstudy$Subject), group = "all")
cases <- list(growth = growth, growth_gaps = growth[!(growth$subject %in% lowest & growth$visit == 10), ],
              chicks = chicks[chicks$visit %in% c(0, 6, 12, 18, 21), ], sleep = sleep)
box <- function(w, p, n) {
  z <- -n * (1 - (2 * p^2 + p + 2) / (6 * p * n)) * log(w); f <- p * (p + 1) / 2 - 1
  rho <- 1 - (2 * p^2 + p + 2) / (6 * p * n)
  second <- (p + 2) * (p - 1) * (p - 2) * (2 * p^3 + 6 * p^2 + 3 * p + 2) / (288 * (n * p * rho)^2)
  a <- pchisq(z, f, lower.tail = FALSE); a + second * (pchisq(z, f + 4, lower.tail = FALSE) - a)
}
one <- function(d) {
  wide <- reshape(d, idvar = c("subject", "group"), timevar = "visit", direction = "wide"); wide <- wide[complete.cases(wide), ]
  Y <- as.matrix(wide[, -(1:2)]); group <- factor(wide$group); visit <- data.frame(visit = factor(seq_len(ncol(Y))))
  fit <- if (nlevels(group) > 1) lm(Y ~ group) else lm(Y ~ 1)
  spherical <- anova(fit, X = ~1, test = "Spherical"); multi <- anova(fit, X = ~1, test = "Pillai")
  m <- mauchly.test(fit, X = ~1)
  s <- summary(Anova(fit, idata = visit, idesign = ~visit, type = "III"), multivariate = FALSE)
  u <- unclass(s$univariate.tests); e <- unclass(s$pval.adjustments)
  av <- Anova(fit, idata = visit, idesign = ~visit, type = "III", test.statistic = "Pillai")
  pill <- lapply(av$terms, function(t) {
    out <- stats:::Pillai(Re(eigen(qr.coef(qr(av$SSPE[[t]]), av$SSP[[t]]), symmetric = FALSE)$values), av$df[[t]], av$error.df)
    list(F = out[2], num = out[3], den = out[4]) }); names(pill) <- av$terms
  list(subjects = nrow(Y), mauchly = unname(m$statistic), mauchly_p_r = m$p.value, mauchly_p = box(unname(m$statistic), ncol(Y) - 1, fit$df.residual),
       gg = attr(spherical, "heading") , terms = rownames(u), F = u[, "F value"], num = u[, "num Df"], den = u[, "den Df"], p = u[, "Pr(>F)"],
       epsilon_terms = rownames(e), gg_epsilon = e[, "GG eps"], hf_epsilon = e[, "HF eps"], gg_p = e[, "Pr(>F[GG])"], hf_p = e[, "Pr(>F[HF])"],
       anova_mlm = list(gg = stats:::sphericity(SSD(fit), X = ~1)$GG.eps, hf = stats:::sphericity(SSD(fit), X = ~1)$HF.eps,
                        F = spherical[["F"]], gg_p = spherical[["G-G Pr"]], hf_p = spherical[["H-F Pr"]], pillai_F = multi[["approx F"]]),
       pillai = pill)
}
write_json(lapply(cases, one), commandArgs(TRUE)[1], digits = 12, auto_unbox = TRUE, pretty = TRUE)
