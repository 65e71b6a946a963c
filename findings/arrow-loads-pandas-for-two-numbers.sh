#!/usr/bin/env bash
# `pyarrow.array([1.0, 2.0])` loads the whole of pandas.
#
# One would expect: pandas is optional to PyArrow, and is loaded by what has to do with it (to_pandas, from_pandas). A list of two
# floats becomes two floats in Arrow's memory without it, as it does where pandas is not installed.
# What happens: where pandas can be imported, array() imports it, to ask whether the list is a Series; so do array() of a NumPy
# array or with a type, table() of lists, chunked_array(), and even scalar() of one number. Reading, casting and summing do not. Where
# pandas is not installed, all of them give the same results without it.
# Versions: pyarrow 26.0.1, pandas 3.1.1, numpy 2.4.6; Python 3.11.
# Why it matters: a process that only reads a file into Arrow, as a worker that is kept small on purpose, takes 0.2 seconds and 35 MB more
# with its first small array of labels, and nothing in the program names pandas. Whether it happens depends on a package that
# was installed for something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyarrow==26.0.1 numpy==2.4.6

cat > program.py <<'PY'
import io
import sys

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

table = pyarrow.csv.read_csv(io.BytesIO(b"x,y\n1,2\n3,4\n"))
CALLS = {
    "read_csv, cast, sum": lambda: pc.sum(pc.cast(table["x"], pa.float64())).as_py(),
    "scalar(1.0)": lambda: pa.scalar(1.0).as_py(),
    "array([1.0, 2.0])": lambda: len(pa.array([1.0, 2.0])),
    "array of NumPy's": lambda: len(pa.array(np.array([1.0, 2.0]))),
    "array with a type": lambda: len(pa.array((v for v in (1.0, 2.0)), pa.float64(), size=2)),
    "table of a list": lambda: len(pa.table({"x": [1.0, 2.0]})),
    "chunked_array": lambda: len(pa.chunked_array([[1.0, 2.0]])),
}
name = sys.argv[1]
before = "pandas" in sys.modules
CALLS[name]()
print(f"{name}: {'pandas before it' if before else 'loads pandas' if 'pandas' in sys.modules else 'no pandas'}")
PY

run() {
  for call in "read_csv, cast, sum" "scalar(1.0)" "array([1.0, 2.0])" "array of NumPy's" "array with a type" "table of a list" "chunked_array"; do
    venv/bin/python program.py "$call"
  done
}

cat > recorded.txt <<'TXT'
pandas not installed
read_csv, cast, sum: no pandas
scalar(1.0): no pandas
array([1.0, 2.0]): no pandas
array of NumPy's: no pandas
array with a type: no pandas
table of a list: no pandas
chunked_array: no pandas
pandas installed
read_csv, cast, sum: no pandas
scalar(1.0): loads pandas
array([1.0, 2.0]): loads pandas
array of NumPy's: loads pandas
array with a type: loads pandas
table of a list: loads pandas
chunked_array: loads pandas
TXT

{
  echo "pandas not installed"
  run
  venv/bin/pip install --quiet --disable-pip-version-check pandas==3.1.1
  echo "pandas installed"
  run
} > observed.txt
cat <<'TXT'
Expected: no pandas throughout.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
