"""A meeting: prepared, held, ended; what is typed is never lost, and never silently overwritten."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from acts import import_bytes
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kpi.access import NotAllowed, Person, Role
from kpi.acting.meetings import (
    MeetingRefused,
    decide,
    end_meeting,
    keep_meeting,
    known_meetings,
    known_words,
    put_away,
    reopen_meeting,
    write_down,
)
from kpi.charts.audit_log import audit_lines
from kpi.model import FiscalYear, Meeting, Municipality, WordKind
from kpi.store import (
    Conflict,
    audit_entries,
    back_up,
    open_database,
    plans,
    restore,
    standing,
    undecided,
    verify_audit,
    version,
)

NOW = datetime(2025, 7, 1, 1, tzinfo=UTC)
CITY = Municipality("202096", "見本市")
FILE = (
    "自治体コード,自治体,計画,指標,年度,実績値\n"
    "202096,見本市,P,受診率,R5,40\n202096,見本市,P,待機者数,R5,3\n"
)
HANAKO = Person("花子（hanako）", frozenset({Role.PLANNER}), login="hanako")
TARO = Person("太郎（taro）", frozenset({Role.APPROVER}), login="taro")
LOOKS = Person("見る人", frozenset({Role.VIEWER, Role.EDITOR, Role.ADMINISTRATOR}))
FIRST = Meeting(
    "第1回 行政評価会議",
    1,
    FiscalYear(2023),
    date(2025, 7, 1),
    "第1会議室",
    ("山田", "佐藤"),
    (2, 1),
)
DECISION = WordKind.DECISION


@pytest.fixture
def city(empty):
    import_bytes(empty, ("a.csv", FILE.encode()))
    return empty


@pytest.fixture
def header(city):
    [known] = plans(city)
    return known


@pytest.fixture
def meeting(city, header):
    return keep_meeting(city, HANAKO, header, FIRST, now=NOW)


@pytest.fixture
def write(city, meeting):
    """Write something down, as planner unless said otherwise."""

    def write(words, on=0, person=HANAKO, kind=DECISION, series_id=2, **more):
        told = {"built_on": on, "now": NOW, **more}
        return write_down(city, person, CITY, meeting, series_id, kind, words, **told)

    return write


def test_a_meeting_is_read_as_it_was_kept_the_latest_day_first(city, header, meeting):
    later = replace(FIRST, title=" 第2回 ", day=date(2025, 8, 1), present=(" 山田 ", ""))
    second = keep_meeting(city, TARO, header, later, now=NOW)
    assert known_meetings(city, LOOKS, CITY) == [second, meeting]
    assert meeting.meeting == FIRST
    assert (second.meeting.title, second.meeting.present) == ("第2回", ("山田",))


def test_who_changes_it_in_two_windows_is_told_in_the_second(city, header, meeting):
    moved = replace(FIRST, agenda=(1, 2))
    changed = keep_meeting(city, TARO, header, moved, before=meeting, now=NOW)
    with pytest.raises(Conflict):
        keep_meeting(city, HANAKO, header, FIRST, before=meeting, now=NOW)
    put_away(city, HANAKO, header, changed, now=NOW)
    assert known_meetings(city, HANAKO, CITY) == []


@pytest.mark.parametrize(("title", "said"), [(" ", "題名を書いて"), ("長" * 81, "80字まで")])
def test_a_meeting_without_a_title_is_refused(city, header, title, said):
    with pytest.raises(MeetingRefused, match=said):
        keep_meeting(city, HANAKO, header, replace(FIRST, title=title), now=NOW)
    assert known_meetings(city, HANAKO, CITY) == []


def test_what_is_typed_is_kept_with_who_and_when_every_state_of_it(city, meeting, write):
    first = write("再勧奨する")
    write("9月末", kind=WordKind.DUE)
    second = write("再勧奨する\r\n電話でも\x00", first.number, TARO, now=NOW + timedelta(hours=1))
    words = known_words(city, LOOKS, CITY, meeting)
    assert [(w.kind, w.text, w.author) for w in words] == [
        ("decision", "再勧奨する", HANAKO.name),
        ("decision", "再勧奨する\n電話でも", TARO.name),
        ("due", "9月末", HANAKO.name),
    ]
    assert standing(words)[2, DECISION] == second
    assert second.recorded_at == NOW + timedelta(hours=1)
    emptied = write("", second.number)
    assert standing(known_words(city, LOOKS, CITY, meeting))[2, DECISION] == emptied


def test_what_stands_already_is_not_written_again(city, meeting, write):
    assert write("") is None
    first = write("再勧奨する")
    assert write("再勧奨する ", 0, TARO) == first
    assert len(known_words(city, HANAKO, CITY, meeting)) == 1


def test_who_is_late_overwrites_nothing_and_both_texts_are_kept(city, meeting, write):
    first = write("再勧奨する")
    late = write("休日に開く", 0, TARO)
    assert (first.is_late, late.is_late) == (False, True)
    assert write("休日に開く", 0, TARO) == late
    words = known_words(city, HANAKO, CITY, meeting)
    assert standing(words)[2, DECISION] == first
    assert undecided(words) == [late]
    # Whoever goes on from what stands says no more than that of it.
    write("はがきで再勧奨する", first.number)
    words = known_words(city, HANAKO, CITY, meeting)
    assert [word.text for word in words] == ["再勧奨する", "休日に開く", "はがきで再勧奨する"]


@pytest.mark.parametrize(
    ("decision", "stands"),
    [("first", "再勧奨する"), ("late", "休日に開く"), ("both", "再勧奨する\n休日に開く")],
)
def test_somebody_says_what_counts_of_two_texts(city, meeting, write, decision, stands):
    write("再勧奨する")
    late = write("休日に開く", 0, TARO)
    told = decide(city, TARO, CITY, meeting, late, decision, now=NOW)
    words = known_words(city, HANAKO, CITY, meeting)
    assert (told.text, standing(words)[2, DECISION], undecided(words)) == (stands, told, [])
    assert decide(city, HANAKO, CITY, meeting, late, "late", now=NOW) is None


def test_once_it_is_over_nothing_is_written_down_until_it_is_opened_again(
    city, header, meeting, write
):
    over = end_meeting(city, TARO, CITY, meeting, now=NOW)
    # The window that has not heard of it yet, and the one that has.
    with pytest.raises(Conflict):
        write("遅れて")
    with pytest.raises(MeetingRefused, match="終了しています"):
        write_down(city, HANAKO, CITY, over, 2, DECISION, "遅れて", built_on=0, now=NOW)
    with pytest.raises(MeetingRefused, match="終了しています"):
        keep_meeting(city, HANAKO, header, FIRST, before=over, now=NOW)
    again = reopen_meeting(city, HANAKO, CITY, over, now=NOW)
    word = write_down(city, HANAKO, CITY, again, 2, DECISION, "続き", built_on=0, now=NOW)
    assert word.text == "続き"


def test_what_is_not_on_the_agenda_or_too_long_is_refused(city, meeting, write):
    with pytest.raises(MeetingRefused, match="議題から外れて"):
        write("別の指標", series_id=3)
    with pytest.raises(MeetingRefused, match="4000字まで"):
        write("長" * 4001)
    assert known_words(city, HANAKO, CITY, meeting) == []


def test_who_is_there_to_look_prepares_and_writes_nothing(city, header, meeting, write):
    late = write("再勧奨する") and write("休日に開く", 0, TARO)
    for act in (
        lambda: keep_meeting(city, LOOKS, header, FIRST, now=NOW),
        lambda: put_away(city, LOOKS, header, meeting, now=NOW),
        lambda: write("私も", 1, LOOKS),
        lambda: decide(city, LOOKS, CITY, meeting, late, "late", now=NOW),
        lambda: end_meeting(city, LOOKS, CITY, meeting, now=NOW),
        lambda: reopen_meeting(city, LOOKS, CITY, meeting, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert known_meetings(city, LOOKS, CITY) == [meeting]


def test_nobody_elses_work_has_to_wait_for_it(city, meeting, write):
    before = version(city)
    write("再勧奨する")
    end_meeting(city, HANAKO, CITY, meeting, now=NOW)
    assert version(city) == before


def test_the_audit_log_tells_of_it_and_sees_a_change_from_outside(city, write):
    write("再勧奨する")
    assert not any(state.broken for state in verify_audit(city))
    told = [(line.kind, line.told) for line in audit_lines(audit_entries(city, CITY), [])]
    assert told[:2] == [
        ("会議での書き込み", "会議「第1回 行政評価会議」の議題に書き込みました。"),
        ("会議の保存", "会議「第1回 行政評価会議」を保存しました。"),
    ]
    for table in ("meeting", "meeting_word"):
        with pytest.raises(DBAPIError, match="kept as they are"), city.begin() as connection:
            connection.execute(text(f"UPDATE {table} SET author = 'x'"))
    with city.begin() as connection:
        drop = "DROP TRIGGER keep_meeting_word_from_update"
        if city.dialect.name == "postgresql":
            drop = "DROP TRIGGER keep_meeting_word ON meeting_word"
        connection.execute(text(drop))
        connection.execute(text("UPDATE meeting_word SET text = '別の文'"))
        connection.execute(
            text(
                "INSERT INTO meeting_word SELECT municipality, meeting_id, 1, kind, number, "
                "meeting_number, author, recorded_at, built_on, text FROM meeting_word"
            )
        )
    [state] = verify_audit(city)
    assert [(m.code, m.about) for m in state.broken] == [("rows", ""), ("meeting", "1")]


def test_a_backup_brings_it_all_back(city, meeting, write, tmp_path):
    write("再勧奨する")
    back_up(city, tmp_path / "kpi.backup")
    other = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    restore(other, tmp_path / "kpi.backup")
    assert known_meetings(other, LOOKS, CITY) == [meeting]
    assert known_words(other, LOOKS, CITY, meeting) == known_words(city, LOOKS, CITY, meeting)
    assert not any(state.broken for state in verify_audit(other))
    other.dispose()
