// Draws the report's figures in the reader's colours, light on paper, and saves them. Nothing is fetched.
const figures = JSON.parse(document.getElementById("figures").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
const config = { displaylogo: false, modeBarButtons: [["zoom2d", "resetScale2d"]], responsive: true, doubleClick: "reset" };
const PAPER = 680, TALLEST = 820, CLOSEST = 0.7; // px between the margins of A4 or Letter below a title; how far a taller figure is pressed
const PRINTED = 2102; // px across a printed page's 178 mm at 300 dots per inch, which journals ask for

function draw(look, width) {
  for (const [name, figure] of Object.entries(figures)) {
    const { data, layout } = figure[look];
    const height = width ? Math.min(layout.height, Math.max(TALLEST, layout.height * CLOSEST)) : layout.height;
    Plotly.react(name, data, { ...layout, width, height }, config);
  }
}

function onScreen() {
  draw(dark.matches ? "dark" : "light", undefined);
}

function save(name, format) {
  const { data, layout } = figures[name].light; // to be put into a document, which is light as a rule
  const width = Math.max(640, document.getElementById(name).clientWidth);
  const page = { data, layout: { ...layout, width, paper_bgcolor: "#ffffff" }, config };
  Plotly.downloadImage(page, { format, filename: `${document.body.dataset.name}-${name}`, width, height: layout.height, scale: format === "png" ? Math.max(2, PRINTED / width) : 1 });
}

onScreen();
dark.addEventListener("change", onScreen);
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-save]");
  if (button) save(button.dataset.figure, button.dataset.save);
});
addEventListener("beforeprint", () => {
  document.querySelectorAll("details").forEach((part) => part.setAttribute("open", ""));
  draw("light", PAPER);
});
addEventListener("afterprint", onScreen);
