"""Every printed value and target phrase of the five source documents, as transcribed by hand.

Two habits of the transcription are no statement of the phrase: some files write = where nothing
is printed beside a figure, and the unit is filled in where a cell leaves it to the table.
"""

import csv
import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from kpi.notation import (
    TargetKind,
    Unreadable,
    normal,
    read_fiscal_year,
    read_number,
    read_target,
    read_unit,
)

GOLD = Path(__file__).parents[1] / "gold"
OPERATORS = {"": None, "=": None, "approx": "~"}
# The era a table's years stand under.
ERAS = {"mhlw2019_series": "平成", "hachioji": "令和"}


def rows(name):
    with (GOLD / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def in_base_unit(row):
    unit = read_unit(row["unit"])
    return (Decimal(row["value"]) * unit.factor, unit.unit) if row["value"] else (None, "")


# What the transcriber knew from elsewhere: source, text, column, reason.
BEYOND_THE_CELL = {
    ("hachioji", "70%", "operator"): "超えている stands later in the sentence",
    ("mhlw2019_kpi", "1,000 万人", "operator"): "を超える規模 stands behind it in the sentence",
    ("komagane", "100人", "unit"): "人/年度: the remark says 毎年度 before it",
    ("hachioji", "年度末", "fiscal_year"): "the document is of 8年度",
    (
        "mhlw2019_kpi",
        "平成30年12月28日",
        "fiscal_year",
    ): "the date of the notice, not of the survey",
    ("kawasaki", "平成26（2014）年度", "fiscal_year"): "left empty where no value is printed",
}


def test_every_printed_value_is_read_to_the_number_comparator_and_unit_of_the_transcription():
    wrong, used = [], set()
    for row in rows("printed_values.csv"):
        text = row["value_text"]
        reading = read_target(text)
        value, unit = in_base_unit(row)
        expected = {"value": value, "operator": OPERATORS.get(row["operator"], row["operator"])}
        found = {"value": reading.value, "operator": reading.comparator}
        if reading.unit or not re.search(r"\d$", normal(text)):
            expected["unit"], found["unit"] = unit, reading.unit
        for column in expected:
            if expected[column] != found[column]:
                known = (row["source"], text, column)
                used.add(known)
                if known not in BEYOND_THE_CELL:
                    wrong.append((row, column, found[column]))
    assert wrong == []
    assert used == {known for known in BEYOND_THE_CELL if known[2] != "fiscal_year"}


def test_every_printed_number_without_a_comparator_is_read_as_a_number_too():
    plain = [
        row
        for row in rows("printed_values.csv")
        if row["value"] and row["operator"] in ("", "=", "approx")
    ]
    wrong = [row for row in plain if read_number(row["value_text"]).value != in_base_unit(row)[0]]
    assert len(plain) > 1300
    assert wrong == []


def test_every_printed_year_is_read_to_the_fiscal_year_of_the_transcription():
    wrong, used = [], set()
    for row in rows("printed_values.csv"):
        text, source = row["year_text"], row["source"]
        try:
            year = read_fiscal_year(text, ERAS.get(source, "")).fiscal_year
        except Unreadable:
            year = None
        if year != (int(row["fiscal_year"]) if row["fiscal_year"] else None):
            known = (source, text, "fiscal_year")
            used.add(known)
            if known not in BEYOND_THE_CELL:
                wrong.append((row, year))
    assert wrong == []
    assert used == {known for known in BEYOND_THE_CELL if known[2] == "fiscal_year"}


def roadmap():
    """The phrases of the roadmap, each with its rows: one, or one a breakdown."""
    phrases = defaultdict(list)
    for row in rows("roadmap_targets.csv"):
        phrases[row["source_line"], row["value_text"]].append(row)
    return phrases.values()


# By line of the source: what the row says that its phrase does not, and whence.
BEYOND_THE_PHRASE = {
    ("3009", "operator"): "改善 does not say which way is better: > from the indicator",
    ("3833", "value"): "ゼロ stands in the name of the indicator",
    ("3833", "unit"): "人 likewise",
    ("4038", "target_year"): "2025年 stands elsewhere in the bullet, before both of its goals",
    ("4569", "unit"): "the phrase has 億 without 円",
}
# Names for the parts that a person chose: the phrase has other words, or none.
LABELS_OF_THE_TRANSCRIBER = {
    "延伸 (years added)",
    "到達年齢",
    "※２：成分数ベース (share of 成分数 that passed the 80％ threshold)",
    "※１：数量ベース (threshold inside the same target)",
}


def said(reading):
    equal = reading.value is None and reading.comparator == "="
    return {
        "operator": None if equal else reading.comparator,
        "value": reading.value,
        "unit": reading.unit,
        "target_year": reading.target_year,
        "relative_to_year": reading.reference_year,
        "relative_pct": reading.change_pct,
    }


def transcribed(row):
    value, unit = in_base_unit(row)
    numbers = ("target_year", "relative_to_year", "relative_pct")
    return {
        "operator": OPERATORS.get(row["operator"], row["operator"]),
        "value": value,
        "unit": unit,
        **{name: Decimal(row[name]) if row[name] else None for name in numbers},
    }


def by_figure(saying):
    return saying["value"] or 0, saying["target_year"] or 0


def test_every_phrase_of_the_reform_roadmap_is_read_as_transcribed_by_hand():
    wrong, used, count = [], set(), 0
    for phrase in roadmap():
        reading = read_target(phrase[0]["value_text"])
        # The same phrase may be the target of several indicators, each a row.
        found = list(map(said, reading.parts)) or [said(reading)] * len(phrase)
        expected = list(map(transcribed, phrase))
        pairs = zip(sorted(found, key=by_figure), sorted(expected, key=by_figure), strict=True)
        for saying, row in pairs:
            count += 1
            for column in row:
                if saying[column] != row[column]:
                    known = (phrase[0]["source_line"], column)
                    used.add(known)
                    if known not in BEYOND_THE_PHRASE:
                        wrong.append((phrase[0], column, saying[column]))
    assert wrong == []
    assert count == 274
    assert used == set(BEYOND_THE_PHRASE)


def test_the_parts_of_a_phrase_are_named_by_its_own_words():
    named = 0
    for phrase in roadmap():
        reading = read_target(phrase[0]["value_text"])
        breakdowns = [row["breakdown"] for row in phrase]
        if not reading.parts or LABELS_OF_THE_TRANSCRIBER & set(breakdowns):
            continue
        assert [normal(part.label) for part in reading.parts] == list(map(normal, breakdowns))
        assert reading.value is None
        named += len(breakdowns)
    assert named == 21


def test_all_and_the_same_as_before_are_told_from_no_comparator_at_all():
    """The transcription writes = without a value for both."""
    kinds = {
        read_target(row["value_text"]).kind
        for row in rows("roadmap_targets.csv")
        if row["operator"] == "=" and not row["value"] and not row["relative_pct"]
    }
    assert kinds == {TargetKind.ALL, TargetKind.DIRECTION}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("2658", TargetKind.DIRECTION),
        ("2662", TargetKind.MILESTONE),
        ("2801", TargetKind.THRESHOLD),
        ("3013", TargetKind.ALL),
        ("3185", TargetKind.RELATIVE),
        ("6436", TargetKind.NONE),
    ],
)
def test_each_sort_of_promise_in_the_roadmap_is_known_as_such(line, kind):
    [row] = [row for row in rows("roadmap_targets.csv") if row["source_line"] == line]
    assert read_target(row["value_text"]).kind is kind
