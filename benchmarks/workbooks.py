"""No public workbook has the size a benchmark needs, so its workbooks are made up here.

They are such as a city hall would upload, and the same on every run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from openpyxl import Workbook

from kpi.notation import full_year

MUNICIPALITY = "測定市（架空のデータ）"
PLAN = "測定市総合計画"

_HEADINGS = "自治体 計画 政策 指標 区分 単位 方向 種別 計画期 年度 値 状態".split()
_UNITS = ("％", "人", "件", "円", "世帯")
_BASELINE_YEAR = 2014
_TARGET_YEARS = {1: 2017, 2: 2021, 3: 2025}

Row = tuple[str | int | float, ...]


def write_actuals(path: Path, series: int, years: int) -> None:
    """Write a workbook of nothing but actuals, ``series`` times ``years`` of them."""
    _write(
        path,
        (
            (*_described(number), "実績", "", full_year(2024 - back), _value(number, back), "確定")
            for number in range(series)
            for back in reversed(range(years))
        ),
    )


def write_plan(path: Path, series: int) -> None:
    """Write a plan: for each series a baseline, three period targets and ten actuals."""
    _write(path, (row for number in range(series) for row in _promised_and_reached(number)))


def write_forms(path: Path, forms: int) -> int:
    """Write a workbook with a form a sheet, as departments fill them; return how many facts."""
    book = Workbook()
    cover = book.active
    cover.title = "計画の概要"
    for row in (("自治体", MUNICIPALITY), ("計画", PLAN)):
        cover.append(row)
    years = range(2015, 2025)
    for number in range(forms):
        sheet = book.create_sheet(f"調査票{number + 1}")
        for row in (
            ("成果指標調査票",),
            ("指標名", f"地域の取組に参加した市民の割合（第{number + 1}地区）", "単位", "％"),
            ("所管課", "市民協働課", "目標値（令和8年度）", "65％以上"),
            (),
            ("年度", *(full_year(year) for year in years)),
            ("実績値", *(40 + number / 2 + year % 7 for year in years)),
            ("備考", "各年度末の値。"),
        ):
            sheet.append(row)
    book.save(path)
    return forms * (len(years) + 1)


def _promised_and_reached(number: int) -> Iterator[Row]:
    described, baseline = _described(number), 40 + number % 30
    yield *described, "基準", "", full_year(_BASELINE_YEAR), baseline, ""
    for period, year in _TARGET_YEARS.items():
        yield *described, "目標", period, full_year(year), baseline + 5 * period, ""
    # From going backwards to running ahead of the targets, so that every mark is drawn.
    pace = number % 7 / 2 - 1
    for year in range(_BASELINE_YEAR + 1, _BASELINE_YEAR + 11):
        reached = round(baseline + pace * (year - _BASELINE_YEAR) + year % 3 / 10, 1)
        yield *described, "実績", "", full_year(year), reached, "確定"


def title(number: int) -> str:
    """Return what one of the made up indicators is called."""
    return f"地域の取組に参加した市民の割合（第{number + 1}地区）"


def _described(number: int) -> tuple[str, ...]:
    policy = f"政策{number % 20 + 1} 安心して暮らせるまちをつくる"
    unit = _UNITS[number % len(_UNITS)]
    return MUNICIPALITY, PLAN, policy, title(number), "", unit, "高いほど良い"


def _value(number: int, back: int) -> float:
    return round(50 + number % 400 / 10 - back * 0.7, 1)


def _write(path: Path, rows: Iterable[Row]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("指標")
    sheet.append(_HEADINGS)
    for row in rows:
        sheet.append(row)
    book.save(path)
