"""Lessons for a notebook service that has PyTorch and knows nothing of us, such as Colab and Kaggle.

`make site` writes these copies with the site, and the workflow that publishes it puts them on a branch of their own,
`BRANCH`, because both services open notebooks from GitHub.
"""

import re

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from lstm_lessons import checks
from lstm_lessons.publish.pages import checked_repository
from lstm_lessons.workcopy import PICTURE, without_results

BRANCH = "hosted"
INSTALL = """\
# This machine does not have the lessons' package yet. Run this cell first; it takes a minute or two.
%pip install --quiet "{package}"\
"""
_TO_LESSON = re.compile(r"(?<=\]\()(\w+\.ipynb)(?=[#)])")


def colab(repository: str, file: str) -> str:
    """The address at which Colab opens the copy of a lesson."""
    place = f"{checked_repository(repository)}/blob/{BRANCH}/{checks.text('file', file)}"
    return f"https://colab.research.google.com/github/{place}"


def kaggle(repository: str, file: str) -> str:
    """The address at which Kaggle opens the copy of a lesson."""
    source = f"https://raw.githubusercontent.com/{checked_repository(repository)}/{BRANCH}/{checks.text('file', file)}"
    return f"https://www.kaggle.com/kernels/welcome?src={source}"


def package_of(repository: str) -> str:
    """What pip is asked for; an archive, since not every machine has git."""
    return f"lstm-lessons @ https://github.com/{checked_repository(repository)}/archive/refs/heads/main.zip"


def hosted(lesson: NotebookNode, repository: str, package: str | None = None) -> NotebookNode:
    """A copy of a lesson, without results, that begins with the install.

    Args:
        repository: ``owner/name`` on GitHub. Links to other lessons lead to their copies on Colab.
        package: what pip is asked for instead of the repository's archive.
    """
    checks.kind("lesson", lesson, "a notebook", isinstance(lesson, NotebookNode))
    checked_repository(repository)
    checks.kind("package", package, "a text or None", package is None or isinstance(package, str))
    copy = without_results(lesson)
    # GitHub serves a drawing as text where it is not asked to look into it.
    pictures = f"https://raw.githubusercontent.com/{repository}/main/notebooks/{{}}?sanitize=true"
    for cell in copy.cells:
        if cell.cell_type == "markdown":
            cell.source = _TO_LESSON.sub(lambda found: colab(repository, found[1]), cell.source)
            cell.source = PICTURE.sub(lambda found: pictures.format(found[0]), cell.source)
    install = new_code_cell(INSTALL.format(package=package or package_of(repository)), id="install")
    copy.cells.insert(1, install)  # below the title
    return copy
