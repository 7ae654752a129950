"""What only newer versions of Python have. tests/packages runs this file with each version."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest

from payvost_webhooks import ConfigurationError
from payvost_webhooks.stores.sql import SqlStore


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sqlite3.connect() has no autocommit")
def test_sqlite3_without_autocommit_is_refused(tmp_path: Path) -> None:
    store = SqlStore(lambda: sqlite3.connect(tmp_path / "shop.db", autocommit=False))  # type: ignore[call-overload, unused-ignore]
    with pytest.raises(ConfigurationError, match="autocommit=False"):
        store.create_table()
