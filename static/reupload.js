// Remembers the files that are chosen in this tab, and puts them into the upload field again where Python asks for them.

const MOST = 10; // files that are remembered
const files = (window.lmmcompareFiles ??= new Map()), sent = (window.lmmcompareSent ??= new Set());
function remember(file) {
  if (!file) return;
  files.delete(file.name);
  files.set(file.name, file);
  if (files.size > MOST) files.delete(files.keys().next().value);
}
if (!window.lmmcompareListens) {
  window.lmmcompareListens = true;
  addEventListener("change", (event) => { if (event.target.type === "file") [...event.target.files].forEach(remember); }, true);
  addEventListener("drop", (event) => {
    if (event.target.closest?.('[data-testid="stFileUploaderDropzone"]')) [...event.dataTransfer?.files ?? []].forEach(remember);
  }, true);
}
export default function ({ data, parentElement }) {
  parentElement.stop?.();
  const wanted = data.wanted.map((name) => files.get(name)).filter(Boolean);
  if (!wanted.length || sent.has(data.once)) return;
  const timer = setInterval(() => { // the field may be drawn after this
    const field = document.querySelector(`.st-key-${data.place} input[type="file"]`);
    if (!field) return;
    clearInterval(timer);
    sent.add(data.once);
    const given = new DataTransfer();
    wanted.forEach((file) => given.items.add(file));
    field.files = given.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }, 100);
  return parentElement.stop = () => clearInterval(timer);
}
