"""How much it weighs, what the program has to say about a file or about a plan."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """An error stops, a warning asks for a second look, an info only tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
