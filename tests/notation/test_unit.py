from decimal import Decimal

import pytest

from kpi.notation import Unreadable, difference_unit, read_unit


@pytest.mark.parametrize(
    ("text", "unit", "power"),
    [
        ("円", "円", 0),
        ("千円", "円", 3),
        ("万円", "円", 4),
        ("百万円", "円", 6),
        ("億円", "円", 8),
        ("（単位：千円）", "円", 3),
        ("千人", "人", 3),
        ("人", "人", 0),
        ("%", "％", 0),
        ("パーセント", "％", 0),
        ("千t-CO₂", "t-CO2", 3),
        ("か所", "か所", 0),
        ("千", "千", 0),
        ("", "", 0),
    ],
)
def test_a_unit_is_read_without_its_factor(text, unit, power):
    reading = read_unit(text)
    assert (reading.unit, reading.factor) == (unit, Decimal(10) ** power)


@pytest.mark.parametrize(
    "text", ["65％以上を目指す", "12", "5人", "令和5年度の値", "％減少", "件増", "-", "%達成"]
)
def test_a_sentence_or_a_number_is_no_unit(text):
    with pytest.raises(Unreadable):
        read_unit(text)


def test_percentages_differ_by_points():
    assert difference_unit("％") == "ポイント"
    assert difference_unit("世帯") == "世帯"
