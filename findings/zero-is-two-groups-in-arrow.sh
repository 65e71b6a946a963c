#!/usr/bin/env bash
# In Arrow, 0 and -0 are two groups, and so in pandas once its columns are Arrow's.
#
# One would expect: 0.0 == -0.0, so they are one group and match in a join, as in pandas, DuckDB and Polars.
# What happens: PyArrow's group_by, unique, dictionary_encode and join tell them apart. A pandas frame read
# with dtype_backend="pyarrow" does too, so a choice of storage changes the number of groups. A negative
# zero is what rounding -0.2 gives, and 0.0 times -1, as in a reversed or centred scale.
# Versions: pyarrow 26.0.1, pandas 3.1.1, duckdb 2.0.1, polars 2.1.0; Python 3.11.
# Why it matters: group codes and conditions such as a centred dose are often floats after a computation or
# a missing value; one group is then fitted as two, each with half of its rows.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyarrow==26.0.1 pandas==3.1.1 duckdb==2.0.1 polars==2.1.0

cat > program.py <<'PY'
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

centred = [round(-0.2, 0), 0.0, 1.0, 1.0]
doses = pa.table({"dose": centred, "y": [1.0, 2.0, 3.0, 4.0]})
doses.to_pandas().to_csv("doses.csv", index=False)


def groups(**options):
    return pd.read_csv("doses.csv", **options).groupby("dose").ngroups


print("pandas, read_csv                         ", groups())
print('pandas, read_csv(dtype_backend="pyarrow")', groups(dtype_backend="pyarrow"))
print("PyArrow                                  ", doses.group_by("dose").aggregate([("y", "mean")]).num_rows)
print("DuckDB on the Arrow table                ", len(duckdb.sql("select dose, avg(y) from doses group by dose").fetchall()))
print("Polars                                   ", pl.from_arrow(doses).group_by("dose").agg(pl.mean("y")).height)
join = pa.table({"dose": [0.0]}).join(pa.table({"dose": [-0.0], "name": ["placebo"]}), "dose")
print("PyArrow, join of 0.0 with -0.0           ", join["name"].to_pylist())
PY

cat > recorded.txt <<'TXT'
pandas, read_csv                          2
pandas, read_csv(dtype_backend="pyarrow") 3
PyArrow                                   3
DuckDB on the Arrow table                 2
Polars                                    2
PyArrow, join of 0.0 with -0.0            [None]
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: 2 groups (0 and 1) everywhere, and a match in the join.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
    echo "Changed since it was recorded (< recorded, > now):"
    cat difference.txt
    exit 1
fi
echo "As recorded."
