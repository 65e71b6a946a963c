// Leaving points out of a picture: with one of two buttons, a tap takes a point and a stroke all that it surrounds. They fade at
// once; Python fits all models without them and sends the picture anew. A tap on a point that is left out puts it back.

const ANSWER_TIME = 5000; // ms after which points are drawn normally again if Python could not leave them out
const FAINT = 0.15;
const LASSO = "M256 64c-124 0-224 72-224 160 0 60 46 112 114 140-8 10-12 22-12 34 0 32 30 58 66 58 30 0 55-18 63-42 119-3 217-74 217-190 0-88-100-160-224-160zm0 48c97 0 176 50 176 112 0 80-71 130-160 140-12-18-36-30-64-30-12 0-23 2-33 6-57-21-95-64-95-116 0-62 79-112 176-112z";
const BOX = "M48 80h64v48h-16v16h-48zm112 0h80v48h-80zm128 0h80v48h-80zm128 0h64v64h-48v-16h-16zm16 112h48v80h-48zm0 128h48v112h-64v-48h16zm-64 64v48h-80v-48zm-128 0v48h-80v-48zm-112 0v48h-80v-112h48v64zm-80-192h48v80h-48z";
const button = (mode, name, title, path) => ({ name, title, icon: { width: 512, height: 512, path }, attr: "dragmode", val: mode, click: (plot) => toggleMode(plot, mode) });

export const BUTTONS = [
  button("lasso", "leaveOut", "Leave points out: tap one, or draw round several", LASSO),
  button("select", "leaveOutBox", "Leave points out: tap one, or draw a box round several", BOX),
];

/** Whether a click leaves a point out, and marks no group. */
export const isBrushing = (plot) => ["lasso", "select"].includes(plot._fullLayout.dragmode);

/** Have a chart's strokes leave points out. */
export function listen(chart) {
  chart.plot.on("plotly_selected", (event) => {
    if (!chart.brush || !event?.points?.length) return;
    toggleRows(chart, event.points.map(rowOf));
    setTimeout(() => chart.plot.data && window.Plotly.update(chart.plot, { selectedpoints: [null] }, { selections: [] })); // once they have been sent
  });
}

/** Leave out a point that was tapped, or put it back. */
export const tap = (chart, points) => toggleRows(chart, points.map(rowOf).slice(0, 1));

/** The selection passed to plotly: the points that a stroke surrounds fade, and no others. */
export function setSelectionLooks(data) {
  for (const trace of data) if (trace.meta?.rows) Object.assign(trace, { selected: { marker: { opacity: FAINT } }, unselected: { marker: { opacity: trace.marker.opacity } } });
}

/** Fade the points that Python has not answered about yet. */
export function fade({ plot, pending }) {
  if (!pending) return;
  for (const node of plot.querySelectorAll(".scatterlayer g.trace")) {
    const { rows, out } = node.__data__?.[0]?.trace.meta ?? {};
    if (!rows || out) continue;
    for (const point of node.querySelectorAll("path.point")) if (pending.has(rows[point.__data__?.i])) point.style.opacity = FAINT;
  }
}

/** Whether a figure is the answer to the pending request; if so, the request is cleared. */
export function isAnswered(chart) {
  const out = leftOut(chart.figure);
  if (!chart.pending || out.length !== chart.pending.size || !out.every((row) => chart.pending.has(row))) return false;
  chart.pending = null;
  return true;
}

const leftOut = ({ data }) => data.flatMap(({ meta }) => (meta?.out ? [...meta.rows] : []));

const rowOf = ({ fullData, pointNumber }) => fullData.meta?.rows?.[pointNumber];

function toggleRows(chart, touched) {
  const rows = touched.filter((row) => row !== undefined), out = new Set(chart.pending ?? leftOut(chart.figure));
  if (!rows.length) return;
  const back = rows.every((row) => out.has(row));
  for (const row of rows) back ? out.delete(row) : out.add(row);
  chart.pending = out;
  fade(chart);
  clearTimeout(chart.answerTimer);
  chart.leaveOut([...out]);
  chart.answerTimer = setTimeout(() => {
    if (chart.pending !== out) return;
    chart.pending = null;
    chart.redraw();
  }, ANSWER_TIME);
}

function toggleMode(plot, mode) {
  window.Plotly.relayout(plot, { dragmode: plot._fullLayout.dragmode === mode ? false : mode });
}
