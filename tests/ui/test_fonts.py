"""The font the program serves: every letter in one slice, each slice a font with its licence."""

import io

import pytest
from fontTools.ttLib import TTFont

from kpi.ui.server import fonts
from kpi.words import keys, template


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_FONTS", str(tmp_path))
    return tmp_path / fonts._edition()


def test_every_letter_of_names_is_in_one_slice_and_the_programs_own_in_the_first():
    every = "".join(fonts.slices())
    assert len(every) == len(set(every))
    # Of names of people and places, units and marks: JIS X 0213 and what Windows has besides.
    assert set("髙﨑辻龜橋①㎡㌔▲△ヶ々〆") <= set(every)
    own = {letter for key in keys() for letter in template(key) if letter.isprintable()}
    assert own <= set(fonts.slices()[0])


def test_a_slice_has_its_letters_in_both_weights_and_says_whose_it_is():
    for weight, file in fonts._FILES.items():
        font = TTFont(io.BytesIO(fonts.cut(file, "髙い0")))
        assert set(map(chr, font.getBestCmap())) == set("髙い0")
        assert font["OS/2"].usWeightClass == weight
        assert "SIL Open Font License" in font["name"].getDebugName(13)


def test_pages_name_the_font_only_once_all_of_it_has_been_cut(folder):
    assert fonts.link() == ""
    folder.mkdir()
    for name, _, _ in fonts._names():
        (folder / name).touch()
    assert f"./fonts/{folder.name}/faces.css" in fonts.link()
    assert fonts.faces().count("@font-face") == 2 * len(fonts.slices())


def test_where_no_folder_is_wanted_no_font_is_served(monkeypatch):
    monkeypatch.setenv("KPI_FONTS", "")
    assert fonts.link() == ""


def test_ranges_of_letters_are_told_as_style_sheets_tell_them():
    assert list(fonts._ranges("abcあ")) == ["U+61-63", "U+3042"]
