#!/usr/bin/env bash
# An F test of statsmodels finds p < 0.001, 0.037 or 0.83 for one effect, by the unit in which the rows' weights are given.
#
# One would expect: anova_lm(fit) of a weighted regression (wls) tests each term by how much it lowers the weighted residual sum of
# squares, so that its last term has the F of typ=2, of anova_lm(smaller, fit) and t squared of summary(). The unit of the weights,
# pupils or hundreds of pupils, divides out. "By hand" is what R's anova(lm(weights = w)) prints as well.
# What happens: with typ=1, the default, the terms' sums of squares are those of rows without weights, and are divided by a residual mean
# square with weights. A hundredfold weight makes F a hundred times smaller, even if every row has the same. fit(method="qr") does not mend
# it. No message; typ=2, typ=3 and the comparison of two fits are right.
# Versions: statsmodels 0.15.0, pandas 3.1.1, numpy 2.4.6, scipy 1.17.1, patsy 1.0.3; Python 3.11.
# Why it matters: rows that are means of groups have weights, and such a regression is the usual check of a mixed model. Sequential tests
# are the default here as in R, so that whoever compares the two finds another answer. Ours are the t tests of the weighted fit.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check statsmodels==0.15.0 pandas==3.1.1 numpy==2.4.6 scipy==1.17.1 patsy==1.0.3

cat > program.py <<'PY'
import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from scipy import stats
from statsmodels.stats.anova import anova_lm

random = np.random.default_rng(1)
classes = 60
hours = random.normal(size=classes)
table = pd.DataFrame({"track": np.tile(list("abc"), classes // 3), "hours": hours, "pupils": random.choice([1, 4, 25], classes)})
table["score"] = 1 + 0.3 * hours + random.normal(size=classes) * 1.5 / np.sqrt(table["pupils"])  # a row is the mean of so many pupils


def squares(columns, weight):
    """The weighted residual sum of squares of a regression on the columns."""
    root = np.sqrt(np.asarray(weight, float))
    x, y = np.column_stack(columns) * root[:, None], table["score"].to_numpy() * root
    return np.sum((y - x @ np.linalg.lstsq(x, y, rcond=None)[0]) ** 2)


def by_hand(weight):
    one, dummies = np.ones(classes), [table["track"] == level for level in "bc"]
    steps = [squares([one, *terms], weight) for terms in ([], dummies, [*dummies, hours])]
    degrees = classes - 4
    each = [((steps[k] - steps[k + 1]) / size / (steps[-1] / degrees), size) for k, size in enumerate((2, 1))]
    return [(f, stats.f.sf(f, size, degrees)) for f, size in each]


def show(title, rows):
    print(f"  {title:20}", "   ".join(f"{term}: F {f:8.3f} p {p:.6f}" for term, (f, p) in zip(("track", "hours"), rows, strict=True)))


for unit, weight in (
    ("pupils", table["pupils"]),
    ("pupils * 100", table["pupils"] * 100),
    ("pupils / 100", table["pupils"] / 100),
    ("1 for every row", np.ones(classes)),
    ("100 for every row", np.full(classes, 100)),
):
    print("weights:", unit)
    model = smf.wls("score ~ track + hours", table, weights=weight)
    for title, fit, kind in (("anova_lm", model.fit(), 1), ("anova_lm, qr", model.fit(method="qr"), 1), ("anova_lm, typ=2", model.fit(), 2)):
        show(title, anova_lm(fit, typ=kind).loc[["track", "hours"], ["F", "PR(>F)"]].to_numpy())
    show("by hand", by_hand(weight))
    last = anova_lm(smf.wls("score ~ track", table, weights=weight).fit(), model.fit()).iloc[1]
    print(f"  {'anova_lm of two fits':20} {'':32}hours: F {last['F']:8.3f} p {last['Pr(>F)']:.6f}")
PY

cat > recorded.txt <<'TXT'
weights: pupils
  anova_lm             track: F    0.202 p 0.818091   hours: F    4.555 p 0.037222
  anova_lm, qr         track: F    0.202 p 0.818091   hours: F    4.555 p 0.037222
  anova_lm, typ=2      track: F    5.761 p 0.005307   hours: F   44.705 p 0.000000
  by hand              track: F    2.310 p 0.108669   hours: F   44.705 p 0.000000
  anova_lm of two fits                                 hours: F   44.705 p 0.000000
weights: pupils * 100
  anova_lm             track: F    0.002 p 0.997987   hours: F    0.046 p 0.831777
  anova_lm, qr         track: F    0.002 p 0.997987   hours: F    0.046 p 0.831777
  anova_lm, typ=2      track: F    5.761 p 0.005307   hours: F   44.705 p 0.000000
  by hand              track: F    2.310 p 0.108669   hours: F   44.705 p 0.000000
  anova_lm of two fits                                 hours: F   44.705 p 0.000000
weights: pupils / 100
  anova_lm             track: F   20.150 p 0.000000   hours: F  455.466 p 0.000000
  anova_lm, qr         track: F   20.150 p 0.000000   hours: F  455.466 p 0.000000
  anova_lm, typ=2      track: F    5.761 p 0.005307   hours: F   44.705 p 0.000000
  by hand              track: F    2.310 p 0.108669   hours: F   44.705 p 0.000000
  anova_lm of two fits                                 hours: F   44.705 p 0.000000
weights: 1 for every row
  anova_lm             track: F    0.847 p 0.434118   hours: F   19.145 p 0.000053
  anova_lm, qr         track: F    0.847 p 0.434118   hours: F   19.145 p 0.000053
  anova_lm, typ=2      track: F    1.253 p 0.293479   hours: F   19.145 p 0.000053
  by hand              track: F    0.847 p 0.434118   hours: F   19.145 p 0.000053
  anova_lm of two fits                                 hours: F   19.145 p 0.000053
weights: 100 for every row
  anova_lm             track: F    0.008 p 0.991567   hours: F    0.191 p 0.663395
  anova_lm, qr         track: F    0.008 p 0.991567   hours: F    0.191 p 0.663395
  anova_lm, typ=2      track: F    1.253 p 0.293479   hours: F   19.145 p 0.000053
  by hand              track: F    0.847 p 0.434118   hours: F   19.145 p 0.000053
  anova_lm of two fits                                 hours: F   19.145 p 0.000053
TXT
venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: the F and p by hand, whatever the unit of the weights.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
