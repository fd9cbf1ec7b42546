"""Who may do what: people with their roles, and one table of the acts each role may do.

Asked below the screens, by whatever does an act; a screen asks too, for which buttons to show.
"""

from kpi.access.roles import (
    ROLES,
    Act,
    NotAllowed,
    Person,
    Role,
    read_roles,
    refusal,
    require,
)

__all__ = [
    "ROLES",
    "Act",
    "NotAllowed",
    "Person",
    "Role",
    "read_roles",
    "refusal",
    "require",
]
