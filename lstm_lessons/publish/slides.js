// Start the deck. The first slide shows before MathJax and the widgets are even read, unless it holds
// a formula or a widget. MathJax draws a slide's formulas when the slide comes near, and those of all
// others while nothing else is to do: the overview, the speaker's notes and paper show them, too.
const printing = /print-pdf/u.test(window.location.search);
const inSpeakersView = /receiver/u.test(window.location.search);
const phone = window.matchMedia("(max-width: 600px) and (orientation: portrait), (max-height: 480px)");
const everySlide = () => [...document.querySelectorAll(".slides > section > section")];
const page = document.documentElement.dataset;

const mathJaxIsThere = new Promise((resolve) => {
  window.MathJax = {
    tex: { inlineMath: [["$", "$"]], displayMath: [["$$", "$$"]], processEscapes: true },
    svg: { fontCache: "local" },
    options: { enableMenu: false, ignoreHtmlClass: "lstm-lessons|highlight|output", processHtmlClass: "text|notes" },
    startup: {
      typeset: false,
      ready() {
        MathJax.startup.defaultReady();
        resolve();
      },
    },
  };
});

function run(text, type = "") {
  const script = Object.assign(document.createElement("script"), { type, textContent: text, async: false });
  document.head.append(script); // with async false, modules run one after the other
}

const readMathJax = () => run(document.querySelector("#mathjax").textContent);

const parsed = new Promise((done) => {
  document.addEventListener("DOMContentLoaded", done);
});
async function readWidgets() {
  await parsed;
  const live = new Promise((done) => {
    window.addEventListener("widgets-live", done, { once: true });
  });
  document.querySelectorAll("script.widget").forEach(({ textContent }) => run(textContent, "module"));
  run('window.dispatchEvent(new Event("widgets-live"));', "module");
  await live;
}

async function typeset(slides) {
  const waiting = slides.filter((slide) => slide && !slide.dataset.typeset);
  waiting.forEach((slide) => {
    slide.dataset.typeset = "true";
  });
  await mathJaxIsThere;
  if (waiting.length === 0) return;
  await MathJax.typesetPromise(waiting);
  withoutTwins(waiting);
}

// The speaker's view copies notes into a page of its own, where MathML for screen readers would show.
function withoutTwins(slides) {
  slides.forEach((slide) => slide.querySelectorAll(".notes mjx-assistive-mml").forEach((twin) => twin.remove()));
}

// At once, for a dialog that waits for nobody.
function typesetNow() {
  const waiting = everySlide().filter((slide) => !slide.dataset.typeset);
  if (!window.MathJax.typeset || waiting.length === 0) return;
  MathJax.typeset(waiting);
  waiting.forEach((slide) => {
    slide.dataset.typeset = "true";
  });
  withoutTwins(waiting);
}

async function typesetInTurn([slide, ...rest]) {
  if (!slide) return;
  await whenIdle();
  await typeset([slide]);
  await typesetInTurn(rest);
}

function neighbors(slide) {
  const all = everySlide();
  const place = all.indexOf(slide);
  return typeset([all[place + 1], all[place + 2], all[place - 1]]);
}

const isComplete = (slide) =>
  !slide.querySelector("[data-lstm-widget]") &&
  ![...slide.querySelectorAll(".text")].some((text) => text.textContent.includes("$"));
const whenIdle = () =>
  new Promise((done) => {
    if (window.requestIdleCallback) requestIdleCallback(done, { timeout: 300 });
    else setTimeout(done, 100);
  });

// data-drawn: the first slide is complete. data-ready: and MathJax and widgets are there for the next.
async function first({ currentSlide }) {
  if (isComplete(currentSlide)) {
    page.drawn = "true";
    await whenIdle(); // to read the rest keeps the browser from drawing
  }
  if (!printing) {
    await readWidgets();
    readMathJax();
  }
  await typeset([currentSlide]);
  page.drawn = "true";
  page.ready = "true";
  await neighbors(currentSlide);
  if (!inSpeakersView) await typesetInTurn(everySlide());
}

// The speaker's view shows the notes as they are when it hears of the slide: tell it again once they are drawn.
async function turned({ currentSlide }) {
  const raw = !currentSlide.dataset.typeset;
  await typeset([currentSlide]);
  if (raw) Reveal.dispatchEvent({ type: "resumed" });
  await neighbors(currentSlide);
}

// A control that the keyboard led to keeps the keys that work it: all of a list but Escape, Space and Enter of a
// button. A key of the speaker's view has no target.
function isForSlides({ key, target }) {
  if (target?.matches?.("select")) return key === "Escape";
  return !(["Enter", " "].includes(key) && target?.matches?.("button, summary"));
}

// After a click the next key is the presenter's, as in the widgets, which see to their own.
function leave({ detail, target }) {
  if (detail > 0) target.closest("button, summary")?.blur();
}

// What moves with a finger along it: an input, what says so by its style, or a box that scrolls.
function takesDrags(node) {
  if (!node || node.matches("section")) return false;
  const { touchAction, overflowX } = getComputedStyle(node);
  const scrolls = node.scrollWidth > node.clientWidth && ["auto", "scroll"].includes(overflowX);
  return scrolls || touchAction !== "auto" || node.matches("input, select") || takesDrags(node.parentElement);
}

// reveal.js takes each finger for a swipe, that of a pinch, or of a look about an enlarged slide, too.
const fingers = new Set();
function touched({ type, pointerId, pointerType, target }) {
  if (pointerType !== "touch") return;
  if (type !== "pointerdown") {
    fingers.delete(pointerId);
    return;
  }
  fingers.add(pointerId);
  const busy = fingers.size > 1 || visualViewport.scale > 1.05 || takesDrags(target);
  document.querySelector("main").toggleAttribute("data-prevent-swipe", busy);
}

function start() {
  document.addEventListener("click", leave);
  for (const kind of ["pointerdown", "pointerup", "pointercancel"]) document.addEventListener(kind, touched, true);
  Reveal.on("ready", first);
  Reveal.on("slidechanged", turned);
  Reveal.on("overviewshown", () => typeset(everySlide()));
  window.addEventListener("beforeprint", typesetNow);
  // reveal.js would print a text without slides; it leaves paper alone where this class says that slides are laid out.
  document.documentElement.classList.add("print-pdf");
  Reveal.initialize({
    navigationMode: "linear",
    keyboardCondition: isForSlides,
    width: 1280,
    height: 720,
    margin: 0,
    center: false,
    hash: true,
    transition: "none",
    backgroundTransition: "none",
    display: "flex",
    slideNumber: "c/t",
    controlsTutorial: false,
    pdfSeparateFragments: false,
    plugins: [RevealNotes],
  });
}

// In print every slide is laid out at once, so its widgets and formulas must be there before.
async function startPrinted() {
  await readWidgets();
  readMathJax();
  await typeset(everySlide());
  start();
}

// On a phone a slide is too small to read, so the deck is one long page; the speaker's view shows slides in small.
async function startPage() {
  document.querySelector("main").className = "scrolled";
  page.drawn = "true";
  await readWidgets();
  readMathJax();
  page.ready = "true";
  await typesetInTurn(everySlide());
}

if (printing) startPrinted();
else if (phone.matches && !inSpeakersView) startPage();
else start();
if (!inSpeakersView) phone.addEventListener("change", () => window.location.reload());
