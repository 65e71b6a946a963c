// The appearance of a picture's traces and labels for a set of models, both in a figure before it is drawn and in a drawn one. A drawn
// figure is changed in the SVG, as plotly would restyle every point. Plotly's own data are changed in place too, so that its next
// drawing is right; only the legend, whose entries move, is redrawn by plotly, once the browser is idle.

// Hidden traces are drawn too, so that they can be shown at once. Plotly applies hoverinfo "skip" only without a hovertemplate.
const HIDDEN = { opacity: 0, hoverinfo: "skip", hovertemplate: "", showlegend: false };
const DASHES = { solid: [], dot: [1, 1], dash: [3, 3], longdash: [5, 5], dashdot: [3, 1, 1, 1], longdashdot: [5, 2, 1, 2] }; // as plotly's

/** Prepare a copy of a figure for this set; with `onlyThis`, for a first drawing: other sets are left out, instead of drawn hidden. */
export function prepare(copy, choice, set, onlyThis) {
  const looks = copy.data.map((trace) => lookOf(trace, choice, set)), { layout } = copy;
  copy.data = copy.data.map((trace, k) => Object.assign(trace, looks[k]));
  if (onlyThis) {
    copy.data = joinLines(copy.data.filter((_, k) => looks[k] !== HIDDEN));
    // plotly would measure each label of an axis once more, to hide what reaches out of the figure: the next drawing does
    for (const name of Object.keys(layout)) if (/^[xy]axis/.test(name)) layout[name].ticklabeloverflow = "allow";
  }
  const heights = new Map(set.ends);
  const ends = choice.ends.map((end, k) => ({ ...end, y: heights.get(k) ?? heightIn(choice, k), visible: !onlyThis || heights.has(k) }));
  layout.annotations = [...layout.annotations, ...ends];
}

// A trace takes plotly as long as hundreds of points: a first drawing has lines that differ in colour alone as one trace, with gaps
// between them. Plotly draws a path for each, and `paintJoined` colours it.
function joinLines(traces) {
  const result = [];
  for (const trace of traces) {
    const last = result.at(-1), joins = isLine(trace) && last?.meta?.colours && kindOf(last) === kindOf(trace);
    if (joins) for (const [name, gap] of GAPS) for (const value of [gap, ...trace[name]]) last[name].push(value);
    else result.push(isLine(trace) ? { ...trace, ...ownArrays(trace), meta: { ...trace.meta, colours: [] } } : trace);
    if (isLine(trace)) result.at(-1).meta.colours.push(...Array(runs(trace)).fill(trace.line.color));
  }
  return result;
}

const GAPS = [["x", null], ["y", null], ["customdata", ""], ["hovertext", ""]]; // what lines have of each point
const isLine = ({ mode, customdata, hovertext }) => mode === "lines" && Array.isArray(customdata) && Array.isArray(hovertext);
const ownArrays = (trace) => Object.fromEntries(GAPS.map(([name]) => [name, [...trace[name]]]));
const runs = ({ y }) => Array.from(y).filter((value) => value === null || Number.isNaN(value)).length + 1;

/** What two lines have in common that can be one trace. */
const kindOf = ({ x, y, customdata, hovertext, uid, meta, line: { color, ...line } = {}, ...rest }) => JSON.stringify([line, rest]);

/** Colour the lines of a first drawing; returns whether plotly drew a path for each, as it does unless one is out of sight. */
export function paintJoined(plot) {
  return [...plot.querySelectorAll(".scatterlayer g.trace")].every((node) => {
    const colours = traceOf(node)?.meta?.colours, paths = node.querySelectorAll(".lines > path.js-line");
    if (colours?.length !== paths.length) return !colours;
    paths.forEach((path, k) => { path.style.stroke = colours[k]; });
    return true;
  });
}

/** Show this set in a drawn figure; returns whether the legend has to be redrawn. */
export function show(plot, figure, set) {
  const { choice } = figure;
  let legendMoved = false;
  figure.data.forEach((source, k) => {
    const look = lookOf(source, choice, set), known = plot._fullData[k];
    if (!look) return;
    legendMoved ||= look.showlegend !== known.showlegend;
    Object.assign(plot.data[k], look);
    for (const [name, value] of Object.entries(look)) known[name] = typeof value === "object" ? { ...known[name], ...value } : value;
  });
  const heights = new Map(set.ends), first = plot.layout.annotations.length - choice.ends.length;
  for (const [k, y] of heights) for (const { annotations } of [plot.layout, plot._fullLayout]) annotations[first + k].y = y;
  for (const node of plot.querySelectorAll(".scatterlayer g.trace")) paint(node);
  return legendMoved;
}

/** What plotly does not keep of a set when it draws anew: the points' one colour, and which labels are hidden. */
export function restore(plot, figure, set) {
  const { choice } = figure;
  for (const node of plot.querySelectorAll(".scatterlayer g.trace")) {
    const trace = traceOf(node), tint = choice.styles[set.parts[trace?.meta?.part]]?.tint;
    if (tint || node.tint) setTint(node, trace, tint);
  }
  const heights = new Map(set.ends), first = plot.layout.annotations.length - choice.ends.length;
  for (const node of plot.querySelectorAll("g.annotation")) {
    const k = Number(node.dataset.index) - first;
    if (k < 0) continue;
    const y = heights.get(k), drawn = drawnAt(node);
    node.style.display = y === undefined ? "none" : "";
    node.style.transform = y === undefined || drawn === null ? "" : `translateY(${place(plot, y) - drawn}px)`;
  }
}

/** Whether a label of this set is not drawn, as its line ended out of sight when plotly drew the labels. */
export function lacksLabel(plot, { choice }, set) {
  const first = plot.layout.annotations.length - choice.ends.length, { range } = plot._fullLayout.yaxis;
  return set.ends.some(([k, y]) => (y - range[0]) * (y - range[1]) <= 0 && !plot.querySelector(`g.annotation[data-index="${first + k}"] text`));
}

const traceOf = (node) => node.__data__?.[0]?.trace; // d3, which plotly draws with, stores a node's data there

/** How a trace looks with a set; nothing where it looks the same with all of them. */
function lookOf(trace, { styles }, set) {
  const part = trace.meta?.part;
  if (part === undefined) return null;
  if (!(part in set.parts)) return HIDDEN;
  const { opacity = 1, hoverinfo = "all", hovertemplate = "", showlegend = true, line, marker } = trace, { tint, ...style } = styles[set.parts[part]];
  const look = { opacity, hoverinfo, hovertemplate, showlegend, ...style };
  if (line) look.line = { ...line, ...style.line };
  if (marker) look.marker = { ...marker, ...style.marker };
  return look;
}

const heightIn = ({ sets }, k) => Object.values(sets).flatMap(({ ends }) => ends).find(([end]) => end === k)[1];

function paint(node) {
  const trace = traceOf(node);
  if (trace?.meta?.part === undefined) return;
  node.style.opacity = trace.opacity;
  if (!trace.line || !trace.mode.includes("lines")) return;
  const { color, width } = trace.line, look = { stroke: color, strokeWidth: `${width}px`, strokeDasharray: dashes(trace.line) };
  for (const path of node.querySelectorAll(".lines > path.js-line")) Object.assign(path.style, look);
}

/** A line's dashes for SVG, of as many pixels as plotly's. */
export const dashes = ({ dash = "solid", width }) => DASHES[dash]?.map((times) => `${times * Math.max(width, 3)}px`).join() ?? dash;

/** Points in one colour, or in their own again. */
function setTint(node, { marker }, tint) {
  node.tint = tint;
  for (const point of node.querySelectorAll("path.point")) {
    point.style.fill = tint ?? ownColour(marker, point.__data__.i);
    point.style.fillOpacity = 1; // where plotly puts a colour's alpha
  }
}

/** The colour of one point. */
export const ownColour = ({ color, colorscale }, k) => (typeof color === "string" ? color : colorscale ? colorscale[color[k]][1] : color[k]);

const place = ({ _fullLayout: { yaxis } }, y) => yaxis._offset + yaxis.d2p(y);

/** The height at which plotly drew a label; nothing where that was out of sight. */
function drawnAt(node) {
  const turned = /,([-\d.]+)\)/.exec(node.querySelector(".annotation-text-g")?.getAttribute("transform"));
  return turned && Number(turned[1]);
}
