#!/usr/bin/env bash
# nlme predicts 30.5, 31.3 or 31.5 mm for one boy at 14, by the other ages that are asked for; its fit says 31.6.
#
# One would expect: a prediction for a row is of that row. In lme(distance ~ scale(age), random = ~ scale(age) | Subject), scale(age) stands
# for the mean and the spread of the ages that were fitted, in fixed and random effects alike, as in lmer, whose fit has the same likelihood.
# What happens: this is so for the fixed effects only. A random slope or curve of scale(), poly(), bs() or ns() is computed anew from the rows
# that are asked for: at 14, 16 and 18 the boy of 14 is the youngest and has the deviation of a young child. augPred, nlme's picture of
# each subject's curve, asks for 51 ages between 8 and 14, whose spread is another one. No message; fitted() and level = 0 are right.
# Versions: nlme 3.1-162, lme4 1.1-31 (Debian 12), R 4.2.2. The data are nlme's Orthodont: 27 children at 8, 10, 12 and 14 years.
# Why it matters: predicted curves of single groups are what a mixed model is fitted for, and a scaled predictor is the usual advice where
# a fit does not converge. A group's curve is the more wrong the further its slope is from the mean. Ours keep the means and spreads of the fit.
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
suppressMessages({library(nlme); library(lme4)})
stopifnot(packageVersion("nlme") == "3.1.162", packageVersion("lme4") == "1.1.31")
scaled <- lme(distance ~ scale(age), Orthodont, random = ~ scale(age) | Subject)
other <- lmer(distance ~ scale(age) + (scale(age) | Subject), as.data.frame(Orthodont))
cat(sprintf("log-likelihood: lme %.4f, lmer %.4f\n", logLik(scaled), logLik(other)))
cat("fitted values of boy M10 at 8, 10, 12, 14: lme", sprintf("%.1f", fitted(scaled)[names(fitted(scaled)) == "M10"]), "\n")
ask <- function(ages) {
  rows <- data.frame(Subject = "M10", age = ages)
  cat("M10 at", ages, "\n")
  for (title in c("lme", "lmer", "lme, mean of all"))
    cat(sprintf("  %-17s", title), sprintf("%5.1f", switch(title, lme = predict(scaled, rows), lmer = predict(other, rows),
                                                          "lme, mean of all" = predict(scaled, rows, level = 0))), "\n")
}
ask(c(8, 10, 12, 14))
ask(c(14, 16, 18))
ask(c(8, 10, 12, 14, 16))

cat("curve drawn for M10 by augPred, at 8 and 14\n")
drawn <- augPred(scaled, primary = ~age)
drawn <- drawn[drawn$.type == "predicted" & drawn$.groups == "M10", ]
cat("  lme  ", sprintf("%5.1f", drawn$distance[c(1, nrow(drawn))]), "\n")
cat("  lmer ", sprintf("%5.1f", predict(other, data.frame(Subject = "M10", age = c(8, 14)))), "\n")

curved <- lme(distance ~ poly(age, 2), Orthodont, random = ~ poly(age, 2) | Subject, control = lmeControl(opt = "optim"))
sparse <- data.frame(Subject = "M10", age = c(8, 10, 14))
cat("a curve, poly(age, 2), M10 at 8, 10 and 14\n")
cat("  fitted ", sprintf("%5.1f", fitted(curved)[names(fitted(curved)) == "M10"][c(1, 2, 4)]), "\n")
cat("  predict", sprintf("%5.1f", predict(curved, sparse)), "\n")
R

cat > recorded.txt <<'TXT'
log-likelihood: lme -220.5090, lmer -220.5090
fitted values of boy M10 at 8, 10, 12, 14: lme 26.4 28.1 29.9 31.6 
M10 at 8 10 12 14 
  lme                26.5  28.2  29.8  31.5 
  lmer               26.4  28.1  29.9  31.6 
  lme, mean of all   22.0  23.4  24.7  26.0 
M10 at 14 16 18 
  lme                30.5  32.3  34.1 
  lmer               31.6  33.4  35.1 
  lme, mean of all   26.0  27.3  28.6 
M10 at 8 10 12 14 16 
  lme                26.4  28.0  29.7  31.3  32.9 
  lmer               26.4  28.1  29.9  31.6  33.4 
  lme, mean of all   22.0  23.4  24.7  26.0  27.3 
curve drawn for M10 by augPred, at 8 and 14
  lme    26.2  31.8 
  lmer   26.4  31.6 
a curve, poly(age, 2), M10 at 8, 10 and 14
  fitted   26.6  27.9  31.9 
  predict  24.7  26.5  35.3 
TXT
Rscript program.R > observed.txt
cat <<'TXT'
Expected: lme's predictions as lmer's, and the same at 14 whatever else is asked for.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
