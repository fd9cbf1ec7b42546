"""Takes the pictures of docs/ from the running program: `make pictures`."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page
from shown_samples import shown_samples

HERE = Path(__file__).parent
MIHON = "municipality=見本市（架空のデータ）&plan=見本市総合計画"


def main() -> None:
    """Start the dashboard on an empty folder and take one picture a screen."""
    with shown_samples() as (browser, url):
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="ja-JP")
        page.goto(f"{url}/?{MIHON}")
        page.locator(".kpi-table tbody tr").nth(39).wait_for()
        save(page, "overview.png")
        page.goto(f"{url}/indicator?{MIHON}&series=特定健康診査の受診率")
        page.locator(".js-plotly-plot .main-svg").first.wait_for()
        page.get_by_text("改定1：速報37.7から").wait_for()
        save(page, "indicator.png")
        page.goto(f"{url}/plan-check?{MIHON}")
        page.get_by_text("20件のうち20件を表示。").wait_for()
        save(page, "plan-check.png")
        page.goto(f"{url}/rules?{MIHON}&rule=four-band")
        page.get_by_role("button", name="写して新しいルールを作る").click()
        page.locator(".kpi-change tbody tr").first.wait_for()
        for box in ("ルールの名前", "読み上げの言葉", "理由"):
            page.get_by_label(box, exact=True).wait_for()
        save(page, "rules.png")


def save(page: Page, name: str) -> None:
    """Save what is seen, once nothing moves any more."""
    page.wait_for_function("document.fonts.ready.then(() => true)")
    page.locator("[data-testid=stStatusWidget]").wait_for(state="hidden")
    page.screenshot(path=HERE / name, animations="disabled")


if __name__ == "__main__":
    main()
