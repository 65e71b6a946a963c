#!/usr/bin/env bash
# Of one and the same table a slope is significant in hours and not in minutes: lme4's four optimisers all stop at the lesser fit.
#
# One would expect: the unit of time changes neither the likelihood nor the t value of a slope; a fit that stops short of the
# maximum warns; and where four optimisers agree, as allFit() is used to find out, the maximum is found.
# What happens: by maximum likelihood the random intercepts and slopes of 20 subjects, one seen for an hour and 19 a few times, have
# two maxima. In minutes every optimiser ends at the higher one (t = 1.1), in hours every optimiser ends at the lower one (t = 2.2),
# its log-likelihood 0.39 less. There is no warning, and with the default optimiser no message either.
# Versions: lme4 1.1-31 (Debian 12), R 4.2.2.
# Why it matters: such panels are common, and lmer() is what our fits are compared with: the reference may be the one that missed.
# Needs: R 4.2 and apt-get of Debian 12 (the packages are unpacked in a temporary folder, not installed).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in $(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
    r-cran-lme4 | grep -E '^(r-cran-|libnlopt0)' | sort -u); do
  apt-get -o APT::Sandbox::User=root download --quiet=2 "$package"
done
for package in ./*.deb; do dpkg -x "$package" root; done
export R_LIBS="$folder/root/usr/lib/R/site-library:$folder/root/usr/lib/R/library"
LD_LIBRARY_PATH="$(dirname "$(find root -name 'libnlopt.so.0' -print -quit)")"
export LD_LIBRARY_PATH="$folder/$LD_LIBRARY_PATH"

cat > program.R <<'R'
suppressMessages(library(lme4))
stopifnot(packageVersion("lme4") == "1.1.31")
set.seed(2)
visits <- c(60, sample(1:5, 19, TRUE))
subject <- rep(1:20, visits)
minute <- sequence(visits) - 1
y <- 0.2 * minute + 0.3 * rnorm(20)[subject] + rnorm(20, 0, 0.5)[subject] * minute + rnorm(length(subject))
d <- data.frame(y = round(y, 1), subject = factor(subject), minute, hour = minute / 60)
for (time in c("minute", "hour")) for (optimizer in c("nloptwrap", "bobyqa", "Nelder_Mead", "nlminbwrap")) {
  warned <- 0
  formula <- as.formula(sprintf("y ~ %s + (%s | subject)", time, time))
  fit <- withCallingHandlers(
    suppressMessages(lmer(formula, d, REML = FALSE, control = lmerControl(optimizer = optimizer))),
    warning = function(w) { warned <<- warned + 1; invokeRestart("muffleWarning") })
  t <- coef(summary(fit))[time, "t value"]
  cat(sprintf("%-6s  %-11s  log-likelihood %.2f  t of the slope %.2f  warnings %d\n", time, optimizer, logLik(fit), t, warned))
}
R

cat > recorded.txt <<'TXT'
minute  nloptwrap    log-likelihood -168.26  t of the slope 1.12  warnings 0
minute  bobyqa       log-likelihood -168.26  t of the slope 1.12  warnings 0
minute  Nelder_Mead  log-likelihood -168.26  t of the slope 1.12  warnings 0
minute  nlminbwrap   log-likelihood -168.26  t of the slope 1.12  warnings 0
hour    nloptwrap    log-likelihood -168.66  t of the slope 2.24  warnings 0
hour    bobyqa       log-likelihood -168.66  t of the slope 2.24  warnings 0
hour    Nelder_Mead  log-likelihood -168.66  t of the slope 2.24  warnings 0
hour    nlminbwrap   log-likelihood -168.66  t of the slope 2.24  warnings 0
TXT

Rscript program.R > observed.txt
cat <<'TXT'
Expected: the same log-likelihood and the same t in all lines.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
