"""The site: what a page shows of a lesson, and a build that stops at whatever is wrong."""

import re
import subprocess

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lstm_lessons.authoring.notebooks import NOTEBOOK_METADATA, SOLUTION_BEGIN, SOLUTION_END
from lstm_lessons.publish import head, pages, site
from lstm_lessons.widgets import GateExplorer
from tests.notebooks import form

TITLE = "# 7. A lesson\n\n**Why?**\n\n**Time:** 5 minutes."
# Sphinx's extensions use each other's old names.
pytestmark = [
    pytest.mark.filterwarnings(f"ignore::{kind}") for kind in ("DeprecationWarning", "PendingDeprecationWarning")
]


def cell(source, *, code=False, kind="slide", outputs=(), tags=()):
    metadata = {"slideshow": {"slide_type": kind}, "tags": list(tags)}
    if not code:
        return new_markdown_cell(source, metadata=metadata)
    return new_code_cell(source, metadata=metadata, outputs=list(outputs))


def lesson(*cells):
    return new_notebook(cells=[cell(TITLE), *cells], metadata=NOTEBOOK_METADATA)


def display(kind, data, **metadata):
    return new_output("display_data", {kind: data}, metadata={kind: metadata})


def sources(notebook):
    return [shown.source for shown in notebook.cells]


def written(folder, name, *cells):
    path = folder / f"{name}.ipynb"
    nbformat.write(lesson(*cells), path)
    return path


# --- A lesson's page --------------------------------------------------------------------------


def test_speaker_notes_stay_out_and_all_else_stays_in():
    kinds = ("slide", "subslide", "fragment", "skip", "notes")
    page = site.page(lesson(*(cell(f"a {kind}", kind=kind) for kind in kinds)), "07_a")
    assert sources(page)[1:] == ["a slide", "a subslide", "a fragment", "a skip"]


def test_the_notebook_that_is_shown_is_left_as_it_is():
    notebook = lesson(cell("x", code=True, tags=["exercise:x"], outputs=[display("text/html", "")]))
    before = nbformat.writes(notebook)
    site.page(notebook, "07_a", "me/it")
    assert nbformat.writes(notebook) == before


def test_links_stand_between_the_title_and_the_question():
    (first,) = sources(site.page(lesson(), "07_a", "me/it"))
    title, _, below = first.partition("\n")
    links, _, rest = below.partition("**Why?**")
    assert title == "# 7. A lesson" and rest.endswith("5 minutes.")
    assert "<../notebooks/07_a.ipynb>" in links
    assert "mybinder.org/v2/gh/me/it/main?urlpath=lab/tree/notebooks/07_a.ipynb" in links
    assert "colab.research.google.com/github/me/it/blob/hosted/07_a.ipynb" in links


def test_a_link_to_a_heading_leads_to_it_on_the_page(tmp_path):
    contents = cell("[one](#1.-Predict,-run,-explain) and [two](#Why-not?)")
    headings = [cell("## 1. Predict, run, explain"), cell("### Why not?")]
    shown = site.page(lesson(contents, *headings), "07_a")
    assert sources(shown)[1] == "[one](#1-predict-run-explain) and [two](#why-not)"
    site.build([written(tmp_path, "07_a", contents, *headings)], tmp_path / "site", documented=[])
    html = (tmp_path / "site" / "lessons" / "07_a.html").read_text(encoding="utf-8")
    for text in ("one", "two"):
        anchor = re.search(rf'href="#([\w-]+)">{text}<', html)[1]
        assert f'id="{anchor}"' in html


def test_without_a_repository_no_link_leads_elsewhere():
    (first,) = sources(site.page(lesson(), "07_a"))
    assert "Download" in first and "Binder" not in first and "Colab" not in first


def test_an_exercise_keeps_its_stub_and_says_how_to_have_it_checked():
    stub = "def step(x):\n    ...\n\n\nexercises.step.check(step)"
    verdict = display("text/html", "<p>not attempted</p>")
    task = cell("*Difficulty 1 of 3, about 6 minutes.* Do it.")
    exercise = cell(stub, code=True, tags=["exercise:step"], outputs=[verdict])
    page = site.page(lesson(task, exercise), "07_a")
    _, _, shown, turn = page.cells
    assert shown.source == stub and shown.outputs == []
    assert "Your turn: 6 minutes." in turn.source and "#run-them-yourself" in turn.source


def test_a_puzzle_is_judged_on_the_page_and_leads_to_the_shelf():
    page = site.page(lesson(cell("latch = ...", code=True, tags=["exercise:latch"])), "07_a")
    assert "bench" in page.cells[-1].source and "(../puzzles.md#latch)" in page.cells[-1].source


def test_a_solution_that_the_lesson_goes_on_with_stands_open_and_nobody_goes_on_with_theirs():
    cells = []
    for name in ("step", "layer"):
        stub = f"{name} = ...\n\nexercises.{name}.check({name})"
        cells.append(cell(stub, code=True, tags=[f"exercise:{name}"]))
        cells.append(cell(f"{SOLUTION_BEGIN}{name} = 1{SOLUTION_END}"))
    cells.append(cell("layer = exercises.layer.yours_or_ours(layer, step=step)", code=True))
    (*_, folded, _, _, unfolded) = sources(site.page(lesson(*cells), "07_a"))
    assert folded == f"{SOLUTION_BEGIN}step = 1{SOLUTION_END}"
    assert unfolded.startswith("<details open>") and "layer = 1" in unfolded


def test_an_exercise_without_a_time_names_none():
    page = site.page(lesson(cell("x", code=True, tags=["exercise:x"])), "07_a")
    assert "**Your turn.**" in page.cells[-1].source


def test_each_figure_keeps_its_own_words():
    outputs = [
        new_output("stream", text="before"),
        display("image/png", "AAAA", alt="rises", width=3),
        new_output("stream", text="between"),
        display("image/png", "BBBB", alt="falls"),
    ]
    page = site.page(lesson(cell("draw()", code=True, outputs=outputs)), "07_a")
    _, one, two = page.cells
    assert [o.output_type for o in one.outputs] == ["stream", "display_data", "stream"]
    assert one.metadata.mystnb == {"image": {"alt": "rises"}}
    assert two.metadata.mystnb == {"image": {"alt": "falls"}}
    assert one.source == "draw()" and two.metadata.tags == ["remove-input"]
    assert two.outputs[0].data["image/png"] == "BBBB"


def test_the_code_of_a_self_check_which_names_the_answer_is_not_shown():
    source = 'SelfCheck("Is 1 = 2?", {"yes": "No.", "no": "So it is."}, right="no")'
    page = site.page(lesson(cell("1 + 1", code=True), cell(source, code=True, tags=["deeper"])), "07_a")
    assert [cell.metadata.get("tags", []) for cell in page.cells[1:]] == [[], ["deeper", "remove-input"]]


def test_an_output_that_could_run_is_named_with_its_cell():
    output = display("text/html", "<b>x</b><script>alert(1)</script>")
    with pytest.raises(ValueError, match="cell 2: an output holds <script>"):
        site.page(lesson(cell("text"), cell("x", code=True, outputs=[output])), "07_a")


# --- The reference ----------------------------------------------------------------------------


def test_the_reference_has_every_public_module_and_gives_no_solution_away():
    names = site.modules()
    assert {"lstm_lessons.cell", "lstm_lessons.widgets.gate_explorer.widget"} <= set(names)
    assert "lstm_lessons.exercises" in names
    assert not [name for name in names if name.startswith("lstm_lessons.exercises.")]
    assert not [name for name in names if "._" in name]


def test_a_docstring_is_prose_with_code_in_it():
    lines = ["Ask `a*b` or ``*args``, (B, *shape), 2 * 3 and |x|.", "", "* h_ is a point"]
    site.read_as_prose(None, "", "", None, None, lines)
    assert lines == [r"Ask `a*b` or ``*args``, (B, \*shape), 2 * 3 and \|x\|.", "", r"* h\_ is a point"]


# --- The build --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A folder with a site of two lessons, and how it was built."""
    folder = tmp_path_factory.mktemp("small")
    hostile = new_output("stream", text="<script>alert(1)</script>")
    twin = display("text/html", GateExplorer().twin())
    (folder / "images").mkdir()
    (folder / "images" / "course.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    paths = [
        written(folder, "01_one", cell("[two](02_two.ipynb#there)"), cell("![one leads to two](images/course.svg)")),
        written(
            folder,
            "02_two",
            cell("## There\n\n$x_t$"),
            cell("GateExplorer()", code=True, outputs=[twin]),
            cell("print(1)", code=True, outputs=[hostile]),
        ),
    ]

    def build(target):
        site.build(paths, folder / target, documented=["lstm_lessons.claims"])
        return folder / target

    return build("site"), build


def test_a_site_has_its_pages_and_what_they_load(small):
    folder, _ = small
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {
        *("index.html", "puzzles.html", "search.html", "searchindex.js", "genindex.html"),
        *("lessons/01_one.html", "lessons/02_two.html", "api/lstm_lessons.claims.html"),
        *("_static/tex-svg-full.js", "_static/site.css", "_static/site.js"),
    } <= files
    one, two = ((folder / f"lessons/{n}.html").read_text() for n in ("01_one", "02_two"))
    assert 'href="02_two.html#there"' in one and "tex-svg-full.js" not in one
    for shown in (one, (folder / "index.html").read_text()):  # the course's picture stands on the start page too
        assert re.search(r'<img alt="one leads to two" src="(\.\./)?_images/course\.svg"', shown)
    assert "tex-svg-full.js" in two and two.count('<script type="module">') == 1
    assert "&lt;script&gt;alert(1)" in two and "<script>alert(1)" not in two


def test_two_builds_give_the_same_files(small):
    folder, build = small
    again = build("again")
    for path in folder.rglob("*"):
        if path.is_file():
            assert (again / path.relative_to(folder)).read_bytes() == path.read_bytes(), path.name
    assert len(list(folder.rglob("*"))) == len(list(again.rglob("*")))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[there](03_not_there.ipynb)", "03_not_there.ipynb"),
        ("[there](#no-such-place)", "no-such-place"),
        ("[there](02_two.ipynb#no-such-place)", "no-such-place"),
        ("![a figure](nowhere.png)", "nowhere.png"),
    ],
)
def test_a_dead_link_stops_the_build_and_the_old_site_stays(tmp_path, capfd, text, complaint):
    paths = [written(tmp_path, "01_one", cell(text)), written(tmp_path, "02_two")]
    target = tmp_path / "site"
    target.mkdir()
    (target / "index.html").write_text("the old site")
    with pytest.raises(site.SiteBroken, match="not written"):
        site.build(paths, target, documented=[])
    assert complaint in capfd.readouterr().err
    assert [file.name for file in target.iterdir()] == ["index.html"]


def test_a_lesson_that_cannot_be_shown_is_named(tmp_path):
    path = tmp_path / "05_mute.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("# 5. No question")]), path)
    with pytest.raises(ValueError, match="05_mute.ipynb: the first cell must hold a question"):
        site.build([path], tmp_path / "site", documented=[])


# --- What others read of a page ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("index", "lstm_lessons/publish/sphinx/index.md.j2"),
        ("puzzles", "lstm_lessons/publish/sphinx/puzzles.md.j2"),
        ("lessons/01_gate_equations", "notebooks/01_gate_equations.ipynb"),
        ("guides/glossary", "lstm_lessons/publish/sphinx/guides/glossary.md"),
        ("api/lstm_lessons.cell", "lstm_lessons/cell.py"),
        ("api/lstm_lessons.plots", "lstm_lessons/plots/__init__.py"),
        ("search", ""),
        ("api", ""),
    ],
)
def test_a_page_is_made_from_a_file_of_the_repository(name, source):
    assert head.source_of(name) == source
    assert not source or (form.FOLDER.parent / source).is_file()


def test_without_an_address_a_page_has_words_and_no_picture():
    told = head.tags("lessons/07_a", 'A "lesson"', "Why & how?", "")
    assert '<meta property="og:title" content="A &quot;lesson&quot;">' in told
    assert '<meta name="description" content="Why &amp; how?">' in told
    assert "og:image" not in told and "og:url" not in told and "twitter" not in told


def test_the_glossary_leads_to_lessons_that_there_are_and_names_the_others(tmp_path):
    text = (form.FOLDER.parent / head.source_of("guides/glossary")).read_text(encoding="utf-8")
    linked = set(re.findall(r"\.\./lessons/(\w+)\.ipynb", text))
    assert linked <= {path.stem for path in form.LESSONS} and len(linked) > 8
    site.lay_out(pages.notebooks_at([written(tmp_path, "01_gate_equations")]), tmp_path / "laid", None, [])
    laid = (tmp_path / "laid/guides/glossary.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\.\./lessons/(\w+)\.ipynb", laid)) == {"01_gate_equations"}
    assert "lesson 5" in laid


@pytest.mark.parametrize("address", ["example.org", "https://example.org/<b>/", "https://example.org/?a=/"])
def test_an_address_that_is_none_is_refused(capsys, address):
    assert site.main(["--repository", "me/it", "--address", address]) == 1
    assert f"address must begin with https:// and end with a slash, got {address!r}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("repository", "address"),
    [("Me/Lessons", "https://me.github.io/Lessons/"), ("Me/me.GitHub.io", "https://me.github.io/")],
)
def test_a_page_tells_where_github_shows_it(tmp_path, repository, address):
    site.build([written(tmp_path, "01_one")], tmp_path / "site", repository=repository, documented=[])
    assert f'<link rel="canonical" href="{address}index.html">' in (tmp_path / "site/index.html").read_text()
    assert f"<loc>{address}lessons/01_one.html</loc>" in (tmp_path / "site/sitemap.xml").read_text()


# --- Command line -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://github.com/some-one/the.lessons.git", "some-one/the.lessons"),
        ("git@github.com:some-one/lessons.git", "some-one/lessons"),
        ("https://github.com/some-one/lessons", "some-one/lessons"),
        ("https://example.org/some-one/lessons.git", None),
        (None, None),
    ],
)
def test_the_repository_is_where_the_folder_was_cloned_from(tmp_path, monkeypatch, address, expected):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    if address:
        subprocess.run(["git", "-C", tmp_path, "remote", "add", "origin", address], check=True)
    monkeypatch.chdir(tmp_path)
    assert site.origin() == expected


def test_a_repository_that_is_none_is_refused(capsys):
    assert site.main(["--repository", "https://github.com/me/it"]) == 1
    assert "repository must be owner/name, got 'https://" in capsys.readouterr().err


def test_the_command_says_what_it_leaves_out_and_what_it_wrote(tmp_path, monkeypatch, capsys):
    (tmp_path / "notebooks").mkdir()
    written(tmp_path / "notebooks", "01_one")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(site, "modules", lambda: ["lstm_lessons.claims"])
    assert site.main([]) == 0
    said = capsys.readouterr().out
    assert "no links to Binder, Colab and Kaggle" in said and "MB in all" in said
    assert (tmp_path / "build/site/lessons/01_one.html").is_file()
    assert "Binder" not in (tmp_path / "build/site/index.html").read_text()
