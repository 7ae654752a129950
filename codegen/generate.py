#!/usr/bin/env python3
"""Writes what is made of the catalogue of events, ``core/catalogue/events.toml``.

generate.py FOLDER    writes each generated file to its path below the folder
"""

import argparse
from pathlib import Path

import c
import catalogue
import markdown
import php
import python_types
import rust
import typescript

FILES = {
    "core/src/events/samples.rs": rust.samples,
    "core/src/events/views.rs": rust.views,
    "bindings-c/src/event_type.rs": c.enum,
    "bindings-c/event_types.h": c.macros,
    "bindings-node/src-ts/events.ts": typescript.declarations,
    "bindings-php/stubs/events.stub.php": php.stub,
    "bindings-python/python/payvost_webhooks/events.py": python_types.module,
    "docs/events.md": markdown.page,
}


def main():
    parser = argparse.ArgumentParser(description="Writes what is made of the catalogue of events.")
    parser.add_argument("folder", type=Path, help="where the repository's paths begin")
    folder = parser.parse_args().folder
    events = catalogue.read()
    for path, render in FILES.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(render(events).encode())


if __name__ == "__main__":
    main()
