// The title of the x axis that panels beside each other share. Plotly.js knows no such title, so it is an annotation, placed for tick
// labels that may be turned; only the browser knows whether they are.

const NAME = "shared title"; // as figures/side_panels.py has it
const AIR = 6; // pixels between the labels and the title

/** Move the title to where the tick labels end; figures without one are left alone, and need not be measured. */
export function place(plot) {
  const which = plot.layout.annotations?.findIndex(({ name }) => name === NAME) ?? -1;
  const title = which >= 0 && plot.querySelector(`.annotation[data-index="${which}"]`);
  if (!title) return;
  title.style.transform = "";
  const labels = [...plot.querySelectorAll(".xaxislayer-above text, .xaxislayer-below text")].map((label) => label.getBoundingClientRect().bottom);
  const factor = plot.getBoundingClientRect().width / plot.clientWidth; // of a figure that is enlarged
  const { top, bottom } = title.getBoundingClientRect(), room = (plot.getBoundingClientRect().bottom - bottom) / factor;
  const by = Math.min((Math.max(...labels) - top) / factor + AIR, room);
  if (Number.isFinite(by)) title.style.transform = `translateY(${by}px)`;
}
