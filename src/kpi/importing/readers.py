"""Files to grids of cells, read apart from the program so that no upload can take it down.

A cell is text or a number. A number shown as per cent becomes the text a person sees (0.125 with
format 0.0 % is "12.5%"); dates become ISO text. Nothing is interpreted further here.

`read_books` is for everybody. It has the files read by a process of their own
(`kpi.importing.reading_process`), within limits, and takes nothing from it but texts and numbers.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from tempfile import TemporaryFile
from threading import Timer
from typing import IO, Any

from kpi.importing.csv_files import TextRefused, decode, read_rows
from kpi.importing.findings import (
    FileEmpty,
    FileProtected,
    FileTooLarge,
    FileTypeDiffers,
    FileTypeUnknown,
    Finding,
    ReadingBrokeOff,
    ReadingTooLarge,
    ReadingTooLong,
    catalogue,
    visible,
)
from kpi.importing.grids import Book, Cell, Sheet, address, text_of
from kpi.importing.kinds import READ, FileKind, kind_of_file
from kpi.importing.workbooks import Formulas, Merged, read_workbook
from kpi.model import Severity
from kpi.settings import ImportLimits, import_limits

__all__ = ["Book", "Cell", "Sheet", "address", "read_book", "read_books", "text_of"]

#: The name of a new sheet, rows of the sheet begun last, a finding, or an encoding.
Piece = tuple[str, Any]

#: Bytes that are read within the limit of time; larger files have as many times as long.
_LARGE = 5_000_000
_PLAIN = frozenset((str, float))
_FINDINGS = {kind.code: kind for kind in catalogue()}


def read_books(
    files: Sequence[tuple[str, bytes]], on_step: Callable[[float], None] = lambda _: None
) -> list[Book]:
    """Read files, given as names and bytes, in their order, each within the limits.

    A file that cannot be read has no sheets and says why in its findings. ``on_step`` is told the
    share that is done, 0 to 1.
    """
    books = []
    process = _Process(import_limits())
    try:
        for number, (name, data) in enumerate(files):
            books.append(process.read(name, data))
            on_step((number + 1) / len(files))
    finally:
        process.end()
    return books


def read_book(name: str, data: bytes) -> Book:
    """Read one file here and now, with no limit but that of its size.

    For files one has made oneself; a file from elsewhere may never come to an end.
    """
    return _collect(name, data, read_pieces(name, data, import_limits()))


def read_pieces(name: str, data: bytes, limits: ImportLimits) -> Iterator[Piece]:
    """Yield what a file holds, as the process that reads it sends it."""
    if not data:
        yield _said(FileEmpty())
        return
    suffix = _suffix(name)
    kind = kind_of_file(data)
    if kind is FileKind.PROTECTED:
        yield _said(FileProtected())
        return
    if kind not in READ:
        yield _said(FileTypeUnknown(suffix=suffix, really=kind.value))
        return
    if suffix not in READ[kind]:
        yield _said(FileTypeDiffers(suffix=suffix, really=kind.value))
    if kind is FileKind.TEXT:
        yield from _read_text(data, tabs=suffix == ".tsv")
        return
    for piece in read_workbook(data, kind, limits):
        if isinstance(piece, Finding):
            yield _said(piece)
        elif isinstance(piece, str):
            yield "sheet", piece
        elif isinstance(piece, Merged):
            yield "merged", piece.ranges
        elif isinstance(piece, Formulas):
            yield "formulas", piece.cells
        else:
            yield "rows", piece


def _read_text(data: bytes, *, tabs: bool) -> Iterator[Piece]:
    try:
        text, encoding = decode(data)
        rows, findings = read_rows(text, tabs=tabs)
    except TextRefused as refused:
        yield _said(refused.finding)
        return
    yield "encoding", encoding
    yield "sheet", ""
    for first in range(0, len(rows), 1000):
        yield "rows", rows[first : first + 1000]
    for finding in findings:
        yield _said(finding)


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()


def _said(finding: Finding) -> Piece:
    return "finding", (finding.code, dict(vars(finding)))


def _collect(name: str, data: bytes, pieces: Iterable[Piece]) -> Book:
    """Put the pieces of a file together.

    Raises ValueError, TypeError or KeyError where they are not what `read_pieces` yields.
    """
    encoding = ""
    sheets: list[Sheet] = []
    findings: list[Finding] = []
    for tag, content in pieces:
        if tag == "rows" and _is_grid(content):
            sheets[-1].rows.extend(content)
        elif tag == "sheet" and isinstance(content, str):
            sheets.append(Sheet(content, []))
        elif tag == "merged" and _are_places(content, 4):
            sheets[-1].merged.extend(content)
        elif tag == "formulas" and _are_places(content, 2):
            sheets[-1].formulas.extend(content)
        elif tag == "encoding" and isinstance(content, str):
            encoding = content
        elif tag == "finding":
            code, values = content
            finding = _FINDINGS[code](**values)
            findings.append(finding)
            if finding.severity is Severity.ERROR and not finding.sheet:
                sheets.clear()
        else:
            raise ValueError(tag)
    # A browser may send a path, and a terminal would obey what is no letter.
    plain = visible(name.replace("\\", "/").rpartition("/")[2])
    return Book(plain, hashlib.sha256(data).hexdigest(), encoding, sheets, findings, data)


def _is_grid(rows: object) -> bool:
    return type(rows) is list and all(
        type(row) is list and _PLAIN.issuperset(map(type, row)) for row in rows
    )


def _are_places(places: object, numbers: int) -> bool:
    return type(places) is list and all(
        type(p) is list and len(p) == numbers and all(type(n) is int for n in p) for p in places
    )


class _Process:
    """The process that reads; a new one takes its place when it had to be ended."""

    def __init__(self, limits: ImportLimits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes] = io.BytesIO()
        self._too_long = False

    def read(self, name: str, data: bytes) -> Book:
        """Return a file as the process read it, or why that came to nothing."""
        if len(data) > self._limits.file_mb * 1_000_000:
            size = len(data) // 1_000_000
            refused = FileTooLarge(size=size, limit=self._limits.file_mb)
            return _collect(name, data, [_said(refused)])
        process = self._started()
        # A large table takes longer than a small one, whatever else the machine is doing.
        seconds = self._limits.seconds * max(1, len(data) / _LARGE)
        timer = Timer(seconds, self._stop, [process])
        timer.start()
        try:
            return _collect(name, data, _exchange(process, name, data))
        except (
            OSError,
            EOFError,
            pickle.UnpicklingError,
            ValueError,
            TypeError,
            KeyError,
            IndexError,
        ):
            process.kill()
            process.wait()
            why = self._why(round(seconds))
            self.end()
            return _collect(name, data, [_said(why)])
        finally:
            timer.cancel()

    def end(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
            self._complaints.close()

    def _started(self) -> subprocess.Popen[bytes]:
        self._too_long = False
        if self._process is None or self._process.poll() is not None:
            self.end()
            self._complaints = TemporaryFile()  # noqa: SIM115
            # It needs to know where the program is, and none of its secrets.
            environment = {k: v for k, v in os.environ.items() if not k.startswith("KPI_")}
            environment["PYTHONPATH"] = str(Path(__file__).parents[2])
            limits = [str(value) for value in vars(self._limits).values()]
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-m", "kpi.importing.reading_process", *limits],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                env=environment,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        return self._process

    def _stop(self, process: subprocess.Popen[bytes]) -> None:
        self._too_long = True
        process.kill()

    def _why(self, seconds: int) -> Finding:
        if self._too_long:
            return ReadingTooLong(limit=seconds)
        self._complaints.seek(0)
        # "MemoryError" from Python, "memory allocation of … bytes failed" from calamine.
        if b"memory" in self._complaints.read().lower():
            return ReadingTooLarge(limit=self._limits.memory_mb)
        return ReadingBrokeOff()


def _exchange(process: subprocess.Popen[bytes], name: str, data: bytes) -> Iterator[Piece]:
    """Send a file and yield its pieces as they come back.

    Raises OSError or EOFError where the process ends before it is through.
    """
    there, back = process.stdin, process.stdout
    if there is None or back is None:
        raise EOFError
    send(there, name.encode("utf-8", "replace"))
    send(there, data)
    there.flush()
    while True:
        piece = _Values(io.BytesIO(receive(back))).load()
        if piece == END:
            return
        yield piece


#: What the process sends after the last piece of a file.
END: Piece = ("end", None)


class _Values(pickle.Unpickler):
    """Unpickles lists, texts and numbers; a class or a function is refused."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name}")


def send(pipe: IO[bytes], message: bytes) -> None:
    """Write one message, its length before it."""
    pipe.write(len(message).to_bytes(8, "big"))
    pipe.write(message)


def receive(pipe: IO[bytes]) -> bytes:
    """Read one message. Raises EOFError where there is none, or but a part of one."""
    length = pipe.read(8)
    message = pipe.read(int.from_bytes(length, "big"))
    if len(length) < 8 or len(message) < int.from_bytes(length, "big"):
        raise EOFError
    return message
