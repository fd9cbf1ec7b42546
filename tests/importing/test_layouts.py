import pytest

from kpi.importing.draft import Context
from kpi.importing.headings import Role, ValueHeading, read_value_heading
from kpi.importing.layouts import Column, Correction, read_outline, recognise
from kpi.importing.layouts.correction import bare
from kpi.importing.layouts.saved import (
    SavedLayout,
    SavedRefused,
    from_toml,
    load,
    names,
    save,
    to_toml,
)
from kpi.importing.readers import Book, Sheet
from kpi.importing.reading import read_files
from kpi.model import Kind, Status


@pytest.mark.parametrize(
    ("heading", "kind", "period", "label", "year", "status"),
    [
        ("計画策定時\n（平成26（2014）年度）", Kind.BASELINE, 0, "", 2014, None),
        ("計画策定時（H27）[2015]", Kind.BASELINE, 0, "", 2015, None),
        ("基準値 H26", Kind.BASELINE, 0, "", 2014, None),
        ("第１期目標\n（平成29（2017）年度）", Kind.TARGET, 1, "", 2017, None),
        ("第三期実施計画期間における目標値（R7）", Kind.TARGET, 3, "", 2025, None),
        ("第六期目標（R4）", Kind.TARGET, 6, "", 2022, None),
        ("第10期目標（R9）", Kind.TARGET, 10, "", 2027, None),
        ("令和7年度目標", Kind.TARGET, 0, "", 2025, None),
        ("第3期チャレンジ目標（令和7年度）", Kind.TARGET, 3, "チャレンジ目標", 2025, None),
        ("第3期目標", Kind.TARGET, 3, "", None, None),
        ("現状（R2）", Kind.ACTUAL, 0, "", 2020, None),
        ("令和5年度実績", Kind.ACTUAL, 0, "", 2023, None),
        ("R6（速報）", Kind.ACTUAL, 0, "", 2024, Status.PROVISIONAL),
        ("R5\n（確定）", Kind.ACTUAL, 0, "", 2023, Status.FINAL),
        ("2023年度", Kind.ACTUAL, 0, "", 2023, None),
        ("H26", Kind.ACTUAL, 0, "", 2014, None),
    ],
)
def test_a_heading_says_what_the_values_below_it_are(heading, kind, period, label, year, status):
    read = read_value_heading(heading)
    assert read is not None
    assert (read.kind, read.period, read.label, read.fiscal_year, read.status) == (
        kind,
        period,
        label,
        year,
        status,
    )


@pytest.mark.parametrize("heading", ["指標", "備考", "No.", "令和5年度の取組内容", "前年差"])
def test_other_headings_are_no_columns_of_values(heading):
    assert read_value_heading(heading) is None


def sheet(*rows):
    return Sheet("表", [list(row) for row in rows])


def only_table(*rows):
    tables = recognise(sheet(*rows))
    assert len(tables) == 1, [table.layout for table in tables]
    return tables[0]


def test_a_row_a_fact_is_recognised_as_tidy():
    table = only_table(["指標", "年度", "実績値"], ["A", "令和2年度", "5"])
    assert (table.layout, table.kind) == ("tidy", Kind.ACTUAL)


def test_a_column_a_period_is_recognised_below_title_rows():
    table = only_table(
        ["川崎市総合計画　成果指標"],
        [""],
        ["指標", "単位", "第1期目標（H29）", "第2期目標（R3）"],
    )
    assert (table.layout, table.headings, sorted(table.values)) == ("periods", range(2, 3), [2, 3])
    assert "3行目" in table.why


def test_a_column_a_year_is_recognised():
    table = only_table(["指標名", "単位", "H30", "R元", "R2（速報）"])
    assert (table.layout, sorted(table.values)) == ("years", [2, 3, 4])


def test_a_sheet_without_an_indicator_column_is_no_table():
    assert recognise(sheet(["氏名", "年齢"], ["山田", 40])) == []


def test_a_heading_without_a_year_is_a_finding_that_names_the_column():
    table = only_table(["指標", "第1期目標", "第2期目標（R3）"])
    assert [(f.code, f.cell) for f in table.findings] == [("heading-year-missing", "B1")]


def test_a_tidy_table_that_does_not_say_what_its_values_are_is_a_finding():
    table = only_table(["指標", "年度", "値"])
    assert [f.code for f in table.findings] == ["kind-missing"]


def test_a_sheet_of_labels_describes_the_plan():
    outline = read_outline(
        sheet(
            ["計画の概要"],
            ["自治体", "川崎市"],
            ["団体コード", "141305"],
            ["計画", "川崎市総合計画"],
            ["第1期実施計画", "平成28（2016）年度～平成29（2017）年度"],
        )
    )
    assert outline is not None
    assert (outline.municipality, outline.municipality_code, outline.plan) == (
        "川崎市",
        "141305",
        "川崎市総合計画",
    )
    assert outline.periods == {1: (2016, 2017)}


# What a person says of a sheet.
ACTUAL = ValueHeading(Kind.ACTUAL)
WRONG_HEADING = [
    ["成果指標", "実績は担当課が記入"],
    ["事業の名前", "受診率など", "前回", "今回"],
    ["A", "％", 5, 6],
    ["B", "％", 7, 8],
    ["作成：企画課", "", 99, 99],
]


def said(heading, meaning, saved=""):
    return Column(meaning, bare(heading), saved)


def dated(year, kind=Kind.ACTUAL):
    return ValueHeading(kind, fiscal_year=year)


def test_a_person_says_which_rows_are_headings_what_columns_mean_and_where_the_data_ends():
    correction = Correction(
        headings=range(1, 2),
        end=4,
        columns={
            0: said("事業の名前", Role.INDICATOR),
            1: said("受診率など", Role.UNIT),
            2: said("前回", dated(2022)),
            3: said("今回", dated(2023)),
        },
    )
    (table,) = recognise(sheet(*WRONG_HEADING), correction)
    assert (table.headings, table.rows) == (range(1, 2), range(2, 4))
    assert table.roles == {Role.INDICATOR: 0, Role.UNIT: 1}
    assert {at: heading.fiscal_year for at, heading in table.values.items()} == {2: 2022, 3: 2023}
    assert table.findings == ()


def test_named_headings_that_make_no_table_are_a_finding():
    (table,) = recognise(sheet(*WRONG_HEADING), Correction(headings=range(1, 2)))
    assert [(f.code, f.cell) for f in table.findings] == [("headings-fit-nothing", "A2")]


def test_headings_below_the_end_of_the_sheet_are_a_finding_too():
    (table,) = recognise(sheet(*WRONG_HEADING), Correction(headings=range(70, 72)))
    assert [f.code for f in table.findings] == ["headings-fit-nothing"]


def test_a_year_that_is_told_answers_the_heading_without_one():
    rows = sheet(["指標", "実績値", "目標値（R7）"], ["A", 5, 6])
    (asked,) = recognise(rows)
    assert [(f.code, f.cell) for f in asked.findings] == [("heading-year-missing", "B1")]
    (table,) = recognise(rows, Correction(columns={1: said("実績値", dated(2024))}))
    assert table.findings == ()
    assert [table.values[at].fiscal_year for at in (1, 2)] == [2024, 2025]


def test_a_column_may_be_left_out():
    correction = Correction(columns={2: said("R5", None)})
    (table,) = recognise(sheet(["指標", "R4", "R5"], ["A", 5, 6]), correction)
    assert list(table.values) == [1]


def test_what_is_said_of_one_table_does_not_reach_a_column_with_another_heading():
    correction = Correction(columns={1: said("実績値", dated(2024))})
    rows = sheet(["指標", "実績値"], ["A", 5], ["指標", "R3"], ["B", 6])
    assert [t.values[1].fiscal_year for t in recognise(rows, correction)] == [2024, 2021]


def test_another_layout_can_be_asked_for():
    rows = sheet(["年度", "利用者数"], ["R3", 5], ["R4", 6], ["R5", 7])
    assert [t.layout for t in recognise(rows)] == ["year_rows"]
    assert recognise(rows, Correction("none")) == []
    assert recognise(rows, Correction("form")) == []


FULL = SavedLayout(
    "健康福祉部の一覧",
    {
        "一覧": Correction(
            "columns",
            range(2, 4),
            53,
            {
                0: Column(Role.INDICATOR_CODE, "番号"),
                5: Column(ValueHeading(Kind.ACTUAL), "実績値"),
                27: Column(
                    ValueHeading(Kind.TARGET, 3, "チャレンジ目標", 2025, None, "男性", "千円"),
                    'a"\\\n\x7f',
                ),
                30: Column(ValueHeading(Kind.ACTUAL, status=Status.PROVISIONAL), ""),
                31: Column(None, "前年差"),
            },
            {Role.UNIT: "％", Role.FISCAL_YEAR: "令和6年度"},
        ),
        "": Correction("none"),
    },
)


def test_a_layout_that_is_written_reads_back_as_it_was():
    assert from_toml(FULL.name, to_toml(FULL)) == FULL


def test_a_layout_is_written_with_the_letters_and_rows_excel_shows():
    text = to_toml(FULL)
    assert "headings = [3, 4]" in text
    assert "last_row = 53" in text
    assert "AB = { heading = " in text
    assert 'year = "令和7年度"' in text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[[sheet]\n", "1行目"),
        ('[[sheet]]\nname = "a"\nheadings = [4, 3]', "sheet[1].headings"),
        ('[[sheet]]\nname = "a"\nheadings = [true, 3]', "sheet[1].headings"),
        ('[[sheet]]\nname = "a"\nlast_row = 0', "sheet[1].last_row"),
        ('[[sheet]]\nname = "a"\nlayuot = "form"', "sheet[1].layuot"),
        ('[[sheet]]\nname = "a"\nlayout = "forms"', "sheet[1].layout"),
        ("[[sheet]]\nname = 3", "sheet[1].name"),
        ('sheet = "a"', "sheet"),
        ("sheet = [1]", "sheet[1]"),
        ("", "sheet"),
        ('[[sheet]]\n[sheet.columns]\na = { role = "unit" }', "sheet[1].columns.a"),
        ('[[sheet]]\n[sheet.columns]\nA = "unit"', "sheet[1].columns.A"),
        ('[[sheet]]\n[sheet.columns]\nA = { role = "x" }', "sheet[1].columns.A.role"),
        ('[[sheet]]\n[sheet.columns]\nA = { heading = "x" }', "sheet[1].columns.A"),
        ('[[sheet]]\n[sheet.columns]\nA = { kind = "actual", skip = true }', "columns.A"),
        ('[[sheet]]\n[sheet.columns]\nA = { kind = "actual", year = "いつか" }', "A.year"),
        ('[[sheet]]\n[sheet.common]\nfiscal_year = "いつか"', "sheet[1].common.fiscal_year"),
    ],
)
def test_a_broken_layout_is_refused_with_the_line_or_entry_that_is_wrong(text, named):
    with pytest.raises(SavedRefused, match="一覧") as refused:
        from_toml("一覧", text)
    assert named in str(refused.value)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../a", "a/b", "a\\b", "/etc/passwd", "C:a", "a\0", ".hidden", "a" * 61]
)
def test_the_name_of_a_layout_is_no_path(name, tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_LAYOUTS", str(tmp_path / "layouts"))
    for act in (lambda: load(name), lambda: save(SavedLayout(name, FULL.sheets))):
        with pytest.raises(SavedRefused, match="名前にできません"):
            act()
    assert list(tmp_path.iterdir()) == []


def test_a_saved_layout_is_found_by_its_name(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_LAYOUTS", str(tmp_path / "layouts"))
    assert names() == []
    save(FULL)
    assert names() == [FULL.name]
    assert load(FULL.name) == FULL
    with pytest.raises(SavedRefused, match="保存済み：健康福祉部の一覧"):
        load("ほかの一覧")


def used_on(rows, layout):
    book = Book("a.csv", "", "", [Sheet("", rows)])
    (correction,) = layout.fit(book).values()
    (table,) = recognise(book.sheets[0], correction)
    return table


@pytest.mark.parametrize(
    ("this_year", "next_year"),
    [
        ("R5の値", "R6の値"),
        ("実績値（令和5（2023）年度）", "実績値（令和6（2024）年度）"),
        ("平成31年3月末", "令和2年3月末"),
        ("2023年度実績", "2024年度実績"),
    ],
)
def test_a_heading_is_the_same_whatever_its_year(this_year, next_year):
    assert bare(this_year) == bare(next_year)


@pytest.mark.parametrize(
    ("one", "other"), [("第1期目標", "第2期目標"), ("3歳児健診", "5歳児健診"), ("目標", "実績")]
)
def test_a_number_that_is_no_year_tells_headings_apart(one, other):
    assert bare(one) != bare(other)


def test_next_year_the_years_come_from_the_new_headings():
    layout = SavedLayout("x", {"": Correction(columns={1: said("R5の値", ACTUAL)})})
    table = used_on([["指標", "R6の値"], ["A", 5]], layout)
    assert table.values[1].fiscal_year == 2024
    assert table.findings == ()


def test_a_year_typed_for_last_years_file_is_never_used_without_a_word():
    layout = SavedLayout("x", {"": Correction(columns={1: said("実績値", dated(2023))})})
    table = used_on([["指標", "実績値"], ["A", 5]], layout)
    (finding,) = table.findings
    assert (finding.code, finding.severity, finding.cell) == ("saved-year", "warning", "B1")
    assert "令和5年度" in finding.message


def test_a_heading_that_has_come_to_name_its_year_counts_before_the_saved_one():
    layout = SavedLayout("x", {"": Correction(columns={1: said("実績値", dated(2023))})})
    table = used_on([["指標", "実績値（R6）"], ["A", 5]], layout)
    assert [heading.fiscal_year for heading in table.values.values()] == [2024]


def test_a_column_that_has_moved_is_not_read_as_the_one_that_stood_there():
    layout = SavedLayout("x", {"": Correction(columns={1: said("最新値", dated(2023))})})
    table = used_on([["指標", "R6実績", "最新値"], ["A", 5, 6]], layout)
    assert table.values[1].fiscal_year == 2024
    assert [f.code for f in table.findings] == ["saved-heading-differs", "column-passed-over"]


def test_a_sheet_is_found_again_though_its_name_carries_a_year():
    layout = SavedLayout("x", {"R5一覧": Correction("none"), "表": Correction("form")})
    book = Book("a.xlsx", "", "", [Sheet("R6一覧", [["a"]]), Sheet("別", [["b"]])])
    assert {name: said.layout for name, said in layout.fit(book).items()} == {"R6一覧": "none"}


def test_a_layout_that_fits_no_sheet_refuses_the_file(xlsx):
    layout = SavedLayout("x", {"一覧": Correction(), "別": Correction()})
    draft = read_files([("a.xlsx", xlsx([["指標", "R5"], ["A", 5]]))], Context(), layout=layout)
    assert "saved-fits-nothing" in [finding.code for finding in draft.files[0].findings]
