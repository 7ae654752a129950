"""`scripts/apt-install` with a systemctl of ours: which services it leaves enabled, and where systemd does not run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.kit.paths import ROOT

#: apt-get brings one more service.
APT_GET = '#!/bin/sh\ncase "$*" in *install*) echo brought.service >>"$UNITS" ;; esac\n'
SYSTEMCTL = """#!/bin/sh
case $1 in
  list-unit-files) while read -r unit; do echo "$unit enabled enabled"; done <"$UNITS" ;;
  disable) echo "$2" >>"$DISABLED" ;;
esac
"""
NOT_BOOTED = """#!/bin/sh
echo "System has not been booted with systemd as init system (PID 1). Can't operate." >&2
exit 1
"""


@pytest.mark.parametrize(
    ("systemctl", "disabled"), [(SYSTEMCTL, "brought.service\n"), (NOT_BOOTED, ""), (None, "")]
)
def test_packages_are_installed_and_their_services_disabled(
    systemctl: str | None, disabled: str, tmp_path: Path
) -> None:
    commands, units, log = tmp_path / "bin", tmp_path / "units", tmp_path / "disabled"
    commands.mkdir()
    units.write_text("kept.service\n")
    log.touch()
    # Only the commands of the script, so that it does not find the systemctl of this machine.
    for name in ("awk", "bash", "chmod", "comm", "env", "id", "rm", "sh", "sort", "tee"):
        (commands / name).symlink_to(subprocess.check_output(["which", name], text=True).strip())
    for name, text in (
        ("apt-get", APT_GET),
        ("systemctl", systemctl),
        ("sudo", '#!/bin/sh\nexec "$@"\n'),
    ):
        if text is not None:
            (commands / name).write_text(text)
            (commands / name).chmod(0o755)
    policy = tmp_path / "policy-rc.d"
    result = subprocess.run(
        [ROOT / "scripts" / "apt-install", "some-package"],
        env={
            "PATH": str(commands),
            "UNITS": str(units),
            "DISABLED": str(log),
            "POLICY_RC_D": str(policy),
            "HOME": os.devnull,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "brought.service" in units.read_text(), "nothing was installed"
    assert log.read_text() == disabled
    assert not policy.exists()
