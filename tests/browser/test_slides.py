"""The decks, with no network: every slide fits, every widget lives, keys go where they should."""

from __future__ import annotations

import re

import nbformat
import pytest

from lstm_lessons.publish import pages, slides, worksheets
from tests.browser.hands.base import TWO_FRAMES, drag, place_in
from tests.browser.looks import objections
from tests.notebooks import form

SCREEN = {"width": 1280, "height": 720}
SMALLEST = 18  # pixels on a screen of 1280 by 720
# Shows a slide with all that waits on it, and measures it. Sub- and superscripts and what
# MathJax draws are parts of formulas, whose main size counts.
MEASURE = """async (slide) => {
    const { h, v } = Reveal.getIndices(slide);
    Reveal.slide(h, v);
    slide.querySelectorAll('.fragment').forEach((part) => part.classList.add('visible'));
    await MathJax.typesetPromise([slide]);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const scale = Reveal.getScale();
    const [small, boxes] = [[], []];
    const walk = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const parent = walk.currentNode.parentElement;
        const text = walk.currentNode.textContent.trim();
        if (!text || parent.closest('aside, .ll-visually-hidden, script, style')) continue;
        if (parent.closest('mjx-container, sub, sup, tspan')) continue;
        const range = document.createRange();
        range.selectNodeContents(walk.currentNode);
        const box = range.getBoundingClientRect();
        if (!box.width) continue;
        let pixels = parseFloat(getComputedStyle(parent).fontSize);
        if (parent.closest('svg')) pixels *= parent.getScreenCTM().a / scale;
        if (pixels < SMALLEST - 0.1) small.push(`${pixels.toFixed(1)} px: ${text.slice(0, 30)}`);
        if (!parent.closest('.ge-cards, .sx-parameters, .sx-rows')) boxes.push(box); // they scroll
    }
    // The indentation of code tells nothing where a line is broken.
    const broken = [...slide.querySelectorAll('.code pre')].filter((code) => {
        const lines = code.textContent.trimEnd().split('\\n').length;
        const height = parseFloat(getComputedStyle(code).lineHeight);
        return code.getBoundingClientRect().height / scale > (lines + 0.5) * height;
    }).map((code) => code.textContent.trim().slice(0, 40));
    const solid = 'img, svg, canvas, .lstm-lessons, mjx-container, table, pre';
    boxes.push(...[...slide.querySelectorAll(solid)].map((part) => part.getBoundingClientRect()));
    const shown = boxes.filter((box) => box.width && box.height);
    const heading = slide.querySelector('h1, h2, h3') ?? slide;
    return {
        name: `${h + 1}.${v + 1} (${heading.innerText.trim().slice(0, 40)})`,
        bottom: Math.round(Math.max(0, ...shown.map((box) => box.bottom)) / scale),
        right: Math.round(Math.max(0, ...shown.map((box) => box.right)) / scale),
        pictures: [...slide.querySelectorAll('.output > img')]
            .map((image) => Math.round(image.getBoundingClientRect().height / scale)),
        small,
        broken,
    };
}""".replace("SMALLEST", str(SMALLEST))


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    """The folder with the full decks of all lessons, and ``lectures`` in it."""
    folder = tmp_path_factory.mktemp("slides")
    slides.build(form.LESSONS, folder, full=True)
    slides.build(form.LESSONS, folder / "lectures")
    return folder


@pytest.fixture
def open_deck(open_visit, decks):
    """``open_deck("01_gate_equations")``: a visit to that full deck, offline; ``"lectures/01_…"`` to the lecture."""

    def show(name: str, screen=SCREEN, query="", **options):
        visit = open_visit(offline=True, viewport=screen, **options)
        visit.page.goto((decks / f"{name}.html").as_uri() + query)
        visit.page.wait_for_selector("html[data-ready]")
        return visit

    return show


def slide_of(page, selector: str):
    """Go to the first slide that holds such an element; the element."""
    page.evaluate(
        """(selector) => {
            const { h, v } = Reveal.getIndices(document.querySelector(selector).closest('section'));
            Reveal.slide(h, v);
            Reveal.getCurrentSlide().querySelectorAll('.fragment')
                .forEach((part) => part.classList.add('visible'));
        }""",
        selector,
    )
    page.evaluate(TWO_FRAMES)
    return page.locator(f"section.present > section.present {selector}").first


def place(page) -> str:
    return str(page.evaluate("() => Reveal.getIndices()"))


@pytest.mark.parametrize("name", [folder + path.stem for folder in ("lectures/", "") for path in form.LESSONS])
def test_every_slide_of_a_lesson_fits_and_nothing_is_small(open_deck, name):
    visit = open_deck(name)
    faults = []
    for slide in visit.page.query_selector_all(".slides > section > section"):
        found = visit.page.evaluate(MEASURE, slide)
        if found["bottom"] > SCREEN["height"] or found["right"] > SCREEN["width"]:
            faults.append(f"{found['name']} needs {found['right']} x {found['bottom']} pixels")
        faults += [f"{found['name']}: {text}" for text in found["small"]]
        faults += [f"{found['name']}: a line is broken in {code!r}" for code in found["broken"]]
        low = [height for height in found["pictures"] if height < 260]
        faults += [f"{found['name']}: a figure is left {height} pixels" for height in low]
    assert faults == []
    visit.assert_quiet()


def test_the_speaker_reads_the_minute_of_each_slide_of_a_lecture_and_its_widgets_live(open_deck):
    visit = open_deck("lectures/01_gate_equations")
    notes = visit.page.locator(".slides > section > section > aside.notes")
    assert notes.count() == visit.page.evaluate("() => Reveal.getTotalSlides()") <= 30
    assert all(re.match(r"\s*Minute \d+\.", text) for text in notes.all_text_contents())
    twins, live = (visit.page.locator(f"[data-lstm-widget]{rest}") for rest in ("", " > .lstm-lessons"))
    assert twins.count() == live.count() > 5
    visit.assert_quiet()


def test_a_slide_that_is_too_full_is_named(open_deck):
    page = open_deck(form.LESSONS[0].stem).page
    slide = page.query_selector(".slides > section > section")
    page.evaluate(
        """(slide) => {
            const more = document.createElement('pre');
            more.textContent = 'end';
            more.style = 'font-size: 9px; margin-top: 700px; flex: none';
            const code = document.createElement('div');
            code.className = 'code';
            code.innerHTML = `<pre>${'x'.repeat(40)} ${'y'.repeat(80)}\\n1</pre>`;
            slide.append(code, more);
        }""",
        slide,
    )
    found = page.evaluate(MEASURE, slide)
    assert found["bottom"] > SCREEN["height"] and "9.0 px: end" in found["small"]
    assert found["broken"] == ["x" * 40]


@pytest.mark.parametrize("screen", [SCREEN, {"width": 1024, "height": 768}])
def test_a_slider_on_a_slide_moves_its_numbers_and_turns_no_slide(open_deck, screen):
    visit = open_deck("01_gate_equations", screen)
    page = visit.page
    slider = slide_of(page, ".ll-gate_explorer input[data-name=x_0]")
    number = page.locator("section.present > section.present [data-symbol=c][data-value]").first
    before, here = number.get_attribute("data-value"), place(page)
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.evaluate(TWO_FRAMES)
    assert number.get_attribute("data-value") != before
    assert place(page) == here

    # After a drag with the mouse, the presenter's key belongs to the deck again.
    drag(page, place_in(slider), place_in(slider, 0.7), steps=1)
    page.evaluate(TWO_FRAMES)
    moved = slider.element_handle()
    value = moved.input_value()
    page.keyboard.press("PageDown")
    page.evaluate(TWO_FRAMES)
    assert place(page) != here and moved.input_value() == value
    visit.assert_quiet()


def fingers(page, *paths) -> None:
    """Touch the page along paths, of one finger each: (x, y) from and to."""
    session = page.context.new_cdp_session(page)

    def send(kind: str, share: float) -> None:
        points = [
            {"x": x0 + share * (x1 - x0), "y": y0 + share * (y1 - y0), "id": k}
            for k, ((x0, y0), (x1, y1)) in enumerate(paths)
        ]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if kind == "touchEnd" else points})

    send("touchStart", 0)
    for step in range(1, 7):
        send("touchMove", step / 6)
    send("touchEnd", 1)
    page.evaluate(TWO_FRAMES)


def test_a_swipe_turns_one_slide_where_a_widget_stands_too_and_a_slider_or_a_pinch_none(open_deck):
    page = open_deck("lectures/01_gate_equations", {"width": 1024, "height": 768}, has_touch=True).page
    slide_of(page, ".ll-prediction")
    places = [place(page)]
    for path in [((700, 400), (200, 400))] * 3:
        fingers(page, path)
        places.append(place(page))
    assert len(set(places)) == 4
    fingers(page, ((200, 400), (700, 400)))
    assert place(page) == places[2]

    slider = slide_of(page, ".ll-gate_explorer input[data-name=x_0]")
    here, value = place(page), slider.input_value()
    fingers(page, (place_in(slider, 0.7), place_in(slider, 0.1)))
    assert place(page) == here and slider.input_value() != value

    page.evaluate("() => Reveal.slide(0, 0)")
    here = place(page)
    fingers(page, ((400, 400), (200, 400)), ((600, 400), (800, 400)))  # enlarges
    page.wait_for_function("() => visualViewport.scale > 1.5")
    fingers(page, ((600, 400), (300, 400)))  # and looks about
    assert place(page) == here


def test_a_gate_explorer_on_a_slide_turns_to_its_equations_and_back(open_deck):
    page = open_deck("01_gate_equations").page
    turn = slide_of(page, ".ll-gate_explorer [data-action=turn]")
    here = page.locator("section.present > section.present")
    assert here.locator(".ge-picture").is_visible() and not here.locator(".ge-cards").is_visible()
    turn.click()
    assert here.locator(".ge-cards").is_visible() and not here.locator(".ge-picture").is_visible()
    found = page.evaluate(MEASURE, here.element_handle())
    assert found["bottom"] <= SCREEN["height"] and found["small"] == []
    turn.click()
    here.locator("[data-gate-choice=o]").click()
    found = page.evaluate(MEASURE, here.element_handle())
    assert found["bottom"] <= SCREEN["height"] and found["small"] == []
    here.locator("input[data-name=b_io_0]").focus()
    before = here.locator("[data-symbol=o][data-value]").first.get_attribute("data-value")
    page.keyboard.press("ArrowLeft")
    page.evaluate(TWO_FRAMES)
    assert here.locator("[data-symbol=o][data-value]").first.get_attribute("data-value") != before


def test_a_wave_can_be_drawn_on_a_slide(open_deck):
    visit = open_deck("01_gate_equations")
    pad = slide_of(visit.page, ".ll-sequence-explorer [data-role=pad]")
    trace = visit.page.locator("section.present > section.present path[data-symbol=c]").first
    before, shares = trace.get_attribute("data-values"), [0.01 + 0.98 * k / 9 for k in range(10)]
    drag(visit.page, *(place_in(pad, share, (0.1, 0.9)[k // 3 % 2]) for k, share in enumerate(shares)), steps=1)
    visit.page.evaluate(TWO_FRAMES)
    assert trace.get_attribute("data-values") != before
    visit.assert_quiet()


def test_formulas_are_drawn_and_the_speaker_has_notes(open_deck):
    visit = open_deck("01_gate_equations")
    page = visit.page
    page.evaluate("() => Reveal.slide(2, 0)")
    page.wait_for_selector("section.present > section.present mjx-container svg")
    assert "\\color" not in page.locator("section.present > section.present").inner_text()
    notes = page.locator("section.present > section.present aside.notes")
    assert notes.count() == 1 and len(notes.text_content()) > 40
    visit.assert_quiet()


def test_the_first_slide_is_drawn_before_what_the_next_ones_need_costs_time(open_visit, decks):
    note = """new MutationObserver(() => {
        if (!document.documentElement?.dataset.drawn) return;
        window.whenDrawn ??= {
            read: Boolean(window.MathJax.typesetPromise),
            widgets: document.querySelectorAll(".lstm-lessons").length,
            here: document.querySelectorAll(
                "section.present > section.present :is(mjx-container, .lstm-lessons)").length,
        };
    }).observe(document, { subtree: true, attributes: true })"""
    deck = (decks / "01_gate_equations.html").as_uri()

    def opened(address: str):
        page = open_visit(offline=True, viewport=SCREEN).page
        page.add_init_script(note)
        page.goto(address)
        page.wait_for_selector("html[data-ready]")
        return page, page.evaluate("() => window.whenDrawn")

    page, drawn = opened(deck)
    assert "$" not in page.locator("section.present > section.present").inner_text()
    assert drawn == {"read": False, "widgets": 0, "here": 0}
    assert page.evaluate("() => Boolean(window.MathJax.typesetPromise)")
    twins, live = (page.locator(f"[data-lstm-widget]{rest}") for rest in ("", " > .lstm-lessons"))
    assert twins.count() == live.count() > 2

    # Opened at a slide with formulas or a widget, the deck counts as drawn when they are.
    for what in ("(slide) => slide.textContent.includes('$$')", "(slide) => slide.querySelector('.lstm-lessons')"):
        place = page.evaluate(
            f"""() => {{
                const all = [...document.querySelectorAll(".slides > section > section")];
                const {{ h, v }} = Reveal.getIndices(all.find({what}));
                return `#/${{h}}/${{v}}`;
            }}"""
        )
        assert opened(deck + place)[1]["here"] > 0, what


# Texts and notes with a formula that is not drawn.
RAW = """() => [...document.querySelectorAll(".text, .notes")]
    .map((text) => text.textContent).filter((text) => /[$][^$]+[$]/.test(text))"""
ALL_DRAWN = (
    "() => [...document.querySelectorAll('.slides > section > section')].every((slide) => slide.dataset.typeset)"
)


def test_the_right_arrow_leads_through_every_slide_and_the_left_one_back(open_deck):
    page = open_deck("00_start_here").page
    places, count = [place(page)[:16]], page.evaluate("() => Reveal.getTotalSlides()")
    for _ in range(400):
        if page.evaluate("() => Reveal.isLastSlide()"):
            break
        page.keyboard.press("ArrowRight")
        places += [place(page)[:16]] * (place(page)[:16] not in places)
    assert len(places) == count
    for _ in range(400):
        if page.evaluate("() => Reveal.isFirstSlide()"):
            break
        page.keyboard.press("ArrowLeft")
    assert page.evaluate("() => Reveal.isFirstSlide()")


def test_overview_and_notes_show_every_formula_once(open_deck):
    visit = open_deck("01_gate_equations")
    page = visit.page
    page.keyboard.press("Escape")
    page.wait_for_function(ALL_DRAWN)
    assert page.evaluate(RAW) == []
    hidden = (
        "() => [...document.querySelectorAll('.fragment')].filter((part) => getComputedStyle(part).opacity !== '1')"
    )
    assert page.evaluate(hidden) == []
    page.keyboard.press("Escape")
    assert page.evaluate(hidden) != []
    # The speaker's view copies the notes' HTML: no MathML beside the picture of a formula.
    assert page.locator(".notes mjx-container svg").count() >= 4
    assert page.locator(".notes mjx-assistive-mml").count() == 0
    assert page.locator(".text mjx-assistive-mml").count() > 10
    visit.assert_quiet()


def test_all_formulas_are_drawn_in_turn_with_nobody_turning_a_slide(open_deck):
    page = open_deck("01_gate_equations").page
    page.wait_for_function(ALL_DRAWN)
    assert page.evaluate(RAW) == []


def test_notes_of_a_slide_that_is_jumped_to_reach_the_speaker_drawn(open_visit, decks):
    page = open_visit(offline=True, viewport=SCREEN).page
    page.add_init_script(  # idle once, for the start, and busy ever after: nothing is drawn in turn
        "const idle = window.requestIdleCallback; let left = 1;"
        "window.requestIdleCallback = (...call) => (left-- > 0 ? idle(...call) : 0);"
    )
    page.goto((decks / "01_gate_equations.html").as_uri())
    page.wait_for_selector("html[data-ready]")
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    notes = opened.value.locator(".speaker-controls-notes .value")
    opened.value.frame_locator("#upcoming-slide iframe").locator(
        "section.present h1, section.present h2"
    ).first.wait_for()
    page.evaluate("() => Reveal.slide(1, 0)")
    notes.locator("p").first.wait_for(state="attached")  # from now on it hears of every slide
    last = """() => [...document.querySelectorAll(".slides > section > section")]
        .findLast((slide) => /[$]/.test(slide.querySelector(".notes")?.textContent ?? ""))"""
    page.evaluate(f"() => {{ const {{ h, v }} = Reveal.getIndices(({last})()); Reveal.slide(h, v); }}")
    notes.locator("mjx-container svg").first.wait_for(state="attached")
    assert "$" not in notes.inner_text()


def test_printing_from_the_browsers_menu_gives_a_page_a_slide_and_shows_no_tex(open_deck):
    page = open_deck("01_gate_equations").page
    printed = page.pdf(prefer_css_page_size=True)
    assert page.evaluate(RAW) == []
    shown = page.evaluate("() => Reveal.getTotalSlides()")
    assert len(re.findall(rb"/Type /Page\b", printed)) == shown


def test_each_weight_that_a_task_names_can_be_turned_in_the_explorer_on_the_next_slide(open_deck):
    page = open_deck("01_gate_equations").page
    explorer = slide_of(page, ".ll-gate_explorer")
    task = page.evaluate(
        """() => [...document.querySelectorAll('.slides > section > section')]
            .find((slide) => slide.querySelector('.ll-gate_explorer')).previousElementSibling.textContent"""
    )
    [source] = [
        cell.source for cell in nbformat.read(form.LESSONS[1], 4).cells if cell.source.startswith("### Move every")
    ]
    assert "Close the output gate" in task
    named = set(re.findall(r"\b(b|W)_\{([hi][ifgo])\}", source))
    assert ("b", "io") in named
    for kind, which in named:
        explorer.locator(f"[data-gate-choice={which[1]}]:visible").click()
        explorer.locator(f"input[type=range][data-name^={kind}_{which}_]").wait_for()
        box = explorer.locator(f"input[type=range][data-name^={kind}_{which}_]").bounding_box()
        assert box["y"] + box["height"] < SCREEN["height"], "below the slide"


@pytest.mark.parametrize(("width", "height"), [(390, 844), (740, 360)])
def test_on_a_phone_a_deck_is_one_page_to_read(open_deck, width, height):
    visit = open_deck("01_gate_equations", screen={"width": width, "height": height})
    page = visit.page
    page.wait_for_function(ALL_DRAWN)
    assert page.evaluate("() => document.documentElement.scrollWidth") == width
    assert page.evaluate("() => document.documentElement.scrollHeight") > 10_000
    assert page.locator("main.scrolled").count() == 1
    sizes = page.locator("main.scrolled :is(p, li):visible").evaluate_all(
        "(texts) => texts.filter((text) => !text.closest('.lstm-lessons, .badge'))"
        ".map((text) => parseFloat(getComputedStyle(text).fontSize))"
    )
    assert min(sizes) >= 16
    twins, live = (page.locator(f"[data-lstm-widget]{rest}") for rest in ("", " > .lstm-lessons"))
    assert twins.count() == live.count() > 2
    assert page.locator(".notes:visible").count() == 0
    visit.assert_quiet()


def test_without_scripts_a_deck_is_one_page_to_read(open_visit, decks):
    page = open_visit(offline=True, java_script_enabled=False).page
    page.goto((decks / "lectures/01_gate_equations.html").as_uri())
    assert page.locator("noscript p").is_visible()
    parts = page.locator(".slides .item")
    assert page.locator(".slides .item:visible").count() == parts.count() > 30
    assert page.locator("[data-lstm-widget] > img:visible").count() > 5
    assert page.locator(".notes:visible").count() == 0
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 1280


# What stands on a page but not within its edges, and widgets that are not drawn.
PRINTED = """() => [...document.querySelectorAll(".pdf-page")].flatMap((page, number) => {
    const edge = page.getBoundingClientRect();
    const faults = [...page.querySelectorAll(".item, .output > img, .lstm-lessons, pre, table")]
        .map((part) => [part, part.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.bottom > edge.top + 720 || box.top < edge.top + 29
            || box.left < edge.left + 55 || box.right > edge.left + 1280 - 55))
        .map(([part]) => `page ${number + 1}: ${part.className || part.localName} sticks out`);
    const drawn = ":scope > .lstm-lessons :is(svg, canvas, table, [data-symbol]:not(:empty))";
    const still = [...page.querySelectorAll("[data-lstm-widget]")].filter((twin) => !twin.querySelector(drawn));
    return [...faults, ...still.map(() => `page ${number + 1}: a widget is not drawn`)];
})"""


@pytest.mark.parametrize("path", form.LESSONS, ids=lambda path: path.stem)
def test_printing_gives_a_page_a_slide_and_cuts_nothing_off(open_deck, path, tmp_path):
    visit = open_deck(path.stem, query="?print-pdf")
    page = visit.page
    page.wait_for_selector(".pdf-page")
    shown = [s for column in slides.columns(nbformat.read(path, as_version=4)) for s in column]
    assert page.evaluate(PRINTED) == []
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type /Page\b", printed)) == len(shown)
    assert page.locator(".pdf-page :is(h1, h2, h3)").count() > 0
    formulas = page.locator(".pdf-page .text").evaluate_all(
        "(texts) => texts.map((text) => text.innerText).filter((text) => /[$][^$]+[$]/.test(text))"
    )
    assert formulas == []
    visit.assert_quiet()


def test_the_speaker_sees_notes_a_clock_and_both_slides(open_deck):
    visit = open_deck("01_gate_equations")
    page = visit.page
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    speaker = opened.value
    speaker.set_viewport_size({"width": 900, "height": 400})  # its slides are as low as a phone
    # Each of the two slides in the view is the deck itself.
    for place in ("#current-slide iframe", "#upcoming-slide iframe"):
        inside = speaker.frame_locator(place).locator("section.present > section.present")
        inside.locator("h1, h2").first.wait_for()
    assert re.fullmatch(r"\d+:\d\d( [AP]M)?", speaker.locator(".clock-value").inner_text())
    notes = speaker.locator(".speaker-controls-notes .value")
    page.evaluate("() => Reveal.slide(2, 0)")
    expected = page.locator("section.present > section.present aside.notes").text_content()
    words = " ".join(expected.split())[:60]
    speaker.wait_for_function(
        """(words) => document.querySelector(".speaker-controls-notes .value").textContent
            .replace(/\\s+/g, " ").includes(words)""",
        arg=words,
    )
    assert notes.is_visible() and len(words) > 40
    # A key in the speaker's view turns the slide for the audience.
    speaker.keyboard.press("ArrowDown")
    page.wait_for_function("() => Reveal.getIndices().v === 1")
    visit.assert_quiet()


ALL_AT_ONCE = """() => ({
    language: document.documentElement.lang,
    headings: [...document.querySelectorAll(".slides :is(h1, h2, h3, h4, h5, h6)")]
        .filter((node) => !node.closest("[data-lstm-widget], aside"))
        .map((node) => [Number(node.localName[1]), node.textContent]),
    silent: [...document.querySelectorAll(".slides img")]
        .filter((image) => !image.alt.trim()).map((image) => image.outerHTML.slice(0, 60)),
    empty: [...document.querySelectorAll(".slides > section > section")]
        .filter((slide) => !slide.querySelector(".item")).length,
})"""
# A slide of each kind.
KINDS = """() => {
    const all = [...document.querySelectorAll(".slides > section > section")];
    const kinds = [".output > img", ".output table", ".your-turn", ".output pre", ".text ul"];
    const ones = kinds.map((kind) => all.find((slide) => slide.querySelector(kind)
        || slide.matches(kind)));
    const live = all.map((slide) => slide.querySelector("[data-lstm-widget]")).filter(Boolean);
    const modules = new Map(live.map((twin) => [twin.dataset.lstmWidget, twin.closest("section")]));
    const chosen = new Set([all[0], ...modules.values(), ...ones.filter(Boolean)]);
    return [...chosen].map((slide) => {
        const { h, v } = Reveal.getIndices(slide);
        return [h, v];
    });
}"""


# axe-core reads the whole deck each time, the slides that are not shown too. Without them it
# takes a fifth of the time, so they leave the page while it looks at one.
OTHERS_OUT = """() => {
    const shown = Reveal.getCurrentSlide();
    window.others = [...document.querySelectorAll(".slides > section > section")]
        .filter((slide) => slide !== shown).map((slide) => {
            const content = document.createDocumentFragment();
            content.append(...slide.childNodes);
            return [slide, content];
        });
}"""
OTHERS_IN = "() => { for (const [slide, content] of window.others) slide.append(content); }"


@pytest.mark.parametrize("path", form.LESSONS, ids=lambda path: path.stem)
def test_a_deck_is_readable_by_all(open_deck, path):
    visit = open_deck(path.stem)
    page = visit.page
    found = page.evaluate(ALL_AT_ONCE)
    assert found["language"] == "en" and found["silent"] == [] and found["empty"] == 0
    assert pages.title_of(nbformat.read(path, as_version=4)) == page.title()
    levels = [level for level, _ in found["headings"]]
    assert levels[0] == 1 and levels.count(1) == 1
    skipped = [text for (level, text), before in zip(found["headings"][1:], levels, strict=False) if level > before + 1]
    assert skipped == []
    faults = objections(page.locator("html"))
    for h, v in page.evaluate(KINDS)[1:]:
        page.evaluate(
            """([h, v]) => {
                Reveal.slide(h, v);
                Reveal.getCurrentSlide().querySelectorAll(".fragment")
                    .forEach((part) => part.classList.add("visible"));
            }""",
            [h, v],
        )
        page.evaluate(TWO_FRAMES)
        page.evaluate(OTHERS_OUT)
        faults += [f"slide {h + 1}.{v + 1}: {fault}" for fault in objections(page.locator("html"))]
        page.evaluate(OTHERS_IN)
    assert faults == []
    visit.assert_quiet()


def test_the_index_is_readable_by_all(open_visit, decks):
    visit = open_visit(offline=True)
    visit.page.goto((decks / "index.html").as_uri())
    assert objections(visit.page.locator("html")) == []
    assert visit.page.locator("main h1").count() == 1 and visit.page.title()


def test_a_deck_is_small_enough_to_hand_out(decks):
    sizes = {path.name: path.stat().st_size / 1e6 for path in decks.glob("*.html")}
    assert len(sizes) == len(form.LESSONS) + 1  # and the index
    assert {name: size for name, size in sizes.items() if size > 8} == {}


def test_each_worksheet_and_each_key_takes_one_page_and_formulas_are_drawn(open_visit, tmp_path):
    visit = open_visit(offline=True)
    for file in worksheets.build(form.LESSONS, tmp_path):
        if file.suffix != ".html":
            continue
        visit.page.goto(file.as_uri())
        if "With a pencil" in visit.page.content():
            visit.page.wait_for_selector("mjx-container svg")
        printed = visit.page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, file.name
    visit.assert_quiet()
