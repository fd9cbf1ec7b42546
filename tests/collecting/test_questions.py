"""What is asked of answers: by hand-made series, each figure one that a person would ask about."""

import pytest

from kpi.collecting.form import actual_key
from kpi.collecting.questions import questions
from kpi.model import (
    Comparator,
    Direction,
    Fact,
    FactEdit,
    FactKey,
    FiscalYear,
    Fraction,
    Indicator,
    Kind,
    Note,
    NoteKind,
    Period,
    Plan,
    RoundItem,
    Series,
    Status,
)
from kpi.store import PlanSnapshot

YEAR = FiscalYear(2024)


def asked(
    value,
    past=(),
    *,
    text=None,
    unit="％",
    unit_text=None,
    direction=Direction.HIGHER,
    target=None,
    fraction=None,
    notes=(),
    edits=(),
):
    """The questions about a figure of FY2024, by what they are about.

    ``past`` are the figures of the years before, the last of FY2023; ``target`` is a comparator and
    a value of FY2024.
    """
    facts = []
    first = YEAR - len(past)
    for at, figure in enumerate(past):
        if figure is not None:
            facts.append(
                Fact(actual_key(1, FiscalYear(first + at)), figure, value_text=str(figure))
            )
    if value is not None:
        facts.append(
            Fact(actual_key(1, YEAR), value, value_text=str(value) if text is None else text)
        )
    if target is not None:
        comparator, promised = target
        key = FactKey(1, Kind.TARGET, 1, "", YEAR)
        facts.append(Fact(key, promised, None, comparator, f"{promised}以上"))
    plan = PlanSnapshot(
        Plan(1, "計画"),
        {1: Period(1, 1, FiscalYear(2022), YEAR)},
        [],
        [Indicator(1, 1, None, "", "受診率", "健康課", "", 1)],
        [Series(1, 1, "", unit, unit_text or unit, direction, 1)],
        {fact.key: fact for fact in facts},
        [Note(1, YEAR, kind, 0, text) for kind, text in notes],
        [Fraction(1, YEAR, *fraction, *("" if part is None else str(part) for part in fraction))]
        if fraction
        else [],
    )
    found = questions([RoundItem(1, 1, "健康課")], YEAR, plan, edits)
    assert all((one.series_id, one.department) == (1, "健康課") for one in found)
    return found


def codes(*given, **more):
    return [one.code for one in asked(*given, **more)]


# Outside what the past suggests.


@pytest.mark.parametrize(
    ("value", "past", "expected"),
    [
        # The largest move is 1.2; twice that is 2.4.
        (54.4, (50.0, 51.2, 52.0), []),
        (54.5, (50.0, 51.2, 52.0), ["outside"]),
        (49.5, (50.0, 51.2, 52.0), ["outside"]),
        # Two moves are needed to tell a large one.
        (60.0, (51.2, 52.0), []),
        # Never moved at all.
        (13.0, (12.0, 12.0, 12.0), ["outside"]),
        (12.0, (12.0, 12.0, 12.0), []),
        # The last figure is four years old: its moves count twice.
        (58.8, (50.0, 51.0, 52.0, None, None, None), ["outside"]),
        (55.9, (50.0, 51.0, 52.0, None, None, None), []),
    ],
)
def test_a_figure_that_moves_twice_as_far_as_any_before_is_asked_about(value, past, expected):
    assert codes(value, past) == expected


def test_the_sentence_names_the_move_and_the_largest_before():
    (question,) = asked(60.0, (50.0, 51.2, 52.0))
    for words in ("令和5年度", "52％", "＋8ポイント", "60％", "1.2ポイント"):
        assert words in question.words


def test_the_last_binary_digit_asks_nothing():
    # 0.1 + 0.2 is more than 0.3 in binary.
    assert codes(0.6, (0.1, 0.2, 0.4), unit="") == []


def test_a_first_figure_has_nothing_to_be_held_against():
    assert codes(50.0) == []


def test_a_series_without_a_figure_is_asked_nothing():
    assert codes(None, (50.0, 51.2, 52.0)) == []


def test_a_percentage_over_100_is_asked_about_where_none_was_before():
    assert codes(101.0, (99.0, 99.5)) == ["beyond"]
    assert codes(101.0, (99.0, 102.0)) == []
    assert codes(101.0, (99.0, 99.5), unit="点") == []


def test_less_than_none_is_asked_about():
    assert codes(-1.0, (3.0, 2.0), unit="件") == ["beyond"]
    assert codes(-1.0, (3.0, 2.0), unit="円") == []


# The unit.


@pytest.mark.parametrize(
    ("value", "past", "unit", "words"),
    [
        (1_234_000.0, (1200.0, 1210.0, 1220.0), "円", "約1,000倍"),
        (1.22, (1200.0, 1210.0, 1220.0), "円", "約1,000分の1"),
        (12.5, (120.0, 124.0), "人", "約10分の1"),
        (5400.0, (52.0, 53.0, 55.0), "件", "約100倍"),
        (0.54, (52.0, 53.0, 55.0), "％", "割合"),
    ],
)
def test_a_figure_in_another_unit_is_asked_about_as_such(value, past, unit, words):
    (question,) = asked(value, past, unit=unit)
    assert question.code == "scale"
    assert words in question.words


def test_amounts_are_named_in_the_unit_the_department_writes_them_in():
    (question,) = asked(800_000.0, (872e6, 847e6, 821e6), unit="円", unit_text="百万円")
    for words in ("0.8百万円は", "の821百万円", "単位（百万円）"):
        assert words in question.words


def test_a_series_that_jumps_by_tens_is_not_asked_about_its_unit():
    assert codes(10.0, (1.0, 12.0, 1.0, 11.0, 1.0), unit="件") == []


# Numerator and denominator.


@pytest.mark.parametrize(
    ("text", "value", "fraction", "expected"),
    [
        # 123 / 456 is 26.9737 %.
        ("27.0", 27.0, (123, 456), []),
        ("26.97", 26.97, (123, 456), []),
        ("27", 27.0, (123, 456), []),
        ("26.9", 26.9, (123, 456), ["fraction"]),
        ("26.98", 26.98, (123, 456), ["fraction"]),
        # Exactly half of the last digit: 1 / 8 is 12.5 %, printed as 12 or as 13.
        ("12", 12.0, (1, 8), []),
        ("13", 13.0, (1, 8), []),
        # The wrong way round.
        ("27.0", 27.0, (456, 123), ["fraction"]),
        ("27.0", 27.0, (123, 0), ["fraction"]),
        ("27.0", 27.0, (None, 456), []),
        ("約３割", 30.0, (123, 456), []),
    ],
)
def test_a_rate_is_held_against_its_fraction_within_its_rounding(text, value, fraction, expected):
    assert codes(value, text=text, fraction=fraction) == expected


def test_a_fraction_with_more_digits_than_a_decimal_is_reckoned_with_is_asked_about_as_any():
    # Both are figures of 15 digits, and can be typed: together they make a rate of 32.
    assert codes(50.0, text="50", fraction=(999_999_999_999_999, 1e-15)) == ["fraction"]


def test_a_rate_counted_per_a_hundred_thousand_agrees_with_its_fraction():
    # 17 of 98,000: 17.3 per 100,000.
    assert codes(17.3, text="17.3", unit="人", fraction=(17, 98_000)) == []
    assert codes(18.3, text="18.3", unit="人", fraction=(17, 98_000)) == ["fraction"]


def test_an_amount_in_thousands_is_rounded_to_its_last_printed_digit():
    # 500,000 / 40 is 12,500, printed in 千円.
    assert codes(12_500.0, text="12.5", unit="円", fraction=(500_000, 40)) == []
    assert codes(12_500.0, text="12.5千円", unit="円", fraction=(501_600, 40)) == []
    assert codes(12_500.0, text="12.5千円", unit="円", fraction=(503_000, 40)) == ["fraction"]


# A target that was missed.


def test_a_missed_target_asks_for_the_reason_unless_one_is_given():
    missed = {"target": (Comparator.AT_LEAST, 60.0)}
    (question,) = asked(55.0, **missed)
    assert question.code == "cause"
    assert "60.0以上" in question.words
    assert codes(60.0, **missed) == []
    assert codes(55.0, **missed, notes=[(NoteKind.CAUSE, "周知が足りなかった。")]) == []
    assert codes(55.0, **missed, notes=[(NoteKind.CAUSE, " ")]) == ["cause"]
    assert codes(55.0, **missed, notes=[(NoteKind.ACTION, "周知する。")]) == ["cause"]


def test_a_target_is_missed_in_the_direction_it_points():
    lower = {"unit": "件", "direction": Direction.LOWER}
    assert codes(55.0, target=(None, 60.0), **lower) == []
    assert codes(65.0, target=(None, 60.0), **lower) == ["cause"]
    assert codes(65.0, target=(None, 60.0), unit="件", direction=Direction.UNKNOWN) == []


# 確定 after 速報.


def test_what_differs_from_what_was_given_before_is_asked_about():
    def given(before, after, status=Status.FINAL):
        key = actual_key(1, YEAR)
        first = Fact(key, before, value_text=str(before), status=Status.PROVISIONAL)
        then = Fact(key, after, value_text=str(after), status=status)
        return codes(after, edits=[FactEdit(key, first, then)])

    assert given(50.0, 50.1) == ["revised"]
    assert given(50.0, 50.0) == []
    assert given(50.0, 50.1, Status.PROVISIONAL) == []


# Settled.


def test_a_confirmation_settles_what_was_asked_and_keeps_it_in_sight():
    confirmed = [(NoteKind.CONFIRMATION, "対象者の数え方が変わったため。")]
    (question,) = asked(60.0, (50.0, 51.2, 52.0), notes=confirmed)
    assert question.code == "outside"
    assert question.is_settled
    assert not asked(60.0, (50.0, 51.2, 52.0))[0].is_settled
