"""JupyterLab's defaults for learners: `lstm-lessons.json`, which says what JupyterLab should do.

Widgets live again when a lesson is reopened, no news pops up, and the names of the lessons are not cut off. A wheel
brings the file to where JupyterLab looks for it. An editable installation cannot: there ``python -m lstm_lessons.lab``
does it (``make`` calls it).
"""

import json
import shutil
import sys
from pathlib import Path

FOLDER = "share/jupyter/lab/settings/overrides.d"  # below the prefix of an environment
WORKSPACES = "share/jupyter/lab/workspaces"  # there, too; those of the home folder are left alone
# No setting widens the sidebar, a layout does: the share of the width, of which the longest name of a lesson needs 284
# pixels in a window of 1280.
_WIDE = {"left": {"collapsed": False, "current": "filebrowser"}, "relativeSizes": [0.235, 0.765, 0]}
LAYOUT = {"data": {"layout-restorer:data": _WIDE}, "metadata": {"id": "default"}}


def install(prefix: Path | str = sys.prefix) -> Path:
    """Copy the defaults into the environment of a prefix, and say where they are. A layout that is there stays."""
    ours = Path(__file__).with_name("lstm-lessons.json")
    folder = Path(prefix, FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    layout = Path(prefix, WORKSPACES, "default-37a8.jupyterlab-workspace")  # as JupyterLab calls it
    if not layout.exists():
        layout.parent.mkdir(parents=True, exist_ok=True)
        layout.write_text(json.dumps(LAYOUT))
    return Path(shutil.copy(ours, folder))
