"""Who is at work on a screen: asked at every run, so that whoever may no longer enter is out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import streamlit as st
from itsdangerous import BadData, URLSafeTimedSerializer
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from kpi import settings, signing_in
from kpi.access import Act, Claimed, NotKnown, Person, Role, login_of, person_of, refusal
from kpi.model import Municipality, User
from kpi.signing_in import Claims, SignIn
from kpi.store import Mark, municipalities, users_called
from kpi.ui.database import engine_at, kept, version_mark
from kpi.ui.html import plain, show
from kpi.ui.server.gate import SAID_BY_PROXY
from kpi.ui.told import tell
from kpi.words import say


def _now() -> datetime:
    return datetime.now(UTC)


#: The clock by which a session ends.
clock: Callable[[], datetime] = _now

#: Sessions that were ended by their people, by what told them apart, and when.
_ended: dict[str, datetime] = {}

_WHOSE = "signed-in-as"


@dataclass(frozen=True)
class _Session:
    """What somebody who signed in has shown."""

    login: str
    name: str
    since: datetime
    claimed: Claimed | None = None
    #: Tells the session from every other.
    mark: str = ""


def person() -> Person:
    """Return who is at work.

    Where that is nobody who may enter, the page says so, with the way to sign in, and ends here.
    """
    how = signing_in.read()
    if how.way is SignIn.NONE:
        return settings.person()
    session = _said_by_proxy() if how.way is SignIn.HEADER else _said_by_provider(how.claims)
    if session is None:
        _ask_in(say("sign_in.please"), how.way)
    if session.mark in _ended:
        _ask_in(say("sign_in.ended"), how.way)
    if clock() - session.since >= timedelta(hours=how.hours):
        _ask_in(say("sign_in.over"), how.way)
    listed, codes = _known(settings.database_url(), version_mark(), session.login)
    try:
        found = person_of(
            session.login,
            session.name,
            listed,
            codes,
            claimed=session.claimed,
            is_administrator=session.login in how.administrators,
        )
    except NotKnown as unknown:
        _refuse(str(unknown), how.way)
    _begin_anew_for(found)
    return found


def refused(act: Act, municipality: Municipality | None, department: str | None = None) -> str:
    """Return why whoever is at work may not do an act; empty where they may.

    As `kpi.access.refusal`, which is asked again where the act is done.
    """
    code = None if municipality is None else municipality.code
    return refusal(person(), act, code, department=department)


def may(act: Act, municipality: Municipality, department: str | None = None) -> bool:
    """Whether whoever is at work may do an act; where not, say why as `tell_why_not` does."""
    words = refused(act, municipality, department)
    tell_why_not(words, municipality)
    return not words


def tell_why_not(words: str, municipality: Municipality) -> None:
    """Say in small letters why something cannot be done; nothing where it can.

    Who is there to look alone is not told at every place that there is nothing to do.
    """
    if words and person().at(municipality.code).roles - {Role.VIEWER}:
        st.caption(plain(words))


def end_unless(act: Act, municipality: Municipality | None) -> None:
    """End a page that is for others than whoever is at work, saying for whom it is."""
    if words := refused(act, municipality):
        st.info(plain(words))
        st.stop()


@kept(256)
def _known(
    url: str,
    mark: Mark,  # noqa: ARG001
    login: str,
) -> tuple[Mapping[str, User], list[str]]:
    """Return the users with a login by municipality, and the codes of all municipalities."""
    of = engine_at(url)
    return users_called(of, login), [municipality.code for municipality in municipalities(of)]


def _begin_anew_for(found: Person) -> None:
    """Forget what somebody else has typed, should a session have come into other hands."""
    if st.session_state.get(_WHOSE, found.login) != found.login:
        st.session_state.clear()
    st.session_state[_WHOSE] = found.login


def _said_by_proxy() -> _Session | None:
    told = st.context.headers.get(SAID_BY_PROXY)
    if told is None:
        return None
    moment, login = told.split(" ", 1)
    return _Session(login, "", datetime.fromisoformat(moment))


def _said_by_provider(names: Claims) -> _Session | None:
    """Return what the provider said of somebody, with the moment our cookie was signed."""
    claims = st.user.to_dict()
    cookie = st.context.cookies.get(USER_COOKIE_NAME)
    if not claims.get("is_logged_in") or cookie is None:
        return None
    try:
        signed = URLSafeTimedSerializer(get_cookie_secret(), salt=USER_COOKIE_NAME)
        _, since = signed.loads(cookie, return_timestamp=True)
        login = login_of(str(claims.get(names.login) or ""))
    except (BadData, ValueError):
        return None
    if names.login == "email" and claims.get("email_verified") is False:
        _refuse(say("sign_in.email_unverified", login=login), SignIn.OIDC)
    return _Session(
        login,
        str(claims.get(names.name) or ""),
        since,
        _claimed(claims, names) if names.roles else None,
        _mark(claims),
    )


def _mark(claims: Mapping[str, Any]) -> str:
    """Return what tells one signing in from every other: all that our cookie vouches for."""
    signed = {name: value for name, value in claims.items() if name != "tokens"}
    return hashlib.sha256(json.dumps(signed, sort_keys=True).encode()).hexdigest()


def _claimed(claims: Mapping[str, Any], names: Claims) -> Claimed:
    """Return what a provider says somebody may do; roles of other programs are none of ours."""
    return Claimed(
        frozenset(Role(name) for name in _several(claims.get(names.roles)) if name in list(Role)),
        _several(claims.get(names.departments)) if names.departments else frozenset(),
        _several(claims.get(names.municipalities)) if names.municipalities else None,
    )


def _several(claim: Any) -> frozenset[str]:
    """Return the words of a claim: a list, or one text with commas."""
    words = claim.split(",") if isinstance(claim, str) else claim
    if not isinstance(words, list):
        return frozenset()
    return frozenset(word.strip() for word in words if isinstance(word, str) and word.strip())


def _ask_in(why: str, way: SignIn) -> NoReturn:
    """Say why nobody is at work here yet, and lead to the provider."""
    show("sign_in.html", key="sign-in", sentence=why)
    if way is SignIn.HEADER:
        tell(say("sign_in.reload"), key="reload")
    elif st.button(say("sign_in.go"), type="primary", key="sign-in-go"):
        st.login()
    st.stop()


def _refuse(sentence: str, way: SignIn) -> NoReturn:
    """Say why somebody who signed in may not enter, and nothing else."""
    show("sign_in.html", key="sign-in", sentence=sentence)
    if way is SignIn.OIDC and st.button(say("sign_in.out"), key="sign-in-other"):
        sign_out()
    st.stop()


def sidebar(who: Person) -> None:
    """Show who is at work, with the way out; nothing where nobody signs in."""
    if not who.login:
        return
    has_way_out = signing_in.read().way is SignIn.OIDC
    if show("person.html", key="person", who=who, has_way_out=has_way_out):
        sign_out()


def sign_out() -> None:
    """End the session in every window it is open in, and go to the provider to end it there."""
    over = clock() - timedelta(hours=signing_in.read().hours)
    for mark in [mark for mark, moment in _ended.items() if moment < over]:
        del _ended[mark]
    _ended[_mark(st.user.to_dict())] = clock()
    st.logout()
    st.stop()
