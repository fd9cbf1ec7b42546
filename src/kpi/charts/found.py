"""Which indicators somebody looks for who knows a part of a name."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

from kpi.charts.assessment import rows_of, titles_of
from kpi.charts.parts import policy_path
from kpi.notation import is_found, searched
from kpi.store import PlanContent

#: Names that are offered where none has the words in it, and how like them they have to be.
_OFFERED, _LIKE = 3, 0.4


@dataclass(frozen=True)
class Found:
    """A series whose name has the words in it."""

    #: Name of its plan, and the name by which the series is chosen there.
    plan: str
    title: str
    indicator: str
    series: str
    #: The policies it hangs under, from the top.
    policies: tuple[str, ...]
    department: str
    is_retired: bool


def find(content: PlanContent, words: str) -> list[Found]:
    """Return the series of a plan in whose names all of the words stand.

    Those that are in use come first, in the order of the plan. No words find nothing.
    """
    if not words.strip():
        return []
    titles = titles_of(content.series)
    found = [
        Found(
            content.plan.name,
            titles[row.series_id],
            row.indicator,
            row.series,
            tuple(policy_path(content.policies, row.policy_id)),
            row.department,
            bool(row.is_retired),
        )
        for row in rows_of(content.series)
        if is_found(words, f"{row.indicator}{row.series}")
    ]
    return sorted(found, key=lambda one: one.is_retired)


def found_in(known: pd.DataFrame, words: str) -> list[tuple[str, int]]:
    """Return of which plans a series has all of the words in its name, one entry a series.

    ``known`` is what `kpi.store.known_series` returns; a plan is the code of its municipality and
    its id.
    """
    names = known["indicator"] + known["series"]
    # What a table says of a thousand areas has one name.
    fitting = {name for name in names.unique() if is_found(words, name)}
    hits = known[names.isin(fitting)]
    return list(zip(hits["municipality"], hits["plan_id"], strict=True))


def alike(names: list[str], words: str) -> list[str]:
    """Return the names that are most like the words, where none has them in it."""
    by_form = {searched(name): name for name in names}
    near = get_close_matches(searched(words), list(by_form), _OFFERED, _LIKE)
    return [by_form[form] for form in near]
