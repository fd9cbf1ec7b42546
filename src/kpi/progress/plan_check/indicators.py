"""Remarks about a plan's indicators beside one another, and beside those of another plan."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Self

import pandas as pd

from kpi.model import Comparator, Kind, Severity
from kpi.notation import normal
from kpi.progress.plan_check.plan import CheckedPlan
from kpi.progress.plan_check.remark import Figure, Remark, Tally, Year, key_of, rows_of

#: More indicators than one department can follow and speak to.
MANY_INDICATORS = 20
#: Which share of the shorter of two names stands in the other, in the same order, if it is near.
NEAR_NAME = 0.9
#: A shorter name (利用者数, 参加者数) does not tell one indicator from another.
TELLING_NAME = 8
#: Nor does one that more series of a plan bear (施策に満足している市民の割合).
MOST_BEARERS = 2
#: How many different figures of the same years two courses share by more than chance.
SHARED_FIGURES = 2


@dataclass(frozen=True)
class FiguresDiffer(Remark):
    """The same indicator has another target or actual of the same year in another place."""

    code = "figures-differ"
    kind: Kind
    year: Year
    figure: Figure
    other: Figure
    #: Plan and policy of the other.
    place: str

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield each such figure, within a plan at the later of the two places."""
        is_open = plan.targets.loc[plan.targets["is_open"], ["series_id", "fiscal_year"]]
        open_keys = set(is_open.itertuples(index=False, name=None))
        pairs = _twins(plan, [_plain_facts(one) for one in (plan, *plan.others)])
        pairs = pairs[
            (pairs["kind"] == pairs["kind_other"])
            & (pairs["fiscal_year"] == pairs["fiscal_year_other"])
            & (pairs["value"] != pairs["value_other"])
        ]
        for pair in rows_of(pairs):
            if pair.kind == Kind.ACTUAL or (pair.series_id, pair.fiscal_year) in open_keys:
                yield cls(
                    key_of(pair, pair.kind),
                    Kind(pair.kind),
                    Year(pair.fiscal_year),
                    Figure(pair.value),
                    Figure(pair.value_other),
                    pair.place_other,
                )


@dataclass(frozen=True)
class PutOff(Remark):
    """Another place asks no less of the same indicator, in an earlier year."""

    code = "put-off"
    year: Year
    other: Figure
    other_year: Year
    place: str

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield each such target, beside the latest of the earlier ones."""
        pairs = _twins(plan, [one.targets for one in (plan, *plan.others)])
        is_later = pairs["fiscal_year"] > pairs["fiscal_year_other"]
        is_later &= pairs["fiscal_year_other"] > 0
        is_less = pairs["sense"] * (pairs["target"] - pairs["target_other"]) <= 0
        pairs = pairs[pairs["is_open"] & (pairs["sense"] != 0) & is_later & is_less]
        pairs = pairs.sort_values("fiscal_year_other", kind="stable")
        for pair in rows_of(pairs.drop_duplicates(["series_id", "fiscal_year"], keep="last")):
            yield cls(
                key_of(pair),
                Year(pair.fiscal_year),
                Figure(pair.target_other),
                Year(pair.fiscal_year_other),
                pair.place_other,
            )


@dataclass(frozen=True)
class Renamed(Remark):
    """A target ends and one of a near name, or of the same figures, begins in the next period."""

    code = "renamed"
    severity = Severity.INFO
    old: str
    old_year: Year
    year: Year

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield the first target of each series that seems to go on with another."""
        is_dated = plan.targets["fiscal_year"] > 0
        # Every end stands beside every beginning: only what tells them apart goes along.
        targets = plan.targets.loc[
            is_dated, ["series_id", "period", "label", "fiscal_year", "unit"]
        ]
        years = targets.groupby("series_id")["fiscal_year"]
        ended = targets[years.transform("max") == targets["fiscal_year"]]
        begun = targets[years.transform("min") == targets["fiscal_year"]]
        # Years that follow each other in some series are the steps of the plan.
        steps = targets[["fiscal_year"]].assign(next_year=years.shift(-1)).dropna()
        ended = ended.merge(steps.drop_duplicates(), on="fiscal_year")
        pairs = begun.merge(
            ended,
            left_on=["fiscal_year", "unit"],
            right_on=["next_year", "unit"],
            suffixes=("", "_old"),
        )
        series = {row.series_id: row for row in rows_of(plan.series)}
        courses: dict[int, set[tuple[int, float]]] = defaultdict(set)
        for point in rows_of(plan.course):
            courses[point.series_id].add((point.fiscal_year, point.value))
        names = {row.series_id: _Name(row) for row in rows_of(plan.series)}
        for pair in rows_of(pairs):
            old, new = series[pair.series_id_old], series[pair.series_id]
            # Two series may stay at one figure (0, 100) and have nothing else in common.
            shared = {value for _, value in courses[old.series_id] & courses[new.series_id]}
            if names[old.series_id].is_near(names[new.series_id]) or len(shared) >= SHARED_FIGURES:
                yield cls(
                    key_of(pair),
                    " ".join(filter(None, (old.indicator, old.series))),
                    Year(pair.fiscal_year_old),
                    Year(pair.fiscal_year),
                )


@dataclass(frozen=True)
class BaseYearsDiffer(Remark):
    """The bases of the plan are of several years, so progress is counted over several spans."""

    code = "base-years-differ"
    severity = Severity.INFO
    years: Tally

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield one remark for the plan."""
        facts = plan.facts
        bases = facts[(facts["kind"] == Kind.BASELINE) & (facts["fiscal_year"] > 0)]
        bases = bases[bases["series_id"].isin(plan.targets["series_id"])]
        counts = bases.groupby("fiscal_year")["series_id"].nunique()
        if len(counts) > 1:
            yield cls(None, Tally(zip(counts.index.tolist(), counts.tolist(), strict=True)))


@dataclass(frozen=True)
class BasesMissing(Remark):
    """No series of the plan has a base: of none can be said how far it has come."""

    code = "bases-missing"
    severity = Severity.INFO
    total: int

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield one remark for the plan."""
        targets = plan.open_targets.drop_duplicates("series_id")
        if len(targets) and targets["baseline"].isna().all():
            yield cls(None, len(targets))


@dataclass(frozen=True)
class ActualsMissing(Remark):
    """Series with a target have never had an actual."""

    code = "actuals-missing"
    severity = Severity.INFO
    count: int
    total: int

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield one remark for the plan."""
        actuals = plan.course[plan.course["kind"] == Kind.ACTUAL]
        series = plan.open_targets["series_id"].drop_duplicates()
        count = int((~series.isin(actuals["series_id"])).sum())
        if count:
            yield cls(None, count, len(series))


@dataclass(frozen=True)
class ManyIndicators(Remark):
    """One department answers for very many indicators."""

    code = "many-indicators"
    severity = Severity.INFO
    department: str
    count: int
    many: int = MANY_INDICATORS

    @classmethod
    def find(cls, plan: CheckedPlan) -> Iterator[Self]:
        """Yield each such department."""
        named = plan.series[plan.series["department"] != ""]
        counts = named.groupby("department", sort=False)["indicator_id"].nunique()
        for department, count in counts[counts > MANY_INDICATORS].items():
            yield cls(None, str(department), int(count))


def _plain_facts(plan: CheckedPlan) -> pd.DataFrame:
    """Return the targets and actuals of a plan that state one exact figure of a year."""
    facts = plan.facts
    return facts[
        facts["kind"].isin([Kind.TARGET, Kind.ACTUAL])
        & (facts["label"] == "")
        & (facts["fiscal_year"] > 0)
        & facts["value"].notna()
        & facts["value_high"].isna()
        & (facts["comparator"] != Comparator.ABOUT)
    ]


def _twins(plan: CheckedPlan, rows: list[pd.DataFrame]) -> pd.DataFrame:
    """Return each row of a plan beside those of series of the same name and unit elsewhere.

    ``rows`` are rows of the plan and of its others, in their order. Columns of the other end in
    ``_other``; ``place`` is plan and policy. Within the plan, a pair stands at the later series.
    """
    named = [
        own.merge(_names(one), on="series_id")
        for own, one in zip(rows, (plan, *plan.others), strict=True)
    ]
    pairs = named[0].merge(pd.concat(named), on="name", suffixes=("", "_other"))
    is_here = pairs["plan"] == pairs["plan_other"]
    return pairs[~is_here | (pairs["series_id_other"] < pairs["series_id"])]


def _names(plan: CheckedPlan) -> pd.DataFrame:
    """Return the series whose name tells them from others, with that name and their place."""
    names = [(normal(row.indicator), normal(row.series), row.unit) for row in rows_of(plan.series)]
    bearers = Counter(names)
    return pd.DataFrame(
        [
            (
                row.series_id,
                name,
                plan.name,
                " ".join(filter(None, (plan.name, row.policy_code, row.policy))),
            )
            for name, row in zip(names, rows_of(plan.series), strict=True)
            if len(name[0]) >= TELLING_NAME and bearers[name] <= MOST_BEARERS
        ],
        columns=["series_id", "name", "plan", "place"],
    ).astype({"series_id": "int64"})


class _Name:
    """The name of a series, to be held against many others."""

    def __init__(self, row: Any) -> None:
        self.indicator, self.series = normal(row.indicator), normal(row.series)
        self.signs = Counter(self.indicator)

    def is_near(self, other: _Name) -> bool:
        """Whether the shorter of two names stands in the other, in pieces but in its order."""
        if self.series != other.series:
            return False
        shorter = min(len(self.indicator), len(other.indicator))
        if shorter < TELLING_NAME:
            return False
        # What lacks the signs lacks the pieces, and is told in a hundredth of the time.
        if (self.signs & other.signs).total() < NEAR_NAME * shorter:
            return False
        matcher = SequenceMatcher(None, self.indicator, other.indicator, autojunk=False)
        return sum(block.size for block in matcher.get_matching_blocks()) >= NEAR_NAME * shorter
