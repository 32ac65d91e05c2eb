"""What slides and site share: a lesson's facts, outputs that must not run, files of packages."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lstm_lessons.authoring import notebooks, study
from lstm_lessons.publish import grade, pages, site, slides, student, worksheets
from lstm_lessons.widgets import GateExplorer, SequenceExplorer
from tests.notebooks import form


def lesson(text):
    return new_notebook(cells=[new_markdown_cell(text), new_code_cell("# no title")])


def test_a_lesson_has_a_title_and_a_question():
    notebook = lesson("# 3. `nn.LSTM`\n\n**What does `nn.LSTM` take?**\n\n**Time:** 45 minutes.")
    assert pages.title_of(notebook) == "3. nn.LSTM"
    assert pages.question_of(notebook) == "What does `nn.LSTM` take?"


@pytest.mark.parametrize("path", form.LESSONS, ids=lambda path: path.stem)
def test_every_lesson_has_both(path):
    notebook = form.nbformat.read(path, as_version=4)
    assert pages.title_of(notebook) and pages.question_of(notebook).endswith("?")


def test_a_lesson_without_them_is_told_so():
    with pytest.raises(ValueError, match="must have a title"):
        pages.title_of(lesson("## only a section"))
    with pytest.raises(ValueError, match="must hold a question"):
        pages.question_of(lesson("# A title\n\n**No question.**"))


def test_minutes_are_read_from_the_task():
    assert pages.minutes_to_give("*Difficulty 1 of 3, about 6 minutes.*") == 6
    assert pages.minutes_to_give("about 1 minute") == 1
    assert pages.minutes_to_give("a while") is None


def test_each_widget_of_a_page_is_found_once():
    twins = [GateExplorer().twin(), SequenceExplorer().twin(), GateExplorer(x=1.0).twin()]
    assert pages.widgets_in("\n".join(twins)) == ["gate_explorer", "sequence_explorer"]
    assert pages.widgets_in("<p>data-lstm-widget</p>") == []


@pytest.mark.parametrize(
    "html",
    [
        "<p>fine</p><script>alert(1)</script>",
        "<SCRIPT src=x></SCRIPT>",
        "<img src=x onerror='alert(1)'>",
        "<svg/onload=alert(1)>",
        "<a href=' java\nscript:alert(1)'>here</a>",
        "<a href='data:text/html,x'>here</a>",
        "<iframe srcdoc='x'></iframe>",
        "<meta http-equiv=refresh content=0>",
        "<math><mtext><form><button formaction='javascript:alert(1)'>",
    ],
)
def test_an_output_that_could_run_is_refused(html):
    with pytest.raises(ValueError, match="an output holds <.*could run a program"):
        pages.inert(html)


def test_an_output_that_only_speaks_of_programs_is_as_it_was():
    label = '"><script>alert(1)</script> onclick=x javascript:'
    escaped = label.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    for html in (
        f'<p title="{escaped}">{escaped}</p>',
        '<a href="https://example.org/javascript:">here</a>',
        '<img src="data:image/png;base64,AAAA" alt="on">',
        GateExplorer().twin(),
    ):
        assert pages.inert(html) == html


def test_a_file_of_a_package_is_found_and_a_missing_package_is_named():
    assert pages.installed_file(*pages.MATHJAX).stat().st_size > 1e6
    with pytest.raises(ModuleNotFoundError, match=r"no-such-package: pip install -e \.\[publish\]"):
        pages.installed_file("no-such-package", "file.js")


@pytest.mark.parametrize("build", [slides.build, worksheets.build])
def test_of_lessons_one_of_which_fails_none_is_written(tmp_path, build):
    bad = tmp_path / "99_bad.ipynb"
    nbformat.write(lesson("# 5. No question"), bad)
    with pytest.raises(ValueError, match="99_bad.ipynb: "):
        build([form.LESSONS[1], bad], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["../..", "me/..", "me/it.git", "mé/it", "me/it/", "-me/it", "me it/x", "me/it\n"])
def test_what_cannot_be_a_repository_is_refused(name):
    with pytest.raises(ValueError, match="repository must be owner/name, got"):
        pages.checked_repository(name)


# --- What is typed at the terminal ---------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "typed", "said"),
    [
        (student.main, ["01"], "say when solutions open"),
        (student.main, ["01", "--until", "24.12.2026"], "until must be a day such as 2026-12-24"),
        (student.main, ["01", "--until", "2026-02-30"], "until must be a day"),
        (student.main, ["01", "--word", " "], "word must hold a letter"),
        (student.main, ["01", "--word", "\udcff"], "word must hold whole letters"),
        (student.main, ["", "--word", "x"], "no notebook in notebooks begins with ''"),
        (student.main, ["02", "--word", "x"], "paths must be notebooks, got 02_broken.ipynb"),
        (student.main, ["01", "--word", "x"], "target must be a folder"),
        (worksheets.main, ["01"], "target must be a folder"),
        (slides.main, ["/"], "no notebook in notebooks begins with '/'"),
        (slides.main, ["02"], "paths must be notebooks, got 02_broken.ipynb"),
        (site.main, ["--repository", "a/b"], "paths must be notebooks, got 02_broken.ipynb"),
        (grade.main, [" "], "FOLDER must be the folder with what was handed in"),
        (grade.main, ["notebooks/01_lesson.ipynb"], "FOLDER must be a folder with notebooks"),
        (grade.main, ["a\0"], "FOLDER must be a folder with notebooks"),
        (grade.main, ["empty"], "FOLDER must hold notebooks, got none in 'empty'"),
        (grade.main, ["notebooks", "--seconds", "nan"], "seconds must be above 0"),
        (notebooks.main, ["02", "--no-run"], "02_broken.ipynb: left as it was"),
        (study.main, ["notebooks/02_broken.ipynb"], "does not appear to be JSON"),
        (study.main, ["nowhere.ipynb"], "nowhere.ipynb"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(command, typed, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "empty").mkdir()
    if "target" in said:
        (tmp_path / "build").write_text("a file where a folder is wanted")
    lesson = new_notebook(cells=[new_markdown_cell("# A lesson\n\n**Why?**")])
    nbformat.write(lesson, tmp_path / "notebooks" / "01_lesson.ipynb")
    (tmp_path / "notebooks" / "02_broken.ipynb").write_text("hello")
    assert command(typed) == 1
    assert said in capsys.readouterr().err
    assert not [*tmp_path.glob("build/*/*")]
