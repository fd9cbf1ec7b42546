"""How city halls write it: text to model and back, without files, databases or screens.

Every reader takes the text of one cell and either returns what it says or raises `Unreadable`
with the reason. None of them guesses.
"""

from kpi.notation.english import (
    english_day,
    english_full_year,
    english_span,
    english_year,
    english_yen,
)
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
from kpi.notation.local_code import read_local_code, with_check_digit
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
from kpi.notation.text import Unreadable, fold, is_found, normal, searched
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
    "english_day",
    "english_full_year",
    "english_span",
    "english_year",
    "english_yen",
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
    "is_found",
    "is_kept",
    "normal",
    "plain_number",
    "read_fiscal_year",
    "read_local_code",
    "read_nothing",
    "read_number",
    "read_target",
    "read_unit",
    "read_year_span",
    "searched",
    "short_year",
    "with_check_digit",
]
