#!/usr/bin/env bash
# lme4's profile intervals and simulations of a fit with prior weights are those of another model.
#
# One would expect: confint(profile(fit)) of a model with weights= is about the estimate, as wide as its standard error says,
# and the same as for the equivalent fit without weights, whose rows are multiplied by the roots of the weights (both fits
# have the same estimate and standard error). And simulate(fit) draws residuals whose variance is sigma^2 / weight, which
# is what weights mean there; bootMer() and parametric bootstrap intervals draw by it.
# What happens: the profile's interval is a thirtieth as wide as that of the equivalent fit, without a warning that says so, and
# simulated residuals are equally large in rows of weight 1 and of weight 100.
# Versions: lme4 1.1-31 (Debian 12), R 4.2.2; fitted by weights = w in lmer.
# Why it matters: confint() of a mixed model profiles by default, so whoever weighs rows by their precision is told an
# interval that is far too short; numbers that we compare with lme4's must not come from there.
# Needs: R 4.2 and apt-get of Debian 12 (the packages are unpacked in a temporary folder, not installed).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root download --quiet=2 r-cran-lme4=1.1-31-1 r-cran-minqa=1.2.5-1 r-cran-nloptr=2.0.3-1 \
  r-cran-boot=1.3-28.1-1 r-cran-rcpp=1.0.10-1 r-cran-matrix=1.5-3-1 r-cran-lattice=0.20-45-3 r-cran-mass=7.3-58.2-1 \
  r-cran-nlme=3.1.162-1 libnlopt0=2.7.1-5
for package in ./*.deb; do dpkg -x "$package" root; done
export R_LIBS="$folder/root/usr/lib/R/site-library:$folder/root/usr/lib/R/library"
LD_LIBRARY_PATH="$(dirname "$(find root -name 'libnlopt.so.0' -print -quit)")"
export LD_LIBRARY_PATH="$folder/$LD_LIBRARY_PATH"

cat > program.R <<'R'
suppressMessages(library(lme4))
set.seed(1)
d <- data.frame(g = factor(rep(1:20, each = 10)), w = rep(c(1, 100), 100))
d$y <- rnorm(20)[d$g] + 2 * rnorm(200) / sqrt(d$w)
weighted <- lmer(y ~ 1 + (1 | g), d, weights = w)
d$root <- sqrt(d$w)
d$scaled <- d$y * d$root
equal <- lmer(scaled ~ 0 + root + (0 + root | g), d)  # the same model, written out

interval <- function(fit) {
  limits <- suppressWarnings(confint(profile(fit, which = "beta_")))
  sprintf("%.2f to %.2f", limits[1], limits[2])
}
line <- function(fit) sprintf("estimate %.3f, standard error %.3f", fixef(fit), sqrt(diag(as.matrix(vcov(fit)))))
cat("with weights     ", line(weighted), ", profile interval", interval(weighted), "\n")
cat("rows multiplied  ", line(equal), ", profile interval", interval(equal), "\n")
noise <- as.matrix(simulate(weighted, 200, seed = 2, re.form = NULL)) - fitted(weighted)
spread <- tapply(apply(noise, 1, sd), d$w, mean)
cat(sprintf("SD of simulated residuals: %.1f at weight 1, %.1f at weight 100\n", spread[1], spread[2]))
R

cat > recorded.txt <<'TXT'
with weights      estimate 0.198, standard error 0.212 , profile interval 0.20 to 0.22 
rows multiplied   estimate 0.198, standard error 0.212 , profile interval -0.23 to 0.62 
SD of simulated residuals: 1.9 at weight 1, 1.9 at weight 100
TXT

Rscript program.R > observed.txt
cat <<'TXT'
Expected: one profile interval in the first two lines, and a tenth of the SD at weight 100.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
