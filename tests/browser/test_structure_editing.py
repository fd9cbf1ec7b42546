"""構成を変える: chosen, told in words, reasoned, saved; and what a retired indicator is then."""

import shutil
from datetime import UTC, datetime

import pytest
from acts import taken_back_afterwards
from hands import press, settled
from playwright.sync_api import Page, expect

from kpi.model import Direction, Indicator, Kind, PartEdit, Plan, Series, Step
from kpi.store import open_database, plans, proposals, read_proposal, step_proposal

pytestmark = pytest.mark.xdist_group("browser")

LEFT_WELFARE = "生活保護から経済的に自立（収入増による保護廃止）した世帯の数"
SCHOOL = "学習支援・居場所づくり事業利用者の高校等進学率"


@pytest.fixture(scope="module")
def kept(start_server, sample_file, tmp_path_factory):
    database = shutil.copy(sample_file, tmp_path_factory.mktemp("structure") / "kpi.db")
    engine = open_database(f"sqlite:///{database}")
    yield start_server(database).url, engine
    engine.dispose()


@pytest.fixture
def city(kept):
    """A dashboard with the plan as it was: its address and its database."""
    with taken_back_afterwards(kept[1], kawasaki(kept[1]).municipality):
        yield kept


def newest(engine):
    """The proposal saved last."""
    municipality = kawasaki(engine).municipality
    return read_proposal(engine, municipality, proposals(engine, municipality)[0].id)


def kawasaki(engine):
    return next(header for header in plans(engine) if header.plan.name == "川崎市総合計画")


def structure(open_page, address) -> Page:
    page = open_page(f"{address}/target-editing")
    expect(page.locator(".kpi-edits")).to_be_visible()
    settled(page)
    page.get_by_role("radio", name="構成", exact=True).click()
    expect(page.get_by_role("combobox", name="何を変えますか")).to_be_visible()
    settled(page)
    return page


def pick(page: Page, label: str, option: str) -> None:
    settled(page)
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option).click()
    settled(page)


def fill(page: Page, label: str, text: str) -> None:
    settled(page)
    # While a series is named, boxes for the next one come below.
    box = page.get_by_label(label, exact=True).last
    box.fill(text)
    box.press("Enter")
    settled(page)


def effect(page: Page):
    return page.locator(".kpi-change")


def join(page: Page, reason: str) -> None:
    fill(page, "理由（必ず書く）", reason)
    press(page, "改定案に加える")
    expect(page.locator(".kpi-edits")).to_contain_text(reason)


def save(page: Page, title: str) -> None:
    fill(page, "改定案の題名", title)
    fill(page, "改定の理由", "第4期実施計画の策定")
    press(page, "下書きを保存する")
    expect(page.locator(".kpi-told.done")).to_contain_text("を保存しました")


def test_an_indicator_is_added_another_split_a_third_replaced_and_all_saved(city, open_page):
    address, engine = city
    page = structure(open_page, address)
    pick(page, "施策", "自立生活に向けた取組の推進")
    fill(page, "新しい指標の名前", "自立した世帯の割合")
    expect(effect(page)).to_contain_text("単位のない数")
    fill(page, "単位", "％")
    expect(effect(page)).not_to_contain_text("単位のない数")
    expect(effect(page)).to_contain_text("「1-5-2 自立生活に向けた取組の推進」の下に入ります")
    press(page, "改定案に加える")
    expect(page.get_by_role("alert")).to_contain_text("理由を書いてください")
    join(page, "割合で見るため")

    pick(page, "何を変えますか", "指標を系列（内訳）に分ける・系列を加える")
    pick(page, "指標", SCHOOL)
    fill(page, "今ある系列の名前", "全体")
    fill(page, "加える系列の名前", "中学3年生")
    expect(effect(page)).to_contain_text("これまでの目標と実績は、系列「全体」に残ります")
    join(page, "学年ごとに見るため")

    pick(page, "何を変えますか", "指標を廃止する・別の指標に置き換える")
    pick(page, "廃止する指標", LEFT_WELFARE)
    page.get_by_text("今ある指標", exact=True).click()
    pick(page, "後継にする指標", "自立した世帯の割合")
    expect(effect(page)).to_contain_text("目標3件と実績1件は残り")
    join(page, "数では年ごとの増減が分からないため")
    save(page, "指標の見直し")

    header = kawasaki(engine)
    proposal = newest(engine)
    parts = {type(edit.after): edit for edit in proposal.edits if edit.before is None}
    added, own = parts[Indicator].after, [e.after for e in proposal.edits if e.before is None]
    assert (added.name, added.is_retired) == ("自立した世帯の割合", False)
    assert {(s.name, s.unit, s.direction) for s in own if isinstance(s, Series)} == {
        ("", "％", Direction.HIGHER),
        ("中学3年生", "％", Direction.HIGHER),
    }
    changed = {edit.before.name: edit for edit in proposal.edits if edit.before is not None}
    assert changed[""].after.name == "全体"
    retired = changed[LEFT_WELFARE]
    assert (retired.after.is_retired, retired.after.successor_id) == (True, added.id)
    assert retired.reason == "数では年ごとの増減が分からないため"

    for step in (Step.SUBMIT, Step.APPROVE):
        step_proposal(
            engine,
            header.municipality,
            proposal.id,
            step,
            version=newest(engine).version,
            author="部長",
            now=datetime.now(UTC),
        )
    page.goto(address)
    listed = page.get_by_text("廃止した指標（評価と集計に含めていません）")
    expect(listed).to_contain_text(LEFT_WELFARE)
    page.get_by_role("link", name=LEFT_WELFARE, exact=True).click()
    note = page.locator(".kpi-note").filter(has_text="に廃止されました")
    expect(note).to_contain_text("理由：数では年ごとの増減が分からないため")
    expect(page.locator(".kpi-verdict")).to_contain_text("廃止")
    note.get_by_role("link", name="自立した世帯の割合").click()
    before = page.locator(".kpi-note").filter(has_text="この指標が引き継いだ、廃止した指標")
    expect(before).to_contain_text(LEFT_WELFARE)
    expect(page.get_by_text("年度の分かる数値がない")).to_be_visible()
    page.get_by_role("link", name="目標編集").click()
    expect(page.get_by_text("廃止した指標1件は表に出していません")).to_be_visible()


def test_a_next_plan_begins_as_a_draft_with_the_latest_actuals_for_its_baselines(city, open_page):
    address, engine = city
    page = structure(open_page, address)
    pick(page, "何を変えますか", "次期計画を作る")
    expect(effect(page)).to_contain_text("指標7、系列9を引き継ぎます")
    fill(page, "理由（必ず書く）", "次期計画の策定")
    press(page, "この内容で次期計画の案を作る")
    expect(page.locator(".kpi-edits")).to_contain_text("次期川崎市総合計画")
    expect(page.locator(".kpi-edits")).to_contain_text("「1-5 確かな暮らしを支える」をいちばん上に")
    # What was begun and is not saved is not lost to another.
    pick(page, "下書き", "新しい下書き")
    pick(page, "何を変えますか", "次期計画を作る")
    expect(page.locator(".kpi-told")).to_contain_text("まだ保存していない新しい計画の下書き")
    pick(page, "下書き", "新しい計画の下書き")
    expect(page.locator(".kpi-edits")).to_contain_text("次期川崎市総合計画")
    save(page, "次期計画の案")
    proposal = newest(engine)
    [plan] = [edit.after for edit in proposal.edits if isinstance(edit.after, Plan)]
    assert (plan.name, proposal.plan_id) == ("次期川崎市総合計画", plan.id)
    bases = [edit.after for edit in proposal.edits if not isinstance(edit, PartEdit)]
    assert {base.key.kind for base in bases} == {Kind.BASELINE}
    assert "94.76％" in {base.value_text for base in bases}
