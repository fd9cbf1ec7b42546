"""A dashboard to sign in to, for several tests: its list of users, and the way in."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from conftest import free_port

from kpi.store import open_database, plans, record_user, users

SECRET = "a-secret-that-only-the-provider-knows"
COOKIE_SECRET = "0123456789abcdef0123456789abcdef"
NOW = datetime(2025, 6, 1, tzinfo=UTC)
CITY = "見本市（架空のデータ）"


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


def sign_in(page, sub):
    page.get_by_role("button", name="サインイン").click()
    page.locator("input[name=sub]").fill(sub)
    page.get_by_role("button", name="Authorize").click()


def sidebar(page):
    return page.get_by_test_id("stSidebar")
