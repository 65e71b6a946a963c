// The models that pictures draw: one set for a page, chosen by the buttons of the default export, a component, and shown at once by
// every picture with a choice of models. It is sent to Python with a delay, so that only the last of several quick changes is sent.

const SEND_DELAY = 250; // ms without a change after which the choice is sent
const IGNORE_TIME = 5000; // ms for which Python's answers to earlier choices are ignored
const charts = new Set();
const page = { models: null, turn: 0, since: 0 };
let ready, markReady; // pictures wait for the first set before they draw
const resetReady = () => (ready = new Promise((done) => (markReady = done)));
resetReady();

export default function ({ parentElement, data: { label, options, drawn, turn }, setStateValue }) {
  page.owner = parentElement;
  page.send = (choice) => setStateValue("drawn", choice);
  const group = parentElement.querySelector(".lmm-models") ?? parentElement.appendChild(document.createElement("div"));
  group.className = "lmm-models";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", label);
  const text = JSON.stringify(options);
  if (group.dataset.options !== text) group.replaceChildren(...options.map(makeButton));
  group.dataset.options = text;
  page.group = group;
  if (turn >= page.turn || performance.now() - page.since > IGNORE_TIME) {
    page.turn = turn;
    setModels(drawn);
  }
  updateButtons();
  return () => {
    if (page.owner !== parentElement) return;
    Object.assign(page, { models: null, owner: null, send: null });
    resetReady();
  };
}

/** A chart whose figure has sets of models: `chart.onModelsChange()` draws the page's. */
export const join = (chart) => charts.add(chart);
export const leave = (chart) => charts.delete(chart);

/** Resolve to the set of a figure that matches the page's choice, once there is one. */
export async function chosenSet(choice) {
  await ready;
  return currentSet(choice);
}

/** The set of a figure that matches the page's choice now. */
export const currentSet = ({ models, sets }) => sets[models.filter((model) => page.models?.includes(model)).join(",")];

function makeButton({ key, name, title, sign, light, dark }) {
  const made = document.createElement("button"), mark = made.appendChild(document.createElement("span"));
  Object.assign(made, { type: "button", value: key, title });
  Object.assign(mark, { textContent: sign, ariaHidden: "true" });
  mark.style.color = `light-dark(${light}, ${dark})`;
  made.append(` ${name}`);
  made.onclick = () => {
    Object.assign(page, { turn: page.turn + 1, since: performance.now() });
    setModels(page.models.includes(key) ? page.models.filter((model) => model !== key) : [...page.models, key]);
    clearTimeout(page.timer);
    page.timer = setTimeout(() => page.send?.({ models: page.models, turn: page.turn }), SEND_DELAY);
  };
  return made;
}

function setModels(models) {
  const same = page.models && models.length === page.models.length && models.every((model) => page.models.includes(model));
  page.models = models;
  markReady();
  if (same) return;
  updateButtons();
  for (const chart of charts) chart.onModelsChange();
}

function updateButtons() {
  for (const button of page.group.children) button.setAttribute("aria-pressed", String(page.models.includes(button.value)));
}
