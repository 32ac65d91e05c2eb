"""The twins: a page opened from a file, without kernel and network, is alive as a notebook is."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import nn

from lstm_lessons.widgets import GateExplorer, SequenceExplorer
from tests.browser.hands import HANDS
from tests.browser.hands.base import TWO_FRAMES
from tests.browser.hands.gate_explorer import GateHands
from tests.browser.looks import colliding_text, cut_off, objections
from tests.browser.pages import hands_for, open_page, write_page
from tests.browser.samples import MOVED_IN_JUPYTERLAB, NAMES, sample


@pytest.fixture
def open_widgets(open_visit, tmp_path):
    """``open_widgets(*widgets, theme=..., **context_options)``: their roots on one page."""

    def show(*widgets, theme: str = "light", **options):
        visit = open_visit(offline=True, **options)
        return open_page(visit.page, write_page(tmp_path / "lesson.html", widgets, theme))

    return show


@pytest.mark.parametrize("name", NAMES)
def test_every_control_changes_the_numbers_as_torch_would(open_widgets, name):
    widget = sample(name)
    [root] = open_widgets(widget)
    hands = hands_for(root)
    if name in MOVED_IN_JUPYTERLAB:
        hands.check()
        return
    hands.use_everything()
    print(f"{len(hands.used)} controls, largest difference from torch {hands.worst:.1e}")


@pytest.mark.parametrize("module", HANDS)
def test_two_twins_of_one_widget_live_side_by_side(open_widgets, module):
    name = {"gate_microscope": "microscope"}.get(module, module.removesuffix("_explorer"))
    widgets = [sample(name), sample(name)]
    roots = open_widgets(*widgets)
    one, other = (hands_for(root) for root in roots)
    one.check()
    other.check()
    before = other.look()
    one.touch()
    other.page.evaluate(TWO_FRAMES)
    assert other.look() == before, "a click in one widget moved the other"
    other.check()


def test_a_widget_that_lives_is_no_still_picture(open_widgets):
    (root,) = open_widgets(sample("gate"))
    assert not root.page.get_by_text("A still picture.").count()
    assert root.page.locator("[data-lstm-widget] > img").count() == 0


def test_all_widgets_live_on_one_page(open_widgets):
    widgets = [sample("gate"), sample("sequence"), sample("shape"), sample("gate 2x3")]
    widgets += [sample("microscope"), sample("microscope letters")]
    for root in open_widgets(*widgets):
        hands_for(root).check()


def test_a_twin_shows_its_picture_where_no_script_runs(open_visit, tmp_path):
    widgets = [sample(name) for name in NAMES]
    path = write_page(tmp_path / "lesson.html", widgets)
    page = open_visit(offline=True, java_script_enabled=False).page
    page.goto(path.as_uri())
    pictures = page.locator("[data-lstm-widget] img")
    assert pictures.count() == len(widgets)
    for picture, widget in zip(pictures.all(), widgets, strict=True):
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        assert box["width"] > 400 and box["height"] > 200
        assert picture.get_attribute("alt") == widget.summary()
        assert box["x"] + box["width"] <= 1280
    assert page.get_by_text("A still picture.").count() == len(widgets)


HOSTILE = [
    "</script><script>window.hacked = 1</script>",
    '"><img src=x onerror="window.hacked = 1">',
    "<!--<script>",
    "&lt;b&gt; \\u003c ${window.hacked = 1} {{7*7}} '",
    "]]>\u2028</svg></textarea>",
]


def test_hostile_strings_stay_text(open_visit, tmp_path):
    torch.manual_seed(0)
    widget = SequenceExplorer.from_torch(nn.LSTM(5, 2), torch.zeros(5, 5), labels=HOSTILE, feature_names=HOSTILE)
    for script in (True, False):
        page = open_visit(offline=True, java_script_enabled=script).page
        path = write_page(tmp_path / f"{script}.html", [widget, sample("gate")])
        if script:
            root, _ = open_page(page, path)
            hands_for(root).check()
            text = root.inner_text() + "".join(root.locator("text").all_text_contents())
            assert all(label in text for label in HOSTILE)
            assert page.evaluate("() => window.hacked") is None
        else:
            page.goto(path.as_uri())
        assert page.locator("[data-lstm-widget]").count() == 2
        assert page.locator("img").count() == (0 if script else 2)
        assert page.locator("main > p").count() == 2, "the text swallowed a part of the page"


def brightness(root) -> float:
    """Of the widget's background, from 0 to 255."""
    color = root.evaluate("(node) => getComputedStyle(node).backgroundColor")
    return sum(map(int, color.removeprefix("rgb(").removesuffix(")").split(","))) / 3


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_a_widget_is_readable(open_widgets, name, theme):
    """At both widths: a light page is opened wide and made narrow, a dark one the other way."""
    screens = [{"width": width, "height": 900} for width in (1280, 700)]
    if theme == "dark":
        screens.reverse()
    [root] = open_widgets(sample(name), theme=theme, viewport=screens[0], color_scheme=theme)
    root.evaluate("(n) => n.querySelectorAll('details').forEach((part) => { part.open = true; })")
    for folded in root.locator("[aria-expanded=false]:not([data-action=tour])").all()[:1]:
        folded.click()
    for screen in screens:
        root.page.set_viewport_size(screen)
        root.page.evaluate(TWO_FRAMES)
        assert cut_off(root) == []
        assert colliding_text(root) == []
        assert objections(root) == []
    assert brightness(root) > 200 if theme == "light" else brightness(root) < 80


# In colors that the system forces: letters of pictures with too little contrast to the page, bars that are not seen,
# pressed buttons that look like the others. A picture with a ground of its own has that in the same palette.
NOT_SEEN = """(root) => {
    const light = (color) => {
        const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map((c) => linear(c / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    const background = (node) => getComputedStyle(node).backgroundColor;
    const ground = background(root);
    const contrast = (color) => Math.max(light(color) / light(ground), light(ground) / light(color));
    const seen = [...root.querySelectorAll("*")].filter((node) => node.checkVisibility());
    const faint = ({ localName, textContent }, { fill }) =>
        localName === "text" && textContent.trim() && contrast(fill) < 3;
    const meant = "i:not(.sx-pad), .gx-bar, button[aria-pressed=true]";
    return seen.filter((node) => faint(node, getComputedStyle(node))
        || (node.matches(meant) && background(node) === ground)).map((node) => node.outerHTML.slice(0, 90));
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["gate", "sequence", "lag", "microscope", "phrase", "quantization", "translation"])
def test_letters_bars_and_what_is_pressed_are_seen_in_forced_colors(open_widgets, name, scheme):
    """The page's own theme is the other one: the system's background decides."""
    other = {"light": "dark", "dark": "light"}[scheme]
    [root] = open_widgets(sample(name), theme=other, forced_colors="active", color_scheme=scheme)
    assert root.evaluate(NOT_SEEN) == []


# Letters below 11 px, the letters of a picture by how large it is drawn.
SMALL = """(root) => [...root.querySelectorAll("*")].filter((node) => {
    const own = [...node.childNodes].some((part) => part.nodeType === 3 && part.data.trim());
    if (!own || !node.checkVisibility() || node.closest("sub, sup, tspan, .ll-visually-hidden")) return false;
    const { a, b } = node instanceof SVGElement ? node.getScreenCTM() : { a: 1, b: 0 }; // some are turned
    return Math.hypot(a, b) * parseFloat(getComputedStyle(node).fontSize) < 10.95;
}).map((node) => `${node.localName}.${node.getAttribute("class")} ${node.textContent.trim().slice(0, 20)}`)"""


# What a finger cannot hit: controls below 24 px; a box may have its label, or a row of a table, around it.
SMALL_TARGETS = """(root) => [...root.querySelectorAll("button, select, input, summary")].filter((node) => {
    if (!node.checkVisibility() || node.closest(".ll-visually-hidden")) return false;
    const target = node.type === "checkbox" ? node.closest("label, tr") ?? node : node;
    const { width, height } = target.getBoundingClientRect();
    return width < 23.5 || height < (node.type === "range" ? 15.5 : 23.5);
}).map((node) => node.outerHTML.slice(0, 80))"""
ON_PHONES = [
    *("gate", "gate 2x3", "microscope", "gradient", "timeline", "training", "playground"),
    *("phrase", "translation", "writing", "shape", "speech"),
]


@pytest.mark.parametrize("width", [332, 414])
@pytest.mark.parametrize("name", ON_PHONES)
def test_on_a_phone_letters_are_large_enough_and_nothing_is_cut_off(open_widgets, name, width):
    [root] = open_widgets(sample(name), viewport={"width": width, "height": 740}, has_touch=True, is_mobile=True)
    assert root.evaluate(SMALL) == [] and cut_off(root) == [] and colliding_text(root) == []
    assert root.evaluate(SMALL_TARGETS) == []
    assert name != "speech" or root.bounding_box()["height"] <= 660  # with its edge


@pytest.mark.parametrize("width", [332, 480])
def test_on_a_phone_the_longest_numbers_of_a_gate_fit_its_picture(open_widgets, width):
    """Each gate open or closed, the candidate at either end, the memory and what comes in of either sign."""
    explorers = []
    for *sums, sign in itertools.product((9.0, -9.0), repeat=5):
        cell = nn.LSTMCell(1, 1)
        with torch.no_grad():
            for parameter in cell.parameters():
                parameter.zero_()
            cell.bias_ih[:] = torch.tensor(sums)
        explorers.append(GateExplorer.from_torch(cell, x=[sign / 9], h=[sign / 9], c=[sign / 9]))
    roots = open_widgets(*explorers, viewport={"width": width, "height": 740})
    assert [cut_off(root) + colliding_text(root) for root in roots] == [[]] * 32


def test_a_time_at_the_edge_of_a_narrow_timeline_is_whole_at_every_zoom(open_widgets):
    [root] = open_widgets(sample("timeline"), viewport={"width": 390, "height": 900})
    area = root.locator("[data-role=timeline]")
    area.focus()
    for _ in range(8):
        area.press("ArrowUp")
        for _ in range(8):
            area.press("ArrowLeft")  # to the beginning, where the first time stands at the edge
        root.page.evaluate(TWO_FRAMES)
        assert cut_off(root) == []


@pytest.mark.parametrize("name", ["gate", "sequence", "shape", "microscope"])
def test_the_eyes_see_a_widget_that_is_cut_off(open_widgets, name):
    [root] = open_widgets(sample(name))
    assert cut_off(root) == [] and objections(root) == []
    # A widget that sees its new width draws itself again, so the large letters are a rule.
    root.evaluate(
        """(node) => {
            node.style.width = "300px";
            node.style.containerType = "normal";
            const rule = document.createElement("style");
            rule.textContent = "svg text { font-size: 60px !important; }";
            node.append(rule);
            const button = document.createElement("button");
            button.style.color = "#999999";
            button.style.background = "#aaaaaa";
            button.textContent = "cannot be read";
            node.append(button);
            node.append(document.createElement("input"));
        }"""
    )
    root.page.evaluate(TWO_FRAMES)
    assert cut_off(root) != []
    assert colliding_text(root) != []
    found = "\n".join(objections(root))
    assert "color-contrast" in found and "label" in found


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("gate", "const i = z.slice(0, H)", "const i = z.slice(H, 2 * H)"),
        ("gate 2x3", "f[k] * old + i[k] * g[k]", "i[k] * old + f[k] * g[k]"),
        ("sequence", "o[k] * Math.tanh(value)", "o[k] * value"),
        ("sequence 2 layers", " + b_hh[r]", ""),
        ("shape", '"4H": 4 * H', '"4H": 3 * H'),
        ("shape", '["B", "T"] : ["T", "B"]', '["T", "B"] : ["B", "T"]'),
        ("shape", "state: state(-2)", "state: state(-1)"),
        ("training", "run[name][epoch], 0) / there.length", "run[name][epoch], 0) / runs.length"),
        ("training", 'meanCurve(runs, "validation");', 'meanCurve(runs, "train");'),
        ("forecast", "Math.abs(values[k] - value)", "(values[k] - value)"),
        ("forecast", "first = data.origins[day] + 1;", "first = data.origins[day];"),
    ],
)
def test_the_eyes_see_broken_maths(assert_broken_maths_is_seen, name, right, wrong):
    assert_broken_maths_is_seen(sample(name), right, wrong)


def test_the_eyes_see_a_control_that_does_nothing(open_visit, tmp_path):
    path = write_page(tmp_path / "lesson.html", [sample("gate")])
    source = path.read_text(encoding="utf-8")
    works = "onInput(Number(input.value));"
    assert works in source
    path.write_text(source.replace(works, ""), encoding="utf-8")
    [root] = open_page(open_visit(offline=True).page, path)
    hands = GateHands(root)
    hands.patience = 0.5
    with pytest.raises(AssertionError, match="changed nothing"):
        hands.change(lambda: hands.nudge(root.locator("input[data-name=x_0]")), "x_0")


def test_a_callback_that_throws_is_seen(open_visit, tmp_path):
    path = write_page(tmp_path / "lesson.html", [sample("gate")])
    source = path.read_text(encoding="utf-8")
    works = "onInput(Number(input.value));"
    path.write_text(source.replace(works, "throw new Error('a broken callback');"), "utf-8")
    visit = open_visit(offline=True)
    [root] = open_page(visit.page, path)
    GateHands(root).nudge(root.locator("input[data-name=x_0]"))
    with pytest.raises(AssertionError, match="a broken callback"):
        visit.assert_quiet()
    visit.take_errors()


def test_a_request_to_another_machine_is_seen_and_fails(open_visit):
    visit = open_visit()
    visit.page.goto("about:blank")
    reached = visit.page.evaluate("() => fetch('https://cdn.jsdelivr.net/npm/x').then(() => true, () => false)")
    assert reached is False
    with pytest.raises(AssertionError):
        visit.assert_quiet()
    assert visit.strangers == ["https://cdn.jsdelivr.net/npm/x"]
    visit.strangers.clear()
    visit.take_errors()


def test_gate_explorer_takes_the_presets_of_python(open_widgets):
    for preset in ("keep everything", "add up"):
        widget = GateExplorer(preset=preset)
        [root] = open_widgets(widget)
        assert root.locator(f"[data-preset='{preset}']").get_attribute("aria-pressed") == "true"
        state = GateHands(root).check()
        assert state["weights"] == widget.weights
