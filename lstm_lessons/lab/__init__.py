"""JupyterLab's defaults for learners: `lstm-lessons.json`, installed where JupyterLab looks."""
