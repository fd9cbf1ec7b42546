"""Numbers as written: 67億5,319万円, △5, １２.５％, 約３割; and the signs that say "no value"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum
from functools import lru_cache

from kpi.model import Status
from kpi.notation.text import LONGEST, Unreadable, fold
from kpi.notation.unit import PERCENT, read_unit

#: More digits than this a double cannot keep apart, nor can Excel.
MAX_DIGITS = 15
#: Ten to a higher power, or to one as far below 0, a double does not hold.
MAX_POWER = 22
#: Decimal rounds to 28 digits unless told otherwise, and too many of them would pass for few.
_EXACT = Context(prec=2 * LONGEST)


class Nothing(StrEnum):
    """Why a cell holds no number."""

    NO_VALUE = "no_value"
    NOT_YET = "not_yet"
    SUPPRESSED = "suppressed"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class NumberReading:
    """A number in its base unit, and what stood around it."""

    value: Decimal
    #: Base unit as written beside the number; empty where none was.
    unit: str
    #: 約, 程度: the source does not claim the exact figure.
    approximate: bool = False
    #: （速報値）and the like, split off.
    status: Status | None = None
    #: Footnote marks, split off: ※1.
    marks: str = ""
    #: Whether a power stood in the figure itself: 5千, 67億.
    scaled: bool = False


_NOTHING = {
    Nothing.NO_VALUE: {"", "-", "ー", "--", "---", "ーー", "_", "なし", "無し", "空欄"},
    Nothing.NOT_YET: {
        "…",
        "...",
        "・・・",
        "‥",
        "未定",
        "未公表",
        "未集計",
        "集計中",
        "調査中",
        "確認中",
        "公表前",
    },
    Nothing.SUPPRESSED: {"x", "X", "*", "***", "秘匿", "非公表"},
    Nothing.NOT_APPLICABLE: {
        "該当なし",
        "該当無し",
        "対象外",
        "n/a",
        "N/A",
        "NA",
        "・",
    },
}
_NOTHING_OF = {fold(sign): why for why, signs in _NOTHING.items() for sign in signs}

_STATUS = {
    "速報": Status.PROVISIONAL,
    "暫定": Status.PROVISIONAL,
    "見込": Status.ESTIMATE,
    "推計": Status.ESTIMATE,
    "確定": Status.FINAL,
    "確報": Status.FINAL,
}
_STATUS_WORD = r"(?:速報|暫定|見込|推計|確定|確報)(?:値|み)?"
_STATUS_MARK = re.compile(rf"\({_STATUS_WORD}\)|^{_STATUS_WORD}|{_STATUS_WORD}$")
# ※1 *2 注3 (注1) ※1、2 after the figure.
_FOOTNOTE = re.compile(r"(?:\(?(?:(?:※|注)(?:\d{1,2}(?:[,、]\d{1,2})*)?|\*\d?)\)?)+$")
_DIGITS = r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_TERM = re.compile(rf"({_DIGITS})(兆|[千百十]?億|[千百十]?万|[千百])?")
# Digits that are marks and no part of the number, though folding would make them one: 94.7①, 10².
_RAISED = "①-⑳⑴-⒇⒈-⒛⓪❶-❿➀-➓¹²³⁰⁴-⁹⁽⁾"
_RAISED_AT_END = re.compile(rf"(?<![mｍ{_RAISED}])[{_RAISED}]+$")
_RAISED_AMONG = re.compile(rf"[\d０-９][{_RAISED}]|[{_RAISED}][\d０-９]")
_POWER = {"兆": 12, "億": 8, "万": 4, "千": 3, "百": 2, "十": 1}
_SIGN = re.compile(r"^([+]|-|△|▲|マイナス|プラス)")
_ABOUT_BEFORE = re.compile(r"^(?:約|およそ|凡そ|概ね|おおむね|ほぼ)")
_ABOUT_AFTER = re.compile(r"(?:程度|前後|くらい|ほど|弱|強)$")
_WARI = re.compile(r"(?P<wari>\d+(?:\.\d+)?)割(?:(?P<bu>\d)分)?")
_HALF = re.compile(r"(?:残りの)?半(?:数|分)")
_ZERO = re.compile(r"ゼロ(?=\D|$)")
# 4分の3; 3/4 only where 約 tells that it is no date.
_FRACTION = re.compile(r"(?P<lower>\d{1,3})分の(?P<upper>\d{1,3})")
_SLASHED = re.compile(r"(?P<upper>\d{1,3})/(?P<lower>\d{1,3})")
# 2024年 is a year, whatever stands in the cell beside it; 年 counts years only after less.
_YEAR = re.compile(r"(?:19|20)\d{2}年")


def read_nothing(text: str) -> Nothing | None:
    """Return why the cell holds no number, or None where it does hold something."""
    return _NOTHING_OF.get(fold(text))


def split_raised(text: str) -> tuple[str, str]:
    """Split the small digits of a footnote off the end of a text: 94.7① is 94.7 and ①.

    Raises `Unreadable` where they stand beside other digits within it.
    """
    plain = text.strip()
    match = _RAISED_AT_END.search(plain)
    rest = plain[: match.start()].rstrip() if match else plain
    if not rest or _RAISED_AMONG.search(rest):
        raise Unreadable(text, "raised")
    return rest, match.group() if match else ""


@lru_cache(maxsize=65536)
def read_number(text: str) -> NumberReading:
    """Read one number with the unit that may follow it.

    Raises `Unreadable` for anything else: several numbers, brackets with a second figure ("29（4）"
    is not 294), wrongly placed separators, more than 15 digits.
    """
    if len(text) > LONGEST:
        raise Unreadable(text, "too_long")
    own, raised = split_raised(text) if text.strip() else (text, "")
    plain = fold(own)
    if re.search(r"\d\s+\d", plain):
        raise Unreadable(text, "two_numbers")
    plain = re.sub(r"\s+", "", plain)
    status = None
    if match := _STATUS_MARK.search(plain):
        status = _STATUS[match.group().strip("()")[:2]]
        plain = plain[: match.start()] + plain[match.end() :]
    marks = raised
    if match := _FOOTNOTE.search(plain):
        marks = match.group() + raised
        plain = plain[: match.start()]
    approximate = False
    if match := _ABOUT_BEFORE.match(plain):
        approximate, plain = True, plain[match.end() :]
    if match := _ABOUT_AFTER.search(plain):
        approximate, plain = True, plain[: match.start()]
    negative = False
    if match := _SIGN.match(plain):
        negative = match[1] not in ("+", "プラス")
        plain = plain[match.end() :]
    scaled = False
    if match := _WARI.fullmatch(plain):
        value, unit = Decimal(match["wari"]) * 10 + Decimal(match["bu"] or 0), PERCENT
    elif _HALF.fullmatch(plain):
        # Nobody counts to exactly one half: 半数 is always about.
        value, unit, approximate = Decimal(50), PERCENT, True
    elif match := (_SLASHED if approximate and "/" in plain else _FRACTION).fullmatch(plain):
        value, unit = _fraction(match, text), PERCENT
    else:
        value, unit, scaled = _terms(_ZERO.sub("0", plain), text)
    digits = "".join(map(str, value.as_tuple().digits)).strip("0")
    if len(digits) > MAX_DIGITS or (digits and abs(value.adjusted()) > MAX_POWER):
        raise Unreadable(text, "too_many_digits")
    return NumberReading(-value if negative else value, unit, approximate, status, marks, scaled)


def _fraction(match: re.Match[str], text: str) -> Decimal:
    """Return 75 for 3/4. A third cannot be stored exactly, and is not rounded here."""
    upper, lower = int(match["upper"]), int(match["lower"])
    if lower == 0 or upper * 10**MAX_DIGITS % lower:
        raise Unreadable(text, "fraction")
    return Decimal(upper) * 100 / lower


def _terms(plain: str, text: str) -> tuple[Decimal, str, bool]:
    """Add up 67億 5,319万 and read the unit behind; every power smaller than the one before."""
    if _YEAR.match(plain):
        raise Unreadable(text, "a_year")
    value = Decimal(0)
    power = 99
    at = 0
    scaled = False
    while match := _TERM.match(plain, at):
        this = sum(_POWER[sign] for sign in match[2] or "")
        if this >= power:
            raise Unreadable(text, "two_numbers")
        value = _EXACT.fma(Decimal(match[1].replace(",", "")), Decimal(10) ** this, value)
        power, at = this, match.end()
        scaled = scaled or this > 0
    if at == 0:
        raise Unreadable(text, "no_number")
    rest = plain[at:]
    if rest.startswith(("数", "余")):
        # 10数件, 100余人: more than the figure says, and nobody knows how much.
        raise Unreadable(text, "no_unit")
    if re.match(r"[\d,.]", rest):
        raise Unreadable(text, "separators")
    if re.search(r"\d", rest) and not re.fullmatch(r".*(?:CO2|PM2\.5|m[23]).*", rest):
        raise Unreadable(text, "two_numbers")
    if rest.count("(") != rest.count(")"):
        raise Unreadable(text, "no_unit")
    try:
        unit = read_unit(rest.removeprefix("つの"))
    except Unreadable:
        raise Unreadable(text, "no_unit") from None
    if scaled and unit.factor != 1:
        # 5億百万円 and the like: written by nobody on purpose.
        raise Unreadable(text, "two_scales")
    return _EXACT.multiply(value, unit.factor), unit.unit, scaled or unit.factor != 1


def is_kept(value: float) -> bool:
    """Whether a number that needed no reading is within the bounds of those that are read."""
    return value == 0 or 10.0**-MAX_POWER <= abs(value) < 10.0 ** (MAX_POWER + 1)


def decimals(text: str) -> int:
    """Return how many decimal places the first number in the text is printed with."""
    match = re.search(r"\d(?:[\d,]*\d)?(?:\.(\d+))?", fold(text))
    return len(match[1]) if match and match[1] else 0


def format_number(value: float, places: int | None = None) -> str:
    """Print a number with thousands separators and − for minus.

    ``places``: decimal places; by default as many as the number has. More places than asked for
    are never dropped: the figure shown is the figure stored.
    """
    exact = Decimal(repr(value)).normalize()
    exponent = exact.as_tuple().exponent
    own = max(0, -exponent) if isinstance(exponent, int) else 0
    text = f"{exact:,.{max(own, places or 0)}f}"
    return text.replace("-", "−")


def plain_number(value: float) -> str:
    """Write a number for programs, as `read_number` reads it: 0.00001, never 1e-05."""
    return f"{Decimal(f'{value:.15g}').normalize():f}"


def format_yen(value: float) -> str:
    """Print an amount as people write it: 67億5,319万円."""
    whole = Decimal(repr(value))
    sign = "−" if whole < 0 else ""
    rest = abs(whole)
    parts = []
    for name, power in (("兆", 12), ("億", 8), ("万", 4)):
        count, rest = divmod(rest, Decimal(10) ** power)
        if count:
            parts.append(f"{int(count):,}{name}")
    if rest or not parts:
        parts.append(format_number(float(rest)))
    return f"{sign}{''.join(parts)}円"
