"""``python -m lstm_lessons.lab``: JupyterLab here gets the defaults of the lessons; with ``--open`` it shows them."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from lstm_lessons import lab, workcopy
from lstm_lessons.files import say


def main() -> int:
    """Write the defaults; with ``--open`` also lay the copies of the lessons and open the first."""
    parser = argparse.ArgumentParser(prog="python -m lstm_lessons.lab", description=lab.__doc__.partition("\n")[0])
    parser.add_argument("--open", action="store_true", help="lay your copies of the lessons and open the first")
    chosen, for_jupyterlab = parser.parse_known_args()
    try:
        say(f"JupyterLab's defaults: {lab.install()}")
    except OSError as error:  # a folder of somebody else: JupyterLab works without them
        say(f"JupyterLab's defaults could not be written: {error}")
    if not chosen.open:
        return 0
    if failed := workcopy.main([]):
        return failed
    first = min(Path("work").glob("*.ipynb"))
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # in containers, as `make lab`
    return subprocess.call([sys.executable, "-m", "jupyterlab", str(first), *root, *for_jupyterlab])


if __name__ == "__main__":
    sys.exit(main())
