// The keys of a lecture. A key that somebody types into a field is no command, nor is a letter alone, which a voice may say for a word
// (WCAG 2.1.4). A browser grants the full screen to a key or a click only, so this asks for it itself.

const STEPS = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 };
const typing = (target) => target.closest?.('input, textarea, select, [role="slider"], [role="textbox"], [contenteditable]');
const fill = () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
export default function ({ data, setTriggerValue }) {
  window.lmmLecture?.abort();
  const stop = (window.lmmLecture = new AbortController());
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || typing(event.target)) return;
    if (data.opens) {
      if (event.altKey && ["l", "L", "¬"].includes(event.key)) { // the last is Alt+L of a Mac
        event.preventDefault();
        document.querySelector('.st-key-menu a[href*="lecture"]')?.click();
        document.documentElement.requestFullscreen?.().catch(() => {});
      }
      return;
    }
    if (event.altKey) {
      if (event.key === "Enter") fill();
      return;
    }
    if (event.key in STEPS && !(event.key === " " && event.target.closest?.("a, button"))) {
      event.preventDefault();
      setTriggerValue("step", STEPS[event.key]);
    } else if (event.key === "Home") setTriggerValue("step", -1000);
    else if (event.key === "End") setTriggerValue("step", 1000);
  }, { signal: stop.signal });
  return () => stop.abort();
}
