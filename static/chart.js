// A chart of the app: draws with plotly.js what the server sends, keeps what the reader did to it (zoom, the dial), marks the
// group that is clicked. Streamlit calls the default export when the chart is mounted, and again when its data or the theme change.

const LIBRARY = new URL("plotly-basic.min.js?v=4.1.1", import.meta.url); // once for all charts; unchanged, it is not sent again
const ROOT_SIZE = 15; // pixels of the app's text, for which figures are laid out; a reader may have it larger
const NARROWEST = matchMedia("(max-width: 640px)").matches ? 288 : 360; // pixels for which figures can be laid out: a window of 320; wide pages' have more in a row
const KEYS = "The arrow keys go from group to group, Enter marks one in every figure, Escape takes the mark away.";
const LIST = "Points are left out, and put back, by the list below the figure.";
const CAMERA = "M96 128l32-64h128l32 64h224v320h-512v-320h96zm96 152a88 88 0 1 0 176 0a88 88 0 1 0-176 0z";
const FULL = { width: 512, height: 512, path: "M0 0h192v64h-128v128h-64zm320 0h192v192h-64v-128h-128zm-320 320h64v128h128v64h-192zm448 0h64v192h-192v-64h128z" };

const SETTLE_TIME = 150; // ms without a change after which what can wait is done: not before the change is seen
const LIBRARY_DELAY = 300; // ms after which plotly.js is run while the server still computes: a picture that comes sooner has its preview first
const idle = window.requestIdleCallback ?? ((then) => setTimeout(then, 50));
document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "script", href: LIBRARY }));
whenConnected(() => {
  setTimeout(runLibrary, LIBRARY_DELAY);
  for (const { href } of document.querySelectorAll("link.lmm-part")) import(href); // is run while the server computes, too
});
const charts = new WeakMap();
const load = (name) => import(new URL(name + new URL(import.meta.url).search, import.meta.url)); // of the same version as this one
const scripts = ["highlight.js", "emphasis.js", "save.js", "dial.js", "models.js", "looks.js", "figure.js", "theme.js", "leave_out.js", "guess.js", "numbers.js", "paper.js", "shared_title.js", "preview.js"];
const [marks, { emphasise, groupsOf, nameOf }, { save }, { makeHandle }, models, looks, { unpack, copyOf }, theme, brush, { makeGuessLine }, numbers, paper, sharedTitle, { previewOf }] = await Promise.all(
  scripts.map(load),
);

export default async function ({ parentElement, data, setTriggerValue }) {
  const chart = charts.get(parentElement) ?? create(parentElement);
  chart.leaveOut = (rows) => setTriggerValue("left_out", rows);
  chart.sendMark = (mark) => setTriggerValue("pick", mark);
  const text = new TextDecoder().decode(data), sent = text === chart.text ? chart : unpacked(text);
  if (!brush.isKnown(chart, sent)) await receive(chart, sent);
  return () => remove(parentElement, chart);
}

function unpacked(text) {
  const { figure, ...more } = JSON.parse(text);
  return { ...more, text, figure: unpack(figure) };
}

/** Draw what the server has sent of a figure: as part of the page, or in answer to what is left out of it. */
function receive(chart, sent) {
  if (sent !== chart) Object.assign(chart, sent, { hasAllModels: false });
  chart.box.tabIndex = chart.clickable ? 0 : -1;
  chart.clickable ? marks.join(chart) : marks.leave(chart);
  chart.figure.choice ? models.join(chart) : models.leave(chart);
  fitToPlace(chart); // its place is taken before it is drawn
  return draw(chart);
}

function create(parent) {
  const box = document.createElement("div");
  box.className = "lmm-chart";
  box.setAttribute("role", "figure");
  box.setAttribute("aria-busy", "true");
  const plot = box.appendChild(document.createElement("div"));
  const table = box.appendChild(document.createElement("div"));
  table.className = "lmm-hidden";
  const probe = box.appendChild(document.createElement("div")); // as wide as the page's text is high
  probe.style.cssText = "position: absolute; width: 1rem; height: 0; visibility: hidden";
  parent.replaceChildren(box);
  const chart = { box, plot, table, version: 0, drawn: Promise.resolve() };
  chart.width = new ResizeObserver(() => fitToPlace(chart) && plot.data && !hasItsSize(plot) && window.Plotly.Plots.resize(plot).then(() => turnHeads(chart)));
  chart.size = new ResizeObserver(() => plot.data && chart.scale !== scale() && draw(chart));
  chart.redraw = () => chart.figure && draw(chart);
  chart.receive = (text) => receive(chart, unpacked(text));
  chart.drawForPaper = () => chart.plot.data && put(chart, chart.figure, chart.figure.choice && models.currentSet(chart.figure.choice));
  chart.onModelsChange = () => showModels(chart);
  chart.emphasise = (group) => plot.data && show(chart, group);
  box.onfullscreenchange = () => draw(chart);
  // not `box.onkeydown`: what such a handler returns as false is cancelled, and Tab would not leave the buttons inside
  box.addEventListener("keydown", (event) => event.target === box && chart.clickable && key(chart, event));
  // plotly takes a finger that scrolls the page for a tap, and a tap for two: the browser's own mouse events follow it
  box.addEventListener("pointerdown", ({ pointerType }) => Object.assign(chart, { isTouched: pointerType === "touch", isScrolled: false }), true);
  box.addEventListener("pointercancel", () => { chart.isScrolled = true; }, true);
  box.addEventListener("blur", () => chart.focusedGroup && chart.emphasise(marks.marked()));
  chart.width.observe(box);
  chart.size.observe(probe);
  charts.set(parent, chart);
  paper.join(chart);
  return chart;
}

function remove(parent, chart) {
  chart.width.disconnect();
  chart.size.disconnect();
  marks.leave(chart);
  models.leave(chart);
  paper.leave(chart);
  brush.stop(chart);
  chart.dial?.remove();
  chart.guess?.remove();
  charts.delete(parent);
  chart.box.remove();
  chart.version++; // what waits to be drawn no longer is
  chart.drawn.then(() => chart.plot.data && window.Plotly.purge(chart.plot));
}

// One figure after another: plotly breaks where one is drawn into another that is not finished, and the page's first figure is to
// be seen before the next one is drawn. Of one figure the last that was asked for is drawn.
let drawing = Promise.resolve(), anyDrawn = false;
const whenSettled = (then) => setTimeout(() => idle(then), SETTLE_TIME);
const nextPaint = () => new Promise((done) => (document.hidden ? done() : requestAnimationFrame(() => setTimeout(done))));

function draw(chart) {
  const version = ++chart.version, next = anyDrawn && !chart.plot.data;
  const preview = anyDrawn && window.Plotly ? null : showPreview(chart).catch(console.error); // plotly takes longer than it
  drawing = drawing.then(() => preview).then(runLibrary).then(() => next && nextPaint());
  anyDrawn = true;
  return (chart.drawn = drawing = drawing.then(() => version === chart.version && paint(chart)).catch((error) => {
    console.error(error);
    chart.box.textContent = `The figure could not be drawn (${error.message}). Reload the page.`;
  }));
}

/** Run plotly.js, once for all charts; resolves when it can be used. */
function runLibrary() {
  return (window.lmmPlotly ??= new Promise((done, fail) => {
    const onerror = () => fail(new Error("plotly.js did not arrive"));
    document.head.append(Object.assign(document.createElement("script"), { src: LIBRARY, onload: done, onerror }));
  }));
}

/** Show a figure's lines and points until plotly.js is there, and have them painted before that is run. */
async function showPreview(chart) {
  const [figure, set] = await chosen(chart), { plot, box } = chart;
  chart.preview?.remove();
  chart.preview = previewOf(prepared(chart, figure, set), plot.clientWidth, plot.clientHeight);
  if (!chart.preview) return;
  Object.assign(chart.preview.style, { position: "absolute", top: 0, left: 0, pointerEvents: "none", transform: plot.style.transform, transformOrigin: "0 0" });
  box.append(chart.preview);
  await nextPaint();
}

/** A figure in the page's colours, and the set of its models that the page has chosen. */
async function chosen(chart) {
  const figure = await inTheme(chart);
  return [figure, figure.choice && (await models.chosenSet(figure.choice))];
}

/** A copy of a figure with the looks of a set of models, or in a first drawing with the traces of that set alone. */
function prepared(chart, figure, set) {
  const copy = copyOf(figure);
  for (const trace of copy.data) if (trace.type === "scattergl") trace.type = "scatter"; // the small library has no WebGL
  if (set) looks.prepare(copy, figure.choice, set, !chart.hasAllModels);
  return copy;
}

async function paint(chart) {
  const [figure, set] = await chosen(chart);
  chart.hasChosen = true;
  if (chart.themed?.figure !== figure) return; // it waited, and another has come
  await put(chart, figure, set);
  if (!set || chart.hasAllModels) return;
  const complete = () => chart.themed.figure === figure && !chart.hasAllModels && Object.assign(chart, { hasAllModels: true }).redraw();
  looks.paintJoined(chart.plot) ? whenSettled(complete) : complete();
}

/** Draw a figure as it is, without waiting for anything: a browser that prints does not wait either. */
async function put(chart, figure, set) {
  chart.scale = scale();
  const { data, layout, frames } = prepared(chart, figure, set);
  fitToPlace(chart);
  Object.assign(layout, { autosize: true, height: chart.plot.clientHeight });
  if (chart.brush) brush.setSelectionLooks(data);
  if (chart.dragMode) layout.dragmode = chart.dragMode;
  layout.uirevision = axesKey(layout); // the reader's zoom stays while the axes show the same
  const slider = layout.sliders?.[0]; // plotly's own is not for the keyboard, nor for readers of the screen
  delete layout.sliders;
  await window.Plotly.react(chart.plot, { data, layout, frames, config: changedConfig(chart) });
  chart.preview?.remove();
  for (const part of chart.plot.querySelectorAll(".main-svg")) part.setAttribute("aria-hidden", "true"); // ticks without their axes; see `describe`
  await turnHeads(chart);
  Object.assign(chart, { set, drawnFigure: figure });
  if (!chart.listens) {
    chart.listens = true;
    chart.plot.on("plotly_click", (event) => chart.clickable && click(chart, event));
    chart.plot.on("plotly_relayout", ({ dragmode }) => dragmode !== undefined && (chart.dragMode = dragmode));
    brush.listen(chart);
    chart.plot.on("plotly_afterplot", () => restoreOverlays(chart)); // of a zoom too
  }
  chart.dial?.remove();
  chart.dial = slider && makeHandle(chart.plot, slider);
  chart.guess?.remove();
  chart.guess = figure.guess && makeGuessLine(chart.plot, figure.guess);
  restoreOverlays(chart);
  chart.box.setAttribute("aria-busy", "false");
  chart.box.classList.toggle("lmm-clickable", Boolean(chart.clickable));
  describe(chart);
}

// Plotly works out the angles of arrows' heads for a figure's first size, and keeps them when it has another.
async function turnHeads(chart) {
  const { plot } = chart;
  if (!plot.data?.some(({ marker }) => marker?.angleref)) return; // the size is not asked for in vain: the browser would lay out the page
  const size = `${plot.clientWidth} x ${plot.clientHeight}`, turned = chart.headsAt && chart.headsAt !== size;
  chart.headsAt = size;
  if (turned) await window.Plotly.redraw(plot);
}

// Other models: what is drawn shows them at once, and plotly's legend once the browser is idle.
async function showModels(chart) {
  if (!chart.hasChosen) return; // its first drawing waits for the page's choice, and has it
  const { plot, drawnFigure: figure } = chart, set = figure?.choice && (await models.chosenSet(figure.choice));
  if (!set || !chart.hasAllModels || figure !== chart.themed.figure || figure !== chart.drawnFigure) return chart.redraw();
  chart.set = set;
  chart.legendMoved = looks.show(plot, figure, set) || chart.legendMoved;
  if (chart.brush) brush.setSelectionLooks([...plot.data, ...plot._fullData]);
  restoreOverlays(chart);
  describe(chart);
  clearTimeout(chart.pendingLegend);
  chart.pendingLegend = whenSettled(() => updateLegend(chart, figure));
}

function updateLegend(chart, figure) {
  const labels = looks.lacksLabel(chart.plot, figure, chart.set);
  if (!labels && !chart.legendMoved) return;
  drawing = chart.drawn = drawing.then(async () => {
    if (chart.drawnFigure !== figure || !chart.plot.data) return;
    const { annotations } = chart.plot.layout, { y } = chart.plot._fullLayout.legend;
    chart.legendMoved = false;
    await window.Plotly.relayout(chart.plot, { "legend.y": y, ...(labels && { annotations }) });
    restoreOverlays(chart);
  });
}

/** The figure in the page's colours, the same as long as both are. */
async function inTheme(chart) {
  const { figure: of } = chart, dark = theme.isDark(chart.box);
  if (chart.themed?.of !== of || chart.themed.dark !== dark) chart.themed = { of, dark, figure: await theme.inTheme(of, dark) };
  return chart.themed.figure;
}

// Plotly makes everything anew where a button has another function than before, as those made here would each time.
function changedConfig(chart) {
  const { config } = chart, text = JSON.stringify([config, chart.brush]);
  if (text === chart.configKey) return undefined;
  chart.configKey = text;
  const more = chart.brush ? brush.BUTTONS : [];
  const buttons = config.modeBarButtons.map((row) => [...more, ...row.filter((button) => button !== "toImage"), camera(config), fullScreen]);
  return { ...config, modeBarButtons: buttons, responsive: false, showSendToCloud: false };
}

const scale = () => Math.round((100 * parseFloat(getComputedStyle(document.documentElement).fontSize)) / ROOT_SIZE) / 100;

// For readers with larger text the whole figure is laid out for a narrower place, and enlarged: nothing in it overlaps then. It is
// enlarged no further than its place allows: as far as the style sheet's greatest height, and not beyond what fits a small phone.
function fitToPlace({ box, plot, figure }) {
  if (!figure) return false;
  const full = document.fullscreenElement === box, most = (!full && parseFloat(getComputedStyle(box).maxHeight)) || Infinity;
  const height = full ? box.clientHeight : figure.layout.height, factor = Math.min(scale(), most / height, Math.max(1, box.clientWidth / NARROWEST));
  Object.assign(plot.style, { width: `${Math.min(box.clientWidth, paper.width()) / factor}px`, height: `${height}px`, transform: factor === 1 ? "" : `scale(${factor})`, transformOrigin: "0 0" });
  box.style.height = `${height * factor}px`;
  return box.clientWidth > 0;
}

const hasItsSize = ({ clientWidth, clientHeight, _fullLayout: { width, height } }) => clientWidth === width && clientHeight === height;

const axesKey = (layout) =>
  JSON.stringify(Object.entries(layout).filter(([name]) => /^[xy]axis/.test(name)).map(([name, axis]) => [name, axis.title?.text, axis.range, axis.type]));

const fullScreen = {
  name: "fullScreen",
  title: "Full screen",
  icon: FULL,
  click: (plot) => (document.fullscreenElement ? document.exitFullscreen() : plot.closest(".lmm-chart").requestFullscreen()),
};

const camera = ({ toImageButtonOptions: options }) => ({
  name: "camera",
  title: `Download plot as ${options.format.toUpperCase()}`,
  icon: { width: 512, height: 512, path: CAMERA },
  click: (plot) => saveInLight(plot, options),
});

/** Save a figure in light colours, for documents, whatever the page's are: it is drawn so, and as it was before the screen is painted. */
async function saveInLight(plot, options) {
  const chart = charts.get(plot.closest(".lmm-chart").parentElement);
  await chart.drawn;
  if (!theme.isDark(chart.box)) return save(plot, options);
  await chart.drawForPaper();
  const saved = save(plot, options); // the drawing is taken at once
  chart.redraw();
  return saved;
}

function restoreOverlays(chart) {
  sharedTitle.place(chart.plot);
  chart.dial?.place();
  chart.guess?.place();
  brush.fade(chart);
  if (chart.set) looks.restore(chart.plot, chart.drawnFigure, chart.set);
  if (chart.clickable) show(chart, marks.marked());
}

function click(chart, { points, event }) {
  if (chart.isTouched && event.type.startsWith("mouse")) return;
  if (chart.isScrolled) return window.Plotly.Fx.unhover(chart.plot);
  if (chart.brush && brush.isBrushing(chart.plot)) return brush.tap(chart, points);
  const group = points.map((point) => nameOf(point.customdata)).find(Boolean);
  if (group) marks.choose(chart, group);
}

// What the server has drawn with a mark needs none from here.
function show(chart, group) {
  chart.focusedGroup = null;
  emphasise(chart.plot, group === chart.marked ? null : group, group === null ? "" : marks.phrase(group));
}

function key(chart, event) {
  const groups = groupsOf(chart.plot), step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!groups.length || event.ctrlKey || event.metaKey || event.altKey) return;
  if (step) {
    const from = groups.indexOf(chart.focusedGroup ?? marks.marked());
    const group = groups[from < 0 ? (step > 0 ? 0 : groups.length - 1) : (from + step + groups.length) % groups.length];
    show(chart, group);
    chart.focusedGroup = group;
    marks.announce(`${marks.phrase(group)}, ${groups.indexOf(group) + 1} of ${groups.length}`);
  } else if (event.key === "Enter" && (chart.focusedGroup ?? marks.marked()) !== null) marks.choose(chart, chart.focusedGroup ?? marks.marked());
  else return;
  event.preventDefault();
  event.stopPropagation(); // the tabs around take the arrow keys for themselves
}

// What readers who cannot see the figure get beside its description: the numbers of each mark and line, the first of them.
function describe(chart) {
  const alt = chart.set?.alt ?? chart.alt;
  chart.box.setAttribute("aria-label", [alt, chart.clickable && KEYS, chart.brush && LIST].filter(Boolean).join(" "));
  clearTimeout(chart.pendingDescription);
  chart.pendingDescription = whenSettled(() => chart.plot.data && numbers.showTable(chart.table, chart.plot));
}

/** Call a function once Streamlit has connected to its server; `document` may be older than the app. */
function whenConnected(then) {
  const isConnected = () => document.querySelector('[data-test-connection-state="CONNECTED"]');
  if (isConnected()) return then();
  new MutationObserver((_, observer) => {
    if (!isConnected()) return;
    observer.disconnect();
    then();
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-test-connection-state"], childList: true });
}
