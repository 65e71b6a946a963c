#!/usr/bin/env bash
# R's TukeyHSD of two groups gives another p value than the t test of the same two groups.
#
# One would expect: with two means there is one comparison and nothing to adjust for. The studentized range of two means is
# sqrt(2) |t| exactly, so Tukey's p value is the t test's, to as many digits as R's distributions usually have.
# What happens: with few degrees of freedom R's ptukey() is off in the second digit, without a warning: 7% too small here for
# 2 degrees of freedom, too large in other places, while 3 degrees of freedom and a smaller range give twelve digits. Its
# integration is of a fixed fineness, whatever the tail.
# Versions: R 4.2.2 (Debian 12), base packages only.
# Why it matters: Tukey's adjustment is the default of pairwise comparisons in emmeans, agricolae and TukeyHSD, all by ptukey(),
# and few groups mean few degrees of freedom: adjusted p values that are compared with R's cannot agree better than R itself.
# Needs: R 4.2.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > program.R <<'R'
compare <- function(...) {
  d <- data.frame(arm = factor(rep(c("a", "b"), each = length(..1))), y = c(...))
  tukey <- TukeyHSD(aov(y ~ arm, d))$arm["b-a", "p adj"]
  plain <- summary(lm(y ~ arm, d))$coefficients["armb", "Pr(>|t|)"]
  cat(sprintf("%2d degrees of freedom: Tukey %.6g, t test %.6g\n", nrow(d) - 2L, tukey, plain))
}
compare(c(1.0, 1.2), c(3.1, 3.3))
compare(c(1.0, 1.3, 1.1), c(1.5, 1.9, 1.6))
for (range in c(10, 20)) for (df in c(2, 3, 9))
  cat(sprintf("P(range of 2 > %d, %d df): ptukey %.6g, pt %.6g\n", range, df,
    ptukey(range, 2, df, lower.tail = FALSE), 2 * pt(-range / sqrt(2), df)))
R

cat > recorded.txt <<'TXT'
 2 degrees of freedom: Tukey 0.00418932, t test 0.00450453
 4 degrees of freedom: Tukey 0.023216, t test 0.0232152
P(range of 2 > 10, 2 df): ptukey 0.019286, pt 0.0194193
P(range of 2 > 10, 3 df): ptukey 0.00581565, pt 0.00581565
P(range of 2 > 10, 9 df): ptukey 5.84919e-05, pt 5.84919e-05
P(range of 2 > 20, 2 df): ptukey 0.00466799, pt 0.00496281
P(range of 2 > 20, 3 df): ptukey 0.000765497, pt 0.000765884
P(range of 2 > 20, 9 df): ptukey 1.91237e-07, pt 1.87935e-07
TXT

Rscript --vanilla program.R > observed.txt
cat <<'TXT'
Expected: the same two numbers in each line.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
