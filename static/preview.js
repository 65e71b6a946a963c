// A preview of a page's first figure: its lines, points and their labels where plotly.js will draw them, seen before that has arrived
// and run. It is for figures whose places are known without plotly; axes, and all that answers the hand, come with plotly's drawing.

const load = (name) => import(new URL(name + new URL(import.meta.url).search, import.meta.url)); // of the same version as this one
const [{ dashes, ownColour }, { points, runs }] = await Promise.all(["looks.js", "frame.js"].map(load));

const LINE = new Set(["color", "width", "dash"]), MARKER = new Set(["color", "colorscale", "cmin", "cmax", "opacity", "size", "line"]);
const PARTS = new Set(["lines", "markers"]);
const LINE_HEIGHT = 1.3; // of plotly's text, in its size
const BORDER = 2; // pixels around plotly's labels

/** The preview of a figure in so many pixels; null where plotly has to be waited for. */
export function previewOf({ data, layout }, width, height) {
  const seen = data.filter(({ opacity }) => opacity !== 0), x = axis(layout, "x"), y = axis(layout, "y"), { l, r, t, b } = layout.margin ?? {};
  if (!x || !y || ![l, r, t, b].every(Number.isFinite) || !seen.every(isKnown)) return null;
  const [w, h] = [width - l - r, height - t - b], across = { d2p: (value) => x(value) * w }, up = { d2p: (value) => h - y(value) * h };
  const svg = made("svg", { class: "lmm-preview", "aria-hidden": true, width, height }), plot = made("svg", { x: l, y: t, width: w, height: h });
  svg.append(plot); // a nested one shows nothing beyond its edges, as an axis of plotly
  for (const trace of seen) plot.append(drawn(trace, points(trace.x, trace.y, across, up)));
  for (const label of layout.annotations ?? [])
    if (label.visible !== false && !label.showarrow && label.xref === "paper" && label.yref === "y") svg.append(...words(label, l + label.x * w, t + up.d2p(label.y), layout.template.layout.font));
  return svg;
}

/** The lines of a label beside the figure, about the height of its place. */
function words({ text, xshift = 0, font }, x, y, { family, size, color }) {
  const lines = text.split("<br>"), look = { size, color, ...font };
  const style = `font: ${look.weight ?? 400} ${look.size}px ${family}; fill: ${look.color}`;
  return lines.map((line, k) => Object.assign(made("text", { x: x + xshift + BORDER, y: y + (k - (lines.length - 1) / 2) * LINE_HEIGHT * look.size, dy: "0.35em", style }), { textContent: line }));
}

/** Where a value lies along the only axis of this letter, from 0 to 1; null if plotly chooses its range or its room. */
function axis(layout, letter) {
  const axes = Object.keys(layout).filter((name) => name.startsWith(`${letter}axis`)), name = `${letter}axis`;
  const { range, type, automargin, domain } = { ...layout.template?.layout?.[name], ...layout[name] };
  if (axes.join() !== name || automargin || domain || !["linear", undefined].includes(type) || !range?.every(Number.isFinite)) return null;
  return (value) => (value - range[0]) / (range[1] - range[0]);
}

function isKnown({ type, mode, showlegend, fill, error_x, error_y, line = {}, marker = {}, x, y }) {
  const only = (part, names) => Object.keys(part).every((name) => names.has(name));
  const numbers = [x, y].every((values) => ["number", "object"].includes(typeof values?.[0])); // with a null as a gap
  return type === "scatter" && showlegend === false && numbers && !fill && !error_x && !error_y && mode?.split("+").every((part) => PARTS.has(part)) && only(line, LINE) && only(marker, MARKER);
}

function drawn({ mode, opacity = 1, line, marker, meta }, places) {
  const group = made("g", { opacity });
  if (mode.includes("lines"))
    runs(places).forEach((run, k) => {
      const look = `fill: none; stroke: ${meta?.colours?.[k] ?? line.color}; stroke-width: ${line.width}px; stroke-dasharray: ${dashes(line) || "none"}`;
      group.append(made("path", { d: `M${run.join("L")}`, style: look }));
    });
  if (mode.includes("markers"))
    places.forEach((at, k) => {
      if (!at) return;
      const { size, line: edge = {} } = marker, look = `fill: ${ownColour(marker, k)}; opacity: ${marker.opacity ?? 1}; stroke: ${edge.color ?? "none"}; stroke-width: ${edge.width ?? 0}px`;
      group.append(made("circle", { cx: at[0], cy: at[1], r: (size[k] ?? size) / 2, style: look }));
    });
  return group;
}

function made(name, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}
