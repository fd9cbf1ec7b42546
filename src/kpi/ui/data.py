"""What pages ask for: the database, the plans, a plan judged. Kept until a batch changes it.

Plans and what they hold are those known on the day the page is about (`kpi.ui.as_of`).
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pandas as pd
import streamlit as st
from sqlalchemy import Engine

from kpi import settings
from kpi.charts import Assessment, ToldRemark, as_fixed, assess, plan_remarks
from kpi.store import (
    FrozenEntry,
    Mark,
    PlanContent,
    PlanHeader,
    frozen_years,
    known_series,
    open_database,
    plans,
    promising,
    read_frozen,
    read_plan,
    version,
)
from kpi.ui import as_of
from kpi.words import say


@st.cache_resource(show_spinner=False)
def _engine(url: str) -> Engine:
    return open_database(url)


def engine() -> Engine:
    """Return the database of this server."""
    return _engine(settings.database_url())


def version_mark() -> Mark:
    """Return a mark that differs after every accepted or taken back batch."""
    return version(engine())


# Everything read is kept until the mark changes, which is part of every key.
@st.cache_resource(show_spinner=False, max_entries=4)
def _plans(
    url: str,
    mark: Mark,  # noqa: ARG001
    moment: datetime | None,
) -> list[PlanHeader]:
    """Return all plans, the municipalities first whose plans promise something.

    An area that only has figures of a national table must not stand before a city with a plan.
    """
    known, promised = plans(_engine(url), moment), promising(_engine(url))
    rank: dict[str, int] = {}
    for header in known:
        code = header.municipality.code
        own = 0 if header.periods else 1 if code in promised else 2
        rank[code] = min(own, rank.get(code, own))
    return sorted(known, key=lambda header: rank[header.municipality.code])


@st.cache_resource(show_spinner=False, max_entries=64)
def _content(
    url: str,
    mark: Mark,  # noqa: ARG001
    moment: datetime | None,
    header: PlanHeader,
) -> PlanContent:
    return read_plan(_engine(url), header, moment)


@st.cache_resource(show_spinner=False, max_entries=64)
def _assessment(
    url: str,
    mark: Mark,
    moment: datetime | None,
    header: PlanHeader,
    year: int,
) -> Assessment:
    return assess(_content(url, mark, moment, header), year)


@st.cache_resource(show_spinner=False, max_entries=16)
def _fixed(
    url: str,
    mark: Mark,  # noqa: ARG001
    header: PlanHeader,
    entry: FrozenEntry,
) -> Assessment:
    return as_fixed(read_frozen(_engine(url), header, entry))


@st.cache_resource(show_spinner=False, max_entries=16)
def _remarks(url: str, mark: Mark, moment: datetime | None, header: PlanHeader) -> list[ToldRemark]:
    others = [
        _content(url, mark, moment, other)
        for other in _plans(url, mark, moment)
        if other.municipality == header.municipality and other.plan != header.plan
    ]
    return plan_remarks(_content(url, mark, moment, header), others)


@st.cache_resource(show_spinner=False, max_entries=1)
def _known_series(url: str, mark: Mark) -> pd.DataFrame:  # noqa: ARG001
    return known_series(_engine(url))


def series_everywhere() -> pd.DataFrame:
    """Return every series of every municipality, as `kpi.store.known_series`: for a search only."""
    return _known_series(settings.database_url(), version_mark())


def known_plans() -> list[PlanHeader]:
    """Return all plans, those with targets first."""
    return _plans(settings.database_url(), version_mark(), as_of.moment())


def municipality_names() -> dict[str, str]:
    """Return what each municipality is called, by code; with its code where two are alike."""
    named = {header.municipality.code: header.municipality.name for header in known_plans()}
    alike = Counter(named.values())
    return {
        code: name if alike[name] == 1 else say("choice.alike", name=name, code=code)
        for code, name in named.items()
    }


def content(header: PlanHeader) -> PlanContent:
    """Return a plan with all its facts."""
    return _content(settings.database_url(), version_mark(), as_of.moment(), header)


def content_then(header: PlanHeader, moment: datetime) -> PlanContent | None:
    """Return a plan with all its facts as known at a moment; None where it was not known yet."""
    url, mark = settings.database_url(), version_mark()
    then = next(
        (
            known
            for known in plans(_engine(url), moment)
            if (known.municipality.code, known.plan.id)
            == (header.municipality.code, header.plan.id)
        ),
        None,
    )
    return None if then is None else _content(url, mark, moment, then)


def assessment(header: PlanHeader, year: int) -> Assessment:
    """Return a plan judged with the actuals up to a year."""
    return _assessment(settings.database_url(), version_mark(), as_of.moment(), header, year)


def fixings(header: PlanHeader) -> list[FrozenEntry]:
    """Return each time a year of a plan was fixed, the last one first."""
    return frozen_years(engine(), header, as_of.moment())


def fixed(header: PlanHeader, entry: FrozenEntry) -> Assessment:
    """Return the assessment of a year as it was fixed."""
    return _fixed(settings.database_url(), version_mark(), header, entry)


def remarks(header: PlanHeader) -> list[ToldRemark]:
    """Return what the check of a plan has to say."""
    return _remarks(settings.database_url(), version_mark(), as_of.moment(), header)
