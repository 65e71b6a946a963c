#!/usr/bin/env bash
# Kenward and Roger's test of 15 weighted rows has 1,500 degrees of freedom, and 15 million if the weights are in another unit.
#
# One would expect: lmer's weights= is the model whose rows are multiplied by the roots of the weights: the same log-likelihood,
# estimates, standard errors and Satterthwaite's degrees of freedom, and so the same Kenward-Roger test, with fewer degrees of freedom
# than rows. The unit of the weights changes none of it.
# What happens: pbkrtest puts together the covariance of the rows from the estimated variances as if all weights were 1. With weights
# of 2 to 36, a difference of two diets has 1,500 degrees of freedom in place of 10, and an error that is too small; with weights a
# hundred times as large 15 million, with a hundredth an error that is not a number. No message about weights, here or on the
# help page. lmerTest's ddf = "Kenward-Roger" is pbkrtest's, and so is what emmeans takes by default for lmer.
# Versions: pbkrtest 0.5.2, lmerTest 3.1-3, emmeans 1.8.4-1, lme4 1.1-31 (Debian 12), R 4.2.2.
# Why it matters: Kenward and Roger's is the test recommended for small tables, and rows that are means are weighted by their
# numbers. A difference with p = 0.08 is given as 0.04. Our Kenward-Roger numbers of weighted fits can be checked by the
# multiplied rows only.
# Needs: R 4.2 and apt-get of Debian 12 (the packages are unpacked in a temporary folder, not installed).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mapfile -t packages < <(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
  r-cran-pbkrtest r-cran-lmertest r-cran-emmeans r-cran-lme4 | grep -E '^(r-cran-|libnlopt0)' | sort -u)
apt-get -o APT::Sandbox::User=root download --quiet=2 "${packages[@]}"
for package in ./*.deb; do dpkg -x "$package" root; done
export R_LIBS="$folder/root/usr/lib/R/site-library:$folder/root/usr/lib/R/library"
LD_LIBRARY_PATH="$(dirname "$(find root -name 'libnlopt.so.0' -print -quit)")"
export LD_LIBRARY_PATH="$folder/$LD_LIBRARY_PATH"

cat > program.R <<'R'
suppressMessages(suppressWarnings({
  library(lmerTest)
  library(emmeans)
}))
stopifnot(packageVersion("pbkrtest") == "0.5.2", packageVersion("lmerTest") == "3.1.3", packageVersion("emmeans") == "1.8.4.1",
          packageVersion("lme4") == "1.1.31")
set.seed(4)
d <- expand.grid(diet = c("A", "B", "C"), farm = factor(1:5))
d$animals <- c(4, 25, 9, 36, 2, 16, 8, 30, 5, 12, 20, 3, 6, 10, 28)  # a row is the mean of so many animals
d$gain <- 10 + rnorm(5)[d$farm] + c(0, 1, 2)[d$diet] + rnorm(15, 0, 4) / sqrt(d$animals)
root <- sqrt(d$animals)
rows <- data.frame(gain = root * d$gain, A = root * (d$diet == "A"), B = root * (d$diet == "B"), C = root * (d$diet == "C"),
                   root, farm = d$farm)
weighted <- lmer(gain ~ 0 + diet + (1 | farm), d, weights = animals)
multiplied <- lmer(gain ~ 0 + A + B + C + (0 + root | farm), rows)
same <- abs(logLik(multiplied) + sum(log(root)) - logLik(weighted)) < 1e-6
cat("the two have the same log-likelihood, for the same rows: ", if (same) "yes" else "no", "\n\n", sep = "")

tell <- function(what, estimate, error, df, p)
  cat(sprintf("%-30s C - B %.3f, standard error %s, df %s, p %s\n", what, estimate, format(signif(error, 3)),
              format(signif(df, 2), big.mark = ",", scientific = FALSE), format(signif(p, 2))))
test <- function(what, fit, ddf) {
  row <- suppressWarnings(contest1D(fit, c(0, -1, 1), ddf = ddf))
  tell(what, row[["Estimate"]], row[["Std. Error"]], row[["df"]], row[["Pr(>|t|)"]])
}
test("Satterthwaite, weights", weighted, "Satterthwaite")
test("Satterthwaite, rows multiplied", multiplied, "Satterthwaite")
test("Kenward-Roger, rows multiplied", multiplied, "Kenward-Roger")
test("Kenward-Roger, weights", weighted, "Kenward-Roger")
test("Kenward-Roger, weights / 100", update(weighted, weights = animals / 100), "Kenward-Roger")
test("Kenward-Roger, weights * 100", update(weighted, weights = animals * 100), "Kenward-Roger")
row <- as.data.frame(pairs(emmeans(weighted, ~ diet), adjust = "none", reverse = TRUE))[3, ]
tell("emmeans, weights", row$estimate, row$SE, row$df, row$p.value)
R

cat > recorded.txt <<'TXT'
the two have the same log-likelihood, for the same rows: yes

Satterthwaite, weights         C - B 1.147, standard error 0.547, df 10, p 0.061
Satterthwaite, rows multiplied C - B 1.147, standard error 0.547, df 10, p 0.061
Kenward-Roger, rows multiplied C - B 1.147, standard error 0.598, df 10, p 0.083
Kenward-Roger, weights         C - B 1.147, standard error 0.555, df 1,500, p 0.039
Kenward-Roger, weights / 100   C - B 1.147, standard error NaN, df 1.7, p NaN
Kenward-Roger, weights * 100   C - B 1.147, standard error 0.547, df 15,000,000, p 0.036
emmeans, weights               C - B 1.147, standard error 0.555, df 1,500, p 0.039
TXT
Rscript program.R > observed.txt
cat <<'TXT'
Expected: one standard error and one p value by Kenward and Roger, with about 10 degrees of freedom, as by Satterthwaite.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
