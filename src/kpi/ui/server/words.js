// Streamlit's own words in the language of the page, from CATALOGUES: English to the word, by language.
// It is looked up when something is shown: the page may have been switched since. Names for screen
// readers are put right wherever they are, texts where no figure of a plan can be. What a drawing is
// made of has neither.

const parts = ["stDataFrameColumnMenu", "stElementToolbar", "stTooltipContent", "stStatusWidget",
  "stMainMenuList", "stFileUploader"].map(name => `[data-testid="${name}"]`);
const places = [...parts, ".react-aria-ListBox", ".react-aria-Popover"].join();
const words = new Map();
const learn = () => {
  const own = CATALOGUES[document.documentElement.lang] ?? {};
  for (const said of Object.values(CATALOGUES))
    for (const [english, word] of Object.entries(own))
      words.set(english, word).set(said[english], word);
};
const put = added => {
  if (added.closest(".kpi")) return;
  for (const part of [added, ...added.querySelectorAll("[aria-label], [title]")])
    for (const name of ["aria-label", "title"]) {
      const word = words.get(part.getAttribute(name));
      if (word && !part.closest(".kpi")) part.setAttribute(name, word);
    }
  const inside = added.closest(places) ? [added] : [...added.querySelectorAll(places)];
  for (const part of inside.flatMap(one => [one, ...one.querySelectorAll("*")]))
    for (const text of part.childNodes)
      if (text instanceof Text && words.has(text.data)) text.data = words.get(text.data);
};
learn();
new MutationObserver(changes => {
  for (const added of changes.flatMap(change => [...change.addedNodes]))
    if (added instanceof HTMLElement) put(added);
}).observe(document, {childList: true, subtree: true});
new MutationObserver(() => { learn(); put(document.body); })
  .observe(document.documentElement, {attributeFilter: ["lang"]});
