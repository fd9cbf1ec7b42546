// Our HTML on a page. A plain click on a link, and a form, stay in this session; with a modifier key
// a link opens as any other. What the browser's back button leads to is as it was left: branches
// that were open (details with data-node), and the link that was followed, in view and in focus.
// Both are kept with the entry of the browser's history, for each piece of a page by its key.
// The many links of a table are sent short: what all of them lead to stands once (data-address), and
// each says what comes after it (data-to). What is offered once stays closed in this browser once it
// was closed (data-once); Escape is the way out of a panel. What scrolls within itself is a place to
// go to with the keyboard, by the name of its table.

const kept = (key) => history.state?.kpi?.[key] ?? {};

const keep = (key, what) => {
  const kpi = { ...history.state?.kpi, [key]: { ...kept(key), ...what } };
  history.replaceState({ ...history.state, kpi }, "");
};

// A browser may keep nothing for a site: then what was closed is offered again.
const isClosed = (name) => {
  try {
    return localStorage.getItem(name) !== null;
  } catch {
    return false;
  }
};

const close = (name) => {
  try {
    localStorage.setItem(name, "closed");
  } catch {
    // It is closed on this page all the same.
  }
};

const branches = (root) => [...root.querySelectorAll("details[data-node]")];
const opened = (root) => branches(root).filter((one) => one.open).map((one) => one.dataset.node);

const reopen = (root, nodes) => {
  for (const one of branches(root)) if (nodes.includes(one.dataset.node)) one.open = true;
};

const comeBack = (root, key) => {
  const { open, left } = kept(key);
  reopen(root, open ?? []);
  const link = left && [...root.querySelectorAll("a[data-go]")].find((a) => a.dataset.go === left);
  if (!link || link.closest("[hidden]")) return;
  keep(key, { left: null });
  link.focus({ preventScroll: true });
  link.scrollIntoView({ block: "center" });
};

const complete = (root) => {
  for (const link of root.querySelectorAll("a[data-to]"))
    link.href = link.closest("[data-address]").dataset.address + encodeURIComponent(link.dataset.to);
};

// Which rows of a table are shown says another piece of the page, whichever of the two comes first.
// As many as fill a tall window are shown at once, the rest in a few steps: laying out hundreds of
// rows takes longer than all else together.
const AT_ONCE = 24;
const THEN = 120;
let rest;
// The tables of which rows were shown before: whoever is at one has come back to it already.
const begun = new WeakSet();

const reveal = (rows, count) => {
  for (const row of rows.splice(0, count)) row.hidden = false;
  if (rows.length) rest = setTimeout(reveal, 50, rows, THEN);
};

const choose = () => {
  const told = document.querySelector("[data-rows-of]");
  const table = told && document.querySelector(`.st-key-${told.dataset.rowsOf} .kpi`);
  if (!table) return;
  const shown = new Set(told.dataset.rows.split(" "));
  const rows = [...table.querySelectorAll("[data-row]")];
  for (const row of rows) if (!shown.has(row.dataset.row)) row.hidden = true;
  clearTimeout(rest);
  const isBack = rows.length > 0 && !begun.has(table) && kept(told.dataset.rowsOf).left;
  if (rows.length > 0) begun.add(table);
  reveal(rows.filter((row) => row.hidden && shown.has(row.dataset.row)), isBack ? Infinity : AT_ONCE);
  if (isBack) comeBack(table, told.dataset.rowsOf);
};

const reach = (area) => {
  const headed = area.closest("section, .kpi")?.querySelector("h1, h2, h3")?.firstChild;
  const name = (area.querySelector("caption") ?? headed)?.textContent.trim();
  new ResizeObserver(() => {
    const isCut = area.scrollWidth > area.clientWidth || area.scrollHeight > area.clientHeight;
    const told = isCut ? { tabindex: 0, role: "region", "aria-label": name } : {};
    for (const what of ["tabindex", "role", "aria-label"])
      if (told[what] === undefined) area.removeAttribute(what);
      else area.setAttribute(what, told[what]);
  }).observe(area);
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".kpi");
  // A line about it, then the HTML itself.
  const sent = new TextDecoder().decode(data);
  const { key, language } = JSON.parse(sent.slice(0, sent.indexOf("\n")));
  const html = sent.slice(sent.indexOf("\n") + 1);
  const page = document.documentElement;
  if (page.lang !== language) page.lang = language;
  if (root.shown !== html) {
    const nodes = opened(root);
    root.innerHTML = html;
    complete(root);
    choose();
    root.querySelectorAll(".kpi-scroll, .tall").forEach(reach);
    if (root.shown === undefined) comeBack(root, key);
    else reopen(root, nodes);
    root.shown = html;
    const once = root.querySelector("[data-once]");
    if (once) once.hidden = isClosed(once.dataset.once);
    root.querySelector("[data-focus]")?.focus();
  }
  root.onkeydown = (event) => {
    const way = event.key === "Escape" && root.querySelector("[data-escape]");
    if (way) setTriggerValue("go", way.dataset.go);
  };
  for (const one of branches(root)) one.ontoggle = () => keep(key, { open: opened(root) });
  root.onclick = (event) => {
    const all = event.target.closest("button[data-open]");
    if (all) for (const one of branches(root)) one.open = all.dataset.open === "all";
    const once = event.target.closest("[data-close]") && root.querySelector("[data-once]");
    if (once) {
      close(once.dataset.once);
      once.hidden = true;
    }
    const link = event.target.closest("a[data-go], button[data-go]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    keep(key, { left: link.dataset.go });
    // What somebody typed, or an indicator is called, is never taken for a way into the help.
    setTriggerValue("help" in link.dataset ? "help" : "go", link.dataset.go);
  };
  root.onsubmit = (event) => {
    event.preventDefault();
    setTriggerValue("go", new FormData(event.target).get("words"));
  };
}
