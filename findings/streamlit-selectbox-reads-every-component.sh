#!/usr/bin/env bash
# Every `st.selectbox` on a page costs more the more custom components the page has, whichever they are about.
#
# One would expect: drawing a selectbox takes what its own options take. What other parts of the page keep in the session is read when
# the program asks for it.
# What happens: each selectbox that is drawn (text_input, number_input and slider alike) makes a dictionary of the whole session's state, to see
# whether its own key holds None. Of each component of the second kind (st.components.v2) that has a key, this merges state and
# triggers for the program, and defines a new class for the result. So m selectboxes beside k components merge k times m states a run, of
# which the program reads none; st.pills in their place merge none.
# Versions: streamlit 1.67.0; Python 3.11.
# Why it matters: a page of controls beside interactive figures, each of which is a component, spends 8% of the server's time on this under
# load, and a profile names neither the figures' nor the program's code. Fewer keyed components, or pills for few options, avoid it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check streamlit==1.67.0

cat > app.py <<'PY'
import streamlit as st

figure = st.components.v2.component("figure", html="<p>0</p>", js="export default () => {}")
for k in range(st.session_state.get("components", 0)):
    figure(key=f"figure {k}", on_clicked_change=lambda: None)
for k in range(st.session_state.get("boxes", 0)):
    st.selectbox(f"Box {k}", ["a", "b"], key=f"box {k}")
for k in range(st.session_state.get("pills", 0)):
    st.pills(f"Pills {k}", ["a", "b"], key=f"pills {k}")
PY

cat > program.py <<'PY'
import logging
import threading

logging.disable(logging.WARNING)
from streamlit.testing.v1 import AppTest


def merges(**numbers):
    """How often a component's state is merged in one run, after a first one."""
    page = AppTest.from_file("app.py", default_timeout=60)
    for name, value in numbers.items():
        page.session_state[name] = value
    page.run()
    calls = 0

    def count(frame, event, _):
        nonlocal calls
        calls += event == "call" and frame.f_code.co_name == "_present"

    threading.setprofile(count)
    page.run()
    threading.setprofile(None)
    assert not page.exception and len(page.selectbox) == numbers.get("boxes", 0)
    return calls


for components in (10, 20):
    alone = merges(components=components)
    for name in ("pills", "boxes"):
        for number in (10, 20):
            more = merges(components=components, **{name: number}) - alone
            print(f"{components} components: {number} {'selectboxes' if name == 'boxes' else name} merge {more} states more")
PY
venv/bin/python program.py > observed.txt 2> errors.txt || { cat errors.txt; exit 1; }

cat > recorded.txt <<'TXT'
10 components: 10 pills merge 0 states more
10 components: 20 pills merge 0 states more
10 components: 10 selectboxes merge 100 states more
10 components: 20 selectboxes merge 200 states more
20 components: 10 pills merge 0 states more
20 components: 20 pills merge 0 states more
20 components: 10 selectboxes merge 200 states more
20 components: 20 selectboxes merge 400 states more
TXT
cat <<'TXT'
Expected: 0 states more in every line.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
