"""Signing in through a provider in a real browser: who enters, what they see, until when."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import free_port
from playwright.sync_api import Page, expect

from kpi.model import Role, User
from kpi.store import open_database, plans, record_user, users

pytestmark = pytest.mark.xdist_group("browser")

SECRET = "a-secret-that-only-the-provider-knows"
COOKIE_SECRET = "0123456789abcdef0123456789abcdef"
NOW = datetime(2025, 6, 1, tzinfo=UTC)
CITY = "見本市（架空のデータ）"

PLEASE = "サインインしてください"
OUT = "サインアウト"
#: What the provider says of each: whoever is not named has an address only.
CLAIMED = [
    {"sub": "1", "preferred_username": "Hanako", "name": "改めた名"},
    {"sub": "2", "preferred_username": "taro", "name": "健康 太郎"},
    {
        "sub": "3",
        "preferred_username": "jiro",
        "name": "承認 次郎",
        "kpi_roles": ["approver", "offline_access"],
        "kpi_cities": ["990001"],
    },
    {"sub": "4", "preferred_username": "root@city.example.jp"},
    {"sub": "5", "preferred_username": "shiro"},
]


@pytest.fixture(scope="module")
def provider():
    """A provider of OpenID Connect on the loopback; its address."""
    port = free_port()
    known = [part for one in CLAIMED for part in ("--user-claims", json.dumps(one))]
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "oidc_provider_mock", "--port", str(port), *known],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    for line in process.stdout:
        if "running on" in line:
            break
    assert process.poll() is None
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.communicate(timeout=20)


class Dashboard:
    """A dashboard to sign in to, its list of users and its clock."""

    def __init__(self, start, file, folder, provider, **settings):
        self.engine = open_database(f"sqlite:///{shutil.copy(file, folder / 'kpi.db')}")
        self.city = next(h.municipality for h in plans(self.engine) if h.municipality.name == CITY)
        self.clock = folder / "hours"
        self.move_clock(0)
        port = free_port()
        secrets = folder / "oidc.toml"
        secrets.write_text(
            f'client_id = "kpi"\nclient_secret = "{SECRET}"\ncookie_secret = "{COOKIE_SECRET}"\n'
            f'redirect_uri = "http://127.0.0.1:{port}/oauth2callback"\n'
            f'server_metadata_url = "{provider}/.well-known/openid-configuration"\n',
            encoding="utf-8",
        )
        self.server = start(
            folder / "kpi.db",
            port,
            (str(Path(__file__).with_name("moved_clock.py")), str(self.clock)),
            KPI_SIGN_IN="oidc",
            KPI_OIDC_FILE=str(secrets),
            **settings,
        )
        self.url = self.server.url

    def move_clock(self, hours):
        self.clock.write_text(str(hours), encoding="ascii")

    def put(self, user):
        known = {stored.user.login: stored.revision for stored in users(self.engine, self.city)}
        record_user(
            self.engine,
            self.city,
            user,
            built_on=known.get(user.login),
            author="管理者",
            reason="試験",
            now=NOW,
        )


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


def abort(route):
    route.abort()


@pytest.fixture
def visit(browser):
    """Open an address with a browser of one's own, in which nobody has signed in."""
    contexts = []

    def open_address(url, cookies=()) -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ja-JP")
        # The provider's own pages would ask for a style sheet outside.
        context.route(lambda asked: not asked.startswith("http://127.0.0.1:"), abort)
        context.add_cookies(list(cookies))
        contexts.append(context)
        page = context.new_page()
        page.goto(url)
        return page

    yield open_address
    for context in contexts:
        context.close()


def sign_in(page, sub):
    page.get_by_role("button", name="サインイン").click()
    page.locator("input[name=sub]").fill(sub)
    page.get_by_role("button", name="Authorize").click()


def choose_city(page):
    page.get_by_label("自治体").click()
    page.get_by_role("option", name=CITY).click()
    expect(page.get_by_label("自治体")).to_have_value(CITY)


def sidebar(page):
    return page.get_by_test_id("stSidebar")


def test_nobody_sees_anything_before_they_sign_in(listed, visit):
    page = visit(listed.url + "/indicator")
    expect(page.get_by_text(PLEASE)).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("総合計画")
    expect(page.get_by_test_id("stSelectbox")).to_have_count(0)


def test_who_is_listed_enters_as_the_list_says_and_sees_their_municipality_alone(listed, visit):
    page = visit(listed.url)
    sign_in(page, "1")
    expect(sidebar(page).get_by_text("企画 花子（hanako）")).to_be_visible()
    expect(page.get_by_label("自治体")).to_have_value(CITY)
    expect(page.locator("body")).not_to_contain_text("川崎市")
    page.goto(f"{listed.url}/?municipality=川崎市")
    expect(page.get_by_text("自治体「川崎市」は登録されていません")).to_be_visible()


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


def test_a_session_ends_after_its_hours_whatever_is_clicked(listed, visit):
    page = visit(listed.url)
    sign_in(page, "1")
    expect(sidebar(page).get_by_text("企画 花子")).to_be_visible()
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


def test_who_signs_out_is_out_in_every_window_and_with_every_copy_of_the_cookie(listed, visit):
    page = visit(listed.url)
    sign_in(page, "1")
    expect(sidebar(page).get_by_text("企画 花子")).to_be_visible()
    other = page.context.new_page()
    other.goto(listed.url)
    expect(sidebar(other).get_by_text("企画 花子")).to_be_visible()
    cookies = page.context.cookies()
    sidebar(page).get_by_role("link", name=OUT).click()
    page.get_by_role("button").first.click()
    expect(page.get_by_text(PLEASE)).to_be_visible()
    sidebar(other).get_by_role("link", name="評価ルール").click()
    expect(other.get_by_text("サインアウトしました。")).to_be_visible()
    copied = visit(listed.url, cookies)
    expect(copied.get_by_text("サインアウトしました。")).to_be_visible()


def test_a_cookie_that_somebody_else_has_signed_is_worth_nothing(listed, visit):
    page = visit(listed.url)
    sign_in(page, "1")
    expect(sidebar(page).get_by_text("企画 花子")).to_be_visible()
    forged = [
        {**cookie, "value": cookie["value"][:-4] + "AAAA"}
        if cookie["name"] == "_streamlit_user"
        else cookie
        for cookie in page.context.cookies()
    ]
    expect(visit(listed.url, forged).get_by_text(PLEASE)).to_be_visible()


def test_an_administrator_of_the_settings_enters_without_being_listed(listed, visit):
    page = visit(listed.url)
    sign_in(page, "4")
    expect(sidebar(page).get_by_text("root@city.example.jp", exact=True)).to_be_visible()


def test_an_administrator_puts_somebody_on_the_list_who_then_enters(listed, visit):
    page = visit(listed.url)
    sign_in(page, "4")
    sidebar(page).get_by_role("link", name="利用者").click()
    expect(page.get_by_role("heading", name="利用者", exact=True)).to_be_visible()
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
    expect(sidebar(shiro).get_by_role("link", name="利用者")).to_have_count(0)
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
