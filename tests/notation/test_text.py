from hypothesis import example, given
from hypothesis import strategies as st

from kpi.notation import fold, normal


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
