"""Streamlit's test harness leaves its folder to the interpreter's end, which warns."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import app_test


@pytest.fixture(scope="session", autouse=True)
def _harness_folder() -> Iterator[None]:
    yield
    app_test.TMP_DIR.cleanup()
