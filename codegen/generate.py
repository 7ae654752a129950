#!/usr/bin/env python3
"""Writes the files that are generated from the contract, ``core/contract/*.toml``.

generate.py FOLDER    writes each generated file to its path below the folder
"""

import argparse
from pathlib import Path

import api
import api_c
import api_markdown
import api_objects
import api_php
import api_python
import api_rust
import api_typescript
import c
import catalogue
import causes
import limits
import markdown
import openapi
import php
import python_async
import python_types
import rust
import typescript

EVENTS = {
    "core/src/events/samples.rs": rust.samples,
    "core/src/events/views.rs": rust.views,
    "bindings-c/src/event_type.rs": c.enum,
    "bindings-c/event_types.h": c.macros,
    "bindings-node/src-ts/events.ts": typescript.declarations,
    "bindings-php/stubs/events.stub.php": php.stub,
    "bindings-python/python/payvost_webhooks/events.py": python_types.module,
    "bindings-python/python/payvost_webhooks/_typed_router.py": python_types.router,
    "docs/events.md": markdown.page,
}

LIMITS = {
    "core/src/limits.rs": limits.rust,
    "bindings-c/limits.h": limits.c,
    "bindings-node/src-ts/limits.ts": limits.typescript,
    "bindings-php/library/src/Internal/Limits.php": limits.php,
    "bindings-python/python/payvost_webhooks/_limits.py": limits.python,
    "docs/limits.md": limits.markdown,
}

API = {
    "core/src/manage/api.rs": api_rust.table,
    "core/src/manage/objects.rs": api_objects.types,
    "bindings-c/src/call_operation.rs": api_c.enum,
    "bindings-node/src-ts/manage/types.ts": api_typescript.module,
    "bindings-php/library/src/Internal/ManageTypes.php": api_php.stub,
    "bindings-python/python/payvost_webhooks/_manage_types.py": api_python.module,
    "bindings-python/python/payvost_webhooks/manage/_async_resources.py": python_async.resources,
    "docs/api.md": api_markdown.page,
    "docs/openapi.json": openapi.document,
}

CAUSES = {
    "core/src/explain/code.rs": causes.rust,
    "docs/troubleshooting.md": causes.markdown,
}


def main():
    parser = argparse.ArgumentParser(
        description="Writes the files that are generated from the contract."
    )
    parser.add_argument("folder", type=Path, help="where the repository's paths begin")
    folder = parser.parse_args().folder
    write(folder, EVENTS, catalogue.read())
    write(folder, LIMITS, limits.read())
    write(folder, API, api.read())
    write(folder, CAUSES, causes.read())


def write(folder, files, source):
    for path, render in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(render(source).encode())


if __name__ == "__main__":
    main()
