import pytest

from kpi.importing.headings import read_value_heading
from kpi.importing.layouts import read_outline, recognise
from kpi.importing.readers import Sheet
from kpi.model import Kind, Status


@pytest.mark.parametrize(
    ("heading", "kind", "period", "label", "year", "status"),
    [
        ("計画策定時\n（平成26（2014）年度）", Kind.BASELINE, 0, "", 2014, None),
        ("計画策定時（H27）[2015]", Kind.BASELINE, 0, "", 2015, None),
        ("基準値 H26", Kind.BASELINE, 0, "", 2014, None),
        ("第１期目標\n（平成29（2017）年度）", Kind.TARGET, 1, "", 2017, None),
        ("第三期実施計画期間における目標値（R7）", Kind.TARGET, 3, "", 2025, None),
        ("令和7年度目標", Kind.TARGET, 0, "", 2025, None),
        ("第3期チャレンジ目標（令和7年度）", Kind.TARGET, 3, "チャレンジ目標", 2025, None),
        ("第3期目標", Kind.TARGET, 3, "", None, None),
        ("現状（R2）", Kind.ACTUAL, 0, "", 2020, None),
        ("令和5年度実績", Kind.ACTUAL, 0, "", 2023, None),
        ("R6（速報）", Kind.ACTUAL, 0, "", 2024, Status.PROVISIONAL),
        ("R5\n（確定）", Kind.ACTUAL, 0, "", 2023, Status.FINAL),
        ("2023年度", Kind.ACTUAL, 0, "", 2023, None),
        ("H26", Kind.ACTUAL, 0, "", 2014, None),
    ],
)
def test_a_heading_says_what_the_values_below_it_are(heading, kind, period, label, year, status):
    read = read_value_heading(heading)
    assert read is not None
    assert (read.kind, read.period, read.label, read.fiscal_year, read.status) == (
        kind,
        period,
        label,
        year,
        status,
    )


@pytest.mark.parametrize("heading", ["指標", "備考", "No.", "令和5年度の取組内容", "前年差"])
def test_other_headings_are_no_columns_of_values(heading):
    assert read_value_heading(heading) is None


def sheet(*rows):
    return Sheet("表", [list(row) for row in rows])


def only_table(*rows):
    tables = recognise(sheet(*rows))
    assert len(tables) == 1, [table.layout for table in tables]
    return tables[0]


def test_a_row_a_fact_is_recognised_as_tidy():
    table = only_table(["指標", "年度", "実績値"], ["A", "令和2年度", "5"])
    assert (table.layout, table.kind) == ("tidy", Kind.ACTUAL)


def test_a_column_a_period_is_recognised_below_title_rows():
    table = only_table(
        ["川崎市総合計画　成果指標"],
        [""],
        ["指標", "単位", "第1期目標（H29）", "第2期目標（R3）"],
    )
    assert (table.layout, table.headings, sorted(table.values)) == ("periods", range(2, 3), [2, 3])
    assert "3行目" in table.why


def test_a_column_a_year_is_recognised():
    table = only_table(["指標名", "単位", "H30", "R元", "R2（速報）"])
    assert (table.layout, sorted(table.values)) == ("years", [2, 3, 4])


def test_a_sheet_without_an_indicator_column_is_no_table():
    assert recognise(sheet(["氏名", "年齢"], ["山田", 40])) == []


def test_a_heading_without_a_year_is_a_finding_that_names_the_column():
    table = only_table(["指標", "第1期目標", "第2期目標（R3）"])
    assert [(f.code, f.cell) for f in table.findings] == [("heading-year-missing", "B1")]


def test_a_tidy_table_that_does_not_say_what_its_values_are_is_a_finding():
    table = only_table(["指標", "年度", "値"])
    assert [f.code for f in table.findings] == ["kind-missing"]


def test_a_sheet_of_labels_describes_the_plan():
    outline = read_outline(
        sheet(
            ["計画の概要"],
            ["自治体", "川崎市"],
            ["団体コード", "141305"],
            ["計画", "川崎市総合計画"],
            ["第1期実施計画", "平成28（2016）年度～平成29（2017）年度"],
        )
    )
    assert outline is not None
    assert (outline.municipality, outline.municipality_code, outline.plan) == (
        "川崎市",
        "141305",
        "川崎市総合計画",
    )
    assert outline.periods == {1: (2016, 2017)}
