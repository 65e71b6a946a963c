// A chart of the app: draws with plotly.js what the server sends, keeps what the reader did to it (zoom, the dial), tells which
// group was clicked. Streamlit calls the default export when the chart is mounted, and again when its data or the theme change.

const LIBRARY = new URL("plotly-basic.min.js?v=4.1.1", import.meta.url); // once for all charts; unchanged, it is not sent again
const ROOT_SIZE = 15; // pixels of the app's text, for which figures are laid out; a reader may have it larger
const TABLE_ROWS = 100;
const FULL = { width: 512, height: 512, path: "M0 0h192v64h-128v128h-64zm320 0h192v192h-64v-128h-128zm-320 320h64v128h128v64h-192zm448 0h64v192h-192v-64h128z" };

const library = (window.lmmPlotly ??= new Promise((done, fail) => {
  const script = document.createElement("script");
  script.src = LIBRARY;
  script.onload = () => done(window.Plotly);
  script.onerror = () => fail(new Error("plotly.js did not arrive"));
  document.head.append(script);
}));
const charts = new WeakMap();

export default async function ({ parentElement, data, setTriggerValue }) {
  if (!data?.length) return; // mounted ahead of any figure, so that the library is there when one comes
  const chart = charts.get(parentElement) ?? create(parentElement);
  chart.pick = (group) => setTriggerValue("pick", group);
  const text = new TextDecoder().decode(data);
  if (text !== chart.text) Object.assign(chart, { text, ...JSON.parse(text) });
  chart.box.setAttribute("aria-label", chart.alt);
  fit(chart); // its place is taken before it is drawn
  await draw(chart);
  return () => remove(parentElement, chart);
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
  const chart = { box, plot, table, turn: 0, drawn: library };
  chart.width = new ResizeObserver(() => fit(chart) && plot.data && window.Plotly.Plots.resize(plot));
  chart.size = new ResizeObserver(() => plot.data && chart.scale !== scale() && draw(chart));
  box.onfullscreenchange = () => draw(chart);
  chart.width.observe(box);
  chart.size.observe(probe);
  charts.set(parent, chart);
  return chart;
}

function remove(parent, chart) {
  chart.width.disconnect();
  chart.size.disconnect();
  charts.delete(parent);
  chart.box.remove();
  chart.turn++; // what waits to be drawn no longer is
  chart.drawn.then(() => chart.plot.data && window.Plotly.purge(chart.plot));
}

// One figure after another: plotly breaks where one is drawn into another that is not finished. The last one asked for is drawn.
function draw(chart) {
  const turn = ++chart.turn;
  return (chart.drawn = chart.drawn.then(() => turn === chart.turn && paint(chart)).catch((error) => {
    console.error(error);
    chart.box.textContent = `The figure could not be drawn (${error.message}). Reload the page.`;
  }));
}

async function paint(chart) {
  chart.scale = scale();
  const { data, layout, frames } = structuredClone(chart.figure); // plotly writes into what it draws
  for (const trace of data) if (trace.type === "scattergl") trace.type = "scatter"; // the small library has no WebGL
  fit(chart);
  Object.assign(layout, { autosize: true, height: chart.plot.clientHeight });
  layout.uirevision = axes(layout); // the reader's zoom stays while the axes show the same
  const buttons = chart.config.modeBarButtons.map((row) => [...row, fullScreen]);
  await window.Plotly.react(chart.plot, {
    data,
    layout,
    frames,
    config: { ...chart.config, modeBarButtons: buttons, responsive: false, showSendToCloud: false },
  });
  if (!chart.listens) {
    chart.listens = true;
    chart.plot.on("plotly_click", (event) => chart.clickable && click(chart, event));
  }
  chart.box.setAttribute("aria-busy", "false");
  chart.box.classList.toggle("lmm-clickable", Boolean(chart.clickable));
  (window.requestIdleCallback ?? setTimeout)(() => describe(chart));
}

const scale = () => Math.round((100 * parseFloat(getComputedStyle(document.documentElement).fontSize)) / ROOT_SIZE) / 100;

// For readers with larger text the whole figure is laid out for a narrower place, and enlarged: nothing in it overlaps then.
function fit({ box, plot, figure }) {
  if (!figure) return false;
  const factor = scale(), height = document.fullscreenElement === box ? box.clientHeight : figure.layout.height;
  Object.assign(plot.style, { width: `${box.clientWidth / factor}px`, height: `${height}px`, transform: factor === 1 ? "" : `scale(${factor})`, transformOrigin: "0 0" });
  box.style.height = `${height * factor}px`;
  return box.clientWidth > 0;
}

const axes = (layout) =>
  JSON.stringify(Object.entries(layout).filter(([name]) => /^[xy]axis/.test(name)).map(([name, axis]) => [name, axis.title?.text, axis.range, axis.type]));

const fullScreen = {
  name: "fullScreen",
  title: "Full screen",
  icon: FULL,
  click: (plot) => (document.fullscreenElement ? document.exitFullscreen() : plot.closest(".lmm-chart").requestFullscreen()),
};

function click(chart, { points }) {
  for (const { customdata } of points) {
    const group = Array.isArray(customdata) ? customdata[0] : customdata;
    if (group !== undefined && group !== null && group !== "") return chart.pick(String(group));
  }
}

// What readers who cannot see the figure get beside its description: the numbers of each mark and line, the first of them.
function describe(chart) {
  if (chart.described === chart.text) return;
  chart.described = chart.text;
  const rows = [];
  for (const trace of chart.figure.data) {
    const name = words(trace.name ?? trace.legendgroup ?? "");
    const [x, y] = [numbers(trace.x), numbers(trace.y)];
    for (let k = 0; k < Math.min(x.length, y.length) && rows.length < TABLE_ROWS; k++)
      if (x[k] !== null && y[k] !== null && (typeof y[k] !== "number" || !Number.isNaN(y[k]))) rows.push([name, figure(x[k]), figure(y[k])]);
  }
  const { xaxis, yaxis } = chart.figure.layout;
  const table = document.createElement("table");
  table.createCaption().textContent = rows.length < TABLE_ROWS ? "The figure's numbers" : `The figure's first ${TABLE_ROWS} numbers`;
  for (const cells of [["", words(xaxis?.title?.text ?? "x"), words(yaxis?.title?.text ?? "y")], ...rows]) {
    const row = table.insertRow();
    for (const cell of cells) row.insertCell().textContent = cell;
  }
  chart.table.replaceChildren(table);
}

const words = (html) => new DOMParser().parseFromString(String(html), "text/html").body.textContent.trim();
const figure = (value) => (typeof value === "number" ? Number(value.toPrecision(5)).toLocaleString("en") : words(value));
const ARRAYS = { f8: Float64Array, f4: Float32Array, i4: Int32Array, i1: Int8Array };

function numbers(values) {
  if (!values) return [];
  if (!values.bdata) return values;
  return new ARRAYS[values.dtype](Uint8Array.from(atob(values.bdata), (sign) => sign.charCodeAt(0)).buffer);
}
