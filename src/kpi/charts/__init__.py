"""A plan told: its figures in the units and words people use, and each chart described once.

From one description come the plotly figure of the screen and the images for documents.
"""

from kpi.charts.asked import near_names, series_asked
from kpi.charts.assessment import (
    SIGNS,
    Assessment,
    Mark,
    PeriodSummary,
    SeriesLine,
    assess,
    find_rule,
    of_period,
    period_title,
)
from kpi.charts.candidates import Candidate, Candidates, propose, search
from kpi.charts.comparison import DRAWN, Compared, Figure, Side, compare
from kpi.charts.data_sheet import Column, DataSheet, Role, data_sheet
from kpi.charts.display import Display, comparator_word, fact_text, year_of_fact
from kpi.charts.figure import draw, picture
from kpi.charts.frozen import Difference, as_fixed, differences, fix
from kpi.charts.images import BrowserMissing, ImageFormat, find_browser, images, render
from kpi.charts.ledger import LedgerRow, ledger
from kpi.charts.marks import filled_shape, mark_shape
from kpi.charts.plan_check import (
    LINT_COLUMNS,
    ToldRemark,
    plan_check_table,
    plan_remarks,
    spreadsheet_csv,
)
from kpi.charts.policies import PolicyLine, policy_lines
from kpi.charts.rule_words import condition_words, refusal
from kpi.charts.sentences import Verdict, lead, reason, told_act, verdict
from kpi.charts.sparkline import sparkline
from kpi.charts.spec import Calendar, ChartSpec, describe, written
from kpi.charts.succession import Succession, succession
from kpi.charts.svg import svg
from kpi.charts.tables import PROGRESS_COLUMNS, progress_table, values_table
from kpi.charts.tokens import Style, Theme, css_scale, css_variables, theme

__all__ = [
    "DRAWN",
    "LINT_COLUMNS",
    "PROGRESS_COLUMNS",
    "SIGNS",
    "Assessment",
    "BrowserMissing",
    "Calendar",
    "Candidate",
    "Candidates",
    "ChartSpec",
    "Column",
    "Compared",
    "DataSheet",
    "Difference",
    "Display",
    "Figure",
    "ImageFormat",
    "LedgerRow",
    "Mark",
    "PeriodSummary",
    "PolicyLine",
    "Role",
    "SeriesLine",
    "Side",
    "Style",
    "Succession",
    "Theme",
    "ToldRemark",
    "Verdict",
    "as_fixed",
    "assess",
    "comparator_word",
    "compare",
    "condition_words",
    "css_scale",
    "css_variables",
    "data_sheet",
    "describe",
    "differences",
    "draw",
    "fact_text",
    "filled_shape",
    "find_browser",
    "find_rule",
    "fix",
    "images",
    "lead",
    "ledger",
    "mark_shape",
    "near_names",
    "of_period",
    "period_title",
    "picture",
    "plan_check_table",
    "plan_remarks",
    "policy_lines",
    "progress_table",
    "propose",
    "reason",
    "refusal",
    "render",
    "search",
    "series_asked",
    "sparkline",
    "spreadsheet_csv",
    "succession",
    "svg",
    "theme",
    "told_act",
    "values_table",
    "verdict",
    "written",
    "year_of_fact",
]
