"""The settings of signing in: what is read, and what is refused before anybody could enter."""

from ipaddress import ip_network

import pytest

from kpi.settings import ROOT
from kpi.signing_in import SignIn, allowed_hosts, read, read_provider

PROVIDER = {
    "client_id": "kpi",
    "client_secret": "only-the-provider-knows",
    "server_metadata_url": "https://login.example.jp/city/.well-known/openid-configuration",
    "redirect_uri": "https://kpi.city.example.jp/oauth2callback",
    "cookie_secret": "0123456789abcdef0123456789abcdef",
}


@pytest.fixture
def given(monkeypatch):
    """Settings in the environment, of which none is there before."""

    def give(**settings):
        for name, value in settings.items():
            monkeypatch.setenv(f"KPI_{name}", value)

    for name in ("SIGN_IN", "PROXY_ADDRESSES", "PROXY_HEADER", "SESSION_HOURS", "ADMINISTRATORS"):
        monkeypatch.delenv(f"KPI_{name}", raising=False)
    for name in PROVIDER:
        monkeypatch.delenv(f"KPI_OIDC_{name.upper()}", raising=False)
    return give


def provider(**changed):
    known = {**PROVIDER, **changed}
    return {f"OIDC_{name.upper()}": value for name, value in known.items() if value is not None}


def test_without_settings_nobody_signs_in(given):
    given()
    settings = read()
    assert (settings.way, settings.hours, settings.administrators) == (SignIn.NONE, 8, frozenset())


def test_lists_are_read_with_their_commas(given):
    given(
        SIGN_IN="header",
        PROXY_ADDRESSES="127.0.0.1, 10.1.2.0/24,fd00::1",
        ADMINISTRATORS="Root@City.example.jp, ",
        SESSION_HOURS="1.5",
    )
    settings = read()
    assert settings.proxies == tuple(map(ip_network, ("127.0.0.1", "10.1.2.0/24", "fd00::1")))
    assert settings.administrators == {"root@city.example.jp"}
    assert (settings.hours, settings.header) == (1.5, "x-remote-user")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"SIGN_IN": "OIDC"}, "という方法はありません"),
        ({"SIGN_IN": "password"}, "という方法はありません"),
        ({"SIGN_IN": "header"}, "リバースプロキシのアドレスを"),
        ({"SIGN_IN": "header", "PROXY_ADDRESSES": "proxy.city"}, "読めません"),
        ({"SIGN_IN": "header", "PROXY_ADDRESSES": "10.1.2.3/24"}, "読めません"),
        ({"SIGN_IN": "header", "PROXY_ADDRESSES": "0.0.0.0/0"}, "すべてのアドレス"),
        ({"SIGN_IN": "header", "PROXY_ADDRESSES": "10.0.0.1, ::/0"}, "すべてのアドレス"),
        ({"SESSION_HOURS": "0"}, "720までの数"),
        ({"SESSION_HOURS": "nan"}, "720までの数"),
        ({"SESSION_HOURS": "inf"}, "720までの数"),
        ({"SESSION_HOURS": "八"}, "720までの数"),
        ({"ADMINISTRATORS": "管理者"}, "英数字と記号"),
        ({"SIGN_IN": "oidc", "OIDC_LOGIN_CLAIM": ""}, "クレーム"),
    ],
)
def test_what_cannot_be_read_or_lets_everybody_in_is_refused(given, settings, said):
    given(**settings)
    with pytest.raises(ValueError, match=said):
        read()


def test_the_provider_is_read_from_the_environment(given):
    given(**provider())
    assert read_provider() == PROVIDER


def test_the_provider_is_read_from_a_file_outside_and_the_environment_counts_first(given, tmp_path):
    file = tmp_path / "oidc.toml"
    lines = [f'{name} = "{value}"\n' for name, value in PROVIDER.items()]
    file.write_text("".join(lines), encoding="utf-8")
    given(OIDC_FILE=str(file), OIDC_CLIENT_ID="another")
    assert read_provider() == {**PROVIDER, "client_id": "another"}


def test_a_secret_for_cookies_is_made_up_anew_where_none_is_given(given):
    given(**provider(cookie_secret=None))
    made = {read_provider()["cookie_secret"] for _ in range(3)}
    assert len(made) == 3
    assert min(map(len, made)) >= 32


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"client_secret": None}, "KPI_OIDC_CLIENT_SECRET"),
        ({"redirect_uri": None}, "KPI_OIDC_REDIRECT_URI"),
        ({"cookie_secret": "short"}, "32字以上"),
        ({"redirect_uri": "http://kpi.city.example.jp/oauth2callback"}, "https://"),
        ({"redirect_uri": "https://kpi.city.example.jp/"}, "/oauth2callback"),
        ({"redirect_uri": "/oauth2callback"}, "https://"),
        ({"server_metadata_url": "http://login.example.jp/x"}, "https://"),
        ({"server_metadata_url": "https://login.example.jp/common/v2.0/x"}, "テナントのID"),
        ({"server_metadata_url": "https://login.example.jp/organizations/v2.0/x"}, "テナントのID"),
    ],
)
def test_a_provider_that_is_not_safe_is_refused_without_naming_a_secret(given, changed, said):
    given(**provider(**changed))
    with pytest.raises(ValueError, match=said) as refused:
        read_provider()
    assert PROVIDER["client_secret"] not in str(refused.value)


def test_a_file_that_cannot_be_read_is_named_without_what_stands_in_it(given, tmp_path):
    file = tmp_path / "oidc.toml"
    file.write_text('client_secret = "only-the-provider-knows', encoding="utf-8")
    given(OIDC_FILE=str(file))
    with pytest.raises(ValueError, match=r"oidc\.toml") as refused:
        read_provider()
    assert "only-the-provider-knows" not in str(refused.value)


def test_secrets_in_the_folder_of_the_program_are_refused(given):
    given(OIDC_FILE=str(ROOT / "oidc.toml"))
    with pytest.raises(ValueError, match="フォルダーの中"):
        read_provider()


def test_the_server_answers_to_its_own_names_only(given):
    given(ALLOWED_HOSTS="kpi.lan")
    hosts = allowed_hosts(read(), PROVIDER["redirect_uri"])
    assert hosts == ["localhost", "127.0.0.1", "[::1]", "::1", "kpi.lan", "kpi.city.example.jp"]
    assert "*" not in hosts
