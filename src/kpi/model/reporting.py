"""What people keep of the reports they make again every year."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportSet:
    """資料の組: what goes into a report on a plan, and how it is to look, under a name."""

    name: str
    plan_id: int
    #: Ids of the series, in their order.
    series: tuple[int, ...]
    #: ``pptx``, ``docx``, ``xlsx``, ``pdf`` or ``html``.
    format: str
    #: As `kpi.charts.Style` and `kpi.charts.Calendar` call them.
    style: str
    calendar: str
    #: Whether it is made as a ZIP with a file for each department.
    is_split: bool = False
    #: Whether its owner has put it away.
    is_withdrawn: bool = False
