"""Two municipalities with something of everything there is to act on, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from two_towns import Town, fill


def _fill(engine: Engine) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("KPI_ROLES", raising=False)
        patch.setenv("KPI_SELF_APPROVAL", "yes")
        fill(engine)


@pytest.fixture
def town(copied: Callable[..., Engine]) -> Town:
    """A town of the test's own."""
    return Town(copied("empty", _fill))
