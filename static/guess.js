// A line that readers turn about the middle of the data, by mouse or finger; its step is sent to Python on release. The slider
// beside the figure does the same for the keyboard. The tab keeps what its reader is known by: to a page loaded anew, or a server
// started anew, the reader would be another one, who has not guessed yet.

const NEAR = 12; // pixels from the middle within which the pointer is too close to set a slope
const SVG = "http://www.w3.org/2000/svg";
const READER = "lmmcompare reader";
const reader = { step: null, send: null };

export default function ({ data, setStateValue, setTriggerValue }) {
  let known = data.reader;
  try { known = sessionStorage[READER] ??= known; } catch {} // a browser may be told to keep nothing
  if (known !== data.reader) setStateValue("reader", known);
  const send = (reader.send = (step) => setTriggerValue("step", step));
  return () => reader.send === send && Object.assign(reader, { step: null, send: null });
}

/** Let readers turn a trace of the figure from slope `start`: through `middle`, by `steps` slopes from `low` on, `size` apart, over `ends`. */
export function makeGuessLine(plot, { trace, start, middle, low, size, steps, ends, decimals }) {
  const svg = plot.appendChild(document.createElementNS(SVG, "svg")), [line, first, last] = ["line", "circle", "circle"].map(part);
  const label = plot.appendChild(document.createElement("output"));
  svg.setAttribute("class", "lmm-guess");
  svg.setAttribute("aria-hidden", "true");
  label.className = "lmm-guess-value";
  let slope = reader.step === null ? start : low + reader.step * size, waiting = false; // the reader may be dragging it still

  function part(name) {
    const one = svg.appendChild(document.createElementNS(SVG, name));
    if (name === "circle") one.setAttribute("r", 9);
    one.onpointerdown = (event) => {
      event.preventDefault();
      one.setPointerCapture(event.pointerId);
      one.onpointermove = turn;
      one.onpointerup = one.onpointercancel = () => {
        one.onpointermove = one.onpointerup = one.onpointercancel = null;
        if (reader.step !== null) reader.send?.(reader.step);
        reader.step = null;
      };
    };
    return one;
  }

  function turn({ clientX, clientY }) {
    const box = plot.getBoundingClientRect(), scale = box.width / plot.offsetWidth, { xaxis, yaxis, _size } = plot._fullLayout;
    const x = (clientX - box.left) / scale - _size.l, y = (clientY - box.top) / scale - _size.t;
    if (Math.abs(x - xaxis.l2p(middle[0])) < NEAR) return;
    const wanted = (yaxis.p2l(y) - middle[1]) / (xaxis.p2l(x) - middle[0]);
    reader.step = Math.min(Math.max(Math.round((wanted - low) / size), 0), steps);
    slope = low + reader.step * size;
    place();
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      if (plot.data) window.Plotly.restyle(plot, { y: [ends.map(height)] }, [trace]);
    });
  }

  const height = (x) => middle[1] + slope * (x - middle[0]);

  // Its ends, or where it leaves the figure, so that there is always something to hold.
  function place() {
    const { xaxis, yaxis, _size } = plot._fullLayout, [bottom, top] = yaxis.range;
    const reach = ends.map((x) => {
      const y = height(x), inside = Math.min(Math.max(y, bottom), top);
      return y === inside ? x : middle[0] + (inside - middle[1]) / slope;
    });
    const [[x1, y1], [x2, y2]] = reach.map((x) => [_size.l + xaxis.l2p(x), _size.t + yaxis.l2p(height(x))]);
    for (const [one, values] of [[line, { x1, y1, x2, y2 }], [first, { cx: x1, cy: y1 }], [last, { cx: x2, cy: y2 }]])
      for (const [name, value] of Object.entries(values)) one.setAttribute(name, value);
    label.textContent = slope.toFixed(decimals).replace("-", "\u2212");
    Object.assign(label.style, { right: `${plot.offsetWidth - x2 + 4}px`, top: `${Math.max(y2 - 34, 0)}px` });
  }

  place();
  return { place, remove: () => (svg.remove(), label.remove()) };
}
