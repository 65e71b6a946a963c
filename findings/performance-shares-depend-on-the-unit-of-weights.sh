#!/usr/bin/env bash
# One fit's ICC by performance is 0.39, 0.006 or 0.98, by the unit in which its weights are given.
#
# One would expect: weights of 1 to 4 and of 100 to 400 are one weighting. lmer gives the same estimates, standard errors, variance of
# the groups and fitted values for both. Shares of the variance (ICC, R2) are then the same too, as the variance that is shared out is
# that of the same outcome.
# What happens: a hundredfold weight takes the ICC from 0.39 to 0.006, and the R2 of the predictors alone from 0.22 to 0.005, and a
# hundredth makes them 0.98 and 0.41. No message. performance (through insight's get_variance) takes sigma(fit) squared for
# the variance of a row, which is that of a row of weight 1, whether there is such a row or not: here up to 66 times the
# variance of the outcome itself.
# Versions: performance 0.10.2, insight 0.19.0, lme4 1.1-31 (Debian 12), R 4.2.2.
# Why it matters: ICC and R2 are what is reported of a mixed model, and performance is what they are taken from; sampling weights sum
# to the population or to the sample, as their makers please. Ours are those of a row of average weight: weights have to be
# divided by their mean before the two are compared.
# Needs: R 4.2 and apt-get of Debian 12 (the packages are unpacked in a temporary folder, not installed).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mapfile -t packages < <(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
  r-cran-performance r-cran-lme4 | grep -E '^(r-cran-|libnlopt0)' | sort -u)
apt-get -o APT::Sandbox::User=root download --quiet=2 "${packages[@]}"
for package in ./*.deb; do dpkg -x "$package" root; done
export R_LIBS="$folder/root/usr/lib/R/site-library:$folder/root/usr/lib/R/library"
LD_LIBRARY_PATH="$(dirname "$(find root -name 'libnlopt.so.0' -print -quit)")"
export LD_LIBRARY_PATH="$folder/$LD_LIBRARY_PATH"

cat > program.R <<'R'
suppressMessages(suppressWarnings({
  library(lme4)
  library(performance)
}))
stopifnot(packageVersion("performance") == "0.10.2", packageVersion("insight") == "0.19.0", packageVersion("lme4") == "1.1.31")
cat(sprintf("variance of the outcome: %.0f\n\n", var(sleepstudy$Reaction)))
for (unit in c(1, 100, 0.01)) {
  d <- transform(sleepstudy, weight = unit * rep(c(1, 2, 4, 1, 3), 36))
  fit <- lmer(Reaction ~ Days + (1 | Subject), d, weights = weight)
  if (unit == 1) first <- fit
  same <- max(abs(fitted(fit) - fitted(first))) < 0.01
  r2 <- r2_nakagawa(fit)
  cat(sprintf("weights times %-4g  slope %.2f, its error %.3f, groups' variance %.0f, same fitted values: %s\n", unit,
              fixef(fit)[2], sqrt(vcov(fit)[2, 2]), VarCorr(fit)$Subject[1], if (same) "yes" else "no"))
  cat(sprintf("                    ICC %.3f, R2 of Days %.3f, R2 with groups %.3f; residual variance counted %.0f\n",
              icc(fit)$ICC_adjusted, r2$R2_marginal, r2$R2_conditional, insight::get_variance_residual(fit)))
}
R

cat > recorded.txt <<'TXT'
variance of the outcome: 3173

weights times 1     slope 10.80, its error 0.819, groups' variance 1364, same fitted values: yes
                    ICC 0.394, R2 of Days 0.218, R2 with groups 0.526; residual variance counted 2097
weights times 100   slope 10.80, its error 0.819, groups' variance 1364, same fitted values: yes
                    ICC 0.006, R2 of Days 0.005, R2 with groups 0.011; residual variance counted 209744
weights times 0.01  slope 10.80, its error 0.819, groups' variance 1364, same fitted values: yes
                    ICC 0.985, R2 of Days 0.411, R2 with groups 0.991; residual variance counted 21
TXT
Rscript program.R > observed.txt
cat <<'TXT'
Expected: the same shares three times, of a residual variance below that of the outcome.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
