"""The site, with no network and no server: every page is quiet, readable and alive.

It is built once, from all lessons and one more that is hostile and wide.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import nbformat
import pytest
import torch
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from torch import nn

from lstm_lessons.authoring.notebooks import NOTEBOOK_METADATA
from lstm_lessons.palette import SYMBOLS
from lstm_lessons.publish import site
from lstm_lessons.publish.pages import title_of
from lstm_lessons.widgets import SequenceExplorer
from tests.browser import looks
from tests.browser.firefox import ARROW_LEFT
from tests.browser.hands.base import LOOK, TWO_FRAMES
from tests.browser.hands.gate_explorer import GateHands
from tests.browser.looks import brightness, rgb
from tests.browser.pages import ALIVE, hands_for
from tests.notebooks import form

# Sphinx's extensions use each other's old names.
pytestmark = [
    pytest.mark.filterwarnings(f"ignore::{kind}") for kind in ("DeprecationWarning", "PendingDeprecationWarning")
]

LESSONS = [path.stem for path in form.LESSONS]
HOSTILE = "99_hostile"
GUIDES = sorted(Path(site.__file__).parent.joinpath("sphinx/guides").glob("*.md"))
# Pages of each kind; the reference has many that look alike, so its longest stands for them.
PAGES = [
    *("index", "puzzles"),
    *(f"lessons/{name}" for name in [*LESSONS, HOSTILE]),
    *(f"guides/{path.stem}" for path in GUIDES),
    *("404", "api", "api/lstm_lessons.trace", "api/lstm_lessons.plots", "search", "genindex"),
]
PHONE = {"width": 390, "height": 844}
LABELS = ["</script><script>window.hacked = 1</script>", "<img src=x onerror='window.hacked = 1'>"]


def hostile_lesson() -> nbformat.NotebookNode:
    """A lesson whose data would like to be a program, and which is wider than a phone."""
    torch.manual_seed(0)
    explorer = SequenceExplorer.from_torch(nn.LSTM(2, 2), torch.zeros(2, 2), labels=LABELS, feature_names=LABELS)
    shown = [("text/html", explorer.twin()), ("text/plain", LABELS[0])]
    outputs = [new_output("display_data", {kind: text}) for kind, text in shown]
    outputs += [new_output("stream", text=f"{label} {'wide ' * 40}\n") for label in LABELS]
    outputs.append(new_output("display_data", {"image/png": _DOT, "text/plain": "a dot"}))
    outputs[-1].metadata = {"image/png": {"alt": LABELS[0], "width": 900, "height": 300}}
    row = "|" + " unbreakable_and_long |" * 12
    texts = [
        "# 99. A hostile lesson\n\n**Does it stay text?**",
        f"{row}\n|{'---|' * 12}\n{row}",
        "$$" + " + ".join(["x_t"] * 60) + "$$",
        f"In a line, ${' + '.join(['x_t'] * 40)}$ and `{'unbreakable_' * 9}`.",
    ]
    cells = [new_markdown_cell(text) for text in texts]
    code = new_code_cell(f"{LABELS[1]!r}", outputs=outputs)
    return new_notebook(cells=[*cells, code], metadata=NOTEBOOK_METADATA)


_DOT = (  # one gray pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> Path:
    """The folder with the site."""
    folder = tmp_path_factory.mktemp("site")
    extra = folder / f"{HOSTILE}.ipynb"
    nbformat.write(hostile_lesson(), extra)
    site.build([*form.LESSONS, extra], folder / "site", repository="someone/lessons")
    return folder / "site"


@pytest.fixture
def open_one(open_visit, pages):
    """``open_one("lessons/01_gate_equations")``: a visit to that page, offline, all of it ready."""

    def show(name: str, theme: str = "light", query: str = "", **options):
        visit = open_visit(offline=True, color_scheme=theme, **options)
        visit.page.goto((pages / f"{name}.html").as_uri() + query)
        visit.page.wait_for_function(ALIVE)
        visit.page.evaluate("() => window.MathJax?.startup.promise")
        return visit

    return show


# --- Every page -------------------------------------------------------------------------------

STRUCTURE = """() => {
    const problems = [];
    const levels = [...document.querySelectorAll("article :is(h1, h2, h3, h4, h5, h6)")]
        .filter((heading) => !heading.closest(".lstm-lessons"))
        .map((heading) => Number(heading.localName[1]));
    if (levels.filter((level) => level === 1).length !== 1) problems.push("not one h1");
    levels.reduce((above, level) => {
        if (level > above + 1) problems.push(`h${level} after h${above}`);
        return level;
    }, 0);
    for (const image of document.images) if (!image.alt) problems.push(`no alt: ${image.src}`);
    for (const image of document.images)
        if (!image.naturalWidth) problems.push(`not drawn: ${image.src.slice(0, 80)}`);
    if (document.querySelectorAll("[role=main], main").length !== 1) problems.push("not one main");
    if (!document.documentElement.lang) problems.push("no language");
    for (const formula of document.querySelectorAll("span.math, div.math"))
        if (!formula.querySelector("mjx-container > svg")) problems.push(formula.textContent);
    if (document.querySelector("[data-mjx-error]")) problems.push("a formula with an error");
    return problems;
}"""
WIDTHS = """() => [...document.querySelectorAll("body *")].filter((node) => {
    const box = node.getBoundingClientRect();
    if (!box.width || box.right <= innerWidth + 1 || !node.checkVisibility()) return false;
    for (let up = node; up && up !== document.body; up = up.parentElement) {
        const style = getComputedStyle(up);
        if (up !== node && ["auto", "scroll", "hidden"].includes(style.overflowX)) return false;
        if (style.position === "fixed") return false;
    }
    return true;
}).map((node) => `${node.localName}.${node.className}`)"""


# What makes axe-core slow, and tells it nothing: the colors of code, the same in every cell (the
# first ones keep theirs); the strokes of the formulas; the inside of the widgets; a thousand names
# of the index, all alike.
LIGHTEN = """() => {
    for (const code of [...document.querySelectorAll(".highlight pre")].slice(5))
        code.textContent = code.textContent;
    for (const inside of document.querySelectorAll("mjx-container svg, .lstm-lessons"))
        inside.replaceChildren();
    for (const name of document.querySelectorAll(".genindextable li:nth-child(n + 6)")) name.remove();
}"""


def objections(page, *rules: str) -> list[str]:
    """What axe-core calls serious or critical on the page as it stands, widgets aside.

    Widgets are looked at one by one in ``test_twins.py``.
    """
    return looks.objections(page.locator("html"), *rules, exclude=".lstm-lessons")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_readable_in_both_themes_and_on_a_phone(open_one, name):
    visit = open_one(name)
    page = visit.page
    title = page.title()
    assert title == "LSTM Lessons" if name == "index" else title.endswith(" - LSTM Lessons")
    assert page.evaluate(STRUCTURE) == []
    desk = page.viewport_size
    page.set_viewport_size(PHONE)
    page.evaluate(TWO_FRAMES)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(WIDTHS) == []
    assert objections(page, "scrollable-region-focusable") == []
    visit.assert_quiet()
    page.set_viewport_size(desk)
    page.evaluate(LIGHTEN)
    assert objections(page) == []
    page.emulate_media(color_scheme="dark")
    assert objections(page, "color-contrast") == []


def test_the_eyes_see_a_page_that_is_broken(open_one):
    page = open_one("search").page
    page.evaluate(
        """() => document.querySelector("article").insertAdjacentHTML("beforeend",
            `<h5>far below</h5><img src="data:,"><p style="color: #aaa">faint</p>
             <div style="width: 3000px">wide</div><span class="math">\\\\(x\\\\)</span>`)"""
    )
    found = "\n".join(page.evaluate(STRUCTURE))
    assert all(part in found for part in ("h5 after h1", "no alt", "not drawn", "\\(x\\)"))
    assert any("color-contrast" in line for line in objections(page))
    assert "div." in page.evaluate(WIDTHS)


# --- Widgets ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", form.LESSONS, ids=lambda path: path.stem)
def test_the_widgets_of_a_lesson_live_and_equal_torch(open_one, path):
    html = "".join(
        output.get("data", {}).get("text/html", "")
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", [])
    )
    stored = len(re.findall("data-lstm-widget=", html))
    if not stored:
        pytest.skip("no widget in this lesson")
    page = open_one(f"lessons/{path.stem}").page
    roots = page.locator("[data-lstm-widget] > .lstm-lessons").all()
    assert len(roots) == stored
    for root in roots:
        hands_for(root).check()


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_a_slider_on_the_start_page_moves_the_numbers(open_one, width, theme):
    page = open_one("index", theme, viewport={"width": width, "height": 900}).page
    hands = GateHands(page.locator(".ll-gate_explorer"))
    hands.move_all(hands.sliders("data-name")[:3], lambda state, name: state[name[0]][0])


def test_the_start_page_lives_in_firefox(firefox, pages):
    firefox.open(pages / "index.html")
    firefox.wait_for(f"({ALIVE})()")
    slider = "document.querySelector('.ll-gate_explorer input[data-name=x_0]')"
    drawn = f"({LOOK})({slider}.closest('.lstm-lessons'))"
    before = firefox.evaluate(f"({slider}.focus(), {drawn})")
    firefox.press(ARROW_LEFT)
    firefox.wait_for(f"{drawn} !== {before!r}")
    assert firefox.errors == [] and firefox.strangers == []


def test_networks_learn_on_the_start_page_which_stays_light(open_one, pages):
    page = open_one("index").page
    playground = page.locator(".ll-playground")
    playground.scroll_into_view_if_needed()
    page.wait_for_function("() => Number(document.querySelector('[data-symbol=network]').dataset.updates) > 3")
    playground.locator("[data-action=play]").click()
    hands_for(playground).check()
    html = (pages / "index.html").read_text(encoding="utf-8")
    named = re.findall(r'<(?:script|link)[^>]* (?:src|href)="([^":]+\.(?:js|css))[?"]', html)
    files = [pages / "index.html", *(pages / name for name in named if "tex-" not in name and "mathjax" not in name)]
    assert len(files) > 3 and sum(path.stat().st_size for path in files) < 500_000


def test_the_theme_button_turns_the_page_and_its_widgets_dark(open_one):
    page = open_one("index").page
    widget = page.locator(".lstm-lessons").first
    light = [_brightness(page.locator("body")), _brightness(widget)]
    button = page.locator("button.theme-toggle:visible")
    for _ in range(3):
        if page.evaluate("() => document.body.dataset.theme") == "dark":
            break
        button.click()
    dark = [_brightness(page.locator("body")), _brightness(widget)]
    assert min(light) > 200 > 80 > max(dark)


def test_figures_and_equations_turn_dark_with_the_page(open_one):
    pages = {theme: open_one("lessons/01_gate_equations", theme).page for theme in ("light", "dark")}
    figures = {theme: page.locator(".cell_output img").first for theme, page in pages.items()}
    assert brightness(figures["light"]) > 220 > 60 > brightness(figures["dark"])
    letter = f"mjx-container [fill='{SYMBOLS['o'].color}']"
    colors = [page.locator(letter).first.evaluate("(node) => getComputedStyle(node).fill") for page in pages.values()]
    assert colors == [rgb(SYMBOLS["o"].color), rgb(SYMBOLS["o"].dark_color)]


def _brightness(locator) -> float:
    color = locator.evaluate("(node) => getComputedStyle(node).backgroundColor")
    return sum(map(int, re.findall(r"\d+", color)[:3])) / 3


# --- What a page offers -----------------------------------------------------------------------


def test_formulas_have_the_colors_of_the_gates(open_one):
    page = open_one("lessons/01_gate_equations").page
    drawn = page.evaluate(
        "() => [...document.querySelectorAll('mjx-container [fill]')].map((part) => part.getAttribute('fill'))"
    )
    assert {s.color for s in SYMBOLS.values() if s.color in s.tex} <= set(drawn)
    plain = page.locator("div.math mjx-container").first
    assert plain.evaluate("(node) => getComputedStyle(node).color") == page.locator("article p").first.evaluate(
        "(node) => getComputedStyle(node).color"
    )


def test_the_search_finds_a_lesson_from_a_file(open_one):
    page = open_one("search", query="?q=forget+gate").page
    result = page.locator("#search-results a", has_text="The gate equations").first
    result.wait_for()
    result.click()
    page.wait_for_url("**/01_gate_equations.html*")


# How many searched words stand in the window, and whether all else is as it was: no element around a word, no program
# or widget that is marked.
MARKED = """() => {
    const marks = [...(CSS.highlights.get("searched") ?? [])];
    return {
        seen: marks.filter((mark) => {
            const { top, bottom } = mark.getBoundingClientRect();
            return top > 0 && bottom < innerHeight;
        }).map(String),
        elsewhere: document.querySelectorAll(".highlighted").length + marks.filter(({ startContainer }) =>
            startContainer.parentElement.closest(".lstm-lessons, script, .math")).length,
    };
}"""


@pytest.mark.parametrize(("words", "lesson"), [("forget gate", "01"), ("clip_and_step", "06"), ("pinball", "07")])
def test_a_result_of_the_search_shows_its_words_and_the_next_result_too(open_one, words, lesson):
    page = open_one("search", query=f"?q={words.replace(' ', '+')}").page
    for place in (0, 1):
        page.locator("#search-results li > a").nth(place).click()
        page.wait_for_function(  # it scrolls smoothly
            f"(words) => words.every((word) => ({MARKED})().seen.some((mark) => mark.toLowerCase() === word))",
            arg=words.split(),
        )
        assert page.evaluate(MARKED)["elsewhere"] == 0
        assert place or f"/{lesson}_" in page.url
        page.get_by_text("Hide search matches").click()
        assert page.evaluate(MARKED)["seen"] == []
        page.go_back()
    page.locator(".sidebar-tree a").first.click()  # not a result
    page.wait_for_url("**/00_start_here.html")
    assert page.evaluate("() => CSS.highlights.has('searched') || scrollY > 0") is False


def test_on_a_phone_the_explorers_are_not_cut_and_their_letters_readable(open_one):
    page = open_one("lessons/01_gate_equations", viewport=PHONE).page
    cut = page.locator(".ge-picture").evaluate_all("(all) => all.map((box) => box.scrollWidth - box.clientWidth)")
    assert cut and max(cut) <= 0
    page = open_one("lessons/08_text_classification", viewport=PHONE).page
    sizes = page.locator(".px-letters span").evaluate_all(
        "(all) => all.map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) > 8  # they were 4


def test_a_letter_and_the_word_beside_it_are_two_words(open_one):
    page = open_one("lessons/01_gate_equations").page
    text = " ".join(page.locator(".ll-sequence-explorer").all_text_contents())
    assert "i input gate" in text and "iinput" not in text


@pytest.mark.parametrize("words", ["vanishing gradient", "exploding gradient", "BPTT", "teacher forcing"])
def test_the_search_finds_what_the_field_calls_it(open_one, words):
    page = open_one("search", query=f"?q={words.replace(' ', '+')}").page
    result = page.locator("#search-results a", has_text="Words, and where they are explained").first
    result.wait_for()


@pytest.mark.parametrize(
    ("meant", "from_", "to"),
    [
        ("vanishing gradient", "en", "ne"),
        ("perplexity", "pl", "lp"),
        ("quantization", "z", "s"),
        ("dropout", "t", "tt"),
    ],
)
def test_the_search_asks_about_a_word_that_no_page_has(open_one, meant, from_, to):
    typed = meant.replace(from_, to)
    page = open_one("search").page
    page.locator("article input[type=search]").fill(typed)  # a phone shows no other box
    page.keyboard.press("Enter")
    page.locator("#search-results p a").click()
    page.locator("#search-results li a").first.wait_for()  # for the page that it leads to
    assert page.locator("article input[type=search]").input_value() == meant


def test_the_search_shows_lessons_first_and_reads_over_accents(open_one):
    page = open_one("search", query="?q=LSTM").page
    found = page.locator("#search-results li > a")
    found.first.wait_for()
    assert re.match(r"\d+\. ", found.first.inner_text())
    page = open_one("search", query="?q=na%C3%AFve").page
    page.locator("#search-results a", has_text="Words, and where they are explained").first.wait_for()
    assert page.locator("#search-results p a").count() == 0


def test_on_paper_a_lesson_is_light_and_nothing_is_cut_off_or_prints_over_the_text(open_one):
    page = open_one("lessons/01_gate_equations", "dark", viewport={"width": 718, "height": 1047}).page  # A4, in dots
    link = page.locator(".skip-to-content")
    assert link.is_visible()  # above the edge, until it has the focus
    letter = page.locator(f"mjx-container [fill='{SYMBOLS['o'].color}']").first
    widget, figure = page.locator(".ll-gate_explorer").first, page.locator(".cell_output img").first
    page.emulate_media(media="print", color_scheme="dark")
    assert not link.is_visible()
    assert letter.evaluate("(node) => getComputedStyle(node).fill") == rgb(SYMBOLS["o"].color)
    assert _brightness(widget) > 200 and brightness(figure) > 220
    cut = page.locator("article :is(pre, div.math, [data-lstm-widget])").evaluate_all(
        "(all) => all.filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.textContent.slice(0, 50))"
    )
    assert cut == []


def test_without_scripts_a_lesson_says_what_is_missing_and_shows_stills(open_visit, pages):
    page = open_visit(offline=True, java_script_enabled=False).page
    page.goto((pages / "lessons/01_gate_equations.html").as_uri())
    assert page.locator("noscript p").first.is_visible()
    assert page.locator("[data-lstm-widget] > img:visible").count() > 5
    assert not page.get_by_text("def parameter_count").last.is_visible()  # a folded answer
    page.locator("summary", has_text="Our solution").last.click()
    assert page.locator("details[open] pre").last.is_visible()


def test_code_can_be_copied_and_outputs_cannot(open_one):
    page = open_one("lessons/01_gate_equations").page
    page.wait_for_selector("button.copybtn")
    counted = page.evaluate(
        """() => ["div.cell_input", "div.cell_output"].map((part) =>
            [`${part} div.highlight`, `${part} button.copybtn`]
                .map((selector) => document.querySelectorAll(selector).length))"""
    )
    (inputs, buttons), (outputs, none) = counted
    assert buttons == inputs > 30 and outputs > 10 and none == 0
    page.evaluate("() => { document.execCommand = () => { window.copied = true; return true; }; }")
    page.locator("div.cell_input").first.hover()
    page.locator("button.copybtn").first.click()
    page.wait_for_function("() => window.copied")


def test_lessons_lead_to_the_next_and_the_one_before(pages):
    names = [*LESSONS, HOSTILE]
    for before, after in zip(names, names[1:], strict=False):
        html = (pages / f"lessons/{before}.html").read_text(encoding="utf-8")
        assert re.search(rf'<a class="next-page" href="{after}.html">', html)
        html = (pages / f"lessons/{after}.html").read_text(encoding="utf-8")
        assert re.search(rf'<a class="prev-page" href="{before}.html">', html)


def test_the_start_page_shows_every_lesson_and_every_guide(pages):
    html = (pages / "index.html").read_text(encoding="utf-8")
    article = html[html.index("<article") : html.index("</article>")]
    for page in [name for name in PAGES if name.startswith(("lessons/", "guides/"))]:
        assert f'href="{page}.html"' in article
    for path in form.LESSONS:
        title = title_of(nbformat.read(path, as_version=4))
        assert title in re.sub(r"<[^>]+>", "", article)


def test_an_exercise_is_a_stub_and_how_to_have_it_checked(pages):
    for path in form.LESSONS:
        html = (pages / f"lessons/{path.stem}.html").read_text(encoding="utf-8")
        exercises = form.exercises_of(form.lesson_name(path))
        assert len(re.findall(r'class="cell [^"]*tag_exercise', html)) == len(exercises)
        assert html.count('<div class="your-turn') == len(exercises)
        assert "Replace the <code>...</code> in line" not in html


def test_hostile_data_stay_text(open_one):
    page = open_one(f"lessons/{HOSTILE}").page
    assert page.evaluate("() => window.hacked") is None
    root = page.locator("[data-lstm-widget] > .lstm-lessons")
    hands_for(root).check()
    shown = page.locator("article").inner_text()
    assert all(label in shown for label in LABELS)
    assert page.locator(f'img[alt="{LABELS[0]}"]').count() == 1
    assert page.locator(".cell_output script, .cell_output img[src=x]").count() == 0


# --- The files --------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a page links to and loads, and the places that it has."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.places: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.places |= {values[key] for key in ("id", "name") if values.get(key)}
        if (tag == "a" or values.get("rel") == "canonical") and values.get("href"):
            self.links.append(values["href"])
        elif tag in ("img", "script", "link", "source", "iframe"):
            self.loads += [values[key] for key in ("src", "href") if values.get(key)]


def dead_links(folder: Path) -> list[str]:
    """Links and files of a site that lead nowhere, and what it would load from elsewhere."""
    parsed = {path: Page(path) for path in folder.rglob("*.html")}
    found = []
    for path, page in parsed.items():
        for link in page.loads + page.links:
            if link.startswith("data:"):
                continue
            if re.match(r"[a-z]+:|//", link):
                if link in page.loads or not link.startswith("https://"):
                    found.append(f"{path.name} loads {link}")
                continue
            file, place = urldefrag(unquote(link))
            target = (path.parent / file.partition("?")[0]).resolve() if file else path
            if not target.is_file() or folder not in target.parents:
                found.append(f"{path.name}: {link}")
            elif place and target in parsed and place not in parsed[target].places:
                found.append(f"{path.name}: {link} (no such place)")
    return found


def test_no_link_is_dead_and_nothing_is_loaded_from_elsewhere(pages):
    assert dead_links(pages) == []


def test_the_eyes_see_a_dead_link(tmp_path):
    (tmp_path / "a.html").write_text(
        '<a href="b.html">b</a><a href="a.html#x">x</a><a href="#here">h</a><p id="here">'
        '<script src="https://cdn.example/x.js"></script><img src="c.png"><a href="../..">up</a>'
    )
    assert sorted(dead_links(tmp_path)) == [
        "a.html loads https://cdn.example/x.js",
        "a.html: ../..",
        "a.html: a.html#x (no such place)",
        "a.html: b.html",
        "a.html: c.png",
    ]


def test_a_page_says_what_it_is_about_and_where_it_stands(pages):
    for name in PAGES:
        text = (pages / f"{name}.html").read_text(encoding="utf-8")
        if name not in ("search", "genindex"):
            assert re.search(r'<meta name="description" content="[^"<]{10,}">', text), name
            assert re.search(r'<meta property="og:title" content="[^"<]+">', text), name
        assert f'<link rel="canonical" href="https://someone.github.io/lessons/{name}.html">' in text
        assert '<meta property="og:image" content="https://someone.github.io/lessons/_static/card.png">' in text
    assert (pages / "_static/card.png").read_bytes().startswith(b"\x89PNG")


def test_the_sitemap_lists_every_page_for_a_reader(pages):
    listed = re.findall("<loc>https://someone.github.io/lessons/(.*?)</loc>", (pages / "sitemap.xml").read_text())
    built = {path.relative_to(pages).as_posix() for path in pages.rglob("*.html") if "slides" not in path.parts}
    assert set(listed) == built - {"search.html", "genindex.html", "404.html"}


def test_a_page_leads_to_its_source_and_a_lesson_to_its_slides(pages):
    root = form.FOLDER.parent
    for name in PAGES:
        text = (pages / f"{name}.html").read_text(encoding="utf-8")
        found = re.findall(r"https://github.com/someone/lessons/(blob|edit)/main/([^\"?]+)", text)
        if (
            name.startswith(("guides/", "api/"))
            or name in ("index", "puzzles")
            or name.removeprefix("lessons/") in LESSONS
        ):
            assert [kind for kind, _ in found] == ["blob", "edit"], name
            assert all((root / path).is_file() for _, path in found), name
        else:
            assert name == f"lessons/{HOSTILE}" or found == [], name
        if name.removeprefix("lessons/") in LESSONS:
            assert f'href="../slides/{name.removeprefix("lessons/")}.html"' in text
    assert 'href="slides/index.html"' in (pages / "index.html").read_text(encoding="utf-8")
    assert {path.stem for path in (pages / "slides").iterdir()} == {*LESSONS, "index"}


def test_the_page_for_a_missing_one_works_at_any_depth(open_visit, pages):
    root = "https://someone.github.io/lessons/"

    def answer(route):
        path = pages / urldefrag(route.request.url)[0].partition("?")[0].removeprefix(root)
        there = path.is_file()
        route.fulfill(status=200 if there else 404, path=path if there else pages / "404.html")

    visit = open_visit()
    page = visit.page
    page.route(f"{root}**", answer)
    page.goto(f"{root}lessons/old/moved.html")
    assert page.evaluate("() => getComputedStyle(document.querySelector('.sidebar-brand')).display") == "flex"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # "Skip to content"
    page.wait_for_function("() => location.hash")
    assert page.url == f"{root}lessons/old/moved.html#furo-main-content"
    page.locator("article a", has_text="the start").click()
    page.wait_for_url(f"{root}index.html")
    visit.strangers.clear()
    visit.take_errors()  # the browser asks for files before it knows where they lie


def test_no_file_tells_of_the_machine_that_built_it(pages):
    root = str(form.FOLDER.parent)
    for path in pages.rglob("*"):
        if path.suffix in (".html", ".js", ".css", ".txt", ".inv"):
            text = path.read_text(encoding="utf-8", errors="ignore")
            assert str(pages.parent) not in text and root not in text, path.name
            assert not re.search(r"/tmp/tmp\w+", text), path.name


def test_a_lesson_can_be_taken_along_and_opened_elsewhere(pages):
    for path in form.LESSONS:
        html = (pages / f"lessons/{path.stem}.html").read_text(encoding="utf-8")
        (download,) = re.findall(r'href="\.\./(_downloads/\w+/[^"]+)"', html)
        assert (pages / download).read_bytes() == path.read_bytes()
        name = f"notebooks/{path.name}"
        assert f"https://mybinder.org/v2/gh/someone/lessons/main?urlpath=lab/tree/{name}" in html
        assert f"https://colab.research.google.com/github/someone/lessons/blob/hosted/{path.name}" in html
        assert f"src=https://raw.githubusercontent.com/someone/lessons/hosted/{path.name}" in html
        assert (pages / "hosted" / path.name).exists()
