#!/usr/bin/env bash
# A duration of 30 hours in an SPSS file is read as 6 o'clock.
#
# One would expect: SPSS's TIME and DTIME formats hold lengths of time of any size, so 30 hours stay 30
# hours and a reader gives a timedelta or the seconds.
# What happens: pyreadstat, and pandas.read_spss through it, give a time of day: whole days are dropped
# and a negative length wraps round to the evening. 1, 24, 30 and 49 hours become 1:00, 0:00, 6:00, 1:00.
# No warning; only disable_datetime_conversion=True shows the seconds.
# Versions: pyreadstat 1.3.7, pandas 3.1.1; Python 3.11.
# Why it matters: length of stay, reaction and race times are outcomes and predictors of mixed models. The
# longest become the shortest, which can turn the sign of a slope.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyreadstat==1.3.7 pandas==3.1.1

cat > program.py <<'PY'
import pandas as pd
import pyreadstat

hours = [1.0, 24.0, 30.0, 49.0, -0.5]
stay = pd.DataFrame({"stay": [3600 * length for length in hours]})
for form in ("TIME8", "DTIME20"):
    pyreadstat.write_sav(stay, "stay.sav", variable_format={"stay": form})
    times, about = pyreadstat.read_sav("stay.sav")
    print(about.original_variable_types["stay"], "pyreadstat", [str(value) for value in times["stay"]])
    print(about.original_variable_types["stay"], "pandas    ", [str(value) for value in pd.read_spss("stay.sav")["stay"]])
    seconds = pyreadstat.read_sav("stay.sav", disable_datetime_conversion=True)[0]["stay"]
    print(about.original_variable_types["stay"], "in the file, hours", (seconds / 3600).tolist())
PY

cat > recorded.txt <<'TXT'
TIME8 pyreadstat ['01:00:00', '00:00:00', '06:00:00', '01:00:00', '23:30:00']
TIME8 pandas     ['01:00:00', '00:00:00', '06:00:00', '01:00:00', '23:30:00']
TIME8 in the file, hours [1.0, 24.0, 30.0, 49.0, -0.5]
DTIME20 pyreadstat ['01:00:00', '00:00:00', '06:00:00', '01:00:00', '23:30:00']
DTIME20 pandas     ['01:00:00', '00:00:00', '06:00:00', '01:00:00', '23:30:00']
DTIME20 in the file, hours [1.0, 24.0, 30.0, 49.0, -0.5]
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: hours 1, 24, 30, 49 and -0.5, as lengths of time.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
    echo "Changed since it was recorded (< recorded, > now):"
    cat difference.txt
    exit 1
fi
echo "As recorded."
