"""JupyterLab's defaults for learners: `lstm-lessons.json`, which says what JupyterLab should do.

Widgets live again when a lesson is reopened, no news pops up, and the names of the lessons are not cut off. A wheel
brings the file to where JupyterLab looks for it. An editable installation cannot: there ``python -m lstm_lessons.lab``
does it (``make`` calls it).
"""

import shutil
import sys
from pathlib import Path

FOLDER = "share/jupyter/lab/settings/overrides.d"  # below the prefix of an environment


def install(prefix: Path | str = sys.prefix) -> Path:
    """Copy the defaults into the environment of a prefix, and say where they are."""
    ours = Path(__file__).with_name("lstm-lessons.json")
    folder = Path(prefix, FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(ours, folder))
