#!/usr/bin/env bash
# clubSandwich's CR2 standard errors and degrees of freedom change when columns are measured in smaller units.
#
# One would expect: whether incomes stand in dollars or in ten thousands, the coefficient, its standard error and its degrees of
# freedom are the same after conversion; lm's coefficients are, to the last digit.
# What happens: with dummies of the clusters themselves among the predictors (a fixed-effects regression) and an interaction, the
# interaction's CR2 error grows by a third and more, and its degrees of freedom fall from 2.62 to 2.02; nothing is said. CR2 takes
# the inverse square root of matrices that have an eigenvalue of exactly 0 for each cluster's own dummy. What is below 1e-12 is
# left out; where columns are large, rounding lifts the eigenvalue above that, and it counts as a real one.
# Versions: clubSandwich 0.5.8 (Debian 12), R 4.2.2.
# Why it matters: CR2 is the error that methodologists recommend beside group dummies, and clubSandwich what they take it from;
# numbers that we compare with must come from columns of a size near 1.
# Needs: R 4.2 and apt-get of Debian 12 (the packages are unpacked in a temporary folder, not installed).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in $(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
    r-cran-clubsandwich | grep -E '^r-cran-' | sort -u); do
  apt-get -o APT::Sandbox::User=root download --quiet=2 "$package"
done
for package in ./*.deb; do dpkg -x "$package" root; done
export R_LIBS="$folder/root/usr/lib/R/site-library:$folder/root/usr/lib/R/library"

cat > program.R <<'R'
suppressMessages(library(clubSandwich))
stopifnot(packageVersion("clubSandwich") == "0.5.8")
set.seed(1)
d <- expand.grid(year = factor(1:10), firm = factor(1:8))[-c(3, 17, 30, 44, 61, 62, 78), ]
positive <- function() exp(rnorm(8))[d$firm] * exp(rnorm(nrow(d), 0, 0.4))
d$a <- positive()
d$b <- positive()
d$y <- rnorm(8)[d$firm] + d$a + 0.3 * d$a * d$b + rnorm(nrow(d))
of <- function(unit) {
  d$income <- d$a * unit
  d$sales <- d$b * unit
  fit <- lm(y ~ income * sales + firm + year, d)
  row <- coef_test(fit, vcov = "CR2", cluster = d$firm, test = "Satterthwaite", coefs = "income:sales")
  data.frame(beta = row$beta * unit^2, se = row$SE * unit^2, df = row$df)
}
whole <- of(1)
cat(sprintf("income:sales %.4f, standard error %.4f, df %.2f\n", whole$beta, whole$se, whole$df))
for (unit in c(100, 1e4, 1e5)) {
  other <- of(unit)
  off <- function(name) abs(other[[name]] / whole[[name]] - 1)
  says <- function(is) if (is) "yes" else "no"
  # the digits themselves are rounding
  cat(sprintf("in units of 1/%-6.0f  the same coefficient: %s; the same error within 1%%: %s, within 20%%: %s; the same df within 1%%: %s\n",
              unit, says(off("beta") < 1e-6), says(off("se") < 0.01), says(off("se") < 0.2), says(off("df") < 0.01)))
}
R

cat > recorded.txt <<'TXT'
income:sales 0.5465, standard error 0.1105, df 2.62
in units of 1/100     the same coefficient: yes; the same error within 1%: yes, within 20%: yes; the same df within 1%: yes
in units of 1/10000   the same coefficient: yes; the same error within 1%: no, within 20%: no; the same df within 1%: no
in units of 1/100000  the same coefficient: yes; the same error within 1%: no, within 20%: no; the same df within 1%: no
TXT

Rscript program.R > observed.txt
cat <<'TXT'
Expected: yes everywhere.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
