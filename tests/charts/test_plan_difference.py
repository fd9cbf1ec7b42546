"""A plan on two days: what is otherwise, and through whom; every expectation written by hand."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest
from made import plan_of
from openpyxl import load_workbook

from kpi.charts import spreadsheet_csv
from kpi.charts.plan_difference import difference_table, plan_difference
from kpi.charts.spreadsheet import spreadsheet_xlsx
from kpi.model import (
    Direction,
    FactKey,
    FiscalYear,
    Fraction,
    Indicator,
    Kind,
    Milestone,
    Municipality,
    Note,
    NoteKind,
    Period,
    PolicyNode,
    Project,
    ProjectState,
    Series,
    part_identity,
)
from kpi.store import Approval, BatchEntry, PartVersion, PlanHistory

MARCH = datetime(2025, 3, 31, 14, 59, tzinfo=UTC)
NOVEMBER = datetime(2025, 11, 21, 14, 59, tzinfo=UTC)
DAYS = (MARCH, NOVEMBER)


def day(month, number=1, year=2025):
    """Noon of a day in Japan."""
    return datetime(year, month, number, 3, tzinfo=UTC)


def act(batch_id, when, author="計画係", reason="見直し", files=(), **more):
    """An act of 三鷹市."""
    of = {"undone_at": None, "in_force_from": None, "undone_by": "", **more}
    city = Municipality("132047", "三鷹市")
    return BatchEntry(city, batch_id, "import", when, author, reason, 0, 0, tuple(files), **of)


def history(*acts, parts=None, withdrawn=None, approvals=None):
    versions = {}
    for part, batch_id in parts or ():
        versions.setdefault(part_identity(part), []).append(PartVersion(part, batch_id))
    known = {one.batch_id: one for one in acts}
    return PlanHistory(known, versions, withdrawn or {}, approvals or {})


FIRST = act("first", day(6, year=2024), "導入担当", "最初の取込", ["計画.xlsx"])
LATER = act("later", day(7), "健康課", "実績の確定", ["実績.xlsx"])


def fact(kind, year, value=math.nan, **more):
    return {"kind": kind, "fiscal_year": year, "value": value, "batch_id": "first", **more}


def lines(before, after, known=None, days=DAYS):
    """Differences as (what, before, after, who, why, from where)."""
    return [
        (
            one.what,
            one.before and one.before.words,
            one.after and one.after.words,
            *(one.brought and (one.brought.author, one.brought.reason, one.brought.source)),
        )
        for one in plan_difference(before, after, days, known or history(FIRST, LATER))
    ]


TARGET = fact("target", 2025, 42, comparator=">=", value_text="42.0以上", period=3)
ACTUAL = fact("actual", 2024, 39.2)


def test_two_days_between_which_nothing_happened_have_no_difference():
    plan = plan_of(TARGET, ACTUAL, fact("actual", 2023, value_text="－"))
    assert lines(plan, plan) == []


def test_a_value_that_was_corrected_is_told_with_both_values_and_who_corrected_it():
    corrected = {**ACTUAL, "value": 39.4, "value_text": "39.4", "batch_id": "later"}
    corrected |= {"status": "確定", "source_file": "実績.xlsx", "source_cell": "C9"}
    assert lines(plan_of(TARGET, ACTUAL), plan_of(TARGET, corrected)) == [
        (
            "実績値",
            "39.2％",
            "39.4％　確定",
            "健康課",
            "実績の確定",
            "実績.xlsx › 指標 › C9",
        )
    ]


def test_a_target_put_up_and_one_put_in_words_are_told_as_printed():
    up = {**TARGET, "value": 45, "value_text": "45％以上", "batch_id": "later"}
    in_words = fact("target", 2025, period=3, value_text="増加", batch_id="later")
    source = "計画.xlsx › 指標 › B2"
    assert lines(plan_of(TARGET), plan_of(up)) == [
        ("目標値", "42.0％以上", "45％以上", "健康課", "実績の確定", source)
    ]
    assert lines(plan_of(TARGET), plan_of(in_words)) == [
        ("目標値", "42.0％以上", "増加", "健康課", "実績の確定", source)
    ]


def test_the_same_number_in_other_words_is_a_difference_too():
    other = {**TARGET, "value_text": "42.0％以上", "batch_id": "later"}
    (difference,) = plan_difference(plan_of(TARGET), plan_of(other), DAYS, history(FIRST, LATER))
    assert difference.before.printed == "42.0以上"
    assert difference.after.printed == "42.0％以上"


def test_facts_that_came_stand_in_the_order_of_their_years():
    came = [
        {**fact(kind, year, 40), "batch_id": "later"}
        for kind, year in (
            ("actual", 2024),
            ("target", 2025),
            ("actual", 2023),
            ("baseline", 0),
            ("baseline", 2023),
        )
    ]
    found = plan_difference(plan_of(TARGET), plan_of(TARGET, *came), DAYS, history(FIRST, LATER))
    assert [(one.what, one.year, one.before) for one in found] == [
        ("基準値", "令和5（2023）年度", None),
        ("実績値", "令和5（2023）年度", None),
        ("実績値", "令和6（2024）年度", None),
        ("目標値", "令和7（2025）年度", None),
        ("基準値", "年度の記載なし", None),
    ]


def test_a_fact_whose_batch_was_taken_back_names_who_took_it_back():
    taken = act(
        "taken", day(7, year=2024), reason="誤った取込", undone_at=day(8), undone_by="企画課"
    )
    gone = {**ACTUAL, "batch_id": "taken"}
    assert lines(plan_of(TARGET, gone), plan_of(TARGET), history(FIRST, taken)) == [
        ("実績値", "39.2％", None, "企画課", "取消（取り消したもの：誤った取込）", "")
    ]


def test_a_value_that_came_back_names_who_took_the_other_back():
    taken = act(
        "taken", day(7, year=2024), reason="誤った訂正", undone_at=day(8), undone_by="企画課"
    )
    wrong = {**ACTUAL, "value": 93.2, "value_text": "93.2", "batch_id": "taken"}
    assert lines(plan_of(wrong), plan_of(ACTUAL), history(FIRST, taken)) == [
        ("実績値", "93.2％", "39.2％", "企画課", "取消（取り消したもの：誤った訂正）", "")
    ]


def test_a_fact_taken_out_of_the_plan_names_the_act_that_took_it_out():
    key = FactKey(1, Kind.TARGET, 3, "", FiscalYear(2025))
    known = history(FIRST, LATER, withdrawn={key: ["later"]})
    assert lines(plan_of(TARGET, ACTUAL), plan_of(ACTUAL), known) == [
        ("目標値", "42.0％以上", None, "健康課", "実績の確定", "実績.xlsx")
    ]


def test_what_counts_from_a_day_between_the_two_is_told_with_that_day():
    planned = act("planned", day(3, 1), reason="社会情勢の変化", in_force_from=day(10))
    target = {**TARGET, "value": 45, "value_text": "45.0以上", "batch_id": "planned"}
    target |= {"source_file": "", "source_sheet": "", "source_cell": ""}
    known = history(FIRST, planned, approvals={"planned": Approval(4, "中間見直し", "部長")})
    (one,) = plan_difference(plan_of(TARGET), plan_of(target), DAYS, known)
    assert (one.brought.reason, one.brought.at, one.brought.in_force_from) == (
        "社会情勢の変化",
        day(3, 1),
        day(10),
    )
    assert one.brought.source == "改定案4「中間見直し」（承認 部長）"


def with_series(content, **columns):
    return replace(content, series=content.series.assign(**columns))


def indicator(name="受診率", department="", **more):
    of = {"policy_id": None, "code": "", "source": "", "position": 0, **more}
    return Indicator(1, 1, of.pop("policy_id"), of.pop("code"), name, department, **of)


def test_each_aspect_of_an_indicator_is_told_apart_with_who_changed_it():
    renamed = act("renamed", day(5), "健康課", "名称の変更")
    moved = act("moved", day(6), "人事課", "組織の見直し")
    versions = [
        (indicator(), "first"),
        (indicator("特定健診の受診率"), "renamed"),
        (indicator("特定健診の受診率", "保険年金課"), "moved"),
    ]
    before = plan_of(TARGET)
    after = with_series(before, indicator="特定健診の受診率", department="保険年金課")
    assert lines(before, after, history(FIRST, renamed, moved, parts=versions)) == [
        ("指標の名前", "受診率", "特定健診の受診率", "健康課", "名称の変更", ""),
        ("指標の所管", "", "保険年金課", "人事課", "組織の見直し", ""),
    ]


def test_a_name_given_back_by_taking_the_renaming_back_names_who_took_it_back():
    renamed = act("renamed", day(2), "健康課", "名称の変更", undone_at=day(9), undone_by="企画課")
    moved = act("moved", day(6), "人事課", "組織の見直し")
    versions = [
        (indicator(), "first"),
        (indicator("特定健診の受診率"), "renamed"),
        (indicator(department="保険年金課"), "moved"),
    ]
    before = with_series(plan_of(TARGET), indicator="特定健診の受診率")
    after = with_series(plan_of(TARGET), department="保険年金課")
    told = lines(before, after, history(FIRST, renamed, moved, parts=versions))
    assert told[0][3:5] == ("企画課", "取消（取り消したもの：名称の変更）")
    assert told[1][3:5] == ("人事課", "組織の見直し")


def test_a_retired_indicator_names_its_successor():
    two = pd.concat(
        [
            plan_of().series,
            plan_of().series.assign(series_id=2, indicator_id=2, indicator="健診を受けた人の割合"),
        ],
        ignore_index=True,
    )
    before = replace(plan_of(TARGET), series=two)
    retired = two.assign(is_retired=[True, False], successor_id=[2, None])
    versions = [(indicator(), "first"), (indicator(is_retired=True, successor_id=2), "later")]
    assert lines(
        before, replace(before, series=retired), history(FIRST, LATER, parts=versions)
    ) == [
        (
            "指標の廃止",
            "継続",
            "廃止（後継：健診を受けた人の割合）",
            "健康課",
            "実績の確定",
            "実績.xlsx",
        )
    ]


def test_an_indicator_that_is_new_is_told_with_its_unit_and_its_facts():
    new = Series(2, 2, "", "人", "千人", Direction.LOWER, 0)
    row = plan_of(unit="人", unit_text="千人", direction="lower").series
    row = row.assign(series_id=2, indicator_id=2, indicator_code="12", indicator="待機者数")
    before = plan_of(TARGET)
    facts = plan_of(TARGET, fact("actual", 2024, 1200, value_text="1.2", series_id=2)).facts
    facts["batch_id"] = ["first", "later"]
    after = replace(before, series=pd.concat([before.series, row]), facts=facts)
    found = plan_difference(before, after, DAYS, history(FIRST, LATER, parts=[(new, "later")]))
    assert [(d.what, d.indicator_code, d.indicator, d.after.words) for d in found] == [
        ("指標の新設", "12", "待機者数", "千人（登録は人）　低いほど良い"),
        ("実績値", "12", "待機者数", "1.2千人"),
    ]
    assert {d.brought.author for d in found} == {"健康課"}


def test_a_series_added_to_an_indicator_is_not_taken_for_a_new_indicator():
    row = plan_of().series.assign(series_id=2, series="現年度分")
    before = plan_of(TARGET)
    after = replace(before, series=pd.concat([before.series, row]))
    (one,) = plan_difference(before, after, DAYS, history(FIRST))
    assert (one.what, one.series, one.brought) == ("内訳の追加", "現年度分", None)


def test_periods_policies_unit_and_direction_are_told_in_words():
    before = plan_of(TARGET, unit_text="％", periods=[Period(1, 3, None, FiscalYear(2025))])
    before = replace(before, policies={7: PolicyNode(7, 1, None, "施策", "1-2", "健康", 0)})
    after = plan_of(
        TARGET,
        unit_text="%",
        direction="maintain",
        periods=[
            Period(1, 3, FiscalYear(2022), FiscalYear(2025)),
            Period(1, 4, FiscalYear(2026), FiscalYear(2026)),
        ],
    )
    after = replace(
        after,
        policies={
            7: PolicyNode(7, 1, 8, "施策", "1-2", "健康づくり", 0),
            8: PolicyNode(8, 1, None, "政策", "1", "いのち", 0),
        },
    )
    found = plan_difference(before, after, DAYS, history(FIRST))
    assert [
        (d.what, d.period, d.before and d.before.words, d.after and d.after.words) for d in found
    ] == [
        ("計画期の年度", "第3期", "令和7年度まで", "令和4〜7年度"),
        ("計画期の追加", "第4期", None, "令和8年度"),
        ("政策・施策の名前", "", "健康", "健康づくり"),
        ("政策・施策の位置", "", "", "1 いのち"),
        ("政策・施策の追加", "", None, "1 いのち"),
        ("単位", "", "％", "%（登録は％）"),
        ("良い方向", "", "高いほど良い", "維持"),
    ]


def test_money_is_told_in_one_unit_on_both_days():
    old = fact("actual", 2024, 3_077_000_000, value_text="30億7,700万円")
    new = fact("actual", 2024, 77_000_000, value_text="7,700万円", batch_id="later")
    before, after = (plan_of(one, unit="円") for one in (old, new))
    (one,) = plan_difference(before, after, DAYS, history(FIRST, LATER))
    assert (one.before.words, one.after.words) == ("30億7,700万円", "7,700万円")
    assert (one.before.value, one.before.unit) == (307700, "万円")
    assert (one.after.value, one.after.unit) == (7700, "万円")


HEADINGS = (
    "何が,計画期,年度,指標番号,指標名,内訳,"
    "変更前,変更前（原文）,変更前の値,変更前の上限,変更前の単位,"
    "変更後,変更後（原文）,変更後の値,変更後の上限,変更後の単位,"
    "変えた人,登録日時,理由,どこから,いつから"
).split(",")


@pytest.fixture
def table():
    """A target that becomes a range, and a note that a spreadsheet would take for a formula."""
    old = fact("target", 2025, 12, comparator="<=", value_text="12以下", period=3)
    new = fact("target", 2025, 10, value_high=15, value_text="10～15", period=3, batch_id="later")
    note = fact("actual", 2024, 8.5, note="=1+1", batch_id="later")
    found = plan_difference(plan_of(old), plan_of(new, note), DAYS, history(FIRST, LATER))
    return difference_table(found)


def test_the_table_has_words_and_numbers_of_both_days(table):
    assert list(table.columns) == HEADINGS
    place, actual = "計画.xlsx › 指標 › B2", ["実績値", "", "令和6（2024）年度", "", "受診率", ""]
    target = ["目標値", "第3期", "令和7（2025）年度", "", "受診率", ""]
    nothing, measured = ["", "", None, None, ""], ["8.5％　=1+1", "8.5", 8.5, None, "％"]
    at_most, span = ["12％以下", "12以下", 12, None, "％"], ["10～15％", "10～15", 10, 15, "％"]
    who = ["健康課", "2025-07-01 12:00", "実績の確定", place, ""]
    assert table.values.tolist() == [
        [*actual, *nothing, *measured, *who],
        [*target, *at_most, *span, *who],
    ]


def test_the_csv_opens_in_a_spreadsheet_as_it_stands(table):
    table.loc[0, "理由"] = "=HYPERLINK(1)"
    written = spreadsheet_csv(table)
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))
    assert rows[0] == HEADINGS
    assert rows[1][-3] == "'=HYPERLINK(1)"
    assert rows[2][8:10] == ["12", ""]


def test_the_workbook_keeps_text_as_text_and_figures_as_figures(table):
    table.loc[0, "理由"] = "=HYPERLINK(1)\x07"
    sheet = load_workbook(io.BytesIO(spreadsheet_xlsx(table, "差"))).active
    assert [cell.value for cell in sheet[1]] == HEADINGS
    reason = sheet["S2"]
    assert (reason.value, reason.data_type) == ("=HYPERLINK(1)", "s")
    assert (sheet["I3"].value, sheet["N3"].value, sheet["O3"].value) == (12, 10, 15)
    assert sheet["I2"].value is None
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:U3"


def test_what_was_said_beside_the_plan_is_told_after_it_with_who_said_it():
    year = FiscalYear(2024)
    old, new = (Note(1, year, NoteKind.CAUSE, 0, text) for text in ("周知の不足", "通知の遅れ"))
    parts = Fraction(1, year, 377.0, None, "377", "")
    project = Project(1, 1, None, "3", "健診の勧奨", "健康課", "", 1)
    step = Milestone(1, year, "通知を送る", ProjectState.DELAYED, "")
    written = replace(act("note", day(7), "佐藤", "年度ごとの記載"), act="note")
    known = history(
        FIRST,
        LATER,
        written,
        parts=[(old, "first"), (new, "note"), (project, "later"), (step, "later")],
        approvals={"note": Approval(3, "年度ごとの記載", "佐藤")},
    )
    then, now = [old], [new, parts, project, step]
    found = plan_difference(plan_of(TARGET), plan_of(TARGET), DAYS, known, (then, now))
    told = [
        (
            one.what,
            one.year,
            one.indicator,
            one.before and one.before.words,
            one.after.words,
            one.brought and (one.brought.author, one.brought.source),
        )
        for one in found
    ]
    fy = "令和6（2024）年度"
    said = "令和6年度の計画を「通知を送る」とする、令和6年度の進み具合を「遅れ」とする"
    assert told == [
        ("要因分析", fy, "受診率", "周知の不足", "通知の遅れ", ("佐藤", "")),
        ("分子・分母", fy, "受診率", None, "分子 377／分母 不明", None),
        ("事務事業", "", "健診の勧奨", None, "3　健診の勧奨　健康課", ("健康課", "実績.xlsx")),
        ("事務事業の年度計画", fy, "健診の勧奨", None, said, ("健康課", "実績.xlsx")),
    ]
