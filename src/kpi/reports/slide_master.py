"""The master of our slides: one theme from the tokens, four layouts with real placeholders.

Whoever edits a slide finds its parts where PowerPoint looks for them: the outline has the titles,
screen readers the order, and a change of the master reaches every slide.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from html import escape
from typing import Any, NamedTuple

from pptx import Presentation
from pptx.opc.oxml import serialize_part_xml
from pptx.oxml import parse_xml

from kpi.charts import Style, Theme
from kpi.reports.native_chart import FONT
from kpi.words import say

#: A slide is 1280 × 720 pixels of the mock-up.
WIDTH, HEIGHT = 1280, 720
PIXEL = 9525
_SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


class Slot(IntEnum):
    """The placeholders of the layouts, by the number that ties those of a slide to them."""

    TITLE = 0
    SUBTITLE = 1
    PATH = 13
    NAME = 14
    HEADING = 15
    CHART = 16
    TABLE = 17
    TEXT = 18
    SOURCE = 19
    FOOTER = 20
    NUMBER = 21


class Layout(StrEnum):
    """The layouts, each known by its name in the words."""

    COVER = "cover"
    TABLE = "table"
    INDICATOR = "indicator"
    TEXT = "text"


class Box(NamedTuple):
    """Where something lies on a slide, in pixels of the mock-up."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Sizes:
    """How large letters are, in pixels of the mock-up."""

    title: float
    body: float
    cell: float
    small: float
    foot: float
    chart: float


_SIZES = Sizes(title=34, body=17, cell=17, small=14, foot=12.5, chart=14)
#: To be read from the back row.
_LARGE = Sizes(title=38, body=22, cell=21, small=17, foot=14, chart=18)

_TOP = 186
_BOTTOM = 628
PLACES = {
    Layout.COVER: {
        Slot.TITLE: Box(96, 200, 1088, 170),
        Slot.SUBTITLE: Box(96, 396, 1088, 190),
    },
    Layout.TABLE: {
        Slot.PATH: Box(56, 28, 1168, 38),
        Slot.TITLE: Box(56, 68, 1168, 100),
        Slot.TABLE: Box(56, _TOP + 10, 1168, _BOTTOM - _TOP - 10),
    },
    Layout.INDICATOR: {
        Slot.PATH: Box(56, 28, 570, 38),
        Slot.NAME: Box(640, 28, 584, 38),
        Slot.TITLE: Box(56, 68, 1168, 100),
        Slot.HEADING: Box(56, _TOP, 680, 30),
        Slot.CHART: Box(40, _TOP + 32, 684, _BOTTOM - _TOP - 34),
        Slot.TABLE: Box(742, _TOP, 482, 200),
        Slot.TEXT: Box(742, _TOP + 210, 482, _BOTTOM - _TOP - 210),
    },
    Layout.TEXT: {
        Slot.PATH: Box(56, 28, 570, 38),
        Slot.NAME: Box(640, 28, 584, 38),
        Slot.TITLE: Box(56, 68, 1168, 100),
        Slot.TEXT: Box(56, _TOP + 6, 1168, _BOTTOM - _TOP - 6),
    },
}
SOURCE = Box(56, 638, 860, 74)
_FOOTER = Box(930, 638, 250, 26)
_NUMBER = Box(1180, 638, 44, 26)
_KINDS = {
    Slot.TITLE: "title",
    Slot.SUBTITLE: "subTitle",
    Slot.CHART: "chart",
    Slot.TABLE: "tbl",
    Slot.FOOTER: "ftr",
    Slot.NUMBER: "sldNum",
}
#: Layouts of python-pptx's own template that become ours, by their position there.
_BECOME = {Layout.COVER: 0, Layout.TABLE: 5, Layout.INDICATOR: 3, Layout.TEXT: 1}


def sizes(style: Style) -> Sizes:
    """Return how large letters are in a style."""
    return _LARGE if style is Style.LARGE else _SIZES


def empty_slides(style: Style) -> tuple[Any, dict[Layout, Any]]:
    """Return a presentation without slides, and its layouts."""
    presentation: Any = Presentation()
    presentation.slide_width, presentation.slide_height = WIDTH * PIXEL, HEIGHT * PIXEL
    master = presentation.slide_master
    layouts = list(presentation.slide_layouts)
    ours = {layout: layouts[position] for layout, position in _BECOME.items()}
    for layout in layouts:
        if layout not in ours.values():
            presentation.slide_layouts.remove(layout)
    for name, layout in ours.items():
        element = layout._element
        element.attrib.pop("type", None)
        element.set("preserve", "1")
        _replace(element, _shapes(name, style))
    element = master._element
    _replace(element, _master_shapes(style))
    styles = parse_xml(_text_styles(style))
    element.replace(element.find(styles.tag), styles)
    return presentation, ours


def set_theme(presentation: Any, theme: Theme) -> None:
    """Give colours and typeface to the master, and to that of the notes where there is one."""
    for part in presentation.part.package.iter_parts():
        if str(part.partname).startswith("/ppt/theme/"):
            themed = _themed(part.blob, theme)
            # The theme of the notes is parsed already, that of the slides is not.
            if hasattr(part, "_element"):
                part._element = parse_xml(themed)
            else:
                part._blob = themed


def _replace(element: Any, shapes: str) -> None:
    ours = parse_xml(shapes)
    element.replace(element.find(ours.tag), ours)


def _tree(shapes: str, name: str) -> str:
    return (
        f'<p:cSld {_SPACES} name="{escape(name)}"><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/>'
        "<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>"
        f"{shapes}</p:spTree></p:cSld>"
    )


def _shapes(layout: Layout, style: Style) -> str:
    boxes = dict(PLACES[layout])
    rules = [_rule(2, Box(56, 176, 1168, 0), style.theme["ink"], 3)]
    if layout is Layout.COVER:
        rules = [_rule(2, Box(96, 384, 1088, 0), style.theme["ink"], 3)]
    else:
        boxes |= {Slot.SOURCE: SOURCE, Slot.FOOTER: _FOOTER, Slot.NUMBER: _NUMBER}
        rules.append(_rule(3, Box(56, 634, 1168, 0), style.theme["line-strong"], 1))
    shapes = "".join(
        placeholder(number, slot, box, _look(slot, layout, style))
        for number, (slot, box) in enumerate(boxes.items(), 10)
    )
    return _tree("".join(rules) + shapes, say(f"report.pptx.layout.{layout}"))


def _look(slot: Slot, layout: Layout, style: Style) -> str:
    """Return the list style of a placeholder: what is written in it looks so by itself."""
    size = sizes(style)
    is_cover = layout is Layout.COVER
    look = {
        Slot.TITLE: (44 if is_cover else size.title, "ink", True, "l"),
        Slot.SUBTITLE: (size.body + 3, "ink-2", False, "l"),
        Slot.PATH: (15, "ink-2", False, "l"),
        Slot.NAME: (15, "ink-2", False, "r"),
        Slot.HEADING: (size.body, "ink", True, "l"),
        Slot.SOURCE: (size.foot, "ink-2", False, "l"),
        Slot.FOOTER: (size.foot, "ink-2", False, "r"),
        Slot.NUMBER: (size.foot, "ink-2", False, "r"),
    }.get(slot, (size.body, "ink", False, "l"))
    letters, token, is_bold, align = look
    colour = style.theme[token].removeprefix("#")
    return (
        f'<a:lstStyle><a:lvl1pPr marL="0" indent="0" algn="{align}"><a:buNone/>'
        f'<a:defRPr sz="{points(letters)}" b="{int(is_bold)}"><a:solidFill><a:srgbClr val="'
        f'{colour}"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle>'
    )


def placeholder(
    number: int, slot: Slot, box: Box | None, look: str = "<a:lstStyle/>", text: str = ""
) -> str:
    """Return a placeholder as XML; without a box it lies where the layout has it.

    ``text`` are its paragraphs; without any it says what it is for.
    """
    kind = _KINDS.get(slot, "body")
    index = "" if slot is Slot.TITLE else f' idx="{int(slot)}"'
    anchor = "b" if slot in (Slot.TITLE, Slot.PATH, Slot.NAME) else "t"
    name = say(f"report.pptx.part.{slot.name.lower()}")
    if slot is Slot.NUMBER:
        text = (
            '<a:p><a:fld id="{5C6D4E0B-0000-4000-8000-000000000001}" type="slidenum">'
            '<a:rPr lang="ja-JP"/><a:t>‹#›</a:t></a:fld></a:p>'
        )
    elif not text:
        text = f'<a:p><a:r><a:rPr lang="ja-JP"/><a:t>{escape(name)}</a:t></a:r></a:p>'
    return (
        f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="{number}" name="{escape(name)}"/>'
        '<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f'<p:nvPr><p:ph type="{kind}"{index}/></p:nvPr></p:nvSpPr>'
        f"<p:spPr>{'' if box is None else transform('a:xfrm', box)}</p:spPr>"
        f'<p:txBody><a:bodyPr vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0"'
        f' anchor="{anchor}"><a:normAutofit/></a:bodyPr>{look}{text}</p:txBody></p:sp>'
    )


def transform(tag: str, box: Box) -> str:
    """Return where a shape lies, as XML."""
    left, top, width, height = (round(side * PIXEL) for side in box)
    return f'<{tag}><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></{tag}>'


def points(pixels: float) -> int:
    """Return a size of letters as DrawingML has it, in hundredths of a point."""
    return round(pixels * 75)


def _rule(number: int, box: Box, colour: str, width: float) -> str:
    name = escape(say("report.pptx.part.rule"))
    return (
        f'<p:cxnSp><p:nvCxnSpPr><p:cNvPr id="{number}" name="{name}"/>'
        '<p:cNvCxnSpPr/><p:nvPr userDrawn="1"/></p:nvCxnSpPr><p:spPr>'
        f'{transform("a:xfrm", box)}<a:prstGeom prst="line"><a:avLst/></a:prstGeom>'
        f'<a:ln w="{round(width * PIXEL)}"><a:solidFill><a:srgbClr val="'
        f'{colour.removeprefix("#")}"/></a:solidFill></a:ln></p:spPr></p:cxnSp>'
    )


def _master_shapes(style: Style) -> str:
    boxes = {
        Slot.TITLE: PLACES[Layout.TEXT][Slot.TITLE],
        Slot.TEXT: PLACES[Layout.TEXT][Slot.TEXT],
        Slot.FOOTER: _FOOTER,
        Slot.NUMBER: _NUMBER,
    }
    tree = _tree(
        "".join(
            placeholder(number, slot, box, _look(slot, Layout.TEXT, style))
            for number, (slot, box) in enumerate(boxes.items(), 2)
        ),
        "",
    ).replace(' name=""><p:spTree>', "><p:spTree>")
    return tree.replace(
        "<p:spTree>",
        '<p:bg><p:bgPr><a:solidFill><a:schemeClr val="bg1"/></a:solidFill><a:effectLst/></p:bgPr>'
        "</p:bg><p:spTree>",
    )


def _text_styles(style: Style) -> str:
    size = sizes(style)

    def level(letters: float, *, is_bold: bool) -> str:
        return (
            '<a:lvl1pPr marL="0" indent="0" algn="l"><a:lnSpc><a:spcPct val="100000"/></a:lnSpc>'
            f'<a:buNone/><a:defRPr sz="{points(letters)}" b="{int(is_bold)}" kern="1200">'
            '<a:solidFill><a:schemeClr val="tx1"/></a:solidFill><a:latin typeface="+mn-lt"/>'
            '<a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/></a:defRPr></a:lvl1pPr>'
        )

    return (
        f"<p:txStyles {_SPACES}><p:titleStyle>{level(size.title, is_bold=True)}</p:titleStyle>"
        f"<p:bodyStyle>{level(size.body, is_bold=False)}</p:bodyStyle>"
        f"<p:otherStyle>{level(size.body, is_bold=False)}</p:otherStyle></p:txStyles>"
    )


#: The colours PowerPoint offers, from the tokens.
_COLOURS = {
    "dk1": "ink",
    "lt1": "surface",
    "dk2": "ink-2",
    "lt2": "surface-2",
    "accent1": "accent",
    "accent2": "st-a",
    "accent3": "st-b",
    "accent4": "st-c",
    "accent5": "st-d",
    "accent6": "st-n",
    "hlink": "accent",
    "folHlink": "ink-2",
}


def _themed(blob: bytes, theme: Theme) -> bytes:
    """Return a theme with the colours of the tokens and a typeface for Japanese."""
    space = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    root: Any = parse_xml(blob)
    root.set("name", say("app.name"))
    for scheme in root.iter(f"{space}clrScheme"):
        for entry in scheme:
            colour = theme[_COLOURS[entry.tag.removeprefix(space)]].removeprefix("#")
            for old in list(entry):
                entry.remove(old)
            entry.append(entry.makeelement(f"{space}srgbClr", val=colour))
    for scheme in root.iter(f"{space}fontScheme"):
        for script in ("latin", "ea"):
            for entry in scheme.iter(space + script):
                entry.attrib.clear()
                entry.set("typeface", FONT)
        for entry in scheme.iter(f"{space}font"):
            if entry.get("script") == "Jpan":
                entry.set("typeface", FONT)
    return serialize_part_xml(root)
