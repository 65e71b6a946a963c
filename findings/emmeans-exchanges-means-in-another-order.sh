#!/usr/bin/env bash
# Asked for levels in another order, emmeans changes the order of the labels and leaves the means where they were.
#
# One would expect: `at` says which levels the table shows, and each keeps its mean whatever the order they are listed in.
# What happens: where a column of text becomes a factor within the formula, as in y ~ factor(site), the labels follow `at` while the
# means keep their alphabetical order: no message, and pairwise differences are wrong in sign and size. The formula y ~ site with the
# same text, and factor() of a column of numbers, are right, and so is a factor. emmeans cuts the rows of a grid that was made in
# the order of the data's levels, and then sets down the listed order as if the rows had it. (Issue 430 of emmeans, later than this
# release, tells of the same with models of afex.)
# Versions: emmeans 1.8.4-1 (Debian 12), R 4.2.2.
# Why it matters: factor() is what people write, and what exported R code writes so that ids stay categories; listing the baseline
# first is just what `at` is used for. Means compared with such a table differ although the models are the same.
# Needs: R 4.2 and apt-get of Debian 12 (the packages are unpacked in a temporary folder, not installed).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in $(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
    r-cran-emmeans | grep -E '^(r-cran-|libnlopt0)' | sort -u); do
  apt-get -o APT::Sandbox::User=root download --quiet=2 "$package"
done
for package in ./*.deb; do dpkg -x "$package" root; done
export R_LIBS="$folder/root/usr/lib/R/site-library:$folder/root/usr/lib/R/library"

cat > program.R <<'R'
suppressMessages(library(emmeans))
stopifnot(packageVersion("emmeans") == "1.8.4.1")
d <- data.frame(site = rep(c("A", "P", "Z"), each = 4), year = rep(2021:2023, each = 4))
d$y <- c(1, 2, 1, 2, 11, 12, 11, 12, 31, 32, 31, 32)
d$made <- factor(d$site)
show_means <- function(name, means) {
  table <- as.data.frame(means)
  cat(sprintf("%-34s %s\n", name, paste(sprintf("%s %.1f", table[[1]], table$emmean), collapse = ", ")))
}
order <- list(site = c("P", "A", "Z"), made = c("P", "A", "Z"), year = c(2022, 2021, 2023))
text <- lm(y ~ factor(site), d)
show_means("factor(site), as it comes", emmeans(text, ~ site))
show_means("factor(site), P first", emmeans(text, ~ site, at = order["site"]))
show_means("site, P first", emmeans(lm(y ~ site, d), ~ site, at = order["site"]))
show_means("a factor, P first", emmeans(lm(y ~ made, d), ~ made, at = order["made"]))
show_means("factor(year), 2022 first", emmeans(lm(y ~ factor(year), d), ~ year, at = order["year"]))
for (sites in list(c("A", "P", "Z"), c("Z", "A", "P"))) {
  table <- as.data.frame(pairs(emmeans(text, ~ site, at = list(site = sites))))
  cat(sprintf("differences, %s first: %s\n", sites[1], paste(sprintf("%s: %.0f", table$contrast, table$estimate), collapse = ", ")))
}
R

cat > recorded.txt <<'TXT'
factor(site), as it comes          A 1.5, P 11.5, Z 31.5
factor(site), P first              P 1.5, A 11.5, Z 31.5
site, P first                      P 11.5, A 1.5, Z 31.5
a factor, P first                  P 11.5, A 1.5, Z 31.5
factor(year), 2022 first           2022 11.5, 2021 1.5, 2023 31.5
differences, A first: A - P: -10, A - Z: -30, P - Z: -20
differences, Z first: Z - A: -10, Z - P: -30, A - P: -20
TXT

Rscript --vanilla program.R > observed.txt
cat <<'TXT'
Expected: A (2021) has 1.5, P (2022) 11.5 and Z (2023) 31.5 in each line, and Z - A is 30.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
