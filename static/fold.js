// Tells Python when the page's picture has been painted, and whether the panel below the fold is near the viewport.

export default function ({ data, parentElement, setStateValue }) {
  // called again whenever `data` changes; setting the state reruns the fragment, so it is set only where it differs from the
  // server's; where the server has none yet (null), it is set once the picture has been painted
  parentElement.stop?.();
  const panel = document.querySelector(`.st-key-${data.panel}`);
  let scrolled = panel.parentElement, near = data.near, timer;
  const afterPaint = (then) => (document.hidden ? then() : requestAnimationFrame(() => setTimeout(then)));
  while (scrolled && !/auto|scroll/.test(getComputedStyle(scrolled).overflowY)) scrolled = scrolled.parentElement;
  const stacked = matchMedia(`(max-width: ${data.breakpoint}px)`).matches;
  const begun = performance.now();
  // until the figures above are laid out the panel is near the top of the page; and those figures are to be painted first
  const early = () => performance.now() - begun < 10000
    && (!document.querySelector(".lmm-chart") || document.querySelector('.lmm-chart[aria-busy="true"]'));
  // where columns stack, a panel is lower once all are drawn than below the picture alone: whether it is near shows then
  const tell = () => {
    if ((near || data.near === null) && early()) timer = setTimeout(tell, 20);
    else if (near !== data.near) afterPaint(() => setStateValue("near", near && !(data.near === null && stacked)));
    else panel.removeAttribute("aria-busy");
  };
  const observer = new IntersectionObserver((entries) => {
    near = entries.at(-1).isIntersecting;
    clearTimeout(timer);
    timer = setTimeout(tell, near || data.near !== true ? 0 : 1000);  // a reader who scrolls past often comes back soon
  }, { root: scrolled, rootMargin: "50% 0px" });
  if (!data.near) panel.setAttribute("aria-busy", "true");  // until the first report
  observer.observe(panel);
  return parentElement.stop = () => { clearTimeout(timer); observer.disconnect(); };
}
