#!/usr/bin/env bash
# One survey saved for SPSS and for Stata gives two baselines, through one library.
#
# One would expect: pandas.read_spss and pandas.read_stata put the levels of a labelled column in the same
# order, that of the codes (1 never, 2 rarely, 3 often, 4 always).
# What happens: read_stata gives an ordered category in the order of the codes; read_spss gives an unordered
# one in alphabetical order, so that a formula's baseline is "always" in place of "never". In pyreadstat
# it is the option formats_as_ordered_category that gives the order of the codes, for both formats.
# Versions: pandas 3.1.1, pyreadstat 1.3.7, formulaic 1.2.2; Python 3.11.
# Why it matters: every coefficient of the factor, and the intercept that the group intercepts are compared
# with, is measured from another level; the fits look contradictory though the tables are the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pandas==3.1.1 pyreadstat==1.3.7 formulaic==1.2.2

cat > program.py <<'PY'
import pandas as pd
import pyreadstat
from formulaic import model_matrix

survey = pd.DataFrame({"smokes": pd.array([4, 1, 3, 2, 2, 1], dtype="int32")})
labels = {"smokes": {1: "never", 2: "rarely", 3: "often", 4: "always"}}
pyreadstat.write_sav(survey, "survey.sav", variable_value_labels=labels)
pyreadstat.write_dta(survey, "survey.dta", variable_value_labels=labels)
tables = {
    "pandas.read_spss": pd.read_spss("survey.sav"),
    "pandas.read_stata": pd.read_stata("survey.dta"),
    "pyreadstat.read_dta, labels": pyreadstat.read_dta("survey.dta", apply_value_formats=True)[0],
    "pyreadstat.read_sav, ordered": pyreadstat.read_sav(
        "survey.sav", apply_value_formats=True, formats_as_ordered_category=True
    )[0],
}
for reader, table in tables.items():
    levels = list(table["smokes"].cat.categories)
    columns = [name[len("smokes") :] for name in model_matrix("smokes", table).columns[1:]]
    print(f"{reader:29} baseline {levels[0]:7} coefficients {columns}")
PY

cat > recorded.txt <<'TXT'
pandas.read_spss              baseline always  coefficients ['[T.never]', '[T.often]', '[T.rarely]']
pandas.read_stata             baseline never   coefficients ['[T.rarely]', '[T.often]', '[T.always]']
pyreadstat.read_dta, labels   baseline always  coefficients ['[T.never]', '[T.often]', '[T.rarely]']
pyreadstat.read_sav, ordered  baseline never   coefficients ['[T.rarely]', '[T.often]', '[T.always]']
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: the same three coefficients for both files, each against the level of code 1.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
    echo "Changed since it was recorded (< recorded, > now):"
    cat difference.txt
    exit 1
fi
echo "As recorded."
