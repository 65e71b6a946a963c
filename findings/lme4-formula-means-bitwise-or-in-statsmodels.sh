#!/usr/bin/env bash
# A formula of lme4 pasted into statsmodels is fitted, with a bitwise "or" as a predictor.
#
# One would expect: "(1 | group)" is understood as a random intercept, or refused as not supported.
# What happens: by default statsmodels reads formulas with patsy, which takes an operator that it does not
# know as Python. For whole numbers, `1 | group` is bitwise or, `days | group` likewise, and `days^2` is
# exclusive or. Each becomes one more fixed effect with a standard error of its own, and OLS warns of nothing.
# The squares of R's `days^2` become 2, 3, 0, 1, 6, 7 for the days 0 to 5.
# Versions: statsmodels 0.15.0, patsy 1.0.3, pandas 3.1.1, numpy 2.4.6; Python 3.11.
# Why it matters: whoever compares lme4 with statsmodels pastes one formula into both. With numbers as
# ids, as in the sleepstudy data, the two models differ, and the difference looks like one of method.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check statsmodels==0.15.0 patsy==1.0.3 pandas==3.1.1 numpy==2.4.6

cat > program.py <<'PY'
import warnings

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from patsy import dmatrix

rng = np.random.default_rng(7)
group = np.repeat(np.arange(301, 313), 6)
days = np.tile(np.arange(6), 12)
score = 250 + 10 * days + 30 * rng.normal(size=12)[group - 301] + 20 * rng.normal(size=72)
table = pd.DataFrame({"score": score, "days": days, "group": group})

for formula in ("score ~ days + (1 | group)", "score ~ days + (days | group)", "score ~ days + days^2"):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ols = smf.ols(formula, table).fit()
        mixed = smf.mixedlm(formula, table, groups="group").fit()
    print(formula)
    print("  OLS estimates    ", list(ols.params.index), "warnings:", len(caught))
    print("  MixedLM estimates", list(mixed.fe_params.index))
for term in ("days^2", "1 | group"):
    print(term, "in the first six rows:", dmatrix("0 + " + term, table[:6])[:, 0].astype(int).tolist())
PY

cat > recorded.txt <<'TXT'
score ~ days + (1 | group)
  OLS estimates     ['Intercept', 'days', '1 | group'] warnings: 0
  MixedLM estimates ['Intercept', 'days', '1 | group']
score ~ days + (days | group)
  OLS estimates     ['Intercept', 'days', 'days | group'] warnings: 0
  MixedLM estimates ['Intercept', 'days', 'days | group']
score ~ days + days^2
  OLS estimates     ['Intercept', 'days', 'days ^ 2'] warnings: 0
  MixedLM estimates ['Intercept', 'days', 'days ^ 2']
days^2 in the first six rows: [2, 3, 0, 1, 6, 7]
1 | group in the first six rows: [301, 301, 301, 301, 301, 301]
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: a random intercept, or an error that names `|`; and days^2 as the square, or an error.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
    echo "Changed since it was recorded (< recorded, > now):"
    cat difference.txt
    exit 1
fi
echo "As recorded."
