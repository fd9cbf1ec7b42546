"""The colours: readable, told apart, and the same wherever they are written down."""

import re
import tomllib
from xml.etree import ElementTree as ET

import colour_vision
import pytest
from colour_vision import seen

from kpi.charts import css_scale, theme
from kpi.charts.tokens import marks, type_sizes
from kpi.settings import ROOT


def contrast(one, other):
    return colour_vision.contrast(*(seen(colour, "normal") for colour in (one, other)))


def test_the_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


STANDARD, HIGH = ("light", "dark", "mono"), ("contrast", "contrast-dark")
#: Least ratio of text and of shapes: those of WCAG 2.2 AA, and what high contrast promises.
LEAST = dict.fromkeys(STANDARD, (4.5, 3)) | dict.fromkeys(HIGH, (7, 4.5))
BANDS = "abcdn"
SURFACES = ("surface", "surface-2", "surface-3")
#: Text, and what it is written on.
TEXTS = [
    *((text, on) for text in ("ink", "ink-2", "ink-3", "accent") for on in SURFACES),
    *((f"st-{band}-text", on) for band in BANDS for on in SURFACES),
    *((text, "accent-tint") for text in ("ink", "accent")),
    ("ink", "line-soft"),
    ("on-accent", "accent"),
    # Numbers of findings, in the colour of their weight.
    *(("on-status", on) for on in ("st-c", "st-d", "line-strong")),
    ("surface", "line-strong"),
    ("surface", "ink"),
]
#: Shapes and signs in them, and what they stand on.
MARKS = [
    *((f"st-{band}", on) for band in BANDS for on in SURFACES),
    *(("on-status", f"st-{band}") for band in "abcd"),
    *((line, on) for line in ("accent", "ink-2", "ink-3", "line-strong") for on in SURFACES),
]


@pytest.mark.parametrize("name", LEAST)
def test_text_can_be_read_on_all_it_is_written_on(name):
    for text, on in TEXTS:
        assert contrast(theme(name)[text], theme(name)[on]) >= LEAST[name][0], (text, on)


@pytest.mark.parametrize("name", LEAST)
def test_marks_lines_and_signs_can_be_seen(name):
    for mark, on in MARKS:
        assert contrast(theme(name)[mark], theme(name)[on]) >= LEAST[name][1], (mark, on)


def test_no_style_puts_a_colour_on_another_than_those_that_were_compared():
    """Of each rule that sets both, so that no pair is used that nobody looked at."""
    known = {*TEXTS, *MARKS}
    for name in ("style.css", "contrast.css"):
        css = (ROOT / "src/kpi/ui" / name).read_text(encoding="utf-8")
        css = css.split("@media (forced-colors")[0]
        for rule in re.findall(r"{([^{}]*)}", css):
            colour = re.search(r"(?<![\w-])color: var\(--([\w-]+)\)", rule)
            ground = re.search(r"background(?:-color)?: var\(--([\w-]+)\)", rule)
            if colour and ground:
                assert (colour[1], ground[1]) in known, rule


def test_every_theme_has_the_same_tokens():
    for name in LEAST:
        assert theme(name).colours.keys() == theme("light").colours.keys()


def test_lines_are_thicker_in_high_contrast_alone():
    assert {name: theme(name).weight > 1 for name in LEAST} == {
        name: name in HIGH for name in LEAST
    }


def test_streamlits_theme_repeats_the_tokens():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    for name in ("light", "dark"):
        colours, streamlit = theme(name), config["theme"][name]
        assert streamlit["primaryColor"] == streamlit["linkColor"] == colours["accent"]
        assert streamlit["backgroundColor"] == colours["surface"]
        assert streamlit["secondaryBackgroundColor"] == colours["surface-2"]
        assert streamlit["textColor"] == colours["ink"]
        assert streamlit["borderColor"] == colours["line-strong"]
        assert streamlit["sidebar"]["backgroundColor"] == colours["surface-2"]
    assert config["theme"]["font"] == theme("light").font
    assert config["browser"]["gatherUsageStats"] is False


def test_letters_and_room_on_the_screens_are_those_of_the_tokens():
    style = (ROOT / "src/kpi/ui/style.css").read_text(encoding="utf-8")
    given = set(re.findall("--[ts]-[a-z0-9]+", css_scale()))
    assert set(re.findall(r"var\((--[ts]-[a-z0-9]+)\)", style)) <= given
    # The letters of a meeting are measured by its screen (--u).
    assert not re.findall(r"font-size: *[0-9.]+(?:px|rem|pt)", style)
    room = re.findall(r"(?:padding|margin|gap)[a-z-]*: *([^;}]*)", style)
    # Beyond the largest step a place is kept free for something that is that large.
    assert [one for one in room if any(int(px) <= 48 for px in re.findall(r"(\d+)px", one))] == [
        "40px"
    ]
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    sizes = type_sizes()
    assert config["theme"]["headingFontSizes"] == [
        f"{sizes[name]}px" for name in ("title", "head", "name")
    ]
    assert config["theme"]["baseFontSize"] == sizes["name"]


def test_each_mark_is_drawn_alone_and_filled_and_no_two_alike():
    for where in ("alone", "filled"):
        drawings = [drawing[where] for drawing in marks().values()]
        assert len(set(drawings)) == len(drawings)
        for drawing in drawings:
            ET.fromstring(f"<svg>{drawing.format(ground='#fff')}</svg>")
