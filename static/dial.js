// The dial's handle: the frames of all its steps are in the browser already. The step is sent to Python with a delay, so that only
// the last of several quick changes is sent. A step from Python (an address) arrives in the default export, a component.

const SETTLED = 250; // ms without a change after which the step is sent
const PATIENCE = 5000; // ms for which Python's answers to earlier steps are ignored
const NOW = { mode: "immediate", frame: { duration: 0, redraw: false }, transition: { duration: 0 } };
const dials = new Set();
const reader = { step: null, turn: 0, since: 0 };

export default function ({ data: { step, turn }, setTriggerValue }) {
  const tell = (reader.tell = (message) => setTriggerValue("turned", message));
  if (turn >= reader.turn || performance.now() - reader.since > PATIENCE) {
    Object.assign(reader, { step, turn });
    for (const dial of dials) dial.to(step);
  }
  return () => reader.tell === tell && Object.assign(reader, { step: null, tell: null }); // another page's dial starts at the step that Python sends
}

/** Make the handle that replaces this slider of a figure's layout. */
export function handle(plot, { x, y, len, active, steps, currentvalue }) {
  const box = document.createElement("label"), words = box.appendChild(document.createElement("span"));
  const input = box.appendChild(document.createElement("input"));
  box.className = "lmm-dial";
  Object.assign(input, { type: "range", min: 0, max: steps.length - 1, value: active });
  input.setAttribute("aria-label", currentvalue.prefix.replace(/: $/, ""));
  plot.append(box);
  const dial = { place, to, remove: () => dials.delete(dial) && box.remove(), at: active };
  input.onkeydown = (event) => event.stopPropagation(); // the tabs around take the arrow keys for themselves
  input.oninput = () => {
    to(Number(input.value));
    if (!reader.tell) return; // a page without the dial component
    Object.assign(reader, { step: dial.at, turn: reader.turn + 1, since: performance.now() });
    clearTimeout(reader.timer);
    reader.timer = setTimeout(() => reader.tell?.({ step: reader.step, turn: reader.turn }), SETTLED);
  };

  function place() {
    const { l, t, w, h } = plot._fullLayout._size;
    Object.assign(box.style, { left: `${l + x * w}px`, width: `${len * w}px`, top: `${t + (1 - y) * h}px` });
  }
  function to(step) {
    const { label } = steps[step];
    input.value = step;
    input.setAttribute("aria-valuetext", label);
    words.textContent = currentvalue.prefix + label;
    if (step !== dial.at) window.Plotly.animate(plot, [String(step)], NOW);
    dial.at = step;
  }
  place();
  to(reader.step !== null && reader.step < steps.length ? reader.step : active);
  dials.add(dial);
  return dial;
}
