"""Images of charts: what they are, what they say of themselves, and that they stay the same."""

import re
import shutil
import struct
import sys
import xml.etree.ElementTree as ET
import zlib
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from kpi.charts import (
    BrowserMissing,
    ImageFormat,
    Style,
    describe,
    find_browser,
    images,
    picture,
    render,
)
from kpi.charts.images import _Browser, _Page

pytestmark = pytest.mark.xdist_group("browser")


def described(assessment, indicator, series=""):
    lines = assessment.lines(3)
    line = next(x for x in lines if x.indicator.startswith(indicator) and x.series == series)
    return describe(assessment, line, 3)


@pytest.fixture
def arrears(kawasaki):
    assert find_browser(), "the tests bring chromium"
    return described(kawasaki, "国民健康保険料収入率等", "収入未済額")


def chunks(png):
    """The chunks of a PNG by their type, each with a sum that holds."""
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (checked,) = struct.unpack(">I", png[at + 8 + length : at + 12 + length])
        assert checked == zlib.crc32(kind + data)
        yield kind, data
        at += 12 + length


def test_a_png_is_twice_the_size_and_says_what_it_shows(arrears):
    image = render(picture(arrears), ImageFormat.PNG)
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(image[16:20]) == 2400
    told = dict(
        data.decode().split("\0\0\0ja\0\0") for kind, data in chunks(image) if kind == b"iTXt"
    )
    assert told["Title"] == "国民健康保険料収入率等 収入未済額（億円）"
    assert told["Description"].startswith(arrears.sentence)
    assert not {b"tIME", b"tEXt"} & {kind for kind, _ in chunks(image)}


def test_an_svg_has_title_and_description_and_fetches_nothing(arrears):
    image = render(picture(arrears, Style.MONOCHROME), ImageFormat.SVG)
    drawing = ET.fromstring(image)
    title, description = drawing[0], drawing[1]
    assert (title.tag[-5:], title.text) == ("title", "国民健康保険料収入率等 収入未済額（億円）")
    assert description.tag.endswith("desc")
    assert description.text.startswith(arrears.sentence)
    assert arrears.source in description.text
    text = "".join(drawing.itertext())
    for word in ("基準 67億5,319万円", "30億7,700万円", "目標 50億円以下", "達成（参考 R2）"):
        assert word in text
    assert not re.search(rb"""(?:href|src)=["'](?!#)""", image)
    named = set(re.findall(rb' id="([^"]+)"', image))
    assert set(re.findall(rb"url\('?#([\w-]+)", image)) <= named


def test_a_pdf_is_one_page_with_its_text_its_fonts_and_its_description(arrears):
    image = render(picture(arrears, Style.LARGE), ImageFormat.PDF)
    reader = PdfReader(BytesIO(image))
    [page] = reader.pages
    text = page.extract_text().replace("\n", "")
    for word in ("国民健康保険料収入率等", "67億5,319万円", "30億7,700万円", "50億円以下", "達成"):
        assert word in text
    fonts = page["/Resources"]["/Font"].values()
    for font in fonts:
        [inner] = font.get_object()["/DescendantFonts"]
        descriptor = inner.get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
    assert reader.trailer["/Root"]["/Lang"] == "ja"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.metadata.title == "国民健康保険料収入率等 収入未済額（億円）"
    assert reader.metadata.creation_date is None


@pytest.mark.parametrize("image_format", ImageFormat)
def test_the_same_figure_gives_the_same_bytes(arrears, image_format):
    once, again = images([picture(arrears, Style.MONOCHROME)] * 2, image_format)
    assert once == again
    assert render(picture(arrears, Style.MONOCHROME), image_format) == once


def test_many_images_come_in_the_order_of_their_figures(arrears):
    titles = [f"図{number}" for number in range(13)]
    figures = (picture(replace(arrears, title=title)) for title in titles)
    drawn = [ET.fromstring(image)[0].text for image in images(figures, ImageFormat.SVG)]
    assert drawn == [f"{title}（億円）" for title in titles]


def test_names_from_files_are_text_in_an_image_not_markup(arrears):
    name = '<b>&髙﨑</b> ① ㎡ ▲ 〜 𠮷 $x$ #[ id="n" url(#n1)'
    figure = picture(replace(arrears, title=name))
    drawing = ET.fromstring(render(figure, ImageFormat.SVG))
    assert drawing[0].text == f"{name}（億円）"
    assert name in "".join(text for element in drawing[2:] for text in element.itertext())
    assert "髙﨑" in PdfReader(BytesIO(render(figure, ImageFormat.PDF))).metadata.title


@pytest.mark.parametrize("browser", [None, shutil.which("false")])
def test_a_browser_that_does_not_start_is_no_browser(arrears, monkeypatch, browser):
    monkeypatch.setattr(sys.modules[_Browser.__module__], "find_browser", lambda: browser)
    with pytest.raises(BrowserMissing):
        _Browser().draw([picture(arrears)], "svg")


def test_the_page_that_draws_fetches_nothing_from_outside():
    addresses = re.findall(r'(?:src|href)="([^"]+)"', _Page().generate_index())
    assert addresses
    assert all(address.startswith("file:") for address in addresses)
