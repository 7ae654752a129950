"""Draws a bar chart as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 900
LABELS = 390
VALUES = 110
BAR, GAP, TITLE, MARGIN = 18, 8, 40, 24

# Bars stop at this many times the shortest of their panel, so that the others remain distinguishable.
CUT = 8.0

STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600 }
.note { font-size: 12px; fill: #57606a }
.ours { fill: #1a7f37 }
.theirs { fill: #8c959f }
.page { fill: #fff }
.break { stroke: #fff; stroke-width: 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .note { fill: #9198a1 } .page { fill: #0d1117 } .break { stroke: #0d1117 }
  .ours { fill: #3fb950 } .theirs { fill: #656c76 }
}"""


@dataclass(frozen=True)
class Bar:
    label: str
    value: float
    shown: str
    ours: bool


@dataclass(frozen=True)
class Panel:
    title: str
    bars: Sequence[Bar]


def draw(title: str, note: str, panels: Iterable[Panel]) -> str:
    parts = []
    y = MARGIN + 8
    parts.append(text(MARGIN, y, title, "title"))
    y += 20
    parts.append(text(MARGIN, y, note, "note"))
    for panel in panels:
        y += TITLE
        parts.append(text(MARGIN, y, panel.title, "title"))
        y += GAP
        scale = longest(panel)
        for bar in panel.bars:
            parts += draw_bar(bar, y, scale)
            y += BAR + GAP
    height = y + MARGIN - GAP
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">'
    )
    page = f'<rect class="page" width="{WIDTH}" height="{height}"/>'
    return "\n".join([head, f"<style>\n{STYLE}\n</style>", page, *parts, "</svg>", ""])


def longest(panel: Panel) -> float:
    values = [bar.value for bar in panel.bars]
    return min(max(values), CUT * min(values))


def draw_bar(bar: Bar, y: int, scale: float) -> list[str]:
    room = WIDTH - LABELS - VALUES - MARGIN
    width = max(2.0, room * min(bar.value / scale, 1.0))
    kind = "ours" if bar.ours else "theirs"
    parts = [
        text(LABELS - 8, y + BAR - 5, bar.label, anchor="end"),
        f'<rect class="{kind}" x="{LABELS}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2"/>',
        text(LABELS + width + 8, y + BAR - 5, bar.shown),
    ]
    if bar.value > scale:
        x = LABELS + width - 24
        parts.append(
            f'<line class="break" x1="{x:.1f}" y1="{y + BAR + 2}" x2="{x + 8:.1f}" y2="{y - 2}"/>'
        )
    return parts


def text(x: float, y: float, content: str, kind: str = "", anchor: str = "start") -> str:
    attributes = f'x="{x:.1f}" y="{y}" text-anchor="{anchor}"'
    if kind:
        attributes = f'class="{kind}" {attributes}'
    return f"<text {attributes}>{escape(content, quote=False)}</text>"
