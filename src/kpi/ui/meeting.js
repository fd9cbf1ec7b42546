// The meeting in the browser: on by keys and remotes, and what is typed is kept (sessionStorage)
// until the server says that it has it.

const own = new Map();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".kpi-meeting");
  const place = `kpi-meeting ${data.mark}`;
  if (!own.has(root)) {
    own.clear();
    const drafts = JSON.parse(sessionStorage.getItem(place) || "{}");
    own.set(root, { want: data.item, count: 0, drafts, isNew: true });
  }
  const kpi = own.get(root);
  kpi.data = data;
  const part = (name) => root.querySelector(`:scope > .${name}`);
  const put = (element, name, html) => {
    if (element.dataset[name] === html) return false;
    element.innerHTML = html;
    element.dataset[name] = html;
    return true;
  };
  const keep = () => sessionStorage.setItem(place, JSON.stringify(kpi.drafts));
  const hasDrafts = () => Object.keys(kpi.drafts).length > 0;
  const send = (go = null, decided = null) => {
    clearTimeout(kpi.timer);
    if (go === null && decided === null && !hasDrafts()) return;
    setTriggerValue("said", { go, decided, drafts: kpi.drafts, count: ++kpi.count });
    // Said again until the server has it.
    if (hasDrafts()) kpi.timer = setTimeout(send, 4000);
  };
  const go = (to) => {
    const item = Math.min(Math.max(to, 1), kpi.data.count);
    if (item === kpi.want && item === kpi.shown) return;
    kpi.want = item;
    send(item);
    // A run of the whole page that has begun meanwhile may not have heard of it.
    clearTimeout(kpi.again);
    kpi.again = setTimeout(() => kpi.want !== kpi.shown && go(kpi.want), 1500);
  };

  // What the server has is no draft any more; what was typed on since builds upon it.
  for (const ack of data.acks) {
    const draft = kpi.drafts[ack.place];
    if (!draft) continue;
    if (draft.text === ack.text) delete kpi.drafts[ack.place];
    else if (!ack.late) draft.on = ack.number;
  }
  keep();
  if (!hasDrafts() || data.isRefused) clearTimeout(kpi.timer);

  const isOther = kpi.shown !== data.item;
  if (isOther) {
    kpi.shown = data.item;
    kpi.want = data.item;
  }
  const held = document.activeElement?.dataset?.go;
  put(part("slide"), "html", data.slide);
  put(part("notice"), "html", data.notice);
  put(part("foot"), "html", data.foot);
  if (put(root.querySelector(".nx"), "html", data.way) && held) {
    (root.querySelector(`.nx [data-go="${held}"]`) || root.querySelector(".nx .go")).focus();
  }
  if (isOther) part("spoken").textContent = data.spoken;

  const tell = (kind) => {
    const draft = kpi.drafts[`${data.series}/${kind}`];
    const said = root.querySelector(`#kpi-meeting-${kind}-said`);
    if (said) said.textContent = draft ? data.unsaved : data.words[kind].said;
  };
  for (const kind of Object.keys(data.words)) {
    const field = root.querySelector(`[name="${kind}"]`);
    const text = kpi.drafts[`${data.series}/${kind}`]?.text ?? data.words[kind].text;
    if (field && field.value !== text) field.value = text;
    const read = root.querySelector(`[data-read="${kind}"]`);
    if (read) read.textContent = data.words[kind].text;
    tell(kind);
  }

  root.oninput = (event) => {
    const kind = event.target.name, at = `${data.series}/${kind}`;
    const now = kpi.data.words[kind], text = event.target.value;
    if (text === now.text) delete kpi.drafts[at];
    else kpi.drafts[at] = { text, on: kpi.drafts[at]?.on ?? now.number };
    keep();
    tell(kind);
    clearTimeout(kpi.timer);
    kpi.timer = setTimeout(send, 4000);
  };
  root.onfocusout = (event) => {
    if (!event.relatedTarget?.closest?.("[data-go]")) send();
  };
  root.onclick = (event) => {
    const link = event.target.closest("a[data-go], a[data-decide]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (link.dataset.decide) return send(null, link.dataset.decide);
    const way = link.dataset.go;
    if (way === "out") send("out");
    else go(kpi.want + (way === "next" ? 1 : -1));
  };
  const pressed = (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const typing = event.target.closest?.("input, textarea, select, [contenteditable=true]");
    if (event.key === "Escape") {
      if (typing) typing.blur();
      else send("out");
      return;
    }
    const to = {
      ArrowRight: kpi.want + 1, PageDown: kpi.want + 1, ArrowLeft: kpi.want - 1,
      PageUp: kpi.want - 1, Home: 1, End: kpi.data.count,
    }[event.key];
    if (typing || to === undefined) return;
    event.preventDefault();
    go(to);
  };
  const leaving = () => send();
  // This runs again with every item; what listened before listens no more.
  kpi.end?.();
  kpi.end = () => {
    document.removeEventListener("keydown", pressed);
    window.removeEventListener("pagehide", leaving);
  };
  document.addEventListener("keydown", pressed);
  window.addEventListener("pagehide", leaving);
  if (kpi.isNew) setTimeout(send, 200);
  kpi.isNew = false;
  return () => kpi.end();
}
