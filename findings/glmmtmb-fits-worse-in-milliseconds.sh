#!/usr/bin/env bash
# glmmTMB finds the best fit of reaction times in seconds, and misses it in milliseconds.
#
# One would expect: the unit of the response moves the log-likelihood by a known constant, n log 1000, and nothing else; of two
# answers of which both are said to have converged, with a positive definite Hessian and no warning, none is worse.
# What happens: lme4's sleepstudy with a subject's intercept beside serially correlated errors, ar1(), fitted by maximum likelihood
# from the default start. In seconds: -872.415 (put back into milliseconds), which is also nlme's. In milliseconds: -874.057, 1.64
# lower, with the variance of the intercepts all but 0: it is the fit without a random intercept, so a test of that intercept says
# "none". All standard deviations start at 1, in whatever unit; started at 30, near the data's, the milliseconds reach -872.41 too
# (and then warn of "false convergence"). By REML the milliseconds do warn, and logLik() is NA.
# Versions: glmmTMB 1.1.5, lme4 1.1-31, nlme 3.1-162 (Debian 12), R 4.2.2.
# Why it matters: glmmTMB is the usual program for ar1() beside other random effects, and its log-likelihoods are compared with ours.
# Exported lines have to give `start`, and a lower log-likelihood elsewhere need not mean another model.
# Needs: R 4.2 and apt-get of Debian 12 (the packages are unpacked in a temporary folder, not installed).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in $(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
    r-cran-glmmtmb r-cran-lme4 r-cran-nlme | grep -E '^(r-cran-|libnlopt0)' | sort -u); do
  apt-get -o APT::Sandbox::User=root download --quiet=2 "$package"
done
for package in ./*.deb; do dpkg -x "$package" root; done
export R_LIBS="$folder/root/usr/lib/R/site-library:$folder/root/usr/lib/R/library"
LD_LIBRARY_PATH="$(dirname "$(find root -name 'libnlopt.so.0' -print -quit)")"
export LD_LIBRARY_PATH="$folder/$LD_LIBRARY_PATH"

cat > program.R <<'R'
suppressWarnings(suppressMessages({
  library(glmmTMB)
  library(nlme)
}))
stopifnot(packageVersion("glmmTMB") == "1.1.5", packageVersion("nlme") == "3.1.162", packageVersion("lme4") == "1.1.31")
data(sleepstudy, package = "lme4")
d <- transform(sleepstudy, day = factor(Days), seconds = Reaction / 1000)
fit <- function(response, ...) {
  formula <- reformulate(c("Days", "(1 | Subject)", "ar1(0 + day | Subject)"), response)
  warned <- "no warning"
  m <- withCallingHandlers(glmmTMB(formula, d, dispformula = ~ 0, ...), warning = function(w) {
    warned <<- "a warning"
    invokeRestart("muffleWarning")
  })
  c(m, warned = warned)
}
tell <- function(name, m, scale = 1) {
  code <- sprintf("code %d, Hessian %s, %s", m$fit$convergence, if (isTRUE(m$sdr$pdHess)) "positive definite" else "not positive definite", m$warned)
  sd <- exp(m$fit$par[names(m$fit$par) == "theta"][1]) * scale
  cat(sprintf("%-30s %.1f, SD of the intercepts %4.1f (%s)\n", name, -m$fit$objective - 180 * log(scale), sd, code))
}
tell("glmmTMB, milliseconds", fit("Reaction"))
tell("glmmTMB, seconds", fit("seconds"), 1000)
started <- fit("Reaction", start = list(theta = c(log(30), log(30), 0)))
cat(sprintf("%-30s %.1f\n", "glmmTMB, milliseconds from 30", -started$fit$objective))
serial <- corAR1(form = ~ Days | Subject)
lme <- lme(Reaction ~ Days, d, ~ 1 | Subject, serial, method = "ML")
cat(sprintf("%-30s %.1f, SD of the intercepts %4.1f\n", "lme with corAR1, milliseconds", logLik(lme), as.numeric(VarCorr(lme)["(Intercept)", "StdDev"])))
cat(sprintf("%-30s %.1f\n", "gls: no random intercept", logLik(gls(Reaction ~ Days, d, serial, method = "ML"))))
reml <- suppressWarnings(glmmTMB(Reaction ~ Days + (1 | Subject) + ar1(0 + day | Subject), d, dispformula = ~ 0, REML = TRUE))
cat(sprintf("%-30s %s\n", "glmmTMB, milliseconds, REML", format(as.numeric(logLik(reml)))))
R

cat > recorded.txt <<'TXT'
glmmTMB, milliseconds          -874.1, SD of the intercepts  0.2 (code 0, Hessian positive definite, no warning)
glmmTMB, seconds               -872.4, SD of the intercepts 30.8 (code 0, Hessian positive definite, no warning)
glmmTMB, milliseconds from 30  -872.4
lme with corAR1, milliseconds  -872.4, SD of the intercepts 30.8
gls: no random intercept       -874.1
glmmTMB, milliseconds, REML    NA
TXT

Rscript --vanilla program.R > observed.txt
cat <<'TXT'
Expected: the first four lines have one log-likelihood; gls, with a parameter less, has a lower one; and REML has one too
(-868.1 by lme).
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
