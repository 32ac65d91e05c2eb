"""A class: how many learners a machine carries, and a guide whose commands and links hold."""

from __future__ import annotations

import json
import re
import sys
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_notebook

from lstm_lessons.authoring.notebooks import NOTEBOOK_METADATA
from tests.benchmarks import classroom
from tests.benchmarks.test_page import AROUND

GUIDE = classroom.GUIDE.read_text(encoding="utf-8")
RECORD = {
    "lesson": "02_some",
    "threads": 1,
    "runs": [
        {"learners": 1, "seconds": 10.0, "slowest": 10.0, "resident_mb": 400.4,
         "unique_mb": 250.0, "proportional_mb": 390.0},
        {"learners": 2, "seconds": 12.0, "slowest": 13.0, "resident_mb": 401.0,
         "unique_mb": 251.0, "proportional_mb": 300.0},
        {"learners": 3, "seconds": 20.0, "slowest": 23.0, "resident_mb": 402.0,
         "unique_mb": 252.0, "proportional_mb": 290.0},
    ],
    "server": {"resident_mb": 110.0, "unique_mb": 90.0, "proportional_mb": 95.0},
    "around": AROUND,
}  # fmt: skip


def machine_of(cores):
    """Learners share the cores; a run costs nothing."""
    asked = []

    def run(count):
        asked.append(count)
        return {"learners": count, "seconds": 10.0 * max(1, count / cores)}

    return run, asked


@pytest.mark.parametrize(("cores", "carries"), [(1, 1), (2, 3), (3, 5), (4, 7), (8, 15)])
def test_the_number_is_the_last_before_the_time_doubles(cores, carries):
    run, asked = machine_of(cores)
    runs = classroom.carried(run, most=100)
    assert classroom.learners_carried(runs) == carries
    assert [one["learners"] for one in runs] == sorted(set(asked))
    assert {carries, carries + 1} <= set(asked), "the border itself was tried"
    assert len(asked) == len(set(asked)) < 12


def test_no_more_are_tried_than_allowed():
    run, asked = machine_of(100)
    runs = classroom.carried(run, most=6)
    assert max(asked) == 6 and classroom.learners_carried(runs) == 6


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells shared memory")
def test_kernels_run_side_by_side_and_their_memory_is_seen(tmp_path):
    source = "import time\nblock = bytearray(60_000_000)\ntime.sleep(1)\nlen(block)"
    notebook = new_notebook(cells=[new_code_cell(source)], metadata=NOTEBOOK_METADATA)
    nbformat.validate(notebook)
    found = classroom.together(2, notebook, tmp_path)
    assert found["learners"] == 2 and 1 < found["seconds"] <= found["slowest"]
    assert 60 < found["unique_mb"] <= found["proportional_mb"] <= found["resident_mb"] < 600


def test_a_table_says_the_number_the_memory_and_where_it_comes_from():
    table = classroom.table(RECORD)
    assert "| 2 | 12 | 401 | 300 | 251 |" in table
    assert "2 learners on 2 cores wait less than twice" in table
    assert "95 MB more" in table  # the proportional memory of a server
    assert "limits.memory 1.5G" in table  # 110 + 3 * 402 MB, in halves of a gigabyte
    for word in ("2030-01-02", "OMP_NUM_THREADS=1", "Abacus", AROUND["command"]):
        assert word in table


def test_a_search_that_was_cut_short_says_so():
    short = RECORD | {"runs": RECORD["runs"][:2]}
    assert "2 learners (more were not tried) on 2 cores" in classroom.table(short)


def test_the_guide_takes_the_table_again_and_again():
    once = classroom.with_table(GUIDE, RECORD)
    assert classroom.table(RECORD) in once and "\n\n\n" not in once.split("```")[0]
    assert classroom.with_table(once, RECORD) == once
    assert "learners at once" not in classroom.with_table(once, None)
    with pytest.raises(ValueError, match="<!-- measured -->"):
        classroom.with_table("no place", RECORD)


def test_the_guides_table_is_that_of_its_record():
    there = classroom.GUIDE_RECORD.exists()
    record = json.loads(classroom.GUIDE_RECORD.read_text(encoding="utf-8")) if there else None
    assert classroom.with_table(GUIDE, record) == GUIDE


# --- The guide --------------------------------------------------------------------------------


def blocks(kind: str) -> list[str]:
    """The guide's code blocks of one language."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def test_the_configuration_is_yaml_with_what_the_text_promises():
    (text,) = blocks("yaml")
    config = yaml.safe_load(text)
    user = config["singleuser"]
    assert user["extraEnv"] == {"OMP_NUM_THREADS": "1"} and isinstance(user["image"]["tag"], str)
    (build,) = [block for block in blocks("sh") if "repo2docker" in block]
    image, folder = re.search(r"--image-name (\S+)", build), re.search(r"-dir (\S+)", build)
    assert image[1] == f"{user['image']['name']}:{user['image']['tag']}"
    assert not folder[1].startswith("/home/jovyan")
    command = user["lifecycleHooks"]["postStart"]["exec"]["command"]
    assert f"cp -rn {folder[1]}/notebooks /home/jovyan/" in command[-1]
    assert (classroom.ROOT / user["defaultUrl"].removeprefix("/lab/tree/")).is_file()


def test_the_links_open_a_lesson_that_is_there():
    pull, binder = (urlsplit(text.strip()) for text in blocks("text"))
    query = {key: value for key, (value,) in parse_qs(pull.query).items()}
    assert pull.path == "/hub/user-redirect/git-pull" and query["branch"] == "main"
    assert query["repo"] == "https://github.com/OWNER/REPOSITORY"
    assert query["urlpath"].startswith("lab/tree/REPOSITORY/")
    assert (classroom.ROOT / query["urlpath"].removeprefix("lab/tree/REPOSITORY/")).is_file()
    assert binder.path == "/v2/gh/OWNER/REPOSITORY/main"
    [path] = parse_qs(binder.query)["urlpath"]
    assert (classroom.ROOT / path.removeprefix("lab/tree/")).is_file()


def test_the_guides_commands_are_ones_that_the_program_takes(capsys):
    told = re.findall(r"-m tests.benchmarks.classroom([^`\n]*)", GUIDE)
    assert len(told) == 1 + classroom.GUIDE_RECORD.exists()  # what to run, and what was run
    for line in told:
        with pytest.raises(SystemExit) as left:
            classroom.main([*line.split(), "--help"])
        assert left.value.code == 0 and "--threads" in capsys.readouterr().out


def test_the_readme_leads_to_the_guide():
    readme = (classroom.ROOT / "README.md").read_text(encoding="utf-8")
    assert f"({classroom.GUIDE.relative_to(classroom.ROOT)})" in readme
