"""All formats read back beside each other: the same figures, marks and years in each of them."""

import io
import re
from dataclasses import replace

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import html
from openpyxl import load_workbook
from pptx import Presentation
from pypdf import PdfReader
from reports.office import ARREARS, only, sheet_of

from kpi.charts import Calendar, Style
from kpi.model import Project
from kpi.reports.formats import FORMATS
from kpi.store import ProjectEntry


def of_slides(data):
    for slide in Presentation(io.BytesIO(data)).slides:
        for shape in slide.shapes:
            if shape.has_table:
                yield from (cell.text for row in shape.table.rows for cell in row.cells)


def of_workbook(data):
    for page in load_workbook(io.BytesIO(data)).worksheets:
        yield from (str(value) for row in page.iter_rows(values_only=True) for value in row)


def of_document(data):
    body = Document(io.BytesIO(data)).element.body
    yield "".join(part.text or "" for part in body.iter(qn("w:t")))


def of_booklet(data):
    yield from (page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def of_web_page(data):
    yield html.fromstring(data).text_content()


READERS = {
    "pptx": of_slides,
    "docx": of_document,
    "xlsx": of_workbook,
    "pdf": of_booklet,
    "html": of_web_page,
}


@pytest.mark.parametrize("name", FORMATS)
def test_targets_marks_and_years_are_the_same_in_every_format(report_of, name):
    plan = report_of("川崎市総合計画", Calendar.WESTERN)
    data = FORMATS[name].make(only(plan, sheet_of(plan, ARREARS)), Style.COLOUR)
    text = re.sub(r"\s", "", "\n".join(READERS[name](data)))
    # As the plan prints them: 30.77億円 of 2020 is held against the 50億円 promised for 2017.
    for word in ("30億円以下", "30.77", "達成（参考2020）", "順調"):
        assert word in text
    # Over the years of a form targets stand without their unit.
    assert {"50", "30", "25"} <= set(re.findall("(50|30|25)(?:億円)?以下", text))
    assert "R2" not in text
    if name in ("pptx", "docx", "xlsx"):
        # Where no drawing stands there is a sign.
        assert {"◎達成", "○順調"} <= set(re.findall("[◎○]..", text))


@pytest.mark.parametrize("name", ["pptx", "html"])
def test_a_project_of_which_nobody_has_written_yet_says_so(kawasaki, name):
    one = only(kawasaki, sheet_of(kawasaki, ARREARS))
    project = Project(1, 1, None, "01", "口座振替の勧奨", "健康福祉局", "", 1)
    section = replace(one.sections[0], projects=(ProjectEntry(project, (), {}),))
    text = " ".join(
        READERS[name](FORMATS[name].make(replace(one, sections=(section,)), Style.COLOUR))
    )
    assert re.search("口座振替の勧奨.{,40}未記入", text, re.DOTALL)


@pytest.mark.parametrize("name", FORMATS)
def test_a_plan_of_a_very_long_name_with_signs_xml_has_no_place_for_is_reported_on(kawasaki, name):
    one = only(kawasaki, sheet_of(kawasaki, ARREARS))
    named = replace(one, plan="計\x01\ufffe画" * 100, municipality="市\x0b" * 300)
    assert READERS[name](FORMATS[name].make(named, Style.COLOUR))
