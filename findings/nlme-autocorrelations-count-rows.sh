#!/usr/bin/env bash
# nlme's ACF calls rows ten months apart "lag 1": an autocorrelation of 0.82 after a month is shown as 0.68, or 0.04 if rows are shuffled.
#
# One would expect: by its documentation, ACF(fit, form = ~ month | patient) takes month for the time covariate, which must be integer
# valued; the autocorrelation at lag 1 is then that of rows one month apart, as the correlation structure corAR1(~ month | patient) means it.
# What happens: of the formula, the group alone is used. Lags are places of rows in the table: visits at months 1, 2, 3, 10, 11, 12, 20, 21,
# 22 have "lags" 1 to 8, of which the first mixes 1, 7 and 8 months, and "lag 3" has a value though no two visits are 3 months
# apart. A table in another order gives other values at every lag, and months that are no whole numbers pass. ACF of an lme, which has
# no formula, is the same, its corCAR1 notwithstanding. Neither message nor error.
# Versions: nlme 3.1-162 (Debian 12), R 4.2.2.
# Why it matters: this plot is how one sees whether residuals are correlated in time and whether AR(1) suits them. Visits are rarely
# equally far apart, and files not always in the order of time. Our picture pairs rows by their times, whatever their order,
# and shows a variogram where times are too uneven.
# Needs: R 4.2 and apt-get of Debian 12 (the packages are unpacked in a temporary folder, not installed).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mapfile -t packages < <(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
  r-cran-nlme | grep -E '^(r-cran-|libnlopt0)' | sort -u)
apt-get -o APT::Sandbox::User=root download --quiet=2 "${packages[@]}"
for package in ./*.deb; do dpkg -x "$package" root; done
export R_LIBS="$folder/root/usr/lib/R/site-library:$folder/root/usr/lib/R/library"

cat > program.R <<'R'
library(nlme)
stopifnot(packageVersion("nlme") == "3.1.162")
set.seed(2)
months <- c(1L, 2L, 3L, 10L, 11L, 12L, 20L, 21L, 22L)
patients <- 40
d <- data.frame(patient = rep(1:patients, each = 9), month = rep(months, patients))
d$score <- as.vector(t(chol(0.8^abs(outer(months, months, "-")))) %*% matrix(rnorm(9 * patients), 9))
by_months <- function(d, r) {  # mean products of the residuals of a patient's rows so many months apart, over the mean square
  pairs <- merge(cbind(d, r), cbind(d, r), by = "patient")
  sapply(1:4, function(lag) mean(with(pairs[pairs$month.y - pairs$month.x == lag, ], r.x * r.y)) / mean(r^2))
}
show <- function(title, values) cat(sprintf("%-34s", title), sprintf("%6.2f", values), "\n")
in_order <- function(title, d) {
  fit <- gls(score ~ 1, d)
  show(paste0(title, ", ACF of gls"), ACF(fit, form = ~ month | patient, maxLag = 4)$ACF[-1])
  show(paste0(title, ", by months"), by_months(d, resid(fit)))
  mixed <- lme(score ~ 1, d, random = ~ 1 | patient, correlation = corCAR1(0.5, ~ month | patient))
  show(paste0(title, ", ACF of lme"), ACF(mixed, maxLag = 4)$ACF[-1])
  show(paste0(title, ", by months (lme)"), by_months(d, resid(mixed, type = "pearson")))
}
cat(sprintf("%-34s", "lag"), sprintf("%6d", 1:4), "\n")
in_order("as visited", d)
in_order("shuffled", d[sample(nrow(d)), ])
R

cat > recorded.txt <<'TXT'
lag                                     1      2      3      4 
as visited, ACF of gls               0.68   0.42   0.20   0.21 
as visited, by months                0.82   0.71    NaN    NaN 
as visited, ACF of lme               0.63   0.33   0.08   0.09 
as visited, by months (lme)          0.79   0.66    NaN    NaN 
shuffled, ACF of gls                 0.04   0.07   0.06  -0.09 
shuffled, by months                  0.82   0.71    NaN    NaN 
shuffled, ACF of lme                 0.08   0.30   0.39   0.17 
shuffled, by months (lme)            0.79   0.66    NaN    NaN 
TXT
Rscript program.R > observed.txt 2> /dev/null
cat <<'TXT'
Expected: the values by months, in either order.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
