import csv
from decimal import Decimal
from pathlib import Path

import pytest

from kpi.model import Comparator
from kpi.notation import TargetKind, Unreadable, read_target

GOLD = Path(__file__).parents[1] / "gold" / "kawasaki.csv"


def gold_targets():
    with GOLD.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["kind"] == "target"]


@pytest.mark.parametrize(
    "row", gold_targets(), ids=lambda row: f"{row['value_text']}-{row['fiscal_year']}"
)
def test_every_target_printed_in_the_kawasaki_plan_is_read_as_transcribed_by_hand(row):
    reading = read_target(row["value_text"])
    if not row["value"]:
        assert reading.kind is TargetKind.NONE
        return
    assert reading.value == Decimal(row["value"])
    assert (reading.comparator or "") == row["operator"]
    assert reading.unit == row["unit"]


@pytest.mark.parametrize(
    ("text", "comparator", "value", "unit"),
    [
        ("65％以上", Comparator.AT_LEAST, "65", "％"),
        ("50億円以下", Comparator.AT_MOST, "5000000000", "円"),
        ("3日以内", Comparator.AT_MOST, "3", "日"),
        ("10人未満", Comparator.LESS, "10", "人"),
        ("100件超", Comparator.MORE, "100", "件"),
        ("100件を超える", Comparator.MORE, "100", "件"),
        ("≧65", Comparator.AT_LEAST, "65", ""),
        ("約３割", Comparator.ABOUT, "30", "％"),
        ("100％", None, "100", "％"),
        ("0", None, "0", ""),
        ("−0.5以上", Comparator.AT_LEAST, "-0.5", ""),
    ],
)
def test_a_threshold_is_read(text, comparator, value, unit):
    reading = read_target(text)
    assert reading.kind is TargetKind.THRESHOLD
    assert (reading.comparator, reading.value, reading.unit) == (comparator, Decimal(value), unit)


def test_a_range_is_read_from_its_lower_to_its_upper_end():
    reading = read_target("10.0～15.0％")
    assert reading.kind is TargetKind.RANGE
    assert (reading.value, reading.value_high) == (Decimal(10), Decimal(15))
    assert reading.unit == "％"


def test_a_stretch_target_in_brackets_stands_beside_the_main_one():
    reading = read_target("20％以上\n＜25％以上＞")
    assert (reading.text, reading.value) == ("20％以上", Decimal(20))
    assert reading.stretch is not None
    assert (reading.stretch.text, reading.stretch.value) == ("＜25％以上＞", Decimal(25))


@pytest.mark.parametrize("text", ["ー", "", "未定", "第３期実施計画から新たに設定", "新規設定"])
def test_where_there_is_no_target_none_is_read(text):
    assert read_target(text).kind is TargetKind.NONE


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("3～5万円", "range_scale"),
        ("15～10％", "range_backwards"),
        ("5人～10％", "units_differ"),
        ("29（4）以上", "two_numbers"),
        ("前年度より増", "no_number"),
    ],
)
def test_what_cannot_be_read_is_refused_never_guessed(text, why):
    with pytest.raises(Unreadable) as refused:
        read_target(text)
    assert refused.value.why == why
