#!/usr/bin/env bash
# lmerTest's sequential (type I) F tests change when a column is measured in smaller units.
#
# One would expect: whether a length stands in kilometres or in tenths of a millimetre, its F test, its degrees of freedom and
# its p value are the same; the fit itself, and tests of types II and III, are so.
# What happens: with anova(fit, type = 1) the F of the first predictor falls to a fraction when it is multiplied by 1e7, with no
# word about the table. The contrasts of a sequential table come from a decomposition of the cross-products in which entries
# below 1e-6 are set to 0, and entries of the rescaled columns are as small.
# Versions: lmerTest 3.1-3, lme4 1.1-31 (Debian 12), R 4.2.2.
# Why it matters: anova() of an lmerTest fit is what papers quote; numbers that we compare with must come from columns of like size.
# Needs: R 4.2 and apt-get of Debian 12 (the packages are unpacked in a temporary folder, not installed).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in $(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
    r-cran-lmertest r-cran-lme4 | grep -E '^(r-cran-|libnlopt0)' | sort -u); do
  apt-get -o APT::Sandbox::User=root download --quiet=2 "$package"
done
for package in ./*.deb; do dpkg -x "$package" root; done
export R_LIBS="$folder/root/usr/lib/R/site-library:$folder/root/usr/lib/R/library"
LD_LIBRARY_PATH="$(dirname "$(find root -name 'libnlopt.so.0' -print -quit)")"
export LD_LIBRARY_PATH="$folder/$LD_LIBRARY_PATH"

cat > program.R <<'R'
suppressMessages(suppressWarnings(library(lmerTest)))
stopifnot(packageVersion("lmerTest") == "3.1.3", packageVersion("lme4") == "1.1.31")
set.seed(1)
d <- data.frame(g = factor(rep(1:20, each = 10)))
d$x <- rnorm(200)
d$z <- d$x + rnorm(200)
d$y <- rnorm(20)[d$g] + d$x + d$z + rnorm(200)
for (unit in c(1, 1e7)) {
  d$length <- d$x * unit
  fit <- suppressMessages(suppressWarnings(lmer(y ~ length + z + (1 | g), d)))
  first <- anova(fit, type = 1)["length", "F value"]
  third <- anova(fit, type = 3)["length", "F value"]
  cat(sprintf("length times %-5g  F of type I %6.1f, of type III %6.1f\n", unit, first, third))
}
R

cat > recorded.txt <<'TXT'
length times 1      F of type I  452.9, of type III   58.4
length times 1e+07  F of type I   58.4, of type III   58.4
TXT

Rscript program.R > observed.txt
cat <<'TXT'
Expected: the same two numbers in both lines.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
