#!/usr/bin/env bash
# Dask's variance of a column is right, and its variance within each group is 0 in two groups and twice too large in two others.
#
# One would expect: ddf.groupby("site").at.var() is what pandas gives, up to the last digits; ddf.at.var(), of all rows, is.
# What happens: measurements that scatter by 1 about 100,000,000 (a salary in a small currency, a count of reads) have variances of 0 or 2.2
# within sites, and times in seconds since 1970 have 0 everywhere, as if every site had been asked at one moment. Grouped
# variances are made of sums of squares less squared sums, whose difference is below the last digit of either; of a negative
# difference Dask makes 0, so the wrong answer looks like a constant. Without groups it combines means and deviations, and keeps
# its digits. No message.
# Versions: dask 2026.8.0, pandas 3.1.1, pyarrow 26.0.1; Python 3.11. Told in part by issues 5725 and 6306 of dask (NaN; not quite 0).
# Why it matters: variances within groups are what a mixed model is made of. Sums for it have to be taken about each group's mean, or
# about a constant near it: our Dask engine does that itself, and asks groupby for no variance.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check dask==2026.8.0 pandas==3.1.1 pyarrow==26.0.1

cat > program.py <<'PY'
import warnings

import dask.dataframe as dd
import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")  # of sums of squares below zero, none names the cause
random = np.random.default_rng(1)
rows = 30_000
site, scatter = random.integers(0, 4, rows), random.normal(size=rows)


def show(title, values):
    print(f"{title:34}", " ".join(f"{value:8.2f}" for value in values))


for start in (0, 100_000_000, 1_700_000_000):
    frame = pd.DataFrame({"site": site, "at": start + scatter})
    parts = dd.from_pandas(frame, npartitions=4)
    print(f"{start:,} and 1 SD")
    show("  variance of all rows, Dask", [parts["at"].var().compute()])
    show("  within each site, pandas", frame.groupby("site")["at"].var())
    show("  within each site, Dask", parts.groupby("site")["at"].var().compute().sort_index())
PY

cat > recorded.txt <<'TXT'
0 and 1 SD
  variance of all rows, Dask           0.99
  within each site, pandas             1.02     0.98     0.98     0.99
  within each site, Dask               1.02     0.98     0.98     0.99
100,000,000 and 1 SD
  variance of all rows, Dask           0.99
  within each site, pandas             1.02     0.98     0.98     0.99
  within each site, Dask               0.00     0.00     2.21     2.18
1,700,000,000 and 1 SD
  variance of all rows, Dask           0.99
  within each site, pandas             1.02     0.98     0.98     0.99
  within each site, Dask               0.00     0.00     0.00     0.00
TXT
venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: variances of 1 within each site throughout.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
