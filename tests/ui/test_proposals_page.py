"""The page of proposals runs whatever it is asked for, and does what its buttons say."""

import shutil
from datetime import UTC, datetime

import pytest
from shown import shown
from streamlit.testing.v1 import AppTest

from kpi.access import Person, Role
from kpi.editing import steps
from kpi.model import (
    Comparator,
    Direction,
    Fact,
    FactEdit,
    FactKey,
    FiscalYear,
    Indicator,
    Kind,
    PartEdit,
    Period,
    Plan,
    PolicyNode,
    Series,
    Stage,
)
from kpi.settings import ROOT
from kpi.store import batches, open_database, plans, proposals, read_parts, read_proposal, undo

NOW = datetime(2026, 4, 1, tzinfo=UTC)
ALONE = Person("担当", frozenset(Role))


@pytest.fixture
def city(sample_file, tmp_path, monkeypatch):
    database = shutil.copy(sample_file, tmp_path / "kpi.db")
    monkeypatch.setenv("KPI_DATABASE_URL", f"sqlite:///{database}")
    monkeypatch.setenv("KPI_AUTHOR", ALONE.name)
    engine = open_database(f"sqlite:///{database}")
    yield engine
    engine.dispose()


def header(engine):
    return next(h for h in plans(engine) if h.plan.name == "川崎市総合計画")


def page(**query) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in {"municipality": "川崎市", **query}.items():
        app.query_params[name] = value
    app.run()
    app.switch_page("pages/proposals.py").run()
    assert not app.exception
    return app


def draft(engine, *edits, plan_id=None, **more):
    own = header(engine)
    more = {"title": "見直し", "reason": "理由", "now": NOW} | more
    return steps.save(engine, ALONE, own.municipality, plan_id or own.plan.id, edits, **more)


def another_target(engine):
    key = FactKey(1, Kind.TARGET, 2, "", FiscalYear(2021))
    before = read_parts(engine, header(engine)).facts[key]
    return FactEdit(key, before, before._replace(value=94.0, value_text="94％以上"))


def new_plan():
    key = FactKey(-4, Kind.TARGET, 1, "", FiscalYear(2029))
    return [
        PartEdit(None, Plan(-1, "次の計画"), "次期"),
        PartEdit(None, Period(-1, 1, FiscalYear(2026), FiscalYear(2029)), "次期"),
        PartEdit(None, PolicyNode(-2, -1, None, "政策", "1", "暮らし", 1), "次期"),
        PartEdit(None, Indicator(-3, -1, -2, "", "受診率", "健康課", "", 1), "次期"),
        PartEdit(None, Series(-4, -3, "", "％", "％", Direction.HIGHER, 1), "次期"),
        FactEdit(key, None, Fact(key, 60.0, None, Comparator.AT_LEAST, "60％以上")),
    ]


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("asked", ["7", "0", "-1", "一", "99999999999999999999", ""])
def test_a_number_that_no_proposal_has_is_said(asked):
    assert f"改定案「{asked}」はありません" in shown(page(proposal=asked))


@pytest.mark.usefixtures("city")
def test_a_day_that_is_over_has_nothing_to_decide():
    app = page(as_of="2025-09-01")
    assert "いまの計画に対するもの" in shown(app)


def test_a_plan_that_is_new_is_confirmed_and_there(city):
    draft(city, *new_plan(), plan_id=-1)
    app = page(proposal="1")
    app.button(key="proposal-confirm").click().run()
    assert not app.exception
    assert "次の計画" in [h.plan.name for h in plans(city)]
    [proposal] = proposals(city, header(city).municipality)
    assert proposal.stage is Stage.APPROVED
    proposal = read_proposal(city, header(city).municipality, 1)
    assert [step.author for step in proposal.steps] == [ALONE.name] * 3


def test_a_draft_without_a_reason_is_not_confirmed(city):
    draft(city, another_target(city), reason="")
    app = page(proposal="1")
    app.button(key="proposal-confirm").click().run()
    assert not app.exception
    [proposal] = proposals(city, header(city).municipality)
    assert proposal.stage is Stage.DRAFT


def test_a_proposal_for_a_plan_that_was_taken_back_still_shows(city):
    draft(city, another_target(city))
    own = header(city).municipality
    # The actuals first, which need the plan.
    for entry in sorted(batches(city, [own.code]), key=lambda one: "実績" not in one.files[0]):
        undo(city, entry.batch_id, author="担当", now=NOW)
    # Another plan keeps the city among those to choose from.
    draft_of_new = steps.save(
        city, ALONE, own, -1, new_plan(), title="次期", reason="次期", now=NOW
    )
    steps.confirm(city, ALONE, own, draft_of_new, now=NOW)
    app = page(proposal="1")
    assert app.button(key="proposal-submit").disabled


def test_whoever_made_it_does_not_approve_it(city, monkeypatch):
    monkeypatch.setenv("KPI_SELF_APPROVAL", "no")
    proposal = draft(city, another_target(city))
    steps.submit(city, ALONE, header(city).municipality, proposal, now=NOW)
    app = page(proposal="1")
    assert "担当さんが作った改定案は、ほかの承認者が承認します。" in shown(app)
    keys = {button.key for button in app.button}
    assert "proposal-return" in keys
    assert "proposal-approve" not in keys


@pytest.mark.parametrize(
    ("roles", "seen"),
    [
        ("viewer", set()),
        ("planner", {"proposal-submit", "proposal-withdraw", "go-on"}),
        ("approver", set()),
        ("planner,approver", {"proposal-submit", "proposal-withdraw", "go-on"}),
    ],
)
def test_a_draft_shows_the_buttons_of_ones_roles(city, monkeypatch, roles, seen):
    draft(city, another_target(city))
    monkeypatch.setenv("KPI_ROLES", roles)
    assert {button.key for button in page(proposal="1").button} == seen
