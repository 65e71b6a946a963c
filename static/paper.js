// Paper is white and narrow, whatever the screen is: before a browser prints, figures are drawn in light colours and no wider than a sheet,
// afterwards as they were. All else is the style sheet's (@media print).

const SHEET = 680; // pixels between the margins of a page of A4 or Letter
const charts = new Set();
const root = document.documentElement;
const tables = () => document.querySelectorAll('[data-testid="stDataFrame"]');
let printing = false;

/** A chart that is drawn by `chart.drawForPaper()` for paper and by `chart.redraw()` for the screen. */
export const join = (chart) => charts.add(chart);
export const leave = (chart) => charts.delete(chart);

/** The greatest width of a figure. */
export const width = () => (printing ? SHEET : Infinity);

function begin() {
  if (printing) return;
  printing = true;
  root.classList.toggle("lmm-dark-screen", getComputedStyle(document.querySelector(".stApp")).colorScheme.includes("dark"));
  for (const chart of charts) chart.drawForPaper();
  for (const table of tables()) table.style.zoom = Math.min(1, SHEET / table.clientWidth); // Streamlit's have a width of their own
}

function end() {
  if (!printing) return;
  printing = false;
  root.classList.remove("lmm-dark-screen");
  for (const chart of charts) chart.redraw();
  for (const table of tables()) table.style.zoom = "";
}

addEventListener("beforeprint", begin);
addEventListener("afterprint", end);
matchMedia("print").addEventListener("change", ({ matches }) => (matches ? begin() : end()));
