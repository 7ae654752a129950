#!/usr/bin/env python3
"""Writes the vector files: ``verify/*.json`` from the modules in ``cases/``, the others from ``scenarios/``.

generate.py            write the files
generate.py --check    write nothing; exit 1 when a file is not what its module makes
"""

import argparse
import importlib
import json
import pkgutil
import struct
import sys
from pathlib import Path

from cases.common import payload_bytes

HERE = Path(__file__).parent


def main():
    parser = argparse.ArgumentParser(description="Writes the vector files from cases/.")
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 on a difference")
    check = parser.parse_args().check

    families = {name: read_family(name) for name in sorted(family_names())}
    made = {f"verify/{name}.json": lay_out(family) for name, family in families.items()}
    made.update(scenarios())
    committed = {
        str(path.relative_to(HERE)): path.read_text("utf-8") for path in HERE.glob("*/*.json")
    }
    changed = sorted(name for name in {*made, *committed} if made.get(name) != committed.get(name))
    if check and changed:
        sys.exit(f"run tests/vectors/generate.py; it would change: {', '.join(changed)}")
    for name in changed:
        if name in made:
            (HERE / name).parent.mkdir(exist_ok=True)
            (HERE / name).write_bytes(made[name].encode())
        else:
            (HERE / name).unlink()
    count = sum(len(json.loads(text)["cases"]) for text in made.values())
    print(f"{count} cases in {len(made)} files; {len(changed)} files changed")


def scenarios():
    """The files of the families in ``scenarios/``: a case on a line."""
    files = {}
    for folder in ("receive", "claims", "manage", "explain"):
        for name, cases in importlib.import_module(f"scenarios.{folder}").cases().items():
            comments = [case["comment"] for case in cases]
            if repeated := sorted({text for text in comments if comments.count(text) > 1}):
                sys.exit(f"{folder}/{name}: the comment of several cases: {repeated}")
            named = [{"id": f"{name}-{number:03}", **case} for number, case in enumerate(cases, 1)]
            lines = ",\n".join(f"    {_json(case)}" for case in named)
            text = f'{{\n  "file": {_json(name)},\n  "cases": [\n{lines}\n  ]\n}}\n'
            files[f"{folder}/{name}.json"] = text
    return files


def family_names():
    modules = pkgutil.iter_modules([str(HERE / "cases")])
    return {module.name for module in modules} - {"common"}


def read_family(name):
    """What the vector file of a case module holds."""
    module = importlib.import_module(f"cases.{name}")
    cases = [finish(f"{name}-{number:03}", case) for number, case in enumerate(module.CASES, 1)]
    used = {flag for case in cases for flag in case["flags"]}
    if used != module.FLAGS.keys():
        sys.exit(f"{name}: used or declared, but not both: {sorted(used ^ module.FLAGS.keys())}")
    comments = [case["comment"] for case in cases]
    if repeated := sorted({text for text in comments if comments.count(text) > 1}):
        sys.exit(f"{name}: the comment of several cases: {repeated}")
    return {"file": name, "about": module.ABOUT, "flags": module.FLAGS, "cases": cases}


def finish(name, case):
    """The case as its file has it: with an id, inputs in their written form, and its value."""
    secrets = [text if isinstance(text, str) else {"hex": text.hex()} for text in case["secrets"]]
    finished = {"id": name, "comment": case["comment"], "flags": case["flags"], "secrets": secrets}
    finished.update(written("payload", case["payload"]))
    finished.update(written("signature", case["signature"]))
    if case["options"] is not None:
        finished["options"] = case["options"]
    finished["result"] = case["result"]
    if case["result"] == "valid":
        text = payload_bytes(case["payload"]).decode()
        # Every number as a double, which is what the five languages have in common.
        finished["value"] = canonical(json.loads(text, parse_int=float))
    else:
        finished["error"] = case["error"]
    return finished


def written(name, content):
    if content is None:
        return {}
    if isinstance(content, bytes):
        return {f"{name}_hex": content.hex()}
    if isinstance(content, list):
        return {f"{name}_repeat": content}
    content.encode()  # raises on a lone surrogate, which no vector file may hold
    return {name: content}


def canonical(value):
    """The text that stands for a value in every language; README.md defines it."""
    if value is None:
        return "n"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, float):
        return "d" + struct.pack(">d", value + 0.0).hex()  # + 0.0 makes -0.0 positive
    if isinstance(value, str):
        return f'"{value.encode().hex()}"'
    if isinstance(value, list):
        value = {str(index): element for index, element in enumerate(value)}
    members = {key.encode(): canonical(element) for key, element in value.items()}
    return "{" + ",".join(f"{key.hex()}:{members[key]}" for key in sorted(members)) + "}"


def lay_out(family):
    """The text of a vector file: a case on four lines, so that a change shows as one."""
    flags = ",\n".join(
        f"    {_json(name)}: {_json(text)}" for name, text in family["flags"].items()
    )
    cases = ",\n".join(map(lay_out_case, family["cases"]))
    return (
        f'{{\n  "file": {_json(family["file"])},\n  "about": {_json(family["about"])},\n'
        f'  "flags": {{\n{flags}\n  }},\n  "cases": [\n{cases}\n  ]\n}}\n'
    )


def lay_out_case(case):
    lines = [("id", "comment", "flags"), ("secrets", "payload", "payload_hex", "payload_repeat")]
    lines += [("signature", "signature_hex", "options"), ("result", "value", "error")]
    parts = ({key: case[key] for key in line if key in case} for line in lines)
    return "    {" + ",\n      ".join(_json(part)[1:-1] for part in parts if part) + "}"


def _json(value):
    return json.dumps(value, ensure_ascii=True)


if __name__ == "__main__":
    main()
