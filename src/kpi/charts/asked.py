"""Which series somebody means who writes a code or a name; what is near it where there is none."""

from __future__ import annotations

from difflib import get_close_matches

import pandas as pd

from kpi.charts.assessment import rows_of, titles_of
from kpi.notation import normal
from kpi.words import say

#: Names that are offered instead of one that there is not.
_OFFERED = 3


def series_asked(series: pd.DataFrame, asked: str) -> list[int]:
    """Return the ids of the series of a plan that go by a code or a name, in the plan's order.

    ``series`` as `kpi.store.PlanContent` has them. The code or the name of an indicator means all
    of its series, a title one. Codes go before names; none that goes by it returns an empty list.
    """
    titles = titles_of(series)
    wanted = normal(asked)
    rows = list(rows_of(series))
    for names in (
        [row.indicator_code for row in rows],
        [titles[row.series_id] for row in rows],
        [row.indicator for row in rows],
    ):
        found = [
            row.series_id
            for row, name in zip(rows, names, strict=True)
            if wanted and normal(name) == wanted
        ]
        if found:
            return found
    return []


def near_names(series: pd.DataFrame, asked: str) -> str:
    """Return what was perhaps meant by a name that no series goes by, in words; empty if nothing.

    Those that contain it go first.
    """
    names = list(titles_of(series).values())
    names += [f"{row.indicator_code} {row.indicator}" for row in rows_of(series)]
    names = list(dict.fromkeys(name.strip() for name in names))
    wanted = normal(asked) or asked
    near = [name for name in names if wanted in normal(name)]
    near += get_close_matches(asked, names, _OFFERED, 0.4)
    offered = list(dict.fromkeys(near))[:_OFFERED]
    return say("list.comma").join(say("asked.quoted", name=name) for name in offered)
