"""The states of a fact and the acts of a log, as tables show them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from acts import import_bytes

from kpi.charts import Display, assess, ledger
from kpi.charts.audit_log import audit_lines, audit_table
from kpi.charts.fact_history import Standing, fact_states
from kpi.model import Municipality
from kpi.store import AuditEntry, BatchEntry, FactVersion, fact_history, read_plan, undo

PERCENT = Display("％", "％", Decimal(1), 1)
NOW = datetime(2025, 11, 21, tzinfo=UTC)


def day(month, number=1):
    return datetime(2025, month, number, 3, tzinfo=UTC)


def version(batch_id, when, value, **more):
    known = {
        "kind": "target",
        "period": 3,
        "label": "",
        "fiscal_year": 2025,
        "value": value,
        "value_high": None,
        "comparator": ">=",
        "value_text": f"{value}％以上",
        "status": "",
        "note": "",
        "is_withdrawn": False,
        "source_file": "計画.xlsx",
        "source_sheet": "指標",
        "source_cell": "K4",
        "recorded_at": when,
        "in_force_from": None,
        "undone_at": None,
        "author": "計画係",
        "reason": "見直し",
        "act": "import",
        "batch_id": batch_id,
        "proposal_id": None,
    }
    return FactVersion(**known | more)


FROM_PROPOSAL = {"source_file": "", "source_sheet": "", "source_cell": "", "proposal_id": 4}


def states(*versions, moment=NOW):
    (fact,) = fact_states(1, versions, PERCENT, moment)
    return [(state.words, state.standing, state.remark) for state in fact.states]


def test_every_state_stands_below_the_one_that_counts_after_it():
    first = version("a", day(4), 40)
    wrong = version("b", day(5), 400, undone_at=day(6))
    second = version("c", day(7), 42)
    coming = version("d", day(8), 45, in_force_from=datetime(2026, 4, 1, tzinfo=UTC))
    gone = version("e", day(9), None, is_withdrawn=True, value_text="")
    assert states(first, wrong, second, coming, gone) == [
        ("45％以上", Standing.AHEAD, "2026-04-01 09:00 から"),
        ("計画から外した", Standing.COUNTS, ""),
        ("42％以上", Standing.PAST, ""),
        ("400％以上", Standing.TAKEN_BACK, "2025-06-01 12:00 に取消"),
        ("40％以上", Standing.PAST, ""),
    ]


def test_what_was_recorded_first_and_counts_later_stands_above():
    planned = version("a", day(4), 45, in_force_from=day(10))
    corrected = version("b", day(5), 42)
    assert [standing for _, standing, _ in states(planned, corrected)] == ["counts", "past"]
    assert [standing for _, standing, _ in states(planned, corrected, moment=day(6))] == [
        "ahead",
        "counts",
    ]


def test_a_state_names_who_when_why_and_the_cell_or_the_proposal():
    printed = version("a", day(4), 30, value_text="約３割", comparator="~")
    proposed = version("b", day(5), 42, **FROM_PROPOSAL)
    (fact,) = fact_states(1, [printed, proposed], PERCENT, NOW)
    assert (fact.year, fact.kind, fact.is_revised) == ("令和7（2025）年度", "目標（第3期）", True)
    latest, first = fact.states
    assert (latest.source, latest.proposal_id, latest.printed) == ("", 4, "")
    assert (first.author, first.when, first.why) == ("計画係", "2025-04-01 12:00", "見直し")
    assert (first.source, first.printed) == ("計画.xlsx › 指標 › K4", "約３割")
    assert first.mark != latest.mark


def test_facts_stand_from_the_latest_year_to_those_of_no_year():
    facts = fact_states(
        1,
        [
            version("a", day(4), 1, kind=kind, fiscal_year=year, period=0, label=label)
            for kind, year, label in (
                ("baseline", 0, ""),
                ("actual", 2024, ""),
                ("target", 2025, "チャレンジ目標"),
                ("target", 2025, ""),
                ("actual", 2025, ""),
            )
        ],
        PERCENT,
        NOW,
    )
    assert [(fact.year, fact.kind) for fact in facts] == [
        ("令和7（2025）年度", "目標"),
        ("令和7（2025）年度", "目標 チャレンジ目標"),
        ("令和7（2025）年度", "実績"),
        ("令和6（2024）年度", "実績"),
        ("年度の記載なし", "基準"),
    ]
    assert not any(fact.is_revised for fact in facts)


CITY = Municipality("132047", "三鷹市")
APRIL = day(4)


def batch(batch_id, act="import", files=(), **more):
    of = {"undone_at": None, "in_force_from": None, "undone_by": "", **more}
    return BatchEntry(CITY, batch_id, act, day(4), "計画係", "理由", 3, 1, files, **of)


def entry(number, act, what, when=APRIL):
    return AuditEntry(number, when, "計画係", act, what, f"hash{number}")


OF_STEP = {"proposal": 4, "number": 2, "title": "中間見直し"}


@pytest.mark.parametrize(
    ("act", "what", "kind", "told", "why"),
    [
        (
            "import",
            {"batch": "x", "act": "import", "added": 3, "changed": 1, "reason": "年度の報告"},
            "取込",
            "「実績.xlsx・補正.csv」を取り込みました。追加3件、変更1件。",
            "年度の報告",
        ),
        ("undo", {"batch": "x"}, "取消", "「実績.xlsx・補正.csv」（x）を取り消しました。", ""),
        (
            "plan-rule",
            {"batch": "y", "reason": "会議で決めた"},
            "計画の評価ルールの選択",
            "計画の評価ルールの選択を記録しました。",
            "会議で決めた",
        ),
        (
            "save",
            OF_STEP | {"comment": "", "edits": 12},
            "改定案の保存",
            "改定案4「中間見直し」を下書きに保存しました（変えたところ12件）。",
            "",
        ),
        (
            "return",
            OF_STEP | {"comment": "根拠を添えてください。"},
            "改定案の差戻し",
            "改定案4「中間見直し」を差し戻しました。",
            "根拠を添えてください。",
        ),
        (
            "approve",
            OF_STEP
            | {"comment": "", "batch": "z", "reason": "社会情勢の変化", "added": 2, "changed": 5},
            "改定案の承認",
            "改定案4「中間見直し」を承認しました。追加2件、変更5件。",
            "社会情勢の変化",
        ),
    ],
)
def test_an_act_is_told_in_a_sentence(act, what, kind, told, why):
    known = [batch("x", files=("実績.xlsx", "補正.csv")), batch("y", "plan-rule")]
    (line,) = audit_lines([entry(1, act, what)], known)
    assert (line.kind, line.told, line.why) == (kind, told, why)


def test_what_is_no_proposal_to_change_the_plan_is_not_called_one():
    what = OF_STEP | {"comment": "", "batch": "z", "reason": "", "added": 2, "changed": 5}
    (line,) = audit_lines([entry(1, "approve", what)], [], amendments={5})
    assert line.kind == "回答・記載の承認"
    (line,) = audit_lines([entry(1, "approve", what)], [], amendments={4})
    assert line.kind == "改定案の承認"


def test_what_became_of_an_act_is_told_as_known_on_that_day():
    entries = [
        entry(2, "undo", {"batch": "x"}, day(6)),
        entry(1, "import", {"batch": "x", "added": 1}),
    ]
    known = [batch("x", files=("a.csv",), undone_at=day(6))]
    assert [line.remark for line in audit_lines(entries, known)] == [
        "",
        "2025-06-01 12:00 に取消",
    ]
    (line,) = audit_lines(entries, known, day(5))
    assert (line.number, line.remark, line.day) == (1, "", date(2025, 4, 1))


def test_the_table_of_the_log_has_the_hash_of_each_entry():
    known = [batch("x", files=("a.csv",), in_force_from=day(10))]
    told = {"batch": "x", "added": 1, "changed": 0, "reason": "報告"}
    table = audit_table(audit_lines([entry(1, "import", told)], known))
    assert dict(zip(table.columns, table.values.tolist()[0], strict=True)) == {
        "番号": 1,
        "日時": "2025-04-01 12:00",
        "人": "計画係",
        "操作": "取込",
        "したこと": "「a.csv」を取り込みました。追加1件、変更0件。",
        "その後": "2025-10-01 12:00 から",
        "理由・意見": "報告",
        "取込・改定の番号": "x",
        "照合用の値": "hash1",
    }


def test_what_was_taken_back_is_nothing_a_value_was_revised_from(samples, plan_named):
    header = plan_named(samples, "見本市総合計画")
    name, plan = header.municipality.name, header.plan.name
    rows = "自治体,計画,指標,種別,年度,値,状態\n" + f"{name},{plan},特定健康診査の受診率,実績,R5,"
    _, wrong = import_bytes(samples, ("誤り.csv", f"{rows}399,確定\n".encode()), now=NOW)
    undo(samples, wrong, author="課長", now=NOW)
    import_bytes(samples, ("確報.csv", f"{rows}39.4,確定\n".encode()), now=NOW)
    assessment = assess(read_plan(samples, header), 2024)
    line = next(one for one in assessment.lines(3) if one.indicator == "特定健康診査の受診率")
    history = fact_history(samples, header.municipality, line.series_id)
    row = next(
        row
        for row in ledger(assessment, line, history)
        if (row.kind, row.year) == ("実績", "令和5（2023）年度")
    )
    assert (row.value, row.before) == ("39.4", "改定2：確定37.9から")
