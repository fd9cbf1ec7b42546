"""Takes a picture of every screen in light, dark, phone and projector size: `make pictures`.

The screens are those of app.py, with the sample municipality, and parts of some. They go to
docs/screens, and docs/screens.md shows them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page
from shown_samples import shown_samples

from kpi.words import say

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from accessibility import address, screens  # noqa: E402

FOLDER = HERE / "screens"
#: Each size by its name: width, height, how dense, and which theme.
SIZES = {
    "light": (1440, 900, 1, "light"),
    "dark": (1440, 900, 1, "dark"),
    "phone": (390, 844, 2, "light"),
    "projector": (1920, 1080, 1, "light"),
}
#: What is looked at besides, by its name: the screen it is on, what its address says more, and what
#: it is called.
PARTS = {
    "meeting_held": ("meeting", "&meeting=2&item=1", "会議中"),
    "proposal": ("proposals", "&proposal=1", "改定案の一つ"),
    "overview_map": ("overview", "&view=map", "概況の分布"),
}
#: What has to be there before a picture is taken, where more than the page's heading has.
DRAWN = {
    "overview": ".kpi-table tbody tr:not([hidden])",
    "indicator": ".js-plotly-plot .main-svg",
    "meeting_held": ".kpi-meeting h1",
    "proposal": ".js-plotly-plot .main-svg",
}
#: Colours of a picture: few enough for a small file, enough for letters with smooth edges.
COLOURS = 128


def main() -> None:
    """Start the dashboard with the samples and take all pictures, or those of the screens named."""
    wanted = sys.argv[1:] or [*screens(), *PARTS]
    FOLDER.mkdir(exist_ok=True)
    with shown_samples() as (browser, url):
        for size in SIZES:
            take(browser, url, size, wanted)
    write_page()


def take(browser: Browser, url: str, size: str, wanted: Sequence[str]) -> None:
    """Take the pictures of one size."""
    width, height, density, theme = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=density,
        color_scheme="dark" if theme == "dark" else "light",
        locale="ja-JP",
        reduced_motion="reduce",
    )
    for name in wanted:
        page = context.new_page()
        screen, more, _ = PARTS.get(name, (name, "", ""))
        page.goto(url + address(screen) + more)
        page.locator(DRAWN.get(name, ".kpi h1")).first.wait_for()
        save(page, FOLDER / f"{name}-{size}.png")
        page.close()
    context.close()


def save(page: Page, path: Path) -> None:
    """Save what is seen, once nothing moves any more, with few colours."""
    page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
    page.wait_for_function("document.fonts.ready.then(() => true)")
    # Streamlit fades in what has just come, and plotly draws once more when it knows its width.
    page.wait_for_timeout(700)
    seen = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    seen.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def write_page() -> None:
    """Write the page that shows the pictures."""
    lines = [
        "# 画面",
        "",
        "見本市（架空のデータ）の画面です。明るい配色、暗い配色、スマートフォン（390×844）、",
        "プロジェクター（1920×1080）の順に並べています。`make pictures` で撮り直します。",
    ]
    titles = {name: say(f"page.{name}") for name in screens()}
    for name, title in (titles | {name: title for name, (_, _, title) in PARTS.items()}).items():
        lines += ["", f"## {title}", ""]
        for size, words in (
            ("light", "明るい配色"),
            ("dark", "暗い配色"),
            ("phone", "スマートフォン"),
            ("projector", "プロジェクター"),
        ):
            width = 180 if size == "phone" else 480
            source = f"screens/{name}-{size}.png"
            lines.append(f'<img src="{source}" alt="{title}（{words}）" width="{width}">')
    (HERE / "screens.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
