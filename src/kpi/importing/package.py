"""A workbook's package: parts are added and extended, and every other byte stays as it was.

A library that loads a workbook and saves it again loses what it does not know: extensions of
charts, images, macros, printer settings. Here parts are copied as they are, and XML is extended in
place, at the offsets where the parser found its elements.

The files are other people's: a document type declaration is refused (ValueError), and so is what
unpacks to more than `MAX_UNPACKED`.
"""

from __future__ import annotations

import io
import itertools
import posixpath
import re
import shutil
import zipfile
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from typing import NamedTuple, NoReturn
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

#: Bytes all parts of a package may unpack to.
MAX_UNPACKED = 300_000_000

_TYPES = "[Content_Types].xml"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"

#: How the first two bytes of a part tell UTF-16; anything else is read as ASCII is written.
_UTF_16 = {
    b"\xff\xfe": "utf-16-le",
    b"<\0": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
    b"\0<": "utf-16-be",
}


class Relationship(NamedTuple):
    """How a part names another: by id, for a purpose (the last word of the type's address)."""

    id: str
    purpose: str
    target: str


class Edit(NamedTuple):
    """Text put in place of the bytes from ``start`` to ``end``."""

    start: int
    end: int
    text: str


@dataclass(eq=False)
class Element:
    """An element of a part and where it stands in the bytes."""

    #: Namespace and local name with a space between.
    name: str
    attributes: dict[str, str]
    parent: Element | None
    start: int
    #: Where the end tag begins; where an element without one (`<a/>`) ends.
    end: int = 0
    #: The name as its own tag has it, where it has no end tag.
    closed: str = ""
    text: str = ""

    @property
    def local(self) -> str:
        """Return the name without its namespace."""
        return self.name.rpartition(" ")[2]

    def append(self, text: str, width: int = 1) -> Edit:
        """Return the edit that makes ``text`` the end of the content.

        ``width`` is the number of bytes of a sign in the part (`sign_width`).
        """
        if self.closed:
            return Edit(self.end - 2 * width, self.end, f">{text}</{self.closed}>")
        return Edit(self.end, self.end, text)


def parser() -> expat.XMLParserType:
    """Return a parser for names with namespaces that refuses document type declarations."""

    def refuse(*_: object) -> NoReturn:
        raise ValueError("a document type declaration")

    made = expat.ParserCreate(namespace_separator=" ")
    made.buffer_text = True
    made.StartDoctypeDeclHandler = refuse
    return made


def elements(data: bytes) -> list[Element]:
    """Return all elements of a part in the order of their start tags.

    Raises ExpatError or ValueError where the part is no XML or declares a document type.
    """
    encoding = _UTF_16.get(data[:2], "ascii")
    found: list[Element] = []
    path: list[Element] = []
    reading = parser()

    def start(name: str, attributes: dict[str, str]) -> None:
        element = Element(name, attributes, path[-1] if path else None, reading.CurrentByteIndex)
        found.append(element)
        path.append(element)

    def text(content: str) -> None:
        path[-1].text += content

    def end(_: str) -> None:
        element = path.pop()
        element.end = reading.CurrentByteIndex
        empty = element is found[-1] and not element.text
        if empty and data.endswith("/>".encode(encoding), element.start, element.end):
            tag = data[element.start : element.end].decode(encoding, "replace")
            element.closed = re.split(r"[\s/]", tag[1:], maxsplit=1)[0]

    reading.StartElementHandler = start
    reading.CharacterDataHandler = text
    reading.EndElementHandler = end
    reading.Parse(data, True)
    return found


def sign_width(data: bytes) -> int:
    """Return how many bytes a sign like ``<`` takes in a part."""
    return 2 if data[:2] in _UTF_16 else 1


def edited(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return a part with edits made; signs its encoding may lack become references."""
    encoding = _UTF_16.get(data[:2], "ascii")
    pieces: list[bytes | memoryview] = []
    whole, position = memoryview(data), 0
    for edit in sorted(edits):
        pieces += [whole[position : edit.start], edit.text.encode(encoding, "xmlcharrefreplace")]
        position = edit.end
    return b"".join([*pieces, whole[position:]])


class Package:
    """The parts of a workbook. Names of parts are paths without a slash before them."""

    def __init__(self, data: bytes) -> None:
        """Open a package; raises BadZipFile or ValueError where it is none or too large."""
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        entries = self._archive.infolist()
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
            raise ValueError("unpacks to more than the limit")
        # Names of parts differ by more than case, so that no reader sees another part than we do.
        self._names = {entry.filename.casefold(): entry.filename for entry in entries}
        if len(self._names) < len(entries):
            raise ValueError("a name twice")
        self._changed: dict[str, bytes] = {}

    def __contains__(self, part: str) -> bool:
        return part.casefold() in self._names

    def read(self, part: str) -> bytes:
        """Return the bytes of a part as they are now; raises KeyError where there is none."""
        name = self._names[part.casefold()]
        return self._changed[name] if name in self._changed else self._archive.read(name)

    def change(self, part: str, data: bytes) -> None:
        """Give a part other bytes."""
        self._changed[self._names[part.casefold()]] = data

    def add(self, pattern: str, data: bytes, content_type: str) -> str:
        """Add a part, its number put into ``pattern`` at {}, and return its name."""
        part = next(name for name in map(pattern.format, itertools.count(1)) if name not in self)
        self._add(part, data)
        name, kind = quoteattr(f"/{part}"), quoteattr(content_type)
        self._append(_TYPES, "Override", f"PartName={name} ContentType={kind}")
        return part

    def relationships(self, part: str) -> list[Relationship]:
        """Return what a part (or, as "", the package) names within the package."""
        listing = _listing(part)
        if listing not in self:
            return []
        return [
            Relationship(
                element.attributes["Id"],
                element.attributes["Type"].rpartition("/")[2],
                posixpath.normpath(
                    posixpath.join("/", posixpath.dirname(part), element.attributes["Target"])
                ).lstrip("/"),
            )
            for element in elements(self.read(listing))
            if element.local == "Relationship"
            and element.attributes.get("TargetMode") != "External"
        ]

    def relate(self, part: str, target: str, kind: str) -> str:
        """Let a part name another; ``kind`` is the type's whole address. Return the id."""
        listing = _listing(part)
        if listing not in self:
            self._add(listing, f'<Relationships xmlns="{_RELATIONSHIPS}"/>'.encode())
        taken = {e.attributes.get("Id") for e in elements(self.read(listing))}
        free = next(name for name in map("rId{}".format, itertools.count(1)) if name not in taken)
        self._append(
            listing,
            "Relationship",
            f'Id="{free}" Type={quoteattr(kind)} Target={quoteattr(f"/{target}")}',
        )
        return free

    def to_bytes(self) -> bytes:
        """Return the package, its old parts in their order, the new ones after them."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
            old = set()
            for entry in self._archive.infolist():
                old.add(entry.filename)
                if entry.filename in self._changed:
                    target.writestr(copy(entry), self._changed[entry.filename])
                else:
                    with self._archive.open(entry) as source, target.open(copy(entry), "w") as out:
                        shutil.copyfileobj(source, out)
            for name, data in self._changed.items():
                if name not in old:
                    target.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        return file.getvalue()

    def _add(self, part: str, data: bytes) -> None:
        self._names[part.casefold()] = part
        self._changed[part] = data

    def _append(self, part: str, local: str, attributes: str) -> None:
        """Append an element without content to the root of a part, in the root's namespace."""
        data = self.read(part)
        root = elements(data)[0]
        namespace = quoteattr(root.name.rpartition(" ")[0])
        edit = root.append(f"<{local} xmlns={namespace} {attributes}/>", sign_width(data))
        self.change(part, edited(data, [edit]))


def _listing(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
