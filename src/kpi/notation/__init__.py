"""How city halls write it: text to model and back, without files, databases or screens.

Every reader takes the text of one cell and either returns what it says or raises `Unreadable`
with the reason. None of them guesses.
"""

from kpi.notation.file_name import file_part, file_parts
from kpi.notation.fiscal_year import (
    YearBasis,
    YearReading,
    era_span,
    era_year,
    find_fiscal_year,
    full_date,
    full_year,
    read_fiscal_year,
    read_year_span,
    short_year,
)
from kpi.notation.number import (
    Nothing,
    NumberReading,
    decimals,
    format_number,
    format_yen,
    is_kept,
    plain_number,
    read_nothing,
    read_number,
)
from kpi.notation.record import NO_RECORD, RECORDS
from kpi.notation.target import read_target
from kpi.notation.text import Unreadable, fold, normal
from kpi.notation.threshold import TargetKind, TargetReading
from kpi.notation.unit import COUNTS, KNOWN, PERCENT, UnitReading, difference_unit, read_unit

__all__ = [
    "COUNTS",
    "KNOWN",
    "NO_RECORD",
    "PERCENT",
    "RECORDS",
    "Nothing",
    "NumberReading",
    "TargetKind",
    "TargetReading",
    "UnitReading",
    "Unreadable",
    "YearBasis",
    "YearReading",
    "decimals",
    "difference_unit",
    "era_span",
    "era_year",
    "file_part",
    "file_parts",
    "find_fiscal_year",
    "fold",
    "format_number",
    "format_yen",
    "full_date",
    "full_year",
    "is_kept",
    "normal",
    "plain_number",
    "read_fiscal_year",
    "read_nothing",
    "read_number",
    "read_target",
    "read_unit",
    "read_year_span",
    "short_year",
]
