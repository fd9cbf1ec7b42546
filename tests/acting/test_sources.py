"""Who looks where a value was read sees nothing of a municipality that they may not see."""

import pytest
from acts import NOW, import_bytes

from kpi.access import NotAllowed, Person, Role
from kpi.acting.sources import look
from kpi.model import FactKey, FiscalYear, Kind
from kpi.store import plans, undo

BOTH = """\
自治体,計画,指標,年度,実績値
甲市,P,受診率,R5,41
乙市,P,秘密の指標,R5,12.3
"""
OWN = "自治体,計画,指標,年度,実績値\n甲市,P,受診率,R5,42\n甲市,P,貸出冊数,R5,9\n"
KEY = FactKey(1, Kind.ACTUAL, 0, "", FiscalYear(2023))


def person(*municipalities):
    return Person("花子", frozenset({Role.VIEWER}), frozenset(), frozenset(municipalities) or None)


def town(engine, name):
    return next(one.municipality for one in plans(engine) if one.municipality.name == name)


def shown(looked):
    return [[cell.text for cell in row.cells] for row in looked.piece.rows]


@pytest.fixture
def both(empty):
    """The batch of a file of two towns."""
    return import_bytes(empty, ("両市.csv", BOTH.encode()))[1]


def test_a_row_stands_alone_where_those_around_are_of_a_town_one_may_not_see(empty, both):
    here = town(empty, "甲市")
    looked = look(empty, person(here.code), here, KEY, both)
    assert looked.is_alone
    assert shown(looked) == [
        ["自治体", "計画", "指標", "年度", "実績値"],
        ["甲市", "P", "受診率", "R5", "41"],
    ]


def test_it_stays_alone_when_what_was_read_of_the_other_town_was_taken_back(empty, both):
    here = town(empty, "甲市")
    undo(empty, both, author="企画課", now=NOW)
    assert look(empty, person(here.code), here, KEY, both).is_alone


def test_who_may_see_both_towns_sees_the_rows_around(empty, both):
    here, there = town(empty, "甲市"), town(empty, "乙市")
    for who in (person(), person(here.code, there.code)):
        looked = look(empty, who, here, KEY, both)
        assert not looked.is_alone
        assert "秘密の指標" in shown(looked)[2]


@pytest.mark.usefixtures("both")
def test_a_file_of_ones_own_town_is_shown_with_the_rows_around(empty):
    _, batch = import_bytes(empty, ("甲市.csv", OWN.encode()))
    here = town(empty, "甲市")
    looked = look(empty, person(here.code), here, KEY, batch)
    assert not looked.is_alone
    assert "貸出冊数" in shown(looked)[2]


def test_nobody_looks_into_a_town_they_may_not_see(empty, both):
    with pytest.raises(NotAllowed):
        look(empty, person(town(empty, "乙市").code), town(empty, "甲市"), KEY, both)
