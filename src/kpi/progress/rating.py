"""Rating rules: data, not code. Bands are tried from the top, and the first that fits wins."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpi.progress.measures import Reason

#: Measures a band may name that are yes or no.
_YES_NO = {"met", "worse_than_base"}
#: Measures a band may name that are numbers.
_NUMBERS = {"attainment", "progress", "elapsed", "pace", "gap"}
_BOUNDS = {"at_least", "above", "at_most", "below"}
#: What a rule and each of its bands must say, and as what.
_RULE_KEYS = {"title": str, "version": int, "summary": str, "band": list}
_BAND_KEYS = {"letter": str, "label": str, "colour": str, "shape": str, "spoken": str}
#: What a band may say of a target whose year is over; without them the same as before.
_ENDED_KEYS = {"label_ended": str, "spoken_ended": str}
_COLOURS = {"a", "b", "c", "d"}
_SHAPES = {"ring-dot", "ring", "triangle", "cross"}

#: The letter of what cannot be judged. It is no band: a rating is empty, and a reason says why.
UNRATED = "N"


@dataclass(frozen=True)
class Band:
    """One outcome of a rule."""

    letter: str
    label: str
    #: Name of a colour in the tokens: a, b, c, d, from the best to the worst.
    colour: str
    #: Name of a mark: ring-dot, ring, triangle, cross.
    shape: str
    #: What a screen reader says.
    spoken: str
    #: Conditions that must all hold: measure → True/False or bounds. None at all always holds.
    when: dict[str, Any]
    #: The same once the target's year is over: who is late then has missed.
    label_ended: str = ""
    spoken_ended: str = ""

    def label_of(self, *, ended: bool) -> str:
        """Return what the band is called, for a target whose year is over or is not."""
        return (self.label_ended if ended else "") or self.label

    def spoken_of(self, *, ended: bool) -> str:
        """Return what a screen reader says, for a target whose year is over or is not."""
        return (self.spoken_ended if ended else "") or self.spoken


@dataclass(frozen=True)
class RatingRule:
    """A rule with its version, which is named beside whatever was judged by it."""

    name: str
    title: str
    version: int
    summary: str
    bands: tuple[Band, ...]


def rule_names() -> list[str]:
    """Return the names of the rules that come with the program."""
    rules = files(__package__) / "rules"
    return sorted(entry.name.removesuffix(".toml") for entry in rules.iterdir())


@cache
def load_rule(name: str) -> RatingRule:
    """Read a rule that comes with the program.

    Raises FileNotFoundError for an unknown name, ValueError for a rule that says something it
    cannot mean.
    """
    path = files(__package__) / "rules" / f"{name}.toml"
    return parse_rule(name, path.read_text(encoding="utf-8"))


def parse_rule(name: str, text: str) -> RatingRule:
    """Read a rule from TOML.

    Raises ValueError with the band and the key where one is missing, unknown or of another kind,
    and where a band tests what it cannot.
    """
    data = tomllib.loads(text)
    _check_keys(data, _RULE_KEYS, set(), "the rule")
    bands = [_band(number, band) for number, band in enumerate(data["band"], 1)]
    letters = [band.letter for band in bands]
    for number, letter in enumerate(letters, 1):
        if letter == UNRATED or letter in letters[: number - 1]:
            raise ValueError(f"band {number}: the letter {letter} is taken")
    return RatingRule(name, data["title"], data["version"], data["summary"], tuple(bands))


def _band(number: int, band: dict[str, Any]) -> Band:
    where = f"band {number}"
    own = {key: kind for key, kind in _ENDED_KEYS.items() if key in band}
    _check_keys(band, _BAND_KEYS | own, {"when"}, where)
    for key, known in (("colour", _COLOURS), ("shape", _SHAPES)):
        if band[key] not in known:
            raise ValueError(f"{where}: {key} is {band[key]}, not {' or '.join(sorted(known))}")
    when = band.get("when", {})
    for measure, condition in when.items():
        if measure in _YES_NO and isinstance(condition, bool):
            continue
        if measure in _NUMBERS and isinstance(condition, dict) and set(condition) <= _BOUNDS:
            continue
        raise ValueError(f"{where}: cannot test {measure} by {condition}")
    return Band(**{key: band[key] for key in _BAND_KEYS | own}, when=when)


def _check_keys(
    table: Mapping[str, Any], wanted: Mapping[str, type], optional: set[str], where: str
) -> None:
    for key, kind in wanted.items():
        if key not in table:
            raise ValueError(f"{where}: the key {key} is missing")
        if not isinstance(table[key], kind):
            # The text of a rule is wrong, not the type of an argument.
            raise ValueError(f"{where}: {key} is no {kind.__name__}")  # noqa: TRY004
    unknown = set(table) - set(wanted) - optional
    if unknown:
        raise ValueError(f"{where}: unknown {', '.join(sorted(unknown))}")


def rate(measures: pd.DataFrame, rule: RatingRule) -> pd.DataFrame:
    """Return the measures with ``rule, rating, rating_label`` added.

    ``rating`` is the letter of the band, empty where the target cannot be judged; then ``reason``
    says why. ``rating_label`` is what the band is called: where the actual is of the target's year
    or of a later one, what it is called once the year is over.
    """
    ended = (measures["actual_year"] >= measures["target_year"]).to_numpy()
    undecided = (measures["reason"] == Reason.NONE).to_numpy(dtype=bool, copy=True)
    letters = np.full(len(measures), "", dtype=object)
    labels = np.full(len(measures), "", dtype=object)
    for band in rule.bands:
        fits = undecided & _holds(measures, band)
        letters[fits] = band.letter
        labels[fits] = np.where(ended[fits], band.label_of(ended=True), band.label_of(ended=False))
        undecided &= ~fits
    return measures.assign(rule=rule.name, rating=letters, rating_label=labels)


def _holds(measures: pd.DataFrame, band: Band) -> npt.NDArray[np.bool_]:
    """Return where all conditions of a band hold. An unknown measure satisfies no condition."""
    holds = np.ones(len(measures), dtype=bool)
    for measure, condition in band.when.items():
        column = measures[measure]
        if isinstance(condition, bool):
            holds &= (column == condition).to_numpy(dtype=bool)
            continue
        values = column.to_numpy(dtype=np.float64)
        with np.errstate(invalid="ignore"):
            for bound, limit in condition.items():
                holds &= {
                    "at_least": values >= limit,
                    "above": values > limit,
                    "at_most": values <= limit,
                    "below": values < limit,
                }[bound]
    return holds
