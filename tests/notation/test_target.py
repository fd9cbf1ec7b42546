import csv
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.model import Comparator
from kpi.notation import TargetKind, Unreadable, read_target

GOLD = Path(__file__).parents[1] / "gold" / "kawasaki.csv"


def gold_targets():
    with GOLD.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["kind"] == "target"]


@pytest.mark.parametrize(
    "row", gold_targets(), ids=lambda row: f"{row['value_text']}-{row['fiscal_year']}"
)
def test_every_target_printed_in_the_kawasaki_plan_is_read_as_transcribed_by_hand(row):
    reading = read_target(row["value_text"])
    if not row["value"]:
        assert reading.kind is TargetKind.NONE
        return
    assert reading.value == Decimal(row["value"])
    assert (reading.comparator or "") == row["operator"]
    assert reading.unit == row["unit"]


@pytest.mark.parametrize(
    ("text", "comparator", "value", "unit"),
    [
        ("65％以上", Comparator.AT_LEAST, "65", "％"),
        ("50億円以下", Comparator.AT_MOST, "5000000000", "円"),
        ("3日以内", Comparator.AT_MOST, "3", "日"),
        ("10人未満", Comparator.LESS, "10", "人"),
        ("100件超", Comparator.MORE, "100", "件"),
        ("100件を超える", Comparator.MORE, "100", "件"),
        ("≧65", Comparator.AT_LEAST, "65", ""),
        ("約３割", Comparator.ABOUT, "30", "％"),
        ("100％", None, "100", "％"),
        ("0", None, "0", ""),
        ("−0.5以上", Comparator.AT_LEAST, "-0.5", ""),
        ("1,350万人以下", Comparator.AT_MOST, "13500000", "人"),
        ("最低限１箇所", Comparator.AT_LEAST, "1", "箇所"),
        ("最大10件", Comparator.AT_MOST, "10", "件"),
        ("50％を下回らない", Comparator.AT_LEAST, "50", "％"),
        ("半数", Comparator.ABOUT, "50", "％"),
        ("半数以上", Comparator.AT_LEAST, "50", "％"),
        ("過半数", Comparator.MORE, "50", "％"),
        ("４分の３以上", Comparator.AT_LEAST, "75", "％"),
        ("約30％程度", Comparator.ABOUT, "30", "％"),
        ("ゼロ", None, "0", ""),
        ("待機児童ゼロ", None, "0", ""),
        ("年間300件以上", Comparator.AT_LEAST, "300", "件"),
        ("年20社以上", Comparator.AT_LEAST, "20", "社"),
        ("１日１回以上", Comparator.AT_LEAST, "1", "回"),
        ("毎年度 100％", None, "100", "％"),
        ("100％を達成", None, "100", "％"),
        ("65％以上を維持", Comparator.AT_LEAST, "65", "％"),
        ("65歳以上の者の50％以上", Comparator.AT_LEAST, "50", "％"),
        ("人口10万対5.3以下", Comparator.AT_MOST, "5.3", ""),
        ("10万人当たり５人以下", Comparator.AT_MOST, "5", "人"),
        ("40代の受診率50％以上", Comparator.AT_LEAST, "50", "％"),
        ("5年以内", Comparator.AT_MOST, "5", "年"),
        ("1.2倍", None, "1.2", "倍"),
        ("65％以上※１", Comparator.AT_LEAST, "65", "％"),
        ("5％以下に抑える", Comparator.AT_MOST, "5", "％"),
    ],
)
def test_a_threshold_is_read(text, comparator, value, unit):
    reading = read_target(text)
    assert reading.kind is TargetKind.THRESHOLD
    assert (reading.comparator, reading.value, reading.unit) == (comparator, Decimal(value), unit)


def test_a_range_is_read_from_its_lower_to_its_upper_end():
    reading = read_target("10.0～15.0％")
    assert reading.kind is TargetKind.RANGE
    assert (reading.value, reading.value_high) == (Decimal(10), Decimal(15))
    assert reading.unit == "％"


@pytest.mark.parametrize(
    ("text", "comparator", "value", "year"),
    [
        ("2025 年度までに 65％", None, "65", 2025),
        ("令和７年度末までに６５％以上", Comparator.AT_LEAST, "65", 2025),
        ("R7までに65％以上", Comparator.AT_LEAST, "65", 2025),
        ("平成32（2020）年度に65％", None, "65", 2020),
        ("2040年までに75歳以上", Comparator.AT_LEAST, "75", 2040),
        ("65％以上（令和7年度）", Comparator.AT_LEAST, "65", 2025),
        ("2024 年度から 2026 年度の期間に延べ 3,000 人", None, "3000", 2026),
        ("R6～R8で50人", None, "50", 2026),
        ("2024～2026年度で50人", None, "50", 2026),
        ("増加（2024年度までに50％）", None, "50", 2024),
        ("2028 年度までに 35,000 人以下に減少", Comparator.AT_MOST, "35000", 2028),
        # As printed, though its date lies in the fiscal year before.
        ("2025年３月末までに100％", None, "100", 2025),
    ],
)
def test_the_year_by_which_is_read_beside_the_figure(text, comparator, value, year):
    reading = read_target(text)
    assert reading.kind is TargetKind.THRESHOLD
    assert (reading.comparator, reading.value) == (comparator, Decimal(value))
    assert reading.target_year == year


@pytest.mark.parametrize(
    ("text", "change", "comparator", "reference", "year"),
    [
        ("2023年度までに2008年度と比べて25％減少", "-25", None, 2008, 2023),
        ("2013年度比46％以上の削減", "-46", Comparator.AT_MOST, 2013, None),
        ("2030年度までに2013年度から46％削減", "-46", None, 2013, 2030),
        ("2020年度比２割以上の改善", "20", Comparator.AT_LEAST, 2020, None),
        ("H30比約10％減", "-10", Comparator.ABOUT, 2018, None),
        ("前年度比５％増", "5", None, None, None),
        ("基準値から10％削減", "-10", None, None, None),
        ("2021年度と比べて倍増", "100", None, 2021, None),
        ("地域差半減", "-50", None, None, None),
        ("2020年度の1.5倍以上", "50", Comparator.AT_LEAST, 2020, None),
        ("前年度の２倍", "100", None, None, None),
        ("2倍に増加", "100", None, None, None),
    ],
)
def test_a_change_against_another_year_is_no_level(text, change, comparator, reference, year):
    reading = read_target(text)
    assert (reading.kind, reading.value) == (TargetKind.RELATIVE, None)
    assert (reading.change_pct, reading.comparator) == (Decimal(change), comparator)
    assert (reading.reference_year, reading.target_year) == (reference, year)


@pytest.mark.parametrize(
    ("text", "comparator", "reference", "year"),
    [
        ("2019年度実績から増加", Comparator.MORE, 2019, None),
        ("令和元年度実績から令和7年度までに増加", Comparator.MORE, 2019, 2025),
        ("2018 年度と比べて減少", Comparator.LESS, 2018, None),
        ("2023 年度実績と比較し、2033 年度時点で上昇", Comparator.MORE, 2023, 2033),
        ("平成30年度と同水準", Comparator.EQUAL, 2018, None),
        ("2020年度実績以上", Comparator.AT_LEAST, 2020, None),
        ("前年度実績以上", Comparator.AT_LEAST, None, None),
        ("前年度実績を上回る", Comparator.MORE, None, None),
        ("前年度より増", Comparator.MORE, None, None),
        ("前年度並み", Comparator.EQUAL, None, None),
        ("現状維持", Comparator.EQUAL, None, None),
        ("維持・向上", Comparator.AT_LEAST, None, None),
        ("現状維持または増加", Comparator.AT_LEAST, None, None),
        ("2025年度末までに縮減", Comparator.LESS, None, 2025),
        # Open-ended: nothing to be above of.
        ("2024年度以降増加", None, None, None),
        ("増加", None, None, None),
        # Which way is better, the measure knows.
        ("2022年度実績と比較して2025年度末までに改善", None, 2022, 2025),
    ],
)
def test_a_direction_is_read_with_the_years_it_lies_between(text, comparator, reference, year):
    reading = read_target(text)
    assert (reading.kind, reading.value) == (TargetKind.DIRECTION, None)
    assert (reading.comparator, reading.reference_year) == (comparator, reference)
    assert reading.target_year == year


def test_a_figure_to_be_left_behind_is_kept_with_the_direction():
    reading = read_target("平成28年度の9.4％に比べて減少")
    assert reading.kind is TargetKind.DIRECTION
    assert (reading.comparator, reading.value) == (Comparator.LESS, Decimal("9.4"))
    assert reading.reference_year == 2016


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2024年度中に運用開始", 2024),
        ("2024年４月から運用開始", 2024),
        ("令和８年度までに策定する", 2026),
        ("2023年度末目処", 2023),
        ("2024 年秋", 2024),
        ("2024年度", 2024),
    ],
)
def test_a_milestone_is_a_year_and_a_deed(text, year):
    reading = read_target(text)
    assert (reading.kind, reading.value) == (TargetKind.MILESTONE, None)
    assert reading.target_year == year


@pytest.mark.parametrize(
    ("text", "comparator", "year"),
    [
        ("全自治体", Comparator.EQUAL, None),
        ("すべての都道府県", Comparator.EQUAL, None),
        ("令和８年度末までに全市町村", Comparator.EQUAL, 2026),
        ("2024年度末までに全国展開を達成", Comparator.EQUAL, 2024),
        ("概ね全ての医療機関での導入", Comparator.ABOUT, None),
    ],
)
def test_all_there_are_is_a_target_without_a_number(text, comparator, year):
    reading = read_target(text)
    assert (reading.kind, reading.value) == (TargetKind.ALL, None)
    assert (reading.comparator, reading.target_year) == (comparator, year)


def test_several_figures_are_never_silently_one_of_them():
    reading = read_target("2025年度までに男性 13％、女性6.4％以下")
    assert (reading.kind, reading.value) == (TargetKind.THRESHOLD, None)
    assert (reading.unit, reading.target_year) == ("％", 2025)
    assert reading.comparator is Comparator.AT_MOST
    assert [(part.label, part.value) for part in reading.parts] == [
        ("男性", Decimal(13)),
        ("女性", Decimal("6.4")),
    ]


def test_a_label_is_cut_at_particles_and_not_within_a_word():
    parts = read_target("こどもは50％、若者で60％").parts
    assert [part.label for part in parts] == ["こども", "若者"]


def test_a_milestone_may_fall_in_a_year_for_each():
    phrase = "甲は2023年度、乙は2024年度、丙は2025年度までに開始"
    assert [(part.label, part.target_year) for part in read_target(phrase).parts] == [
        ("甲", 2023),
        ("乙", 2024),
        ("丙", 2025),
    ]


def test_a_figure_a_year_is_a_part_a_year():
    parts = read_target("令和5年度50％、令和7年度60％以上").parts
    assert [(part.target_year, part.value, part.comparator) for part in parts] == [
        (2023, Decimal(50), None),
        (2025, Decimal(60), Comparator.AT_LEAST),
    ]


def test_one_promise_in_two_units_keeps_both():
    parts = read_target("2026年度末までに1,741自治体（100％）").parts
    assert [(part.value, part.unit) for part in parts] == [
        (Decimal(1741), "自治体"),
        (Decimal(100), "％"),
    ]


def test_years_and_figures_of_a_quoted_name_are_not_the_targets():
    reading = read_target("「健康日本21」に基づき、2025年度までに65％")
    assert (reading.value, reading.target_year) == (Decimal(65), 2025)


def test_a_stretch_target_in_brackets_stands_beside_the_main_one():
    reading = read_target("20％以上\n＜25％以上＞")
    assert (reading.text, reading.value) == ("20％以上", Decimal(20))
    assert reading.stretch is not None
    assert (reading.stretch.text, reading.stretch.value) == ("＜25％以上＞", Decimal(25))


@pytest.mark.parametrize(
    "text",
    [
        "ー",
        "",
        "＿",
        "未定",
        "第３期実施計画から新たに設定",
        "新規設定",
        "2024年中に指標を検討",
        "目標値は今後設定",
    ],
)
def test_where_there_is_no_target_none_is_read(text):
    assert read_target(text).kind is TargetKind.NONE


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("3～5万円", "range_scale"),
        ("15～10％", "range_backwards"),
        ("5人～10％", "units_differ"),
        ("29（4）以上", "two_numbers"),
        ("29（4）", "two_numbers"),
        ("13％、6％", "two_numbers"),
        ("男性5％減、女性3％減", "two_numbers"),
        ("5～10％減", "no_unit"),
        ("２／３以上", "two_numbers"),
        ("３分の２以上", "fraction"),
        ("100件増", "change_amount"),
        ("５ポイント増", "change_amount"),
        ("前年度比110％以上", "change_or_level"),
        ("2020年度比105％", "change_or_level"),
        ("前年度より100件", "change_or_level"),
        ("2020年度と比べて男性5％、女性3％", "change_or_level"),
        ("現状（2020年度）50％", "not_promised"),
        ("未設定（参考：50％）", "not_promised"),
        ("65％以上（現状50％）", "not_promised"),
        ("50％→60％", "not_promised"),
        ("2020年度50％から2025年度60％へ", "not_promised"),
        ("過去5年平均以下", "no_number"),
        ("全国平均以上", "no_number"),
        ("未実施", "no_number"),
        ("10数件以上", "no_unit"),
        ("令和6～8年度に300人", "no_era"),
        ("令和6年度～8までに300人", "no_span"),
        ("7年度末までに100％", "no_era"),
        ("令和7年度か令和8年度までに100％", "years_differ"),
        ("令和0年度までに100％", "year_zero"),
        ("増加させない", "no_number"),
        ("過去最高", "no_number"),
        ("100％くらいは", "no_unit"),
        ("90％台", "no_unit"),
    ],
)
def test_what_cannot_be_read_is_refused_never_guessed(text, why):
    with pytest.raises(Unreadable) as refused:
        read_target(text)
    assert refused.value.why == why


WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789,.%"}
PRINTED = {
    "{}": None,
    "{}以上": Comparator.AT_LEAST,
    "{}以下": Comparator.AT_MOST,
    "{}以内": Comparator.AT_MOST,
    "{}未満": Comparator.LESS,
    "{}を超える": Comparator.MORE,
    "≧{}": Comparator.AT_LEAST,
    "約{}": Comparator.ABOUT,
    "毎年度{}以上": Comparator.AT_LEAST,
    "2030年度までに{}以上": Comparator.AT_LEAST,
}


@given(
    st.decimals(0, 10**9, places=2),
    st.sampled_from(["％", "人", "円", "件", "か所", "世帯", ""]),
    st.sampled_from(sorted(PRINTED)),
    st.booleans(),
)
def test_a_printed_target_reads_back_as_itself(value, unit, form, wide):
    text = form.format(f"{value:,}{unit}")
    reading = read_target(text.translate(WIDE) if wide else text)
    assert (reading.kind, reading.comparator) == (TargetKind.THRESHOLD, PRINTED[form])
    assert (reading.value, reading.unit) == (value, unit)


@given(st.integers(1, 99), st.integers(2000, 2020), st.integers(2021, 2060), st.booleans())
def test_a_printed_change_reads_back_as_itself(per_cent, reference, year, less):
    way = "減少" if less else "増加"
    reading = read_target(f"{year}年度までに{reference}年度と比べて{per_cent}％{way}")
    assert reading.change_pct == (-per_cent if less else per_cent)
    assert (reading.reference_year, reading.target_year) == (reference, year)


@given(
    st.text(max_size=30)
    | st.text("0129,.％割倍年度月令和R以上未満減増（）＜＞～、から比べて全実施ー－ ", max_size=30)
)
def test_any_text_is_read_or_refused_and_nothing_else_happens(text):
    with suppress(Unreadable):
        assert read_target(text).kind in TargetKind


@pytest.mark.parametrize("sign", ["1", "1,", "※", "(", "年度1", "約", "全", "1~", "1日"])
def test_a_text_of_any_length_is_refused_at_once(sign):
    with pytest.raises(Unreadable):
        read_target(sign * 30_000 + "x")
