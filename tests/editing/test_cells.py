"""What is typed into a cell says what an import of the same text says."""

import csv
import io
from pathlib import Path

import pytest
from acts import import_bytes, preview_of

from kpi.editing.cells import Cell, Slot, read_cell, slot_of, year_text
from kpi.editing.grid import grid_of
from kpi.importing.draft import Context
from kpi.model import Comparator, Direction, FiscalYear, Kind, Period, Series
from kpi.store import plans, read_snapshot

GOLD = Path(__file__).parents[1] / "gold" / "printed_values.csv"
TARGET = Slot(Kind.TARGET, 3)
PERIOD = Period(1, 3, FiscalYear(2022), FiscalYear(2025))


def snapshots(engine):
    owners = {header.municipality for header in plans(engine)}
    for owner in owners:
        yield from read_snapshot(engine, owner.code, owner.name).plans


def series(unit="％", unit_text=None):
    text = unit if unit_text is None else unit_text
    return Series(1, 1, "", unit, text, Direction.UNKNOWN, 1)


def read(text, year="", *, unit="％", unit_text=None, slot=TARGET, fact=None, period=PERIOD):
    one = series(unit, unit_text)
    return read_cell(Cell(one, slot, fact, period, unit), text, year, {})


def said(reading):
    return [(f.value, f.value_high, f.comparator, f.value_text) for f in reading.facts]


def test_every_cell_of_the_samples_read_from_its_own_text_gives_the_same_fact(samples):
    other, count = {}, 0
    for snapshot in snapshots(samples):
        grid = grid_of(snapshot)
        for row in grid.rows:
            for slot, fact in row.facts.items():
                cell = grid.cell(row, slot)
                alone = Cell(cell.series, slot, None, None, cell.unit)
                reading = read_cell(alone, cell.text, cell.year, {})
                assert not reading.is_refused, reading
                (anew,) = reading.facts
                count += 1
                if not anew.same_statement(fact._replace(note="", status=None)):
                    other[fact.value_text] = (anew.comparator, fact.comparator)
                assert (anew.value, anew.value_high) == (fact.value, fact.value_high)
                assert anew.value_text == fact.value_text
    assert count > 450
    # The comparator stands in the sentence or the column beside the figure, not in its cell.
    assert other == {"70%": (None, Comparator.MORE), "13%": (None, Comparator.AT_MOST)}


def gold():
    with GOLD.open(encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return list(dict.fromkeys((row["unit"], row["value_text"]) for row in rows))


TYPED = [
    ("％", "65％以上"),
    ("円", "50億円以下"),
    ("％", "ー"),
    ("人", "１２"),
    ("人", "▲5"),
    ("％", "12.5％"),
    ("人", "1,234"),
    ("円", "67億5,319万円"),
    ("百万円", "821"),
    ("百万円", "67億5,319万円"),
    ("千人", "5千"),
    ("％", "12人"),
    ("％", "六割くらい"),
    ("％", "20％以上＜25％以上＞"),
    ("人", "2023年度に比べて増加"),
    ("％", "男性 13％、女性 6.4％以下"),
    ("％", "10～15％"),
    ("人", "29（4）"),
]


def as_csv(rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def test_a_typed_text_and_an_imported_one_are_read_alike_over_every_printed_value(empty):
    texts = [*TYPED, *gold()]
    context = Context("見本町", "", "計画")
    first = [["指標", "単位", "令和2年度基準値"]]
    first += [[f"指標{n}", unit, 1] for n, (unit, _) in enumerate(texts)]
    _, batch = import_bytes(empty, ("a.csv", as_csv(first)), context=context)
    assert batch
    (snapshot,) = snapshots(empty)
    name_of = {indicator.id: indicator.name for indicator in snapshot.indicators}
    typed, refused = {}, {}
    for one in snapshot.series:
        name = name_of[one.indicator_id]
        _, text = texts[int(name.removeprefix("指標"))]
        reading = read_cell(Cell(one, TARGET, None, None, one.unit), text, "R7", {})
        typed[name] = sorted(reading.facts)
        if reading.is_refused:
            refused[name] = {type(finding) for finding in reading.findings}
    assert len(typed) == len(texts)

    def rows(names):
        texts_of = [[name, texts[int(name.removeprefix("指標"))][1]] for name in names]
        return [["指標", "第3期目標（令和7年度）"], *texts_of]

    bad = ("b.csv", as_csv(rows(refused)))
    errors = [f for f in preview_of(empty, bad, context=context).findings if f.cell[1:].isdecimal()]
    of_row = {}
    for finding in errors:
        if finding.severity == "error":
            of_row.setdefault(list(refused)[int(finding.cell[1:]) - 2], set()).add(type(finding))
    # An import divides a phrase of several figures among series; a cell belongs to one.
    parts = {name for name in refused if "女性" in texts[int(name.removeprefix("指標"))][1]}
    assert {name: of_row.get(name) for name in refused if name not in parts} == {
        name: kinds for name, kinds in refused.items() if name not in parts
    }

    good = ("c.csv", as_csv(rows([name for name in typed if name not in refused])))
    preview, batch = import_bytes(empty, good, context=context)
    assert batch, [finding.message for finding in preview.findings]
    (after,) = snapshots(empty)
    imported = {name: [] for name in typed}
    for fact in after.facts.values():
        if fact.key.kind is Kind.TARGET:
            one = next(s for s in after.series if s.id == fact.key.series_id)
            imported[name_of[one.indicator_id]].append(fact)
    assert {n: sorted(f) for n, f in imported.items() if n not in refused} == {
        n: f for n, f in typed.items() if n not in refused
    }


@pytest.mark.parametrize(
    ("unit", "text", "value", "comparator"),
    [
        ("％", "65％以上", 65.0, Comparator.AT_LEAST),
        ("円", "50億円以下", 5_000_000_000.0, Comparator.AT_MOST),
        ("人", "１２", 12.0, None),
        ("人", "▲5", -5.0, None),
        ("％", "12.5％", 12.5, None),
        ("人", "1,234", 1234.0, None),
        ("円", "67億5,319万円", 6_753_190_000.0, None),
    ],
)
def test_figures_are_read_as_city_halls_write_them_and_kept_as_typed(unit, text, value, comparator):
    assert said(read(text, unit=unit)) == [(value, None, comparator, text)]


def test_a_bare_figure_is_in_the_unit_the_city_prints():
    assert said(read("821", unit="円", unit_text="百万円")) == [(821e6, None, None, "821")]
    assert said(read("821円", unit="円", unit_text="百万円")) == [(821.0, None, None, "821円")]


@pytest.mark.parametrize("text", ["", " ", "ー", "－", "-", "なし", "未定"])
def test_nothing_and_the_signs_for_it_state_nothing(text):
    assert read(text) == read("")
    assert not read(text).facts


def test_a_harder_target_behind_the_main_one_is_a_fact_of_its_own():
    main, stretch = read("20％以上＜25％以上＞").facts
    assert (main.key.label, main.value) == ("", 20)
    assert (stretch.key.label, stretch.value) == ("チャレンジ目標", 25)


@pytest.mark.parametrize(
    ("text", "year", "at"),
    [
        # The targets of a period are for its last year.
        ("65％", "", 2025),
        ("65％", "R6", 2024),
        ("65％", "令和６年度", 2024),
        ("65％", "2024", 2024),
        ("2024年度までに65％", "", 2024),
    ],
)
def test_the_year_is_the_one_typed_else_the_figures_own_else_the_last_of_the_period(text, year, at):
    (fact,) = read(text, year).facts
    assert fact.key.fiscal_year == at


@pytest.mark.parametrize(
    ("text", "year", "code"),
    [
        ("六割くらい", "", "target-unreadable"),
        ("29（4）", "", "target-unreadable"),
        ("12人", "", "unit-differs"),
        ("65％", "いつか", "year-unreadable"),
        ("65％", "31", "year-unreadable"),
        ("65％", "R9", "period-year-outside"),
        ("2024年度までに65％", "R7", "year-unreadable"),
        ("男性 13％、女性 6.4％以下", "", "target-unreadable"),
        ("", "R7", "year-alone"),
    ],
)
def test_what_cannot_be_read_is_a_finding_with_a_sentence_and_no_fact(text, year, code):
    reading = read(text, year)
    assert [finding.code for finding in reading.findings] == [code]
    assert reading.is_refused
    assert not reading.facts
    assert all(finding.message and finding.hint for finding in reading.findings)


def test_a_target_in_words_is_kept_and_asked_about():
    reading = read("2023年度に比べて増加")
    assert [fact.value for fact in reading.facts] == [None]
    assert [finding.code for finding in reading.findings] == ["target-in-words"]
    assert not reading.is_refused


def test_another_year_moves_a_fact_as_it_is():
    (fact,) = read("70％", "R6").facts
    # What the sentence beside it said is not in the cell, and stays.
    fact = fact._replace(comparator=Comparator.MORE, note="改定")
    (moved,) = read("70％", "R7", fact=fact).facts
    assert moved == fact._replace(key=fact.key._replace(fiscal_year=FiscalYear(2025)))
    assert slot_of(moved.key) == TARGET
    assert year_text(moved.key.fiscal_year) == "R7"


def test_a_baseline_needs_no_period_and_says_where_it_has_no_year():
    reading = read("51.3", slot=Slot(Kind.BASELINE), period=None)
    assert [finding.code for finding in reading.findings] == ["fact-undated"]
    assert [fact.key.fiscal_year for fact in reading.facts] == [0]
