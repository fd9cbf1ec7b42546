"""Settings: where the database is and who is at work, from the environment."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

#: The folder that holds app.py, pages/, data/ and var/.
ROOT = Path(__file__).resolve().parents[2]
#: Folders of the sample municipalities, in the order they are imported.
SAMPLES = (ROOT / "data" / "plans", ROOT / "data" / "actuals")


def database_url() -> str:
    """Return the database's address: ``KPI_DATABASE_URL``, else SQLite at var/kpi.db."""
    return os.environ.get("KPI_DATABASE_URL") or f"sqlite:///{ROOT / 'var' / 'kpi.db'}"


def author() -> str:
    """Return who is recorded as having done something: ``KPI_AUTHOR``, else the account's name."""
    if name := os.environ.get("KPI_AUTHOR"):
        return name
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "?"
