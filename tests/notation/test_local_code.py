"""Codes of local governments as people type them. Codes: 総務省「全国地方公共団体コード」."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi.notation import Unreadable, read_local_code, with_check_digit


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("011002", "011002"),  # 札幌市
        ("131016", "131016"),  # 千代田区
        ("141305", "141305"),  # 川崎市
        ("14130", "141305"),
        ("１４１３０５", "141305"),
        (" 14130-5 ", "141305"),
        ("202100", "202100"),  # 駒ヶ根市
        ("473821", "473821"),  # 与那国町
    ],
)
def test_a_code_is_read_with_its_check_digit_or_without(typed, code):
    assert read_local_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "code_length"),
        ("1413", "code_length"),
        ("1413056", "code_length"),
        ("川崎市", "code_length"),
        ("141306", "code_check"),
        ("001005", "code_prefecture"),
        ("990001", "code_prefecture"),
    ],
)
def test_what_is_no_code_is_refused_and_said_why(typed, why):
    with pytest.raises(Unreadable) as refused:
        read_local_code(typed)
    assert refused.value.why == why


@given(st.integers(1, 47), st.integers(0, 999), st.integers(0, 9))
def test_of_ten_last_digits_one_is_right(prefecture, number, last):
    five = f"{prefecture:02}{number:03}"
    right = with_check_digit(five)
    typed = f"{five}{last}"
    if typed == right:
        assert read_local_code(typed) == right
    else:
        with pytest.raises(Unreadable):
            read_local_code(typed)
