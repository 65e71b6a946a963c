#!/usr/bin/env bash
# A slope of lme4's lmList has t = 4.6, 46 or 0.46, by the unit in which the rows' weights are given.
#
# One would expect: lmList(y ~ x | class, weights = w) is a weighted regression in each class, and its standard errors share one residual
# variance, the pooled sum of weighted squares over its degrees of freedom: those of lm with the classes' own intercepts and
# slopes. Whether a weight is a number of pupils or of hundreds of pupils changes no estimate and no error.
# What happens: estimates are right, but the residual variance is pooled from residuals without weights, and multiplies covariances that
# have them. A hundredfold weight makes all errors in summary() ten times too small, even if every row has the same. Weights
# divided by their mean do not mend it: 0.224 in place of 0.154. The residual SD that is printed does not know of the unit. No
# message; confint() is not concerned, as it takes each class's own variance.
# Versions: lme4 1.1-31 (Debian 12), R 4.2.2.
# Why it matters: regressions per group stand beside a mixed model to show what it shrinks, and their errors say which groups are far
# from the others. lmer itself is not concerned. Ours are those of lm in each group, whatever the unit.
# Needs: R 4.2 and apt-get of Debian 12 (the packages are unpacked in a temporary folder, not installed).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mapfile -t packages < <(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
  r-cran-lme4 | grep -E '^(r-cran-|libnlopt0)' | sort -u)
apt-get -o APT::Sandbox::User=root download --quiet=2 "${packages[@]}"
for package in ./*.deb; do dpkg -x "$package" root; done
export R_LIBS="$folder/root/usr/lib/R/site-library:$folder/root/usr/lib/R/library"
LD_LIBRARY_PATH="$(dirname "$(find root -name 'libnlopt.so.0' -print -quit)")"
export LD_LIBRARY_PATH="$folder/$LD_LIBRARY_PATH"

cat > program.R <<'R'
suppressMessages(library(lme4))
stopifnot(packageVersion("lme4") == "1.1.31")
set.seed(1)
d <- data.frame(class = factor(rep(1:8, each = 12)), x = rnorm(96), pupils = sample(c(1, 4, 9), 96, TRUE))
d$y <- 1 + 0.5 * d$x + rnorm(8)[d$class] + rnorm(96) / sqrt(d$pupils)  # a row is the mean of so many pupils
show <- function(title, row, sigma)
  cat(sprintf("%-32s slope of class 1: %.3f, error %.3f, t %5.2f; residual SD %.3f\n", title, row[1], row[2], row[3], sigma))
both <- function(title, w) {
  d$w <- w
  each <- lmList(y ~ x | class, d, weights = w)
  together <- lm(y ~ 0 + class + class:x, d, weights = w)
  show(paste0(title, ", lmList"), coef(summary(each))["1", , "x"], sigma(each))
  show(paste0(title, ", lm"), coef(summary(together))["class1:x", ], sigma(together))
}
both("pupils", d$pupils)
both("pupils * 100", d$pupils * 100)
both("pupils / 100", d$pupils / 100)
both("pupils over their mean", d$pupils / mean(d$pupils))
both("1 for every row", rep(1, 96))
both("100 for every row", rep(100, 96))
R

cat > recorded.txt <<'TXT'
pupils, lmList                   slope of class 1: 0.517, error 0.112, t  4.61; residual SD 0.739
pupils, lm                       slope of class 1: 0.517, error 0.154, t  3.36; residual SD 1.014
pupils * 100, lmList             slope of class 1: 0.517, error 0.011, t 46.13; residual SD 0.739
pupils * 100, lm                 slope of class 1: 0.517, error 0.154, t  3.36; residual SD 10.138
pupils / 100, lmList             slope of class 1: 0.517, error 1.121, t  0.46; residual SD 0.739
pupils / 100, lm                 slope of class 1: 0.517, error 0.154, t  3.36; residual SD 0.101
pupils over their mean, lmList   slope of class 1: 0.517, error 0.224, t  2.31; residual SD 0.739
pupils over their mean, lm       slope of class 1: 0.517, error 0.154, t  3.36; residual SD 0.507
1 for every row, lmList          slope of class 1: 0.627, error 0.266, t  2.35; residual SD 0.716
1 for every row, lm              slope of class 1: 0.627, error 0.266, t  2.35; residual SD 0.716
100 for every row, lmList        slope of class 1: 0.627, error 0.027, t 23.52; residual SD 0.716
100 for every row, lm            slope of class 1: 0.627, error 0.266, t  2.35; residual SD 7.164
TXT
Rscript program.R > observed.txt
cat <<'TXT'
Expected: lmList's errors as lm's, and the same for every unit of the weights.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
