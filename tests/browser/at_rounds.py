"""What people do on the pages of a round, for several tests."""

from __future__ import annotations

import io

from hands import settled
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect


def written(data: bytes, texts: dict[tuple[int, str], object]) -> bytes:
    """Write into cells, by the series and the key of the column, as a department would."""
    book = load_workbook(io.BytesIO(data))
    sheet = book["実績照会"]
    keys = {cell.value: cell.column for cell in sheet[1]}
    for row in sheet.iter_rows(min_row=2):
        for (series_id, key), text in texts.items():
            if str(row[keys["#id"] - 1].value) == str(series_id):
                row[keys[key] - 1].value = text
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def bring(page: Page, *files: tuple[str, bytes]) -> Locator:
    settled(page)
    page.locator("input[type=file]").set_input_files(
        [
            {"name": name, "mimeType": "application/octet-stream", "buffer": data}
            for name, data in files
        ]
    )
    expect(page.locator(".kpi-brought")).to_be_visible()
    settled(page)
    return page.locator(".kpi-brought tbody tr")


def row_of(rows: Locator, text: str) -> Locator:
    return rows.filter(has_text=text)
