// Start the deck. The first slide shows before MathJax is even read, unless it holds a formula;
// MathJax draws a slide's formulas when the slide comes near.
const printing = /print-pdf/.test(window.location.search);
const everySlide = () => [...document.querySelectorAll(".slides > section > section")];
const page = document.documentElement.dataset;

const mathJaxIsThere = new Promise((resolve) => {
  window.MathJax = {
    tex: { inlineMath: [["$", "$"]], displayMath: [["$$", "$$"]], processEscapes: true },
    svg: { fontCache: "local" },
    options: { enableMenu: false, ignoreHtmlClass: "lstm-lessons|highlight|output", processHtmlClass: "text|notes" },
    startup: { typeset: false, ready() { MathJax.startup.defaultReady(); resolve(); } },
  };
});

function readMathJax() {
  const script = document.createElement("script");
  script.textContent = document.getElementById("mathjax").textContent;
  document.head.append(script);
}

async function typeset(slides) {
  const waiting = slides.filter((slide) => slide && !slide.dataset.typeset);
  waiting.forEach((slide) => { slide.dataset.typeset = "true"; });
  await mathJaxIsThere;
  if (waiting.length) await MathJax.typesetPromise(waiting);
}

function neighbors(slide) {
  const all = everySlide();
  const place = all.indexOf(slide);
  return typeset([all[place + 1], all[place + 2], all[place - 1]]);
}

const hasFormula = (slide) => [...slide.querySelectorAll(".text")].some((text) => text.textContent.includes("$"));
const whenIdle = () => new Promise((done) => window.requestIdleCallback ? requestIdleCallback(done, { timeout: 300 }) : setTimeout(done, 100));

// data-drawn: the first slide is complete. data-ready: and MathJax is there for the next.
async function first({ currentSlide }) {
  if (!hasFormula(currentSlide)) {
    page.drawn = "true";
    await whenIdle(); // to read MathJax keeps the browser from drawing
  }
  if (!printing) readMathJax();
  await typeset([currentSlide]);
  page.drawn = "true";
  page.ready = "true";
  await neighbors(currentSlide);
}

function start() {
  Reveal.on("ready", first);
  Reveal.on("slidechanged", ({ currentSlide }) => typeset([currentSlide]).then(() => neighbors(currentSlide)));
  Reveal.initialize({
    width: 1280, height: 720, margin: 0, center: false, hash: true, transition: "none", backgroundTransition: "none",
    display: "flex", slideNumber: "c/t", controlsTutorial: false, pdfSeparateFragments: false, plugins: [RevealNotes],
  });
}

// In print every slide is laid out at once, so its formulas must be there before.
if (printing) document.addEventListener("DOMContentLoaded", () => { readMathJax(); typeset(everySlide()).then(start); });
else start();
