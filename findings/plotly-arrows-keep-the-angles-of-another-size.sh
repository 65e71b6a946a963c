#!/usr/bin/env bash
# plotly.js leaves the heads of arrows as they were in a figure of another size: here 47 degrees off their lines.
#
# One would expect: a marker with angleref "previous" points along the line from the point before it to its own, by its documentation,
# and so in every size in which the figure is shown. In Plotly.Plots.resize, which a responsive figure calls by itself whenever its place
# changes, lines and points go to their new places.
# What happens: the heads go there too, but are turned as they were in the first size: angles are worked out with the data, and not again. So
# a page that is made narrower, a phone that is turned, or a report that is printed has arrows with skew heads. Zooming is not concerned,
# nor is redraw(). No message.
# Versions: plotly.js 4.1.1 (in the Python package plotly 7.1.0), driven by playwright 1.65.2; Python 3.11.
# Why it matters: shrinkage is drawn as arrows from each group's own estimate to the partially pooled one, and where they point to is what
# the picture says. Ours are drawn anew after a change of size.
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

PAGE = r"""() => {
  const trace = () => ({ x: [0, 8], y: [0, 2], mode: "lines+markers", marker: { symbol: ["circle", "arrow"], size: 20, angleref: "previous" } });
  const layout = () => ({ xaxis: { range: [-1, 10] }, yaxis: { range: [-1, 3] }, showlegend: false });
  window.draw = () => Plotly.newPlot("plot", [trace()], layout(), { responsive: true });
  window.place = async (width, height) => {
    Object.assign(plot.style, { width: `${width}px`, height: `${height}px` });
    await Plotly.Plots.resize(plot);
  };
  const clockwise = (radians) => Math.round(radians * 180 / Math.PI);  // from upwards, as heads are turned
  window.line = () => {
    const { xaxis, yaxis } = plot._fullLayout;
    return clockwise(Math.atan2(xaxis.d2p(8) - xaxis.d2p(0), yaxis.d2p(0) - yaxis.d2p(2)));
  };
  window.head = () => {  // from the middle of the two corners behind to the tip, which is written first
    const [tip, ...back] = [...plot.querySelectorAll("path.point")[1].getAttribute("d").matchAll(/[ML]([-\d.e]+),([-\d.e]+)/g)].map(([, x, y]) => [+x, +y]);
    const middle = [0, 1].map((k) => (back[0][k] + back[1][k]) / 2);
    return clockwise(Math.atan2(tip[0] - middle[0], middle[1] - tip[1]));
  };
}"""

with sync_playwright() as playwright:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"])
    page = browser.new_page()
    page.set_content('<div id="plot" style="width: 1000px; height: 400px"></div>')
    page.add_script_tag(content=(pathlib.Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_text())
    page.evaluate(PAGE)
    print("plotly.js", page.evaluate("Plotly.version"))
    page.evaluate("draw()")

    def show(title: str) -> None:
        print(f"{title:38} line at {page.evaluate('line()'):3d} degrees, head at {page.evaluate('head()'):3d}")

    show("drawn at 1000 x 400")
    page.evaluate("place(390, 700)")
    show("the same figure at 390 x 700")
    page.evaluate("Plotly.redraw(plot)")
    show("after redraw()")
    page.evaluate("place(1000, 400)")
    show("at 1000 x 400 again")
    page.evaluate("draw()")
    show("drawn anew")
    page.evaluate("Plotly.relayout(plot, { 'xaxis.range': [-1, 100] })")
    show("at a tenth of the scale, by relayout()")
    browser.close()
PY

cat > recorded.txt <<'TXT'
plotly.js 4.1.1
drawn at 1000 x 400                    line at  80 degrees, head at  80
the same figure at 390 x 700           line at  33 degrees, head at  80
after redraw()                         line at  33 degrees, head at  33
at 1000 x 400 again                    line at  80 degrees, head at  33
drawn anew                             line at  80 degrees, head at  80
at a tenth of the scale, by relayout() line at  31 degrees, head at  31
TXT

venv/bin/python program.py > observed.txt
cat <<'TXT'
Expected: in each line the head at the angle of its line.
Observed:
TXT
cat observed.txt
if ! diff recorded.txt observed.txt > difference.txt; then
  echo "Changed since it was recorded (< recorded, > now):"
  cat difference.txt
  exit 1
fi
echo "As recorded."
