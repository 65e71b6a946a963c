// The dial's handle: the frames of all its steps are in the browser already. The step is sent to Python with a delay, so that only
// the last of several quick changes is sent. A step from Python (an address) arrives in the default export, a component.

const SEND_DELAY = 250; // ms without a change after which the step is sent
const IGNORE_TIME = 5000; // ms for which Python's answers to earlier steps are ignored
const DRAW_DELAY = 150; // ms without a change after which plotly.js draws the step that has been painted
const AT_ONCE = { mode: "immediate", frame: { duration: 0, redraw: false }, transition: { duration: 0 } };
const { paintFrame } = await import(new URL("frame.js" + new URL(import.meta.url).search, import.meta.url));
const dials = new Set();
const reader = { step: null, turn: 0, since: 0 };

export default function ({ data: { step, turn }, setTriggerValue }) {
  const send = (reader.send = (message) => setTriggerValue("turned", message));
  if (turn >= reader.turn || performance.now() - reader.since > IGNORE_TIME) {
    Object.assign(reader, { step, turn });
    for (const dial of dials) dial.setStep(step);
  }
  return () => reader.send === send && Object.assign(reader, { step: null, send: null }); // another page's dial starts at the step that Python sends
}

/** Make the handle that replaces this slider of a figure's layout. */
export function makeHandle(plot, { x, y, len, active, steps, currentvalue }) {
  const box = document.createElement("label"), words = box.appendChild(document.createElement("span"));
  const input = box.appendChild(document.createElement("input"));
  box.className = "lmm-dial";
  Object.assign(input, { type: "range", min: 0, max: steps.length - 1, value: active });
  input.setAttribute("aria-label", currentvalue.prefix.replace(/: $/, ""));
  plot.append(box);
  const dial = { place, setStep, remove, at: active };
  input.onkeydown = (event) => event.stopPropagation(); // the tabs around take the arrow keys for themselves
  input.oninput = () => {
    setStep(Number(input.value));
    if (!reader.send) return; // a page without the dial component
    Object.assign(reader, { step: dial.at, turn: reader.turn + 1, since: performance.now() });
    clearTimeout(reader.timer);
    reader.timer = setTimeout(() => reader.send?.({ step: reader.step, turn: reader.turn }), SEND_DELAY);
  };

  function place() {
    const { l, t, w, h } = plot._fullLayout._size;
    Object.assign(box.style, { left: `${l + x * w}px`, width: `${len * w}px`, top: `${t + (1 - y) * h}px` });
  }
  function setStep(step) {
    const { label } = steps[step];
    input.value = step;
    input.setAttribute("aria-valuetext", label);
    words.textContent = currentvalue.prefix + label;
    if (step !== dial.at) {
      clearTimeout(dial.timer);
      dial.timer = setTimeout(() => plot.data && window.Plotly.animate(plot, [String(step)], AT_ONCE), paintFrame(plot, String(step)) ? DRAW_DELAY : 0);
    }
    dial.at = step;
  }
  function remove() {
    clearTimeout(dial.timer);
    dials.delete(dial);
    box.remove();
  }
  place();
  setStep(reader.step !== null && reader.step < steps.length ? reader.step : active);
  dials.add(dial);
  return dial;
}
