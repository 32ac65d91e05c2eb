// Start the deck. MathJax draws a slide's formulas when the slide comes near, so that the first one shows at once.
const printing = /print-pdf/.test(window.location.search);
const typeset = async (slides) => {
  const waiting = slides.filter((slide) => slide && !slide.dataset.typeset);
  waiting.forEach((slide) => { slide.dataset.typeset = "true"; });
  if (waiting.length) await MathJax.typesetPromise(waiting);
};
const everySlide = () => [...document.querySelectorAll(".slides > section > section")];

function start() {
  Reveal.on("ready", ({ currentSlide }) => typeset([currentSlide]).then(() => {
    document.documentElement.dataset.ready = "true";
    neighbors(currentSlide);
  }));
  Reveal.on("slidechanged", ({ currentSlide }) => typeset([currentSlide]).then(() => neighbors(currentSlide)));
  Reveal.initialize({
    width: 1280, height: 720, margin: 0, center: false, hash: true, transition: "none", backgroundTransition: "none",
    display: "flex", slideNumber: "c/t", controlsTutorial: false, pdfSeparateFragments: false, plugins: [RevealNotes],
  });
}

function neighbors(slide) {
  const all = everySlide();
  const place = all.indexOf(slide);
  typeset([all[place + 1], all[place + 2], all[place - 1]]);
}

window.MathJax = {
  tex: { inlineMath: [["$", "$"]], displayMath: [["$$", "$$"]], processEscapes: true },
  svg: { fontCache: "local" },
  options: { enableMenu: false, ignoreHtmlClass: "lstm-lessons|highlight|output", processHtmlClass: "text|notes" },
  startup: { typeset: false, ready() { MathJax.startup.defaultReady(); (printing ? typeset(everySlide()) : Promise.resolve()).then(start); } },
};
