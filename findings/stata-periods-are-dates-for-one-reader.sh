#!/usr/bin/env bash
# The months of one Stata file are dates for pandas and the integers 768, 769 for pyreadstat.
#
# One would expect: two readers of one .dta file agree on what is a date.
# What happens: pandas.read_stata makes dates of monthly, quarterly, weekly and half-yearly columns and of
# any day layout; pyreadstat leaves them as counts since 1960, and so even a daily column whose display
# layout it does not list (%tdDD/NN/CCYY) while it converts another (%tdCCYY-NN-DD). With %tC (date-times
# with leap seconds) it is the other way round: pyreadstat converts and pandas leaves the number.
# Versions: pyreadstat 1.3.7, pandas 3.1.1; Python 3.11.
# Why it matters: time is the predictor of growth models. The slope of one reading is per month, that of
# the other per day or nanosecond, and a display layout that changes no value decides which.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyreadstat==1.3.7 pandas==3.1.1

cat > program.py <<'PY'
import warnings

import pandas as pd
import pyreadstat

warnings.simplefilter("ignore")  # pandas warns for %tC, and for that alone
counts = pd.DataFrame({"when": [768.0, 769.0]})
for form in ("%tm", "%tq", "%tw", "%th", "%tdCCYY-NN-DD", "%tdDD/NN/CCYY", "%tC"):
    pyreadstat.write_dta(counts, "visits.dta", variable_format={"when": form})
    one = pd.read_stata("visits.dta")["when"][1]
    other = pyreadstat.read_dta("visits.dta")[0]["when"][1]
    print(f"{form:14} pandas {one!s:20} pyreadstat {other}")
PY

cat > recorded.txt <<'TXT'
%tm            pandas 2024-02-01 00:00:00  pyreadstat 769.0
%tq            pandas 2152-04-01 00:00:00  pyreadstat 769.0
%tw            pandas 1974-10-15 00:00:00  pyreadstat 769.0
%th            pandas 2344-07-01 00:00:00  pyreadstat 769.0
%tdCCYY-NN-DD  pandas 1962-02-08 00:00:00  pyreadstat 1962-02-08
%tdDD/NN/CCYY  pandas 1962-02-08 00:00:00  pyreadstat 769.0
%tC            pandas 769.0                pyreadstat 1960-01-01 00:00:00.769000
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: the same kind of column from both readers, whatever the display layout.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
    echo "Changed since it was recorded (< recorded, > now):"
    cat difference.txt
    exit 1
fi
echo "As recorded."
