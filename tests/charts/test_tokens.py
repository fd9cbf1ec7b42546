"""The colours: readable, told apart, and the same wherever they are written down."""

import tomllib

import colour_vision
import pytest
from colour_vision import seen

from kpi.charts import theme
from kpi.settings import ROOT


def contrast(one, other):
    return colour_vision.contrast(*(seen(colour, "normal") for colour in (one, other)))


def test_the_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(
    "text", ["ink", "ink-2", "ink-3", "accent", *(f"st-{c}-text" for c in "abcdn")]
)
def test_text_can_be_read_on_every_surface(name, text):
    colours = theme(name)
    for surface in ("surface", "surface-2", "surface-3"):
        assert contrast(colours[text], colours[surface]) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("mark", [f"st-{c}" for c in "abcd"])
def test_the_signs_on_a_mark_can_be_seen(name, mark):
    assert contrast(theme(name)[mark], theme(name)["on-status"]) >= 3


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
