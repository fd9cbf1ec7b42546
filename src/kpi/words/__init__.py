"""The catalogues of words: every sentence a person reads stands in `ja.toml`, not in code.

A further language is a further file with the same keys. Which one a sentence is said in is asked at
each `say`: whatever is made within `speaking` is in that language; else whoever was registered by
`ask` tells it (the screens: the language of the session); else it is Japanese.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")

#: The languages there is a catalogue of, each as it calls itself; the first is everybody's.
LANGUAGES = {"ja": "日本語", "en": "English"}
DEFAULT = next(iter(LANGUAGES))

_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


def _everybodys() -> str:
    return DEFAULT


_asked: Callable[[], str] = _everybodys


def ask(spoken: Callable[[], str]) -> None:
    """Take from now on the language a function tells wherever nothing else was said."""
    global _asked
    _asked = spoken


def language() -> str:
    """Return the language words are said in here and now: ja or en."""
    return _spoken.get() or _asked()


def is_spoken(name: str) -> bool:
    """Whether a language is the one words are said in here and now."""
    return language() == name


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say all words in one language, whatever the reader's; also as a decorator.

    What is written into a file, a mail or the database is Japanese for everybody.
    """
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


@cache
def _catalogue(language: str) -> dict[str, str]:
    text = files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return dict(_flat(tomllib.loads(text)))


@cache
def _data(language: str) -> dict[str, str]:
    """Return what texts of data are called in a language; Japanese has them as they stand."""
    file = files(__name__).joinpath(f"{language}_data.toml")
    return dict(_flat(tomllib.loads(file.read_text(encoding="utf-8")))) if file.is_file() else {}


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
    return _catalogue(language())[key]


def called(kind: str, text: str) -> str:
    """Return what a text of data is called in the language spoken: people for the unit 人.

    As it stands where that is not known: a city may call its own things as it likes.
    """
    return _data(language()).get(f"{kind}.{text}", text)


def together(*parts: str) -> str:
    """Return sentences as one text, parted as the language parts them; empty ones leave nothing."""
    gap = say("list.gap")
    return gap.join(filter(None, (part.strip() for part in parts))) if gap else "".join(parts)


class once_a_language(Generic[T]):  # noqa: N801
    """As `functools.cached_property`, for what holds words: made once for each language."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"{name} by language"

    @overload
    def __get__(self, of: None, owner: type) -> once_a_language[T]: ...
    @overload
    def __get__(self, of: object, owner: type) -> T: ...
    def __get__(self, of: object | None, owner: type) -> once_a_language[T] | T:
        """Return what was made for the language spoken, or make it."""
        if of is None:
            return self
        made: dict[str, T] = of.__dict__.setdefault(self._name, {})
        spoken = language()
        if spoken not in made:
            made[spoken] = self._make(of)
        return made[spoken]


def keys(language: str = DEFAULT) -> list[str]:
    """Return all keys of a catalogue, in its order."""
    return list(_catalogue(language))
