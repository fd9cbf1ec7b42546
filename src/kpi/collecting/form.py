"""The answer form of a department: its columns and rows, and what stands in each cell.

One sheet, one row a series that the round asks the department for, in the plan's order:

========================  ==========  ===========================================================
key of the column         open        says
========================  ==========  ===========================================================
``policy``                            施策, with its number
``code``                              the indicator's number
``indicator``                         指標
``series``                            内訳
``actual 2021`` … 2023                the actuals of the three years before, 速報 and 推計 behind
``target``                            the next target due, with its year
``figure``                yes         実績値 of the round's year
``unit``                              the unit of a figure written without one
``status``                yes         確定, 速報 or 推計, from a list; empty: nobody says
``numerator``             where       分子 and
``denominator``           it is       分母
                          asked for
``note``                  yes         備考, of the figure
``cause``                 first row   要因分析   ⎫ of the indicator, so only in the first of its
``action``                first row   今後の対応 ⎬ rows: `FormRow.is_first`
``confirmation``          first row   確認への説明 ⎭
========================  ==========  ===========================================================

All cells are texts, also those typed in: what the department writes is what is read, 12.5% as
12.5% and 1-2 as 1-2. Open cells begin with what the plan says of the year already (速報 that came
before), so that a cell is an answer where it differs from the mark; an emptied figure takes the
figure back.

In the workbook (`kpi.collecting.workbook`) the first row, hidden, holds the keys and the first
column, hidden, the ids of the series, under `kpi.editing.taken_out.ID_KEY`; columns and rows can be
moved. The sheet `kpi.collecting.mark.MARK_SHEET` holds the mark, which `read_mark` reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kpi.importing.facts import bare_unit
from kpi.importing.figures import read_figure
from kpi.importing.remarks import without_controls
from kpi.model import (
    UNDATED,
    Comparator,
    Fact,
    FactKey,
    FiscalYear,
    Fraction,
    Indicator,
    Kind,
    NoteKind,
    PolicyNode,
    RoundItem,
    Series,
    Status,
)
from kpi.notation import Unreadable, format_number
from kpi.store import PlanSnapshot, RoundEntry
from kpi.words import DEFAULT, say, speaking
from kpi.written import era_year, short_year

FIGURE, STATUS, NOTE = "figure", "status", "note"
NUMERATOR, DENOMINATOR = "numerator", "denominator"
#: The notes of an indicator, by the keys of their columns.
NOTES = {str(kind): kind for kind in (NoteKind.CAUSE, NoteKind.ACTION, NoteKind.CONFIRMATION)}
FRACTION = (NUMERATOR, DENOMINATOR)
#: The words to choose a status from.
STATUS_WORDS = (str(Status.FINAL), str(Status.PROVISIONAL), str(Status.ESTIMATE))
#: Of how many years before the actuals are shown.
YEARS_BEFORE = 3


@dataclass(frozen=True)
class FormColumn:
    """A column of the form."""

    #: What tells the column from all others, wherever it is moved.
    key: str
    #: The heading above those of several columns; empty where it stands alone.
    group: str
    heading: str
    #: Whether there are cells to answer in.
    is_editable: bool = False
    #: The words there are to choose from; empty where anything may be typed.
    words: tuple[str, ...] = ()
    #: The least width, in half-width signs.
    least: int = 8


@dataclass(frozen=True)
class FormRow:
    """A row of the form: one series that is asked for."""

    item: RoundItem
    series: Series
    indicator: Indicator
    #: The node the indicator hangs in, if any.
    policy: PolicyNode | None
    #: Whether it is the first row of its indicator, where what is said of all its series stands.
    is_first: bool
    #: What the cells say, by the key of the column.
    texts: dict[str, str]

    @property
    def title(self) -> str:
        """Return what the row is about."""
        return f"{self.indicator.name} {self.series.name}".strip()

    def is_open(self, column: FormColumn) -> bool:
        """Whether the department answers in the cell under a column."""
        if column.key in NOTES:
            return self.is_first
        return column.is_editable and (column.key not in FRACTION or self.item.asks_fraction)


def form_columns(year: FiscalYear) -> list[FormColumn]:
    """Return the columns of a form that asks for a year, from left to right."""
    before = [FiscalYear(year - ago) for ago in range(YEARS_BEFORE, 0, -1)]
    answer = say("round.form.answer", year=era_year(year))
    notes = say("round.form.notes", year=era_year(year))
    return [
        FormColumn("policy", "", say("round.form.policy")),
        FormColumn("code", "", say("round.form.code")),
        FormColumn("indicator", "", say("round.form.indicator")),
        FormColumn("series", "", say("round.form.series")),
        *(
            FormColumn(_before(at), say("round.form.before"), short_year(at), least=10)
            for at in before
        ),
        FormColumn("target", "", say("round.form.target"), least=12),
        FormColumn(FIGURE, answer, say("round.form.figure"), is_editable=True, least=14),
        FormColumn("unit", answer, say("round.form.unit")),
        FormColumn(STATUS, answer, say("round.form.status"), is_editable=True, words=STATUS_WORDS),
        FormColumn(NUMERATOR, answer, say("round.form.numerator"), is_editable=True, least=12),
        FormColumn(DENOMINATOR, answer, say("round.form.denominator"), is_editable=True, least=12),
        FormColumn(NOTE, answer, say("round.form.note"), is_editable=True, least=16),
        *(
            FormColumn(key, notes, say(f"round.form.{key}"), is_editable=True, least=30)
            for key in NOTES
        ),
    ]


@speaking(DEFAULT)
def form_rows(snapshot: PlanSnapshot, entry: RoundEntry, department: str) -> list[FormRow]:
    """Return the rows of a department's form, in the plan's order.

    A series that is no longer in the plan has none.
    """
    asked = {item.series_id: item for item in entry.items if item.department == department}
    policies = {policy.id: policy for policy in snapshot.policies}
    indicators = {indicator.id: indicator for indicator in snapshot.indicators}
    rows: list[FormRow] = []
    for series in in_order(snapshot):
        if series.id not in asked:
            continue
        indicator = indicators[series.indicator_id]
        policy = policies.get(indicator.policy_id) if indicator.policy_id is not None else None
        is_first = all(row.indicator.id != indicator.id for row in rows)
        texts = _texts(snapshot, entry.round.fiscal_year, indicator, series) | {
            "policy": f"{policy.code} {policy.name}".strip() if policy else ""
        }
        if not is_first:
            texts |= dict.fromkeys(NOTES, "")
        texts = {key: without_controls(text) for key, text in texts.items()}
        rows.append(FormRow(asked[series.id], series, indicator, policy, is_first, texts))
    return rows


def actual_key(series_id: int, year: FiscalYear) -> FactKey:
    """Return the key of the actual of a series in a year."""
    return FactKey(series_id, Kind.ACTUAL, 0, "", year)


def missing(rows: Iterable[FormRow], snapshot: PlanSnapshot, year: FiscalYear) -> list[FormRow]:
    """Return the rows without a figure of the year; ``snapshot`` may have answers in it."""
    return [row for row in rows if actual_key(row.series.id, year) not in snapshot.facts]


def in_order(snapshot: PlanSnapshot) -> list[Series]:
    """Return the series of a plan in its order."""
    positions = {one.id: (one.position, one.id) for one in snapshot.indicators}
    return sorted(
        snapshot.series, key=lambda one: (*positions[one.indicator_id], one.position, one.id)
    )


def _before(year: FiscalYear) -> str:
    return f"actual {year}"


def _texts(
    snapshot: PlanSnapshot, year: FiscalYear, indicator: Indicator, series: Series
) -> dict[str, str]:
    """Return what the cells of a series say, but for its policy."""
    texts = {
        "code": indicator.code,
        "indicator": indicator.name,
        "series": series.name,
        "unit": series.unit_text or series.unit,
        "target": _target(snapshot, series, year),
    }
    for ago in range(1, YEARS_BEFORE + 1):
        at = FiscalYear(year - ago)
        fact = snapshot.facts.get(actual_key(series.id, at))
        texts[_before(at)] = "" if fact is None else _with_status(fact, series)
    now = snapshot.facts.get(actual_key(series.id, year))
    texts[FIGURE] = "" if now is None else figure_text(now, series)
    texts[STATUS] = "" if now is None else now.status or ""
    texts[NOTE] = "" if now is None else now.note
    fraction = next(
        (
            one
            for one in snapshot.fractions
            if (one.series_id, one.fiscal_year) == (series.id, year)
        ),
        Fraction(series.id, year, None, None, "", ""),
    )
    texts |= {NUMERATOR: fraction.numerator_text, DENOMINATOR: fraction.denominator_text}
    said = {
        note.kind: note.text
        for note in snapshot.notes
        if (note.indicator_id, note.fiscal_year) == (indicator.id, year)
    }
    return texts | {key: said.get(kind, "") for key, kind in NOTES.items()}


def _with_status(fact: Fact, series: Series) -> str:
    text = figure_text(fact, series)
    is_open = fact.status in (Status.PROVISIONAL, Status.ESTIMATE)
    if not is_open or str(fact.status) in text:
        return text
    return say("round.form.with_status", text=text, status=fact.status)


def _target(snapshot: PlanSnapshot, series: Series, year: FiscalYear) -> str:
    """Return the target due next, that of the year itself first; empty where none is due any more.

    A target without a year is due when its period ends.
    """
    due: list[tuple[FiscalYear, Fact]] = []
    for key, fact in snapshot.facts.items():
        if (key.series_id, key.kind, key.label) != (series.id, Kind.TARGET, ""):
            continue
        period = snapshot.periods.get(key.period)
        at = period.last_year if key.fiscal_year == UNDATED and period else key.fiscal_year
        if at >= year:
            due.append((at, fact))
    if not due:
        return ""
    at, fact = min(due, key=lambda one: one[0])
    text = figure_text(fact, series)
    return say("round.form.target_of", text=text, year=era_year(at)) if text else ""


@speaking(DEFAULT)
def figure_text(fact: Fact, series: Series) -> str:
    """Return a figure as printed, where that says the same beside the unit of its series.

    It does not where the file it came from counted in another unit (千円 above its column), or said
    以上 in another: then it is written out in the base unit.
    """
    if fact.value is None or _is_whole(fact, series):
        return fact.value_text
    text = format_number(fact.value)
    if fact.value_high is not None:
        text = say("round.form.range", low=text, high=format_number(fact.value_high))
    limited = fact.comparator not in (None, Comparator.EQUAL)
    word = say(f"comparator.{fact.comparator.name.lower()}") if limited and fact.comparator else ""
    return f"{text}{series.unit}{word}"


def _is_whole(fact: Fact, series: Series) -> bool:
    """Whether the printed text, in the unit of the series, says all that a figure is."""
    try:
        figure = read_figure(fact.value_text, fact.key.kind)
    except Unreadable:
        return False
    if figure is None or figure.value is None:
        return False
    is_bare = not figure.unit and not figure.scaled
    factor = bare_unit(series).factor if is_bare else Decimal(1)
    high = None if figure.value_high is None else float(figure.value_high * factor)
    said = (float(figure.value * factor), high, figure.comparator)
    return said == (fact.value, fact.value_high, fact.comparator)
