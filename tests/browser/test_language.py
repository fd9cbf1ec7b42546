"""The screens in English: chosen once, kept on the way, and nothing in Japanese but the data."""

from __future__ import annotations

import re

import pytest
from acts import import_bytes
from playwright.sync_api import Page, expect

from kpi.store import open_database

pytestmark = pytest.mark.xdist_group("browser")

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龥々。、「」：（）]")
PLAN = """\
municipality,plan,policy,indicator,unit,direction,period,fiscal_year,kind,value
Mihon City,Plan A,Health,Check-ups,％,higher,1,2025,target,65
Mihon City,Plan A,Health,Check-ups,％,higher,,2021,baseline,57
Mihon City,Plan A,Health,Check-ups,％,higher,,2022,actual,58.2
Mihon City,Plan A,Health,Check-ups,％,higher,,2023,actual,59.1
Mihon City,Plan A,Health,Check-ups,％,higher,,2024,actual,61.3
Mihon City,Plan A,Health,Arrears,円,lower,1,2025,target,3000000000
Mihon City,Plan A,Health,Arrears,円,lower,,2021,baseline,3600000000
Mihon City,Plan A,Health,Arrears,円,lower,,2023,actual,3512000000
Mihon City,Plan A,Health,Arrears,円,lower,,2024,actual,3077000000
"""


def japanese(page: Page) -> set[str]:
    """Everything a person sees or hears on a page that is in Japanese."""
    said = page.evaluate(
        """() => [document.title, ...document.body.innerText.split("\\n"),
          ...["aria-label", "title", "alt", "placeholder"].flatMap(name =>
            [...document.querySelectorAll(`[${name}]`)].map(one => one.getAttribute(name)))]"""
    )
    return {text for text in said if JAPANESE.search(text)}


def test_a_reader_of_english_goes_from_page_to_page(start_server, empty_file, tmp_path, open_page):
    database = tmp_path / "kpi.db"
    database.write_bytes(empty_file.read_bytes())
    engine = open_database(f"sqlite:///{database}")
    _, batch = import_bytes(engine, ("plan.csv", PLAN.encode()))
    assert batch
    engine.dispose()
    page = open_page(start_server(database).url)
    html = page.locator("html")
    expect(html).to_have_attribute("lang", "ja")
    expect(page.locator(".kpi-lead")).to_contain_text("系列")
    page.get_by_role("link", name="English").click()
    expect(page.locator(".kpi-lead")).to_contain_text("Period 1 target: 0 of 2")
    expect(html).to_have_attribute("lang", "en")
    expect(page).to_have_url(re.compile("lang=en"))
    # Its own language is what each language is called in.
    assert japanese(page) == {"日本語"}

    page.locator(".kpi-table").get_by_role("link", name="Arrears").click()
    expect(page.locator(".kpi-say")).to_contain_text("the FY2024 actual is ¥3.077 billion")
    expect(page.locator(".kpi-say")).to_contain_text("FY2025 target of ¥3 billion")
    assert japanese(page) == {"日本語"}
    for name, words in {
        "Plan check": "There are no findings on this plan.",
        "Reports": "Council slides (PowerPoint)",
        "History": "Fiscal year",
    }.items():
        page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        expect(page.locator("[data-testid=stMain]")).to_contain_text(words)
        expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0)
        assert japanese(page) == {"日本語"}, name

    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reports")
    expect(page).to_have_url(re.compile("lang=en"))
    # The address alone is enough, from the first byte.
    assert '<html lang="en">' in page.request.get(page.url).text()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reports")
    page.get_by_role("link", name="日本語").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("資料作成")
    expect(html).to_have_attribute("lang", "ja")
