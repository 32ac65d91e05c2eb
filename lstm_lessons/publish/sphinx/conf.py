"""How Sphinx builds the site. `lstm_lessons.publish.site` puts this file beside the pages."""

from lstm_lessons import __version__
from lstm_lessons.publish import site

project = "LSTM Lessons"
version = release = __version__
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx_copybutton",
]
exclude_patterns = ["notebooks"]
templates_path = ["templates"]

# --- The lessons: as they are stored ----------------------------------------------------------

nb_execution_mode = "off"
# A widget's twin is text/html. What is left out here stays out of the pages.
nb_mime_priority_overrides = [
    ("html", "text/html", 0),
    ("html", "image/png", 10),
    ("html", "text/plain", 20),
    *(
        ("html", kind, None)
        for kind in (
            "application/javascript",
            "application/vnd.jupyter.widget-view+json",
            "text/latex",
            "text/markdown",
        )
    ),
]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
copybutton_selector = "div.highlight:not(.cell_output *) pre"

# --- Formulas, drawn by a file of this site ---------------------------------------------------

mathjax_path = "tex-svg-full.js"
mathjax3_config = {
    "svg": {"fontCache": "local"},
    "options": {"enableMenu": False, "ignoreHtmlClass": ".*|", "processHtmlClass": "math"},
}
myst_update_mathjax = False

# --- The reference, from docstrings -----------------------------------------------------------

autosummary_generate = False  # a page for each module is there already
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
napoleon_numpy_docstring = False
napoleon_use_rtype = False
napoleon_custom_sections = [("Attributes", "params_style"), ("Traits", "params_style")]
autodoc_inherit_docstrings = False
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"
add_module_names = False
# In a docstring, single backticks hold the name of something, here or elsewhere, or code.
default_role = "py:obj"
nitpicky = True
# Names of other packages, and those that this one keeps to itself: of a widget all but its class.
OWN = r".*\._.*|lstm_lessons\.widgets\.\w+\.(?!widget\b).*"
nitpick_ignore_regex = [(r"py:.*", rf"(?!lstm_lessons\.).*|{OWN}")]

# --- The look ---------------------------------------------------------------------------------

html_theme = "furo"
html_title = project
html_favicon = "static/favicon.svg"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_domain_indices = False
html_theme_options = {"top_of_page_buttons": ["view", "edit"]}  # where the repository is known
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"


def setup(app):
    """Connect what the extensions leave to do."""
    app.connect("html-page-context", site.finish_page, priority=900)  # after the theme
    app.connect("missing-reference", site.leave_as_code)
    app.connect("autodoc-skip-member", site.skip_documented_elsewhere)
    app.connect("autodoc-process-docstring", site.read_as_prose, priority=400)  # before napoleon
