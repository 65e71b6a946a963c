// Unpacks a figure that the server has sent, and copies it for each drawing, as plotly writes into the object that it draws.

const ARRAYS = { f8: Float64Array, f4: Float32Array, i4: Int32Array, i1: Int8Array };

/** Unpack a figure, once: what traces share is one array, and plotly sees by it what has not changed. */
export function unpack({ data, layout, frames }) {
  const traces = data.map((trace, k) => ({ uid: `${k}`, ...arrays(trace) })); // without a name plotly takes each for a new one
  for (const trace of traces)
    for (const [name, value] of Object.entries(trace)) if (value?.of !== undefined) trace[name] = traces[value.of][name];
  const { switch: choice, guess } = layout.meta ?? {};
  delete layout.meta;
  return { data: traces, layout, frames, choice, guess };
}

/** A copy, as plotly writes into what it draws. Of a trace's arrays and of templates it sees that they are the same. */
export function copyOf({ data, layout: { template, ...layout }, frames }) {
  return { data: copied(data), layout: { template, ...structuredClone(layout) }, frames: structuredClone(frames) };
}

const copied = (value, name) => (name === "meta" ? value : mapped(value, copied));

const arrays = (value) =>
  value?.bdata ? new ARRAYS[value.dtype](Uint8Array.from(atob(value.bdata), (sign) => sign.charCodeAt(0)).buffer) : mapped(value, arrays);

function mapped(value, change) {
  if (Array.isArray(value)) return value[0]?.constructor === Object ? value.map((part) => change(part)) : value;
  if (value?.constructor !== Object) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, change(part, name)]));
}
