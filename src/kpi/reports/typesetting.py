"""The process in which typst sets a booklet: its memory is given back, and who waits can end it.

Started by `kpi.reports.pdf`, it reads one JSON and answers the PDF; or, where so many ``pictures``
are asked for, the first pages as PNG, in a JSON list.
"""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import typst

#: Ends with this where none of the fonts asked for is there.
NO_FONT = 3
#: Dots to the inch of a page as a picture.
_PPI = 90


def main() -> None:
    """Set what standard input tells, in the first there is of its ``fonts``."""
    told = json.load(sys.stdin.buffer)
    fonts = typst.Fonts()
    told["fonts"] = found(told["fonts"], fonts.families())
    if not told["fonts"]:
        sys.exit(NO_FONT)
    pictures = told.pop("pictures", 0)
    options: dict[str, Any] = {
        "input": files("kpi.reports").joinpath("booklet.typ").read_bytes(),
        "font_paths": fonts,
        "sys_inputs": {"report": json.dumps(told, ensure_ascii=False)},
        "timestamp": told.pop("moment"),
    }
    if pictures:
        # One page is no list.
        drawn = typst.compile(format="png", ppi=_PPI, **options)
        some = (drawn if isinstance(drawn, list) else [drawn])[:pictures]
        sys.stdout.buffer.write(json.dumps([b64encode(page).decode() for page in some]).encode())
        return
    options["format"] = "pdf"
    try:
        pages: bytes = typst.compile(pdf_standards="ua-1", **options)
    except typst.TypstError:
        # The standard refuses letters that no font has; they are better shown as boxes than not.
        pages = typst.compile(**options)
    sys.stdout.buffer.write(pages)


def found(asked: Iterable[str], there: Iterable[str]) -> list[str]:
    """Return which of the fonts asked for there are, the first the one to use."""
    known = {family.lower() for family in there}
    return [family for family in asked if family.lower() in known]


if __name__ == "__main__":
    main()
