#!/usr/bin/env bash
# A table that passes through Polars comes back with another baseline.
#
# One would expect: pandas' ordered category (low < mid < high) becomes Polars' Enum, its type of ordered
# levels, and comes back as it was; Polars does turn an Enum into an ordered category of pandas.
# What happens: from_pandas and read_parquet give a Categorical, which has no order but that of the text, and
# to_pandas makes levels of it in the order in which they come first in the rows. Levels with no row are
# lost. So a sort or a filter in between decides the baseline. DuckDB gives the frame back with its order.
# Versions: polars 2.1.0, pandas 3.1.1, pyarrow 26.0.1, duckdb 2.0.1, formulaic 1.2.2; Python 3.11.
# Why it matters: the coefficients of the dose are differences from the baseline; a table prepared in
# Polars gives others than the same table prepared in pandas, and "low" is no longer what they start from.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check polars==2.1.0 pandas==3.1.1 pyarrow==26.0.1 duckdb==2.0.1 formulaic==1.2.2

cat > program.py <<'PY'
import duckdb
import pandas as pd
import polars as pl
from formulaic import model_matrix

order = ["low", "mid", "high", "max"]
doses = pd.DataFrame({"dose": pd.Categorical(["mid", "high", "low", "high"], categories=order, ordered=True)})
doses.to_parquet("doses.parquet")
enum = pl.DataFrame({"dose": pl.Series(["mid", "high", "low", "high"], dtype=pl.Enum(order))})
frames = {
    "pandas": doses,
    "pandas, DuckDB, pandas": duckdb.sql("from doses").df(),
    "Polars Enum, pandas": enum.to_pandas(),
    "pandas, Polars, pandas": pl.from_pandas(doses).to_pandas(),
    "the same, sorted in Polars": pl.from_pandas(doses).sort("dose").to_pandas(),
    "pandas' Parquet, Polars, pandas": pl.read_parquet("doses.parquet").to_pandas(),
}
for way, frame in frames.items():
    dose = frame["dose"].cat
    columns = [name[len("dose") :] for name in model_matrix("dose", frame).columns[1:]]
    print(f"{way:31} ordered {dose.ordered!s:5} levels {list(dose.categories)} coefficients {columns}")
PY

cat > recorded.txt <<'TXT'
pandas                          ordered True  levels ['low', 'mid', 'high', 'max'] coefficients ['[T.mid]', '[T.high]', '[T.max]']
pandas, DuckDB, pandas          ordered True  levels ['low', 'mid', 'high', 'max'] coefficients ['[T.mid]', '[T.high]', '[T.max]']
Polars Enum, pandas             ordered True  levels ['low', 'mid', 'high', 'max'] coefficients ['[T.mid]', '[T.high]', '[T.max]']
pandas, Polars, pandas          ordered False levels ['mid', 'high', 'low'] coefficients ['[T.high]', '[T.low]']
the same, sorted in Polars      ordered False levels ['high', 'low', 'mid'] coefficients ['[T.low]', '[T.mid]']
pandas' Parquet, Polars, pandas ordered False levels ['mid', 'high', 'low'] coefficients ['[T.high]', '[T.low]']
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: by every way the levels low, mid, high, max and the baseline low.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
    echo "Changed since it was recorded (< recorded, > now):"
    cat difference.txt
    exit 1
fi
echo "As recorded."
