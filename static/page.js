// What every page of the app needs of its browser, in one component that is never to be seen: one step in the history for one step
// of the reader, whether the window is narrow, a run once the server is back, a sidebar that goes away, popovers that the keyboard
// enters, and the charts' library and colours.
// Streamlit calls the default export when it is mounted, and again when its data or the theme change.

const own = (name) => import(new URL(name + new URL(import.meta.url).search, import.meta.url));
own("chart.js"); // on its way while the server works on the first figure
const theme = own("theme.js");

let tell = () => {};

if (!window.lmmPage) {
  window.lmmPage = true;
  countSteps();
  hearTheServer();
  closeTheMenu();
  enterPopovers();
}

export default function ({ data, setStateValue }) {
  tell = setStateValue;
  theme.then(({ know }) => know(data.palette));
  const window_ = matchMedia(`(max-width: ${data.breakpoint}px)`);
  // says nothing, which would run the page again, where the server is right
  const compare = () => { if (window_.matches !== data.narrow) setStateValue("narrow", window_.matches); };
  window_.onchange = compare;
  compare();
  return () => { window_.onchange = null; };
}

// A page writes its state into the address once it knows it. Streamlit makes every such change an entry of its own, so whoever
// opened a page by a link had to press Back twice. What the page writes without anybody's having clicked or typed since the last
// entry completes that entry.
function countSteps() {
  let touched = false;
  for (const kind of ["pointerdown", "keydown", "change"]) addEventListener(kind, () => { touched = true; }, true);
  addEventListener("popstate", () => { touched = false; });
  const { pushState, replaceState } = history;
  history.pushState = function (state, title, url) {
    const completes = !touched && new URL(url ?? "", location.href).pathname === location.pathname;
    touched = false;
    return (completes ? replaceState : pushState).call(this, state, title, url);
  };
}

// A page that has lost its server and found one again runs anew at once: the new server knows nothing of it. Streamlit waits for
// the next click, and passes that of a fragment's control over without a word, as a new server has no such fragment.
function hearTheServer() {
  const app = document.querySelector('[data-testid="stApp"]');
  let lost = false;
  new MutationObserver(() => {
    const connected = app.dataset.testConnectionState === "CONNECTED";
    if (connected && lost) setTimeout(() => tell("connected", Date.now()), 100); // once Streamlit has done what it does of itself
    lost = !connected;
  }).observe(app, { attributes: true, attributeFilter: ["data-test-connection-state"] });
}

// Where the sidebar lies over the page, it goes away once a page is chosen.
function closeTheMenu() {
  addEventListener("click", (event) => {
    const close = document.querySelector('[data-testid="stSidebarCollapseButton"] button');
    if (event.target.closest?.(".st-key-menu a") && matchMedia("(max-width: 768px)").matches) setTimeout(() => close?.click());
  });
}

// What stands in a popover is drawn after it has opened, at the end of the document. Streamlit moves the focus there only where it is
// drawn at once, so whoever opened it by keyboard would go through the rest of the page first.
function enterPopovers() {
  addEventListener("keydown", ({ key, target }) => {
    const button = ["Enter", " "].includes(key) && target.closest?.('[data-testid="stPopoverButton"][aria-expanded="false"]');
    if (!button) return;
    const observer = new MutationObserver(() => {
      const first = document.querySelector('[data-testid="stPopoverBody"] :is(input, button, textarea, a[href], [tabindex="0"])');
      if (!first) return;
      observer.disconnect();
      if (document.activeElement === button) first.focus();
    });
    observer.observe(document.body, { childList: true, subtree: true });
    setTimeout(() => observer.disconnect(), 10000);
  }, true);
}
