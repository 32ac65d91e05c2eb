"""``python -m lstm_lessons.lab``: JupyterLab here gets the defaults of the lessons."""

from lstm_lessons import lab
from lstm_lessons.files import say

try:
    say(f"JupyterLab's defaults: {lab.install()}")
except OSError as error:  # a folder of somebody else: JupyterLab works without them
    say(f"JupyterLab's defaults could not be written: {error}")
