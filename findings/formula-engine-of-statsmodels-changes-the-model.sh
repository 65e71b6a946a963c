#!/usr/bin/env bash
# One option of statsmodels, meant as a change of parser, changes what a formula fits.
#
# One would expect: the two formula engines that statsmodels can use, patsy and formulaic, make the same
# model of the same formula, or refuse it.
# What happens: scale(x) divides by the standard deviation over n with patsy and over n - 1 with formulaic,
# so the estimate differs by sqrt(n / (n - 1)). A column of True and False is a factor of two levels for
# patsy and a number for formulaic: without an intercept, or in an interaction, they fit different models,
# with different log-likelihoods and numbers of estimates. Neither engine warns.
# Versions: statsmodels 0.15.0, patsy 1.0.3, formulaic 1.2.2, pandas 3.1.1, numpy 2.4.6; Python 3.11.
# Why it matters: slopes are compared between models and with R, whose scale() divides by n - 1; and the
# engine comes from an environment variable (SM_FORMULA_ENGINE), so a colleague's "same" script differs.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check statsmodels==0.15.0 patsy==1.0.3 formulaic==1.2.2 pandas==3.1.1 numpy==2.4.6

cat > program.py <<'PY'
import numpy as np
import pandas as pd
import statsmodels.formula
import statsmodels.formula.api as smf

rng = np.random.default_rng(1)
group = np.repeat(np.arange(8), 5)
hours = rng.normal(size=40)
score = 5 + 2 * hours + 3 * rng.normal(size=8)[group] + rng.normal(size=40)
table = pd.DataFrame({"score": score, "hours": hours, "group": group, "treated": np.tile([False, True], 20)})

for formula in ("score ~ scale(hours)", "score ~ 0 + treated + hours", "score ~ treated:hours"):
    print(formula)
    for engine in ("patsy", "formulaic"):
        statsmodels.formula.options.formula_engine = engine
        fit = smf.mixedlm(formula, table, groups="group").fit(reml=False)
        estimates = {name: f"{value:.2f}" for name, value in fit.fe_params.items()}
        print(f"  {engine:9} log-likelihood {fit.llf:.1f} {estimates}")
PY

cat > recorded.txt <<'TXT'
score ~ scale(hours)
  patsy     log-likelihood -59.8 {'Intercept': '3.65', 'scale(hours)': '1.82'}
  formulaic log-likelihood -59.8 {'Intercept': '3.65', 'scale(hours)': '1.84'}
score ~ 0 + treated + hours
  patsy     log-likelihood -59.6 {'treated[False]': '3.73', 'treated[True]': '3.55', 'hours': '1.96'}
  formulaic log-likelihood -68.9 {'treated': '-0.09', 'hours': '1.96'}
score ~ treated:hours
  patsy     log-likelihood -59.4 {'Intercept': '3.64', 'treated[False]:hours': '2.10', 'treated[True]:hours': '1.81'}
  formulaic log-likelihood -81.6 {'Intercept': '3.65', 'treated:hours': '1.80'}
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: for each formula the same log-likelihood and estimates with either engine.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
    echo "Changed since it was recorded (< recorded, > now):"
    cat difference.txt
    exit 1
fi
echo "As recorded."
