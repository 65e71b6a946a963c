// The data of a figure for screen readers, beside its description: the first numbers of each trace.

const ROWS = 100;
const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 5 });
const texts = new Map(); // parsed cell texts: parsing is slow, and most cells are alike

/** Write a drawn figure's numbers into an element if they have changed. */
export function showTable(place, { data, layout }) {
  const { xaxis, yaxis } = layout, rows = rowsOf(data, layout), key = JSON.stringify(rows);
  if (place.key === key) return;
  place.key = key;
  const table = document.createElement("table");
  table.createCaption().textContent = rows.length < ROWS ? "The figure's numbers" : `The figure's first ${ROWS} numbers`;
  for (const title of ["", xaxis?.title?.text ?? "x", yaxis?.title?.text ?? "y"])
    (table.tHead?.rows[0] ?? table.createTHead().insertRow()).appendChild(document.createElement("th")).textContent = plainText(title);
  const body = table.createTBody();
  for (const cells of rows) {
    const row = body.insertRow();
    for (const cell of cells) row.insertCell().textContent = typeof cell === "number" ? NUMBER.format(cell) : plainText(cell);
  }
  place.replaceChildren(table);
}

function rowsOf(data, layout) {
  const rows = [];
  for (const trace of data) {
    const name = trace.name ?? trace.legendgroup ?? "", { x = [], y = [] } = trace;
    if (trace.opacity === 0) continue;
    const [across, up] = ["x", "y"].map((letter) => layout[`${letter}axis${(trace[`${letter}axis`] ?? "").slice(1)}`]);
    for (let k = 0; k < Math.min(x.length, y.length) && rows.length < ROWS; k++)
      if (x[k] !== null && y[k] !== null && (typeof y[k] !== "number" || !Number.isNaN(y[k]))) rows.push([name, named(across, x[k]), named(up, y[k])]);
  }
  return rows;
}

/** What stands at a place of an axis of names, which are at whole numbers in a row and may have several marks about them; dates are not. */
function named(axis, value) {
  const { ticktext, tickvals } = axis ?? {};
  if (!ticktext || !tickvals.every((at, k) => Math.abs(at - tickvals[0]) === k)) return value;
  const name = ticktext[tickvals.indexOf(Math.round(value))];
  return /\p{L}/u.test(name ?? "") ? name : value;
}

function plainText(html) {
  if (!texts.has(html)) {
    if (texts.size > 5000) texts.clear();
    texts.set(html, new DOMParser().parseFromString(String(html), "text/html").body.textContent.trim());
  }
  return texts.get(html);
}
