#!/usr/bin/env bash
# How the lines of each site are numbered changes emmeans' Tukey p values threefold.
#
# One would expect: pairs(emmeans(fit, ~ line | site)) compares the lines within each site, and the help says that each group shown
# is a family of its own. Three lines in each of two sites are families of 3 means, whether site 2 calls its lines 1 to 3 again or
# 4 to 6. Both are one model: the same fitted values, estimates, errors and degrees of freedom.
# What happens: with 4 to 6 emmeans finds that lines are nested in sites and adjusts for "a family of 6 estimates", although no line
# is compared with one of the other site. A difference with p = 0.027 in the one table has 0.089 in the other. Adjustments that
# count the comparisons (Bonferroni's, Sidak's, Holm's) and "mvt", which simulates, count those of a site in both.
# Versions: emmeans 1.8.4-1 (Debian 12), R 4.2.2.
# Why it matters: Tukey's is the default of pairs(), and ids that go on counting in the next site, school or farm are the usual case
# in nested data. Our comparisons count the means of the group at hand, and such a table of emmeans has larger p values than ours.
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
set.seed(1)
d <- expand.grid(line = factor(1:3), site = factor(1:2), plant = 1:3)
d$y <- rnorm(18) + as.integer(d$line)
d$on <- factor(as.integer(d$line) + 3 * (d$site == 2))
again <- lm(y ~ site * line, d)
on <- lm(y ~ site + on, d)
cat(sprintf("same fitted values: %s\n", isTRUE(all.equal(fitted(again), fitted(on)))))
for (adjust in c("tukey", "bonferroni", "sidak", "holm", "mvt")) {
  set.seed(1)
  p <- lapply(list(again = ~ line | site, on = ~ on | site), function(asked) {
    means <- suppressMessages(emmeans(if ("on" %in% all.vars(asked)) on else again, asked))
    pairs <- as.data.frame(pairs(means, adjust = adjust))
    pairs[pairs$site == "1" & grepl("1.*3", pairs$contrast), c("t.ratio", "p.value")]
  })
  cat(sprintf("%-10s lines 1 and 3 of site 1, t %.3f and %.3f: p %.3f with lines 1 to 3 in each site, %.3f with 4 to 6 in site 2\n",
    adjust, p[[1]]$t.ratio, p[[2]]$t.ratio, p[[1]]$p.value, p[[2]]$p.value))
}
R

cat > recorded.txt <<'TXT'
same fitted values: TRUE
tukey      lines 1 and 3 of site 1, t -3.010 and -3.010: p 0.027 with lines 1 to 3 in each site, 0.089 with 4 to 6 in site 2
bonferroni lines 1 and 3 of site 1, t -3.010 and -3.010: p 0.033 with lines 1 to 3 in each site, 0.033 with 4 to 6 in site 2
sidak      lines 1 and 3 of site 1, t -3.010 and -3.010: p 0.032 with lines 1 to 3 in each site, 0.032 with 4 to 6 in site 2
holm       lines 1 and 3 of site 1, t -3.010 and -3.010: p 0.033 with lines 1 to 3 in each site, 0.033 with 4 to 6 in site 2
mvt        lines 1 and 3 of site 1, t -3.010 and -3.010: p 0.027 with lines 1 to 3 in each site, 0.027 with 4 to 6 in site 2
TXT

Rscript --vanilla program.R > observed.txt
cat <<'TXT'
Expected: two equal p values in each line.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
