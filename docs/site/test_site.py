"""The site that ``scripts/docs`` has built: its pages, its links, and what it promises its readers."""

from __future__ import annotations

import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
import stage

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "target" / "docs"
LANGUAGES = ["Python", "Node.js", "PHP", "C", "Rust"]


class Page(HTMLParser):
    """What a page links to, what it loads, and the anchors that it has."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.anchors.add(attributes.get("id", ""))
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        if tag == "link" and attributes.get("rel") in ("stylesheet", "icon", "preconnect"):
            self.loaded.append(attributes["href"])
        if tag in ("script", "img", "iframe") and "src" in attributes:
            self.loaded.append(attributes["src"])


@cache
def page(file: Path) -> Page:
    return Page(file)


def pages() -> list[Path]:
    return [file for file in SITE.rglob("*.html") if "api" not in file.relative_to(SITE).parts]


def test_each_document_has_its_page() -> None:
    staged = {Path(place).with_suffix(".html") for place in stage.places().values()}
    made = {file.relative_to(SITE) for file in pages()} - {Path("404.html")}

    assert Path("guides/python/flask.html") in made
    assert staged == made


def test_links_lead_somewhere() -> None:
    broken = []
    for file in pages():
        for link in page(file).links:
            path, _, anchor = unquote(link).partition("#")
            if "://" in path or path.startswith(("mailto:", "/")) or (not path and not anchor):
                continue
            target = (file.parent / path).resolve() if path else file
            target = target / "index.html" if target.is_dir() else target
            is_page = target.is_file() and (not anchor or anchor in page(target).anchors)
            if not is_page:
                broken.append(f"{file.relative_to(SITE)}: {link}")

    assert broken == []


def test_nothing_is_loaded_from_another_host() -> None:
    assert page(SITE / "index.html").loaded
    for file in pages():
        assert [address for address in page(file).loaded if "//" in address] == [], file
        # The theme would ask the repository's host for its stars.
        assert 'data-md-component="source"' not in file.read_text("utf-8"), file
    for style in SITE.glob("assets/**/*.css"):
        text = style.read_text("utf-8")
        assert re.findall(r"(?:url\(|@import )[\"']?(?:https?:)?//[^)\"']*", text) == [], style


def test_the_landing_page_has_the_shortest_receiver_of_each_language() -> None:
    text = (SITE / "index.html").read_text("utf-8")
    (labels,) = re.findall(r'<div class="tabbed-labels">(.*?)</div>', text, re.DOTALL)

    assert re.findall(r">([^<>]+)</label>", labels) == LANGUAGES
    assert text.count('<div class="tabbed-block">') == len(LANGUAGES)


def test_what_helps_a_reader() -> None:
    text = (SITE / "guides/node/express.html").read_text("utf-8")
    (configuration,) = re.findall(
        r'<script id="__config" type="application/json">(.*?)</script>', text
    )
    features = json.loads(configuration)["features"]

    assert {"content.code.copy", "content.tabs.link", "navigation.tabs"} <= set(features)
    schemes = re.findall(r'data-md-color-scheme="(\w+)"', text)
    assert {"default", "slate"} <= set(schemes), "light and dark"
    assert 'name="viewport"' in text
    assert 'data-md-component="search-query"' in text
    for language in LANGUAGES:
        assert re.search(rf'md-tabs__link">\s*{re.escape(language)}\s*<', text), language


def test_the_search_knows_each_error_code() -> None:
    text = (SITE / "search/search_index.js").read_text("utf-8")
    codes = re.findall(
        r"^## (\w+_\w+)$", (ROOT / "docs/troubleshooting.md").read_text(), re.MULTILINE
    )

    assert len(codes) > 15
    assert [code for code in codes if code not in text] == []


def test_a_block_of_languages_becomes_tabs() -> None:
    block = "**Python** — in `app.py`.\n\n```python\nx = 1\n```\n\n**C**\n\nText.\n"

    assert stage.tabs(block) == (
        '=== "Python"\n\n    in `app.py`.\n\n    ```python\n    x = 1\n    ```\n\n=== "C"\n\n    Text.\n'
    )
    with pytest.raises(ValueError, match="before the first tab"):
        stage.tabs("lost\n**C**\n")
