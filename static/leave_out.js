// Leaving points out of a picture: with one of two buttons, a tap takes a point and a stroke all that it surrounds. They fade at
// once; the server fits all models without them and sends the picture, which is drawn before the rest of the page is told. A tap on
// a point that is left out puts it back.

const REFIT = new URL("../../refit", import.meta.url); // from app/static
const REFIT_TIME = 2000; // ms for which the picture is waited for; the page shows how long it takes, and how to stop it
const SEND_DELAY = 100; // ms without a change after which the page is told
const ANSWER_TIME = 5000; // ms after which the page's own picture is shown again if it could not leave the points out
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

/** Forget what is waited for, as the chart goes. */
export function stop(chart) {
  clearTimeout(chart.timer);
  chart.pending = null;
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

/** Whether a figure of the page's need not be drawn: it is the one drawn, and the waiting for it ends, or of before what that leaves out. */
export function isKnown(chart, sent) {
  const { pending, isAhead } = chart;
  if (!pending) return false;
  const out = leftOut(sent.figure), answers = out.length === pending.size && out.every((row) => pending.has(row));
  if (answers) Object.assign(chart, { pending: null, outdated: null });
  else if (isAhead) chart.outdated = sent.text;
  return isAhead && (!answers || sent.text === chart.text);
}

const leftOut = ({ data }) => data.flatMap(({ meta }) => (meta?.out ? [...meta.rows] : []));

const rowOf = ({ fullData, pointNumber }) => fullData.meta?.rows?.[pointNumber];

async function toggleRows(chart, touched) {
  const rows = touched.filter((row) => row !== undefined), out = new Set(chart.pending ?? leftOut(chart.figure));
  if (!rows.length) return;
  const back = rows.every((row) => out.has(row));
  for (const row of rows) back ? out.delete(row) : out.add(row);
  chart.pending = out;
  fade(chart);
  clearTimeout(chart.timer);
  const figure = await refit(chart, [...out]);
  if (chart.pending !== out) return; // more has been touched meanwhile
  chart.isAhead = figure !== null;
  if (figure !== null) await chart.receive(figure);
  chart.timer = setTimeout(() => {
    chart.leaveOut([...out]);
    chart.timer = setTimeout(() => endWaiting(chart), ANSWER_TIME);
  }, SEND_DELAY);
}

/** The figure without these rows; null if the server has none at hand: the page then says why, or shows its progress. */
async function refit({ brush: picture }, rows) {
  const request = { method: "POST", body: JSON.stringify({ picture, rows }), signal: AbortSignal.timeout(REFIT_TIME) };
  const answer = await fetch(REFIT, request).catch(() => null);
  return answer?.ok ? answer.text().catch(() => null) : null;
}

function endWaiting(chart) {
  const { outdated, isAhead, pending } = chart;
  Object.assign(chart, { pending: null, outdated: null });
  if (pending) isAhead && outdated ? chart.receive(outdated) : chart.redraw();
}

function toggleMode(plot, mode) {
  window.Plotly.relayout(plot, { dragmode: plot._fullLayout.dragmode === mode ? false : mode });
}
