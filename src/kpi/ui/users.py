"""Pieces of the page of users: the list, adding and changing one, and who changed what."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from kpi import signing_in
from kpi.access import Act, NotAllowed
from kpi.acting.users import UserRefused, change_user
from kpi.model import Municipality, Role, User
from kpi.signing_in import SignIn
from kpi.store import JAPAN, Conflict, StoredUser, user_history, users
from kpi.ui import data
from kpi.ui.dialogs import dialog
from kpi.ui.html import show
from kpi.ui.judging import refuse
from kpi.ui.person import end_unless, person
from kpi.ui.told import keep
from kpi.ui.turns import let_go
from kpi.words import say


def for_administrators(municipality: Municipality) -> None:
    """End the page where whoever is at work may not see the list."""
    end_unless(Act.CHANGE_USER, municipality)


def explain() -> None:
    """Say what the list is for under the present settings."""
    how = signing_in.read()
    if how.way is SignIn.NONE:
        st.info(say("users.nobody_signs_in"))
    elif how.way is SignIn.OIDC and how.claims.roles:
        st.info(say("users.roles_claimed", claim=how.claims.roles))


def listing(municipality: Municipality) -> None:
    """Show everybody on the list, each with a way to change them, and the way to add somebody."""
    stored = users(data.engine(), municipality)
    followed = show("users.html", key="users", stored=stored)
    if followed:
        _ask(municipality, next(one for one in stored if one.user.login == followed))
    if st.button(say("users.add"), type="primary", key="user-add"):
        _ask(municipality, None)


def history(municipality: Municipality) -> None:
    """Show every change of the list, newest first."""
    states = user_history(data.engine(), municipality)
    if not states:
        return
    show("user_history.html", key="user-history", states=states, zone=JAPAN)


@dialog("users.one")
def _ask(municipality: Municipality, stored: StoredUser | None) -> None:
    known = stored.user if stored else User("", "", frozenset())
    mark = f"{municipality.code} {known.login} {stored.revision if stored else 0}"
    login = st.text_input(
        say("users.login"),
        known.login,
        key=f"user-login {mark}",
        max_chars=120,
        disabled=stored is not None,
    )
    st.caption(say("users.login_help"))
    name = st.text_input(say("users.name"), known.name, key=f"user-name {mark}", max_chars=60)
    roles = st.multiselect(
        say("users.roles"),
        list(Role),
        [role for role in Role if role in known.roles],
        format_func=lambda role: say(f"access.role.{role}"),
        key=f"user-roles {mark}",
        placeholder=say("choice.pick"),
    )
    departments = st.multiselect(
        say("users.departments"),
        sorted(_departments(municipality) | known.departments),
        sorted(known.departments),
        key=f"user-departments {mark}",
        placeholder=say("choice.pick"),
    )
    st.caption(say("users.departments_help"))
    is_disabled = stored is not None and st.checkbox(
        say("users.disable"), known.is_disabled, key=f"user-disabled {mark}"
    )
    reason = st.text_input(say("act.reason"), key=f"user-reason {mark}", max_chars=400)
    if st.button(say("users.save"), type="primary", key="user-save"):
        user = User(login, name, frozenset(roles), frozenset(departments), is_disabled)
        _save(municipality, user, stored, reason)


def _departments(municipality: Municipality) -> set[str]:
    """Return the departments that the plans of a municipality name."""
    return {
        name
        for header in data.known_plans()
        if header.municipality == municipality
        for name in data.content(header).series["department"]
        if name
    }


def _save(municipality: Municipality, user: User, stored: StoredUser | None, reason: str) -> None:
    let_go()
    try:
        change_user(
            data.engine(),
            person(),
            municipality,
            user,
            built_on=stored.revision if stored else None,
            administrators=signing_in.read().administrators,
            reason=reason,
            now=datetime.now(UTC),
        )
    except (NotAllowed, UserRefused) as refused:
        refuse([str(refused)])
    except Conflict:
        refuse([say("users.conflict")])
    else:
        keep(say("users.saved", name=user.name.strip()))
        st.rerun()
