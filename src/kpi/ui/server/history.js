// One act of a person is one step of the browser's back button. Streamlit adds a step whenever the
// address changes: one for each box that names its choice, two on the way to another page, one more
// for whatever a page one has come back to adds. Until the person acts again, all of it is one step.

let acted = false;
for (const kind of ["pointerdown", "keydown", "click"])
  addEventListener(kind, () => (acted = true), true);
addEventListener("popstate", () => (acted = false), true);
const push = history.pushState.bind(history);
history.pushState = (state, title, url) => {
  const kept = new URL(url, location).pathname === location.pathname ? history.state : null;
  if (acted) push(state, title, url);
  else history.replaceState({ ...kept, ...state }, title, url);
  acted = false;
};
