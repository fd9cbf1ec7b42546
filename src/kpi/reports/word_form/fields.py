"""The placeholders of a form: what each is called in Word, and what it is.

A placeholder becomes a text, or for a list as many rows of them. Where a text is to be more than a
text, signs that no document has stand around it: see `coloured`, `strong`, `PICTURE`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from kpi.words import say

#: Texts by placeholder, and rows of such by list.
Values = dict[str, Any]

#: Begin and end of what is more than text. No character has these numbers in any document.
BEGIN, END = "\ufdd0", "\ufdd1"
#: What becomes the chart.
PICTURE = f"{BEGIN}#{END}"

#: Placeholders of the whole report; headers and footers know these alone.
SHARED = ("municipality", "plan", "year", "day", "rules")
#: Placeholders of one indicator.
OWN = (
    "code",
    "title",
    "indicator",
    "series",
    "unit",
    "direction",
    "policy",
    "path",
    "department",
    "origin",
    "target",
    "target_year",
    "actual",
    "actual_year",
    "change",
    "mark",
    "letter",
    "judged_by",
    "when",
    "reason",
    "met",
    "attainment",
    "progress",
    "elapsed",
    "pace",
    "long_targets",
    "cause",
    "action",
    "confirmation",
    "note",
    "chart",
    "chart_told",
    "chart_notes",
    "provisional",
    "source",
)
#: Lists, and the placeholders of a row of each. A list in another's row is repeated within it.
LISTS = {
    "years": ("label", "full", "target", "short_target", "actual", "state", "mark"),
    "year_rows": ("years",),
    "targets": ("period", "year", "text", "mark", "remark"),
    "ratings": ("box", "letter", "mark"),
    "measures": ("name", "value", "meaning"),
    "facts": ("year", "kind", "value", "state", "source"),
}
# What XML has no place for: a form feed in a note must not cost the document.
_UNWRITABLE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True)
class Field:
    """A placeholder as the table of them has it."""

    #: What stands in the form: {{ 指標 }}, or of a list the words that repeat a row.
    placeholder: str
    meaning: str
    example: str


def name(key: str, of: str = "") -> str:
    """Return what a placeholder is called; ``of`` is the list whose rows have it."""
    return say(f"report.docx.row.{of}.{key}.name") if of else say(f"report.docx.field.{key}.name")


def fields() -> list[Field]:
    """Return all placeholders, those of the rows of a list after it."""
    told = [_told(f"{{{{ {name(key)} }}}}", key) for key in (*SHARED, *OWN)]
    for key, inner in LISTS.items():
        row = say("report.docx.row.block" if inner[0] in LISTS else "report.docx.row.word")
        told.append(_told(f"{{%tr for {row} in {name(key)} %}}", key))
        for one in inner:
            if one in LISTS:
                within = say("report.docx.row.word")
                told.append(_told(f"{{%tc for {within} in {row}.{name(one)} %}}", one))
            else:
                shown = f"{{{{ {row}.{name(one, key)} }}}}"
                meaning = say(f"report.docx.row.{key}.{one}.meaning")
                told.append(Field(shown, meaning, say(f"report.docx.row.{key}.{one}.example")))
    return told


def _told(placeholder: str, key: str) -> Field:
    meaning, example = (say(f"report.docx.field.{key}.{part}") for part in ("meaning", "example"))
    return Field(placeholder, meaning, example)


def shared_names() -> frozenset[str]:
    """Return the placeholders of the whole report."""
    return frozenset(map(name, SHARED))


def single_names() -> frozenset[str]:
    """Return the placeholders that stand for themselves."""
    return frozenset(map(name, (*SHARED, *OWN)))


def lists() -> dict[str, frozenset[str]]:
    """Return what a row of each list has, by the list's name."""
    return {
        name(key): frozenset(name(one) if one in LISTS else name(one, key) for one in inner)
        for key, inner in LISTS.items()
    }


def plain(text: str) -> str:
    """Return a text as XML can hold it, line breaks as one sign."""
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def strong(text: str) -> str:
    """Return a text to be set in bold."""
    return f"{BEGIN}*{text}{END}" if text else ""


def coloured(sign: str, colour: str) -> str:
    """Return the sign of a mark to be set in the colour of its band."""
    return f"{BEGIN}{colour}{sign}{END}"


def example_values() -> Values:
    """Return the examples of the table in the place of an indicator's values."""
    rows: dict[str, list[Values]] = {}
    for key, inner in LISTS.items():
        row: Values = {
            name(one, key): say(f"report.docx.row.{key}.{one}.example")
            for one in inner
            if one not in LISTS
        }
        row |= {name(one): rows[name(one)] for one in inner if one in LISTS}
        rows[name(key)] = [row, row]
    texts = {name(key): say(f"report.docx.field.{key}.example") for key in (*SHARED, *OWN)}
    return {**texts, name("chart"): PICTURE, **rows}
