"""How people sign in: ``KPI_SIGN_IN`` and the settings that go with it, from the environment.

Secrets come from the environment too, or from a file outside the program's folder; they are read
once, by the server, and nobody else gets to see them.
"""

from __future__ import annotations

import ipaddress
import math
import os
import secrets
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from kpi.access import login_of
from kpi.settings import ROOT
from kpi.words import say

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Where the server is reached from while nobody signs in.
LOOPBACK: tuple[Network, ...] = (
    ipaddress.ip_network("127.0.0.0/8"),
    ipaddress.ip_network("::1/128"),
)
#: The names a server on the loopback is called by.
_LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]", "::1")
#: Where Streamlit would look for secrets in the program's folder.
_FORBIDDEN = ROOT / ".streamlit" / "secrets.toml"
#: What Streamlit has to know of a provider.
_SECRETS = ("client_id", "client_secret", "server_metadata_url", "redirect_uri")
#: Addresses of Entra ID under which anybody with any account of Microsoft's signs in.
_FOR_ANYBODY = ("/common/", "/organizations/", "/consumers/")
_SHORTEST_SECRET = 32
_LONGEST_SESSION = 24 * 30


class SignIn(StrEnum):
    """The way in."""

    #: Nobody signs in: one person, on one computer.
    NONE = "none"
    #: OpenID Connect.
    OIDC = "oidc"
    #: A header that a reverse proxy sets.
    HEADER = "header"


@dataclass(frozen=True)
class Claims:
    """The names of the claims that are read; empty where that comes from the list of users."""

    login: str = "preferred_username"
    name: str = "name"
    roles: str = ""
    departments: str = ""
    municipalities: str = ""


@dataclass(frozen=True)
class Settings:
    """How people sign in."""

    way: SignIn
    #: After how many hours they have to again.
    hours: float
    #: Logins that are administrators whatever the lists say.
    administrators: frozenset[str]
    claims: Claims
    #: The header with the login, in small letters, and who may set it.
    header: str
    proxies: tuple[Network, ...]
    #: Names the server answers to.
    hosts: tuple[str, ...]


def read() -> Settings:
    """Return how people sign in; raises ValueError, in words, where a setting cannot be read."""
    way = os.environ.get("KPI_SIGN_IN") or SignIn.NONE
    if way not in list(SignIn):
        raise ValueError(say("sign_in.bad_way", way=way))
    claims = Claims(
        **{
            field: os.environ.get(f"KPI_OIDC_{field.upper()}_CLAIM", usual)
            for field, usual in vars(Claims()).items()
        }
    )
    if way == SignIn.OIDC and not claims.login:
        raise ValueError(say("sign_in.no_login_claim"))
    proxies = tuple(map(_network, _listed("KPI_PROXY_ADDRESSES")))
    if way == SignIn.HEADER and not proxies:
        raise ValueError(say("sign_in.no_proxies"))
    return Settings(
        SignIn(way),
        _hours(os.environ.get("KPI_SESSION_HOURS") or "8"),
        frozenset(map(login_of, _listed("KPI_ADMINISTRATORS"))),
        claims,
        (os.environ.get("KPI_PROXY_HEADER") or "X-Remote-User").lower(),
        proxies,
        tuple(_listed("KPI_ALLOWED_HOSTS")),
    )


def _listed(name: str) -> list[str]:
    """Return the parts of a setting with commas."""
    parts = (part.strip() for part in os.environ.get(name, "").split(","))
    return [part for part in parts if part]


def _network(text: str) -> Network:
    try:
        network = ipaddress.ip_network(text)
    except ValueError as error:
        raise ValueError(say("sign_in.bad_address", text=text)) from error
    if not network.prefixlen:
        raise ValueError(say("sign_in.every_address", text=text))
    return network


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = math.nan
    if not 0 < hours <= _LONGEST_SESSION:
        raise ValueError(say("sign_in.bad_hours", text=text, most=_LONGEST_SESSION))
    return hours


def read_provider() -> dict[str, str]:
    """Return what Streamlit has to know of the provider, its secrets too.

    Each comes from ``KPI_OIDC_CLIENT_ID`` and the like, else from the TOML file that
    ``KPI_OIDC_FILE`` names. Where no secret for cookies is given, it is made up, and everybody
    signs in again after a restart. Raises ValueError, in words that name no secret, where
    something is missing or unsafe.
    """
    if _FORBIDDEN.exists():
        raise ValueError(say("sign_in.secrets_inside", file=_FORBIDDEN))
    written = _written(os.environ.get("KPI_OIDC_FILE"))
    found = {}
    for name in (*_SECRETS, "cookie_secret"):
        value = os.environ.get(f"KPI_OIDC_{name.upper()}") or written.get(name)
        if isinstance(value, str) and value:
            found[name] = value
        elif name != "cookie_secret":
            raise ValueError(say("sign_in.missing", name=name, setting=f"KPI_OIDC_{name.upper()}"))
    found.setdefault("cookie_secret", secrets.token_hex(_SHORTEST_SECRET))
    if len(found["cookie_secret"]) < _SHORTEST_SECRET:
        raise ValueError(say("sign_in.short_secret", least=_SHORTEST_SECRET))
    _require_safe("redirect_uri", found["redirect_uri"])
    _require_safe("server_metadata_url", found["server_metadata_url"])
    if not found["redirect_uri"].endswith("/oauth2callback"):
        raise ValueError(say("sign_in.bad_redirect", url=found["redirect_uri"]))
    if any(part in found["server_metadata_url"] for part in _FOR_ANYBODY):
        raise ValueError(say("sign_in.for_anybody", url=found["server_metadata_url"]))
    return found


def _written(path: str | None) -> dict[str, object]:
    if not path:
        return {}
    file = Path(path).resolve()
    if file.is_relative_to(ROOT):
        raise ValueError(say("sign_in.secrets_inside", file=file))
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        # What the reader of TOML says may quote the line, and the secret in it.
        raise ValueError(say("sign_in.unreadable_file", file=file)) from error


def _require_safe(name: str, url: str) -> None:
    """Raise ValueError unless what goes to an address is encrypted, or stays on this computer."""
    parts = urlsplit(url)
    is_here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not parts.hostname or parts.scheme not in ({"http", "https"} if is_here else {"https"}):
        raise ValueError(say("sign_in.bad_url", name=name, url=url))


def allowed_hosts(of: Settings, redirect_uri: str = "") -> list[str]:
    """Return the names the server answers to: it is called by no other, but by a rebound one."""
    own = urlsplit(redirect_uri).hostname
    return list(dict.fromkeys([*_LOOPBACK_HOSTS, *of.hosts, *([own] if own else [])]))
