() => {
  const shown = (node) => {
    if (!node.checkVisibility()) return false; // in what is folded, for instance
    for (let n = node; n && n !== document.body; n = n.parentElement) {
      const s = getComputedStyle(n);
      if (s.display === "none" || s.visibility === "hidden" || +s.opacity < 0.05) return false;
      if (n.classList?.contains("lmm-hidden") || s.clipPath.startsWith("inset(50%")) return false;
    }
    return true;
  };
  const clip = (node, r) => { // what its scrolling ancestors let be seen
    let box = { left: r.left, right: r.right, top: r.top, bottom: r.bottom };
    for (let n = node; n && n !== document.documentElement; n = n.parentElement) {
      const s = getComputedStyle(n);
      if (/(hidden|auto|scroll|clip)/.test(s.overflowX + s.overflowY) && !(n instanceof SVGElement && n.tagName !== "svg")) {
        const b = n.getBoundingClientRect();
        box = { left: Math.max(box.left, b.left), right: Math.min(box.right, b.right), top: Math.max(box.top, b.top), bottom: Math.min(box.bottom, b.bottom) };
      }
    }
    return box;
  };
  const pinned = (node) => { // what stays in sight while the rest passes beneath it
    for (let n = node; n; n = n.parentElement) {
      const name = n.dataset?.testid;
      if (name === "stHeader" || (name === "stLayoutWrapper" && getComputedStyle(n).position === "sticky")) return true;
    }
    return false;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const boxes = [], cut = [];
  while (walker.nextNode()) {
    const text = walker.currentNode, p = text.parentElement;
    if (!text.textContent.trim() || /^(STYLE|SCRIPT|OPTION|TITLE|DESC)$/i.test(p.tagName) || p.closest('.katex') || !shown(p)) continue;
    const range = document.createRange(); range.selectNodeContents(text);
    for (const r of range.getClientRects()) {
      if (r.width < 2 || r.height < 2) continue;
      const c = clip(p, r), w = c.right - c.left, h = c.bottom - c.top;
      if (w < 2 || h < 2) continue;
      const t = text.textContent.trim().slice(0, 40);
      const scroller = (() => { for (let n = p; n; n = n.parentElement) { const s = getComputedStyle(n); if (/(auto|scroll)/.test(s.overflowX) && n.scrollWidth > n.clientWidth + 1) return true; } return false; })();
      if (r.width - w > 3 && !scroller && getComputedStyle(p).textOverflow !== "ellipsis") cut.push([t, Math.round(r.width - w)]);
      boxes.push({ t, p, pinned: pinned(p), ...c });
    }
  }
  for (const button of document.querySelectorAll("button, [role='button']")) { // of an icon alone
    if (/^Scroll tabs/.test(button.getAttribute("aria-label"))) continue; // Streamlit's, on the end of a row that goes on
    const r = button.getBoundingClientRect(), c = clip(button, r);
    if (button.innerText.trim() || !shown(button) || c.right - c.left < 2 || c.bottom - c.top < 2) continue;
    boxes.push({ t: button.getAttribute("aria-label") || button.title || "a button", p: button, pinned: pinned(button), ...c });
  }
  const pen = document.createElement("canvas").getContext("2d"); // of a placeholder, or what a list has chosen, there is no rectangle
  for (const input of document.querySelectorAll("input[placeholder]")) {
    const box = input.getBoundingClientRect(), at = clip(input, box);
    const said = input.closest(".st-key-question") ? input.value : input.value ? "" : input.placeholder;
    if (!said || !shown(input) || at.right - at.left < 2) continue;
    const style = getComputedStyle(input);
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const missing = pen.measureText(said).width + parseFloat(style.paddingLeft) + parseFloat(style.paddingRight) - input.clientWidth;
    if (missing > 1) cut.push([said, Math.round(missing)]);
  }
  const out = [];
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
    const a = boxes[i], b = boxes[j];
    const w = Math.min(a.right, b.right) - Math.max(a.left, b.left), h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (w > 2 && h > 3 && a.p !== b.p && a.pinned === b.pinned) out.push([a.t, b.t, Math.round(w), Math.round(h)]);
  }
  const main = document.querySelector('[data-testid="stMain"]');
  return { overlaps: out, cut, wide: main.scrollWidth - main.clientWidth, screens: main.scrollHeight / innerHeight };
}
