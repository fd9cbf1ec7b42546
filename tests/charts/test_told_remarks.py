"""The remarks of the plan check as sentences, and as a table that a spreadsheet opens."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from made import plan_of

from kpi.charts import LINT_COLUMNS, plan_check_table, plan_remarks, spreadsheet_csv
from kpi.model import FiscalYear, Period

PERIODS = [
    Period(1, 2, FiscalYear(2018), FiscalYear(2021)),
    Period(1, 3, FiscalYear(2022), FiscalYear(2025)),
]


def fact(kind, year, value, comparator="", period=0, **more):
    known = {"kind": kind, "fiscal_year": year, "value": value, "comparator": comparator}
    return {"period": period, **known, **more}


def messages(*facts, **kwargs):
    return [remark.message for remark in plan_remarks(plan_of(*facts, periods=PERIODS, **kwargs))]


@pytest.mark.parametrize(
    ("facts", "kwargs", "said"),
    [
        (
            [
                fact("baseline", 2014, 2_500_000_000, value_text="25億円"),
                fact("actual", 2020, 2_100_000_000, value_text="21億円"),
                fact("target", 2021, 1_500_000_000, "<=", 2, value_text="15億円以下"),
                fact("target", 2025, 1_800_000_000, "<=", 3, value_text="18億円以下"),
            ],
            {"unit": "円", "direction": "lower"},
            "第3期の目標18億円以下は、令和3年度の目標15億円より後退しています。",
        ),
        (
            [
                fact("baseline", 2014, 1_200_000, value_text="1,200"),
                fact("actual", 2019, 1_260_000, value_text="1,260"),
                fact("actual", 2020, 1_310),
            ],
            {"unit": "人", "unit_text": "千人"},
            "令和2年度の1.31千人は、並びの令和元年度の1,260千人と桁が違います。",
        ),
        (
            [
                fact("baseline", 0, 32.4),
                fact("actual", 2020, 35.8),
                fact("target", 2025, 42, ">=", 3),
            ],
            {},
            "基準値32.4％の年度が書かれていないため、進み具合を計算できません。",
        ),
    ],
)
def test_a_remark_names_its_figures_in_the_units_of_the_city(facts, kwargs, said):
    assert messages(*facts, **kwargs) == [said]


def test_a_remark_leads_to_its_cell():
    cell = {"source_cell": "K4", "batch_id": "the import"}
    facts = [fact("baseline", 2014, 30), fact("target", 2025, 25, ">=", 3, **cell)]
    content = plan_of(fact("actual", 2020, 31), *facts, periods=PERIODS)
    [remark] = plan_remarks(content)
    assert (remark.code, remark.source) == ("wrong-side", "計画.xlsx › 指標 › K4")
    assert (remark.batch_id, remark.series_title) == ("the import", "受診率")
    [row] = plan_check_table(content, [remark]).to_dict("records")
    assert list(row) == list(LINT_COLUMNS)
    assert (row["municipality"], row["indicator"], row["period"], row["fiscal_year"]) == (
        "三鷹市",
        "受診率",
        3,
        2025,
    )


def test_a_spreadsheet_finds_text_where_the_table_has_text():
    table = pd.DataFrame(
        {"指標": ["=1+1", "@SUM", "-", "＝1", "受診率、率"], "年度": [1, 2, 3, 4, 5]}
    )
    written = spreadsheet_csv(table)
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["指標", "'=1+1", "'@SUM", "'-", "'＝1", "受診率、率"]
    assert [row[1] for row in rows] == ["年度", "1", "2", "3", "4", "5"]
