#!/usr/bin/env bash
# Two persons become one when a column of long ids with a gap is handed to pandas.
#
# One would expect: Parquet, Arrow and Polars hold 64-bit ids exactly, missing values too, so a frame made
# from them has as many ids; and read_json(dtype={"id": "Int64"}) keeps what to_json wrote.
# What happens: with one missing id, pandas.read_parquet, Table.to_pandas (though its `safe` is on),
# Polars' and narwhals' to_pandas give floats, which are exact to 2^53 only: neighbouring ids merge without
# a warning. read_json merges them first and then makes "Int64" of the result, so that the type looks right.
# DuckDB's .df() keeps them, as does the CSV reader with the same dtype. Without the gap all is well.
# Versions: pandas 3.1.1, pyarrow 26.0.1, polars 2.1.0, duckdb 2.0.1, narwhals 2.29.0; Python 3.11.
# Why it matters: ids of registers and platforms have 17 to 19 digits. A merged pair is a group with two
# persons' rows: fewer groups, a wrong group variance, and nothing in the output that tells.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pandas==3.1.1 pyarrow==26.0.1 polars==2.1.0 duckdb==2.0.1 narwhals==2.29.0

cat > program.py <<'PY'
import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

ids = [9007199254740992, 9007199254740993, None]
table = pa.table({"id": pa.array(ids, pa.int64())})
pq.write_table(table, "persons.parquet")
pq.write_table(table[:2], "complete.parquet")
nullable = pd.DataFrame({"id": pd.array(ids, dtype="Int64")})
nullable.to_json("persons.json")
nullable.to_csv("persons.csv", index=False)
frames = {
    "no gap, pandas.read_parquet": pd.read_parquet("complete.parquet"),
    "pandas.read_parquet": pd.read_parquet("persons.parquet"),
    "pyarrow.Table.to_pandas": table.to_pandas(),
    "polars.DataFrame.to_pandas": pl.read_parquet("persons.parquet").to_pandas(),
    "narwhals DataFrame.to_pandas": nw.from_native(table).to_pandas(),
    "read_json with dtype Int64": pd.read_json("persons.json", dtype={"id": "Int64"}),
    "read_csv with dtype Int64": pd.read_csv("persons.csv", dtype={"id": "Int64"}),
    "duckdb relation.df": duckdb.sql("from 'persons.parquet'").df(),
}
for way, frame in frames.items():
    print(f"{way:29} {frame['id'].dtype!s:8} ids: {frame['id'].nunique()}")
PY

cat > recorded.txt <<'TXT'
no gap, pandas.read_parquet   int64    ids: 2
pandas.read_parquet           float64  ids: 1
pyarrow.Table.to_pandas       float64  ids: 1
polars.DataFrame.to_pandas    float64  ids: 1
narwhals DataFrame.to_pandas  float64  ids: 1
read_json with dtype Int64    Int64    ids: 1
read_csv with dtype Int64     Int64    ids: 2
duckdb relation.df            Int64    ids: 2
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: 2 ids by every way.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
    echo "Changed since it was recorded (< recorded, > now):"
    cat difference.txt
    exit 1
fi
echo "As recorded."
