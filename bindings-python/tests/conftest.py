from __future__ import annotations

from pathlib import Path

import pytest
from services import (  # noqa: F401
    cluster_service,
    mariadb_service,
    postgres_service,
    redis_service,
    sqlite_url,
    url_of,
)


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).resolve().parents[2]
