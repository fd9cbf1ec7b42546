"""Names of plans and departments as parts of a file's name, whatever the system."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: What file systems refuse, and signs that look alike which they take.
_REFUSED = str.maketrans(dict(zip('\\/:*?"<>|', "＼／：＊？”＜＞｜", strict=True)))
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
#: Letters of a name in a file's name: three bytes each, within the 255 there may be.
LONGEST = 50


def file_part(name: str, longest: int = LONGEST) -> str:
    """Return a name as a part of a file's name; empty where nothing of it can be one."""
    plain = unicodedata.normalize("NFC", _UNSEEN.sub("", name)).translate(_REFUSED)
    return plain[:longest].strip(" .")


def file_parts(names: Iterable[str]) -> dict[str, str]:
    """Return each name as a part of a file's name; no two alike, were small letters capitals."""
    parts: dict[str, str] = {}
    taken: set[str] = set()
    for whole in names:
        plain = file_part(whole)
        number, part = 1, plain
        while part.casefold() in taken:
            number += 1
            part = f"{plain}（{number}）"
        taken.add(part.casefold())
        parts[whole] = part
    return parts
