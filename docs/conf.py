"""How the site is built: `make docs` calls Sphinx with this file.

Nothing is fetched while it is built, and no page asks for anything from outside. Pages that are
notebooks are executed; a cell that fails, a link that leads nowhere or any warning fails the build.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_site"))

import made  # noqa: E402
import quiet  # noqa: E402
from docstrings import as_rst, skip_foreign, spans  # noqa: E402

import workings  # noqa: E402

project = "workings"
copyright = "the authors of workings"  # noqa: A001 - Sphinx reads it by this name
version = release = workings.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary"]
exclude_patterns = ["_*"]
root_doc = "index"
default_role = "code"

# -- notebooks -------------------------------------------------------------------------------------

nb_execution_mode = "force"
nb_execution_raise_on_error = False  # a warning, which fails the build and lets others be seen
nb_execution_in_temp = True
nb_execution_timeout = 180  # seconds a cell may take
nb_execution_show_tb = True
nb_merge_streams = True
nb_code_prompt_show = "The code"
nb_code_prompt_hide = "The code"
nb_mime_priority_overrides = [("html", "text/html", 0), ("html", "image/svg+xml", 10)]
myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]

# -- the library's own docstrings ------------------------------------------------------------------

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 80
python_display_short_literal_types = True
autosummary_generate = False
autodoc_type_aliases = {word: word for word in ("Array", "Values", "Numbers", "Shape", "Weights")}
nitpick_ignore_regex = [
    (
        "py:.*",
        r"(?!workings\.).*",
    ),  # other people's names: their pages are outside
    ("py:.*", r"workings\.lookup\.Row"),  # stands for any type of row
    ("py:.*", r"workings\..*\._\w+"),  # nobody else's business
]
suppress_warnings = ["misc.highlighting_failure"]  # JSON with ... in it

# -- how it looks ----------------------------------------------------------------------------------

html_theme = "furo"
html_title = "workings"
html_favicon = "_static/icon.svg"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
templates_path = ["_templates"]
html_show_sphinx = False
html_copy_source = False
html_show_copyright = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
BLUE, SKY = "#0b62a8", "#7cbcf2"  # the accents of the library's own pages
html_theme_options = {
    "light_css_variables": {"color-brand-primary": BLUE, "color-brand-content": BLUE,
                            "color-brand-visited": BLUE},
    "dark_css_variables": {"color-brand-primary": SKY, "color-brand-content": SKY,
                           "color-brand-visited": SKY},
}  # fmt: skip


def setup(app) -> None:
    """Pages made from the library itself; docstrings as Sphinx reads them; HTML as it should be."""
    os.environ.setdefault("WORKINGS_R", "needed")  # a page without its R side is not built
    os.environ["PYTHONPATH"] = str(Path(workings.__file__).parents[1])  # what runs is what is told
    os.environ.update(quiet.kernels(HERE.parent / "build" / "kernels"))
    made.write(HERE / "made")
    empty = logging.getLogger("sphinx.sphinx.directives.other")
    empty.addFilter(lambda record: "toctree glob pattern" not in record.msg)  # it may match nothing
    app.connect("autodoc-process-docstring", as_rst)
    app.connect("autodoc-skip-member", skip_foreign)
    app.connect("html-page-context", spans)
    app.connect("source-read", made.links_out)
