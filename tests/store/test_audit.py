"""The audit log: nothing in the program changes it, and what is changed from outside is found."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from unittest.mock import ANY

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kpi.charts.audit_log import audit_lines
from kpi.doctor import examine
from kpi.model import (
    Comparison,
    Direction,
    Fact,
    FactEdit,
    FactKey,
    FiscalYear,
    Fraction,
    FrozenRating,
    FrozenYear,
    HandRating,
    Indicator,
    Kind,
    Meeting,
    Milestone,
    Municipality,
    Note,
    NoteKind,
    PartEdit,
    Period,
    Plan,
    PlanRule,
    PolicyNode,
    Project,
    Provenance,
    ReportSet,
    Role,
    Round,
    RoundItem,
    RuleVersion,
    Series,
    SeriesSetting,
    Step,
    User,
    Verdict,
    WordKind,
)
from kpi.store import (
    Changes,
    SourceFile,
    audit_entries,
    batches,
    commit,
    plans,
    read_parts,
    read_snapshot,
    record,
    record_meeting,
    record_report_set,
    record_user,
    record_word,
    save_proposal,
    step_proposal,
    undo,
    verify_audit,
)
from kpi.store import tables as t

MAY = datetime(2025, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)
TOWN, VILLAGE = Municipality("見本町", "見本町"), Municipality("見本村", "見本村")
KEY = FactKey(1, Kind.ACTUAL, 0, "", FiscalYear(2024))
#: How many acts there are of the town below.
ACTS = 7


def adopt(engine, name, when, value, **new):
    """Record one figure, and what else is new, as an import of a file does."""
    place = Provenance(name, sha256(name.encode()).hexdigest(), "", "K2")
    fact = Fact(KEY, value, value_text=str(value), provenance=place)
    changes = [
        Changes(
            of,
            read_snapshot(engine, of.code, of.name).marks,
            [SourceFile(name, place.sha256, "tidy", name.encode())],
            added=[fact],
            **new,
        )
        for of in ((TOWN, VILLAGE) if new else (TOWN,))
    ]
    return commit(engine, changes, author="健康課", reason="年度の報告", now=when)


def decide(engine, act, when):
    return record(engine, TOWN, [act], author="計画係", reason="会議で決めた", now=when)


def propose(engine, when, *beside):
    """Save a proposal, what stands ``beside`` the figure in it too, and have it approved."""
    (header,) = (header for header in plans(engine) if header.municipality == TOWN)
    before = read_parts(engine, header).facts[KEY]
    edit = FactEdit(KEY, before, before._replace(value=42.0, value_text="42"))
    said = {"title": "見直し", "reason": "社会情勢の変化", "author": "計画係"}
    edits = [edit, *(PartEdit(None, part, "") for part in beside)]
    proposal = save_proposal(engine, TOWN, 1, edits, now=when, **said)
    for number, (step, author) in enumerate(((Step.SUBMIT, "計画係"), (Step.APPROVE, "部長"))):
        known = {"version": proposal.version + number, "author": author, "now": when}
        step_proposal(engine, TOWN, proposal.id, step, **known)


@pytest.fixture
def town(empty):
    """A database in which a town did seven things and a village one."""
    adopt(
        empty,
        "計画.csv",
        MAY,
        40,
        plans=[Plan(1, "P")],
        periods=[Period(1, 1, None, FiscalYear(2026))],
        policies=[PolicyNode(1, 1, None, "施策", "1", "健康", 1)],
        indicators=[Indicator(1, 1, 1, "", "受診率", "健康課", "", 1)],
        series=[Series(1, 1, "", "％", "％", Direction.HIGHER, 1)],
    )
    adopt(empty, "訂正.csv", MAY + DAY, 41)
    wrong = adopt(empty, "誤り.csv", MAY + 2 * DAY, 410)
    undo(empty, wrong, author="課長", now=MAY + 3 * DAY)
    decide(empty, PlanRule(1, "nagano"), MAY + 4 * DAY)
    decide(empty, SeriesSetting(1, "", 0.05, None, False), MAY + 5 * DAY)
    rating = HandRating(1, 0, "", FiscalYear(2026), "nagano", "B", FiscalYear(2024), 41.0)
    decide(empty, rating, MAY + 6 * DAY)
    return empty


@pytest.fixture
def called(town):
    """What the batches of the town are called here, by their ids."""
    acts = batches(town, [TOWN.code])
    names = ("手で", "設定", "ルール", "誤り", "訂正", "計画")
    return {act.batch_id: name for act, name in zip(acts, names, strict=True)}


def broken(engine, called):
    """What does not fit, by municipality: a code, the entry and the batch it is about."""
    return {
        state.municipality.name: [
            (misfit.code, misfit.entry, called.get(misfit.about, misfit.about))
            for misfit in state.broken
        ]
        for state in verify_audit(engine)
        if state.broken
    }


def outside(engine, *statements):
    """Change the database as somebody does who has its file, or its owner's password."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # Within a transaction it would change nothing.
            for statement in ("ROLLBACK", "PRAGMA foreign_keys=OFF", "BEGIN"):
                connection.exec_driver_sql(statement)
            kept = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            )
            for (name,) in kept.fetchall():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        for statement in statements:
            assert connection.execute(text(statement)).rowcount
        connection.commit()
        # The connection goes back to the others as it was.
        connection.invalidate()


def test_whatever_was_done_with_the_program_alone_fits(town):
    assert [(s.municipality.name, s.entries, s.broken) for s in verify_audit(town)] == [
        ("見本村", 1, ()),
        ("見本町", ACTS, ()),
    ]
    assert [entry.act for entry in audit_entries(town, TOWN)] == [
        "hand-rating",
        "setting",
        "plan-rule",
        "undo",
        "import",
        "import",
        "import",
    ]


def test_the_head_that_was_verified_is_the_hash_of_the_last_entry(town):
    heads = {state.municipality: state.hash for state in verify_audit(town)}
    assert heads[TOWN] == audit_entries(town, TOWN)[0].hash
    assert heads[TOWN] != heads[VILLAGE]


def test_the_database_itself_refuses_to_change_or_delete_any_row(town):
    decide(town, RuleVersion("own", 1, "title = 'x'"), MAY + 7 * DAY)
    decide(town, Comparison(1, VILLAGE.code, 1, Verdict.CONFIRMED), MAY + 8 * DAY)
    rules = (RuleVersion("own", 1, "title = 'x'"),)
    unknown = {column.name: None if column.nullable else "" for column in t.frozen_rating.columns}
    known = {"series_id": 1, "period": 0, "target_year": FiscalYear(2026), "is_reference": False}
    told = unknown | known
    rating = FrozenRating(**{field.name: told[field.name] for field in fields(FrozenRating)})
    decide(town, FrozenYear(1, FiscalYear(2024), rules, (rating,)), MAY + 9 * DAY)
    year = FiscalYear(2024)
    propose(
        town,
        MAY + 10 * DAY,
        Note(1, year, NoteKind.CAUSE, 0, "周知の不足"),
        Fraction(1, year, 42.0, 100.0, "42", "100"),
        Project(-1, 1, 1, "1", "健診の勧奨", "健康課", "", 1),
        Milestone(-1, year, "通知を送る", None, ""),
    )
    record(
        town,
        TOWN,
        [Round(1, 1, year, date(2025, 6, 30), ""), RoundItem(1, 1, "健康課")],
        author="計画係",
        reason="照会",
        now=MAY + 11 * DAY,
    )
    user = User("hanako", "花子", frozenset({Role.EDITOR}))
    known = {"author": "管理者", "reason": "着任", "now": MAY + 12 * DAY}
    record_user(town, TOWN, user, built_on=None, **known)
    kept = ReportSet("9月議会", 1, (1,), "pptx", "colour", "both")
    record_report_set(town, TOWN, "hanako", kept, author="花子", now=MAY + 13 * DAY)
    meeting = Meeting("会議", 1, year, date(2025, 6, 30), "", ("花子",), (1,))
    told = {"author": "花子", "now": MAY + 14 * DAY}
    held = record_meeting(town, TOWN, meeting, before=None, **told)
    record_word(town, TOWN, held, 1, WordKind.DECISION, "電話をかける", built_on=0, **told)
    tables = [table.name for table in t.metadata.sorted_tables if table is not t.municipality]
    for table in tables:
        count = text(f"SELECT count(*) FROM {table}")
        with town.connect() as connection:
            before = connection.execute(count).scalar()
        assert before, table
        others = {
            "sqlite": f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
            "postgresql": f"TRUNCATE {table} CASCADE",
        }
        for act in (
            f"UPDATE {table} SET municipality = 'x'",
            f"DELETE FROM {table}",
            others[town.dialect.name],
        ):
            with pytest.raises(DBAPIError, match="kept as they are"), town.begin() as connection:
                connection.execute(text(act))
        with town.connect() as connection:
            assert connection.execute(count).scalar() == before
    assert all(not state.broken for state in verify_audit(town))


OF_TOWN = "municipality = '見本町'"


OTHER_CONTENT = (
    f"UPDATE source_content SET content = substr(content, 2) WHERE {OF_TOWN} "
    f"AND sha256 = '{sha256('訂正.csv'.encode()).hexdigest()}'"
)
CORRECTED = f"{OF_TOWN} AND revision = 2"
ONE_MORE_FACT = (
    "INSERT INTO fact (municipality, series_id, kind, period, label, fiscal_year, revision, "
    "comparator, value_text, status, note, sheet, cell) SELECT municipality, series_id, kind, "
    "period, label, 2020, revision, comparator, value_text, status, note, sheet, cell "
    f"FROM fact WHERE {CORRECTED}"
)
ONE_MORE_BATCH = (
    "INSERT INTO batch (municipality, revision, batch_id, act, recorded_at, author, reason, "
    "added, changed) SELECT municipality, 99, 'unknown', act, recorded_at, author, reason, "
    f"added, changed FROM batch WHERE {CORRECTED}"
)
ONE_MORE_UNDONE = (
    f"INSERT INTO undone SELECT municipality, 2, recorded_at, author FROM undone WHERE {OF_TOWN}"
)
ONE_MORE_STEP = (
    "INSERT INTO proposal_step SELECT municipality, proposal_id, 4, 'withdraw', author, "
    "recorded_at, title, comment, in_force_from, NULL FROM proposal_step "
    f"WHERE {OF_TOWN} AND number = 3"
)
NOT_AS_IT_WAS = [("rows", 2, "訂正")]
FILES_GONE = [
    ("file_gone", entry, f"{name}.csv") for entry, name in enumerate(("計画", "訂正", "誤り"), 1)
]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (f"UPDATE fact SET value = 99 WHERE {CORRECTED}", NOT_AS_IT_WAS),
        (f"UPDATE fact SET note = '速報' WHERE {CORRECTED}", NOT_AS_IT_WAS),
        (f"DELETE FROM fact WHERE {CORRECTED}", NOT_AS_IT_WAS),
        (ONE_MORE_FACT, NOT_AS_IT_WAS),
        (f"UPDATE source_file SET name = '別.csv' WHERE {CORRECTED}", NOT_AS_IT_WAS),
        (f"UPDATE batch SET reason = '市長の指示' WHERE {CORRECTED}", NOT_AS_IT_WAS),
        (f"UPDATE batch SET author = '別人' WHERE {CORRECTED}", NOT_AS_IT_WAS),
        (f"UPDATE batch SET recorded_at = '2025-05-09 00:00:00' WHERE {CORRECTED}", NOT_AS_IT_WAS),
        (
            f"UPDATE indicator_revision SET department = '財政課' WHERE {OF_TOWN}",
            [("rows", 1, "計画")],
        ),
        (f"UPDATE hand_rating_revision SET letter = 'A' WHERE {OF_TOWN}", [("rows", 7, "手で")]),
        (f"UPDATE undone SET author = '別人' WHERE {OF_TOWN}", [("rows", 4, "誤り")]),
        (f"DELETE FROM undone WHERE {OF_TOWN}", [("rows", 4, "誤り")]),
        (ONE_MORE_UNDONE, [("undo", 0, "2")]),
        (OTHER_CONTENT, [("file", 0, "訂正.csv")]),
        (f"DELETE FROM source_content WHERE {OF_TOWN}", FILES_GONE),
        (f"UPDATE municipality SET name = '別町' WHERE {OF_TOWN}", [("name", 0, "見本町")]),
        (f"DELETE FROM municipality WHERE {OF_TOWN}", [("name", 0, "見本町")]),
        (ONE_MORE_BATCH, [("batch", 0, "unknown")]),
        (
            f"UPDATE audit SET author = '別人' WHERE {OF_TOWN} AND entry = 2",
            [("chain", 2, "訂正")],
        ),
        (
            f"UPDATE audit SET hash = previous WHERE {OF_TOWN} AND entry = 3",
            [("chain", 3, "誤り"), ("chain", 4, "誤り")],
        ),
    ],
)
def test_what_was_changed_from_outside_is_found_and_named(town, called, statement, found):
    outside(town, statement)
    assert list(broken(town, called).values()) == [found]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (f"DELETE FROM proposal WHERE {OF_TOWN}", [("rows", n, ANY) for n in (8, 9, 10)]),
        (
            f"UPDATE proposal_edit SET edit = replace(edit, '42', '24') WHERE {OF_TOWN}",
            [("rows", 8, "1")],
        ),
        (
            f"UPDATE proposal_step SET author = '別人' WHERE {OF_TOWN} AND step = 'approve'",
            [("rows", 10, "改定")],
        ),
        (
            f"DELETE FROM proposal_step WHERE {OF_TOWN} AND step = 'submit'",
            [("rows", 9, "1")],
        ),
        (ONE_MORE_STEP, [("step", 0, "1")]),
    ],
)
def test_a_proposal_changed_from_outside_is_found_and_named(town, called, statement, found):
    propose(town, MAY + 7 * DAY)
    called |= {batches(town, [TOWN.code])[0].batch_id: "改定"}
    assert broken(town, called) == {}
    outside(town, statement)
    assert broken(town, called) == {"見本町": found}


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (f"UPDATE fact SET value = '不明' WHERE {CORRECTED}", "2番の記録"),
        (f"UPDATE batch SET recorded_at = 'きのう' WHERE {CORRECTED}", "読み取れない値"),
        (f"UPDATE batch SET revision = '二' WHERE {CORRECTED}", "読み取れない値"),
    ],
)
def test_the_doctor_tells_of_what_is_not_of_the_kind_its_column_holds(town, change, said):
    outside(town, change)
    assert any(said in words for is_fine, words in told(town) if not is_fine)


@pytest.mark.parametrize(
    "change", ["what = 'x'", "what = '{}'", "what = '[]'", "act = 'undo', what = '{}'"]
)
def test_an_entry_that_no_longer_tells_anything_is_found_as_well(town, called, change):
    propose(town, MAY + 7 * DAY)
    outside(town, f"UPDATE audit SET {change} WHERE {OF_TOWN}")
    found = broken(town, called)["見本町"]
    assert found[0] == ("chain", 1, "")
    assert [name for code, _, name in found if code == "batch"][:2] == ["計画", "訂正"]
    assert len(told(town)) == 2
    lines = audit_lines(audit_entries(town, TOWN), batches(town, [TOWN.code]))
    assert [line.number for line in lines] == list(range(10, 0, -1))


def test_an_entry_that_was_deleted_is_missed_by_the_next_and_by_what_it_told_of(town, called):
    outside(town, f"DELETE FROM audit WHERE {OF_TOWN} AND entry = 2")
    assert broken(town, called)["見本町"][0] == ("chain", 3, "誤り")
    assert ("batch", 0, "訂正") in broken(town, called)["見本町"]


def test_the_first_entry_is_missed_too(town, called):
    outside(town, f"DELETE FROM audit WHERE {OF_TOWN} AND entry = 1")
    assert broken(town, called)["見本町"][0] == ("chain", 2, "訂正")


def test_two_acts_that_changed_places_are_found(town, called):
    outside(
        town,
        f"UPDATE audit SET entry = 100 WHERE {OF_TOWN} AND entry = 2",
        f"UPDATE audit SET entry = 2 WHERE {OF_TOWN} AND entry = 3",
        f"UPDATE audit SET entry = 3 WHERE {OF_TOWN} AND entry = 100",
    )
    assert broken(town, called)["見本町"][0] == ("chain", 2, "誤り")


def test_the_number_of_an_entry_alone_is_part_of_the_chain(town, called):
    outside(town, f"UPDATE audit SET entry = 8 WHERE {OF_TOWN} AND entry = 7")
    assert broken(town, called) == {"見本町": [("chain", 8, "手で")]}


def test_the_last_act_cut_off_with_its_entry_shows_only_beside_a_head_kept_elsewhere(town, called):
    (kept,) = [state for state in verify_audit(town) if state.municipality == TOWN]
    outside(
        town,
        f"DELETE FROM hand_rating_revision WHERE {OF_TOWN}",
        f"DELETE FROM batch WHERE {OF_TOWN} AND revision = 6",
        f"DELETE FROM audit WHERE {OF_TOWN} AND entry = 7",
    )
    assert broken(town, called) == {}
    assert kept.hash not in {entry.hash for entry in audit_entries(town, TOWN)}
    assert kept.entries == ACTS


def test_a_head_kept_elsewhere_is_found_again_among_later_entries(town):
    (kept,) = [state for state in verify_audit(town) if state.municipality == TOWN]
    record(town, TOWN, [PlanRule(1, "tama")], author="甲", reason="再検討", now=MAY + 9 * DAY)
    hashes = {entry.entry: entry.hash for entry in audit_entries(town, TOWN)}
    assert hashes[kept.entries] == kept.hash


def told(engine):
    """What the doctor says of the logs, and whether each is fine."""
    return [(found.ok, found.words) for found in examine(engine) if "操作記録" in found.words]


def test_the_doctor_tells_of_all_logs_that_fit_in_one_line(town):
    words = (
        f"操作記録 2自治体　あわせて{ACTS + 1}件。どれも書かれたときのままです。"
        "自治体ごとの照合用の値は、画面「履歴」の「操作記録」にあります。"
    )
    assert told(town) == [(True, words)]


def test_the_doctor_names_the_first_act_that_does_not_fit_and_what_to_do(town):
    outside(town, f"UPDATE batch SET reason = '市長の指示' WHERE {OF_TOWN} AND revision > 4")
    setting = next(batch for batch in batches(town, [TOWN.code]) if batch.act == "setting")
    (is_fine, words), village = told(town)
    assert not is_fine
    (head,) = [state.hash for state in verify_audit(town) if state.municipality == VILLAGE]
    assert village == (
        True,
        f"操作記録 見本村　1件。書かれたときのままです。最後の記録の照合用の値 {head}",
    )
    assert words == (
        f"操作記録 見本町　6番の記録（{setting.batch_id}）で登録した値・構成・理由・手続きが、"
        "登録したときのままではありません。（ほかに1か所）見本町のデータが、このプログラムの外で"
        "書き換えられています。kpi restore で、書き換えられる前の控えに戻してください。控えが"
        "なければ、このデータベースの値は、元のファイルと照らすまで使わないでください。"
    )


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (ONE_MORE_BATCH, "取込・改定 unknown は、どの記録にも残っていません。"),
        (ONE_MORE_UNDONE, "2番目の取込・改定の取消は、どの記録にも残っていません。"),
        (ONE_MORE_STEP, "改定案1の手続きに、どの記録にも残っていないものがあります。"),
        (f"DELETE FROM proposal_step WHERE {OF_TOWN} AND number = 2", "9番の記録（改定案1）で"),
        (f"UPDATE audit SET act = 'import' WHERE {OF_TOWN} AND entry = 5", "5番の記録（"),
    ],
)
def test_the_doctor_says_what_it_is_that_does_not_fit(town, statement, said):
    propose(town, MAY + 7 * DAY)
    outside(town, statement)
    (is_fine, words), _ = told(town)
    assert not is_fine
    assert words.startswith(f"操作記録 見本町　{said}")
