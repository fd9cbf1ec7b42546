"""The acts, and the table of which role may do which act, and for whose departments."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from kpi.model import Role
from kpi.words import DEFAULT, say, speaking


class Act(StrEnum):
    """What not everybody may do, but for looking."""

    VIEW = "view"
    IMPORT = "import"
    UNDO_IMPORT = "undo-import"
    SAVE_LAYOUT = "save-layout"
    #: Making and choosing rules, and taking that back, as with all that is judged.
    RULE = "rule"
    SERIES_SETTING = "series-setting"
    HAND_RATING = "hand-rating"
    COMPARISON = "comparison"
    FIX_YEAR = "fix-year"
    SAVE_PROPOSAL = "save-proposal"
    SUBMIT_PROPOSAL = "submit-proposal"
    WITHDRAW_PROPOSAL = "withdraw-proposal"
    RETURN_PROPOSAL = "return-proposal"
    APPROVE_PROPOSAL = "approve-proposal"
    UNDO_PROPOSAL = "undo-proposal"
    OPEN_ROUND = "open-round"
    CHANGE_ROUND = "change-round"
    #: And opening it again.
    CLOSE_ROUND = "close-round"
    SEND_ROUND = "send-round"
    TAKE_FORMS = "take-forms"
    TAKE_FORM = "take-form"
    ANSWER = "answer"
    #: Of those that came late; and taking any back.
    ACCEPT_ANSWER = "accept-answer"
    RETURN_ANSWER = "return-answer"
    NOTE = "note"
    MILESTONE = "milestone"
    PREPARE_MEETING = "prepare-meeting"
    #: Writing down what is said and decided; ending it, and opening it again.
    HOLD_MEETING = "hold-meeting"
    CHANGE_USER = "change-user"


@dataclass(frozen=True)
class Allowed:
    """Who may do an act: any of the roles is enough."""

    #: Roles that may do it wherever in their municipality.
    everywhere: frozenset[Role]
    #: Roles that may do it for the departments that are theirs.
    own: frozenset[Role] = frozenset()


def _by(*roles: Role) -> Allowed:
    return Allowed(frozenset(roles))


_PLANNERS = _by(Role.PLANNER)
_MEETING = _by(Role.PLANNER, Role.APPROVER)
_DEPARTMENTS = Allowed(frozenset({Role.PLANNER}), frozenset({Role.EDITOR}))

ACTS: dict[Act, Allowed] = {
    Act.VIEW: _by(*Role),
    Act.IMPORT: _PLANNERS,
    Act.UNDO_IMPORT: _PLANNERS,
    Act.SAVE_LAYOUT: _PLANNERS,
    Act.RULE: _PLANNERS,
    Act.SERIES_SETTING: _PLANNERS,
    Act.HAND_RATING: _PLANNERS,
    Act.COMPARISON: _PLANNERS,
    Act.FIX_YEAR: _PLANNERS,
    Act.SAVE_PROPOSAL: _PLANNERS,
    Act.SUBMIT_PROPOSAL: _PLANNERS,
    Act.WITHDRAW_PROPOSAL: _PLANNERS,
    Act.RETURN_PROPOSAL: _by(Role.APPROVER),
    Act.APPROVE_PROPOSAL: _by(Role.APPROVER),
    Act.UNDO_PROPOSAL: _by(Role.APPROVER),
    Act.OPEN_ROUND: _PLANNERS,
    Act.CHANGE_ROUND: _PLANNERS,
    Act.CLOSE_ROUND: _PLANNERS,
    Act.SEND_ROUND: _PLANNERS,
    Act.TAKE_FORMS: _PLANNERS,
    Act.TAKE_FORM: _DEPARTMENTS,
    Act.ANSWER: _DEPARTMENTS,
    Act.ACCEPT_ANSWER: _PLANNERS,
    Act.RETURN_ANSWER: _PLANNERS,
    Act.NOTE: _DEPARTMENTS,
    Act.MILESTONE: _DEPARTMENTS,
    Act.PREPARE_MEETING: _MEETING,
    Act.HOLD_MEETING: _MEETING,
    Act.CHANGE_USER: _by(Role.ADMINISTRATOR),
}
#: Acts that another person has to do than those whose work it is, unless the setting says so.
_NEEDS_ANOTHER = frozenset({Act.APPROVE_PROPOSAL})


class NotAllowed(Exception):
    """Somebody may not do an act; the message says so in words, and who may."""


@dataclass(frozen=True)
class Grant:
    """What somebody is there for in one municipality."""

    #: Its code.
    municipality: str
    roles: frozenset[Role]
    departments: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Person:
    """Who is at work, by the name that is recorded, and in which roles.

    ``roles`` and ``departments`` are what they are everywhere they may be; who is more than that in
    one municipality is so `at` it.
    """

    name: str
    roles: frozenset[Role]
    departments: frozenset[str] = frozenset()
    #: Codes of the municipalities they may see and act in; None for all there are.
    municipalities: frozenset[str] | None = None
    grants: tuple[Grant, ...] = ()
    #: What they are called where they sign in; empty where nobody signs in.
    login: str = ""

    def may_see(self, municipality: str) -> bool:
        """Whether somebody may see what a municipality, given by its code, has."""
        return self.municipalities is None or municipality in self.municipalities

    def may_anywhere(self, act: Act) -> bool:
        """Whether there is a municipality where somebody may do an act, were it for one department.

        For which pages are named to them; what they do there is asked for what it is about.
        """
        allowed = ACTS[act]
        return any(
            roles & allowed.everywhere or (departments and roles & allowed.own)
            for roles, departments in (
                (self.roles, self.departments),
                *((one.roles, one.departments) for one in self.grants),
            )
        )

    def at(self, municipality: str) -> Person:
        """Return somebody as they are in one municipality: in no role where they may not be."""
        if not self.may_see(municipality):
            return replace(self, roles=frozenset(), departments=frozenset())
        own = next((one for one in self.grants if one.municipality == municipality), None)
        if own is None:
            return self
        return replace(self, roles=own.roles, departments=own.departments)


def read_roles(text: str) -> frozenset[Role]:
    """Return the roles of a list with commas: ``planner, approver``.

    Raises ValueError, in words, where one is named that there is not.
    """
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in list(Role):
            known = say("list.comma").join(Role)
            raise ValueError(say("access.unknown_role", name=name, known=known))
    return frozenset(map(Role, names))


def require(
    person: Person,
    act: Act,
    municipality: str | None,
    *,
    department: str | None = None,
    owners: Collection[str] = (),
    may_be_own: bool = False,
) -> None:
    """Raise `NotAllowed` where a person may not do an act, as `refusal` tells."""
    words = refusal(
        person, act, municipality, department=department, owners=owners, may_be_own=may_be_own
    )
    if words:
        raise NotAllowed(words)


def refusal(
    person: Person,
    act: Act,
    municipality: str | None,
    *,
    department: str | None = None,
    owners: Collection[str] = (),
    may_be_own: bool = False,
) -> str:
    """Return why a person may not do an act; empty where they may.

    ``municipality`` is the code of the one whose it is, None for what belongs to none: that may be
    done by whoever may do it somewhere. ``department`` is whose the thing is, as it is on record:
    empty where nobody's, None where it is a matter of no department. ``owners`` are the names of
    those whose work the act is about, ``may_be_own`` whether one may approve what one has made
    oneself.
    """
    here = person if municipality is None else person.at(municipality)
    if not _may(here, act, department) and not (municipality is None and person.may_anywhere(act)):
        return _refused(here, act, department)
    if act in _NEEDS_ANOTHER and _is_among(person, owners) and not may_be_own:
        return say("access.own", name=person.name)
    return ""


def _may(here: Person, act: Act, department: str | None) -> bool:
    allowed = ACTS[act]
    if here.roles & allowed.everywhere:
        return True
    return bool(department and department in here.departments and here.roles & allowed.own)


def _refused(here: Person, act: Act, department: str | None) -> str:
    """Return in words who may do an act, and who it was that asked."""
    allowed, who = ACTS[act], {"name": here.name, "own": _named(here.roles)}
    told = {"act": say(f"access.act.{act}"), "roles": _named(allowed.everywhere), **who}
    if not allowed.own or department is None:
        return say("access.refused", **told)
    if not department:
        return say("access.refused_nobodys", **told)
    departments = say("list.comma").join(sorted(here.departments)) or say("access.no_role")
    told |= {"department": department, "editors": _named(allowed.own), "departments": departments}
    return say("access.refused_of", **told)


def _is_among(person: Person, names: Collection[str]) -> bool:
    """Whether somebody is recorded under one of the names, whatever they were called then."""
    own = recorded("", person.login)
    return any(
        name == person.name or (person.login and (name == person.login or name.endswith(own)))
        for name in names
    )


@speaking(DEFAULT)
def recorded(name: str, login: str) -> str:
    """Return the name under which somebody who signed in is recorded: 花子（hanako）."""
    return say("access.recorded", name=name, login=login)


def _named(roles: Collection[Role]) -> str:
    named = (say(f"access.role.{role}") for role in Role if role in roles)
    return say("list.comma").join(named) or say("access.no_role")
