"""Who may do what: people with their roles, and one table of the acts each role may do.

Asked below the screens, by whatever does an act; a screen asks too, for which buttons to show.
"""

from kpi.access.people import Claimed, NotKnown, login_of, person_of
from kpi.access.roles import (
    ACTS,
    Act,
    Allowed,
    Grant,
    NotAllowed,
    Person,
    read_roles,
    recorded,
    refusal,
    require,
)
from kpi.model import Role

__all__ = [
    "ACTS",
    "Act",
    "Allowed",
    "Claimed",
    "Grant",
    "NotAllowed",
    "NotKnown",
    "Person",
    "Role",
    "login_of",
    "person_of",
    "read_roles",
    "recorded",
    "refusal",
    "require",
]
