// A frame of a drawn figure, painted into its SVG at once: plotly.js' own animation takes until the second or third frame of the
// screen. Plotly's data stay as they were, so it is to draw the same frame once nothing moves any longer.

const own = (values) => values?._inputArray ?? values;

/** Paint the frame of this name; returns false, with nothing changed, if it holds something that is not known here. */
export function paintFrame(plot, name) {
  const frame = plot._transitionData?._frames.find((one) => one.name === name);
  const changes = frame?.data.map((data, k) => changesOf(plot, frame.traces[k], data));
  if (!changes?.every(Boolean)) return false;
  for (const change of changes.flat()) change();
  return true;
}

/** What is to be done for one trace, as functions; null if that is not known. */
function changesOf(plot, index, data) {
  const full = plot._fullData[index], node = plot.calcdata?.[index]?.[0].node3?.node() ?? barsOf(plot, index);
  if (!full || !node) return null;
  const x = axisOf(plot, full.xaxis), y = axisOf(plot, full.yaxis);
  if (full.type === "bar") return barChanges(plot.calcdata[index], node, x, y, data);
  const at = points(own(data.x ?? full.x), own(data.y ?? full.y), x, y), changes = [];
  const has = (mode) => full.mode.includes(mode), parts = (selector) => [...node.querySelectorAll(selector)];
  if (has("lines")) changes.push(...inOrder(parts(".lines path.js-line"), runs(at), (path, run) => path.setAttribute("d", `M${run.join("L")}`)));
  if (has("markers")) changes.push(...inOrder(parts(".points path.point"), at.filter(Boolean), (path, to) => path.setAttribute("transform", `translate(${to})`)));
  if (has("text")) changes.push(...inOrder(parts(".text text"), data.text ?? [], write));
  return changes.includes(null) ? null : changes;
}

const axisOf = (plot, id) => plot._fullLayout[`${id[0]}axis${id.slice(1)}`];
const barsOf = (plot, index) => [...plot.querySelectorAll("g.trace.bars")].find((node) => node.__data__?.[0].trace?.index === index);

/** Each point's place in pixels, by axes with plotly's `d2p`; null for a gap. */
export const points = (x, y, xaxis, yaxis) =>
  Array.from(y, (value, k) => (value === null || Number.isNaN(value) || x[k] === null ? null : [xaxis.d2p(x[k]), yaxis.d2p(value)]));

/** The places between gaps. */
export function runs(at) {
  const result = [[]];
  for (const place of at) place ? result.at(-1).push(place) : result.push([]);
  return result.filter((run) => run.length);
}

function inOrder(nodes, values, change) {
  return nodes.length === values.length ? nodes.map((node, k) => () => change(node, values[k])) : [null];
}

function barChanges(bars, node, xaxis, yaxis, { x }) {
  const change = (path, k) => {
    const [top, bottom] = [bars[k].p1, bars[k].p0].map(yaxis.c2p), from = xaxis.d2p(0);
    path.setAttribute("d", `M${from},${bottom}V${top}H${xaxis.d2p(own(x)[k])}V${bottom}Z`);
  };
  const result = inOrder([...node.querySelectorAll(".point > path")], Object.keys(own(x)), change);
  return result.includes(null) ? null : result;
}

/** Write a text in which some of it may be bold. */
function write(node, text) {
  const { body } = new DOMParser().parseFromString(text, "text/html");
  node.replaceChildren(...[...body.childNodes].map((part) => {
    const span = document.createElementNS(node.namespaceURI, "tspan");
    span.textContent = part.textContent;
    if (part.nodeName === "B") span.style.fontWeight = "bold";
    return span;
  }));
}
