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
