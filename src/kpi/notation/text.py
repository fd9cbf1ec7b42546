"""Folding of text, so that what a person reads as the same is the same to the program."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: No figure and no target phrase is longer; a longer text is prose, or meant to do harm.
LONGEST = 400


class Unreadable(ValueError):
    """A text that cannot be read; ``str()`` of it says why, as a word of the catalogue."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(why)
        self.text = text
        self.why = why


# Radicals that text copied from PDFs carries in place of the character. NFKC folds the Kangxi
# block (U+2F00) but most of the supplement (U+2E80) has no compatibility mapping, so these follow
# Unicode's EquivalentUnifiedIdeograph.txt.
_RADICALS = str.maketrans(
    {
        "⺟": "母",
        "⺠": "民",
        "⻁": "虎",
        "⻄": "西",
        "⻆": "角",
        "⻑": "長",
        "⻘": "青",
        "⻝": "食",
        "⻤": "鬼",
        "⻨": "麦",
        "⻩": "黄",
        "⻫": "斉",
        "⻭": "歯",
        "⻯": "竜",
        "⻲": "亀",
    }
)
# One sign for every dash and one for every wave: typed by hand, they mean the same.
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－ｰ─", "-"))
_WAVES = str.maketrans(dict.fromkeys("〜～∼˜", "~"))
_SPACES = re.compile(r"\s+")
# A search reads every kana as hiragana. Small ヵ and ヶ are written large as often as small
# (茅ヶ崎, 茅ケ崎); ヷ to ヺ have no hiragana of their own.
_HIRAGANA = str.maketrans(
    {chr(code): chr(code - 0x60) for code in range(ord("ァ"), ord("ヴ") + 1)}
    | {"ヵ": "か", "ヶ": "け", "ゕ": "か", "ゖ": "け", "ヽ": "ゝ", "ヾ": "ゞ"}
    | {"ヷ": "わ\u3099", "ヸ": "ゐ\u3099", "ヹ": "ゑ\u3099", "ヺ": "を\u3099"}
)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Return the text in half-width digits and signs: NFKC, one dash, one wave, no outer spaces."""
    # Before NFKC, which would make ｰ a long vowel; after it, since it makes a long dash of ﹘.
    text = unicodedata.normalize("NFKC", text.translate(_WAVES).translate(_DASHES))
    return text.translate(_RADICALS).translate(_DASHES).strip()


@lru_cache(maxsize=65536)
def normal(text: str) -> str:
    """Return the form in which names are compared: folded, without any space or line break.

    The long vowel sign counts as a dash too, since people type it as one (1ー5).
    """
    # Without the space between them, a letter and an accent have become one sign: ``A´``.
    joined = unicodedata.normalize("NFKC", _SPACES.sub("", fold(text)))
    return joined.replace("ー", "-")


@lru_cache(maxsize=65536)
def searched(text: str) -> str:
    """Return the form in which a name is searched for.

    As `normal`, and letters are small and kana are hiragana, so that ゴミ and ｺﾞﾐ find ごみ.
    """
    return normal(normal(text).casefold()).translate(_HIRAGANA)


def is_found(words: str, name: str) -> bool:
    """Whether all of the words, which spaces part, stand somewhere in a name."""
    return all(searched(word) in searched(name) for word in words.split())
