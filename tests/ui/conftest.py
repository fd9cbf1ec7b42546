"""What the tests of pages share: the harness's folder, and what pages have kept is forgotten."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import app_test


@pytest.fixture(scope="session", autouse=True)
def _harness_folder() -> Iterator[None]:
    # It leaves it to the interpreter's end, which warns.
    yield
    app_test.TMP_DIR.cleanup()


@pytest.fixture
def forget() -> Callable[[], None]:
    """Have pages forget what they read, as a server that has just started."""

    def forgotten() -> None:
        st.cache_resource.clear()
        for name, module in list(sys.modules.items()):
            if name.startswith("kpi.ui."):
                for kept in vars(module).values():
                    getattr(kept, "cache_clear", lambda: None)()

    return forgotten
