// The models that a picture draws: one set for a page, chosen by the buttons of the default export, a component of its own, and
// shown at once by every picture with a choice of models. Python learns of it when the reader has settled on one.

const SETTLED = 250; // ms after which a choice is told
const PATIENCE = 5000; // ms for which answers to an earlier choice are taken for late ones
const HIDDEN = { opacity: 0, hoverinfo: "skip", showlegend: false }; // drawn all the same: to show it again, plotly only changes its style
const charts = new Set();
const page = { models: null, turn: 0, since: 0 };
let known, isKnown; // a picture waits for the first word on what it is to show
const unknown = () => (known = new Promise((done) => (isKnown = done)));
unknown();

export default function ({ parentElement, data: { label, options, drawn, turn }, setStateValue }) {
  page.owner = parentElement;
  page.tell = (told) => setStateValue("drawn", told);
  const group = parentElement.querySelector(".lmm-models") ?? parentElement.appendChild(document.createElement("div"));
  group.className = "lmm-models";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", label);
  const text = JSON.stringify(options);
  if (group.dataset.options !== text) group.replaceChildren(...options.map(button));
  group.dataset.options = text;
  page.group = group;
  if (turn >= page.turn || performance.now() - page.since > PATIENCE) {
    page.turn = turn;
    put(drawn);
  }
  press();
  return () => {
    if (page.owner !== parentElement) return;
    Object.assign(page, { models: null, owner: null, tell: null });
    unknown();
  };
}

/** A chart whose figure has sets of models: `chart.switched()` draws the page's. */
export const join = (chart) => charts.add(chart);
export const leave = (chart) => charts.delete(chart);

/** The set of a figure that the page's choice is, once one is known. */
export async function chosenOf({ models, sets }) {
  await known;
  return sets[models.filter((model) => page.models?.includes(model)).join(",")];
}

/** Draw this set in a copy of a figure; of models that are `unseen` so far, nothing. Gives the points' tints by their part. */
export function withModels(data, layout, { styles, ends }, set, unseen) {
  const tints = {};
  for (const trace of data) {
    const part = trace.meta?.part, { tint, ...look } = styles[set.parts[part]] ?? {};
    if (part === undefined) continue;
    if (!(part in set.parts)) Object.assign(trace, HIDDEN, unseen && { visible: false });
    for (const [name, value] of Object.entries(look)) trace[name] = typeof value === "object" ? { ...trace[name], ...value } : value;
    if (tint) tints[part] = tint;
  }
  layout.annotations = [...layout.annotations, ...set.ends.map(([text, y]) => ({ ...ends[text], y }))];
  return tints;
}

/** Show a set's lines in what is drawn, in a few milliseconds, before plotly follows with labels, legend and what the mouse finds. */
export function preview(plot, { data, choice }, set) {
  for (const node of plot.querySelectorAll(".scatterlayer g.trace")) {
    const trace = data[node.__data__?.[0]?.trace.index], part = trace?.meta?.part, look = choice.styles[set.parts[part]];
    if (part === undefined) continue;
    node.style.opacity = look ? trace.opacity ?? 1 : 0;
    const line = { ...trace.line, ...look?.line }, paths = look && trace.mode === "lines" ? node.querySelectorAll("path.js-line") : [];
    for (const path of paths) Object.assign(path.style, { stroke: line.color, strokeWidth: `${line.width}px`, strokeDasharray: dashes(line) });
  }
}

const DASHES = { solid: [], dot: [1, 1], dash: [3, 3], longdash: [5, 5], dashdot: [3, 1, 1, 1], longdashdot: [5, 2, 1, 2] }; // as plotly's
const dashes = ({ dash = "solid", width }) => DASHES[dash]?.map((times) => `${times * Math.max(width, 3)}px`).join() ?? dash;

/** Points in one colour, or in their own: plotly would work all of a figure out anew where many colours become one. */
export function tinted(plot, tints) {
  for (const node of plot.querySelectorAll(".scatterlayer g.trace")) {
    const tint = tints[node.__data__?.[0]?.trace.meta?.part];
    if (tint) for (const point of node.querySelectorAll("path.point")) point.style.fill = tint;
  }
}

function button({ key, name, sign, light, dark }) {
  const made = document.createElement("button"), mark = made.appendChild(document.createElement("span"));
  Object.assign(made, { type: "button", value: key });
  Object.assign(mark, { textContent: sign, ariaHidden: "true" });
  mark.style.color = `light-dark(${light}, ${dark})`;
  made.append(` ${name}`);
  made.onclick = () => {
    Object.assign(page, { turn: page.turn + 1, since: performance.now() });
    put(page.models.includes(key) ? page.models.filter((model) => model !== key) : [...page.models, key]);
    clearTimeout(page.timer);
    page.timer = setTimeout(() => page.tell?.({ models: page.models, turn: page.turn }), SETTLED);
  };
  return made;
}

function put(models) {
  const same = page.models && models.length === page.models.length && models.every((model) => page.models.includes(model));
  page.models = models;
  isKnown();
  if (same) return;
  press();
  for (const chart of charts) chart.switched();
}

function press() {
  for (const one of page.group.children) one.setAttribute("aria-pressed", String(page.models.includes(one.value)));
}
