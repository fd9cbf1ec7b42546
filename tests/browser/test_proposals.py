"""A proposal on its way into the plan, in real browsers: one person submits, another approves."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import pytest
from acts import taken_back_afterwards
from hands import press, settled
from playwright.sync_api import Page, expect

from kpi.access import Person, Role
from kpi.editing import steps
from kpi.model import FactEdit, FactKey, FiscalYear, Kind
from kpi.store import (
    JAPAN,
    open_database,
    plans,
    proposals,
    read_parts,
    read_plan,
    read_proposal,
)

pytestmark = pytest.mark.xdist_group("browser")

RATE = "国民健康保険料収入率等 現年度分"
HANAKO = Person("企画 花子", frozenset({Role.PLANNER}))
TARO = Person("企画 太郎", frozenset({Role.PLANNER}))
CHIEF = Person("課長", frozenset({Role.APPROVER}))
# The second period's target for the rate of Kawasaki: 95.0 % or more in 2021.
KEY = FactKey(1, Kind.TARGET, 2, "", FiscalYear(2021))


class City:
    """A database with Kawasaki's plan."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.engine = open_database(f"sqlite:///{database}")

    @property
    def header(self):
        return next(h for h in plans(self.engine) if h.plan.name == "川崎市総合計画")

    def draft(self, value, person=HANAKO, title="第2期の見直し"):
        """Save a draft that wants another target for the rate."""
        before = read_parts(self.engine, self.header).facts[KEY]
        after = before._replace(value=float(value), value_text=f"{value}％以上")
        return steps.save(
            self.engine,
            person,
            self.header.municipality,
            self.header.plan.id,
            [FactEdit(KEY, before, after)],
            title=title,
            reason="国の基準の改正",
            now=datetime.now(UTC),
        )

    def take(self, step, person, proposal, **more):
        at = read_proposal(self.engine, self.header.municipality, proposal.id)
        step(self.engine, person, self.header.municipality, at, now=datetime.now(UTC), **more)

    def newest(self):
        entry = proposals(self.engine, self.header.municipality)[0]
        return read_proposal(self.engine, self.header.municipality, entry.id)

    def target(self, moment=None):
        facts = read_plan(self.engine, self.header, moment).facts
        own = facts[(facts["series_id"] == 1) & (facts["period"] == 2)]
        return own["value"].tolist()


@pytest.fixture(scope="module")
def kept(sample_file, tmp_path_factory):
    made = City(Path(shutil.copy(sample_file, tmp_path_factory.mktemp("proposals") / "kpi.db")))
    yield made
    made.engine.dispose()


@pytest.fixture
def city(kept):
    """The city with the plan as it was, whatever a test approves."""
    with taken_back_afterwards(kept.engine, kept.header.municipality):
        yield kept


@pytest.fixture(scope="module")
def at_work(kept, start_server):
    """Return a dashboard on the city for one person with roles; without, one person alone."""
    return cache(
        lambda name, roles="": (
            start_server(
                kept.database, KPI_AUTHOR=name, **({"KPI_ROLES": roles} if roles else {})
            ).url
        )
    )


def comment(page: Page, text: str) -> None:
    settled(page)
    box = page.get_by_label("コメント（差し戻すときは必ず書く）")
    box.fill(text)
    box.press("Control+Enter")
    settled(page)


def first_of_list(page: Page) -> None:
    page.locator(".kpi-ledger a").first.click()
    settled(page)


def stage(page: Page):
    return page.locator(".kpi-proposal h2 .kpi-stage")


def test_one_person_submits_mends_and_another_approves(city, at_work, open_page):
    city.draft(94)
    planner = at_work(HANAKO.name, "planner")
    chief = at_work(CHIEF.name, "approver")

    page = open_page(f"{planner}/proposals?municipality=川崎市")
    row = page.locator(".kpi-ledger tbody tr").first
    expect(row).to_contain_text("下書き")
    expect(row).to_contain_text("1か所")
    first_of_list(page)
    expect(page.locator(".kpi-difference")).to_contain_text(
        "第2期の目標を 95.0％以上 から 94％以上 に"
    )
    expect(page.locator(".kpi-change").first).to_contain_text("1系列が「順調」から「達成」へ")
    chart = page.get_by_test_id("stPlotlyChart")
    expect(chart).to_contain_text("変更前 95.0以上")
    expect(chart).to_contain_text("目標 94以上")
    # Whoever plans does not approve.
    expect(page.get_by_role("button", name="申請して承認する", exact=True)).to_have_count(0)
    press(page, "申請する")
    expect(stage(page)).to_have_text("申請中")
    expect(page.locator(".st-key-proposal-acts")).to_contain_text("承認者の役割の人ができます")
    expect(page.get_by_role("button", name="承認する", exact=True)).to_have_count(0)

    # A return says what to mend.
    other = open_page(f"{chief}/proposals?municipality=川崎市")
    first_of_list(other)
    press(other, "差し戻す")
    expect(other.locator(".kpi-refused")).to_contain_text("どこを直せばよいかをコメントに")
    comment(other, "94％の根拠を書いてください。")
    press(other, "差し戻す")
    expect(stage(other)).to_have_text("差戻し")
    page.reload()
    expect(page.locator(".kpi-steps-taken li").first).to_contain_text(
        "94％の根拠を書いてください。"
    )
    expect(page.locator(".kpi-proposal")).to_contain_text("94％の根拠を書いてください。（課長）")
    press(page, "目標編集で続ける")
    asked = page.get_by_text("差し戻されています（課長、")
    expect(asked).to_contain_text("94％の根拠を書いてください。")
    press(page, "改定案を見る")
    press(page, "申請する")
    expect(stage(page)).to_have_text("申請中")

    other.reload()
    comment(other, "了承")
    press(other, "承認する")
    expect(stage(other)).to_have_text("承認")
    expect(other.locator(".kpi-steps-taken li").first).to_contain_text("承認 課長")
    expect(other.locator(".kpi-steps-taken li").first).to_contain_text("了承")
    assert city.target() == [94]

    # The planner's page was not fresh: it takes no step and shows how far it has come.
    press(page, "取り下げる")
    expect(stage(page)).to_have_text("承認")
    assert city.target() == [94]
    indicator = open_page(
        f"{planner}/indicator?municipality=川崎市&year=2020&period=2&series={RATE}"
    )
    expect(indicator.locator(".kpi-say").first).to_contain_text("94％以上")


def test_from_a_date_the_old_target_counts_until_then(city, at_work, open_page):
    proposal = city.draft(94)
    city.take(steps.submit, HANAKO, proposal)
    chief = at_work(CHIEF.name, "approver")
    page = open_page(f"{chief}/proposals?municipality=川崎市&proposal={proposal.id}")
    day = date(datetime.now(JAPAN).year + 1, 4, 1)
    settled(page)
    page.get_by_role("spinbutton", name="year, 施行日").click()
    page.keyboard.type(f"{day:%Y%m%d}")
    page.keyboard.press("Escape")
    press(page, "承認する")
    expect(page.locator(".st-key-proposal-acts")).to_contain_text(
        f"{day.year}年4月1日に施行します。それまで計画は変わりません。"
    )
    expect(page.locator(".kpi-steps-taken li").first).to_contain_text(f"{day.year}年4月1日から施行")
    # Until then its effect is still ahead.
    expect(page.locator(".kpi-change").first).to_contain_text("1系列が「順調」から「達成」へ")
    indicator = open_page(f"{chief}/indicator?municipality=川崎市&year=2020&period=2&series={RATE}")
    expect(indicator.locator(".kpi-say").first).to_contain_text("95.0％以上")
    midnight = datetime.combine(day, time(), JAPAN)
    assert city.target(midnight - timedelta(seconds=1)) == [95]
    assert city.target(midnight) == [94]


def test_a_person_alone_confirms_with_one_click_and_takes_it_back(city, at_work, open_page):
    # Names and reasons are no markup.
    markup = "<img src=x onerror=alert(1)>"
    city.draft(94, title=markup)
    page = open_page(f"{at_work('担当')}/proposals?municipality=川崎市")
    expect(page.locator(".kpi-ledger a").first).to_have_text(markup)
    first_of_list(page)
    expect(page.locator(".kpi-proposal h2")).to_contain_text(markup)
    press(page, "申請して承認する")
    expect(stage(page)).to_have_text("承認")
    taken = page.locator(".kpi-steps-taken li")
    expect(taken).to_have_count(3)
    for number, words in enumerate(("承認 担当", "申請 担当", "保存 企画 花子")):
        expect(taken.nth(number)).to_contain_text(words)
    assert city.target() == [94]
    press(page, "この改定を取り消す")
    press(page, "取り消して元に戻す")
    expect(page.locator(".kpi-told.done")).to_contain_text("計画は改定の前に戻っています")
    expect(stage(page)).to_have_text("取消し")
    assert city.target() == [95]


def test_what_was_changed_first_is_decided_cell_by_cell(city, at_work, open_page):
    mine = city.draft(96)
    first = city.draft(95.5, TARO, "端数の修正")
    city.take(steps.submit, TARO, first)
    city.take(steps.approve, CHIEF, city.newest())
    page = open_page(
        f"{at_work(HANAKO.name, 'planner')}/proposals?municipality=川崎市&proposal={mine.id}"
    )
    clash = page.locator(".kpi-difference.clash")
    expect(clash).to_contain_text("第2期の目標を 95.0％以上 から 96％以上 に")
    expect(clash).to_contain_text("第2期の目標を 95.0％以上 から 95.5％以上 に")
    expect(clash).to_contain_text("企画 太郎")
    save = page.get_by_role("button", name="決めたとおりに保存する")
    expect(save).to_be_disabled()
    settled(page)
    page.get_by_text("この改定案のとおりにする", exact=True).click()
    expect(save).to_be_enabled()
    press(page, "決めたとおりに保存する")
    expect(page.locator(".kpi-told.done")).to_contain_text("もう一度申請してください")
    expect(page.locator(".kpi-difference.clash")).to_have_count(0)
    expect(page.locator(".kpi-difference")).to_contain_text(
        "第2期の目標を 95.5％以上 から 96％以上 に"
    )
