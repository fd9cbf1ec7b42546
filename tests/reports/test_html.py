"""The web page for the public, read back with lxml: nothing from outside, and the same figures."""

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from lxml import html

from kpi.charts import Role, Style, data_sheet
from kpi.model import FiscalYear, Note, NoteKind
from kpi.reports.html import web_page
from kpi.store import NoteEntry


@pytest.fixture(scope="module")
def page(kawasaki):
    return html.fromstring(web_page(kawasaki, Style.COLOUR))


def rows_under(article, heading):
    [table] = article.xpath(f'.//h4[starts-with(., "{heading}")]/following-sibling::div[1]/table')
    return [[cell.text_content().strip() for cell in row] for row in table.xpath("tbody/tr")]


def test_figures_stand_in_tables_as_the_charts_draw_them(kawasaki, page):
    for sheet in kawasaki.sheets:
        [article] = page.xpath(f'//article[@aria-labelledby="s{sheet.line.series_id}"]')
        printed = {row[0]: row[1] for row in rows_under(article, "年度ごとの値")}
        drawn = data_sheet(sheet.spec)
        [actual] = drawn.of(Role.ACTUAL)
        by_year = {
            int(re.search(r"（(\d{4})）", year)[1]): float(value.replace(",", ""))
            for year, value in printed.items()
            if value
        }
        known = zip(drawn.years, actual.values, strict=True)
        assert by_year == {year: value for year, value in known if value is not None}


def test_the_arrears_of_kawasaki_are_as_the_city_printed_them(page):
    [article] = page.xpath('//article[h3[.="国民健康保険料収入率等 収入未済額"]]')
    words = [text.text_content() for text in article.xpath(".//figure/*//*[local-name()='text']")]
    assert {"基準 67億5,319万円", "30億7,700万円", "30億円以下"} <= set(words)
    rows = rows_under(article, "期ごとの目標")
    assert [row[:4] for row in rows] == [
        ["第1期", "平成29（2017）年度", "50億円以下", "達成（参考 R2）"],
        ["第2期", "令和3（2021）年度", "30億円以下", "順調"],
        ["第3期", "令和7（2025）年度", "25億円以下", "順調"],
    ]


def test_nothing_is_asked_from_anywhere_and_nothing_runs(kawasaki, page):
    assert not page.xpath("//script | //link | //iframe | //object | //embed | //form | //base")
    assert not page.xpath("//@style | //@src | //@srcset | //@action")
    assert not [name for name in page.xpath("//@*/..") if any(a[:2] == "on" for a in name.attrib)]
    assert all(link.startswith("#") for link in page.xpath("//@href"))
    source = web_page(kawasaki, Style.COLOUR).decode()
    assert set(re.findall(r"https?://[^\s\"'<]+", source)) <= {"http://www.w3.org/2000/svg"}
    assert "url(" not in source
    assert "@import" not in source


def test_the_policy_of_the_page_allows_its_own_style_sheet_alone(page):
    [policy] = page.xpath('//meta[@http-equiv="Content-Security-Policy"]/@content')
    [sheet] = page.xpath("//style")
    digest = base64.b64encode(hashlib.sha256(sheet.text.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")


def test_every_place_named_is_there_once(page):
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.xpath("//@href")} <= set(ids)
    assert set(page.xpath("//@aria-labelledby")) <= set(ids)


def test_the_contents_lead_to_every_measure_and_indicator(kawasaki, page):
    linked = [link.text_content() for link in page.xpath("//nav//a")]
    for section in kawasaki.sections:
        assert section.title in linked
    for sheet in kawasaki.sheets:
        assert sheet.line.title in linked


def test_those_who_listen_find_their_way(kawasaki, page):
    assert page.get("lang") == "ja"
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3|//h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    for table in page.xpath("//table"):
        assert table.xpath("thead/tr/th")
        assert not table.xpath(".//th[not(@scope)]")
        for row in table.xpath("tbody/tr"):
            assert row[0].tag == "th"
    told = [figure.findtext(".//desc") for figure in page.xpath("//figure")]
    assert told == [sheet.spec.sentence for sheet in kawasaki.sheets]
    for mark in page.xpath('//*[@class="mark"]'):
        assert mark.text_content()
        assert mark[0].get("aria-hidden") == "true"


def test_a_page_says_as_of_when_by_which_rule_from_which_files(kawasaki, page):
    text = page.text_content()
    for told in ("2025年6月30日時点", kawasaki.lead, *kawasaki.rules, *kawasaki.sources):
        assert told in text


def test_what_people_wrote_is_text(kawasaki):
    first, *others = kawasaki.sections
    sheet, *rest = first.sheets
    text = "<script>alert(1)</script> & {{ 7 * 7 }} =1+1\n髙﨑①㎡▲〜𠮷"
    entry = NoteEntry(
        Note(1, FiscalYear(kawasaki.reporting_year), NoteKind.ACTION, 1, text),
        "x",
        datetime(2025, 6, 1, tzinfo=UTC),
        "x",
    )
    title = replace(sheet.line, title='"><img src=x onerror=y>')
    odd = replace(first, sheets=(replace(sheet, notes=(entry,), line=title), *rest))
    page = html.fromstring(web_page(replace(kawasaki, sections=(odd, *others)), Style.COLOUR))
    assert not page.xpath("//script | //img")
    [article] = page.xpath(f'//article[@aria-labelledby="s{sheet.line.series_id}"]')
    assert article.findtext("h3") == '"><img src=x onerror=y>'
    assert text in [p.text_content() for p in article.xpath('.//p[@class="written"]')]


def test_dark_screens_have_dark_colours_but_for_a_copier_there_are_greys_alone(kawasaki):
    assert "prefers-color-scheme:dark" in web_page(kawasaki, Style.COLOUR).decode()
    grey = web_page(kawasaki, Style.MONOCHROME).decode()
    for red, green, blue in re.findall(r"#(..)(..)(..);", grey):
        assert red == green == blue


def test_the_same_report_gives_the_same_bytes_and_tells_how_far_it_is(kawasaki):
    shares = []
    assert web_page(kawasaki, Style.LARGE, on_step=shares.append) == web_page(kawasaki, Style.LARGE)
    assert shares == sorted(shares)
    assert shares[-1] == 1
