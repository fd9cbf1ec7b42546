"""A town with two departments, and a round in which they are asked for 令和6年度."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from acts import import_bytes, planner
from sqlalchemy import Engine

from kpi.collecting.opening import askable, open_round
from kpi.model import FiscalYear, Proposal, Step
from kpi.store import (
    PlanHeader,
    PlanSnapshot,
    RoundEntry,
    plans,
    proposals_of_round,
    read_parts,
    read_proposal,
    rounds,
    save_proposal,
    step_proposal,
)

MAY = datetime(2025, 5, 1, 3, 0, tzinfo=UTC)
YEAR = FiscalYear(2024)

PLAN = """\
自治体,計画,施策,指標番号,指標,区分,単位,所管課,方向,計画期,年度,目標値
見本町,健康計画,健康づくり,1,受診率,,％,健康課,,1,R8,65％以上
見本町,健康計画,保険,2,国民健康保険料,収入率,％,税務課/収納係,,1,R8,95
見本町,健康計画,保険,2,国民健康保険料,収入未済額,百万円,税務課/収納係,,1,R8,50以下
見本町,健康計画,保険,3,相談件数,,件,,,1,R8,100件
"""
ACTUALS = """\
自治体,計画,指標,区分,単位,年度,実績値
見本町,健康計画,受診率,,％,R4,58.2
見本町,健康計画,受診率,,％,R5,59.1（速報値）
見本町,健康計画,国民健康保険料,収入率,％,R5,93.4
見本町,健康計画,国民健康保険料,収入未済額,千円,R5,61234
"""


@dataclass
class Town:
    """What the tests hold in their hands."""

    engine: Engine
    header: PlanHeader

    @property
    def snapshot(self) -> PlanSnapshot:
        return read_parts(self.engine, self.header)

    @property
    def entry(self) -> RoundEntry:
        return rounds(self.engine, self.header.municipality)[0]

    @property
    def proposals(self) -> list[Proposal]:
        return proposals_of_round(self.engine, self.header.municipality, self.entry.round.id)

    def open(self, due: date = date(2025, 5, 30)) -> RoundEntry:
        snapshot = self.snapshot
        asked = [one for one in askable(snapshot, YEAR) if one.department]
        return open_round(
            self.engine,
            planner(),
            self.header.municipality,
            snapshot.plan,
            YEAR,
            due=due,
            wording="令和6年度の実績をお知らせください。",
            asked=asked,
            now=MAY,
        )

    def answer(
        self, department: str, edits, now: datetime = MAY, *, steps=(Step.SUBMIT, Step.APPROVE)
    ) -> Proposal:
        """Answer as a department does."""
        municipality = self.header.municipality
        saved = save_proposal(
            self.engine,
            municipality,
            self.header.plan.id,
            edits,
            title="回答",
            author=department,
            round_id=self.entry.round.id,
            department=department,
            now=now,
        )
        for version, step in enumerate(steps, saved.version):
            step_proposal(
                self.engine,
                municipality,
                saved.id,
                step,
                version=version,
                author=department,
                now=now,
            )
        return read_proposal(self.engine, municipality, saved.id)


def fill(engine: Engine) -> None:
    for name, text in (("計画.csv", PLAN), ("実績.csv", ACTUALS)):
        preview, batch = import_bytes(engine, (name, text.encode()), now=MAY)
        assert batch, [finding.message for finding in preview.findings]


@pytest.fixture
def town(copied: Callable[..., Engine]) -> Town:
    engine = copied("empty", fill)
    return Town(engine, plans(engine)[0])


@pytest.fixture
def series_of(town: Town) -> Callable[[str], int]:
    """Return the id of a series by what it is called."""

    def find(title: str) -> int:
        names = {one.id: one.name for one in town.snapshot.indicators}
        return next(
            one.id
            for one in town.snapshot.series
            if title == f"{names[one.indicator_id]} {one.name}".strip()
        )

    return find
