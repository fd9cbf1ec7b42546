"""Codes of local governments (全国地方公共団体コード): five digits and one that checks them."""

from __future__ import annotations

import re

from kpi.notation.text import Unreadable, fold

#: The first two digits tell the prefecture, in the order of the national list.
PREFECTURES = 47


def with_check_digit(five: str) -> str:
    """Return a code's first five digits with the sixth.

    Source: 総務省「全国地方公共団体コード」, 検査数字: weights 6 to 2, 11 minus the remainder of
    the sum by 11, last digit.
    """
    total = sum(int(digit) * weight for digit, weight in zip(five, (6, 5, 4, 3, 2), strict=True))
    return f"{five}{(11 - total % 11) % 10}"


def read_local_code(text: str) -> str:
    """Read a code as typed: six digits, or five, to which the sixth is added.

    Raises `Unreadable` where it is none, its sixth digit is wrong or there is no such prefecture.
    """
    plain = fold(text).replace("-", "")
    if not re.fullmatch(r"[0-9]{5,6}", plain):
        raise Unreadable(text, "code_length")
    if not 1 <= int(plain[:2]) <= PREFECTURES:
        raise Unreadable(text, "code_prefecture")
    code = with_check_digit(plain[:5])
    if plain not in (code, code[:5]):
        raise Unreadable(text, "code_check")
    return code
