"""What pages ask for: the database, the plans, a plan judged. Kept until a batch changes it.

Plans and what they hold are those known on the day the page is about (`kpi.ui.as_of`), of the
municipalities that whoever is at work may see (`kpi.ui.person`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, Concatenate

import pandas as pd
import streamlit as st
from sqlalchemy import Engine

from kpi import settings
from kpi.access import Act, refusal
from kpi.charts import Assessment, ToldRemark, as_fixed, assess, plan_remarks
from kpi.model import Municipality
from kpi.store import (
    BatchEntry,
    FrozenEntry,
    Mark,
    PlanContent,
    PlanHeader,
    ProjectEntry,
    batches,
    frozen_years,
    known_series,
    plans,
    projects,
    promising,
    read_frozen,
    read_plan,
)
from kpi.ui import as_of
from kpi.ui.database import P, T, engine_at, kept
from kpi.ui.database import engine as engine
from kpi.ui.database import version_mark as version_mark
from kpi.ui.person import person
from kpi.words import language, say

# Everything read is kept until the mark changes, which is part of every key.


@kept(4)
def _plans(
    url: str,
    mark: Mark,  # noqa: ARG001
    moment: datetime | None,
) -> list[PlanHeader]:
    """Return all plans, the municipalities first whose plans promise something.

    An area that only has figures of a national table must not stand before a city with a plan.
    """
    known, promised = plans(engine_at(url), moment), promising(engine_at(url))
    rank: dict[str, int] = {}
    for header in known:
        code = header.municipality.code
        own = 0 if header.periods else 1 if code in promised else 2
        rank[code] = min(own, rank.get(code, own))
    return sorted(known, key=lambda header: rank[header.municipality.code])


@kept(64)
def _content(
    url: str,
    mark: Mark,  # noqa: ARG001
    moment: datetime | None,
    header: PlanHeader,
) -> PlanContent:
    return read_plan(engine_at(url), header, moment)


@kept(64)
def _assessment(
    url: str,
    mark: Mark,
    moment: datetime | None,
    header: PlanHeader,
    year: int,
) -> Assessment:
    return assess(_content(url, mark, moment, header), year)


@kept(16)
def _fixed(
    url: str,
    mark: Mark,  # noqa: ARG001
    header: PlanHeader,
    entry: FrozenEntry,
) -> Assessment:
    return as_fixed(read_frozen(engine_at(url), header, entry))


@kept(16)
def _remarks(
    url: str,
    mark: Mark,
    moment: datetime | None,
    header: PlanHeader,
    spoken: str,  # noqa: ARG001
) -> list[ToldRemark]:
    others = [
        _content(url, mark, moment, other)
        for other in _plans(url, mark, moment)
        if other.municipality == header.municipality and other.plan != header.plan
    ]
    return plan_remarks(_content(url, mark, moment, header), others)


@kept(1)
def _known_series(url: str, mark: Mark) -> pd.DataFrame:  # noqa: ARG001
    return known_series(engine_at(url))


# Each is a moment's work: whoever asks for the same meanwhile may as well do it too.
@lru_cache(maxsize=1024)
def _asked(
    url: str,
    mark: Mark,  # noqa: ARG001
    question: Callable[..., Any],
    *of: Any,
    **named: Any,
) -> Any:
    return question(engine_at(url), *of, **named)


def asked(question: Callable[Concatenate[Engine, P], T], *of: P.args, **named: P.kwargs) -> T:
    """Return what a question to the store comes to, as it is kept: it is only to be looked at."""
    url, mark = settings.database_url(), version_mark()
    answer: T = _asked(url, mark, question, *of, **named)  # type: ignore[arg-type]
    return answer


def series_everywhere() -> pd.DataFrame:
    """Return every series one may see, as `kpi.store.known_series`: for a search only."""
    known = _known_series(settings.database_url(), version_mark())
    return known[known["municipality"].map(person().may_see).astype(bool)]


def known_plans() -> list[PlanHeader]:
    """Return all plans that whoever is at work may see, those with targets first."""
    who = person()
    known = _plans(settings.database_url(), version_mark(), as_of.moment())
    return [header for header in known if who.may_see(header.municipality.code)]


def known_batches(codes: Iterable[str] | None = None) -> list[BatchEntry]:
    """Return the accepted acts of all municipalities one may see, or of those named."""
    who, known = person(), batches(engine(), codes)
    return [entry for entry in known if who.may_see(entry.municipality.code)]


def require_seen(municipality: Municipality) -> None:
    """End the run where whoever is at work may not see what a municipality has, or not any more."""
    if refusal(person(), Act.VIEW, municipality.code):
        st.error(say("sign_in.not_seen"))
        st.stop()


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
    require_seen(header.municipality)
    return _content(settings.database_url(), version_mark(), as_of.moment(), header)


def content_then(header: PlanHeader, moment: datetime) -> PlanContent | None:
    """Return a plan with all its facts as known at a moment; None where it was not known yet."""
    require_seen(header.municipality)
    then = _header_then(header, moment)
    return None if then is None else _content(settings.database_url(), version_mark(), moment, then)


def _header_then(header: PlanHeader, moment: datetime | None) -> PlanHeader | None:
    known = _plans(settings.database_url(), version_mark(), moment)
    own = header.municipality.code, header.plan.id
    return next((one for one in known if (one.municipality.code, one.plan.id) == own), None)


def told_then(
    header: PlanHeader, year: int, moment: datetime | None
) -> tuple[Assessment, FrozenEntry | None] | None:
    """Return a year of a plan judged as known at a moment, None of now; as fixed, where it was.

    With how it was fixed. None where the plan was not known yet.
    """
    require_seen(header.municipality)
    then = _header_then(header, moment)
    if then is None:
        return None
    url, mark = settings.database_url(), version_mark()
    known = asked(frozen_years, then, moment)
    if entry := next((one for one in known if one.fiscal_year == year), None):
        return _fixed(url, mark, then, entry), entry
    return _assessment(url, mark, moment, then, year), None


def assessment(header: PlanHeader, year: int) -> Assessment:
    """Return a plan judged with the actuals up to a year."""
    require_seen(header.municipality)
    return _assessment(settings.database_url(), version_mark(), as_of.moment(), header, year)


def known_projects(header: PlanHeader, moment: datetime | None) -> list[ProjectEntry]:
    """Return the projects of a plan, as known at a moment; None is now."""
    require_seen(header.municipality)
    return asked(projects, header, moment)


def fixings(header: PlanHeader) -> list[FrozenEntry]:
    """Return each time a year of a plan was fixed, the last one first."""
    require_seen(header.municipality)
    return asked(frozen_years, header, as_of.moment())


def fixed(header: PlanHeader, entry: FrozenEntry) -> Assessment:
    """Return the assessment of a year as it was fixed."""
    require_seen(header.municipality)
    return _fixed(settings.database_url(), version_mark(), header, entry)


def remarks(header: PlanHeader) -> list[ToldRemark]:
    """Return what the check of a plan has to say."""
    require_seen(header.municipality)
    moment = as_of.moment()
    return _remarks(settings.database_url(), version_mark(), moment, header, language())
