#!/usr/bin/env bash
# python-calamine reads the one cell at midnight of a column of date-times as a date.
#
# One would expect: cells of one column, with one number format that shows hours and minutes, have one type.
# What happens: the cell whose time is 00:00 comes as datetime.date, its neighbours as datetime.datetime.
# The two cannot be compared in Python, and pandas makes a column of objects of them, while openpyxl gives
# date-times throughout. (pandas.read_excel's calamine engine mends it.)
# Versions: python-calamine 0.9.1, openpyxl 3.1.5, pandas 3.1.1; Python 3.11.
# Why it matters: times of measurement taken round the clock are predictors. Sorting rows by time raises an
# error only for the file that has a measurement at midnight, and the column is no longer one of numbers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check python-calamine==0.9.1 openpyxl==3.1.5 pandas==3.1.1

cat > program.py <<'PY'
import datetime

import openpyxl
import pandas as pd
from python_calamine import CalamineWorkbook

book = openpyxl.Workbook()
for row, hour in enumerate((22, 24, 26), start=1):
    cell = book.active.cell(row, 1, datetime.datetime(2024, 3, 1) + datetime.timedelta(hours=hour))
    cell.number_format = "yyyy-mm-dd hh:mm"
book.save("times.xlsx")

by_openpyxl = [row[0].value for row in openpyxl.load_workbook("times.xlsx").active.iter_rows()]
by_calamine = [row[0] for row in CalamineWorkbook.from_path("times.xlsx").get_sheet_by_index(0).to_python()]
for name, values in (("openpyxl", by_openpyxl), ("calamine", by_calamine)):
    print(name, [type(value).__name__ for value in values], "pandas dtype", pd.Series(values).dtype)
    try:
        print("  sorted:", [f"{value:%H:%M}" for value in sorted(values)])
    except TypeError:
        print("  sorted: TypeError, a date and a date-time cannot be compared")
PY

cat > recorded.txt <<'TXT'
openpyxl ['datetime', 'datetime', 'datetime'] pandas dtype datetime64[us]
  sorted: ['22:00', '00:00', '02:00']
calamine ['datetime', 'date', 'datetime'] pandas dtype object
  sorted: TypeError, a date and a date-time cannot be compared
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: three values of one type, which can be sorted.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
    echo "Changed since it was recorded (< recorded, > now):"
    cat difference.txt
    exit 1
fi
echo "As recorded."
