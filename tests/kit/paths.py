"""Where things are in this checkout."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "target" / "logs"
EXAMPLES = ROOT / "examples"
VECTORS = ROOT / "tests" / "vectors" / "verify"
