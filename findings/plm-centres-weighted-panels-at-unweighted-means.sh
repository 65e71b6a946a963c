#!/usr/bin/env bash
# plm's fixed effects with weights are not lm's with dummies: even a row whose weight is 0 moves the slope, from 1.08 to 1.16.
#
# One would expect: plm(y ~ x, model = "within", weights = w) is least squares with a dummy for each firm and these weights, by its help
# "see lm"; without weights the two agree in all digits. The slope is that of y and x as distances from their weighted means in the firm.
# What happens: the means are taken without weights, and the distances from them are regressed with weights: 1.042
# in place of 1.059 here. A row with a weight of 0 counts in its firm's mean, so its outcome changes the slope. No message. The random
# model is weighted after its transformation as well; "between" and "fd" end in an error about lengths.
# Versions: plm 2.6-2 (Debian 12), R 4.2.2.
# Why it matters: "why do my fixed effects differ from lm's with dummies" has here a cause that no textbook names. Panels of firms,
# regions or countries are usually weighted by size or population, which changes over the years. Ours are lm's, and a call of
# plm with weights that one pastes is told the difference.
# Needs: R 4.2 and apt-get of Debian 12 (the packages are unpacked in a temporary folder, not installed).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mapfile -t packages < <(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
  r-cran-plm | grep -E '^(r-cran-|libnlopt0)' | sort -u)
apt-get -o APT::Sandbox::User=root download --quiet=2 "${packages[@]}"
for package in ./*.deb; do dpkg -x "$package" root; done
export R_LIBS="$folder/root/usr/lib/R/site-library:$folder/root/usr/lib/R/library"

cat > program.R <<'R'
suppressMessages(library(plm))
stopifnot(packageVersion("plm") == "2.6.2")
set.seed(4)
d <- data.frame(firm = factor(rep(1:15, each = 6)), year = rep(1:6, 15))
d$staff <- round(exp(rnorm(90, 3, 1)))
d$x <- rnorm(90) + rnorm(15)[d$firm]
d$y <- 1 + d$x + 2 * rnorm(15)[d$firm] + rnorm(90)
by_hand <- function(d, w_mean) {  # regression, with weights, of distances from the firms' means
  mean_of <- function(v) ave(v * w_mean, d$firm, FUN = sum) / ave(w_mean, d$firm, FUN = sum)
  sum(d$w * (d$x - mean_of(d$x)) * (d$y - mean_of(d$y))) / sum(d$w * (d$x - mean_of(d$x))^2)
}
show <- function(title, d) {
  cat(title, "\n", sep = "")
  line <- function(of, value) cat(sprintf("  %-38s %.3f\n", of, value))
  line("lm with dummies", coef(lm(y ~ x + firm, d, weights = w))[["x"]])
  line("distances from weighted means", by_hand(d, d$w))
  line("plm, within", coef(plm(y ~ x, d, index = c("firm", "year"), model = "within", weights = w))[["x"]])
  line("distances from means without weights", by_hand(d, rep(1, nrow(d))))
}
show("no weights", transform(d, w = 1))
show("weights: staff", transform(d, w = staff))
d$staff[d$year == 6] <- 0
show("weights: staff, 0 in year 6", transform(d, w = staff))
show("the same without year 6", transform(d[d$year < 6, ], w = staff))
d$y[90] <- 100
show("weights: staff, 0 in year 6, where one y is 100", transform(d, w = staff))
R

cat > recorded.txt <<'TXT'
no weights
  lm with dummies                        1.075
  distances from weighted means          1.075
  plm, within                            1.075
  distances from means without weights   1.075
weights: staff
  lm with dummies                        1.059
  distances from weighted means          1.059
  plm, within                            1.042
  distances from means without weights   1.042
weights: staff, 0 in year 6
  lm with dummies                        1.071
  distances from weighted means          1.071
  plm, within                            1.083
  distances from means without weights   1.083
the same without year 6
  lm with dummies                        1.071
  distances from weighted means          1.071
  plm, within                            1.031
  distances from means without weights   1.031
weights: staff, 0 in year 6, where one y is 100
  lm with dummies                        1.071
  distances from weighted means          1.071
  plm, within                            1.164
  distances from means without weights   1.164
TXT
Rscript program.R > observed.txt 2> /dev/null
cat <<'TXT'
Expected: plm's slope as lm's with the firms' dummies, with weights as without.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
