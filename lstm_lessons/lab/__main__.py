"""``python -m lstm_lessons.lab``: JupyterLab here gets the defaults of the lessons."""

from lstm_lessons import lab

print(f"JupyterLab's defaults: {lab.install()}")
