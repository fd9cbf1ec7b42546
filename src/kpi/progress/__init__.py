"""Judging progress: the measures of every series and target, and what a rule makes of them.

Works on columns, without a database, and knows nothing of where its figures came from.
"""

from kpi.progress.by_hand import Standing, TargetKey, key_of, key_rated, set_by_hand
from kpi.progress.course import known_course
from kpi.progress.judging import judge, worst
from kpi.progress.measures import JudgedTarget, MeasureOptions, Reason, measure
from kpi.progress.rating import (
    Band,
    RatingRule,
    RuleRefused,
    load_rule,
    parse_rule,
    rate,
    rule_names,
    rule_text,
)

__all__ = [
    "Band",
    "JudgedTarget",
    "MeasureOptions",
    "RatingRule",
    "Reason",
    "RuleRefused",
    "Standing",
    "TargetKey",
    "judge",
    "key_of",
    "key_rated",
    "known_course",
    "load_rule",
    "measure",
    "parse_rule",
    "rate",
    "rule_names",
    "rule_text",
    "set_by_hand",
    "worst",
]
