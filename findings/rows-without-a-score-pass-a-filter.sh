#!/usr/bin/env bash
# The filter "score > 5" keeps the rows whose score is not a number, or not, by engine.
#
# One would expect: a comparison with NaN is false, as IEEE 754 and numpy have it, so such a row is left out.
# What happens: DuckDB and Polars hold NaN to be greater than any number and keep the row; PyArrow and pandas
# leave it out. The same narwhals expression therefore gives 1 row or 2. DuckDB differs even with itself: it
# takes NaN in a pandas frame for NULL and drops the row, but keeps it from the same values in Arrow or Parquet.
# Versions: duckdb 2.0.1, polars 2.1.0, pyarrow 26.0.1, pandas 3.1.1, narwhals 2.29.0, numpy 2.4.6; Python 3.11.
# Why it matters: a model is fitted to the rows that a condition keeps. The number of rows, and with a NaN
# among them whether there is a result at all, depends on the engine and on how the table got there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check duckdb==2.0.1 polars==2.1.0 pyarrow==26.0.1 pandas==3.1.1 narwhals==2.29.0 numpy==2.4.6

cat > program.py <<'PY'
import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

scores = np.array([1.0, 9.0, np.nan])
arrow = pa.table({"score": scores})
frame = pd.DataFrame({"score": scores})
polars = pl.DataFrame({"score": scores})
pq.write_table(arrow, "scores.parquet")
query = "from {} where score > 5 order by score"


def rows(values):
    return [float(value) for value in values]


print("DuckDB on a pandas frame  ", rows(value for (value,) in duckdb.sql(query.format("frame")).fetchall()))
print("DuckDB on an Arrow table  ", rows(value for (value,) in duckdb.sql(query.format("arrow")).fetchall()))
print("DuckDB on a Parquet file  ", rows(value for (value,) in duckdb.sql(query.format("'scores.parquet'")).fetchall()))
print("Polars on a Parquet file  ", rows(pl.scan_parquet("scores.parquet").filter(pl.col("score") > 5).collect()["score"]))
print("PyArrow on a Parquet file ", rows(pq.read_table("scores.parquet", filters=[("score", ">", 5)])["score"].to_pylist()))
print("pandas on a Parquet file  ", rows(pd.read_parquet("scores.parquet").query("score > 5")["score"]))
for name, table in (("pandas", frame), ("PyArrow", arrow), ("Polars", polars)):
    kept = nw.from_native(table).filter(nw.col("score") > 5)["score"]
    print(f"narwhals on {name:14}", rows(kept.to_list()))
PY

cat > recorded.txt <<'TXT'
DuckDB on a pandas frame   [9.0]
DuckDB on an Arrow table   [9.0, nan]
DuckDB on a Parquet file   [9.0, nan]
Polars on a Parquet file   [9.0, nan]
PyArrow on a Parquet file  [9.0]
pandas on a Parquet file   [9.0]
narwhals on pandas         [9.0]
narwhals on PyArrow        [9.0]
narwhals on Polars         [9.0, nan]
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: one row (9.0) from every engine.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
    echo "Changed since it was recorded (< recorded, > now):"
    cat difference.txt
    exit 1
fi
echo "As recorded."
