"""What keeps a file from outside from being a form: each reason a sentence with place and remedy.

First whether it is a Word document that runs and fetches nothing; then every placeholder, one by
one, where a person finds it. Nothing is filled before both are found in order.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from kpi.importing.kinds import FileKind, kind_of_file
from kpi.reports.word_form.fields import lists, shared_names, single_names
from kpi.words import say

#: Bytes of a form, and of its parts when unpacked.
LARGEST, UNPACKED = 10_000_000, 60_000_000

_DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
#: Last words of the types of relationships to what runs, or holds another document.
_RUNNING = frozenset(
    "activeXControlBinary aFChunk attachedTemplate attachedToolbars control frame "
    "keyMapCustomizations mailMergeSource oleObject package subDocument vbaProject "
    "wordVbaData".split()
)
#: What a link may lead to: a person follows it, no program.
_PAGES = ("https://", "http://", "mailto:", "#")
#: Fields that say something of the document itself; others fetch, run, or know another day.
_FIELDS = frozenset(
    "PAGE NUMPAGES SECTION SECTIONPAGES TITLE STYLEREF SEQ REF PAGEREF TOC HYPERLINK EQ SYMBOL "
    "FORMTEXT FORMCHECKBOX FORMDROPDOWN".split()
)
_TAG = re.compile(r"\{\{(?P<shown>.*?)\}\}|\{%(?P<done>.*?)%\}|\{#.*?#\}", re.DOTALL)
_SIGNS = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_WIDE_SIGNS = re.compile("｛｛|｝｝|｛[%％]|[%％]｝")
_NAME = r"[^\W\d]\w*"
_SHOWN = re.compile(rf"\s*({_NAME})(?:\.({_NAME}))?\s*")
_FOR = re.compile(rf"(tr|tc|p)?\s+(for)\s+({_NAME})\s+in\s+({_NAME})(?:\.({_NAME}))?\s*")
_IF = re.compile(rf"(tr|tc|p)?\s+(if)\s+(?:not\s+)?({_NAME})(?:\.({_NAME}))?\s*")
_OTHER = re.compile(r"(tr|tc|p)?\s+(else|endif|endfor)\s*")
#: Letters of a place that are shown.
_SHOWN_LETTERS = 40


def examine(data: bytes) -> list[str]:
    """Return why a file cannot be filled, in sentences; nothing where it can."""
    try:
        return list(_of_file(data)) or list(_of_tags(data))
    except (zipfile.BadZipFile, etree.XMLSyntaxError, ValueError, KeyError, AttributeError):
        return [say("report.docx.fault.broken")]


def _of_file(data: bytes) -> Iterator[str]:
    """Yield what in a file is no form at all, or not to be trusted."""
    if len(data) > LARGEST:
        yield say("report.docx.fault.too_large", limit=LARGEST // 1_000_000)
        return
    kind = kind_of_file(data)
    if kind is FileKind.PROTECTED:
        yield say("report.docx.fault.protected")
        return
    if kind is not FileKind.OFFICE or not data.startswith(b"PK"):
        yield say("report.docx.fault.no_word")
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > UNPACKED:
            yield say("report.docx.fault.unpacked", limit=UNPACKED // 1_000_000)
            return
        # Names that differ by case alone, and the next reader sees another part than this one.
        if len({entry.filename.casefold() for entry in entries}) < len(entries):
            raise ValueError("a name twice")
        parts = {
            entry.filename: _parsed(archive.read(entry))
            for entry in entries
            if entry.filename.endswith((".xml", ".rels"))
        }
    yield from dict.fromkeys(_of_parts(parts))


def _parsed(data: bytes) -> Any:
    """Return the root of a part. Raises ValueError where it declares a document type."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    if root.getroottree().docinfo.doctype:
        raise ValueError("a document type")
    return root


def _of_parts(parts: dict[str, Any]) -> Iterator[str]:
    kinds = {str(element.get("ContentType", "")) for element in parts["[Content_Types].xml"]}
    if any("macroEnabled" in kind or "vbaProject" in kind for kind in kinds):
        yield say("report.docx.fault.macros")
        return
    if _DOCUMENT not in kinds:
        yield say("report.docx.fault.no_word")
        return
    for part, root in parts.items():
        if part.endswith(".rels"):
            yield from _of_relations(root)
        else:
            yield from _of_fields(root)
            if any(root.iter(qn("w:ins"), qn("w:del"), qn("w:moveFrom"), qn("w:moveTo"))):
                yield say("report.docx.fault.tracked")


def _of_relations(root: Any) -> Iterator[str]:
    for relation in root:
        purpose = str(relation.get("Type", "")).rpartition("/")[2]
        target = str(relation.get("Target", ""))[:80]
        is_external = relation.get("TargetMode") == "External"
        if purpose in _RUNNING:
            yield say("report.docx.fault.running", purpose=purpose, target=target)
        elif is_external and not (purpose == "hyperlink" and target.lower().startswith(_PAGES)):
            yield say("report.docx.fault.external", purpose=purpose, target=target)


def _of_fields(root: Any) -> Iterator[str]:
    """Yield the fields that do more than tell of the document, however Word has split them."""
    open_fields: list[str] = []
    said = [str(simple.get(qn("w:instr"), "")) for simple in root.iter(qn("w:fldSimple"))]
    for element in root.iter(qn("w:fldChar"), qn("w:instrText"), qn("w:delInstrText")):
        if element.tag != qn("w:fldChar"):
            # Outside of any field it says nothing, unless a reader is more generous than we are.
            open_fields = open_fields or [""]
            open_fields[-1] += element.text or ""
            continue
        kind = element.get(qn("w:fldCharType"))
        if kind == "begin":
            open_fields.append("")
        elif kind == "end" and open_fields:
            said.append(open_fields.pop())
    for instruction in (*said, *open_fields):
        word = (instruction.split() or [""])[0]
        if word.upper() not in _FIELDS:
            yield say(
                "report.docx.fault.field", field=word[:20] or say("report.docx.fault.no_field")
            )


def _of_tags(data: bytes) -> Iterator[str]:
    """Yield what is wrong with the placeholders of body, headers, footers."""
    document = Document(io.BytesIO(data))
    # Read anew: elements of python-docx count the text of those in them as their own.
    body = etree.fromstring(etree.tostring(document.element.body))
    yield from _Reading(say("report.docx.place.body"), body, is_margin=False).faults()
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if relation.is_external:
            continue
        part = relation.target_part
        if kind in ("header", "footer"):
            words = say(f"report.docx.place.{kind}")
            yield from _Reading(words, etree.fromstring(part.blob), is_margin=True).faults()
        elif kind in ("footnotes", "endnotes"):
            text = "".join(etree.fromstring(part.blob).itertext())
            if _SIGNS.search(text):
                yield say("report.docx.fault.footnotes")


@dataclass(frozen=True)
class _Block:
    """A repetition or a condition that has begun and has not ended yet."""

    kind: str
    #: tr, tc, p: what of the document is repeated or left out; empty for words alone.
    unit: str
    #: In what it has to end: the table, the row, what holds the paragraphs, the paragraph.
    within: Any
    #: What a row is called, and of which list it is.
    row: str
    of: str
    place: str


class _Reading:
    """The placeholders of one part, read in the order in which they stand."""

    def __init__(self, part: str, root: Any, *, is_margin: bool) -> None:
        self._part, self._root = part, root
        self._known = shared_names() if is_margin else single_names()
        self._own = single_names()
        self._lists = {} if is_margin else lists()
        self._open: list[_Block] = []
        self._tables = list(root.iter(qn("w:tbl")))

    def faults(self) -> Iterator[str]:
        """Yield what is wrong, each with its place."""
        for number, paragraph in enumerate(self._root.iter(qn("w:p")), 1):
            text = _text_of(paragraph)
            if not (_SIGNS.search(text) or _WIDE_SIGNS.search(text)):
                continue
            place = self._place(paragraph, number, text)
            if _WIDE_SIGNS.search(text):
                yield say("report.docx.fault.wide", place=place)
            if _SIGNS.search(_TAG.sub("", text)):
                yield say("report.docx.fault.torn", place=place)
                continue
            for match in _TAG.finditer(text):
                fault = self._of_tag(match, paragraph, place)
                if fault:
                    yield fault
        for block in self._open:
            yield say("report.docx.fault.not_ended", place=block.place, kind=block.kind)
        if any(map(_says_unseen, self._root.iter())):
            yield say("report.docx.fault.elsewhere", part=self._part)

    def _of_tag(self, match: re.Match[str], paragraph: Any, place: str) -> str:
        """Return what is wrong with one tag; empty where nothing is."""
        tag = match[0]
        if match["shown"] is not None:
            parts = _SHOWN.fullmatch(match["shown"])
            if parts is None:
                return say("report.docx.fault.not_a_name", place=place, tag=tag)
            return self._of_name(parts[1], parts[2], place)
        if match["done"] is None:
            return ""
        return self._of_act(match["done"], tag, paragraph, place)

    def _of_name(self, first: str, second: str | None, place: str) -> str:
        row = next((block for block in reversed(self._open) if block.row == first), None)
        if row is not None:
            known = self._lists.get(row.of, frozenset())
            if second in known and second not in self._lists:
                return ""
            return _unknown(
                f"{first}.{second or ''}", [f"{first}.{one}" for one in sorted(known)], place
            )
        if second is not None:
            return say("report.docx.fault.no_row", place=place, tag=f"{first}.{second}", row=first)
        if first in self._known:
            return ""
        if first in self._lists:
            return say("report.docx.fault.is_list", place=place, tag=first)
        if first in self._own:
            return say("report.docx.fault.in_margin", place=place, tag=first)
        return _unknown(first, sorted(self._known), place)

    def _of_act(self, done: str, tag: str, paragraph: Any, place: str) -> str:
        match = _FOR.fullmatch(done) or _IF.fullmatch(done) or _OTHER.fullmatch(done)
        if match is None:
            return say("report.docx.fault.not_an_act", place=place, tag=tag)
        unit, word, *names = match.groups()
        unit = unit or ""
        within, whole = _scope(paragraph, unit)
        if within is None:
            return say("report.docx.fault.no_table", place=place, tag=tag)
        if unit and whole.strip() != tag:
            return say(f"report.docx.fault.not_alone_{unit}", place=place, tag=tag)
        if word == "if":
            self._open.append(_Block("if", unit, within, "", "", place))
            return self._of_name(names[0], names[1], place)
        if word == "for":
            row, first, second = names
            of, fault = self._list_of(first, second, place)
            self._open.append(_Block("for", unit, within, row, of, place))
            return fault
        return self._of_end(word, unit, within, tag, place)

    def _list_of(self, first: str, second: str | None, place: str) -> tuple[str, str]:
        """Return which list is repeated, and what is wrong with that.

        Within a repetition it is a list of that row alone: so nothing is repeated by itself.
        """
        outer = next((block for block in reversed(self._open) if block.kind == "for"), None)
        if outer is None:
            if second is None and first in self._lists:
                return first, ""
            return "", _unknown(
                f"{first}.{second}" if second else first, sorted(self._lists), place
            )
        inner = [one for one in self._lists.get(outer.of, ()) if one in self._lists]
        if first == outer.row and second in inner:
            return str(second), ""
        if inner:
            return "", _unknown(first, [f"{outer.row}.{one}" for one in inner], place)
        return "", say("report.docx.fault.nested", place=place)

    def _of_end(self, word: str, unit: str, within: Any, tag: str, place: str) -> str:
        kind = "for" if word == "endfor" else "if"
        if not self._open or self._open[-1].kind != kind:
            return say("report.docx.fault.not_begun", place=place, tag=tag, kind=kind)
        block = self._open[-1]
        if word != "else":
            self._open.pop()
        if block.unit != unit:
            return say("report.docx.fault.other_unit", place=place, tag=tag, begun=block.place)
        if block.within is not within:
            return say("report.docx.fault.other_scope", place=place, tag=tag, begun=block.place)
        return ""

    def _place(self, paragraph: Any, number: int, text: str) -> str:
        """Return where a paragraph is, as a person looks for it."""
        row = next(paragraph.iterancestors(qn("w:tr")), None)
        if row is None:
            words = say("report.docx.place.paragraph", part=self._part, number=number)
            shown = text
        else:
            table = row.getparent()
            words = say(
                "report.docx.place.row",
                part=self._part,
                table=self._tables.index(table) + 1 if table in self._tables else "?",
                row=table.findall(qn("w:tr")).index(row) + 1,
            )
            shown = " ".join(filter(None, (_text_of(p).strip() for p in row.iter(qn("w:p")))))
        shown = " ".join(shown.split())
        if len(shown) > _SHOWN_LETTERS:
            shown = shown[:_SHOWN_LETTERS] + "…"
        return say("report.docx.place.at", words=words, text=shown)


def _says_unseen(element: Any) -> bool:
    """Whether an element has a placeholder that nobody sees: in an alternative text, in a field."""
    words = [*element.attrib.values(), element.tail or ""]
    if element.tag != qn("w:t"):
        words.append(element.text or "")
    return any(_SIGNS.search(text) for text in words)


def _scope(paragraph: Any, unit: str) -> tuple[Any, str]:
    """Return within what a tag has to end, and all the text that goes with it."""
    if unit == "":
        return paragraph, ""
    if unit == "p":
        return paragraph.getparent(), _text_of(paragraph)
    of = next(paragraph.iterancestors(qn(f"w:{unit}")), None)
    if of is None:
        return None, ""
    return of.getparent(), "".join(_text_of(one) for one in of.iter(qn("w:p")))


def _text_of(paragraph: Any) -> str:
    """Return a paragraph's own text, without that of text boxes in it."""
    return "".join(
        part.text or ""
        for part in paragraph.iter(qn("w:t"))
        if next(part.iterancestors(qn("w:p"))) is paragraph
    )


def _unknown(tag: str, known: Sequence[str], place: str) -> str:
    near: Iterable[str] = get_close_matches(tag, known, 1, 0.3)
    hint = "".join(say("report.docx.fault.near", name=one) for one in near)
    return say("report.docx.fault.unknown", place=place, tag=tag) + (
        hint or say("report.docx.fault.see_list")
    )
