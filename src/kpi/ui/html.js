// Our HTML on a page. A plain click on a link, and a form, stay in this session; with a modifier key
// a link opens as any other. What the browser's back button leads to is as it was left: branches
// that were open (details with data-node), and the link that was followed, in view and in focus.
// Both are kept with the entry of the browser's history, for each piece of a page by its key.
// The many links of a table are sent short: what all of them lead to stands once (data-address), and
// each says what comes after it (data-to).

const kept = (key) => history.state?.kpi?.[key] ?? {};

const keep = (key, what) => {
  const kpi = { ...history.state?.kpi, [key]: { ...kept(key), ...what } };
  history.replaceState({ ...history.state, kpi }, "");
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
  if (!link) return;
  keep(key, { left: null });
  link.focus({ preventScroll: true });
  link.scrollIntoView({ block: "center" });
};

const complete = (root) => {
  for (const link of root.querySelectorAll("a[data-to]"))
    link.href = link.closest("[data-address]").dataset.address + encodeURIComponent(link.dataset.to);
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
    if (root.shown === undefined) comeBack(root, key);
    else reopen(root, nodes);
    root.shown = html;
  }
  for (const one of branches(root)) one.ontoggle = () => keep(key, { open: opened(root) });
  root.onclick = (event) => {
    const all = event.target.closest("button[data-open]");
    if (all) for (const one of branches(root)) one.open = all.dataset.open === "all";
    const link = event.target.closest("a[data-go]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    keep(key, { left: link.dataset.go });
    setTriggerValue("go", link.dataset.go);
  };
  root.onsubmit = (event) => {
    event.preventDefault();
    setTriggerValue("go", new FormData(event.target).get("words"));
  };
}
