"""From files to the store: what is added, what changes, what is refused."""

import csv
import io
from pathlib import Path

import pytest
from acts import NOW, import_bytes, planner, preview_of

from kpi.acting.imports import Refused, accept
from kpi.charts import values_table
from kpi.importing.draft import Context
from kpi.importing.matching import valid_code
from kpi.settings import ROOT
from kpi.store import Conflict, plans, read_plan

GOLD = Path(__file__).parents[1] / "gold" / "kawasaki.csv"
TIDY = "municipality plan indicator unit kind fiscal_year value".split()
OUTLINE = [["自治体", "見本町"], ["計画", "見本町計画"], ["第1期計画", "令和2年度～令和4年度"]]


def values(engine, plan=None):
    header = next(h for h in plans(engine) if plan in (None, h.plan.name))
    return values_table(read_plan(engine, header))


def found(preview, code):
    return [f for f in preview.findings if f.code == code]


def test_the_kawasaki_plan_and_its_actuals_give_the_38_values_of_the_document(samples):
    with GOLD.open(encoding="utf-8") as file:
        gold = {
            (
                row["indicator"],
                row["component"],
                row["kind"],
                int(row["fiscal_year"]),
                row["operator"],
                float(row["value"]),
                row["unit"],
                row["direction"],
                "チャレンジ目標" if row["label"] == "チャレンジ目標" else "",
            )
            for row in csv.DictReader(file)
            if row["value"]
        }
    table = values(samples, "川崎市総合計画")
    ours = [
        (
            row.indicator,
            row.series,
            row.kind,
            row.fiscal_year,
            row.comparator,
            row.value,
            row.unit,
            row.direction,
            row.label,
        )
        for row in table.itertuples()
    ]
    assert len(gold) == 38
    assert sorted(ours) == sorted(gold)


def test_what_values_writes_reads_back_into_the_same_table(samples, empty):
    kept = ["source_file", "source_sheet", "source_cell", "recorded_at"]
    for name in ("川崎市総合計画", "見本市総合計画"):
        before = values(samples, name)
        text = io.StringIO()
        before.to_csv(text, index=False)
        preview, _ = import_bytes(empty, ("values.csv", text.getvalue().encode()))
        assert not [f for f in preview.findings if f.severity != "info"]
        after = values(empty, name)
        assert after.drop(columns=kept).equals(before.drop(columns=kept))


def test_the_invented_municipality_has_40_series_and_is_labelled_everywhere(samples):
    table = values(samples, "見本市総合計画")
    assert len(table.groupby(["indicator", "series"])) == 40
    assert set(table["municipality"]) == {"見本市（架空のデータ）"}
    years = table.loc[table["kind"] == "actual", "fiscal_year"]
    assert (years.min(), years.max()) == (2014, 2024)


def test_the_same_file_twice_changes_nothing(empty, table):
    file = (
        "a.csv",
        table([["計画", "自治体", "指標", "年度", "実績値"], ["P", "X", "A", "R2", "5％"]]),
    )
    assert import_bytes(empty, file)[1] is not None
    preview, batch = import_bytes(empty, file)
    assert (batch, len(preview.added), len(preview.changed), preview.unchanged) == (None, 0, 0, 1)


def test_a_figure_spelt_otherwise_is_no_change_and_another_figure_is(empty, table):
    head = ["自治体", "計画", "指標", "単位", "年度", "実績値"]
    import_bytes(empty, ("a.csv", table([head, ["X", "P", "A", "円", "R2", "8,377万円"]])))
    same = preview_of(
        empty, ("b.csv", table([head, ["X", "P", "Ａ", "円", "令和2年度", "83770000"]]))
    )
    assert (same.unchanged, len(same.changed)) == (1, 0)
    other = preview_of(empty, ("c.csv", table([head, ["X", "P", "A", "円", "R2", "8,378万円"]])))
    [line] = other.changed
    assert (line.before.value, line.after.value) == (83770000, 83780000)


def test_a_corrected_actual_keeps_what_was_said_before(empty, table):
    head = ["自治体", "計画", "指標", "年度", "実績値", "状態"]
    import_bytes(empty, ("a.csv", table([head, ["X", "P", "A", "R5", "37.7％", "速報"]])))
    preview, _ = import_bytes(
        empty, ("b.csv", table([head, ["X", "P", "A", "R5", "37.9％", "確定"]]))
    )
    [line] = preview.changed
    assert (line.before.value, line.before.status) == (37.7, "速報")
    assert values(empty)["value"].tolist() == [37.9]


def test_a_file_with_an_error_changes_nothing_and_names_the_cell(empty, table):
    preview = preview_of(
        empty,
        (
            "a.csv",
            table(
                [
                    ["自治体", "計画", "指標", "年度", "実績値"],
                    ["X", "P", "A", "R2", "5"],
                    ["X", "P", "B", "R2", "29（4）"],
                ]
            ),
        ),
    )
    [finding] = found(preview, "number-unreadable")
    assert finding.cell == "E3"
    assert "29（4）" in finding.message
    with pytest.raises(Refused):
        accept(empty, planner(), preview, reason="", now=NOW)
    assert plans(empty) == []


def test_files_are_imported_together_or_not_at_all(empty, table):
    head = ["自治体", "計画", "指標", "年度", "実績値"]
    good = ("good.csv", table([head, ["X", "P", "A", "R2", "5"]]))
    bad = ("bad.csv", table([head, ["X", "P", "B", "R2", "五"]]))
    with pytest.raises(Refused):
        import_bytes(empty, good, bad)
    assert plans(empty) == []


def test_values_are_kept_in_the_base_unit_whatever_the_table_uses(empty, xlsx):
    import_bytes(
        empty,
        (
            "a.xlsx",
            xlsx(
                {
                    "表紙": OUTLINE,
                    "一覧": [
                        ["指標", "単位", "R2", "R3"],
                        ["滞納額", "百万円", 821, "8億円"],
                        ["利用者", "千人", 1672, "1,700"],
                        ["収納率", "％", 94.5, "95％"],
                    ],
                }
            ),
        ),
    )
    table = values(empty)
    assert table["value"].tolist() == [821e6, 800e6, 1672000, 1700000, 94.5, 95]
    assert table["unit"].tolist() == ["円", "円", "人", "人", "％", "％"]


def test_zero_is_a_value_and_a_sign_for_nothing_is_not(empty, xlsx):
    preview, _ = import_bytes(
        empty,
        (
            "a.xlsx",
            xlsx(
                {"表紙": OUTLINE, "一覧": [["指標", "R2", "R3", "R4"], ["待機児童", 0, "ー", "…"]]}
            ),
        ),
    )
    assert values(empty)["value"].tolist() == [0]
    [finding] = found(preview, "nothing-there")
    assert finding.count == 2


def test_a_number_out_of_the_bounds_of_those_that_are_typed_is_refused(empty, xlsx):
    sheets = {"表紙": OUTLINE, "一覧": [["指標", "R2", "R3"], ["待機児童", 1e300, 1e-40]]}
    findings = found(preview_of(empty, ("a.xlsx", xlsx(sheets))), "number-unreadable")
    assert [finding.cell for finding in findings] == ["B2", "C2"]
    assert "1e+300" in findings[0].message
    tidy = [[*TIDY], ["a", "p", "待機児童", "％", "実績", "令和2年度", 1e300]]
    [finding] = found(preview_of(empty, ("a.xlsx", xlsx(tidy))), "number-unreadable")
    assert finding.cell == "G2"


def test_a_small_number_of_a_workbook_is_told_as_people_write_it(empty, xlsx):
    sheets = {"表紙": OUTLINE, "一覧": [["指標", "R2"], ["濃度", 0.00001]]}
    import_bytes(empty, ("a.xlsx", xlsx(sheets)))
    [row] = values(empty).itertuples()
    assert (row.value, row.value_text) == (0.00001, "0.00001")


def test_a_stretch_target_is_a_row_of_its_own(empty, xlsx):
    import_bytes(
        empty,
        (
            "a.xlsx",
            xlsx(
                {
                    "表紙": OUTLINE,
                    "一覧": [["指標", "第1期目標（R4）"], ["満足度", "20％以上＜25％以上＞"]],
                }
            ),
        ),
    )
    table = values(empty)
    assert list(zip(table["label"], table["value"], table["value_text"], strict=True)) == [
        ("", 20, "20％以上"),
        ("チャレンジ目標", 25, "＜25％以上＞"),
    ]


def test_actuals_find_their_series_by_name_through_width_and_line_breaks(samples, table):
    preview = preview_of(
        samples,
        (
            "a.csv",
            table(
                [
                    ["自治体", "計画", "指標", "区分", "年度", "実績値"],
                    [
                        "川崎市",
                        "川崎市総合計画",
                        "国民健康\n保険料収入率等",
                        "【現年度分】",
                        "R3",
                        "95.1％",
                    ],
                ]
            ),
        ),
    )
    assert [(line.series, line.fiscal_year) for line in preview.added] == [("現年度分", 2021)]
    assert not preview.has_warnings


def test_a_name_the_plan_does_not_have_is_a_warning_not_a_guess(samples, table):
    preview = preview_of(
        samples,
        (
            "a.csv",
            table(
                [
                    ["自治体", "計画", "指標", "年度", "実績値"],
                    ["川崎市", "川崎市総合計画", "国民健康保険料の収入率", "R3", "95.1％"],
                ]
            ),
        ),
    )
    [finding] = found(preview, "indicator-new")
    assert finding.cell == "C2"


def test_a_row_that_does_not_say_which_of_two_series_is_refused(samples, table):
    preview = preview_of(
        samples,
        (
            "a.csv",
            table(
                [
                    ["自治体", "計画", "指標", "年度", "実績値"],
                    ["川崎市", "川崎市総合計画", "国民健康保険料収入率等", "R3", "95.1％"],
                ]
            ),
        ),
    )
    [finding] = found(preview, "series-unclear")
    assert "現年度分、収入未済額" in finding.message


def test_a_value_in_another_unit_than_its_series_is_refused(samples, table):
    preview = preview_of(
        samples,
        (
            "a.csv",
            table(
                [
                    ["自治体", "計画", "指標", "区分", "年度", "実績値"],
                    [
                        "川崎市",
                        "川崎市総合計画",
                        "国民健康保険料収入率等",
                        "現年度分",
                        "R3",
                        "95億円",
                    ],
                ]
            ),
        ),
    )
    assert [f.cell for f in found(preview, "unit-differs")] == ["F2"]


def test_bare_figures_of_a_series_in_a_scaled_unit_are_read_in_it_and_said_so(samples, table):
    preview = preview_of(
        samples,
        (
            "a.csv",
            table(
                [
                    ["自治体", "計画", "指標", "区分", "年度", "実績値"],
                    [
                        "見本市（架空のデータ）",
                        "見本市総合計画",
                        "国民健康保険料収入率等",
                        "収入未済額",
                        "R7",
                        "805",
                    ],
                ]
            ),
        ),
    )
    assert [line.after.value for line in preview.added] == [805e6]
    assert [f.unit for f in found(preview, "unit-assumed")] == ["百万円"]


def test_the_same_fact_twice_with_different_values_is_refused(empty, table):
    rows = [
        ["自治体", "計画", "指標", "年度", "実績値"],
        ["X", "P", "A", "R2", "5"],
        ["X", "P", "A", "令和2年度", "6"],
    ]
    [finding] = found(preview_of(empty, ("a.csv", table(rows))), "fact-twice")
    assert (finding.cell, finding.here, finding.there) == ("E3", "6", "5")
    rows[2][4] = "5"
    assert not preview_of(empty, ("a.csv", table(rows))).has_errors


def test_value_and_printed_text_that_contradict_each_other_are_refused(empty, table):
    head = ["自治体", "計画", "指標", "単位", "種別", "年度", "値", "原文"]
    row = ["X", "P", "A", "円", "実績", "R2", "83770000", "8,377万円"]
    assert not preview_of(empty, ("a.csv", table([head, row]))).has_errors
    row[6] = "83780000"
    assert found(preview_of(empty, ("a.csv", table([head, row]))), "value-contradicts")


@pytest.mark.parametrize(
    ("targets", "base", "direction"),
    [
        (["650以上", "ー"], "608", "higher"),
        (["50以下", "30以下"], "67", "lower"),
        (["100", "100"], "99", "higher"),
        (["0", "0"], "96", "lower"),
        (["10～15", "10～15"], "12", "range"),
        (["99", "100"], "99", "unknown"),
        (["ー", "ー"], "5", "unknown"),
    ],
)
def test_the_direction_follows_from_comparators_then_from_target_and_base(
    empty, xlsx, targets, base, direction
):
    import_bytes(
        empty,
        (
            "a.xlsx",
            xlsx(
                {
                    "表紙": OUTLINE,
                    "一覧": [
                        ["指標", "計画策定時（R元）", "第1期目標（R4）", "第2期目標（R8）"],
                        ["A", base, *targets],
                    ],
                }
            ),
        ),
    )
    assert values(empty)["direction"].unique().tolist() == [direction]


def test_what_the_file_says_of_the_direction_wins(empty, table):
    import_bytes(
        empty,
        (
            "a.csv",
            table(
                [
                    ["自治体", "計画", "指標", "方向", "種別", "計画期", "年度", "値"],
                    ["X", "P", "A", "低いほど良い", "目標", "第1期", "R4", "100"],
                ]
            ),
        ),
    )
    assert values(empty)["direction"].tolist() == ["lower"]


def test_periods_come_from_the_outline_or_from_the_targets(empty, xlsx, table):
    import_bytes(
        empty,
        ("a.xlsx", xlsx({"表紙": OUTLINE, "一覧": [["指標", "第1期目標（R4）"], ["A", "5以上"]]})),
    )
    [period] = plans(empty)[0].periods
    assert (period.first_year, period.last_year) == (2020, 2022)
    import_bytes(
        empty,
        (
            "b.csv",
            table(
                [
                    ["自治体", "計画", "指標", "種別", "計画期", "年度", "値"],
                    ["見本町", "見本町計画", "A", "目標", "2", "R8", "6以上"],
                ]
            ),
        ),
    )
    second = plans(empty)[0].periods[1]
    assert (second.first_year, second.last_year) == (None, 2026)


def test_indicators_of_one_name_under_two_policies_stay_apart(empty, table):
    head = ["自治体", "計画", "施策", "指標", "年度", "実績値"]
    rows = [
        ["X", "P", "1-1 福祉", "満足度", "R2", "5"],
        ["X", "P", "1-2 教育", "満足度", "R2", "6"],
    ]
    preview, _ = import_bytes(empty, ("a.csv", table([head, *rows])))
    assert len(preview.added) == 2
    again = preview_of(
        empty, ("b.csv", table([head[:2] + head[3:], ["X", "P", "満足度", "R3", "7"]]))
    )
    assert found(again, "indicator-unclear")


def test_a_table_that_names_no_plan_takes_the_chosen_one(samples, table):
    file = (
        "a.csv",
        table(
            [
                ["指標", "区分", "年度", "実績値"],
                ["国民健康保険料収入率等", "現年度分", "R3", "95％"],
            ]
        ),
    )
    assert found(preview_of(samples, file), "plan-unknown")
    chosen = preview_of(samples, file, context=Context(plan="川崎市総合計画"))
    assert [line.plan for line in chosen.added] == ["川崎市総合計画"]


def test_a_plan_of_nobody_is_refused(empty, table):
    file = ("a.csv", table([["計画", "指標", "年度", "実績値"], ["P", "A", "R3", "95％"]]))
    assert found(preview_of(empty, file), "municipality-unknown")


@pytest.mark.parametrize("code", ["141305", "011002", "131016", "202100", "990001"])
def test_the_check_digit_of_a_municipality_code_is_tested(code):
    # Codes of 川崎市, 札幌市, 千代田区, 駒ヶ根市 as published; the last is invented.
    assert valid_code(code)
    assert not valid_code(code[:5] + str((int(code[5]) + 1) % 10))
    assert not valid_code(code[:5])


def test_a_wrong_municipality_code_is_refused(empty, table):
    head = ["自治体", "団体コード", "計画", "指標", "年度", "実績値"]
    file = ("a.csv", table([head, ["川崎市", "141306", "P", "A", "R2", "5"]]))
    assert [f.text for f in found(preview_of(empty, file), "code-invalid")] == ["141306"]


def test_notes_and_blank_rows_are_no_data(empty, xlsx):
    preview, _ = import_bytes(
        empty,
        (
            "a.xlsx",
            xlsx(
                {
                    "表紙": OUTLINE,
                    "一覧": [
                        ["指標", "R2"],
                        ["A", 5],
                        [None, None],
                        ["※ 令和2年度は速報値。", None],
                        ["福祉の指標", None],
                    ],
                }
            ),
        ),
    )
    assert len(found(preview, "row-passed-over")) == 2
    assert values(empty)["indicator"].tolist() == ["A"]


def test_a_value_without_an_indicator_is_refused(empty, xlsx):
    file = ("a.xlsx", xlsx({"表紙": OUTLINE, "一覧": [["指標", "R2"], [None, 5]]}))
    assert [f.cell for f in found(preview_of(empty, file), "indicator-missing")] == ["A2"]


def test_every_value_leads_back_to_its_cell(samples):
    table = values(samples, "川崎市総合計画")
    row = table[(table["series"] == "収入未済額") & (table["fiscal_year"] == 2021)].iloc[0]
    assert (row["source_file"], row["source_sheet"], row["source_cell"], row["value_text"]) == (
        "川崎市総合計画.xlsx",
        "成果指標",
        "J5",
        "30億円以下",
    )


def test_a_preview_that_has_grown_old_is_not_recorded(samples, table):
    head = ["自治体", "計画", "指標", "区分", "年度", "実績値"]
    name = ["川崎市", "川崎市総合計画", "国民健康保険料収入率等", "現年度分"]
    old = preview_of(samples, ("a.csv", table([head, [*name, "R3", "95％"]])))
    import_bytes(samples, ("b.csv", table([head, [*name, "R4", "96％"]])))
    with pytest.raises(Conflict):
        accept(samples, planner(), old, reason="", now=NOW)


def test_names_with_markup_or_formulas_are_text_like_any_other(empty, table):
    name = '<script>alert(1)</script>=HYPERLINK("x")'
    import_bytes(
        empty,
        (
            "a.csv",
            table([["自治体", "計画", "指標", "年度", "実績値"], ["X", "P", name, "R2", "5"]]),
        ),
    )
    assert values(empty)["indicator"].tolist() == [name]


def test_an_older_file_that_would_make_final_values_provisional_again_is_a_warning(samples):
    old = next((ROOT / "data" / "actuals").glob("*令和5年度.xlsx"))
    preview = preview_of(samples, (old.name, old.read_bytes()))
    [finding] = found(preview, "status-goes-back")
    assert finding.count == len(preview.changed) == 38
