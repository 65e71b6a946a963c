// An invisible component on every page: it merges history entries so that Back takes one press, reports whether the page is narrow,
// reruns the page after a reconnection, folds the sidebar on small screens, scrolls the strip of tabs to the open one and the page to
// a tab that its link is about and the sidebar to what is wrong with the model, moves the keyboard focus into popovers, keeps it on
// tabs, passes it on from a button that goes away or is disabled, tells readers of the screen what the answer has become, and preloads
// the charts' library and colours.
// Streamlit calls the default export when it is mounted, and again when its data or the theme change.

const load = (name) => import(new URL(name + new URL(import.meta.url).search, import.meta.url));
load("chart.js"); // loads while the server computes the first figure
const theme = load("theme.js");
const ANSWER_DELAY = 700; // ms without a change after which an answer is told: a study changes it while it runs

let sendState = () => {}, width; // as the server has it
const room = new ResizeObserver(compareWidth);

if (!window.lmmPage) {
  window.lmmPage = true;
  mergeHistoryEntries();
  rerunAfterReconnection();
  foldMenu();
  scrollToOpenTabs();
  scrollToAskedTab();
  scrollToErrors();
  focusPopovers();
  keepFocusOnTabs();
  passFocusOn();
  leaveDisabledButtons();
  announceAnswer();
}

export default function ({ data, setStateValue }) {
  sendState = setStateValue;
  theme.then(({ setPalette }) => setPalette(data.palette));
  width = { ...data };
  room.disconnect();
  room.observe(document.querySelector('[data-testid="stMainBlockContainer"]')); // tells at once, and when its margins grow with the text
}

// A phone's window; or as little room beside the sidebar, as with large text: by the width of all, for a scrollbar comes and goes.
function isNarrow() {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  return matchMedia(`(max-width: ${width.breakpoint}px)`).matches || document.querySelector('[data-testid="stMain"]').offsetWidth < width.room * rem;
}

// Setting the state reruns the page, so it is set only where it differs from the server's.
function compareWidth() {
  if (isNarrow() === width.narrow) return;
  width.narrow = !width.narrow;
  sendState("narrow", width.narrow);
}

// A page writes its state into the address after it has run. Streamlit makes a history entry of every such change, so a reader who
// opened a page by a link would have to press Back twice. A change without a click or key press since the last entry therefore
// replaces that entry.
function mergeHistoryEntries() {
  let touched = false;
  for (const kind of ["pointerdown", "keydown", "change"]) addEventListener(kind, () => { touched = true; }, true);
  addEventListener("popstate", () => { touched = false; });
  const { pushState, replaceState } = history;
  history.pushState = function (state, title, url) {
    const samePage = new URL(url ?? "", location.href).pathname === location.pathname;
    const completes = !touched && samePage;
    touched = false;
    if (!samePage) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0); // Streamlit leaves a page where the last was
    return (completes ? replaceState : pushState).call(this, state, title, url);
  };
}

// Rerun the page as soon as the connection is restored, as a restarted server has no session of it. Streamlit itself waits for the
// next click, and silently ignores one on a fragment's control, as the new session has no such fragment.
function rerunAfterReconnection() {
  const app = document.querySelector('[data-testid="stApp"]');
  let lost = false;
  new MutationObserver(() => {
    const connected = app.dataset.testConnectionState === "CONNECTED";
    if (connected && lost) setTimeout(() => sendState("connected", Date.now()), 100); // after Streamlit's own handling
    lost = !connected;
  }).observe(app, { attributes: true, attributeFilter: ["data-test-connection-state"] });
}

// Where the sidebar covers the page, close it once a page is chosen. Streamlit opens it by the width alone: on a phone held on its
// side, where it takes a third of what little there is, it begins closed.
function foldMenu() {
  const button = () => document.querySelector('[data-testid="stSidebarCollapseButton"] button');
  const [covers, low] = ["(max-width: 768px)", "(max-width: 1000px) and (max-height: 500px)"].map((query) => matchMedia(query).matches);
  addEventListener("click", (event) => {
    if (event.target.closest?.(".st-key-menu a") && matchMedia("(max-width: 768px)").matches) setTimeout(() => button()?.click());
  });
  if (covers || !low) return;
  const observer = new MutationObserver(() => {
    if (!button()) return;
    observer.disconnect();
    button().click();
  });
  observer.observe(document.body, { childList: true, subtree: true });
  // Streamlit remembers a closed sidebar: then this one is closed already, and it is its reader who opens it
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => observer.disconnect(), { capture: true, once: true });
}

// Where the tabs do not fit, scroll their strip to the open one: a link may open the last, and a narrow window shows the first three.
function scrollToOpenTabs() {
  const shown = new WeakMap();
  let asked = false;
  const show = () => {
    asked = false;
    for (const tab of document.querySelectorAll('[role="tab"][aria-selected="true"]')) {
      const strip = tab.closest('[role="tablist"]');
      if (!strip?.clientWidth || shown.get(strip) === tab) continue;
      shown.set(strip, tab);
      const [of, all] = [tab, strip].map((node) => node.getBoundingClientRect());
      strip.scrollBy({ left: of.left + of.width / 2 - all.left - all.width / 2 });
    }
  };
  const ask = () => { if (!asked) asked = Boolean(requestAnimationFrame(show)); };
  const watched = { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-selected"] };
  new MutationObserver(ask).observe(document.body, watched);
}

// A link to one of a page's tabs, such as "How many groups?" on Compare, is answered there, and not at the page's head: it is scrolled to,
// again while what stands above it is drawn, until its reader does something.
function scrollToAskedTab() {
  const find = () => document.querySelector('[data-testid="stMain"] [role="tablist"]');
  addEventListener("click", ({ target }) => {
    if (!target.closest?.('[data-testid="stMain"] a[href*="panel="]')) return;
    const left = find();
    const observer = new MutationObserver(() => { if (find() && find() !== left) find().scrollIntoView(); });
    const end = () => observer.disconnect();
    observer.observe(document.body, { childList: true, subtree: true });
    setTimeout(end, 8000);
    for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) addEventListener(kind, end, { once: true, capture: true });
  });
}

// What is wrong with the model stands below its formula, where the sidebar may end.
function scrollToErrors() {
  let shown = null;
  new MutationObserver(() => {
    const error = document.querySelector('[data-testid="stSidebar"] .lmm-error');
    if (error !== shown) error?.scrollIntoView({ block: "nearest" });
    shown = error;
  }).observe(document.body, { childList: true, subtree: true });
}

// What stands in a popover is drawn after it has opened, at the end of the document. Streamlit moves the focus there only where it is
// drawn at once, so whoever opened it by keyboard would go through the rest of the page first.
function focusPopovers() {
  addEventListener("keydown", ({ key, target }) => {
    const button = ["Enter", " "].includes(key) && target.closest?.('[data-testid="stPopoverButton"][aria-expanded="false"]');
    if (!button) return;
    const first = () => firstControl(document.querySelector('[data-testid="stPopoverBody"]'));
    const observer = new MutationObserver(() => {
      if (!first()) return;
      observer.disconnect();
      // Streamlit comes first
      setTimeout(() => { if (document.activeElement === button) first()?.focus(); }, 100);
    });
    observer.observe(document.body, { childList: true, subtree: true });
    setTimeout(() => observer.disconnect(), 10000);
  }, true);
}

// While a run draws the tabs one by one, Streamlit disables those that it has not come to, and the one with the keyboard's focus loses
// it: its reader would begin at the page's head again.
function keepFocusOnTabs() {
  addEventListener("focusout", ({ target: tab, relatedTarget }) => {
    if (relatedTarget || !tab.matches?.('[role="tab"]') || tab.hasAttribute("tabindex")) return; // it was left
    const observer = new MutationObserver(() => {
      if (!tab.hasAttribute("tabindex")) return;
      observer.disconnect();
      if (document.activeElement === document.body) tab.focus();
    });
    observer.observe(tab, { attributeFilter: ["tabindex"] });
    setTimeout(() => observer.disconnect(), 10000);
  }, true);
}

// A button that its own press takes off the page, such as "Put them back", would leave the keyboard's focus at the page's head: the control
// that stands in its place then gets it.
function passFocusOn() {
  const controls = () => [...document.querySelectorAll('[data-testid="stMain"] :is(input, button, textarea, a[href], [tabindex="0"])')]
    .filter((node) => !node.disabled && node.checkVisibility());
  addEventListener("click", ({ target, detail }) => {
    const button = detail === 0 && target.closest?.('[data-testid="stMain"] button'); // 0: not by a mouse
    if (!button) return;
    const all = controls(), before = all.slice(0, all.indexOf(button));
    const observer = new MutationObserver(() => {
      if (button.isConnected) return;
      observer.disconnect();
      setTimeout(() => { // what takes its place is drawn with its going
        if (document.activeElement !== document.body) return;
        const now = controls(), last = now.indexOf(before.findLast((node) => node.isConnected));
        (now[last + 1] ?? now[last])?.focus();
      }, 100);
    });
    observer.observe(document.body, { childList: true, subtree: true });
    setTimeout(() => observer.disconnect(), 10000);
  }, true);
}

// A button that disables itself, such as "Next" at the last step of a lecture, would leave the keyboard's focus at the page's head: the
// nearest button that can be pressed gets it, which is "Back" there. While the connection is lost Streamlit disables all.
function leaveDisabledButtons() {
  const nearest = (button) => {
    const row = button.parentElement?.closest('[data-testid="stMain"] *');
    if (!row) return null;
    return [...row.querySelectorAll("button:not(:disabled)")].find((node) => node.checkVisibility()) ?? nearest(row);
  };
  const observer = new MutationObserver(([{ target: button }]) => {
    const connected = document.querySelector('[data-test-connection-state="CONNECTED"]');
    if (button.disabled && connected && [button, document.body].includes(document.activeElement)) nearest(button)?.focus();
  });
  addEventListener("focusin", ({ target }) => {
    observer.disconnect();
    if (target.matches('[data-testid="stMain"] button')) observer.observe(target, { attributeFilter: ["disabled"] });
  });
}

// A page's answer is its first heading. Whoever changes the model in the sidebar, or goes to another page, does not hear what it has
// become: it is drawn anew, and no screen reader reads a live region that was not there before. It is told once the page stands still.
function announceAnswer() {
  const answer = () => document.querySelector('[data-testid="stMain"] h1')?.textContent.trim();
  let timer, told; // the first is read with the page
  const tell = async () => {
    const now = answer();
    if (!now || now === told) return;
    told = now;
    (await load("highlight.js")).announce(now);
  };
  new MutationObserver(() => {
    told ||= answer();
    clearTimeout(timer);
    timer = setTimeout(tell, ANSWER_DELAY);
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}

// The first control within a node, that of a component too, which stands in a shadow tree.
function firstControl(node) {
  for (const child of node?.children ?? []) {
    if (child.matches('input, button, textarea, a[href], [tabindex="0"]')) return child;
    const control = firstControl(child) ?? firstControl(child.shadowRoot);
    if (control) return control;
  }
  return null;
}
