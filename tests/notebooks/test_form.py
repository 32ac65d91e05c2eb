"""Every committed lesson has the form of a lesson, and the check of it catches misfits."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lstm_lessons.authoring.notebooks import NOTES_BEGIN, NOTES_END, SOLUTION_BEGIN, normalize, to_text
from tests.notebooks import form, prose


def test_the_lessons_are_numbered_without_a_gap():
    numbers = [path.stem[:2] for path in form.LESSONS]
    assert len(numbers) >= 3
    assert numbers == [f"{number:02d}" for number in range(len(numbers))]


@pytest.mark.parametrize("path", form.LESSONS, ids=lambda path: path.stem)
def test_a_lesson_has_the_form_of_a_lesson(path):
    assert form.problems(path) == []


@pytest.mark.parametrize("path, following", list(pairwise(form.LESSONS)), ids=lambda path: path.stem)
def test_a_lesson_ends_in_a_link_to_the_next(path, following):
    shown = [cell for cell in nbformat.read(path, as_version=4).cells if cell.metadata.slideshow.slide_type != "notes"]
    assert f"]({following.name})" in shown[-1].source


@pytest.mark.parametrize("path", form.LESSONS, ids=lambda path: path.stem)
def test_a_lesson_made_from_a_copy_has_its_own_number_exercises_and_progress(path):
    number, _, name = path.stem.partition("_")
    cells = nbformat.read(path, as_version=4).cells
    sources = "\n".join(cell.source for cell in cells)
    assert int(number) == 0 or cells[0].source.startswith(f"# {int(number)}. ")
    assert f"from lstm_lessons.exercises import {name} as exercises" in sources
    assert re.search(rf'progress\.show\(("{name}")?\)', sources)


# --- The check itself: a lesson that is right, and one misfit at a time -------------------


def lesson() -> nbformat.NotebookNode:
    """A small lesson that passes; it borrows the exercises of lesson 0."""
    solved = "exercises.{0}.check({0})"
    cells = [
        new_markdown_cell("# A title\n\n```python\n# a comment is no heading\n```"),
        new_code_cell("seed = 0", metadata={"tags": ["parameters"]}),
        new_code_cell("print(seed)", outputs=[new_output("stream", text="0\n")]),
        new_code_cell(
            "plot()",
            outputs=[
                new_output(
                    "display_data",
                    data={"image/png": "iVBORw0KGgo=", "text/plain": "A line that rises."},
                    metadata={"image/png": {"alt": "A line that rises."}},
                )
            ],
        ),
        *(
            part
            for name, exercise in form.exercises_of("start_here").items()
            for part in (
                new_code_cell(
                    f"def {name}():\n    ...\n\n\n" + solved.format(name), metadata={"tags": [f"exercise:{name}"]}
                ),
                new_markdown_cell(form.folded_solution(exercise)),
                new_code_cell(
                    f"{name} = exercises.{name}.yours_or_ours({name})", metadata={"jupyter": {"source_hidden": True}}
                ),
            )
        ),
        new_code_cell("new_memory(1, 1, 1, 1)"),
        new_markdown_cell(f"{NOTES_BEGIN}Two minutes.{NOTES_END}", metadata={"slideshow": {"slide_type": "notes"}}),
        new_markdown_cell("## Recap\n\n" + "\n".join(f"- line {n}" for n in range(5))),
        new_markdown_cell("[itself](start_here.ipynb#Recap), [here](#A-title), [a site](https://example.org)"),
    ]
    count = 0
    for cell in cells:
        cell.metadata.setdefault("slideshow", {"slide_type": "slide"})
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
    return normalize(new_notebook(cells=cells))


def _first(notebook, kind):
    return next(cell for cell in notebook.cells if cell.cell_type == kind)


def _code(notebook, number):
    return [cell for cell in notebook.cells if cell.cell_type == "code"][number - 1]


def second_title(nb):
    _first(nb, "markdown").source += "\n\n# Another title"


def short_recap(nb):
    nb.cells[-2].source = "## Recap\n\n- only one line"


def no_slide_type(nb):
    del nb.cells[0].metadata["slideshow"]


def unknown_slide_type(nb):
    nb.cells[0].metadata["slideshow"]["slide_type"] = "-"


def no_notes(nb):
    nb.cells = [c for c in nb.cells if c.metadata.slideshow.slide_type != "notes"]


def notes_in_code(nb):
    _code(nb, 2).metadata.slideshow["slide_type"] = "notes"


def notes_unfolded(nb):
    [notes] = [c for c in nb.cells if c.metadata.slideshow.slide_type == "notes"]
    notes.source = notes.source.removeprefix(NOTES_BEGIN)


def long_text(nb):
    _first(nb, "markdown").source += " word" * 180


def dead_link(nb):
    nb.cells[-1].source += " [gone](99_gone.ipynb)"


def _ask(nb, place, source, **metadata):
    nb.cells[place:place] = [
        new_code_cell(source, metadata={"slideshow": {"slide_type": "skip"}} | metadata, execution_count=1)
    ]


def prediction_without_outcome(nb):
    _ask(nb, -1, 'left = Prediction("What?", ["yes", "no"])\nleft', jupyter={"source_hidden": True})


def prediction_after_its_outcome(nb):
    prediction_without_outcome(nb)
    _ask(nb, -2, 'left.outcome("yes")')


def prediction_unfolded(nb):
    _ask(nb, -1, 'left = Prediction("What?", ["yes", "no"])\nleft')
    _ask(nb, -1, 'left.outcome("yes")')


def link_to_no_heading(nb):
    nb.cells[-1].source += " [gone](#A-heading-that-was-renamed)"


def picture_without_alt(nb):
    nb.cells[-1].source += " ![](start_here.ipynb)"


def foreign_color(nb):
    nb.cells[-1].source += r" ${\color{#ff0000}{f_t}}$"


def no_color(nb):
    nb.cells[-1].source += r" ${\color{}{c_t}}$"


def _go_deeper(nb, heading, code, *, tags=("deeper", "deeper"), after):
    """Before the recap a section of two cells, and a core section after it with one."""
    slide = {"slideshow": {"slide_type": "slide"}}
    nb.cells[-2:-2] = [
        new_markdown_cell(heading, metadata=slide | {"tags": list(tags[:1])}),
        new_code_cell(code, metadata=slide | {"tags": list(tags[1:])}, execution_count=1),
        new_markdown_cell("## Back", metadata=slide),
        new_code_cell(after, metadata=slide, execution_count=1),
    ]


def deeper_heading_without_tag(nb):
    _go_deeper(nb, "## Deeper: more", "late = 1", tags=(), after="seed")


def deeper_cell_without_tag(nb):
    _go_deeper(nb, "### Deeper exercise: more", "late = 1", tags=("deeper",), after="seed")


def deeper_tag_without_heading(nb):
    _go_deeper(nb, "## More", "late = 1", after="seed")


def deeper_heading_in_the_middle(nb):
    _go_deeper(nb, "## 3. More\n\n### Deeper: even more", "late = 1", after="seed")


def core_calls_what_is_deeper(nb):
    _go_deeper(nb, "## 2. Deeper: more", "def late():\n    return seed", after="for k in range(3):\n    print(late())")


def core_reads_what_is_deeper_in_a_function(nb):
    _go_deeper(nb, "## Deeper: more", "late = 1", after="def early():\n    return [late for _ in range(3)]")


def core_reads_what_deeper_changed(nb):
    _go_deeper(nb, "## Deeper: more", "seed += 1", after="print(seed)")


def long_code(nb):
    _code(nb, 2).source = "\n".join(f"a{n} = {n}" for n in range(26))


def long_median(nb):
    for cell in nb.cells:
        if cell.cell_type == "code" and "tags" not in cell.metadata:
            cell.source = "\n".join(f"a{n} = {n}" for n in range(20))


def nbval_comment(nb):
    _code(nb, 2).source = "# NBVAL_IGNORE_OUTPUT\nprint(seed)"


def not_executed(nb):
    _code(nb, 2).execution_count = None


def out_of_order(nb):
    _code(nb, 2).execution_count, _code(nb, 3).execution_count = 3, 2


def unknown_tag(nb):
    _code(nb, 2).metadata["tags"] = ["nbval-skip"]


def no_parameters(nb):
    del _code(nb, 1).metadata["tags"]


def two_parameters(nb):
    _code(nb, 2).metadata["tags"] = ["parameters"]


def no_seed(nb):
    _code(nb, 1).source = "size = 3"


def figure_without_alt(nb):
    _code(nb, 3).outputs[0].metadata = {}


def stored_error(nb):
    _code(nb, 2).outputs = [new_output("error", ename="ValueError", evalue="x", traceback=[])]


def stored_stderr(nb):
    _code(nb, 2).outputs = [new_output("stream", name="stderr", text="a warning\n")]


def unshown_number(nb):
    nb.cells[-1].source += " It is right for 87.3 %."


def number_with_another_unit(nb):
    _code(nb, 2).outputs = [new_output("stream", text="87 ms\n")]
    nb.cells[-1].source += " It is right for 87 %."


def rounded_otherwise(nb):
    _code(nb, 2).outputs = [new_output("stream", text="it is right for 87.34 %\n")]
    nb.cells[-1].source += " It is right for 87.4 %."


def bare_claim(nb):
    _code(nb, 2).source = 'claim("it is right for more than 80 %", min([0.9]) > 0.8)'


def claim_executed_before_it_showed_values(nb):
    _code(nb, 2).source = 'claim("it is right for more than 80 %", share > 0.8)'


def parameter_for_tests(nb):
    _code(nb, 1).source += "\ngoal = 0.98"
    _code(nb, 2).source = 'claim("it reaches the goal", share >= goal)'


def parameter_for_tests_in_disguise(nb):
    _code(nb, 1).source += "\ngoal = 0.98"
    _code(nb, 2).source = 'below = goal - share\npoints = f"{below:.0%}"\nclaim("far below", below > 0.15, points)'


def claim_by_the_clock(nb):
    _code(nb, 2).source = 'claim("it is ready in less than 60 seconds", fast)'


def claim_by_the_clock_without_a_unit(nb):
    _code(nb, 2).source = 'claim("it is quick", history.seconds < 60)'


def caveat_in_the_notes_alone(nb):
    [notes] = [c for c in nb.cells if c.metadata.slideshow.slide_type == "notes"]
    notes.source = f"{NOTES_BEGIN}Ask what a backward direction would be. A leak.{NOTES_END}"


def caveat_in_another_section(nb):
    caveat_in_the_notes_alone(nb)
    nb.cells.insert(2, new_markdown_cell("## 1. A section", metadata={"slideshow": {"slide_type": "slide"}}))
    nb.cells[-1].source += " A split by chance leaks."  # below the recap, another section


def machine_path(nb):
    _code(nb, 2).outputs = [new_output("stream", text="saved in /somewhere/on/this/machine\n")]


def unknown_exercise(nb):
    _code(nb, 4).metadata["tags"] = ["exercise:no_such_exercise"]


def forgotten_exercise(nb):
    nb.cells = [c for c in nb.cells if not any("exercise:" in t for t in c.metadata.get("tags", []))]


def exercise_without_check(nb):
    _code(nb, 4).source += "\nprint('done')"


def exercise_already_done(nb):
    _code(nb, 4).source = _code(nb, 4).source.replace("...", "pass")


def no_solution(nb):
    nb.cells = [c for c in nb.cells if not c.source.startswith(SOLUTION_BEGIN)]


def old_solution(nb):
    [cell] = [c for c in nb.cells if c.source.startswith(SOLUTION_BEGIN)]
    cell.source = cell.source.replace("return", "return 2 *")


def nobody_goes_on(nb):
    nb.cells.remove(_code(nb, 5))


def goes_on_too_late(nb):
    nb.cells.append(_code(nb, 5))
    nb.cells.remove(_code(nb, 5))


def goes_on_unfolded(nb):
    del _code(nb, 5).metadata["jupyter"]


def open_solution(nb):
    _code(nb, 6).source = "def new_memory(c, f, i, g):\n    return f * c + i * g"


def overwritten_answer(nb):
    _code(nb, 6).source = "for new_memory in range(3):\n    print(new_memory)"


def answer_of_the_exercise(nb):
    _code(nb, 6).source = "exercises.new_memory.reference(1, 1, 1, 1)"


MISFITS = {
    second_title: "one H1 is wanted, there are 2",
    short_recap: "one recap of 5 lines is wanted",
    no_slide_type: "slide type None",
    unknown_slide_type: "slide type '-'",
    no_notes: "no speaker notes",
    notes_in_code: "speaker notes must be text",
    notes_unfolded: "speaker notes stand between",
    long_text: "words (180 at most)",
    dead_link: "99_gone.ipynb leads nowhere",
    prediction_without_outcome: "asks for the prediction left, and no later cell says left.outcome(...)",
    prediction_after_its_outcome: "left was not asked in a cell before it",
    prediction_unfolded: "the prediction left must be folded",
    link_to_no_heading: "the link to #A-heading-that-was-renamed leads to no heading",
    picture_without_alt: "has no alt text",
    foreign_color: "f has the color '#ff0000', not that of the palette",
    no_color: "c has the color '', not that of the palette",
    deeper_heading_without_tag: "stands in a section marked Deeper without the tag",
    deeper_cell_without_tag: "stands in a section marked Deeper without the tag",
    deeper_tag_without_heading: "is tagged 'deeper', and no heading above it says Deeper",
    deeper_heading_in_the_middle: "the heading 'Deeper: even more' must be the first of its cell",
    core_calls_what_is_deeper: "of the core path, uses late as the Deeper cell",
    core_reads_what_is_deeper_in_a_function: "of the core path, uses late as the Deeper cell",
    core_reads_what_deeper_changed: "of the core path, uses seed as the Deeper cell",
    long_code: "26 lines of code",
    long_median: "lines (8 at most)",
    nbval_comment: "not a comment",
    not_executed: "not executed once from top to bottom",
    out_of_order: "not executed once from top to bottom",
    unknown_tag: "the tag 'nbval-skip'",
    no_parameters: "one cell must be tagged 'parameters'; 0 are",
    two_parameters: "one cell must be tagged 'parameters'; 2 are",
    no_seed: "does not assign `seed`",
    figure_without_alt: "a figure has no alt text",
    stored_error: "shows an error: ValueError",
    stored_stderr: "writes to stderr",
    unshown_number: "no cell shows '87.3 %'",
    number_with_another_unit: "no cell shows '87 %'",
    rounded_otherwise: "no cell shows '87.4 %'",
    bare_claim: "show the value behind 'it is right for more than 80 %'",
    claim_executed_before_it_showed_values: "execute it again: its output shows no value",
    parameter_for_tests: "the parameter goal is a bound of claims alone",
    parameter_for_tests_in_disguise: "the parameter goal is a bound of claims alone",
    claim_by_the_clock: "is about a time by the clock",
    claim_by_the_clock_without_a_unit: "is about a time by the clock",
    caveat_in_the_notes_alone: "a leak, a caveat, stands in the teacher's notes alone",
    caveat_in_another_section: "a leak, a caveat, stands in the teacher's notes alone",
    machine_path: "shows a path of this machine",
    unknown_exercise: "asks for 'no_such_exercise'",
    forgotten_exercise: "the lesson asks for the exercises []",
    exercise_without_check: "does not end in the line",
    exercise_already_done: "has no `...` to replace",
    no_solution: "below cell 5 must stand\n<details><summary>Our solution",
    old_solution: "below cell 5 must stand\n<details><summary>Our solution",
    nobody_goes_on: "cell 7 uses new_memory, and no cell before it says `new_memory = exercises.",
    goes_on_too_late: "cell 7 uses new_memory, and no cell before it says `new_memory = exercises.",
    goes_on_unfolded: "cell 7 must be folded",
    open_solution: "cell 8 defines new_memory, which an exercise asks for",
    overwritten_answer: "cell 8 defines new_memory, which an exercise asks for",
    answer_of_the_exercise: "cell 8 takes an answer from the exercises",
}


def _write(notebook, folder):
    path = folder / "start_here.ipynb"
    path.write_text(to_text(notebook), encoding="utf-8")
    return path


def test_a_right_lesson_passes(tmp_path):
    assert form.problems(_write(lesson(), tmp_path)) == []


@pytest.mark.parametrize(
    "after",
    [
        "late = 2\nprint(late)",
        "for late in range(3):\n    print(late)",
        "with open(seed) as late:\n    late",
        "print([late for late in range(3)])",
        "def early(late):\n    return late",
        "def late(n):\n    return late(n - 1)",
    ],
)
def test_a_core_path_that_makes_its_own_names_passes(tmp_path, after):
    notebook = lesson()
    _go_deeper(notebook, "## 2. Deeper: more", "late = 1\nprint(late)", after=after)
    found = form.problems(_write(normalize(notebook), tmp_path))
    assert not any("eeper" in line for line in found), found


@pytest.mark.parametrize("misfit", MISFITS, ids=lambda misfit: misfit.__name__)
def test_each_misfit_is_caught_and_named(tmp_path, misfit):
    notebook = lesson()
    misfit(notebook)
    path = _write(normalize(notebook), tmp_path)
    assert any(MISFITS[misfit] in line for line in form.problems(path)), form.problems(path)


def test_a_notebook_that_was_not_normalized_is_caught(tmp_path):
    path = _write(lesson(), tmp_path)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][1]["metadata"]["execution"] = {"iopub.execute_input": "now"}
    path.write_text(json.dumps(content), encoding="utf-8")
    assert form.problems(path) == ["not in the committed form: run `make notebooks NAMES=start_here`"]


@pytest.mark.parametrize(
    "text", ["87.3 %", "87 points", "12,345 phrases", "in 2024", "3 cases", "`99` and $99$", "[a](https://b.org/98)"]
)
def test_numbers_that_a_lesson_shows_or_that_measure_nothing_pass(text):
    notebook = lesson()
    _code(notebook, 2).outputs = [new_output("stream", text="right for 87.34% of 12345\n")]
    notebook.cells[-1].source += f" It is {text}."
    notebook.cells[0].source = notebook.cells[0].source.replace("# A title", "# 99. A title")
    assert list(prose.unshown(notebook, {})) == []


@pytest.mark.parametrize(
    "arguments", ['"above 80 %", share > 0.8', '"above 80 %", min(a) > 0.8, min(a)', '"equal", min(a) > 0.8']
)
def test_a_claim_that_shows_its_value_passes(arguments):
    notebook = lesson()
    _code(notebook, 2).source = f"claim({arguments})"
    _code(notebook, 2).outputs = [new_output("stream", text="claim holds: above 80 % [here: share = 0.9]\n")]
    assert list(prose.bare_claims(notebook)) == []


@pytest.mark.parametrize(
    "source",
    [
        'kept = goal * size\nclaim("it keeps more than it had", run(kept) > goal)',
        'claim("one takes longer than the other", seconds["one"] > 2 * seconds["other"])',
        'claim("after 20 steps it is right", share > 0.9)',
        'print(goal)\nclaim("above it", share > goal)',
    ],
)
def test_what_is_run_with_a_parameter_and_a_ratio_of_times_pass(source):
    notebook = lesson()
    _code(notebook, 1).source += "\ngoal = 0.98"
    _code(notebook, 2).source = source
    assert list(prose.thresholds(notebook, {"goal"})) == []


def test_a_caveat_that_the_section_says_passes():
    notebook = lesson()
    caveat_in_the_notes_alone(notebook)
    notebook.cells[0].source += "\n\nA backward direction would be a leak."
    assert list(prose.hidden_caveats(notebook)) == []


def test_a_fact_is_declared_with_its_source_and_only_while_the_prose_says_it():
    notebook = lesson()
    notebook.cells[-1].source += " It ends at 65,504."
    assert list(prose.unshown(notebook, {"65,504": "IEEE 754"})) == []
    [problem] = prose.unshown(notebook, {"65,504": "IEEE 754", "8.6": "a manual"})
    assert "declares '8.6', which the prose does not say" in problem
    assert all(source for facts in prose.FACTS.values() for source in facts.values())
