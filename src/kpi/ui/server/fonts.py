"""Noto Sans JP served by the program itself: nothing is fetched from outside, every desk alike.

A Japanese font has megabytes, a page a few hundred letters. So the fonts are cut into slices, once,
by a process of its own behind the first start, and a browser loads those whose letters it shows.
Until all are cut, pages have the fonts of their systems.
"""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from threading import Thread

import noto_cjk_sans_jp_bold
import noto_cjk_sans_jp_regular
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from kpi.charts import theme
from kpi.settings import fonts_folder
from kpi.words import LANGUAGES, keys, speaking, template

_FILES = {
    400: Path(noto_cjk_sans_jp_regular.__file__).with_name("NotoSansCJKjp-Regular.otf"),
    700: Path(noto_cjk_sans_jp_bold.__file__).with_name("NotoSansCJKjp-Bold.otf"),
}
#: The name the style asks for first.
_FAMILY = theme("light").font.split(",")[0]
#: Letters of a slice at most: of those a page is likely to need, and of the rare ones.
_OFTEN, _RARELY = 620, 1200
#: Rows of JIS X 0208 with signs and kana, with the kanji of level 1 and of level 2; EUC-JP.
_SIGNS, _LEVEL_1, _LEVEL_2 = range(0xA1, 0xA9), range(0xB0, 0xD0), range(0xD0, 0xF5)


@cache
def slices() -> tuple[str, ...]:
    """Return the letters of each slice: first those of the program's own words, then by rarity.

    All of JIS X 0208 and JIS X 0213 and what Windows has besides, each letter once.
    """
    own = {*map(chr, range(0x20, 0x7F)), *map(chr, range(0xA0, 0x100)), *_rows(_SIGNS)}
    for language in LANGUAGES:
        with speaking(language):
            own.update(letter for key in keys(language) for letter in template(key))
    level_1 = set(_rows(_LEVEL_1)) - own
    level_2 = set(_rows(_LEVEL_2)) - own
    rest = {chr(code) for code in range(0x100, 0x30000) if _is_japanese(chr(code))}
    rest -= own | level_1 | level_2
    parts = [(own, len(own)), (level_1, _OFTEN), (level_2, _RARELY), (rest, _RARELY)]
    return tuple(piece for letters, most in parts for piece in _pieces(letters, most))


def _rows(rows: Iterable[int]) -> Iterator[str]:
    for row in rows:
        for cell in range(0xA1, 0xFF):
            try:
                yield bytes((row, cell)).decode("euc_jp")
            except UnicodeDecodeError:
                continue


def _is_japanese(letter: str) -> bool:
    for encoding in ("euc_jis_2004", "cp932"):
        try:
            letter.encode(encoding)
        except UnicodeEncodeError:
            continue
        return True
    return False


def _pieces(letters: set[str], most: int) -> Iterator[str]:
    ordered = "".join(sorted(filter(str.isprintable, letters)))
    for start in range(0, len(ordered), most):
        yield ordered[start : start + most]


@cache
def _edition() -> str:
    """Return what tells these slices from those of another version of the program."""
    told = [str(path.stat().st_size) for path in _FILES.values()]
    return hashlib.sha256("\n".join([*slices(), *told]).encode()).hexdigest()[:12]


def _folder() -> Path | None:
    folder = fonts_folder()
    return None if folder is None else folder / _edition()


def _names() -> list[tuple[str, int, str]]:
    """Return file, weight and letters of every slice."""
    return [
        (f"{weight}-{number}.woff2", weight, letters)
        for number, letters in enumerate(slices())
        for weight in _FILES
    ]


@cache
def _is_whole(folder: Path) -> bool:
    return all((folder / name).exists() for name, _, _ in _names())


def link() -> str:
    """Return what brings the fonts into the head of a page; nothing while they are being cut."""
    folder = _folder()
    if folder is None:
        return ""
    if not _is_whole(folder):
        _is_whole.cache_clear()
        return ""
    first = f"./fonts/{_edition()}/400-0.woff2"
    return (
        f'<link rel="preload" href="{first}" as="font" type="font/woff2" crossorigin>'
        f'<link rel="stylesheet" href="./fonts/{_edition()}/faces.css">'
    )


def faces() -> str:
    """Return the style sheet that tells which letters are in which slice."""
    return "".join(
        f'@font-face{{font-family:"{_FAMILY}";font-weight:{weight};font-display:swap;'
        f"src:url({name}) format('woff2');unicode-range:{','.join(_ranges(letters))}}}\n"
        for name, weight, letters in _names()
    )


def _ranges(letters: str) -> Iterator[str]:
    codes = [ord(letter) for letter in letters]
    start = before = codes[0]
    for code in [*codes[1:], -1]:
        if code != before + 1:
            yield f"U+{start:x}" if start == before else f"U+{start:x}-{before:x}"
            start = code
        before = code


async def _answer(request: Request) -> Response:
    folder, name = _folder(), request.path_params["name"]
    if folder is None or request.path_params["edition"] != folder.name:
        return Response(status_code=404)
    # Another edition has another address: a browser asks once.
    kept = {"cache-control": "public, max-age=31536000, immutable"}
    if name == "faces.css":
        return Response(faces(), media_type="text/css", headers=kept)
    if name not in {known for known, _, _ in _names()} or not (folder / name).exists():
        return Response(status_code=404)
    return FileResponse(folder / name, media_type="font/woff2", headers=kept)


ROUTES = [Route("/fonts/{edition}/{name}", _answer)]


def prepare() -> None:
    """Cut what is missing in a process of its own, which ends with this one."""
    folder = _folder()
    if folder is None or _is_whole(folder):
        return
    _is_whole.cache_clear()
    subprocess.Popen([sys.executable, "-m", "kpi.ui.server.fonts"], stdin=subprocess.PIPE)


def cut(file: Path, letters: str) -> bytes:
    """Return those letters of a font as WOFF2."""
    from fontTools import subset

    options = subset.Options(flavor="woff2", layout_features=["palt", "kern"])
    options.hinting, options.desubroutinize = False, True
    # Copyright and licence go along with every slice.
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx"]
    chosen = subset.Subsetter(options)
    chosen.populate(text=letters)
    with subset.load_font(file, options) as font:
        chosen.subset(font)
        buffer = io.BytesIO()
        font.save(buffer)
    return buffer.getvalue()


def main() -> None:
    """Cut every slice that is not there yet, in the background of everything else."""
    # The server holds the other end of standard input.
    Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(19)
    folder = _folder()
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, weight, letters in _names():
        if not (folder / name).exists():
            unfinished = folder / f"{name}.{os.getpid()}"
            unfinished.write_bytes(cut(_FILES[weight], letters))
            unfinished.replace(folder / name)


if __name__ == "__main__":
    main()
