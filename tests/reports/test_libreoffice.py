"""Slides, forms and lists as LibreOffice prints them: opened without a word of repair."""

import io
import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from pptx import Presentation
from pypdf import PdfReader
from reports.office import noted

from kpi.charts import Style
from kpi.reports.formats import FORMATS

NOTE = "".join(f"要因の{number}番目を詳しく述べます。" for number in range(250))


@pytest.fixture(scope="module")
def report(kawasaki):
    """The plan with a note that no page has room for."""
    *others, last = kawasaki.sections
    long = replace(last, sheets=(*last.sheets[:-1], noted(last.sheets[-1], NOTE)))
    return replace(kawasaki, sections=(*others, long))


@pytest.fixture(scope="module")
def made(report):
    return {name: FORMATS[name].make(report, Style.COLOUR) for name in ("pptx", "docx", "xlsx")}


@pytest.fixture(scope="module")
def printed(made, tmp_path_factory):
    """The texts of the pages, without the blanks that justify them."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("office")
    files = {name: folder / f"{FORMATS[name].short_title}.{name}" for name in made}
    for name, file in files.items():
        file.write_bytes(made[name])
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", folder]
    subprocess.run([*command, *files.values()], check=True, capture_output=True, timeout=110)
    return {
        name: [
            re.sub(r"\s", "", page.extract_text())
            for page in PdfReader(file.with_suffix(".pdf")).pages
        ]
        for name, file in files.items()
    }


def test_every_slide_is_a_page(made, printed):
    assert len(printed["pptx"]) == len(Presentation(io.BytesIO(made["pptx"])).slides)
    text = "".join(printed["pptx"])
    for word in ("川崎市総合計画", "67億5,319万円", "30億7,700万円", "要因分析", "達成（参考R2）"):
        assert word in text


def test_every_sheet_of_the_list_is_printed(printed):
    text = "".join(printed["xlsx"])
    for word in ("川崎市総合計画", "67.5319", "30億7,700万円", "◎達成（参考R2）", "年度別の値"):
        assert word in text
    # The list, the figures, the charts four to a page, the sources, how to read.
    assert 7 <= len(printed["xlsx"]) <= 9


def test_an_indicator_is_a_page_and_a_long_note_flows_on_to_the_next(report, printed):
    pages, count = printed["docx"], len(report.sheets)
    assert [page.count("成果指標評価調書") for page in pages[:count]] == [1] * count
    for sheet, page in zip(report.sheets, pages, strict=False):
        assert re.sub(r"\s", "", sheet.line.title) in page
    assert len(pages) > count
    assert NOTE in "".join(pages[count - 1 :])
