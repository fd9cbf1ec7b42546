"""What a file really is: its content decides, its name is only held against it.

Files are mailed about and renamed; an HTML page called .xls is an everyday thing in a city hall.
"""

from __future__ import annotations

import io
import re
import zipfile
from enum import StrEnum


class FileKind(StrEnum):
    """Kinds of files that are told apart. The values are keys of the words for them."""

    XLSX = "xlsx"
    XLSM = "xlsm"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    TEXT = "text"
    PROTECTED = "protected"
    OFFICE = "office"
    ZIP = "zip"
    PDF = "pdf"
    HTML = "html"
    XML = "xml"
    IMAGE = "image"
    UNKNOWN = "unknown"


#: Kinds that are read, with the endings their names should have.
READ = {
    FileKind.XLSX: {".xlsx", ".xlsm"},
    FileKind.XLSM: {".xlsm"},
    FileKind.XLSB: {".xlsb"},
    FileKind.XLS: {".xls"},
    FileKind.ODS: {".ods"},
    FileKind.TEXT: {".csv", ".tsv", ".txt"},
}

# Names of streams in an OLE file's directory, which is in UTF-16.
_OLE = {
    "EncryptedPackage": FileKind.PROTECTED,
    "WordDocument": FileKind.OFFICE,
    "PowerPoint Document": FileKind.OFFICE,
    "Workbook": FileKind.XLS,
    "Book": FileKind.XLS,
}
# In an xls the record FILEPASS stands behind the first (BOF), or behind WRITEPROTECT.
_ASKS_FOR_PASSWORD = re.compile(rb"\x09\x08\x10\0\0\x06\x05\0.{12}(?:\x86\0\0\0)?\x2f\0", re.DOTALL)
_BEGINNINGS = {
    b"%PDF": FileKind.PDF,
    b"\x89PNG": FileKind.IMAGE,
    b"\xff\xd8\xff": FileKind.IMAGE,
    b"GIF8": FileKind.IMAGE,
}
# A CSV has none of these; a byte of 0 may be UTF-16 and is left to who reads the text.
_BINARY = frozenset(range(1, 9)) | frozenset(range(14, 27)) | frozenset(range(28, 32))


def kind_of_file(data: bytes) -> FileKind:
    """Return what the bytes are."""
    if data.startswith(b"PK"):
        return _kind_of_zip(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if _ASKS_FOR_PASSWORD.search(data):
            return FileKind.PROTECTED
        for stream, kind in _OLE.items():
            if stream.encode("utf-16-le") + b"\0\0" in data:
                return kind
        return FileKind.UNKNOWN
    for beginning, kind in _BEGINNINGS.items():
        if data.startswith(beginning):
            return kind
    head = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        return FileKind.HTML
    if head.startswith(b"<?xml"):
        return FileKind.HTML if b"<html" in head else FileKind.XML
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or not _BINARY.intersection(data[:4000]):
        return FileKind.TEXT
    return FileKind.UNKNOWN


def _kind_of_zip(data: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return FileKind.UNKNOWN
    if "xl/workbook.xml" in names:
        return FileKind.XLSM if "xl/vbaProject.bin" in names else FileKind.XLSX
    if "xl/workbook.bin" in names:
        return FileKind.XLSB
    if "content.xml" in names:
        return FileKind.ODS
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        return FileKind.OFFICE
    return FileKind.ZIP
