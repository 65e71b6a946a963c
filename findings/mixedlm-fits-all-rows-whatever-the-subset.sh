#!/usr/bin/env bash
# statsmodels' mixedlm(subset=...) fits all rows.
#
# One would expect: `subset` stands in the help of smf.mixedlm as the rows to use, and works in smf.ols and smf.glm;
# what a model does not know (weights=, offset=) is refused, also by mixedlm.
# What happens: mixedlm takes the argument and passes None on. The fit of subset=(year 1) is that of all years to the last digit, with no
# message; even labels of rows that do not exist are accepted. So OLS and the mixed model of one line each, with one
# subset, are of different rows.
# Versions: statsmodels 0.15.0, pandas 3.1.1, numpy 2.4.6; Python 3.11.
# Why it matters: OLS beside the mixed model of the same rows is the comparison that this project is about. Here the slopes of year 1
# are of one sign and those of all years of the other, which reads as a finding about clustering. The
# count of observations is the one place that shows it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check statsmodels==0.15.0 pandas==3.1.1 numpy==2.4.6

cat > program.py <<'PY'
import warnings

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

warnings.simplefilter("error")
rng = np.random.default_rng(5)
school, year = np.repeat(np.arange(20), 12), np.tile(np.repeat([1, 2, 3], 4), 20)
hours = rng.normal(size=240)
score = 10 + np.where(year == 1, 1.0, -1.5) * hours + 2 * rng.normal(size=20)[school] + rng.normal(size=240)
data = pd.DataFrame({"school": school, "year": year, "hours": hours, "score": score})
first = data["year"] == 1


def tell(title, model):
    fit = model.fit()
    print(f"{title} {model.nobs if hasattr(model, 'nobs') else int(fit.nobs):.0f} rows, slope {fit.params['hours']:.2f}")


tell("OLS, subset                     ", smf.ols("score ~ hours", data, subset=first))
tell("GLM, subset                     ", smf.glm("score ~ hours", data, subset=first))
tell("mixed model, subset             ", smf.mixedlm("score ~ hours", data, groups="school", subset=first))
tell("mixed model, rows that are none ", smf.mixedlm("score ~ hours", data, groups="school", subset=[-7, -8]))
tell("mixed model, no subset          ", smf.mixedlm("score ~ hours", data, groups="school"))
tell("mixed model, rows picked before ", smf.mixedlm("score ~ hours", data[first], groups="school"))
for name in ("weights", "offset"):
    try:
        smf.mixedlm("score ~ hours", data, groups="school", **{name: data["hours"]})
    except ValueError as error:
        print(f"mixed model, {name}=: {error}")
PY

cat > recorded.txt <<'TXT'
OLS, subset                      80 rows, slope 0.97
GLM, subset                      80 rows, slope 0.97
mixed model, subset              240 rows, slope -0.58
mixed model, rows that are none  240 rows, slope -0.58
mixed model, no subset           240 rows, slope -0.58
mixed model, rows picked before  80 rows, slope 1.07
mixed model, weights=: argument weights not permitted for MixedLM initialization
mixed model, offset=: argument offset not permitted for MixedLM initialization
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: 80 rows and a slope near 1 with the subset, or an error; an error for rows that do not exist.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
    echo "Changed since it was recorded (< recorded, > now):"
    cat difference.txt
    exit 1
fi
echo "As recorded."
