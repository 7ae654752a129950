"""The registry of mends: each is where its entry says. `tests/mends/run` takes them back."""

from __future__ import annotations

from tests.kit.paths import ROOT
from tests.mends.registry import mends


def test_each_mend_is_where_its_entry_says() -> None:
    listed = list(mends([]))
    assert [problem for mend in listed if (problem := mend.problem(ROOT))] == []
    assert len({(mend.line, mend.language, mend.file, mend.now) for mend in listed}) == len(listed)
