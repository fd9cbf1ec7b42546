// For everyone's eyes and hands, on every page.

// Whoever's system asks for more contrast has it from the first moment, and can choose otherwise.
const here = new URL(location);
if (matchMedia("(prefers-contrast: more)").matches && !here.searchParams.has("contrast")) {
  here.searchParams.set("contrast", "high");
  history.replaceState(history.state, "", here);
}

// Light or dark is chosen in Streamlit's menu; the whole document follows, dialogs too.
const follow = (app) => {
  document.documentElement.style.colorScheme = getComputedStyle(app).colorScheme;
};
new MutationObserver((changes, observer) => {
  const app = document.querySelector('[data-testid="stApp"]');
  if (!app) return;
  observer.disconnect();
  follow(app);
  new MutationObserver(() => follow(app)).observe(app, { attributeFilter: ["class"] });
}).observe(document, { childList: true, subtree: true });

// A chart wider than its place is scrolled with the arrow keys. It is told by its sentence and its
// table: the letters along its axes, read out one after another, would say nothing.
const plots = document.getElementsByClassName("js-plotly-plot");
const places = new WeakSet();
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
});
new MutationObserver(() => {
  for (const plot of plots) {
    plot.ariaHidden = "true";
    const place = plot.closest('[data-testid="stElementContainer"]');
    if (!place || places.has(place)) continue;
    places.add(place);
    sizes.observe(place);
  }
}).observe(document, { childList: true, subtree: true });

// What a button unfolds stands at the end of the document, and is where the tabulator key leads next
// all the same.
const reached = ":is(a[href], button, input, select, textarea):not(:disabled, [tabindex='-1'])";
document.addEventListener("keydown", (event) => {
  if (event.key !== "Tab" || event.shiftKey || !(event.target instanceof Element)) return;
  if (!event.target.closest('[data-testid="stPopover"]')) return;
  const first = document.querySelector(`[data-testid="stPopoverBody"] ${reached}`);
  if (!first) return;
  event.preventDefault();
  first.focus();
});

// Whoever reloads or closes a page with changes that are not saved is asked first, by the browser.
addEventListener("beforeunload", (event) => {
  if (document.querySelector("[data-unsaved]")) event.preventDefault();
});

// Links past the navigation lead to Streamlit's main part.
document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element && event.target.matches(".kpi-skip"))) return;
  event.preventDefault();
  document.querySelector('[data-testid="stMain"]')?.focus();
});
