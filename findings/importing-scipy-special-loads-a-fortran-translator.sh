#!/usr/bin/env bash
# `import scipy.special` loads NumPy's Fortran translator and its test tools, and a guesser of text encodings if there is one.
#
# One would expect: the gamma function and its kin need NumPy's arrays and SciPy's compiled functions; what NumPy itself leaves for
# later (numpy.f2py, numpy.testing, numpy.ma, numpy.random, numpy.polynomial, ...) stays out until it is named.
# What happens: all of them are loaded. SciPy carries a copy of array_api_compat, which clones NumPy by asking for every name in
# dir(numpy), and each name that NumPy would load when first asked for is thereby asked for. numpy.f2py then tries charset_normalizer,
# numpy.testing loads unittest. The switch of SciPy's array API, SCIPY_ARRAY_API=0, makes no difference;
# stats, linalg, optimize and sparse do the same as special.
# Versions: scipy 1.17.1, numpy 2.4.6, charset-normalizer 3.5.2; Python 3.11.
# Why it matters: it is about half of what scipy.special takes to load after NumPy (0.13 to 0.2 of 0.35 seconds on a busy
# machine). Each start of an app, each of its workers and each exported script pays for it, whatever little of SciPy it uses, and
# what is loaded depends on a package that nobody asked for. Who wants to put this off has to put off all of SciPy.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scipy==1.17.1 numpy==2.4.6

cat > program.py <<'PY'
import sys

import numpy

WATCHED = ("numpy.f2py", "numpy.f2py.crackfortran", "numpy.testing", "numpy.ctypeslib", "numpy.ma", "numpy.random",
           "numpy.polynomial", "unittest", "charset_normalizer")


def loaded():
    return " ".join(name for name in WATCHED if name in sys.modules) or "none"


before = loaded()
__import__(sys.argv[1])
print(f"numpy: {before}\nand {sys.argv[1]}: {loaded()}")
PY

cat > recorded.txt <<'TXT'
numpy: none
and scipy.special: numpy.f2py numpy.f2py.crackfortran numpy.testing numpy.ctypeslib numpy.ma numpy.random numpy.polynomial unittest
numpy: none
and scipy.linalg: numpy.f2py numpy.f2py.crackfortran numpy.testing numpy.ctypeslib numpy.ma numpy.random numpy.polynomial unittest
numpy: none
and scipy.special: numpy.f2py numpy.f2py.crackfortran numpy.testing numpy.ctypeslib numpy.ma numpy.random numpy.polynomial unittest
numpy: none
and scipy.special: numpy.f2py numpy.f2py.crackfortran numpy.testing numpy.ctypeslib numpy.ma numpy.random numpy.polynomial unittest charset_normalizer
TXT

{
  venv/bin/python program.py scipy.special
  venv/bin/python program.py scipy.linalg
  SCIPY_ARRAY_API=0 venv/bin/python program.py scipy.special
  venv/bin/pip install --quiet --disable-pip-version-check charset-normalizer==3.5.2
  venv/bin/python program.py scipy.special
} > observed.txt
cat <<'TXT'
Expected: none of these (looked for: the Fortran translator, test tools and others that NumPy loads when first named).
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
