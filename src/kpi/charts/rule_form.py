"""A rating rule as a form, for those who do not program: boxes of text that become its TOML.

What stands in a box that cannot be read is refused with its place and what to write instead; a
limit is read as city halls write numbers, and never clipped or completed.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kpi.charts.rule_words import SHARES, limit_words, refusal_words, summary_words
from kpi.notation import PERCENT, NumberReading, Unreadable, read_number
from kpi.progress import Band, RuleRefused, parse_rule
from kpi.progress.rating import COLOURS, SHAPES, YES_NO
from kpi.words import say

#: Answers to a measure that is yes or no, as a box has them.
YES, NO = "holds", "fails"


class FormRefused(Exception):
    """A form says what cannot be read; ``sentences`` name each place and what to write there."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@dataclass
class Condition:
    """One condition of a band."""

    measure: str = "met"
    #: ``holds`` or ``fails``, or the name of a bound of a number.
    test: str = YES
    #: The bound's limit as typed, or the name of a limit of the rule.
    limit: str = ""
    #: Whether this begins another way to fit the band; else it must hold beside those before it.
    is_alternative: bool = False


@dataclass
class BandForm:
    """One band as a form."""

    letter: str = ""
    label: str = ""
    colour: str = COLOURS[0]
    shape: str = SHAPES[0]
    #: What a screen reader says; empty for the label.
    spoken: str = ""
    label_ended: str = ""
    spoken_ended: str = ""
    #: None: the band takes what none above it took.
    conditions: list[Condition] = field(default_factory=list)


@dataclass
class RuleForm:
    """A rule as a form."""

    title: str
    #: Empty where it is to be told from the bands.
    summary: str
    source: str
    left_open: str
    bands: list[BandForm]
    #: Limits that bands name, as typed; empty where they are still to be set.
    limits: dict[str, str]
    attainment_when_lower: str
    tolerance: str
    actual: str
    #: How growth is measured, as the text has it; None where it is not.
    growth: dict[str, Any] | None


def form_of(text: str) -> RuleForm:
    """Return a rule's text as a form.

    Raises `RuleRefused` where it is no rule, `FormRefused` where it says more than a form can.
    """
    rule = parse_rule("", text)
    if any({} in band.when and len(band.when) > 1 for band in rule.bands):
        raise FormRefused([say("rule_form.only_as_text")])
    data = tomllib.loads(text)
    bands = [
        BandForm(
            **{key: value for key, value in band.items() if key != "when"},
            conditions=list(_conditions(band.get("when", {}))),
        )
        for band in data["band"]
    ]
    for band in bands:
        band.spoken = "" if band.spoken == band.label else band.spoken
    measures = {c.limit: c.measure for band in bands for c in band.conditions}
    return RuleForm(
        rule.title,
        "" if rule.summary == summary_words(rule) else rule.summary,
        rule.source,
        rule.left_open,
        bands,
        {name: limit_words(measures.get(name, ""), at) for name, at in rule.limits.items()},
        rule.options.attainment_when_lower,
        limit_words("tolerance", rule.options.tolerance) if rule.options.tolerance else "",
        rule.options.actual,
        data.get("growth"),
    )


def _conditions(when: Any) -> Iterator[Condition]:
    for place, table in enumerate([when] if isinstance(when, dict) else when):
        conditions: list[Condition] = []
        for measure, said in table.items():
            if isinstance(said, bool):
                conditions.append(Condition(measure, YES if said else NO))
                continue
            for bound, limit in said.items():
                typed = limit if isinstance(limit, str) else limit_words(measure, float(limit))
                conditions.append(Condition(measure, bound, typed))
        if place:
            conditions[0].is_alternative = True
        yield from conditions


def text_of(form: RuleForm, version: int) -> str:
    """Return the TOML of a form. Raises `FormRefused` with every sentence there is to say."""
    writer = _Writer(form)
    text = writer.text(version, form.summary)
    if writer.sentences:
        raise FormRefused(writer.sentences)
    try:
        rule = parse_rule("", text)
    except RuleRefused as refused:
        # The bands stand in the text as they do in the form.
        number = text.splitlines()[: refused.line].count("[[band]]")
        place = say("rule_form.band", number=number, label=form.bands[number - 1].label)
        why = refusal_words(refused)
        told = say("rule_form.refused", place=place, why=why) if number else why
        raise FormRefused([told]) from refused
    return text if form.summary else writer.text(version, summary_words(rule))


def bands_of(form: RuleForm) -> list[Band]:
    """Return the bands of a form as far as they can be read; a limit that cannot be is NaN."""
    writer = _Writer(form)
    limits = writer.limits()

    def known(said: Any) -> Any:
        if isinstance(said, dict):
            return {name: known(one) for name, one in said.items()}
        return limits.get(said, math.nan) if isinstance(said, str) else said

    return [
        Band(
            band.letter,
            band.label,
            band.colour,
            band.shape,
            band.spoken,
            tuple(known(table) for table in writer.alternatives("", band.conditions)) or ({},),
            band.label_ended,
            band.spoken_ended,
        )
        for band in form.bands
    ]


class _Writer:
    """Writes a form, gathering what cannot be read."""

    def __init__(self, form: RuleForm) -> None:
        self.form = form
        self.sentences: list[str] = []

    def text(self, version: int, summary: str) -> str:
        form = self.form
        if not form.title.strip():
            self.sentences.append(say("rule_form.no_title"))
        lines = [
            f"title = {_quoted(form.title.strip())}",
            f"version = {version}",
            f"summary = {_quoted(summary)}",
        ]
        lines += [
            f"{key} = {_quoted(value)}"
            for key, value in (("source", form.source), ("left_open", form.left_open))
            if value
        ]
        lines += self.section("options", self.options())
        lines += self.section("growth", form.growth)
        lines += self.section("limits", self.limits())
        for number, band in enumerate(form.bands, 1):
            lines += self.band(number, band)
        return "\n".join(lines) + "\n"

    def section(self, name: str, values: Mapping[str, Any] | None) -> list[str]:
        if not values:
            return []
        pairs = [f"{_quoted(key)} = {_value(value)}" for key, value in values.items()]
        return ["", f"[{name}]", *pairs]

    def options(self) -> dict[str, Any]:
        form = self.form
        options: dict[str, Any] = {}
        if form.attainment_when_lower != "inverse":
            options["attainment_when_lower"] = form.attainment_when_lower
        if form.tolerance.strip():
            place = say("rule.option.tolerance")
            options["tolerance"] = self.number("tolerance", form.tolerance, place)
        if form.actual != "target_year":
            options["actual"] = form.actual
        return options

    def limits(self) -> dict[str, float]:
        measures = {c.limit.strip(): c.measure for band in self.form.bands for c in band.conditions}
        return {
            name: self.number(measures.get(name, ""), text, say("rule_form.limit", name=name))
            if text.strip()
            else math.nan
            for name, text in self.form.limits.items()
        }

    def band(self, number: int, band: BandForm) -> list[str]:
        place = say("rule_form.band", number=number, label=band.label)
        for key in ("letter", "label"):
            if not getattr(band, key).strip():
                self.sentences.append(say(f"rule_form.no_{key}", place=place))
        told = {
            "letter": band.letter.strip(),
            "label": band.label.strip(),
            "colour": band.colour,
            "shape": band.shape,
            "spoken": band.spoken.strip() or band.label.strip(),
            "label_ended": band.label_ended.strip(),
            "spoken_ended": band.spoken_ended.strip(),
        }
        lines = [f"{key} = {_quoted(value)}" for key, value in told.items() if value]
        return ["", "[[band]]", *lines, *self.when(place, band.conditions)]

    def when(self, place: str, conditions: list[Condition]) -> list[str]:
        tables = [_value(table) for table in self.alternatives(place, conditions)]
        if not tables:
            return []
        return [f"when = {tables[0]}" if len(tables) == 1 else f"when = [{', '.join(tables)}]"]

    def alternatives(self, place: str, conditions: list[Condition]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for number, condition in enumerate(conditions, 1):
            if condition.is_alternative or not found:
                found.append({})
            here = say("rule_form.condition", place=place, number=number)
            table = found[-1]
            key = condition.measure
            said: bool | float | str = condition.test == YES
            if condition.measure not in YES_NO:
                key, said = condition.test, self.limit(condition, here)
                table = table.setdefault(condition.measure, {})
            if key in table:
                name = say(f"measure.{condition.measure}.name")
                self.sentences.append(say("rule_form.twice", place=here, measure=name))
            table[key] = said
        return found

    def limit(self, condition: Condition, place: str) -> float | str:
        name = condition.limit.strip()
        if name in self.form.limits:
            return name
        return self.number(condition.measure, condition.limit, place)

    def number(self, measure: str, text: str, place: str) -> float:
        try:
            return read_limit(measure, text)
        except Unreadable as unreadable:
            self.sentences.append(told_limit(measure, unreadable, place))
            return math.nan


def read_limit(measure: str, text: str) -> float:
    """Return a limit of a measure: 80％ is 0.8 of a share, 1.0 a pace.

    Raises `Unreadable` where it is no exact number, or not in the measure's own unit.
    """
    reading = exact_number(text)
    if measure in SHARES:
        if reading.unit != PERCENT:
            raise Unreadable(text, "no_percent")
        return float(reading.value / Decimal(100))
    if reading.unit:
        raise Unreadable(text, "has_unit")
    return float(reading.value)


def exact_number(text: str) -> NumberReading:
    """Return a number beside which nothing else stands: no 約, no 速報, no mark of a note.

    Raises `Unreadable`.
    """
    reading = read_number(text)
    if reading.approximate or reading.status or reading.marks:
        raise Unreadable(text, "not_exact")
    return reading


def told_limit(measure: str, unreadable: Unreadable, place: str) -> str:
    """Return the sentence about a limit that cannot be read."""
    text, why = unreadable.text.strip(), unreadable.why
    if not text:
        key = "blank_share" if measure in SHARES else "blank"
        return say(f"rule_form.{key}", place=place)
    if why in ("not_exact", "no_percent", "has_unit"):
        return say(f"rule_form.{why}", place=place, text=text)
    key = "unreadable_share" if measure in SHARES else "unreadable"
    return say(f"rule_form.{key}", place=place, text=text, why=say(f"unreadable.{why}"))


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_value(one)}' for key, one in value.items())} }}"
    if isinstance(value, float):
        return repr(value)
    return _quoted(value)


def _quoted(value: str | int | bool) -> str:
    # What JSON writes is TOML too, but for one character that TOML wants spelt out.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
