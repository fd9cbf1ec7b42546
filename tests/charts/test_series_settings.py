"""Settings of series are read from a table as they were meant, or refused; never guessed."""

from dataclasses import replace

import pytest
from made import judged, plan_of

from kpi.charts.series_settings import read_settings, setting_rows
from kpi.model import SeriesSetting

RULES = {"nagano": "長野県の3段階"}
MONEY = {"unit": "円", "unit_text": "円"}


def table(**unit):
    value = 5_000_000_000 if unit else 50
    return judged(plan_of({"fiscal_year": 2020, "value": value}, **unit))


def read(assessment, **typed):
    before = setting_rows(assessment, RULES)
    return read_settings(assessment, RULES, before, [replace(before[0], **typed)])


def test_what_is_typed_is_shown_as_it_was_read():
    found = read(
        table(), rule="長野県の3段階", tolerance="５％", limit="１２.５％", is_cumulative=True
    )
    assert found.refused == []
    assert found.settings == {1: SeriesSetting(1, "nagano", 0.05, 12.5, is_cumulative=True)}
    assert found.changes == [
        "受診率　ルール：計画と同じ → 長野県の3段階",
        "受診率　維持の幅：なし → 5％",
        "受診率　限度：なし → 12.5％",
        "受診率　積み上げ：しない → する",
    ]


@pytest.mark.parametrize(
    ("typed", "limit", "told"),
    [
        # The row is in 億円.
        ("30", 3_000_000_000.0, "30億円"),
        ("30億円", 3_000_000_000.0, "30億円"),
        ("5,000円", 5000.0, "5,000円"),
        ("▲1.5", -150_000_000.0, "−1億5,000万円"),
    ],
)
def test_a_limit_without_a_unit_is_in_that_of_its_row(typed, limit, told):
    found = read(table(**MONEY), limit=typed)
    assert found.settings[1].limit == limit
    assert found.changes == [f"受診率　限度：なし → {told}"]


@pytest.mark.parametrize(
    ("unit", "typed", "words"),
    [
        ({}, {"limit": "30人"}, "受診率の限度：「30人」は、この系列の単位（％）ではありません。"),
        ({}, {"limit": "約30"}, "受診率の限度：「約30」は約・速報・注などの付いた数です。"),
        ({}, {"limit": "30（40）"}, "受診率の限度：「30（40）」は"),
        (MONEY, {"limit": "5千"}, "受診率の限度：「5千」は億・万などの桁が二重に書かれている"),
        ({}, {"tolerance": "5"}, "受診率の維持の幅：「5」に％がありません。"),
        ({}, {"tolerance": "△5％"}, "受診率の維持の幅が負の数です。"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(unit, typed, words):
    found = read(table(**unit), **typed)
    assert (found.settings, found.changes) == ({}, [])
    assert found.refused[0].startswith(words)


def test_what_is_set_stands_in_the_table_and_an_emptied_box_takes_it_away():
    content = plan_of({"fiscal_year": 2020, "value": 50})
    content.series.loc[0, ["tolerance", "limit"]] = [0.05, 30.0]
    assessment = judged(content)
    [row] = setting_rows(assessment, RULES)
    assert (row.rule, row.tolerance, row.limit, row.unit) == ("", "5％", "30", "％")
    found = read(assessment, limit="")
    assert found.settings == {1: SeriesSetting(1, "", 0.05, None, is_cumulative=False)}
    assert found.changes == ["受診率　限度：30％ → なし"]
