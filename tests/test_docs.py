"""The documents of the repository: their links work, and each page is in the table of contents."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.kit.paths import ROOT

CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def documents() -> list[Path]:
    names = subprocess.check_output(["git", "ls-files", "*.md"], cwd=ROOT, text=True)
    return [ROOT / name for name in names.splitlines()]


def links(document: Path) -> list[str]:
    return LINK.findall(CODE.sub("code", document.read_text("utf-8")))


def anchors(document: Path) -> set[str]:
    """The anchors of the headings, as code hosts generate them."""
    text = re.sub(r"^```.*?^```$", "", document.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_lead_somewhere() -> None:
    broken = []
    for document in documents():
        for link in links(document):
            path, _, anchor = link.partition("#")
            target = (document.parent / path).resolve() if path else document
            if "://" in link:
                continue
            if not target.exists() or (anchor and anchor not in anchors(target)):
                broken.append(f"{document.relative_to(ROOT)}: {link}")

    assert broken == []


def test_fragments_of_python_are_python() -> None:
    """Other tests run complete programs (```python). A fragment (```py) may use undefined names."""
    for document in documents():
        text = document.read_text("utf-8")
        for code in re.findall(r"^```py\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            compile(code, document.name, "exec")


def test_each_page_is_in_the_table_of_contents() -> None:
    contents = ROOT / "docs" / "README.md"
    folders = (ROOT / "docs", ROOT / "docs" / "guides")
    pages = set(folders[0].glob("*.md")) | set(folders[1].rglob("*.md"))
    linked = {(contents.parent / link.partition("#")[0]).resolve() for link in links(contents)}

    assert pages - linked - {contents} == set()
