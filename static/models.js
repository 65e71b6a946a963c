// The models that a picture draws: one set for a page, chosen by the buttons of the default export, a component of its own, and
// shown at once by every picture with a choice of models. Python learns of it when the reader has settled on one.

const SETTLED = 250; // ms after which a choice is told
const PATIENCE = 5000; // ms for which answers to an earlier choice are taken for late ones
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
