#!/usr/bin/env bash
# emmeans labels the means of a mixed model with each other's levels where the formula itself says which level comes first.
#
# One would expect: y ~ relevel(factor(diet), ref = "P") + (1 | farm) is the model of a column that was releveled before, so both
# have the same adjusted means; if emmeans cannot read the formula, it says so.
# What happens: emmeans first takes the text "P" for a variable and stops, asking whether it is a constant that belongs into
# `params`. Given there, the table comes, with the means of A and P exchanged: emmeans lets R make the factor of its grid by the
# levels in alphabetical order, while the coefficients belong to the order with P first. lm() is spared, since there the
# coefficients' names are looked up and the call stops. And whether a table comes at all depends on the order of the rows:
# emmeans tries the formula on the first two rows of the data, and relevel() stops if none of them has the level P.
# Versions: emmeans 1.8.4-1, lme4 1.1-31 (Debian 12), R 4.2.2.
# Why it matters: relevel() within a formula is how exported code keeps the chosen baseline without touching the data, and adjusted
# means are what is compared with ours. In code that is given away, the column has to be put in order before the fit.
# Needs: R 4.2 and apt-get of Debian 12 (the packages are unpacked in a temporary folder, not installed).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in $(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
    r-cran-emmeans r-cran-lme4 | grep -E '^(r-cran-|libnlopt0)' | sort -u); do
  apt-get -o APT::Sandbox::User=root download --quiet=2 "$package"
done
for package in ./*.deb; do dpkg -x "$package" root; done
export R_LIBS="$folder/root/usr/lib/R/site-library:$folder/root/usr/lib/R/library"
LD_LIBRARY_PATH="$(dirname "$(find root -name 'libnlopt.so.0' -print -quit)")"
export LD_LIBRARY_PATH="$folder/$LD_LIBRARY_PATH"

cat > program.R <<'R'
suppressMessages({
  library(emmeans)
  library(lme4)
})
stopifnot(packageVersion("emmeans") == "1.8.4.1", packageVersion("lme4") == "1.1.31")
d <- expand.grid(diet = c("P", "A", "Z"), farm = factor(1:6), stringsAsFactors = FALSE)
d$y <- c(P = 10, A = 0, Z = 30)[d$diet] + c(0, 4, 8, 2, 6, 9)[d$farm] + c(0, 1, 1, 0, 2, 1, 1, 0, 0, 2, 1)[seq_len(18) %% 11 + 1]
tell <- function(name, means) {
  values <- tryCatch(with(as.data.frame(means), setNames(emmean, diet))[c("A", "P", "Z")], error = conditionMessage)
  if (is.numeric(values)) cat(sprintf("%-38s A %.2f, P %.2f, Z %.2f\n", name, values[1], values[2], values[3]))
  else cat(sprintf("%-38s %s\n", name, sub("\n.*", "", values)))
}
ask <- function(model, ...) suppressMessages(emmeans(model, ~ diet, lmer.df = "asymptotic", ...))
raw <- tapply(d$y, d$diet, mean)
cat(sprintf("%-38s A %.2f, P %.2f, Z %.2f\n", "means of the balanced data", raw["A"], raw["P"], raw["Z"]))
before <- transform(d, diet = relevel(factor(diet), ref = "P"))
within <- lmer(y ~ relevel(factor(diet), ref = "P") + (1 | farm), d)
tell("relevel() before the fit", ask(lmer(y ~ diet + (1 | farm), before)))
tell("relevel() in the formula", ask(within))
tell("  with params, as the message asks", ask(within, params = "\"P\""))
d <- d[order(d$diet), ]
tell("  the same, rows sorted by diet", ask(lmer(y ~ relevel(factor(diet), ref = "P") + (1 | farm), d), params = "\"P\""))
R

cat > recorded.txt <<'TXT'
means of the balanced data             A 5.33, P 15.83, Z 35.83
relevel() before the fit               A 5.33, P 15.83, Z 35.83
relevel() in the formula               We are unable to reconstruct the data.
  with params, as the message asks     A 15.83, P 5.33, Z 35.83
  the same, rows sorted by diet        'ref' must be an existing level
TXT

Rscript --vanilla program.R > observed.txt
cat <<'TXT'
Expected: the same three means in each line.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
