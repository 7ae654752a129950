"""The environment in which every language finds the packages just built."""

from __future__ import annotations

import subprocess

from tests.kit.paths import ROOT

# For cargo, where the optimizations do not matter: they take minutes.
QUICK = {
    "CARGO_PROFILE_RELEASE_LTO": "false",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
    "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
}


def built_environment() -> dict[str, str]:
    """This environment, with what ``make -s env`` adds."""
    script = 'eval "$(scripts/env)" && exec env -0'
    output = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, check=True, stdout=subprocess.PIPE
    ).stdout
    return dict(
        entry.split("=", 1)
        for entry in output.decode(errors="surrogateescape").split("\0")
        if entry
    )
