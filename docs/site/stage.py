"""Stages the pages of the documentation site in a folder, for MkDocs.

    python docs/site/stage.py FOLDER

The Markdown files stay where a reader of the repository expects them, and in a form that reads well there.
Staging gives each its place in the site, points the links at those places, and turns the blocks between
``<!-- tabs -->`` and ``<!-- /tabs -->`` into content tabs.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SITE = Path("docs/site")

# Where each page goes; docs/ itself keeps its shape.
PLACES = {
    SITE / "index.md": "index.md",
    SITE / "references.md": "references.md",
    Path("docs/releasing.md"): "project/releasing.md",
    Path("ARCHITECTURE.md"): "project/architecture.md",
    Path("CONTRIBUTING.md"): "project/contributing.md",
    Path("SECURITY.md"): "project/security.md",
    Path("CHANGELOG.md"): "project/changelog.md",
    Path("bindings-python/README.md"): "packages/python.md",
    Path("bindings-node/README.md"): "packages/node.md",
    Path("bindings-php/README.md"): "packages/php.md",
    Path("bindings-c/README.md"): "packages/c.md",
    Path("core/README.md"): "packages/rust.md",
    Path("tests/vectors/README.md"): "vectors/index.md",
    Path("tests/vectors/receive/README.md"): "vectors/receive.md",
    Path("tests/vectors/claims/README.md"): "vectors/claims.md",
}
# Files that pages link to or show.
FILES = {Path("docs/benchmarks.svg"): "benchmarks.svg", Path("docs/openapi.json"): "openapi.json"}
# The repository's front page and table of contents; the site has a landing page and a navigation instead.
REPLACED = {Path("README.md"): "index.md", Path("docs/README.md"): "index.md"}

FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
TABS = re.compile(r"^<!-- tabs -->\n(.*?)^<!-- /tabs -->$", re.MULTILINE | re.DOTALL)
TAB = re.compile(r"^\*\*([^*\n]+)\*\*(.*)$", re.MULTILINE)
INCLUDE = re.compile(r"^<!-- from (\S+): (\w+) -->$", re.MULTILINE)


def places() -> dict[Path, str]:
    found = dict(PLACES)
    for folder in (Path("docs"), Path("docs/guides")):
        for page in (ROOT / folder).glob("*.md" if folder.name == "docs" else "**/*.md"):
            document = page.relative_to(ROOT)
            if document not in found and document not in REPLACED:
                found[document] = document.relative_to("docs").as_posix()
    return found


def stage(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    pages = places()
    for document, place in pages.items():
        target = folder / "pages" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (ROOT / document).read_text("utf-8")
        target.write_text(staged(text, document, pages), "utf-8")
    shutil.copytree(ROOT / SITE / "assets", folder / "pages" / "assets")
    for file, place in FILES.items():
        shutil.copy(ROOT / file, folder / "pages" / place)
    shim = ROOT / "node_modules/iframe-worker/shim/index.js"
    shutil.copy(shim, folder / "pages/assets/iframe-worker.js")
    shutil.copy(ROOT / SITE / "mkdocs.yml", folder)


def staged(text: str, document: Path, pages: dict[Path, str]) -> str:
    place = pages[document]
    text = with_links(text, document, place, pages)
    text = INCLUDE.sub(lambda found: included(*found.groups(), place, pages), text)
    return TABS.sub(lambda found: tabs(found[1]), text)


def included(source: str, name: str, place: str, pages: dict[Path, str]) -> str:
    """The part of another page between the marks with that name."""
    text = (ROOT / source).read_text("utf-8")
    (part,) = re.findall(
        rf"^<!-- {name} -->\n(.*?)^<!-- /{name} -->$", text, re.MULTILINE | re.DOTALL
    )
    return with_links(part, Path(source), place, pages)


def with_links(text: str, document: Path, place: str, pages: dict[Path, str]) -> str:
    """The text of a document for that place of the site, with its links pointed at the places of their pages."""

    def link(found: re.Match[str]) -> str:
        image, label, target = found.groups()
        path, _, anchor = target.partition("#")
        if "://" in target or not path or image:
            return found[0]
        source = Path(os.path.normpath(document.parent / path))
        for page in (source, source / "README.md"):
            if page in REPLACED:
                return f"[{label}]({relative(REPLACED[page], place)})"
            if page in FILES:
                return f"[{label}]({relative(FILES[page], place)})"
            if page in pages:
                anchor = anchor and f"#{anchor}"
                return f"[{label}]({relative(pages[page], place)}{anchor})"
        return label  # a file without a page here, such as code

    blocks = FENCE.split(text)
    return "".join(block if block.startswith("```") else LINK.sub(link, block) for block in blocks)


def relative(target: str, place: str) -> str:
    return os.path.relpath(target, os.path.dirname(place) or ".")


def tabs(block: str) -> str:
    """``**Python** — a remark`` begins a tab; what follows, up to the next, is its content."""
    pieces = TAB.split(block)
    if pieces[0].strip():
        raise ValueError(f"text before the first tab: {pieces[0]!r}")
    out = []
    for title, remark, content in zip(pieces[1::3], pieces[2::3], pieces[3::3]):
        remark = remark.strip(" —:")
        body = f"{remark}\n\n{content.strip()}" if remark else content.strip()
        indented = "\n".join(f"    {line}" if line else "" for line in body.splitlines())
        out.append(f'=== "{title}"\n\n{indented}\n')
    return "\n".join(out)


if __name__ == "__main__":
    stage(Path(sys.argv[1]).resolve())
