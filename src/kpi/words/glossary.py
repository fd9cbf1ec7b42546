"""The terms that are explained to people: in the help, where they stand, in docs/glossary.md."""

from __future__ import annotations

from kpi.words import keys


def terms() -> list[str]:
    """Return the keys of the terms under ``glossary``, in their order."""
    known = (key.split(".") for key in keys() if key.startswith("glossary."))
    return list(dict.fromkeys(key[1] for key in known))
