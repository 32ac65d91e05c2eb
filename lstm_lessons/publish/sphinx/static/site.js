// Excerpts of search results are read from the pages, which a browser refuses to do for files.
if (window.location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// What is wider than the page scrolls in its box, which the keyboard must reach.
function reachable() {
  for (const formula of document.querySelectorAll("span.math")) {
    const room = formula.closest("p, li, td, th, dd, dt, h1, h2, h3")?.clientWidth;
    formula.classList.toggle("wide", formula.querySelector("svg")?.getBoundingClientRect().width > room);
    formula.removeAttribute("tabindex");
  }
  for (const box of document.querySelectorAll("pre, div.math, .math.wide, .table-wrapper, .cell_output > .output")) {
    if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
addEventListener("load", () => {
  reachable();
  window.MathJax?.startup.promise.then(reachable);
});
addEventListener("resize", reachable);

// Where a search has led here: mark its words, and show the passage that has most of them. Sphinx would put elements
// around them in all texts, those of widgets and programs among them, and leave the reader at the page's top.
const UNMARKED = ".lstm-lessons, .math, script, style, .headerlink";

function textsOf(article) {
  const texts = [];
  const walk = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (!walk.currentNode.parentElement.closest(UNMARKED)) texts.push(walk.currentNode);
  return texts;
}

function markSearched(terms) {
  const passages = new Map();
  const marks = new Highlight();
  for (const text of textsOf(document.querySelector("article"))) {
    for (const term of terms) {
      const places = text.data.toLowerCase().split(term).slice(0, -1);
      places.reduce((from, before) => {
        const mark = new Range();
        mark.setStart(text, from + before.length);
        mark.setEnd(text, from + before.length + term.length);
        marks.add(mark);
        return from + before.length + term.length;
      }, 0);
      const passage = text.parentElement.closest("a, p, li, td, th, pre, dt, h1, h2, h3") ?? text.parentElement;
      if (places.length > 0 && !passage.matches("a"))
        passages.set(passage, (passages.get(passage) ?? new Set()).add(term));
    }
  }
  CSS.highlights.set("searched", marks);
  const shown = [...passages].filter(([passage]) => passage.checkVisibility());
  const most = Math.max(...shown.map(([, found]) => found.size));
  if (!location.hash) shown.find(([, found]) => found.size === most)?.[0].scrollIntoView({ block: "center" });
}

// The way back to a page without marks stands where Sphinx has it.
function offerToHide() {
  const hide = Object.assign(document.createElement("a"), { href: "", textContent: "Hide search matches" });
  const line = Object.assign(document.createElement("p"), { className: "highlight-link" });
  hide.addEventListener("click", (event) => {
    event.preventDefault();
    CSS.highlights.clear();
    line.remove();
  });
  line.append(hide);
  document.querySelector("#searchbox")?.append(line);
}

const searched = localStorage.getItem("sphinx_highlight_terms")?.toLowerCase().split(/\s+/u).filter(Boolean) ?? [];
localStorage.removeItem("sphinx_highlight_terms");
if (searched.length > 0 && CSS.highlights) {
  offerToHide();
  addEventListener("load", () => markSearched(searched));
}
