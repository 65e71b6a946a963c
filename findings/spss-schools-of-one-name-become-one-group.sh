#!/usr/bin/env bash
# Two schools with the same label in an SPSS file become one group, silently.
#
# One would expect: codes 1 and 3 stay apart although both are labelled "St Mary"; or an error, as
# pandas.read_stata raises for the same table in Stata's format ("not unique").
# What happens: pyreadstat with apply_value_formats=True, and pandas.read_spss by default, replace each code
# by its label: three schools become two. pyreadstat does so for the Stata file too.
# Versions: pyreadstat 1.3.7, pandas 3.1.1; Python 3.11.
# Why it matters: the groups of a mixed model are such codes, and value labels are often shortened names.
# Merged groups change the number of groups, the group variance and every prediction of a group.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyreadstat==1.3.7 pandas==3.1.1

cat > program.py <<'PY'
import pandas as pd
import pyreadstat

pupils = pd.DataFrame({"school": pd.array([1, 1, 2, 2, 3, 3], dtype="int32"), "score": [4.0, 5, 6, 7, 8, 9]})
labels = {"school": {1: "St Mary", 2: "Hill Road", 3: "St Mary"}}
pyreadstat.write_sav(pupils, "pupils.sav", variable_value_labels=labels)
pyreadstat.write_dta(pupils, "pupils.dta", variable_value_labels=labels)


def means(table):
    return table.groupby("school", observed=True)["score"].mean().to_dict()


print("SPSS file, codes                     ", means(pyreadstat.read_sav("pupils.sav")[0]))
print("SPSS file, pyreadstat with labels    ", means(pyreadstat.read_sav("pupils.sav", apply_value_formats=True)[0]))
print("SPSS file, pandas.read_spss          ", means(pd.read_spss("pupils.sav")))
print("Stata file, pyreadstat with labels   ", means(pyreadstat.read_dta("pupils.dta", apply_value_formats=True)[0]))
try:
    print("Stata file, pandas.read_stata        ", means(pd.read_stata("pupils.dta")))
except ValueError as error:
    print("Stata file, pandas.read_stata         ValueError, not unique:", "not unique" in str(error))
PY

cat > recorded.txt <<'TXT'
SPSS file, codes                      {1.0: 4.5, 2.0: 6.5, 3.0: 8.5}
SPSS file, pyreadstat with labels     {'Hill Road': 6.5, 'St Mary': 6.5}
SPSS file, pandas.read_spss           {'Hill Road': 6.5, 'St Mary': 6.5}
Stata file, pyreadstat with labels    {'Hill Road': 6.5, 'St Mary': 6.5}
Stata file, pandas.read_stata         ValueError, not unique: True
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: 3 schools, or an error.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
    echo "Changed since it was recorded (< recorded, > now):"
    cat difference.txt
    exit 1
fi
echo "As recorded."
