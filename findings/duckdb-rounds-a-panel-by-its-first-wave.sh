#!/usr/bin/env bash
# DuckDB rounds the outcome of a panel of 1,000 people to whole numbers, and leaves the panel of 999 people as it is.
#
# One would expect: the numbers of a pandas frame are the same numbers in DuckDB. A column of Python objects is given a type by a sample
# of its values, and by the documentation it ends in an error if a value outside the sample does not fit that type.
# What happens: there is no error where the sample holds whole numbers only. The column is an INTEGER, and every decimal is rounded.
# The sample is each k-th row, k being the whole thousands of rows. In 5,000 to 5,999 rows of five waves this is each person's first
# wave, and a change since the first wave is 0 there. A slope of 0.100 a wave becomes 0.014; with one person fewer it is right.
# Versions: duckdb 2.0.1, pandas 3.1.1, numpy 2.4.6, openpyxl 3.1.5; Python 3.11.
# Why it matters: balanced panels are what mixed models are fitted to. pandas keeps a column as objects where a sheet has a word for
# missing values ("absent") that is replaced after reading, and there 0 is an integer and 0.3 a float; it computes with them as ever.
# Whoever asks the relation, as we do, is told that it holds integers: pandas.to_numeric has to come before DuckDB sees the frame.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check duckdb==2.0.1 pandas==3.1.1 numpy==2.4.6 openpyxl==3.1.5

cat > program.py <<'PY'
import duckdb
import numpy as np
import pandas as pd

random = np.random.default_rng(1)
people, waves = 1200, 5
wave = np.tile(np.arange(waves), people)
change = np.where(wave > 0, np.round(0.1 * wave + random.normal(scale=0.1, size=wave.size), 1), 0)
sheet = pd.DataFrame({"person": np.repeat(np.arange(people), waves), "wave": wave, "change": change.astype(object)})
sheet.loc[[8, 77], "change"] = "absent"
sheet.to_excel("panel.xlsx", index=False)

panel = pd.read_excel("panel.xlsx", engine="openpyxl")
panel["change"] = panel["change"].replace("absent", None)


def show(title, means, slope, kind=""):
    print(f"  {title:24}", " ".join(f"{mean:6.3f}" for mean in means), f"  slope {slope:.3f} {kind}".rstrip())


def by_duckdb(title, rows):
    means = duckdb.sql("SELECT avg(change) FROM rows GROUP BY wave ORDER BY wave").fetchall()
    [(slope, kind)] = duckdb.sql("SELECT regr_slope(change, wave), typeof(any_value(change)) FROM rows").fetchall()
    show(title, [mean for (mean,) in means], slope, kind)


for count in (999, 1000, 1199, 1200):
    rows = panel[panel["person"] < count]
    print(f"{count:,} people, mean of each wave")
    numbers = rows.assign(change=pd.to_numeric(rows["change"]))
    known = numbers.dropna()
    slope = np.polyfit(known["wave"], known["change"], 1)[0]
    show("pandas", rows.groupby("wave")["change"].mean(), slope)
    by_duckdb("DuckDB", rows)
    by_duckdb("DuckDB, after to_numeric", numbers)
PY

cat > recorded.txt <<'TXT'
999 people, mean of each wave
  pandas                    0.000  0.101  0.196  0.301  0.401   slope 0.100
  DuckDB                    0.000  0.101  0.196  0.301  0.401   slope 0.100 DOUBLE
  DuckDB, after to_numeric  0.000  0.101  0.196  0.301  0.401   slope 0.100 DOUBLE
1,000 people, mean of each wave
  pandas                    0.000  0.101  0.196  0.301  0.401   slope 0.100
  DuckDB                    0.000  0.000  0.001  0.011  0.064   slope 0.014 INTEGER
  DuckDB, after to_numeric  0.000  0.101  0.196  0.301  0.401   slope 0.100 DOUBLE
1,199 people, mean of each wave
  pandas                    0.000  0.101  0.197  0.301  0.402   slope 0.100
  DuckDB                    0.000  0.000  0.001  0.009  0.063   slope 0.013 INTEGER
  DuckDB, after to_numeric  0.000  0.101  0.197  0.301  0.402   slope 0.100 DOUBLE
1,200 people, mean of each wave
  pandas                    0.000  0.101  0.197  0.301  0.402   slope 0.100
  DuckDB                    0.000  0.101  0.197  0.301  0.402   slope 0.100 DOUBLE
  DuckDB, after to_numeric  0.000  0.101  0.197  0.301  0.402   slope 0.100 DOUBLE
TXT
venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: the means of pandas throughout, or an error.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
