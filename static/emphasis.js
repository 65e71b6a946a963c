// Highlights a group in a drawn figure: its points ringed, its lines thick, its name by the highest of them, the other groups faint.
// It changes the SVG directly, which takes a few milliseconds where plotly takes a hundred, and has to be repeated after plotly
// redraws or zooms the figure.

const SVG = "http://www.w3.org/2000/svg";
const FAINT = 0.2;

/** The groups of a figure in the order of their first mark. */
export function groupsOf(plot) {
  const names = (plot.data ?? []).flatMap((trace) => (Array.isArray(trace.customdata) ? trace.customdata : []));
  return [...new Set(names.map(nameOf))].filter(Boolean);
}

/** The group in a point's customdata: the value itself, or the first of an array. */
export function nameOf(customdata) {
  const group = Array.isArray(customdata) ? customdata[0] : customdata;
  return group === undefined || group === null ? "" : String(group);
}

/** Highlight a group in a figure, or none; returns whether the figure has it. */
export function emphasise(plot, group, name) {
  for (const old of plot.querySelectorAll("g.lmm-mark")) old.remove();
  const traces = [...plot.querySelectorAll(".cartesianlayer g.trace")].map(traceOf).filter(Boolean);
  for (const trace of traces) trace.rows = group === null ? [] : rowsOf(trace.full, group);
  const has = traces.some((trace) => trace.rows.length);
  for (const { node, full, of } of traces) node.style.opacity = (full.opacity ?? 1) * (has && of ? FAINT : 1);
  if (!has) return false;
  const layers = new Map();
  for (const trace of traces.filter((trace) => trace.rows.length)) {
    const parent = trace.node.closest(".mlayer").parentNode;
    if (!layers.has(parent)) layers.set(parent, addLayer(parent));
    const { lines, points } = layers.get(parent);
    if (trace.full.mode?.includes("lines")) lines.append(linePath(plot, trace));
    points.append(...ringedPoints(plot, trace));
  }
  if (layers.size === 1) addNameTag(plot, traces, [...layers.values()][0], name);
  return true;
}

function traceOf(node) {
  const full = node.__data__?.[0]?.trace; // d3, which plotly draws with, stores a node's data there
  return full && full.opacity !== 0 && node.closest(".mlayer") && { node, full, of: Array.isArray(full.customdata) };
}

const index = new WeakMap(); // customdata -> group -> rows: a figure has many groups, and each may be asked for

function rowsOf(full, group) {
  if (!Array.isArray(full.customdata)) return [];
  if (!index.has(full.customdata)) {
    const rows = new Map();
    full.customdata.forEach((entry, row) => {
      const name = nameOf(entry);
      if (name) rows.has(name) ? rows.get(name).push(row) : rows.set(name, [row]);
    });
    index.set(full.customdata, rows);
  }
  return index.get(full.customdata).get(group) ?? [];
}

function addLayer(parent) {
  const mark = parent.appendChild(document.createElementNS(SVG, "g"));
  mark.setAttribute("class", "lmm-mark");
  mark.style.pointerEvents = "none";
  return { mark, lines: mark.appendChild(document.createElementNS(SVG, "g")), points: mark.appendChild(document.createElementNS(SVG, "g")) };
}

function place(plot, full, row) {
  const axes = plot._fullLayout, x = axes[(full.xaxis ?? "x").replace("x", "xaxis")], y = axes[(full.yaxis ?? "y").replace("y", "yaxis")];
  return [x.c2p(x.d2c(valueAt(full.x, row))), y.c2p(y.d2c(valueAt(full.y, row)))];
}

const valueAt = (values, row) => (values._inputArray ?? values)[row];

function linePath(plot, { full, rows }) {
  const path = document.createElementNS(SVG, "path");
  const steps = rows.map((row, k) => [k === 0 || rows[k - 1] !== row - 1 ? "M" : "L", place(plot, full, row)]);
  path.setAttribute("d", steps.filter(([, p]) => p.every(Number.isFinite)).map(([move, [x, y]]) => `${move}${x},${y}`).join(""));
  Object.assign(path.style, { fill: "none", stroke: full.line.color, strokeWidth: `${Math.max(3, 2.25 * full.line.width)}px` });
  return path;
}

function ringedPoints(plot, { node, full, rows }) {
  const wanted = new Set(rows), alone = full.type !== "scatter" || !full.mode.includes("lines");
  const shapes = [...node.querySelectorAll(full.type === "scatter" ? "path.point" : "g.point > path")];
  return shapes.filter((shape) => wanted.has((shape.__data__ ?? shape.parentNode.__data__)?.i)).map((shape) => {
    const copy = shape.cloneNode();
    copy.style.opacity = 1;
    if (Number(copy.style.fillOpacity) > 0) copy.style.fillOpacity = 1;
    if (alone) {
      Object.assign(copy.style, { stroke: plot._fullLayout.font.color, strokeWidth: "1.75px", vectorEffect: "non-scaling-stroke" });
      const moved = copy.getAttribute("transform");
      if (moved) copy.setAttribute("transform", `${moved} scale(1.4)`);
    }
    return copy;
  });
}

/** The group's name above its highest point, or beside it at the figure's top; rows with names of their own need none. */
function addNameTag(plot, traces, { mark }, name) {
  const { yaxis, font, paper_bgcolor: paper, _size: size } = plot._fullLayout;
  if (yaxis.tickmode === "array") return;
  const points = traces.flatMap(({ full, rows }) => rows.map((row) => place(plot, full, row))).filter((p) => p.every(Number.isFinite));
  const [x, y] = points.reduce((best, point) => (point[1] < best[1] ? point : best));
  const text = mark.appendChild(document.createElementNS(SVG, "text"));
  text.textContent = name;
  text.setAttribute("class", "lmm-name");
  const above = y > 28, end = x > size.w - (above ? 60 : 120);
  text.setAttribute("x", above ? x : x + (end ? -13 : 13));
  text.setAttribute("y", above ? y - 13 : y + 5);
  text.setAttribute("text-anchor", end ? "end" : above && x > 60 ? "middle" : "start");
  Object.assign(text.style, { fill: font.color, fontFamily: font.family, fontSize: `${font.size}px`, fontWeight: 700 });
  Object.assign(text.style, { stroke: paper, strokeWidth: "4px", strokeLinejoin: "round", paintOrder: "stroke" });
}
