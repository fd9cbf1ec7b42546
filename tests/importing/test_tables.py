"""Tables as city halls lay them out, each read to the figures a person reads in it."""

import pytest
from acts import import_bytes, preview_of

from kpi.acting.imports import Refused
from kpi.charts import values_table
from kpi.importing.draft import Context
from kpi.store import plans, read_plan

OUTLINE = [
    ["自治体", "見本町"],
    ["計画", "見本町計画"],
    ["第1期計画", "令和2年度～令和4年度"],
    ["第2期計画", "令和5年度～令和8年度"],
]


@pytest.fixture
def read(empty, xlsx):
    """Import a sheet beside the plan's outline; return what was found and the facts.

    A fact is (indicator, series, kind, year, value, unit).
    """

    def facts(rows, merge=()):
        data = xlsx({"計画の概要": OUTLINE, "一覧": rows}, merge=merge)
        preview, _ = import_bytes(empty, ("a.xlsx", data))
        table = values_table(read_plan(empty, plans(empty)[0]))
        columns = ["indicator", "series", "kind", "fiscal_year", "value", "unit"]
        rows_read = table[columns].astype(object).values.tolist()
        return preview, sorted(tuple(row) for row in rows_read)

    return facts


@pytest.fixture
def look(empty, xlsx):
    def findings(rows, merge=()):
        data = xlsx({"計画の概要": OUTLINE, "一覧": rows}, merge=merge)
        return [(f.code, f.cell) for f in preview_of(empty, ("a.xlsx", data)).findings]

    return findings


def layouts(preview):
    return [file.layout for file in preview.files]


def test_targets_and_actuals_in_pairs_under_merged_years(read):
    preview, facts = read(
        [
            ["指標名", "単位", "令和3年度", None, "令和4年度", None],
            [None, None, "目標", "実績", "目標", "実績"],
            ["受診率", "％", 60, 53.2, 65, 55.1],
        ],
        merge=["A1:A2", "B1:B2", "C1:D1", "E1:F1"],
    )
    assert layouts(preview) == ["pairs"]
    assert facts == [
        ("受診率", "", "actual", 2021, 53.2, "％"),
        ("受診率", "", "actual", 2022, 55.1, "％"),
        ("受診率", "", "target", 2021, 60, "％"),
        ("受診率", "", "target", 2022, 65, "％"),
    ]


def test_years_under_a_merged_word_for_what_they_are(read):
    _, facts = read(
        [
            ["番号", "指標名", "単位", "策定時", "実績値", None, "目標"],
            [None, None, None, "R2", "R3", "R4（速報）", "R8"],
            ["01", "受診率", "％", 50, 51, 52, "60以上"],
        ],
        merge=["A1:A2", "B1:B2", "C1:C2", "E1:F1"],
    )
    assert facts == [
        ("受診率", "", "actual", 2021, 51, "％"),
        ("受診率", "", "actual", 2022, 52, "％"),
        ("受診率", "", "baseline", 2020, 50, "％"),
        ("受診率", "", "target", 2026, 60, "％"),
    ]


def test_three_rows_of_headings_with_bare_years_under_their_era(read):
    _, facts = read(
        [
            ["指標", "単位", "実績", None, None],
            [None, None, "平成", "令和", None],
            [None, None, "30", "元", "2"],
            ["利用者数", "人", 10, 20, 30],
        ],
        merge=["A1:A3", "B1:B3", "C1:E1", "D2:E2"],
    )
    assert facts == [
        ("利用者数", "", "actual", 2018, 10, "人"),
        ("利用者数", "", "actual", 2019, 20, "人"),
        ("利用者数", "", "actual", 2020, 30, "人"),
    ]


def test_pairs_in_one_row_with_the_target_year_in_the_row(read):
    _, facts = read(
        [
            ["指標", "単位", "2021年度目標", "2021年度実績", "最終目標値", "目標最終年度"],
            ["A", "％", 60, 53, 70, "令和8年度"],
            ["B", "％", 10, 12, 20, "令和7年度"],
        ]
    )
    assert [fact for fact in facts if fact[3] > 2021] == [
        ("A", "", "target", 2026, 70, "％"),
        ("B", "", "target", 2025, 20, "％"),
    ]
    assert len(facts) == 6


def test_an_indicator_as_a_block_of_stacked_cells(read):
    preview, facts = read(
        [
            ["名称", "計画策定時", "現状", "第1期における目標値"],
            ["収入率等", "【現年度分】", "【現年度分】", "【現年度分】"],
            ["（健康福祉局調べ）", "99.31％", "99.62％", "99.45％以上"],
            [None, "(平成26(2014)年度)", "(令和2(2020)年度)", "(令和4(2022)年度)"],
            [None, "【収入未済額】", "【収入未済額】", "【収入未済額】"],
            [None, "5億1,319万円", "3億円", "4億円以下"],
            [None, "(平成26(2014)年度)", "(令和2(2020)年度)", "(令和4(2022)年度)"],
        ]
    )
    assert layouts(preview) == ["blocks"]
    assert facts == [
        ("収入率等", "収入未済額", "actual", 2020, 300_000_000, "円"),
        ("収入率等", "収入未済額", "baseline", 2014, 513_190_000, "円"),
        ("収入率等", "収入未済額", "target", 2022, 400_000_000, "円"),
        ("収入率等", "現年度分", "actual", 2020, 99.62, "％"),
        ("収入率等", "現年度分", "baseline", 2014, 99.31, "％"),
        ("収入率等", "現年度分", "target", 2022, 99.45, "％"),
    ]


def test_a_block_stacked_within_one_cell(read):
    _, facts = read(
        [
            ["名称", "計画策定時"],
            ["収入率等\n（市調べ）", "【現年度分】\n99.31％\n（H26）\n【滞納分】\n20.5％\n（H27）"],
        ]
    )
    assert facts == [
        ("収入率等", "滞納分", "baseline", 2015, 20.5, "％"),
        ("収入率等", "現年度分", "baseline", 2014, 99.31, "％"),
    ]


def test_several_tables_on_one_sheet_take_the_headings_above_them(read, empty):
    preview, facts = read(
        [
            ["政策5-1 健康で長寿のまちづくり"],
            ["施策5-1-1 地域医療体制の充実"],
            ["指標名", "当初（2012）", "現状（2017）", "目標値（2023）", "備考"],
            ["かかりつけ医", "73.9％（2011）", "71.5％", "80.0％", "市民満足度調査"],
            ["施策5-1-2 健康づくりの推進"],
            ["指標名", "当初（2013）", "現状（2018）", "目標値（2023）", "備考"],
            ["健診受診率", "38.6％", "38.3％", "65.0％", None],
            ["合計", "1", "2", "3", None],
        ]
    )
    assert facts == [
        ("かかりつけ医", "", "actual", 2017, 71.5, "％"),
        ("かかりつけ医", "", "baseline", 2011, 73.9, "％"),
        ("かかりつけ医", "", "target", 2023, 80, "％"),
        ("健診受診率", "", "actual", 2018, 38.3, "％"),
        ("健診受診率", "", "baseline", 2013, 38.6, "％"),
        ("健診受診率", "", "target", 2023, 65, "％"),
    ]
    series = read_plan(empty, plans(empty)[0]).series
    assert series[["indicator", "policy_code"]].values.tolist() == [
        ["かかりつけ医", "5-1-1"],
        ["健診受診率", "5-1-2"],
    ]
    assert ("total-passed-over", "A8") in [(f.code, f.cell) for f in preview.findings]


def test_a_repeated_heading_with_other_years_is_a_new_table(read):
    _, facts = read(
        [
            ["指標", 2020, 2021],
            ["A", 1, 2],
            [],
            ["指標", 2022, 2023],
            ["B", 3, 4],
        ]
    )
    assert [fact[0] + str(fact[3]) for fact in facts] == ["A2020", "A2021", "B2022", "B2023"]


def test_tables_side_by_side(read):
    _, facts = read(
        [
            ["番号", "指標", "R5", "R6", None, "番号", "指標", "R5", "R6"],
            [1, "A", 10, 11, None, 3, "C", 30, 31],
            [2, "B", 20, 21, None, 4, "D", 40, 41],
        ]
    )
    assert [(f[0], f[3], f[4]) for f in facts if f[3] == 2024] == [
        ("A", 2024, 11),
        ("B", 2024, 21),
        ("C", 2024, 31),
        ("D", 2024, 41),
    ]


def test_a_form_with_a_strip_of_actuals(read):
    preview, facts = read(
        [
            ["成果指標調査票"],
            ["指標名", "特定健診受診率", "所管課", "健康課"],
            ["単位", "％", "目標値（R8）", "60以上"],
            [],
            ["年度", "R3", "R4", "R5"],
            ["実績値", 35.8, 37.9, 38.9],
            ["備考", "速報", None, None],
        ]
    )
    assert layouts(preview) == ["form"]
    assert facts == [
        ("特定健診受診率", "", "actual", 2021, 35.8, "％"),
        ("特定健診受診率", "", "actual", 2022, 37.9, "％"),
        ("特定健診受診率", "", "actual", 2023, 38.9, "％"),
        ("特定健診受診率", "", "target", 2026, 60, "％"),
    ]


def test_years_down_the_rows_with_series_across(read):
    preview, facts = read(
        [
            ["被保護世帯数の年次推移"],
            ["年度", "高齢者世帯", "母子世帯", "構成割合（％）"],
            ["平成30年度", 100, 50, 66.7],
            ["令和元年度", 110, 51, 68.3],
            ["2", 120, 52, 69.8],
            ["注：各年度1か月平均"],
        ]
    )
    assert layouts(preview) == ["year_rows"]
    assert [f for f in facts if f[3] == 2020] == [
        ("被保護世帯数の年次推移", "構成割合", "actual", 2020, 69.8, "％"),
        ("被保護世帯数の年次推移", "母子世帯", "actual", 2020, 52, ""),
        ("被保護世帯数の年次推移", "高齢者世帯", "actual", 2020, 120, ""),
    ]


def test_a_table_by_area_gives_each_area_its_own_figure(empty, xlsx):
    rows = [
        ["保護率（平成30年11月時点）"],
        ["都道府県", "保護率（％）", "指定都市", "保護率（％）"],
        ["北海道", 3.0, "札幌市", 3.7],
        ["青森県", 2.3, "仙台市", 1.7],
    ]
    outline = [["自治体", "国"], ["計画", "全国の保護率"]]
    data = xlsx({"計画の概要": outline, "表": rows})
    import_bytes(empty, ("a.xlsx", data))
    read = {}
    for header in plans(empty):
        table = values_table(read_plan(empty, header))
        read[header.municipality.name] = table[["fiscal_year", "value", "unit"]].values.tolist()
    assert read == {
        "北海道": [[2018, 3.0, "％"]],
        "青森県": [[2018, 2.3, "％"]],
        "札幌市": [[2018, 3.7, "％"]],
        "仙台市": [[2018, 1.7, "％"]],
    }


def test_codes_and_the_year_said_again_are_no_figures_of_an_area(empty):
    lines = [
        "都道府県コード,都道府県名,元号,和暦（年）,西暦（年）,人口（総数）",
        "1,北海道,大正,9,1920,2359183",
        "2,青森県,大正,9,1920,756454",
    ]
    import_bytes(empty, ("a.csv", "\n".join(lines).encode()), context=Context(plan="人口統計"))
    read = {
        header.municipality.name: read_plan(empty, header).facts["value"].tolist()
        for header in plans(empty)
    }
    assert read == {"北海道": [2359183], "青森県": [756454]}


@pytest.mark.parametrize(
    "rows",
    [
        [["（単位：千円）"], ["指標", "R5"], ["A", 1290]],
        [["指標", "R5実績（千円）"], ["A", 1290]],
        [["指標", "単位", "R5"], ["A", "千円", 1290]],
        [["指標", "R5"], ["A", "1,290千円"]],
        [["指標", "R5"], ["A", "129万円"]],
    ],
)
def test_a_unit_may_stand_in_title_heading_column_or_cell(read, rows):
    _, facts = read(rows)
    assert facts == [("A", "", "actual", 2023, 1_290_000, "円")]


def test_each_row_keeps_its_own_unit(read):
    _, facts = read(
        [["指標", "年度", "単位", "実績値"], ["A", "R4", "千円", 5], ["A", "R5", "円", 5000]]
    )
    assert [fact[4] for fact in facts] == [5000, 5000]


def test_a_unit_of_another_kind_in_a_later_row_is_refused(look):
    rows = [["指標", "年度", "単位", "実績値"], ["A", "R4", "％", 5], ["A", "R5", "人", 5000]]
    assert ("unit-differs", "D3") in look(rows)


def test_a_row_a_year_with_target_and_actual_keeps_both(read):
    _, facts = read(
        [["指標", "年度", "目標値", "実績値"], ["A", "R4", 50, 45], ["A", "R5", 55, 51]]
    )
    assert [(f[2], f[3], f[4]) for f in facts] == [
        ("actual", 2022, 45),
        ("actual", 2023, 51),
        ("target", 2022, 50),
        ("target", 2023, 55),
    ]


@pytest.mark.parametrize(
    ("rows", "code", "cell"),
    [
        ([["指標", "実績値", "年度", "実績"], ["A", 1, "R4", 2]], "fact-twice", "D2"),
        ([["指標", "種別", "年度", "実績値"], ["A", "目標", "R4", 50]], "kind-contradicts", "B2"),
        ([["指標", "R4", "前年差の順位"], ["A", 1, 2]], "column-passed-over", "C1"),
        ([["指標", "目標値", "R4"], ["A", 1, 2]], "heading-year-missing", "B1"),
        ([["指標", "前年度", "今年度"], ["A", 1, 2]], "heading-year-missing", "B1"),
        ([["指標", "第2期目標（平成7年度）"], ["A", 1]], "period-year-outside", "B2"),
        (
            [["指標", "年度", "値", "種別", "上限"], ["A", "R4", 5, "目標", 3]],
            "range-backwards",
            "C2",
        ),
    ],
)
def test_what_nobody_has_said_is_asked_for_at_its_cell(look, rows, code, cell):
    assert (code, cell) in look(rows)


def test_a_figure_in_a_cell_merged_over_two_years_is_neither_of_them(empty, xlsx):
    rows = [["指標", "R4", "R5"], ["A", 7, None]]
    data = xlsx({"計画の概要": OUTLINE, "一覧": rows}, merge=["B2:C2"])
    preview = preview_of(empty, ("a.xlsx", data))
    assert [(f.code, f.cell) for f in preview.findings] == [("value-merged", "C2")]
    with pytest.raises(Refused):
        import_bytes(empty, ("a.xlsx", data))


def test_codes_stay_text(read, empty):
    read([["整理番号", "指標", "R5"], ["0086", "A", 1]])
    assert read_plan(empty, plans(empty)[0]).series["indicator_code"].tolist() == ["0086"]


def test_two_cities_whose_plans_bear_one_name_keep_their_own_periods(empty, xlsx):
    def book(city, span):
        outline = [["自治体", city], ["計画", "総合計画"], ["第1期計画", span]]
        return xlsx({"概要": outline, "一覧": [["指標", "第1期目標（R4）"], ["A", 1]]})

    import_bytes(
        empty,
        ("a.xlsx", book("甲市", "令和2年度～令和4年度")),
        ("b.xlsx", book("乙市", "令和元年度～令和5年度")),
    )
    assert {h.municipality.name: h.periods[0].first_year for h in plans(empty)} == {
        "甲市": 2020,
        "乙市": 2019,
    }


def test_a_municipality_known_by_name_is_not_doubled_when_its_code_comes(empty, table):
    head = ["自治体", "計画", "指標", "年度", "実績値"]
    import_bytes(empty, ("a.csv", table([head, ["川崎市", "P", "A", "R4", "1"]])))
    coded = [["団体コード", *head], ["141305", "川崎市", "P", "A", "R5", "2"]]
    import_bytes(empty, ("b.csv", table(coded)))
    assert [header.municipality.name for header in plans(empty)] == ["川崎市"]


def test_a_name_that_two_municipalities_bear_needs_a_code(empty, table):
    head = ["団体コード", "自治体", "計画", "指標", "年度", "実績値"]
    for code in ("132063", "342084"):
        import_bytes(empty, ("a.csv", table([head, [code, "府中市", "P", "A", "R4", "1"]])))
    preview = preview_of(empty, ("b.csv", table([head[1:], ["府中市", "P", "A", "R5", "2"]])))
    assert [f.code for f in preview.findings] == ["municipality-unclear"]


def test_a_code_of_another_municipality_is_refused(empty, table):
    head = ["団体コード", "自治体", "計画", "指標", "年度", "実績値"]
    import_bytes(empty, ("a.csv", table([head, ["141305", "川崎市", "P", "A", "R4", "1"]])))
    wrong = table([head, ["141305", "横浜市", "P", "A", "R4", "1"]])
    assert [f.code for f in preview_of(empty, ("b.csv", wrong)).findings] == ["code-of-another"]


def test_a_longer_name_with_the_same_code_is_the_same_municipality(empty, table):
    # As the population tables of two years print it.
    head = ["団体コード", "自治体", "計画", "指標", "年度", "実績値"]
    import_bytes(empty, ("a.csv", table([head, ["133817", "三宅村", "P", "A", "R4", "1"]])))
    later = table([head, ["133817", "三宅島　三宅村", "P", "A", "R5", "2"]])
    import_bytes(empty, ("b.csv", later))
    assert [header.municipality.name for header in plans(empty)] == ["三宅村"]


def test_a_file_without_a_status_column_leaves_the_status_of_an_unchanged_value(empty, table):
    head = ["自治体", "計画", "指標", "年度", "実績値"]
    import_bytes(
        empty,
        ("a.csv", table([[*head, "状態", "備考"], ["甲", "P", "A", "R4", "1", "確定", "注"]])),
    )
    preview = preview_of(empty, ("b.csv", table([head, ["甲", "P", "A", "R4", "1"]])))
    assert (preview.unchanged, len(preview.changed)) == (1, 0)


def test_a_value_a_thousand_times_the_known_one_is_a_warning(empty, table):
    head = ["自治体", "計画", "指標", "単位", "年度", "実績値"]
    import_bytes(empty, ("a.csv", table([head, ["甲", "P", "A", "円", "R4", "1290"]])))
    preview = preview_of(empty, ("b.csv", table([head, ["甲", "P", "A", "千円", "R4", "1290"]])))
    assert [f.code for f in preview.findings] == ["unit-changed", "scale-jump"]


def test_names_that_begin_with_a_number_stay_whole(empty, table):
    head = ["自治体", "計画", "政策", "指標", "年度", "実績値"]
    import_bytes(empty, ("a.csv", table([head, ["甲", "P", "2040年の姿", "A", "R4", "1"]])))
    series = read_plan(empty, plans(empty)[0]).series
    assert series[["policy_code", "policy"]].values.tolist() == [["", "2040年の姿"]]


def test_the_plan_chosen_and_the_plan_in_the_file_may_not_differ(empty, table):
    data = table([["自治体", "計画", "指標", "年度", "実績値"], ["甲", "P", "A", "R4", "1"]])
    preview = preview_of(empty, ("a.csv", data), context=Context(plan="Q"))
    assert [f.code for f in preview.findings] == ["plan-contradicts"]


def test_a_year_printed_below_its_value_in_one_cell_makes_no_block(read):
    preview, facts = read(
        [
            ["指標名", "当初\n（2012）", "目標値\n（2023）"],
            ["地域医療体制が整っている。", "2.89\nポイント\n（2011）", "3.45\nポイント"],
        ]
    )
    assert layouts(preview) == ["years"]
    assert facts == [
        ("地域医療体制が整っている。", "", "baseline", 2011, 2.89, "ポイント"),
        ("地域医療体制が整っている。", "", "target", 2023, 3.45, "ポイント"),
    ]


def test_a_row_of_units_below_the_headings_names_no_series(read):
    _, facts = read(
        [
            ["被保護世帯数の年次推移"],
            ["年度", "実数", None, "構成割合"],
            [None, "総数", "稼働世帯", "稼働世帯"],
            [None, "世帯", "世帯", "％"],
            ["平成28年度", 1000, 160, 16.0],
            [29, 1100, 165, 15.0],
            [30, 1200, 168, 14.0],
        ],
        merge=["A2:A4", "B2:C2"],
    )
    assert [fact for fact in facts if fact[3] == 2018] == [
        ("被保護世帯数の年次推移", "実数 稼働世帯", "actual", 2018, 168, "世帯"),
        ("被保護世帯数の年次推移", "実数 総数", "actual", 2018, 1200, "世帯"),
        ("被保護世帯数の年次推移", "構成割合 稼働世帯", "actual", 2018, 14, "％"),
    ]


def test_the_year_in_a_title_is_no_part_of_its_name_and_a_sentence_is_no_title(empty, xlsx):
    def imported(month, value):
        rows = [
            [f"都道府県別保護率（{month}時点）"],
            ["○全国平均保護率：1.66％"],
            ["都道府県", "保護率（％）"],
            ["北海道", value],
            ["青森県", 2.3],
        ]
        data = xlsx({"計画の概要": [["自治体", "国"], ["計画", "P"]], "表": rows})
        return import_bytes(empty, ("a.xlsx", data))

    imported("平成30年11月", 3.0)
    imported("令和元年11月", 2.9)
    header = next(h for h in plans(empty) if h.municipality.name == "北海道")
    table = values_table(read_plan(empty, header))
    assert table[["indicator", "fiscal_year", "value"]].values.tolist() == [
        ["都道府県別保護率", 2018, 3.0],
        ["都道府県別保護率", 2019, 2.9],
    ]


def test_a_shorter_table_beside_a_longer_one_ends_without_a_word(empty, xlsx):
    rows = [
        ["保護率（平成30年11月時点）"],
        ["都道府県", "保護率（％）", "指定都市", "保護率（％）"],
        ["北海道", 3.0, "札幌市", 3.7],
        ["青森県", 2.3, "仙台市", 1.7],
        [None, None, "千葉市", 2.2],
    ]
    data = xlsx({"計画の概要": [["自治体", "国"], ["計画", "P"]], "表": rows})
    preview = preview_of(empty, ("a.xlsx", data))
    assert (len(preview.added), preview.findings) == (5, [])


def test_budgets_are_no_baselines_and_the_draft_of_one_is_no_unit(read):
    _, facts = read(
        [
            ["指標", "平成30年度当初予算", "平成30年度補正後予算", "平成31年度当初予算（案）"],
            ["保護費負担金", "２兆8,637億円", "２兆8,111億円", "２兆8,508億円"],
        ]
    )
    assert facts == [
        ("保護費負担金", "当初予算", "actual", 2018, 2_863_700_000_000, "円"),
        ("保護費負担金", "当初予算(案)", "actual", 2019, 2_850_800_000_000, "円"),
        ("保護費負担金", "補正後予算", "actual", 2018, 2_811_100_000_000, "円"),
    ]


def test_about_and_at_most_are_kept_of_actuals_too(empty, table):
    rows = [["A", "約７割"], ["B", "10％以下"], ["C", "65％"]]
    head = ["自治体", "計画", "年度", "指標", "実績値"]
    import_bytes(empty, ("a.csv", table([head, *[["甲", "P", "R4", *row] for row in rows]])))
    values = values_table(read_plan(empty, plans(empty)[0]))
    assert values[["comparator", "value"]].values.tolist() == [["~", 70], ["<=", 10], ["", 65]]


def test_the_year_of_a_target_is_looked_for_in_its_phrase_not_in_the_name_of_the_table(read):
    _, facts = read(
        [
            ["令和5年度改定　改革工程表"],
            ["指標", "目標（年度は文中）"],
            ["A", "2025年度までに65％"],
            ["B", "80％"],
        ]
    )
    assert [(fact[0], fact[3]) for fact in facts] == [("A", 2025), ("B", None)]


def test_a_number_in_the_name_of_a_table_is_no_year(read):
    _, facts = read(
        [["改革工程表2023"], ["指標", "種別", "年度", "値"], ["取得率", "実績", None, "80.2％"]]
    )
    assert facts == [("取得率", "", "actual", None, 80.2, "％")]


def test_one_promise_in_two_units_is_two_series_named_by_their_units(read):
    _, facts = read(
        [["指標", "目標（年度は文中）"], ["検査の公費負担", "2026年度末までに1,741自治体(100％)"]]
    )
    assert facts == [
        ("検査の公費負担", "自治体", "target", 2026, 1741, "自治体"),
        ("検査の公費負担", "％", "target", 2026, 100, "％"),
    ]


def test_the_end_of_march_counts_for_every_figure_of_its_phrase(read):
    _, facts = read(
        [["指標", "目標（年度は文中）"], ["取得率", "2025年３月末までに男性13％、女性6.4％"]]
    )
    assert [(fact[1], fact[3]) for fact in facts] == [("女性", 2024), ("男性", 2024)]


def test_measures_numbered_within_a_number_are_not_one(empty, table):
    head = ["自治体", "計画", "章", "工程", "指標", "年度", "実績値"]
    steps = ["１９．がん対策の推進　ⅰ．早期発見", "１９．がん対策の推進　ⅱ．治療と就労の両立"]
    rows = [["国", "P", "２．予防", step, "A", "R4", "1"] for step in steps]
    import_bytes(empty, ("a.csv", table([head, *rows])))
    series = read_plan(empty, plans(empty)[0]).series
    assert series["policy_code"].tolist() == ["19-i", "19-ii"]


def test_measures_of_two_chapters_with_the_same_number_stay_two(empty, table):
    head = ["自治体", "計画", "章", "工程", "指標", "年度", "実績値"]
    steps = [["医療", "７．情報利活用の推進"], ["介護", "７．地域包括ケア"]]
    rows = [["国", "P", *step, "A", "R4", "1"] for step in steps]
    import_bytes(empty, ("a.csv", table([head, *rows])))
    exported = values_table(read_plan(empty, plans(empty)[0]))
    assert exported["policy"].tolist() == ["情報利活用の推進", "地域包括ケア"]
    assert preview_of(empty, ("b.csv", exported.to_csv(index=False).encode())).unchanged == 2


def test_a_deed_with_a_year_for_each_keeps_the_year_as_printed(empty, table):
    phrase = "事業主健診は2023年度、学校健診は2024年度を目途に達成"
    rows = [["自治体", "計画", "指標", "目標（年度は文中）"], ["国", "P", "健診情報の提供", phrase]]
    import_bytes(empty, ("a.csv", table(rows)))
    facts = values_table(read_plan(empty, plans(empty)[0]))
    assert facts[["series", "fiscal_year", "value_text"]].values.tolist() == [
        ["事業主健診", 2023, "2023年度"],
        ["学校健診", 2024, "2024年度を目途に"],
    ]


def test_a_public_table_by_municipality_with_codes_years_and_units_in_its_headings(empty, xlsx):
    # The shape of 住民基本台帳に基づく人口: years over the figures, units in the lowest row.
    rows = [
        ["住民基本台帳人口・世帯数"],
        ["", "", "", "令和7年", "令和7年", "令和6年"],
        ["", "", "", "2025年", "2025年", "2024年"],
        ["", "", "", "人口", "世帯数", "出生者数"],
        ["団体コード", "都道府県名", "市区町村名", "人", "世帯", "人"],
        ["-", "合計", "-", 9, 9, 9],
        ["010006", "北海道", "-", 5044825, 2812839, 22877],
        ["011002", "北海道", "札幌市", 1955678, 1113832, 9669],
    ]
    data = xlsx({"計画の概要": [["計画", "人口統計"]], "表": rows})
    preview, _ = import_bytes(empty, ("a.xlsx", data))
    read = {}
    for header in plans(empty):
        table = values_table(read_plan(empty, header))
        key = (header.municipality.code, header.municipality.name)
        read[key] = table[["series", "unit", "fiscal_year", "value"]].values.tolist()
    assert read == {
        ("010006", "北海道"): [
            ["人口", "人", 2025, 5044825.0],
            ["世帯数", "世帯", 2025, 2812839.0],
            ["出生者数", "人", 2024, 22877.0],
        ],
        ("011002", "札幌市"): [
            ["人口", "人", 2025, 1955678.0],
            ["世帯数", "世帯", 2025, 1113832.0],
            ["出生者数", "人", 2024, 9669.0],
        ],
    }
    assert [(f.code, f.cell) for f in preview.findings] == [("total-passed-over", "A6")]
