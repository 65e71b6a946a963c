#!/usr/bin/env bash
# In statsmodels' MixedLM, "group Var" is one number in the summary and another in `params`.
#
# One would expect: result.params["group Var"] is the variance of the intercepts that the summary prints
# under the same name, and result.conf_int() holds an interval for it.
# What happens: `params`, `bse` and `conf_int()` hold the variance divided by the residual variance (the
# scale in which it is optimised); the summary and `cov_re` hold the variance itself. Here it lies outside
# the interval that carries its name. The summary also prints a standard error that is multiplied by the
# square root of the residual variance, where the variance is multiplied by the residual variance itself,
# so the two numbers on that one line do not belong to one scale.
# Versions: statsmodels 0.15.0, pandas 3.1.1, numpy 2.4.6; Python 3.11.
# Why it matters: tables that compare mixed models are filled from `params` and `conf_int()`; the group
# variance and an intraclass correlation computed from them are wrong unless the residual variance is 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check statsmodels==0.15.0 pandas==3.1.1 numpy==2.4.6

cat > program.py <<'PY'
import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

rng = np.random.default_rng(3)
group = np.repeat(np.arange(12), 5)
x = rng.normal(size=60)
y = 5 + 2 * x + 3 * rng.normal(size=12)[group] + 2 * rng.normal(size=60)
fit = smf.mixedlm("y ~ x", pd.DataFrame({"y": y, "x": x, "group": group}), groups="group").fit()

line = fit.summary().tables[1].loc["group Var"]
low, high = fit.conf_int().loc["group Var"]
print("residual variance               ", f"{fit.scale:.2f}")
print("group Var in the summary        ", f"{float(line['Coef.']):.1f}")
print("cov_re                          ", f"{fit.cov_re.iloc[0, 0]:.1f}")
print('params["group Var"]             ', f"{fit.params['group Var']:.2f}")
print('params["group Var"] times scale ', f"{fit.params['group Var'] * fit.scale:.1f}")
print('conf_int() of "group Var"       ', f"{low:.1f} to {high:.1f}")
ratio = float(line["Std.Err."]) / fit.bse["group Var"]
print("summary's standard error / bse  ", f"{ratio:.2f}", "; square root of the scale", f"{fit.scale ** 0.5:.2f}")
PY

cat > recorded.txt <<'TXT'
residual variance                3.94
group Var in the summary         16.4
cov_re                           16.4
params["group Var"]              4.16
params["group Var"] times scale  16.4
conf_int() of "group Var"        0.1 to 8.2
summary's standard error / bse   1.98 ; square root of the scale 1.98
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: the same group variance in all places, inside its interval.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
    echo "Changed since it was recorded (< recorded, > now):"
    cat difference.txt
    exit 1
fi
echo "As recorded."
