// Saves a figure as shown: zoomed, with its highlighted group and chosen models. Plotly's own export would redraw the figure from the
// server's data, without them.

const PRINTED = 2102; // pixels across a printed page's 178 mm at 300 dots per inch, which journals ask for

/** Let the browser save the figure as `format`, "svg" or "png" (then `scale` times as large, and wide enough to be printed). */
export async function save(plot, { format, filename, scale }) {
  const { width, height } = plot._fullLayout, text = svgText(plot, width, height), times = Math.max(scale, PRINTED / width);
  const drawing = new Blob([text], { type: "image/svg+xml" });
  const link = document.createElement("a");
  link.download = `${filename}.${format}`;
  link.href = URL.createObjectURL(format === "svg" ? drawing : await rasterised(text, Math.round(width * times), Math.round(height * times)));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function svgText(plot, width, height) {
  const whole = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) whole.setAttribute(name, value);
  const paper = whole.appendChild(document.createElementNS(whole.namespaceURI, "rect"));
  for (const [name, value] of Object.entries({ width, height, fill: plot._fullLayout.paper_bgcolor })) paper.setAttribute(name, value);
  for (const part of plot.querySelectorAll(".main-svg")) {
    const copy = whole.appendChild(part.cloneNode(true));
    copy.style.background = "none";
    copy.removeAttribute("aria-hidden"); // on the page it is described beside
    for (const hidden of copy.querySelectorAll(".draglayer, .hoverlayer, [style*='display: none']")) hidden.remove();
  }
  return new XMLSerializer().serializeToString(whole);
}

async function rasterised(text, width, height) {
  const image = new Image(width, height);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d").drawImage(image, 0, 0, width, height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
