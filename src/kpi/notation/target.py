"""Targets as written: 65％以上, 20％以上＜25％以上＞, 2008年度と比べて25％減少, 全自治体, ー."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from kpi.notation.number import read_nothing, split_raised
from kpi.notation.phrase import read_phrase
from kpi.notation.text import LONGEST, Unreadable, fold
from kpi.notation.threshold import TargetKind, TargetReading, read_threshold

_STRETCH = re.compile(r"^.+?<[^<>]+>$", re.DOTALL)
_STRETCH_ALONE = re.compile(r"^<(?P<inside>[^<>]+)>$")


@lru_cache(maxsize=65536)
def read_target(text: str) -> TargetReading:
    """Read one target phrase.

    Raises `Unreadable` where the phrase is none of the kinds there are, or could be two of them.
    """
    if len(text) > LONGEST:
        raise Unreadable(text, "too_long")
    plain = fold(split_raised(text)[0] if text.strip() else text)
    if match := _STRETCH_ALONE.match(plain):
        return replace(read_target(match["inside"]), text=text)
    if _STRETCH.match(plain):
        # The printed text is kept: cut the original at its own brackets.
        cut = next(at for at, sign in enumerate(text) if sign in "<＜")
        main, stretch = text[:cut].strip(), text[cut:].strip()
        return replace(read_target(main), stretch=read_target(stretch))
    if re.search(r"\d\s+\d", plain):
        raise Unreadable(text, "two_numbers")
    squeezed = re.sub(r"\s+", "", plain)
    if read_nothing(squeezed) is not None:
        return TargetReading(text, TargetKind.NONE)
    try:
        return read_threshold(text, squeezed)
    except Unreadable:
        # Most cells are a figure and nothing else; a phrase is looked for only in the others.
        phrase = read_phrase(text, squeezed)
        if phrase is None:
            raise
        return phrase
