"""The canonical form of a value, in which the languages compare values."""

from __future__ import annotations

import struct
from typing import Any


def canonical(value: Any) -> str:
    if value is None:
        return "n"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (int, float)):
        return "d" + struct.pack(">d", float(value) + 0.0).hex()
    if isinstance(value, str):
        return f'"{value.encode().hex()}"'
    if isinstance(value, list):
        value = {str(index): element for index, element in enumerate(value)}
    members = sorted((key.encode(), element) for key, element in value.items())
    return "{" + ",".join(f"{key.hex()}:{canonical(element)}" for key, element in members) + "}"
