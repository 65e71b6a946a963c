#!/usr/bin/env bash
# A cached Streamlit function answers for a table it has never seen.
#
# One would expect: st.cache_data runs the function again whenever an argument differs.
# What happens: from 50,000 rows on (500,000 numbers in an array), the key is made from a sample of the
# values. A table that differs outside the sample has the same key, and the answer for the earlier table
# comes back without a word. In ten tables of 60,000 rows, each with one other value changed, pandas' frames
# got one right answer, Polars' and NumPy's none. The option runner.cacheHashSeed takes another sample; none
# takes all the values.
# Versions: streamlit 1.67.0, pandas 3.1.1, polars 2.1.0, numpy 2.4.6; Python 3.11.
# Why it matters: people clean a table and fit again. A corrected value, or one student moved to another
# school, changes the model, yet the page shows the fit of the table before the correction. Key such a
# function by a digest of all the values, or by a number of the table's version.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check streamlit==1.67.0 pandas==3.1.1 polars==2.1.0 numpy==2.4.6

cat > program.py <<'PY'
import logging

logging.disable(logging.WARNING)  # Streamlit remarks that no server is running

import numpy as np
import pandas as pd
import polars as pl
import streamlit as st


@st.cache_data(show_spinner=False)
def cached_mean(scores):
    return float(scores.mean() if isinstance(scores, np.ndarray) else scores["score"].mean())


def stale(count, kind):
    table = pd.DataFrame({"score": np.full(count, 5.0)})
    cached_mean(kind(table))
    answers = []
    for row in range(0, count, count // 10)[:10]:
        changed = table.copy()
        changed.loc[row, "score"] = 999_999.0
        answers.append(cached_mean(kind(changed)) != cached_mean.__wrapped__(kind(changed)))
    return sum(answers)


print("pandas, 49,999 rows: wrong answers", stale(49_999, lambda table: table), "of 10")
print("pandas, 60,000 rows: wrong answers", stale(60_000, lambda table: table), "of 10")
print("Polars, 60,000 rows: wrong answers", stale(60_000, pl.from_pandas), "of 10")
print("NumPy, 600,000 values: wrong answers", stale(600_000, lambda table: table["score"].to_numpy()), "of 10")
PY

cat > recorded.txt <<'TXT'
pandas, 49,999 rows: wrong answers 0 of 10
pandas, 60,000 rows: wrong answers 9 of 10
Polars, 60,000 rows: wrong answers 10 of 10
NumPy, 600,000 values: wrong answers 10 of 10
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: each of the 10 changed tables gives its own mean, whatever the number of rows.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
    echo "Changed since it was recorded (< recorded, > now):"
    cat difference.txt
    exit 1
fi
echo "As recorded."
