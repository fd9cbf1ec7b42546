"""Judging progress: the measures of every series and target, and what a rule makes of them.

Works on columns, without a database, and knows nothing of where its figures came from.
"""

from kpi.progress.course import known_course
from kpi.progress.measures import JudgedTarget, MeasureOptions, Reason, measure
from kpi.progress.rating import Band, RatingRule, load_rule, rate, rule_names

__all__ = [
    "Band",
    "JudgedTarget",
    "MeasureOptions",
    "RatingRule",
    "Reason",
    "known_course",
    "load_rule",
    "measure",
    "rate",
    "rule_names",
]
