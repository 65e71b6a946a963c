#!/usr/bin/env bash
# plotly.js throws away the reader's zoom if a button of the figure's bar has its click function written in place.
#
# One would expect: Plotly.react changes what differs, and a layout whose `uirevision` stays the same keeps what the reader has done:
# the zoom, and lines hidden by a click in the legend. A config that says the same in each call differs in nothing.
# What happens: functions are compared by identity. `click: () => ...` written where the config is made is a new function in each
# call, so the config counts as changed, and the figure is deleted and drawn from nothing: the zoom is gone, hidden lines are back,
# no element of the page is what it was. No message, and the event handlers go on working, so that it looks like a fresh answer.
# The same button with one function kept outside keeps everything.
# Versions: plotly.js 4.1.1 (in the Python package plotly 7.1.0), driven by playwright 1.65.2; Python 3.11.
# Why it matters: two models side by side are compared by zooming in and then changing a setting. A button of one's own (full
# screen, a larger picture) is reason enough that each change sets the reader back; in pages that make the config anew, as React's
# components do, that is the usual way to write it.
# Needs: Debian's chromium (or CHROMIUM=/path/to/it), and libatomic1 for playwright.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check plotly==7.1.0 playwright==1.65.2

cat > program.py <<'PY'
import os
import pathlib
import shutil

import plotly
from playwright.sync_api import sync_playwright

PAGE = """() => {
  const kept = () => 0, button = (click) => ({ modeBarButtonsToAdd: [{ name: "larger", title: "Larger", icon: Plotly.Icons.camera, click }] });
  const configs = { "no button": () => ({}), "a kept function": () => button(kept), "a new function": () => button(() => 0) };
  const traces = () => [{ name: "OLS", y: [2, 1, 3] }, { name: "mixed", y: [3, 1, 2] }];
  const layout = () => ({ uirevision: "same", dragmode: "zoom", xaxis: { range: [0, 10] }, yaxis: { range: [0, 5] } });
  window.draw = async (which) => { await Plotly.react("plot", traces(), layout(), configs[which]()); };
  window.zoomed = () => plot._fullLayout.xaxis.range[1] < 9.9;
  window.hidden = () => plot._fullData[0].visible === "legendonly";
}"""

with sync_playwright() as playwright:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"])
    page = browser.new_page()
    page.set_content('<div id="plot" style="width: 600px; height: 400px"></div>')
    page.add_script_tag(content=(pathlib.Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_text())
    page.evaluate(PAGE)
    print("plotly.js", page.evaluate("Plotly.version"))
    for which in ("no button", "a kept function", "a new function"):
        page.evaluate("which => { Plotly.purge(plot); return draw(which); }", which)
        area = page.locator(".nsewdrag").bounding_box()
        page.mouse.move(area["x"] + 50, area["y"] + 100)
        page.mouse.down()
        page.mouse.move(area["x"] + 200, area["y"] + 101, steps=5)
        page.mouse.up()
        page.wait_for_function("zoomed()")
        page.locator(".legendtoggle").first.click()
        page.wait_for_function("hidden()")
        page.evaluate("which => { window.drawn = document.querySelector('#plot .main-svg'); return draw(which); }", which)
        zoomed, hidden, same = page.evaluate("[zoomed(), hidden(), drawn.isConnected]")
        print(f"{which}: zoom {'kept' if zoomed else 'LOST'}, hidden line {'kept' if hidden else 'LOST'}, "
              f"figure {'kept' if same else 'MADE ANEW'}")
    browser.close()
PY

cat > recorded.txt <<'TXT'
plotly.js 4.1.1
no button: zoom kept, hidden line kept, figure kept
a kept function: zoom kept, hidden line kept, figure kept
a new function: zoom LOST, hidden line LOST, figure MADE ANEW
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: all kept in each line, since each draws the same figure twice with one uirevision.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
