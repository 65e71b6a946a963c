// The colours of a dark page: figures are sent in those of a light one, and put into these here, at once when the theme changes.

const RGBA = /^rgba\((\d+), ?(\d+), ?(\d+), ?([\d.]+)\)$/;
let palette, markReady; // the dark colour of each light one
const ready = new Promise((done) => (markReady = done));

export function setPalette(colours) {
  palette = colours;
  markReady();
}

export const isDark = (element) => getComputedStyle(element).colorScheme.includes("dark");

/** The figure in the colours of a page. */
export async function inTheme({ data, layout, frames, ...more }, dark) {
  if (!dark) return { data, layout, frames, ...more };
  await ready;
  return { data: darkened(data), layout: darkened(layout), frames, ...darkened(more) };
}

function darkened(value, name = "") {
  if (typeof value === "string") return /color|tint/.test(name) ? dark(value) : value;
  if (Array.isArray(value)) return typeof value[0] === "object" || /color/.test(name) ? value.map((part) => darkened(part, name)) : value;
  if (value?.constructor !== Object) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, darkened(part, key)]));
}

function dark(colour) {
  const own = palette[colour], [, ...parts] = (!own && RGBA.exec(colour)) || [];
  if (own || !parts.length) return own ?? colour;
  const solid = palette[`#${parts.slice(0, 3).map((part) => Number(part).toString(16).padStart(2, "0")).join("").toUpperCase()}`];
  return solid ? `${solid}${Math.round(255 * parts[3]).toString(16).padStart(2, "0")}` : colour;
}
