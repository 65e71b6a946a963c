#!/usr/bin/env bash
# The tag "0x1A" becomes the number 26, by some readers of one CSV file.
#
# One would expect: 0x1A is text, as pandas and Polars have it, and is no plain number to CSV.
# What happens: PyArrow's and DuckDB's CSV readers, and pandas with engine="pyarrow", make the integer 26;
# PyArrow's cast from text to integer does so too. "0x10" and "16" in one column are then one group. One tag of
# more than 16 digits keeps the whole column text for PyArrow, so that the longest id decides what the others
# are; DuckDB still makes numbers, of 128 bits.
# Versions: pyarrow 26.0.1, duckdb 2.0.1, pandas 3.1.1, polars 2.1.0; Python 3.11.
# Why it matters: hexadecimal tags of animals, chips and devices are group ids. They are renamed in the
# output, no longer match the table of groups read by another reader, and may merge with decimal ids.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyarrow==26.0.1 duckdb==2.0.1 pandas==3.1.1 polars==2.1.0

cat > program.py <<'PY'
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv


def readings(name, tags):
    with open(name, "w") as file:
        file.write("tag,weight\n" + "".join(f"{tag},1.5\n" for tag in tags))
    print("tags in the file:", ", ".join(tags))
    print("  pandas.read_csv                ", pd.read_csv(name)["tag"].tolist())
    print("  Polars read_csv                ", pl.read_csv(name)["tag"].to_list())
    print("  pandas.read_csv, engine pyarrow", pd.read_csv(name, engine="pyarrow")["tag"].tolist())
    print("  PyArrow read_csv               ", pyarrow.csv.read_csv(name)["tag"].to_pylist())
    print("  DuckDB read_csv                ", [tag for (tag,) in duckdb.sql(f"select tag from '{name}'").fetchall()])


readings("birds.csv", ["0x1A", "0x10", "16"])
readings("chips.csv", ["0x1A", "0x1F00A3B5C7D9E2F41"])
print("cast of text to integer, PyArrow:", pa.array(["0x10", "16"]).cast(pa.int64()).to_pylist())
PY

cat > recorded.txt <<'TXT'
tags in the file: 0x1A, 0x10, 16
  pandas.read_csv                 ['0x1A', '0x10', '16']
  Polars read_csv                 ['0x1A', '0x10', '16']
  pandas.read_csv, engine pyarrow [26, 16, 16]
  PyArrow read_csv                [26, 16, 16]
  DuckDB read_csv                 [26, 16, 16]
tags in the file: 0x1A, 0x1F00A3B5C7D9E2F41
  pandas.read_csv                 ['0x1A', '0x1F00A3B5C7D9E2F41']
  Polars read_csv                 ['0x1A', '0x1F00A3B5C7D9E2F41']
  pandas.read_csv, engine pyarrow ['0x1A', '0x1F00A3B5C7D9E2F41']
  PyArrow read_csv                ['0x1A', '0x1F00A3B5C7D9E2F41']
  DuckDB read_csv                 [26, 35743446661009911617]
cast of text to integer, PyArrow: [16, 16]
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: three tags as text: '0x1A', '0x10', '16'.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
    echo "Changed since it was recorded (< recorded, > now):"
    cat difference.txt
    exit 1
fi
echo "As recorded."
