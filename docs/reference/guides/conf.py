"""The guides, by Sphinx: the Markdown documents of the repository as pages, with a search and checked links."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PATTERNS = [
    "*.md",
    "docs/*.md",
    "docs/guides/*/*.md",
    "bindings-*/README.md",
    "core/README.md",
    "examples/*/README.md",
    "tests/vectors/*.md",
]

project = "Payvost Webhooks"
author = "Payvost"
extensions = ["myst_parser"]
myst_heading_anchors = 4
html_theme = "alabaster"
html_theme_options = {"page_width": "1080px", "show_powered_by": False}
html_show_copyright = False
html_copy_source = False
# Fragments of code leave out what is not the point.
suppress_warnings = ["misc.highlighting_failure"]

BLOCK_OF_CODE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")

INDEX = """\
# Payvost Webhooks

```{toctree}
:maxdepth: 1

README
docs/README
PAGES
```
"""


def setup(app) -> None:
    source = Path(app.srcdir)
    documents = {path.relative_to(ROOT) for pattern in PATTERNS for path in ROOT.glob(pattern)}
    for document in documents:
        copy = source / document
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(with_links_among(documents, document), "utf-8")
    shutil.copy(ROOT / "docs" / "benchmarks.svg", source / "docs")
    contents = [
        path
        for path in sorted(documents)
        if path not in (Path("README.md"), Path("docs/README.md"))
    ]
    pages = "\n".join(str(path.with_suffix("")) for path in contents)
    source.joinpath("index.md").write_text(INDEX.replace("PAGES", pages), "utf-8")


def with_links_among(documents: set[Path], document: Path) -> str:
    """The text, with links to what has no page here, such as a file of code, made plain text."""

    def link(found: re.Match[str]) -> str:
        text, target = found.groups()
        path, _, anchor = target.partition("#")
        if "://" in target or not path:
            return found[0]
        page = Path(os.path.normpath(document.parent / path))
        page = page / "README.md" if page / "README.md" in documents else page
        if page not in documents:
            return text
        return f"[{text}]({os.path.relpath(page, document.parent)}{'#' * bool(anchor)}{anchor})"

    blocks = BLOCK_OF_CODE.split((ROOT / document).read_text("utf-8"))
    return "".join(block if block.startswith("```") else LINK.sub(link, block) for block in blocks)
