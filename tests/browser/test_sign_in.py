"""Signing in through a provider in a real browser: who enters, what they see, until when."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from signed_in import CITY, COOKIE_SECRET, SECRET, Dashboard, sidebar, sign_in

from kpi.model import Role, User

pytestmark = pytest.mark.xdist_group("browser")

PLEASE = "サインインしてください"
OUT = "サインアウト"


@pytest.fixture(scope="module")
def listed(start_server, sample_file, tmp_path_factory, provider):
    """A dashboard whose list of users says who may do what."""
    made = Dashboard(
        start_server,
        sample_file,
        tmp_path_factory.mktemp("listed"),
        provider,
        KPI_ADMINISTRATORS="root@city.example.jp",
    )
    made.put(User("hanako", "企画 花子", frozenset({Role.PLANNER})))
    made.put(User("taro", "健康 太郎", frozenset({Role.EDITOR}), frozenset({"健康課"})))
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def claimed(start_server, sample_file, tmp_path_factory, provider):
    """A dashboard that takes roles and municipalities from the provider."""
    made = Dashboard(
        start_server,
        sample_file,
        tmp_path_factory.mktemp("claimed"),
        provider,
        KPI_OIDC_ROLES_CLAIM="kpi_roles",
        KPI_OIDC_MUNICIPALITIES_CLAIM="kpi_cities",
    )
    yield made
    made.engine.dispose()


def choose_city(page):
    page.get_by_label("自治体").click()
    page.get_by_role("option", name=CITY).click()
    expect(page.get_by_label("自治体")).to_have_value(CITY)


def test_who_is_listed_enters_as_the_list_says_until_they_leave_or_their_hours_are_over(
    listed, visit
):
    page = visit(listed.url + "/indicator")
    expect(page.get_by_text(PLEASE)).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("総合計画")
    expect(page.get_by_test_id("stSelectbox")).to_have_count(0)
    sign_in(page, "1")
    expect(sidebar(page).get_by_text("企画 花子（hanako）")).to_be_visible()
    expect(page.get_by_label("自治体")).to_have_value(CITY)
    expect(page.locator("body")).not_to_contain_text("川崎市")
    page.goto(f"{listed.url}/?municipality=川崎市")
    expect(page.get_by_text("自治体「川崎市」は登録されていません")).to_be_visible()

    # A cookie that somebody else has signed is worth nothing.
    cookies = page.context.cookies()
    forged = [
        {**cookie, "value": cookie["value"][:-4] + "AAAA"}
        if cookie["name"] == "_streamlit_user"
        else cookie
        for cookie in cookies
    ]
    expect(visit(listed.url, forged).get_by_text(PLEASE)).to_be_visible()

    # A session ends after its hours, whatever is clicked.
    try:
        listed.move_clock(7.9)
        sidebar(page).get_by_role("link", name="評価ルール").click()
        expect(page.get_by_role("heading", name="評価ルール")).to_be_visible()
        listed.move_clock(8)
        sidebar(page).get_by_role("link", name="概況").click()
        expect(page.get_by_text("サインインの有効な時間が過ぎました")).to_be_visible()
        expect(page.locator("body")).not_to_contain_text("総合計画")
        page.reload()
        expect(page.get_by_text("サインインの有効な時間が過ぎました")).to_be_visible()
    finally:
        listed.move_clock(0)

    # Who signs out is out in every window and with every copy of the cookie.
    page.goto(listed.url)
    expect(sidebar(page).get_by_text("企画 花子")).to_be_visible()
    other = page.context.new_page()
    other.goto(listed.url)
    expect(sidebar(other).get_by_text("企画 花子")).to_be_visible()
    sidebar(page).get_by_role("link", name=OUT).click()
    # The provider asks whether to end the session there too.
    page.wait_for_url(lambda url: not url.startswith(listed.url))
    page.get_by_role("button").first.click()
    expect(page.get_by_text(PLEASE)).to_be_visible()
    sidebar(other).get_by_role("link", name="評価ルール").click()
    expect(other.get_by_text("サインアウトしました。")).to_be_visible()
    copied = visit(listed.url, cookies)
    expect(copied.get_by_text("サインアウトしました。")).to_be_visible()


def test_who_is_not_listed_is_told_so_and_sees_nothing_else(listed, visit):
    page = visit(listed.url)
    sign_in(page, "3")
    expect(page.get_by_text("jiroさんは、この道しるべの利用者に登録されていません")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("総合計画")
    expect(page.get_by_role("button", name=OUT)).to_be_visible()


def test_who_is_disabled_is_out_at_the_next_click(listed, visit):
    page = visit(listed.url)
    sign_in(page, "2")
    expect(sidebar(page).get_by_text("健康 太郎（taro）")).to_be_visible()
    listed.put(User("taro", "健康 太郎", frozenset({Role.EDITOR}), is_disabled=True))
    sidebar(page).get_by_role("link", name="評価ルール").click()
    expect(page.get_by_text("taroさんの利用は止められています")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("総合計画")
    listed.put(User("taro", "健康 太郎", frozenset({Role.EDITOR})))
    page.reload()
    expect(sidebar(page).get_by_text("健康 太郎（taro）")).to_be_visible()


def test_an_administrator_of_the_settings_puts_somebody_on_the_list_who_then_enters(listed, visit):
    page = visit(listed.url)
    sign_in(page, "4")
    expect(sidebar(page).get_by_text("root@city.example.jp", exact=True)).to_be_visible()
    sidebar(page).get_by_role("link", name="管理", exact=True).click()
    expect(page.get_by_role("heading", name="管理", exact=True)).to_be_visible()
    choose_city(page)
    page.get_by_role("button", name="利用者を加える").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("サインインの名前", exact=True).fill("Shiro")
    dialog.get_by_label("氏名").fill("閲覧 四郎")
    dialog.get_by_label("役割", exact=True).click()
    page.get_by_role("option", name="閲覧").click()
    dialog.get_by_label("理由").fill("4月の異動")
    dialog.get_by_role("button", name="この内容で登録する").click()
    expect(page.get_by_text("閲覧 四郎さんを登録しました。")).to_be_visible()
    expect(page.get_by_role("row", name="4月の異動")).to_contain_text("root@city.example.jp")
    shiro = visit(listed.url)
    sign_in(shiro, "5")
    expect(sidebar(shiro).get_by_text("閲覧 四郎（shiro）")).to_be_visible()
    expect(sidebar(shiro).get_by_role("link", name="管理", exact=True)).to_have_count(0)
    shiro.goto(f"{listed.url}/users")
    expect(shiro.get_by_role("button", name="利用者を加える")).to_have_count(0)


def test_roles_and_municipalities_come_from_the_provider_where_the_settings_say_so(claimed, visit):
    page = visit(claimed.url)
    sign_in(page, "3")
    expect(sidebar(page).get_by_text("承認 次郎（jiro）")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("川崎市")


def test_no_secret_reaches_the_log(listed, visit):
    page = visit(listed.url)
    # An answer of the provider that nobody asked for, and one it refuses.
    page.goto(f"{listed.url}/oauth2callback?code=a-code-of-somebody&state=nothing")
    page.get_by_role("button", name="サインイン").click()
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_text(PLEASE)).to_be_visible()
    listed.server.process.terminate()
    listed.server.process.wait(timeout=20)
    listed.server.rest.join()
    log = "".join(listed.server.lines)
    assert "OAuth callback" in log
    for secret in (SECRET, COOKIE_SECRET, "a-code-of-somebody"):
        assert secret not in log
