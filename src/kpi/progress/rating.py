"""Rating rules: data, not code. Bands are tried from the top, and the first that fits wins.

A rule is a TOML file (see `kpi/progress/rules`): bands with conditions on named measures, and
settings of how these are measured. A band's ``when`` is one table of conditions that must all hold,
or a list of such tables of which one must. An unknown measure satisfies no condition.
"""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpi.progress.growth import GrowthOptions
from kpi.progress.measures import MeasureOptions, Reason

Bools = npt.NDArray[np.bool_]
#: Tests that must all hold: measure → True or False, or the bounds of a number by their names.
Conditions = Mapping[str, bool | Mapping[str, float]]

#: Measures a band may name that are yes or no.
YES_NO = ("met", "worse_than_base", "within_limit")
#: Measures a band may name that are numbers.
NUMBERS = (
    "attainment",
    "progress",
    "elapsed",
    "pace",
    "gap",
    "improvement",
    "beyond",
    "growth",
    "growth_to_target",
    "growth_without_target",
    "growth_score",
)
#: Closed and open ends: ``at_least`` and ``at_most`` belong to the band.
BOUNDS = ("at_least", "above", "at_most", "below")
#: From the best to the worst; what they look like stands in `charts/tokens.toml`.
COLOURS = ("a", "b", "c", "d")
#: The lighter a mark, the less it asks for attention: told apart in black and white.
SHAPES = ("star", "ring-dot", "ring", "diamond", "triangle", "triangle-down", "cross")

#: The letter of what cannot be judged. It is no band: a rating is empty, and a reason says why.
UNRATED = "N"
#: A band's letter may be a short word; as the columns of ratings in the database.
LONGEST_LETTER = 8
#: Further from 0 no whole number has to be, and none fits a column.
_LARGEST = 2**31 - 1

#: What a rule and each of its bands must say, and what they may.
_RULE_KEYS = {"title": str, "version": int, "summary": str, "band": list}
_RULE_MAY = {"source": str, "left_open": str, "options": dict, "growth": dict, "limits": dict}
_BAND_KEYS = {"letter": str, "label": str, "colour": str, "shape": str, "spoken": str}
_BAND_MAY = {"label_ended": str, "spoken_ended": str, "when": (dict, list)}
_OPTIONS = {"attainment_when_lower": str, "tolerance": (int, float), "actual": str}
#: What an option may be, its default first.
CHOICES = {
    "attainment_when_lower": ("inverse", "mirror"),
    "actual": ("target_year", "latest", "final"),
}
_GROWTH = {"base_year": int, "without_target": bool}
#: Measures that do not exist without a base.
_FROM_BASE = ("worse_than_base", "progress", "elapsed", "pace", "improvement")


class RuleRefused(ValueError):
    """A rule says something it cannot mean.

    ``why`` names the words, ``values`` what they need, ``line`` the line of the text, from 1.
    """

    def __init__(self, why: str, line: int, **values: object) -> None:
        super().__init__(f"line {line}: {why} {values}")
        self.why, self.line, self.values = why, line, values


@dataclass(frozen=True)
class Band:
    """One outcome of a rule."""

    letter: str
    label: str
    #: Name of a colour in the tokens, from the best to the worst: a, b, c, d.
    colour: str
    #: Name of a mark, one of `SHAPES`.
    shape: str
    #: What a screen reader says.
    spoken: str
    #: The band fits where one of these holds. Conditions that test nothing always hold.
    when: tuple[Conditions, ...] = ({},)
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
    #: Whose rule it is, and what its text leaves open.
    source: str = ""
    left_open: str = ""
    options: MeasureOptions = field(default_factory=MeasureOptions)
    #: None where no band tests the growth.
    growth: GrowthOptions | None = None
    #: Limits the bands name. NaN is to be filled in; until then the rule is a template.
    limits: Mapping[str, float] = field(default_factory=dict)

    @property
    def unset_limits(self) -> tuple[str, ...]:
        """The limits that still have to be filled in: before, the rule rates nothing."""
        return tuple(name for name, limit in self.limits.items() if math.isnan(limit))

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures the bands test, in the order in which they are first named."""
        named = [m for band in self.bands for conditions in band.when for m in conditions]
        return tuple(dict.fromkeys(named))

    @property
    def ranking(self) -> tuple[Band, ...]:
        """The bands from the best to the worst, whatever the order in which they are tried."""
        return tuple(sorted(self.bands, key=lambda band: COLOURS.index(band.colour)))


def rule_names() -> list[str]:
    """Return the names of the rules that come with the program, the standard one first."""
    rules = files(__package__) / "rules"
    names = (entry.name.removesuffix(".toml") for entry in rules.iterdir())
    return sorted(names, key=lambda name: (name != "standard", name))


@cache
def load_rule(name: str) -> RatingRule:
    """Read a rule that comes with the program. Raises FileNotFoundError for an unknown name."""
    return parse_rule(name, rule_text(name))


def rule_text(name: str) -> str:
    """Return the text of a rule that comes with the program; FileNotFoundError if unknown."""
    return (files(__package__) / "rules" / f"{name}.toml").read_text(encoding="utf-8")


def parse_rule(name: str, text: str, version: int | None = None) -> RatingRule:
    """Read a rule from TOML. Raises `RuleRefused` with the line where it says what it cannot.

    ``version`` comes before the one in the text: a municipality's own rules are counted where they
    are kept.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = re.search(r"at line (\d+)", str(error))
        line = int(said[1]) if said else text.count("\n") + 1
        raise RuleRefused("not_toml", line) from error
    except (RecursionError, ValueError) as error:
        # Brackets in brackets without end, and whole numbers longer than Python reads.
        raise RuleRefused("too_much", 1) from error
    rule = _Reader(name, text).rule(data)
    return rule if version is None else replace(rule, version=version)


class _Reader:
    """Checks a parsed rule, key by key; knows on which line of the text each stands."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines = text.splitlines()

    def rule(self, data: dict[str, Any]) -> RatingRule:
        self.check_keys(data, _RULE_KEYS, _RULE_MAY, "")
        limits = data.get("limits", {})
        for key, limit in limits.items():
            # What is to be filled in is no number yet.
            if not (_is_number(limit) or limit != limit):
                raise self.refused("wrong_kind", "limits", key, key=key, kind="number")
        bands = [
            self.band(number, band, {key: float(limit) for key, limit in limits.items()})
            for number, band in enumerate(data["band"], 1)
        ]
        for number, band in enumerate(bands, 1):
            is_plain = band.letter == band.letter.strip()
            if not (is_plain and 0 < len(band.letter) <= LONGEST_LETTER):
                values = {"letter": band.letter, "longest": LONGEST_LETTER}
                raise self.refused("bad_letter", f"band {number}", "letter", **values)
            if not band.label.strip():
                raise self.refused("no_label", f"band {number}", "label")
            if band.letter in [UNRATED, *(above.letter for above in bands[: number - 1])]:
                place = f"band {number}"
                raise self.refused("letter_taken", place, "letter", letter=band.letter)
            if number < len(bands) and {} in band.when:
                raise self.refused("never_reached", f"band {number + 1}", letter=band.letter)
        if not bands:
            raise self.refused("missing_key", "", "band", key="band")
        rule = RatingRule(
            self.name,
            data["title"],
            data["version"],
            data["summary"],
            tuple(bands),
            data.get("source", ""),
            data.get("left_open", ""),
            self.options(data.get("options", {})),
            self.growth(data.get("growth")),
            limits,
        )
        growth = next((name for name in rule.measures if name.startswith("growth")), None)
        if growth and rule.growth is None:
            raise self.refused("no_growth", "band 1", growth, measure=growth)
        return rule

    def options(self, options: dict[str, Any]) -> MeasureOptions:
        self.check_keys(options, {}, _OPTIONS, "options")
        for key, known in CHOICES.items():
            if options.get(key, known[0]) not in known:
                self.refuse_choice("options", key, options[key], known)
        tolerance = options.get("tolerance", 0)
        if not (_is_number(tolerance) and tolerance >= 0):
            raise self.refused("wrong_kind", "options", "tolerance", key="tolerance", kind="share")
        return MeasureOptions(**options)

    def growth(self, growth: dict[str, Any] | None) -> GrowthOptions | None:
        if growth is None:
            return None
        self.check_keys(growth, {}, _GROWTH, "growth")
        return GrowthOptions(**growth)

    def band(self, number: int, band: Any, limits: Mapping[str, float]) -> Band:
        place = f"band {number}"
        if not isinstance(band, dict):
            raise self.refused("wrong_kind", "", "band", key="band", kind="table")
        self.check_keys(band, _BAND_KEYS, _BAND_MAY, place)
        for key, known in (("colour", COLOURS), ("shape", SHAPES)):
            if band[key] not in known:
                self.refuse_choice(place, key, band[key], known)
        when = band.get("when", {})
        alternatives = [when] if isinstance(when, dict) else when
        if not alternatives or not all(isinstance(table, dict) for table in alternatives):
            raise self.refused("wrong_kind", place, "when", key="when", kind="conditions")
        told = {key: value for key, value in band.items() if key != "when"}
        return Band(
            **told,
            when=tuple(self.conditions(place, table, limits) for table in alternatives),
        )

    def conditions(
        self, place: str, table: dict[str, Any], limits: Mapping[str, float]
    ) -> Conditions:
        read: dict[str, bool | Mapping[str, float]] = {}
        for measure, said in table.items():
            if measure in YES_NO:
                if not isinstance(said, bool):
                    raise self.refused("not_yes_no", place, measure, measure=measure)
                read[measure] = said
            elif measure in NUMBERS:
                read[measure] = self.bounds(place, measure, said, limits)
            else:
                self.refuse_choice(place, measure, measure, YES_NO + NUMBERS, "unknown_measure")
        return read

    def bounds(
        self, place: str, measure: str, said: Any, limits: Mapping[str, float]
    ) -> Mapping[str, float]:
        if not isinstance(said, dict) or not said:
            raise self.refused("no_bounds", place, measure, measure=measure, known=list(BOUNDS))
        bounds = {}
        for bound, limit in said.items():
            if bound not in BOUNDS:
                self.refuse_choice(place, measure, bound, BOUNDS)
            if isinstance(limit, str):
                if limit not in limits:
                    raise self.refused("unknown_limit", place, limit, limit=limit)
                bounds[bound] = limits[limit]
            elif _is_number(limit):
                bounds[bound] = float(limit)
            else:
                raise self.refused("wrong_kind", place, measure, key=bound, kind="number")
        lowest = max((bounds[b] for b in ("at_least", "above") if b in bounds), default=-math.inf)
        highest = min((bounds[b] for b in ("at_most", "below") if b in bounds), default=math.inf)
        is_open = bounds.get("above") == lowest or bounds.get("below") == highest
        if lowest > highest or (lowest == highest and is_open):
            raise self.refused("nothing_between", place, measure, measure=measure)
        return bounds

    def check_keys(
        self, table: Mapping[str, Any], must: Mapping[str, Any], may: Mapping[str, Any], place: str
    ) -> None:
        for key in must:
            if key not in table:
                raise self.refused("missing_key", place, key=key)
        known = {**must, **may}
        for key, value in table.items():
            if key not in known:
                self.refuse_choice(place, key, key, tuple(known), "unknown_key")
            # To Python true is a number; to a person it is not.
            is_kind = isinstance(value, known[key])
            if not is_kind or (isinstance(value, bool) and known[key] is not bool):
                kinds = known[key] if isinstance(known[key], tuple) else (known[key],)
                raise self.refused("wrong_kind", place, key, key=key, kind=_KINDS[kinds[0]])
            if isinstance(value, int) and abs(value) > _LARGEST:
                raise self.refused("too_large", place, key, key=key)
            if isinstance(value, str) and any(map(_is_control, value)):
                raise self.refused("control_sign", place, key, key=key)

    def refuse_choice(
        self,
        place: str,
        word: str,
        said: object,
        known: tuple[str, ...],
        why: str = "not_one_of",
    ) -> None:
        raise self.refused(why, place, word, key=word, said=said, known=list(known))

    def refused(self, why: str, place: str, word: str = "", **values: object) -> RuleRefused:
        return RuleRefused(why, self.line(place, word), **values)

    def line(self, place: str, word: str) -> int:
        """Return the line of a word in a section, else that of the section's heading."""
        section = list(self.section(place))
        for number, line in section:
            if word and re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", line.partition("#")[0]):
                return number
        return section[0][0] if section else 1

    def section(self, place: str) -> Iterator[tuple[int, str]]:
        """Yield the lines of ``band 2`` or ``options``; of "" those above the first heading."""
        name, _, nth = place.partition(" ")
        here, seen = "", 0
        for number, line in enumerate(self.lines, 1):
            heading = re.match(r"\s*(\[\[?)\s*([\w-]+)\s*([\].])", line)
            if heading:
                here = heading[2]
                seen += (heading[1], here) == ("[[", name)
            if here == name and seen == int(nth or 0):
                yield number, line


#: Names of the words for what a value should have been.
_KINDS = {
    str: "text",
    int: "whole_number",
    float: "number",
    bool: "yes_no",
    dict: "table",
    list: "bands",
}


def _is_number(value: object) -> bool:
    """Whether a value is a number a double can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _is_control(sign: str) -> bool:
    """Whether a sign is none that is read: not every database keeps it."""
    return sign not in "\n\t" and unicodedata.category(sign) in ("Cc", "Cs")


def rate(measures: pd.DataFrame, rule: RatingRule) -> pd.DataFrame:
    """Return the measures with ``rule, rating, rating_label, missing`` added.

    ``rating`` is the letter of the band, empty where the target cannot be judged; then ``reason``
    says why. Where the bands test a measure that is unknown, ``missing`` names it. A target without
    a base is rated by a band that can do without, one without a number by its growth if the rule
    says so; a band that tests nothing takes neither. ``rating_label`` is what the band is called:
    where the actual is of the target's year or of a later one, what it is called once the year is
    over.
    """
    reason = measures["reason"].to_numpy(dtype=object, copy=True)
    ended = (measures["actual_year"] >= measures["target_year"]).to_numpy()
    letters = np.full(len(measures), "", dtype=object)
    labels = np.full(len(measures), "", dtype=object)
    missing = np.full(len(measures), "", dtype=object)
    has_all = reason == Reason.NONE
    undecided = has_all | (reason == Reason.NO_BASE)
    if rule.growth is not None and rule.growth.without_target:
        undecided |= reason == Reason.NO_NUMBER
    if rule.unset_limits:
        reason[undecided] = Reason.NO_LIMIT
        undecided[:] = False
    for band in rule.bands:
        fits = np.zeros(len(measures), dtype=bool)
        for conditions in band.when:
            fits |= _hold(measures, conditions) if conditions else has_all
        fits &= undecided
        letters[fits] = band.letter
        labels[fits] = np.where(ended[fits], band.label_of(ended=True), band.label_of(ended=False))
        reason[fits] = Reason.NONE
        undecided &= ~fits
    for name in rule.measures:
        missing[undecided & (missing == "") & measures[name].isna().to_numpy()] = name
    # A series without a target may have no actual either.
    reason[undecided & measures["actual"].isna().to_numpy()] = Reason.NO_ACTUAL
    undecided &= reason != Reason.NO_ACTUAL
    explained = (reason == Reason.NO_BASE) & np.isin(missing, _FROM_BASE)
    reason[undecided & ~explained] = Reason.NO_BAND
    reason[undecided & ~explained & (missing != "")] = Reason.NO_MEASURE
    return measures.assign(
        rule=rule.name, rating=letters, rating_label=labels, reason=reason, missing=missing
    )


def _hold(measures: pd.DataFrame, conditions: Conditions) -> Bools:
    """Return where all conditions hold. An unknown measure satisfies none."""
    holds = np.ones(len(measures), dtype=bool)
    for measure, said in conditions.items():
        column = measures[measure]
        if isinstance(said, bool):
            holds &= (column == said).to_numpy(dtype=bool)
            continue
        values = column.to_numpy(dtype=np.float64)
        for bound, limit in said.items():
            holds &= {
                "at_least": values >= limit,
                "above": values > limit,
                "at_most": values <= limit,
                "below": values < limit,
            }[bound]
    return holds
