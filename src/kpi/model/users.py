"""The people who sign in, as a municipality has them on its list."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is there for. One person may have several."""

    #: 閲覧
    VIEWER = "viewer"
    #: 所管課
    EDITOR = "editor"
    #: 企画
    PLANNER = "planner"
    #: 承認者
    APPROVER = "approver"
    #: 管理者
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class User:
    """利用者: somebody who may sign in, and what they may do in one municipality."""

    #: What they are called where they sign in, as `kpi.access.read_login` gives it.
    login: str
    name: str
    roles: frozenset[Role]
    #: Names of the departments whose indicators are theirs, as the plan has them.
    departments: frozenset[str] = frozenset()
    is_disabled: bool = False
