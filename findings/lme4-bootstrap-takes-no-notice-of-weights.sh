#!/usr/bin/env bash
# lme4's parametric bootstrap of a weighted fit gives an interval for the residual SD, and the estimate lies far outside it.
#
# One would expect: bootMer() and confint(method = "boot") draw new outcomes from the fitted model. In a fit with `weights`, the residual of a
# row of weight w has the variance sigma^2 / w, so a row of weight 9 is drawn with a ninth of the variance of a row of weight 1.
# What happens: simulate() draws every row with the variance sigma^2, whatever its weight. The refits, which do keep the weights,
# then find a residual SD of twice the fit's own, its 95% interval starts far above the estimate, and the slope's standard error is more
# than twice that of the fit. No message. Sigma is the SD of a row of weight 1, so the unit of the weights decides by how much all
# this is wrong: weights divided by their mean, the same model, give other intervals.
# Versions: lme4 1.1-31 (Debian 12), R 4.2.2. Issue 386 of lme4 (2016, open) tells of such an interval; it does not name simulate().
# Why it matters: rows that are means of several measurements are fitted with weights, and the bootstrap is what one is told to use for
# intervals of variances; pbkrtest's PBmodcomp and anything else built on simulate() inherits it. Our bootstrap divides by the
# weights, and the R code that we export draws its outcomes itself, as bootMer would not agree.
# Needs: R 4.2 and apt-get of Debian 12 (the packages are unpacked in a temporary folder, not installed).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mapfile -t packages < <(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
  r-cran-lme4 r-cran-boot | grep -E '^(r-cran-|libnlopt0)' | sort -u)
apt-get -o APT::Sandbox::User=root download --quiet=2 "${packages[@]}"
for package in ./*.deb; do dpkg -x "$package" root; done
export R_LIBS="$folder/root/usr/lib/R/site-library:$folder/root/usr/lib/R/library"
LD_LIBRARY_PATH="$(dirname "$(find root -name 'libnlopt.so.0' -print -quit)")"
export LD_LIBRARY_PATH="$folder/$LD_LIBRARY_PATH"

cat > program.R <<'R'
suppressMessages(library(lme4))
stopifnot(packageVersion("lme4") == "1.1.31")
# 30 classes of 10 rows; every other row is the mean of 9 measurements, and so has a weight of 9.
set.seed(1)
d <- data.frame(class = factor(rep(1:30, each = 10)), x = rep(1:10, 30), size = rep(c(1, 9), 150))
d$y <- 2 + 0.5 * d$x + rnorm(30)[d$class] + rnorm(300, sd = 3) / sqrt(d$size)
fit <- lmer(y ~ x + (1 | class), d, weights = size)
drawn <- as.matrix(simulate(fit, 500, seed = 1, use.u = TRUE)) - fitted(fit)
cat(sprintf("variance of drawn residuals: %.1f for weight 1, %.1f for weight 9\n", mean(drawn[d$size == 1, ]^2), mean(drawn[d$size == 9, ]^2)))
cat(sprintf("by the fit:                  %.1f for weight 1, %.1f for weight 9\n\n", sigma(fit)^2, sigma(fit)^2 / 9))
figures <- function(m) c(sigma = sigma(m), class = sqrt(VarCorr(m)$class[1]), x = fixef(m)[["x"]])
say <- function(title, draws) {
  limits <- apply(draws, 2, quantile, c(0.025, 0.975))
  cat(sprintf("%-33s residual SD %.1f to %.1f, SD of classes %.1f to %.1f, SE of the slope %.2f\n", title,
              limits[1, 1], limits[2, 1], limits[1, 2], limits[2, 2], sd(draws[, 3])))
}
cat(sprintf("%-33s residual SD %.1f,        SD of classes %.1f,        SE of the slope %.2f\n", "the fit", figures(fit)[1], figures(fit)[2], sqrt(vcov(fit)[2, 2])))
say("bootMer", suppressMessages(bootMer(fit, figures, 300, seed = 2)$t))
d$share <- d$size / mean(d$size)
say("bootMer, weights over their mean", suppressMessages(bootMer(lmer(y ~ x + (1 | class), d, weights = share), figures, 300, seed = 2)$t) %*% diag(c(sqrt(5), 1, 1)))
by_hand <- function() figures(refit(fit, predict(fit, re.form = NA) + rnorm(30, sd = sqrt(VarCorr(fit)$class[1]))[d$class] +
                                      rnorm(300, sd = sigma(fit)) / sqrt(d$size)))
set.seed(3)
say("residuals drawn with weights", t(suppressMessages(replicate(300, by_hand()))))
R

cat > recorded.txt <<'TXT'
variance of drawn residuals: 8.4 for weight 1, 8.4 for weight 9
by the fit:                  8.3 for weight 1, 0.9 for weight 9

the fit                           residual SD 2.9,        SD of classes 1.0,        SE of the slope 0.03
bootMer                           residual SD 5.5 to 6.9, SD of classes 0.7 to 1.7, SE of the slope 0.08
bootMer, weights over their mean  residual SD 2.5 to 3.1, SD of classes 0.7 to 1.3, SE of the slope 0.04
residuals drawn with weights      residual SD 2.7 to 3.2, SD of classes 0.7 to 1.3, SE of the slope 0.03
TXT
Rscript program.R > observed.txt
cat <<'TXT'
Expected: a variance of a ninth for weight 9, and intervals of bootMer as those of residuals drawn with weights.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
