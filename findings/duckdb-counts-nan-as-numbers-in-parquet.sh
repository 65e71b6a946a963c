#!/usr/bin/env bash
# DuckDB's isnan() is false for NaN, if the NaN stands in a Parquet file.
#
# One would expect: `where not isnan(share)` leaves out 0/0, from a file as from the table it was written of, and the average of what is
# left is a number.
# What happens: no row is left out, and the average is NaN. isnan() as a column is false in every row, and yet in the FILTER
# clause of a count it finds the two.
# `share > 0.8` gives 3 rows or 2, by how the writer cut the file into parts ("row groups"). Parquet notes the smallest and largest
# value of each part, NaN not being one of them, and DuckDB takes those for bounds of all values: what follows from the bounds is
# not asked of the rows. Its own files are right, as it notes no bounds for parts with NaN, and so are files without
# statistics. The option can_have_nan = true of read_parquet sets it right; it is off by default, for speed (issue 25521 of
# duckdb, open, tells of comparisons that go wrong).
# Versions: duckdb 2.0.1, polars 2.1.0, pyarrow 26.0.1; Python 3.11.
# Why it matters: shares, ratios and logarithms computed in Polars are kept as NaN in the file. A filter against them does nothing, a
# group id with a gap makes a group of the gaps, and fits get rows that were to be dropped: ours did, before we gave that option.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check duckdb==2.0.1 polars==2.1.0 pyarrow==26.0.1

cat > program.py <<'PY'
import duckdb
import polars as pl

tasks = pl.DataFrame({"tries": [4, 2, 0, 2, 0, 4], "solved": [4, 1, 0, 1, 0, 3]})
tasks = tasks.with_columns(share=pl.col("solved") / pl.col("tries"))
tasks.write_parquet("one-part.parquet")
tasks.write_parquet("two-parts.parquet", row_group_size=4)
tasks.write_parquet("no-statistics.parquet", statistics=False)
duckdb.execute("copy tasks to 'of-duckdb.parquet'").fetchall()


def ask(source):
    def one(what, condition="true"):
        return duckdb.sql(f"select {what} from {source} where {condition}").fetchall()[0][0]

    numbers = "not isnan(share)"
    print(
        f"{one('count(*)', numbers)} rows that are numbers, with average {one('avg(share)', numbers):.3f};",
        f"{one('count(*)', 'share > 0.8')} above 0.8; isnan() summed {one('sum(isnan(share)::int)')},",
        f"in FILTER {one('count(*) filter (isnan(share))')}",
    )


for title, source in {
    "file of Polars, one part ": "'one-part.parquet'",
    "file of Polars, two parts": "'two-parts.parquet'",
    "the same, can_have_nan   ": "read_parquet('two-parts.parquet', can_have_nan = true)",
    "file without statistics  ": "'no-statistics.parquet'",
    "file of DuckDB           ": "'of-duckdb.parquet'",
    "the table itself         ": "tasks",
}.items():
    print(title, end="  ")
    ask(source)
PY

cat > recorded.txt <<'TXT'
file of Polars, one part   6 rows that are numbers, with average nan; 3 above 0.8; isnan() summed 0, in FILTER 2
file of Polars, two parts  6 rows that are numbers, with average nan; 2 above 0.8; isnan() summed 0, in FILTER 2
the same, can_have_nan     4 rows that are numbers, with average 0.688; 3 above 0.8; isnan() summed 2, in FILTER 2
file without statistics    4 rows that are numbers, with average 0.688; 3 above 0.8; isnan() summed 2, in FILTER 2
file of DuckDB             4 rows that are numbers, with average 0.688; 3 above 0.8; isnan() summed 2, in FILTER 2
the table itself           4 rows that are numbers, with average 0.688; 3 above 0.8; isnan() summed 2, in FILTER 2
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: 4 rows that are numbers, with average 0.688, everywhere; 3 above 0.8 (DuckDB holds NaN to be larger than all numbers), 2 NaN.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
    echo "Changed since it was recorded (< recorded, > now):"
    cat difference.txt
    exit 1
fi
echo "As recorded."
