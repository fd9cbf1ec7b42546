"""A plan told: its figures in the units and words people use, and each chart described once.

From one description come the plotly figure of the screen and the images for documents.
"""

from kpi.charts.assessment import (
    Assessment,
    Mark,
    PeriodSummary,
    SeriesLine,
    assess,
    of_period,
    period_title,
)
from kpi.charts.comparison import DRAWN, Compared, Figure, Side, compare
from kpi.charts.display import Display, comparator_word, year_of_fact
from kpi.charts.figure import draw
from kpi.charts.images import BrowserMissing, find_browser, render
from kpi.charts.ledger import LedgerRow, ledger
from kpi.charts.proposals import Proposal, Proposals, propose, search
from kpi.charts.sentences import Verdict, lead, reason, told_act, verdict
from kpi.charts.sparkline import sparkline
from kpi.charts.spec import ChartSpec, describe
from kpi.charts.tables import PROGRESS_COLUMNS, progress_table, values_table
from kpi.charts.tokens import Theme, css_variables, theme

__all__ = [
    "DRAWN",
    "PROGRESS_COLUMNS",
    "Assessment",
    "BrowserMissing",
    "ChartSpec",
    "Compared",
    "Display",
    "Figure",
    "LedgerRow",
    "Mark",
    "PeriodSummary",
    "Proposal",
    "Proposals",
    "SeriesLine",
    "Side",
    "Theme",
    "Verdict",
    "assess",
    "comparator_word",
    "compare",
    "css_variables",
    "describe",
    "draw",
    "find_browser",
    "lead",
    "ledger",
    "of_period",
    "period_title",
    "progress_table",
    "propose",
    "reason",
    "render",
    "search",
    "sparkline",
    "theme",
    "told_act",
    "values_table",
    "verdict",
    "year_of_fact",
]
