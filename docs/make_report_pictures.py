"""Takes a picture of one page of each report, as other programs show it: `make pictures`.

LibreOffice, pdftoppm and a browser have to be there; the reports are those of the fictional city.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from kpi.charts import Style, find_browser
from kpi.reports.content import Report, compose
from kpi.reports.formats import FORMATS
from kpi.store import JAPAN, open_database, plans

HERE = Path(__file__).parent
PLAN = "見本市総合計画"
#: The page of each report that shows most of what it is.
PAGES = {"pptx": 6, "docx": 1, "xlsx": 1, "pdf": 8}
WIDTH = 1000


def main() -> None:
    """Make each report in a folder of its own and take its picture."""
    with tempfile.TemporaryDirectory() as folder:
        report = told(Path(folder))
        for name, made_as in FORMATS.items():
            file = Path(folder) / f"report.{name}"
            file.write_bytes(made_as.make(report, Style.COLOUR))
            if name == "html":
                of_web_page(file)
            else:
                of_page(file if name == "pdf" else as_pdf(file), PAGES[name], f"report-{name}")


def told(folder: Path) -> Report:
    """Return what the reports say, from a database with the samples."""
    url = f"sqlite:///{folder / 'kpi.db'}"
    subprocess.run([sys.executable, "-m", "kpi", "--db", url, "init"], check=True)
    engine = open_database(url)
    try:
        header = next(header for header in plans(engine) if header.plan.name == PLAN)
        return compose(engine, header, day=datetime.now(JAPAN).date())
    finally:
        engine.dispose()


def as_pdf(file: Path) -> Path:
    """Return a document as LibreOffice prints it."""
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{file.parent}/office"]
    command += ["--convert-to", "pdf", "--outdir", str(file.parent / file.suffix[1:]), str(file)]
    subprocess.run(command, check=True, capture_output=True)
    return file.parent / file.suffix[1:] / f"{file.stem}.pdf"


def of_page(file: Path, number: int, name: str) -> None:
    """Save a page of a PDF."""
    only = ["-f", str(number), "-l", str(number), "-singlefile"]
    size = ["-scale-to-x", str(WIDTH), "-scale-to-y", "-1"]
    subprocess.run(["pdftoppm", "-png", *only, *size, str(file), str(HERE / name)], check=True)
    in_few_colours(HERE / f"{name}.png")


def of_web_page(file: Path) -> None:
    """Save what a browser shows of a page without a server."""
    with sync_playwright() as playwright:
        arguments = ["--disable-gpu", "--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=find_browser(), args=arguments)
        page = browser.new_page(viewport={"width": WIDTH, "height": 1200}, locale="ja-JP")
        page.goto(file.as_uri())
        page.locator("article").first.evaluate("one => one.scrollIntoView()")
        page.screenshot(path=HERE / "report-html.png", animations="disabled")
        browser.close()
    in_few_colours(HERE / "report-html.png")


def in_few_colours(file: Path) -> None:
    """Save a picture again, a third as large and as good to look at."""
    with Image.open(file) as picture:
        few = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE)
        few.save(file, optimize=True)


if __name__ == "__main__":
    main()
