import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kpi.notation import fold, is_found, normal, searched


def test_names_that_people_read_as_the_same_have_one_normal_form():
    same = [
        "就労支援(高校等)",
        "就労支援（高校等）",
        "就労支援　（高校等）",
        "就労\n支援（高校等）",
    ]
    assert len({normal(name) for name in same}) == 1


def test_every_dash_and_every_wave_counts_as_one():
    assert len({normal(f"1{dash}5") for dash in "-‐‑–—―−－ｰー"}) == 1
    assert len({normal(f"1{wave}5") for wave in "~〜～∼"}) == 1


def test_radicals_that_pdf_copies_bring_are_the_characters_they_stand_for():
    # As in the source text of the Kawasaki plan: ⺠ (U+2EA0), ⽣ (U+2F63).
    assert normal("市⺠⽣活") == normal("市民生活")


def test_different_names_stay_different():
    assert normal("現年度分") != normal("滞納繰越分")
    assert normal("JOB") != normal("job")


@given(st.text(max_size=40))
@example("A´")
@example("1﹘5")
def test_folding_twice_changes_nothing_more(text):
    assert normal(normal(text)) == normal(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("ゴミ", "1人1日当たりのごみ排出量"),
        ("ｺﾞﾐ", "1人1日当たりのごみ排出量"),
        ("ごみ 排出", "１人１日当たりの\nごみ排出量"),
        ("排出　ゴミ", "1人1日当たりのごみ排出量"),
        ("job", "だいＪＯＢセンターの支援を通じて状況が改善した割合"),
        ("せんたー", "だいＪＯＢセンター"),
        ("サービス", "ｻ-ﾋﾞｽの利用者数"),
        ("市民生活", "市⺠⽣活の満足度"),
        ("茅ケ崎", "茅ヶ崎駅の乗車人員"),
        ("", "何でも"),
    ],
)
def test_a_name_is_found_however_it_is_typed(words, name):
    assert is_found(words, name)


@pytest.mark.parametrize(
    ("words", "name"),
    [("ごみ 資源", "ごみ排出量"), ("はす", "バスの利用者数"), ("量排出", "ごみ排出量")],
)
def test_another_name_is_not_found(words, name):
    assert not is_found(words, name)


KANA = "".join(map(chr, range(ord("ぁ"), ord("ゔ") + 1)))


@given(st.text(KANA + "ー市民の割合 ", max_size=20), st.sampled_from(["NFC", "NFD", "NFKD"]))
def test_hiragana_and_katakana_are_searched_alike_in_any_composition(name, form):
    katakana = "".join(chr(ord(c) + 0x60) if c in KANA else c for c in name)
    assert searched(unicodedata.normalize(form, katakana)) == searched(name)


FORMS = "".join(map(chr, [*range(0x21, 0x7F), *range(0xFF01, 0xFFA0)]))


@given(st.text(FORMS, max_size=20))
def test_widths_and_cases_are_searched_alike(name):
    assert searched(unicodedata.normalize("NFKC", name).upper()) == searched(name.upper())


@given(st.text(max_size=40))
def test_what_is_searched_does_not_change_when_it_is_searched_again(text):
    assert searched(searched(text)) == searched(text)


@given(st.text(max_size=20), st.text(min_size=1, max_size=8), st.text(max_size=20))
def test_any_part_of_a_name_is_found_in_it_by_its_searched_form(before, part, after):
    name = searched(before + part + after)
    assert is_found(name[len(name) // 3 : 2 * len(name) // 3], name)
