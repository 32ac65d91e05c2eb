"""Slides: which cell goes where, what the speaker gets, and a page that needs nothing beside it."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lstm_lessons.authoring.notebooks import NOTES_BEGIN, NOTES_END, SOLUTION_BEGIN, SOLUTION_END
from lstm_lessons.publish import room, slides
from lstm_lessons.widgets import GateExplorer
from tests.notebooks import form


def cell(kind, source, *, code=False, outputs=(), tags=()):
    metadata = {"slideshow": {"slide_type": kind}, "tags": list(tags)}
    if not code:
        return new_markdown_cell(source, metadata=metadata)
    return new_code_cell(source, metadata=metadata, outputs=list(outputs))


def lesson(*cells):
    return new_notebook(cells=[cell("slide", "# A lesson of `one` step"), *cells])


def html(slide):
    return "".join(item.html for item in slide.items)


def stream(text):
    return new_output("stream", text=text)


def display(**data):
    keys = {"html": "text/html", "plain": "text/plain", "png": "image/png"}
    return new_output("display_data", {keys[key]: value for key, value in data.items()})


# --- The lecture ----------------------------------------------------------------------------

LECTURES = {path.stem: path for path in form.LESSONS if slides.LECTURE.search(path.read_text(encoding="utf-8"))}
SLIDES, MINUTES, LINES, SAID = 30, 50, 10, 90  # at most: slides, the last minute, a slide's code lines, a note's words
HANDLING = re.compile(r"shift.enter|run (the|both|this) cells?|a new cell\b|\.hint\(\)|\d%\|", re.IGNORECASE)


def words(part):
    return re.sub(r"<[^>]+>", " ", part)


def test_the_first_ten_lessons_have_a_lecture():
    assert sorted(name[:2] for name in LECTURES)[:10] == [f"{n:02d}" for n in range(10)]


@pytest.mark.parametrize("name", LECTURES)
def test_a_lecture_has_few_slides_each_with_a_heading_little_code_and_its_minute(name):
    notebook = nbformat.read(LECTURES[name], as_version=4)
    told = [slide for column in slides.columns(slides.lecture(notebook)) for slide in column]
    assert len(told) <= SLIDES
    minutes = [int(re.search(r"<strong>Minute (\d+)\.", slide.notes)[1]) for slide in told]
    assert minutes == sorted(minutes) and minutes[0] == 0 and minutes[-1] <= MINUTES
    for number, slide in enumerate(told, 1):  # what is to be said is spread, and no note counts minutes by itself
        assert len(words(slide.notes).split()) <= SAID, f"slide {number} has too much to say"
        assert not re.search(r"\bminute \d+\.|\b\d+ minutes", slide.notes.partition("</p>")[2], re.IGNORECASE)
    assert sum(len(words(slide.notes).split()) > 2 for slide in told) >= len(told) / 3
    for number, slide in enumerate(told, 1):
        shown = html(slide)
        assert re.search(r"<h[1-3]", shown) or slide.under, f"slide {number} has no heading: {words(shown)[:80]}"
        said = " ".join(words(item.html) for item in slide.items if "data-lstm-" not in item.html)
        assert not (found := HANDLING.search(said)), f"slide {number} says {found[0]!r}"
        lines = [words(code).strip().count("\n") + 1 for code in re.findall(r'<div class="code.*?</pre>', shown, re.S)]
        assert sum(lines) <= LINES, f"slide {number} has {lines} lines of code"
        assert words(shown).strip() or "<img" in shown or "data-lstm-widget" in shown, f"slide {number} is empty"


def told(*cells):
    [*columns] = slides.columns(slides.lecture(lesson(*cells)))
    return [slide for column in columns for slide in column]


def test_tags_say_what_a_lecture_shows_of_a_cell():
    one, two, three, four = told(
        cell("slide", "## One\n\n*lead*\n\n- more", tags=["lecture:lead"]),
        cell("skip", "x = 1", code=True, outputs=[stream("printed")], tags=["lecture:on"]),
        cell("slide", "not in the lecture"),
        cell("slide", "## Two\n\nall of it\n\n- more", tags=["lecture"]),
        cell("subslide", "y = 2", code=True, outputs=[stream("seen")], tags=["lecture:code"]),
        cell("slide", "## 3. Deeper: three\n\nleft out", tags=["deeper"]),
        cell("slide", "## Four\n\nwords", tags=["lecture:heading"]),
    )
    assert "lead" in html(one) and "more" not in html(one) and "x = 1" not in words(html(one))
    assert [item.waits for item in one.items] == [False, True] and "printed" in html(one)
    assert "all of it" in html(two) and "more" in html(two)
    assert words(html(three)).split() == ["Two", "y", "=", "2", "seen"], "it says what it goes on under"
    assert words(html(four)).split() == ["Four"]


def test_a_widget_on_a_lecture_goes_on_under_a_small_heading_and_what_follows_a_task_under_its_section():
    twin = display(html=GateExplorer().twin())
    slides_there = told(
        cell("slide", "## 1. Gates", tags=["lecture"]),
        cell("subslide", "### Move `them`"),
        cell("skip", "GateExplorer()", code=True, outputs=[twin], tags=["lecture"]),
        cell("subslide", "### Exercise: a step\n\n*About 3 minutes*, that is about 3 minutes.", tags=["lecture"]),
        cell("subslide", "after it", tags=["lecture"]),
    )
    _, widget, _, after = slides_there
    assert words(widget.under).split() == ["Move", "them"] and "<h3" not in html(widget)
    assert words(html(after)).split() == ["1.", "Gates", "after", "it"]


def test_a_lecture_has_no_help_no_instruction_for_the_notebook_and_no_progress_bar():
    [slide] = told(
        cell(
            "slide",
            "## One\n\nSee. Press Shift+Enter. Look in the wrong cell!\n\n**Help, I get this error.** No.",
            tags=["lecture"],
        ),
        cell("skip", "x", code=True, outputs=[stream("100%|####| 3/3 [00:03<00:00]\nwords\n")], tags=["lecture:on"]),
        cell("skip", "x", code=True, outputs=[stream("claim holds: so it is\n")], tags=["lecture:on"]),
    )
    assert words(html(slide)).split() == "One See. Look in the wrong cell! words Claims so it is".split()
    assert '<details class="claims" open>' in html(slide)


def test_the_minute_of_a_slide_is_that_of_the_core_path_before_it():
    first, second = told(
        cell("slide", "## One\n\n" + "word " * 398, tags=["lecture:heading"]),
        cell("slide", "## 2. Deeper\n\n" + "word " * 2000, tags=["deeper"]),
        cell("slide", "## Three", tags=["lecture"]),
        cell("notes", f"{NOTES_BEGIN}Ask why.{NOTES_END}"),
    )
    assert "<strong>Minute 0.</strong>" in first.notes and "Ask" not in first.notes
    assert "<strong>Minute 2.</strong>" in second.notes and "Ask why." in second.notes


def test_a_deeper_cell_has_no_place_in_a_lecture_and_a_cell_one_tag():
    with pytest.raises(ValueError, match="cell 1 is Deeper"):
        told(cell("slide", "## Deeper", tags=["deeper", "lecture"]))
    with pytest.raises(ValueError, match="one tag for the lecture"):
        told(cell("slide", "## Two", tags=["lecture", "lecture:on"]))


def test_the_full_deck_has_everything_and_so_has_one_of_a_lesson_that_says_nothing_about_lectures():
    notebook = lesson(cell("slide", "## One", tags=["lecture"]), cell("slide", "## Two"))
    assert "Two" not in slides.deck(notebook) and "Two</h2>" in slides.deck(notebook, full=True)
    assert "Two</h2>" in slides.deck(lesson(cell("slide", "## Two")))


# --- The full deck --------------------------------------------------------------------------


def test_slide_types_say_where_a_cell_goes():
    notebook = lesson(
        cell("fragment", "later"),
        cell("skip", "import torch", code=True),
        cell("subslide", "below"),
        cell("slide", "## next"),
    )
    (first, below), (following,) = slides.columns(notebook)
    assert [item.waits for item in first.items] == [False, True]
    assert [item.cell for item in first.items] == [0, 1]
    assert "below" in html(below) and "next" in html(following)
    assert "torch" not in html(first) + html(below) + html(following)


def test_notes_stand_with_the_slide_before_them_alone():
    notebook = lesson(
        cell("subslide", "two"),
        cell("fragment", "more of it"),
        cell("notes", f"{NOTES_BEGIN}*first* notes{NOTES_END}"),
        cell("notes", "and more"),
        cell("subslide", "three"),
        cell("notes", "second notes"),
        cell("slide", "four"),
    )
    (one, two, three), (four,) = slides.columns(notebook)
    assert one.notes == four.notes == ""
    assert "<em>first</em> notes" in two.notes and "and more" in two.notes
    assert "details" not in two.notes, "the speaker need not unfold them"
    assert "second notes" in three.notes and "first" not in three.notes


def test_a_slide_without_a_heading_says_what_it_goes_on_under():
    output = display(html="<h2>not a heading of the lesson</h2>")
    notebook = lesson(
        cell("subslide", "goes on"),
        cell("slide", "## Two `units`\n\ntext\n\n### Case 1\n\ntext"),
        cell("subslide", "x", code=True, outputs=[output]),
        cell("subslide", "and on"),
        cell("subslide", "### Exercise\n\n*About 3 minutes*, that is about 3 minutes."),
        cell("fragment", "...\nexercises.x.check(x)", code=True, tags=["exercise:x"]),
        cell("subslide", "after it"),
        cell("subslide", "## Three\n\n### Exercise\n\nThat is about 3 minutes."),
        cell("fragment", "...\nexercises.y.check(y)", code=True, tags=["exercise:y"]),
        cell("subslide", "after that"),
        cell("subslide", "### Case 2"),
    )
    slides_there = [slide for column in slides.columns(notebook) for slide in column]
    under = [re.sub(r"<.*?>", "", slide.under) or None for slide in slides_there]
    title, case, three = "A lesson of one step", "Case 1", "Three"
    assert under == [None, title, None, case, case, None, case, None, three, None]
    assert '<h2 class="under text">Case 1</h2>' in slides.deck(notebook)


def test_a_solution_follows_its_task_on_a_slide_and_stands_open():
    code = "def step(x):\n    return x"
    notebook = lesson(
        cell("subslide", "### Exercise"),
        cell("fragment", "...\nexercises.step.check(step)", code=True, tags=["exercise:step"]),
        cell("subslide", f"{SOLUTION_BEGIN}{code}{SOLUTION_END}"),
        cell("skip", "step = exercises.step.yours_or_ours(step)", code=True),
    )
    [(_, exercise, solution)] = slides.columns(notebook)
    shown = re.sub(r"<[^>]+>|\s", "", html(solution))
    assert shown == "Oursolutiondefstep(x):returnx"
    assert "details" not in html(solution) and 'class="code' in html(solution)
    assert "return" not in html(exercise)


def test_an_exercise_is_your_turn_with_its_time_and_without_its_check():
    source = "def step(x):\n    ...\n\n\nexercises.step.check(step)"
    verdict = display(html="<p>not attempted</p>", plain="not attempted")
    notebook = lesson(
        cell("subslide", "### Exercise\n\n*Difficulty 1 of 3, about 6 minutes.* Do it."),
        cell("fragment", source, code=True, outputs=[verdict], tags=["exercise:step"]),
        cell("subslide", "after"),
    )
    [(_, exercise, after)] = slides.columns(notebook)
    assert (exercise.minutes, after.minutes) == (6, None)
    shown = re.sub(r"<[^>]+>", "", html(exercise))
    assert "def step(x):" in shown
    assert "check" not in shown and "not attempted" not in shown
    assert "Your turn: 6 minutes" in slides.deck(notebook)


def test_code_stands_above_its_output_but_not_above_a_widget():
    notebook = lesson(
        cell("slide", "print(1)", code=True, outputs=[stream("1\n")]),
        cell("slide", "GateExplorer()", code=True, outputs=[display(html=GateExplorer().twin())]),
    )
    _, (printed,), (widget,) = slides.columns(notebook)
    assert [part in html(printed) for part in ("print", "<pre>1")] == [True, True]
    assert "data-lstm-widget" in html(widget) and 'class="code"' not in html(widget)


def test_code_with_a_line_too_long_for_its_usual_size_is_marked():
    sources = ["x = 1\n" + "y" * size for size in (slides.COLUMNS, slides.COLUMNS + 1)]
    notebook = lesson(*(cell("subslide", source, code=True) for source in sources))
    [(_, fits, too_long)] = slides.columns(notebook)
    assert 'class="code"' in html(fits) and 'class="code long"' in html(too_long)


def test_a_figure_keeps_its_words():
    output = display(png="QUJD\n", plain="a curve")
    output.metadata = {"image/png": {"alt": 'rises & "falls"', "width": 300, "height": 200}}
    [[slide], *_] = slides.columns(new_notebook(cells=[cell("slide", "plots.x()", code=True, outputs=[output])]))
    assert 'src="data:image/png;base64,QUJD"' in html(slide)
    assert 'alt="rises &amp; &quot;falls&quot;"' in html(slide)


def test_printed_text_is_text_and_no_markup():
    hostile = "<script>alert(1)</script>"
    outputs = [stream(hostile), display(plain=hostile)]
    page = slides.deck(lesson(cell("slide", "x", code=True, outputs=outputs)))
    assert "alert(1)" in page and hostile not in page


def test_text_cannot_end_the_scripts_and_styles_of_the_page():
    page = slides.deck(lesson())
    body = re.sub(r"<(script|style)\b[^>]*>.*?</\1>", "", page, flags=re.S)
    assert "<script" not in body and "</script" not in body and "</style" not in body


def test_links_between_lessons_lead_from_deck_to_deck():
    page = slides.deck(lesson(cell("slide", "[next](02_manual_cell.ipynb)")))
    assert 'href="02_manual_cell.html"' in page and ".ipynb" not in page


def test_the_title_is_the_lessons(tmp_path):
    page = slides.deck(lesson())
    assert "<title>A lesson of one step</title>" in page and '<html lang="en">' in page


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([new_markdown_cell("no type")], "cell 0 must have a slide type, got None"),
        ([cell("subslide", "too early")], "cell 0 must start a slide"),
    ],
)
def test_a_notebook_that_makes_no_slides_is_named_with_its_cell(tmp_path, cells, words):
    with pytest.raises(ValueError, match=words):
        slides.columns(new_notebook(cells=cells))
    path = tmp_path / "01_broken.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    with pytest.raises(ValueError, match=f"01_broken.ipynb: {words}"):
        slides.build([path], tmp_path / "slides")


def test_an_error_in_a_notebook_stops_the_slides():
    error = new_output("error", ename="ValueError", evalue="", traceback=[])
    with pytest.raises(ValueError, match="holds an error: ValueError"):
        slides.columns(lesson(cell("slide", "x", code=True, outputs=[error])))


def test_the_index_lists_the_decks(tmp_path):
    path = tmp_path / "07_some.ipynb"
    nbformat.write(lesson(), path)
    [deck] = slides.build([path], tmp_path / "slides")
    assert deck.name == "07_some.html"
    index = (tmp_path / "slides" / "index.html").read_text(encoding="utf-8")
    assert '<a href="07_some.html">A lesson of one step</a>' in index


def test_a_slide_that_is_too_tall_is_named_with_the_cell_that_has_no_room(tmp_path, capsys):
    code = "\n".join(f"x{k} = {k}" for k in range(14))
    fits = lesson(cell("fragment", code, code=True))
    twice = [cell("fragment", code, code=True, outputs=[stream("seen")]) for _ in range(2)]
    full = lesson(*twice, cell("slide", "## next"))
    for name, notebook in (("01_fits", fits), ("02_full", full)):
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    slides.build(sorted(tmp_path.glob("*.ipynb")), tmp_path / "slides")
    [said] = capsys.readouterr().err.splitlines()
    assert said.startswith("02_full.ipynb: cell 2 has no room: its slide needs about ") and "subslide" in said
    assert (tmp_path / "slides" / "02_full.html").exists()


@pytest.mark.parametrize(
    ("item", "pixels"),
    [
        ("<h2>A heading</h2>", 58),
        ("<p>" + "word " * 50 + "</p>", 3 * 36),
        ("<ul><li>one</li><li>two</li></ul>", 82),
        ("<pre>" + "line\n" * 10 + "</pre>", 284),
        ("<p>$$a = b \\\\ c = d$$</p>", 116),
        ("<p>a line with ${\\color{#a834e8}{g_t}} = \\tanh(W_{ig} x_t + b_{ig})$ in it, and it is one line</p>", 48),
        ('<div data-lstm-widget="gate_explorer"><p>seen to</p></div>', 0),
        ('<img src="data:image/png;base64,">', 220),
    ],
)
def test_the_room_of_a_part_is_about_what_a_browser_gives_it(item, pixels):
    assert room.height(item) == pytest.approx(pixels, rel=0.25)
