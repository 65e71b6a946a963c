// The marked group of a page, shared by all its charts, which show it at once. It is sent to Python with a delay, so that only the
// last of several quick marks is sent. A mark from Python (a pick list or an address) arrives in the default export, a component.

const SEND_DELAY = 250; // ms without a change after which the mark is sent
const IGNORE_TIME = 5000; // ms for which Python's answers to earlier marks are ignored
const charts = new Set();
const page = { group: null, turn: 0, since: 0, noun: "" };
const status = document.body.appendChild(document.createElement("div")); // a status region for screen readers
status.className = "lmm-hidden";
status.setAttribute("role", "status");

export default function (component) {
  const { group, turn, noun } = component.data;
  page.noun = noun;
  page.owner = component.parentElement;
  if (turn >= page.turn || performance.now() - page.since > IGNORE_TIME) {
    page.turn = turn;
    setGroup(group);
  }
  return () => page.owner === component.parentElement && setGroup(null); // another page starts without a mark
}

/** A chart whose marks belong to groups: `chart.emphasise(group)` draws, `chart.sendMark({group, turn})` sends it to Python. */
export const join = (chart) => charts.add(chart);
export const leave = (chart) => charts.delete(chart);
export const marked = () => page.group;
export const phrase = (group) => (page.noun ? `${page.noun} ${group}` : String(group));

/** Mark a group as the reader asked in this chart; the marked one again takes the mark away. */
export function choose(chart, group) {
  Object.assign(page, { turn: page.turn + 1, since: performance.now() });
  setGroup(group === page.group ? null : group);
  announce(page.group === null ? "No group is marked" : `${phrase(page.group)} is marked in every figure`);
  clearTimeout(page.timer);
  page.timer = setTimeout(() => chart.sendMark({ group: page.group, turn: page.turn }), SEND_DELAY);
}

export function announce(text) {
  status.textContent = text;
}

function setGroup(group) {
  if (group === page.group) return;
  page.group = group;
  for (const chart of charts) chart.emphasise(group);
}

document.addEventListener("keydown", (event) => {
  const free = event.target === document.body || event.target.closest?.(".lmm-chart");
  const [chart] = charts;
  if (event.key === "Escape" && free && chart && page.group !== null) choose(chart, page.group);
});
