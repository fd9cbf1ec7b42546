"""What an import would change, in words: old value and new, in the unit the file uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi.charts import comparator_word, year_of_fact
from kpi.importing.matching import ChangeLine
from kpi.model import Fact
from kpi.words import say


@dataclass(frozen=True)
class ChangeText:
    """One fact that would be added or changed, as a table shows it."""

    series: str
    year: str
    kind: str
    #: Empty for a new fact.
    before: str
    after: str
    place: str


def change_lines(lines: Sequence[ChangeLine]) -> list[ChangeText]:
    """Return changes as text, in the order they were read."""
    return [
        ChangeText(
            " ".join(filter(None, (line.indicator, line.series))),
            year_of_fact(line.fiscal_year),
            say(f"kind.{line.kind}")
            + (say("ledger.of_period", n=line.period) if line.period else "")
            + (f" {line.label}" if line.label else ""),
            "" if line.before is None else _said(line.before),
            _said(line.after),
            _place(line.after),
        )
        for line in lines
    ]


def _place(fact: Fact) -> str:
    place = fact.provenance
    return " › ".join(filter(None, (place.file, place.sheet, place.cell))) if place else ""


def _said(fact: Fact) -> str:
    text = fact.value_text
    word = comparator_word(fact.comparator or "")
    if word and word not in text:
        text += word
    return "　".join(filter(None, (text, fact.status, fact.note)))
