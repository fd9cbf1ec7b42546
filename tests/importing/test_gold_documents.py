"""The four documents beside Kawasaki's: what is stored of them is what people read in them.

``indicators.csv`` names, row by row, what the transcribed values of ``printed_values.csv`` and
``roadmap_targets.csv`` are of. A row without a kind is context or a remark and counts for nothing.
"""

import csv
from collections import Counter, defaultdict
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from acts import import_bytes

from kpi.charts import values_table
from kpi.notation import normal, read_unit
from kpi.store import plans, read_plan

GOLD = Path(__file__).parents[1] / "gold"
COMPARATORS = {"=": "", "approx": "~"}

# By source, line and value: what a person concluded beyond the cell, and what the cell says.
JUDGED = {
    # 現状 stands under （2017）; the remark beside it speaks of 平成30年4月末.
    ("komagane", "453", "2200"): {"fiscal_year": 2017},
    # 改善 does not say which way is better: > was concluded from the indicator.
    ("roadmap2023", "3009", ""): {"comparator": ""},
    # ゼロ stands in the name of the indicator, not in its target.
    ("roadmap2023", "3833", "0"): {"value": None, "unit": None},
    # 2025年 stands elsewhere in the paragraph, before both of its goals.
    ("roadmap2023", "4038", "5"): {"fiscal_year": None},
    # The phrase has 億 without 円.
    ("roadmap2023", "4569", "674"): {"unit": ""},
}
# Names of parts that the transcriber chose; the phrase has other words for them, or none.
PARTS = {
    "延伸 (years added)": "延伸",
    "到達年齢": "",
    "※２：成分数ベース (share of 成分数 that passed the 80％ threshold)": (
        "置き換わった成分数が全体の成分数"
    ),
    "※１：数量ベース (threshold inside the same target)": "バイオシミラー",
}


def read(name):
    with (GOLD / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def transcribed(source):
    """The rows of one document that count, each with what it is of."""
    names = [row for row in read("indicators.csv") if row["source"] == source]
    for above, row in pairwise(names):
        if row["under"] == "〃":
            row["under"] = above["under"]
    if source == "roadmap2023":
        printed = read("roadmap_targets.csv")
    else:
        printed = [row for row in read("printed_values.csv") if row["source"] == source]
    for name, row in zip(names, printed, strict=True):
        assert name["source_line"] == row["source_line"]
        if name["kind"] and row["value_text"] and row["value_text"] != "＿":
            yield {**row, **{key: text for key, text in name.items() if text or key not in row}}


def expected(row, **changed):
    """What a row promises of its fact. The unit of a target without a figure is no statement."""
    unit = read_unit(row["unit"])
    year = row["fiscal_year"] or row.get("target_year", "")
    return {
        "indicator": row["indicator"],
        "series": row["component"],
        "kind": row["kind"],
        "fiscal_year": int(year) if year else None,
        "comparator": COMPARATORS.get(row["operator"], row["operator"]),
        "value": float(Decimal(row["value"]) * unit.factor) if row["value"] else None,
        "unit": unit.unit if row["value"] else None,
        "direction": row["direction"],
        "status": row["status"].removesuffix("値"),
        "value_text": row["value_text"],
        **changed,
        **JUDGED.get((row["source"], row["source_line"], row["value"]), {}),
    }


@pytest.fixture
def stored(samples):
    headers = {(h.municipality.name, h.plan.name): h for h in plans(samples)}

    def facts(municipality, plan):
        for row in values_table(read_plan(samples, headers[municipality, plan])).to_dict("records"):
            has_value = row["value"] == row["value"]
            yield {
                **row,
                "comparator": COMPARATORS.get(row["comparator"], row["comparator"]),
                "value": row["value"] if has_value else None,
                "unit": row["unit"] if has_value else None,
            }

    return facts


def compared(fact, *columns):
    """A fact as a tuple; names and texts on their normal form."""
    return tuple(
        normal(value) if isinstance(value := fact[column], str) else value for column in columns
    )


COLUMNS = (
    "indicator",
    "series",
    "kind",
    "fiscal_year",
    "comparator",
    "value",
    "unit",
    "direction",
    "status",
)


def assert_same(ours, gold, *columns):
    found, printed = (
        Counter(compared(fact, *COLUMNS, *columns) for fact in facts) for facts in (ours, gold)
    )
    assert {"missing": printed - found, "beyond": found - printed} == {"missing": {}, "beyond": {}}


def test_komagane_with_its_repeated_headings_gives_the_values_of_its_tables(stored):
    rows = list(transcribed("komagane"))
    gold = [expected(row, policy=row["under"].split(" ")[1]) for row in rows]
    facts = list(stored("駒ヶ根市", "駒ヶ根市 基本計画"))
    for fact in facts:
        # The year of a cell that differs from its heading's is printed below the value.
        fact["value_text"] = normal(fact["value_text"]).removesuffix(f"({fact['fiscal_year']})")
    assert len(gold) == 43
    assert_same(facts, gold, "policy", "value_text")


def test_hachioji_gives_the_figures_a_person_took_from_its_sentences_and_nothing_else(stored):
    gold = [expected(row) for row in transcribed("hachioji")]
    assert len(gold) == 14
    assert_same(stored("八王子市", "八王子市 生活福祉担当部長 令和8年度目標"), gold, "value_text")


def test_every_figure_taken_from_a_sentence_has_its_sentence_beside_it(stored):
    for fact in stored("八王子市", "八王子市 生活福祉担当部長 令和8年度目標"):
        assert fact["source_sheet"] == "文章から採った指標"
        assert fact["value_text"].strip("%件/月約") in fact["note"]


NATIONAL = "生活保護行政の指標（平成31年3月）"


def test_the_ministrys_indicators_and_budgets_belong_to_the_nation(stored):
    gold = [expected(row) for row in transcribed("mhlw2019_kpi")]
    for row in transcribed("mhlw2019_series"):
        if row["unit"] == "億円":
            indicator, series = row["indicator"].split(" ", 1)
            gold.append(expected(row, indicator=indicator, series=series))
    assert len(gold) == 79 + 6
    assert_same(stored("国", NATIONAL), gold, "value_text")


def test_targets_and_actuals_of_one_name_are_of_one_indicator(samples):
    """So that they are held against each other."""
    for header in plans(samples):
        if header.plan.name in (NATIONAL, "駒ヶ根市 基本計画"):
            series = read_plan(samples, header).series
            assert not series.duplicated(["indicator", "series"]).any()


def is_national_average(row):
    """The average stands among the indicators, where it is stored once."""
    return row["indicator"] == "保護率(全国平均)"


def test_the_long_series_give_every_year_since_1995(stored):
    gold = []
    for row in transcribed("mhlw2019_series"):
        if row["component"] != "全国" or row["unit"] == "億円" or is_national_average(row):
            continue
        # The print has 実数 over the counts, and 構成割合 in the title of its other table.
        series = row["indicator"].removesuffix(" 構成割合")
        if row["under"].startswith("世帯の労働力") and not series.startswith("構成割合"):
            series = f"実数 {series}"
        # A heading that says the same as the one above it is said once.
        words = list(dict.fromkeys(series.split(" ")))
        gold.append(expected(row, indicator=row["under"], series="".join(words)))
    assert len(gold) == 966
    assert_same(stored("国", "被保護者調査"), gold)


def test_each_area_has_its_own_figures_of_the_tables_by_area(stored, samples):
    gold = {}
    for row in transcribed("mhlw2019_series"):
        if row["component"] == "全国":
            continue
        name = "都道府県・指定都市・中核市別保護率"
        fact = compared(expected(row, indicator=name, series="保護率"), *COLUMNS)
        # The largest and smallest stand in two tables, with the same figure.
        gold.setdefault(row["component"], set()).add(fact)
    areas = {h.municipality.name for h in plans(samples) if h.plan.name == "被保護者調査"} - {"国"}
    assert areas == set(gold)
    assert len(areas) == 47 + 20 + 54
    for area in areas:
        facts = [compared(fact, *COLUMNS) for fact in stored(area, "被保護者調査")]
        assert sorted(facts) == sorted(gold[area])


def test_a_city_with_a_plan_of_its_own_has_its_figure_of_the_nations_table_beside_it(samples):
    names = [h.plan.name for h in plans(samples) if h.municipality.code == "141305"]
    assert names == ["川崎市総合計画", "被保護者調査"]


def test_the_roadmap_gives_every_target_as_its_phrase_says_it(stored):
    rows = list(transcribed("roadmap2023"))
    units = defaultdict(set)
    for row in rows:
        if not row["breakdown"]:
            units[row["source_line"], row["value_text"]].add(row["unit"])
    gold = []
    for row in rows:
        series = PARTS.get(row["breakdown"], row["breakdown"])
        if len(units[row["source_line"], row["value_text"]]) > 1:
            # One promise in two units (1,741自治体(100％)): a series each, named by its unit.
            series = row["unit"]
        gold.append(expected(row, series=series))
    assert len(gold) == 224
    assert_same(stored("国", "新経済・財政再生計画 改革工程表2023"), gold)
    texts = {normal(row["value_text"]) for row in rows}
    for fact in stored("国", "新経済・財政再生計画 改革工程表2023"):
        # Of a phrase with several figures each fact holds its own part.
        assert any(normal(fact["value_text"]) in text for text in texts)


def test_every_judgement_is_about_a_row_of_the_transcription():
    rows = [row for source in ("komagane", "roadmap2023") for row in transcribed(source)]
    known = {(row["source"], row["source_line"], row["value"]) for row in rows}
    assert set(JUDGED) <= known


@pytest.mark.parametrize(
    "plan", ["新経済・財政再生計画 改革工程表2023", NATIONAL, "駒ヶ根市 基本計画"]
)
def test_the_values_of_a_document_read_back_into_the_same_table(samples, empty, plan):
    def written(engine):
        [header] = [header for header in plans(engine) if header.plan.name == plan]
        return values_table(read_plan(engine, header))

    before = written(samples)
    import_bytes(empty, ("values.csv", before.to_csv(index=False).encode()))
    kept = ["source_file", "source_sheet", "source_cell", "recorded_at"]
    assert written(empty).drop(columns=kept).equals(before.drop(columns=kept))
