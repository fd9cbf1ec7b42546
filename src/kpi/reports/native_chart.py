"""Charts that go on being edited: DrawingML drawn from the data sheet, for slides and for Excel.

Neither python-pptx nor XlsxWriter can place the label of one point or draw one segment of a line
otherwise than the rest, and both must draw alike: so the chart is written here, for both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from itertools import pairwise
from typing import NamedTuple

from kpi.charts import ChartSpec, Column, DataSheet, Role, Style, data_sheet
from kpi.charts.labels import HEIGHT, WIDTH, Box, Places, words_width
from kpi.importing.remarks import without_controls
from kpi.model import Status
from kpi.notation import format_number
from kpi.words import say

#: The typeface of documents that are opened in Office: on every Windows, with 髙 﨑 ① ㎡ and ▲.
FONT = "BIZ UDPゴシック"
#: More signs than this on all points together, and only the telling ones are labelled.
_ROOM = 72
#: Beyond so many years every second label would touch its neighbour.
_MOST_YEARS = 14
_POINT = 12700
#: The letters for which `kpi.charts.labels` finds places.
_USUAL = 14
_HANGING = 14


class Look(NamedTuple):
    """How a line is drawn. Lines differ in pattern and mark, never in colour alone."""

    #: Token of the colour.
    ink: str
    #: In points; 0 for marks alone.
    width: float
    #: A preset of DrawingML.
    dash: str = "solid"
    #: A preset of DrawingML, and its size in points.
    mark: str = "none"
    size: int = 7
    is_hollow: bool = False


LOOKS = {
    Role.ACTUAL: Look("accent", 2.25, mark="circle"),
    Role.BASE: Look("ink", 0, mark="diamond", size=9, is_hollow=True),
    Role.TARGET: Look("ink-2", 2),
    Role.STRETCH: Look("ink-2", 2, "sysDot"),
    Role.REPLACED: Look("ink-3", 1, "dash"),
    Role.PATH: Look("ink-3", 1.25, "dash"),
    Role.PROJECTED: Look("accent", 1.75, "sysDot"),
    Role.PROJECTED_LOW: Look("accent", 0, mark="dash"),
    Role.PROJECTED_HIGH: Look("accent", 0, mark="dash"),
    Role.OTHER: Look("ink-3", 1.5, mark="square", size=6),
    Role.OTHER_TARGET: Look("ink-3", 1.5, "dashDot"),
}
_TARGETS = (Role.TARGET, Role.STRETCH, Role.REPLACED, Role.OTHER_TARGET)
_COURSES = (Role.ACTUAL, Role.OTHER)


@dataclass(frozen=True)
class Ranges:
    """Where in a workbook the figures of a chart stand, as references: Sheet1!$B$2:$B$13."""

    years: str
    #: Of each column of the data sheet, in its order.
    names: Sequence[str]
    values: Sequence[str]


class Frame(NamedTuple):
    """How large a chart is, and its letters, in pixels."""

    width: float
    height: float
    letters: float


class _Label(NamedTuple):
    """What is written at a point, and on which side of it: t, b, l or r."""

    text: str
    side: str
    is_bold: bool = False
    ink: str = "ink"


def chart_xml(
    spec: ChartSpec,
    style: Style,
    ranges: Ranges,
    frame: Frame,
    *,
    named: bool = False,
    workbook: str = "",
) -> bytes:
    """Return the chart part of a described chart.

    ``named`` has the targets say of which period they are, where nothing around the chart does.
    ``workbook`` is the relation to the one with the figures, where that is a file of its own.
    """
    return _Drawing(spec, style, ranges, frame, named=named).xml(workbook).encode()


def number_code(text: str) -> str:
    """Return the number format by which Office prints a number as ``text`` has it."""
    places = _places(text)
    code = "#,##0" + ("." + "0" * places if places else "")
    return f"{code};−{code}"


def _places(printed: str) -> int:
    return len(printed.partition(".")[2])


class _Drawing:
    """One chart on its way to XML."""

    def __init__(
        self, spec: ChartSpec, style: Style, ranges: Ranges, frame: Frame, *, named: bool
    ) -> None:
        self._spec = spec
        self._sheet = data_sheet(spec)
        self._theme = style.theme
        self._ranges = ranges
        self._size = round(frame.letters * 75)
        self._bases = _bases(self._sheet)
        self._labels = _arranged(spec, self._sheet, frame, named=named)

    def xml(self, workbook: str) -> str:
        figures = f'<c:externalData r:id="{workbook}"><c:autoUpdate val="0"/></c:externalData>'
        lines = "".join(
            self._series(number, column) for number, column in enumerate(self._sheet.columns)
        )
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
            ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
            ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
            '<c:date1904 val="0"/><c:lang val="ja-JP"/><c:roundedCorners val="0"/>'
            '<c:chart><c:autoTitleDeleted val="1"/><c:plotArea>'
            '<c:layout><c:manualLayout><c:layoutTarget val="inner"/>'
            '<c:xMode val="edge"/><c:yMode val="edge"/>'
            f'<c:x val="{INNER.left}"/><c:y val="{INNER.top}"/>'
            f'<c:w val="{INNER.width}"/><c:h val="{INNER.height}"/>'
            "</c:manualLayout></c:layout>"
            '<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>'
            f'{lines}<c:marker val="1"/><c:axId val="1"/><c:axId val="2"/></c:lineChart>'
            f"{self._years()}{self._values()}"
            "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr></c:plotArea>"
            # Lines reach across years without a value; where they do, they are dotted.
            '<c:plotVisOnly val="1"/><c:dispBlanksAs val="span"/></c:chart>'
            "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
            f"{self._letters('ink-2')}{figures if workbook else ''}</c:chartSpace>"
        )

    def _series(self, number: int, column: Column) -> str:
        look = LOOKS[column.role]
        label = self._labels[number]
        known = [n for n, value in enumerate(column.values) if value is not None]
        gaps = {b for a, b in pairwise(known) if b - a > 1}
        is_course = column.role in _COURSES
        line = self._line(look)
        if is_course and gaps:
            # Dotted but where the year before is known: what cannot draw one segment otherwise
            # than the rest, dots too much and never too little.
            line = self._line(look._replace(width=1.25, dash="sysDot"))
        points = "".join(self._point(column, n, gaps) for n in known)
        return (
            f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/>'
            f"<c:tx><c:strRef><c:f>{_plain(self._ranges.names[number])}</c:f>"
            f'<c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{_plain(column.name)}</c:v></c:pt>'
            "</c:strCache></c:strRef></c:tx>"
            f"<c:spPr>{line}</c:spPr>{self._mark(look)}{points}"
            f"{self._data_labels(column, label)}{self._band(column)}"
            f"{self._categories()}"
            f"<c:val><c:numRef><c:f>{_plain(self._ranges.values[number])}</c:f><c:numCache>"
            f'<c:formatCode>General</c:formatCode><c:ptCount val="{len(column.values)}"/>'
            + "".join(
                f'<c:pt idx="{n}"><c:v>{value!r}</c:v></c:pt>'
                for n, value in enumerate(column.values)
                if value is not None
            )
            + '</c:numCache></c:numRef></c:val><c:smooth val="0"/></c:ser>'
        )

    def _point(self, column: Column, number: int, gaps: set[int]) -> str:
        """Return what is drawn otherwise at one point than along the line; often nothing."""
        look = LOOKS[column.role]
        mark = line = ""
        if column.role is Role.ACTUAL and number in self._bases:
            # The diamond of the base stands there.
            mark = '<c:marker><c:symbol val="none"/></c:marker>'
        elif self._sheet.years[number] in column.provisional:
            mark = self._mark(look._replace(is_hollow=True))
        elif column.role in _TARGETS and number == _last(column):
            # The target is for the last year: there the step ends in a stroke.
            is_alone = sum(value is not None for value in column.values) == 1
            mark = self._mark(look._replace(mark="dash" if is_alone else "plus", size=9))
        elif column.role is Role.PROJECTED and number == _last(column):
            mark = self._mark(look._replace(mark="circle", size=5))
        if column.role in _COURSES and gaps and number not in gaps:
            line = f"<c:spPr>{self._line(look)}</c:spPr>"
        if not (mark or line):
            return ""
        return f'<c:dPt><c:idx val="{number}"/>{mark}<c:bubble3D val="0"/>{line}</c:dPt>'

    def _line(self, look: Look) -> str:
        if not look.width:
            return "<a:ln><a:noFill/></a:ln>"
        return (
            f'<a:ln w="{round(look.width * _POINT)}" cap="flat">{self._fill(look.ink)}'
            f'<a:prstDash val="{look.dash}"/><a:round/></a:ln>'
        )

    def _mark(self, look: Look) -> str:
        if look.mark == "none":
            return '<c:marker><c:symbol val="none"/></c:marker>'
        return (
            f'<c:marker><c:symbol val="{look.mark}"/><c:size val="{look.size}"/><c:spPr>'
            # Without a fill rather than white: LibreOffice draws no outlines of marks.
            f"{'<a:noFill/>' if look.is_hollow else self._fill(look.ink)}"
            f'<a:ln w="{round(1.5 * _POINT)}">{self._fill(look.ink)}</a:ln></c:spPr></c:marker>'
        )

    def _fill(self, ink: str) -> str:
        colour = self._theme[ink].removeprefix("#")
        return f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'

    def _band(self, column: Column) -> str:
        """Return the upright stroke from the lower to the upper end of what is expected."""
        ahead = self._spec.projection
        if column.role is not Role.PROJECTED or ahead is None:
            return ""

        def reach(name: str, length: float) -> str:
            return (
                f'<c:{name}><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="'
                f'{len(column.values)}"/><c:pt idx="{_last(column)}"><c:v>{length!r}</c:v></c:pt>'
                f"</c:numLit></c:{name}>"
            )

        look = LOOKS[Role.PROJECTED]._replace(dash="solid", width=1.5)
        return (
            '<c:errBars><c:errDir val="y"/><c:errBarType val="both"/><c:errValType val="cust"/>'
            '<c:noEndCap val="0"/>'
            f"{reach('plus', ahead.high - ahead.value)}{reach('minus', ahead.value - ahead.low)}"
            f"<c:spPr>{self._line(look)}</c:spPr></c:errBars>"
        )

    def _data_labels(self, column: Column, labels: dict[int, _Label]) -> str:
        shown = "".join(
            self._data_label(number, label, column.values[number])
            for number, label in sorted(labels.items())
        )
        return f"<c:dLbls>{shown}{_showing(is_value=False)}</c:dLbls>"

    def _data_label(self, number: int, label: _Label, value: float | None) -> str:
        """Return the label of a point: the value where that is all it says, so that it follows."""
        bare = label.text.strip()
        is_value = value is not None and bare == format_number(value, _places(bare))
        if is_value:
            told = f'<c:numFmt formatCode="{number_code(bare)}" sourceLinked="0"/>'
        else:
            told = (
                '<c:tx><c:rich><a:bodyPr wrap="none"/><a:p><a:r>'
                f"{self._run('rPr', label.ink, is_bold=label.is_bold)}"
                f"<a:t>{_plain(label.text)}</a:t></a:r></a:p></c:rich></c:tx>"
            )
        letters = self._letters(label.ink, is_bold=label.is_bold) if is_value else ""
        return (
            f'<c:dLbl><c:idx val="{number}"/>{told}'
            f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{letters}"
            f'<c:dLblPos val="{label.side}"/>{_showing(is_value=True)}</c:dLbl>'
        )

    def _categories(self) -> str:
        labels = "".join(
            f'<c:pt idx="{n}"><c:v>{_plain(label)}</c:v></c:pt>'
            for n, label in enumerate(self._spec.year_labels)
        )
        return (
            f"<c:cat><c:strRef><c:f>{_plain(self._ranges.years)}</c:f><c:strCache>"
            f'<c:ptCount val="{len(self._spec.year_labels)}"/>{labels}'
            "</c:strCache></c:strRef></c:cat>"
        )

    def _years(self) -> str:
        every = 1 if len(self._sheet.years) <= _MOST_YEARS else 2
        return (
            '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="minMax"/></c:scaling>'
            '<c:delete val="0"/><c:axPos val="b"/><c:numFmt formatCode="General" sourceLinked="0"/>'
            '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
            f'<c:spPr><a:ln w="9525">{self._fill("line-strong")}</a:ln></c:spPr>'
            f"{self._letters('ink-2', body='<a:bodyPr rot=' + chr(34) + '0' + chr(34) + '/>')}"
            '<c:crossAx val="2"/><c:crosses val="min"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
            f'<c:lblOffset val="50"/><c:tickLblSkip val="{every}"/><c:noMultiLvlLbl val="1"/>'
            "</c:catAx>"
        )

    def _values(self) -> str:
        low, high = self._spec.axis
        unit = tick(low, high)
        sample = max((format_number(n) for n in (low, unit)), key=_places)
        return (
            '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/>'
            f'<c:max val="{high!r}"/><c:min val="{low!r}"/></c:scaling>'
            '<c:delete val="0"/><c:axPos val="l"/>'
            f'<c:majorGridlines><c:spPr><a:ln w="9525">{self._fill("line-soft")}</a:ln></c:spPr>'
            f'</c:majorGridlines><c:numFmt formatCode="{number_code(sample)}" sourceLinked="0"/>'
            '<c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
            '<c:tickLblPos val="low"/><c:spPr><a:ln><a:noFill/></a:ln></c:spPr>'
            f'{self._letters("ink-3")}<c:crossAx val="1"/><c:crosses val="min"/>'
            f'<c:crossBetween val="between"/><c:majorUnit val="{unit!r}"/></c:valAx>'
        )

    def _letters(self, ink: str, *, is_bold: bool = False, body: str = "<a:bodyPr/>") -> str:
        run = self._run("defRPr", ink, is_bold=is_bold)
        return f'<c:txPr>{body}<a:p><a:pPr>{run}</a:pPr><a:endParaRPr lang="ja-JP"/></a:p></c:txPr>'

    def _run(self, tag: str, ink: str, *, is_bold: bool = False) -> str:
        return (
            f'<a:{tag} lang="ja-JP" sz="{self._size}" b="{int(is_bold)}">{self._fill(ink)}'
            f'<a:latin typeface="{FONT}"/><a:ea typeface="{FONT}"/></a:{tag}>'
        )


class Inner(NamedTuple):
    """Where the plot lies in its chart, in shares of its width and height."""

    left: float
    top: float
    width: float
    height: float


#: The same in every chart, so that what stands around it can be lined up with its years.
INNER = Inner(0.09, 0.09, 0.85, 0.76)


def tick(low: float, high: float) -> float:
    """Return the distance of the lines of an axis: 1, 2 or 5 times a power of ten, five or so."""
    rough = Decimal(repr((high - low) / 5))
    power = Decimal(1).scaleb(rough.adjusted())
    return float(next(power * n for n in (1, 2, 5, 10) if power * n >= rough))


def _plain(text: str) -> str:
    return escape(without_controls(text), quote=False)


def _showing(*, is_value: bool) -> str:
    names = ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
    return "".join(f'<c:show{name} val="{int(is_value and name == "Val")}"/>' for name in names)


def _last(column: Column) -> int:
    return max(n for n, value in enumerate(column.values) if value is not None)


def _arranged(
    spec: ChartSpec, sheet: DataSheet, frame: Frame, *, named: bool
) -> list[dict[int, _Label]]:
    """Return the labels of each column by the number of the year, where they lie on least."""
    # Words may hang over the right edge, as far as the room beside the plot.
    beside = WIDTH * (1 - INNER.left - INNER.width) / INNER.width
    places = Places(WIDTH + _HANGING + beside, HEIGHT)
    low, high = spec.axis
    # Places are found on a plot of the usual size: there letters are so much wider and higher.
    wider = WIDTH / (frame.width * INNER.width) * frame.letters / _USUAL
    higher = HEIGHT / (frame.height * INNER.height) * frame.letters / _USUAL

    def at(number: int, value: float) -> tuple[float, float]:
        x = (number + 0.5) / len(sheet.years) * WIDTH
        # Words may hang over the left edge, as far as the numbers of the axis.
        return x + _HANGING, (value - low) / (high - low) * HEIGHT

    for column in sheet.columns:
        known = [at(n, value) for n, value in enumerate(column.values) if value is not None]
        if LOOKS[column.role].width:
            for start, end in pairwise(known):
                places.line(start, end)
        for x, y in known if column.role in _COURSES else ():
            places.take(Box(x - 6, y - 6, x + 6, y + 6))
    if (ahead := spec.projection) is not None:
        number = sheet.years.index(ahead.year)
        places.line(at(number, ahead.low), at(number, ahead.high))
    labels: list[dict[int, _Label]] = [{} for _ in sheet.columns]
    for number, years, label in _wanted(spec, sheet, named=named):
        column = sheet.columns[number]
        if column.role is Role.PROJECTED:
            ways = [
                (held, years[0], side)
                for held, one in enumerate(sheet.columns)
                for side in {Role.PROJECTED_LOW: "blr", Role.PROJECTED_HIGH: "tlr"}.get(
                    one.role, ""
                )
            ]
        else:
            ways = [
                (number, year, side)
                for side in ("t", "b", "r", "l")
                for year in years
                if column.values[year] is not None
                and not (
                    side in "rl" and len(years) > 1 and year != years[0 if side == "l" else -1]
                )
            ]
        if column.role in _COURSES and _is_dip(column, years[0]):
            ways.sort(key=lambda way: "btrl".index(way[2]))
        boxes = [
            _box(
                *at(year, sheet.columns[held].values[year] or 0.0), label.text, side, wider, higher
            )
            for held, year, side in ways
        ]
        held, year, side = ways[places.put(boxes)]
        # Beside a mark, not under it.
        text = {"r": f"\u00a0{label.text}", "l": f"{label.text}\u00a0"}.get(side, label.text)
        labels[held][year] = label._replace(side=side, text=text)
    return labels


def _box(x: float, y: float, text: str, side: str, wider: float, higher: float) -> Box:
    width, height = words_width(text) * wider, 18 * higher
    match side:
        case "t":
            return Box(x - width / 2, y + 6, x + width / 2, y + 6 + height)
        case "b":
            return Box(x - width / 2, y - 6 - height, x + width / 2, y - 6)
        case "r":
            return Box(x + 8, y - height / 2, x + 8 + width, y + height / 2)
    return Box(x - 8 - width, y - height / 2, x - 8, y + height / 2)


def _is_dip(column: Column, year: int) -> bool:
    """Whether a value lies lower than its neighbours."""
    value = column.values[year]
    near = [column.values[n] for n in (year - 1, year + 1) if 0 <= n < len(column.values)]
    known = [other for other in near if other is not None]
    return bool(known) and value is not None and value < math.fsum(known) / len(known)


def _wanted(
    spec: ChartSpec, sheet: DataSheet, *, named: bool
) -> list[tuple[int, Sequence[int], _Label]]:
    """Return what is to be written: at which column, at which of its years, and what.

    The telling ones come first, for they choose their places first.
    """
    bases = _bases(sheet)
    wanted = []
    for number, column in enumerate(sheet.columns):
        known = [n for n, value in enumerate(column.values) if value is not None]
        if known:
            wanted += [
                (rank, number, years, label)
                for rank, years, label in _of_column(spec, sheet, column, known, bases, named=named)
            ]
    wanted.sort(key=lambda one: one[0])
    return [(number, years, label) for _, number, years, label in wanted]


def _bases(sheet: DataSheet) -> set[int]:
    """Return the numbers of the years that are a base."""
    return {
        number
        for column in sheet.of(Role.BASE)
        for number, value in enumerate(column.values)
        if value is not None
    }


def _of_column(
    spec: ChartSpec,
    sheet: DataSheet,
    column: Column,
    known: Sequence[int],
    bases: set[int],
    *,
    named: bool,
) -> Iterator[tuple[int, Sequence[int], _Label]]:
    """Return what is to be written at a line: how telling it is, at which years, and what."""
    last = known[-1]
    text = column.texts[last]
    match column.role:
        case Role.ACTUAL:
            for year in _told(column, known):
                words = _point_words(spec, sheet, column, year, bases, last)
                is_end = year in (known[0], last)
                yield 0 if is_end else 2, [year], _Label(words, "t", year == last)
        case Role.TARGET | Role.STRETCH | Role.REPLACED:
            # Of a range the upper end says both.
            if not column.name.endswith(say("chart.range_low")):
                name = column.name.removesuffix(say("chart.range_high"))
                is_short = column.role is Role.TARGET and not named
                words = text if is_short else f"{name} {text}"
                yield 1, known, _Label(words, "t", column.role is Role.TARGET)
        case Role.PROJECTED:
            # It stands at an end of its band: beside the middle are the words of the last actual.
            yield 1, [last], _Label(f"{column.name} {text}", "t", ink="accent")
        case Role.PATH if len(known) > 2:
            yield 3, known[1:-1:2], _Label(column.name, "t", ink="ink-3")
        case Role.OTHER | Role.OTHER_TARGET:
            yield 4, [last], _Label(f"{column.name} {text}", "t", ink="ink-2")


def _point_words(
    spec: ChartSpec, sheet: DataSheet, column: Column, year: int, bases: set[int], last: int
) -> str:
    """Return 基準 67億5,319万円, 38.9（速報）; whose it is where others stand beside it."""
    words = column.texts[year]
    if year in bases:
        words = f"{say('chart.base')} {words}"
    if sheet.years[year] in column.provisional:
        words = f"{words}（{Status.PROVISIONAL}）"
    return f"{spec.name} {words}" if spec.name and year == last else words


def _told(column: Column, known: Sequence[int]) -> list[int]:
    """Return the years whose value is written: all if there is room, else the telling ones."""
    if sum(len(column.texts[year]) for year in known) <= _ROOM:
        return list(known)
    by_value = sorted(known, key=lambda year: column.values[year] or 0.0)
    return sorted({known[0], known[-1], by_value[0], by_value[-1]})
