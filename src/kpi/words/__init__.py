"""The catalogue of words: every sentence a person reads stands in `ja.toml`, not in code.

A second language is a second file with the same keys.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _catalogue(language: str) -> dict[str, str]:
    text = files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return dict(_flat(tomllib.loads(text)))


def _flat(table: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, entry in table.items():
        if isinstance(entry, dict):
            yield from _flat(entry, f"{above}{key}.")
        else:
            yield f"{above}{key}", entry


def say(key: str, /, **values: object) -> str:
    """Return the words under a dotted key, with ``{name}`` places filled in.

    Raises KeyError where the catalogue has no such words, or the words name another value.
    """
    return template(key).format_map(values)


def template(key: str) -> str:
    """Return the words under a key as they stand, places and all."""
    return _catalogue("ja")[key]


def keys() -> list[str]:
    """Return all keys of the catalogue, in its order."""
    return list(_catalogue("ja"))
