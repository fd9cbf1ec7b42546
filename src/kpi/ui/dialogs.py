"""Dialogs whose title is asked for when they open: in the language of whoever opens them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Literal, ParamSpec

import streamlit as st

from kpi.words import say

P = ParamSpec("P")


def dialog(
    title: str, *, width: Literal["small", "medium", "large"] = "small"
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Return a decorator as `st.dialog`, for which ``title`` is the key of the words."""

    def decorate(body: Callable[P, None]) -> Callable[P, None]:
        @wraps(body)
        def opened(*args: P.args, **kwargs: P.kwargs) -> None:
            st.dialog(say(title), width=width)(body)(*args, **kwargs)

        return opened

    return decorate
