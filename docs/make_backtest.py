"""Writes docs/backtest.md: which projection comes closest to what came, and whose band holds it.

Every series of the table is cut off after each of its years, projected from its latest 3 to 15
points one to five years on, and held against what came. `kpi.progress.projection` takes its default
and its widening from here; `make docs` runs it, and a test fails when page or program is stale.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from kpi.progress.projection import (
    COVERAGE,
    DEFAULT,
    FEWEST,
    POINTS,
    Method,
    forecast,
    natural_ends,
    reach,
)

HERE = Path(__file__).parent
SERIES = HERE.parent / "tests" / "gold" / "mhlw2019_series.csv"
#: How many years ahead is tried.
HORIZONS = range(1, 6)
#: The method to beat: the last value stays.
NAIVE = "naive"
#: Widening is rounded up to this.
STEP = 0.05

Floats = npt.NDArray[np.float64]


def long_series() -> pd.DataFrame:
    """Return one row a series, one column a year, without those that tell nothing of their own.

    Left out are series that never move, and those that another one already tells: the same figures
    but for their rounding, or a share and what is left of the hundred.
    """
    rows = pd.read_csv(SERIES).pivot_table(
        index=["table", "series", "unit"], columns="fiscal_year", values="value", sort=False
    )
    kept: list[int] = []
    values = rows.to_numpy()
    for number, (key, row) in enumerate(zip(rows.index, values, strict=True)):
        told = [values[k] for k in kept if rows.index[k][2] == key[2]]
        is_told = any(np.allclose(row, v, rtol=1e-4) or np.allclose(row, 100 - v) for v in told)
        if np.ptp(row) > 0 and not is_told:
            kept.append(number)
    return rows.iloc[kept]


def trials(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a method, series, year of the cut, number of points and year ahead.

    ``error`` is the absolute error by the series' mean absolute change a year, ``needed`` how many
    times as wide the textbook's band would have had to be; 1 and less held.
    """
    years = rows.columns.to_numpy(dtype=np.float64)
    figures = rows.to_numpy()
    windows, cuts, sizes = [], [], []
    for cut in range(FEWEST, len(years)):
        for size in range(FEWEST, min(cut, POINTS) + 1):
            window = np.full((2, len(rows), POINTS), np.nan)
            window[0, :, POINTS - size :] = years[cut - size : cut]
            window[1, :, POINTS - size :] = figures[:, cut - size : cut]
            windows.append(window)
            cuts.append(cut)
            sizes.append(size)
    known_years, known = np.concatenate(windows, axis=1)
    floor, ceiling = natural_ends(
        np.tile(rows.index.get_level_values("unit").to_numpy(dtype=object), len(windows)), known
    )
    trial = pd.DataFrame(
        {
            "window": np.arange(len(known)),
            "series": np.tile(np.arange(len(rows)), len(windows)),
            "cut": np.repeat(cuts, len(rows)),
            "size": np.repeat(sizes, len(rows)),
        }
    ).merge(pd.DataFrame({"ahead": HORIZONS}), how="cross")
    trial = trial[trial["cut"] + trial["ahead"] <= len(years)].reset_index(drop=True)
    series, window = trial["series"].to_numpy(), trial["window"].to_numpy()
    place = (trial["cut"] + trial["ahead"] - 1).to_numpy()
    came, scale = figures[series, place], np.abs(np.diff(figures, axis=1)).mean(axis=1)[series]
    tried = [trial.assign(method=NAIVE, error=np.abs(came - known[window, -1]) / scale)]
    for method in Method:
        value, spread, freedom = forecast(known_years, known, window, years[place], method)
        held = np.clip(value, floor[window], ceiling[window])
        miss, margin = np.abs(came - value), spread * reach(freedom)
        # Nothing strays from a line that is hit; a miss beside a band of no width is never held.
        needed = np.divide(miss, margin, out=np.full_like(miss, np.inf), where=margin > 0)
        needed[miss == 0] = 0
        tried.append(trial.assign(method=method, error=np.abs(came - held) / scale, needed=needed))
    return pd.concat(tried, ignore_index=True)


def widening(tried: pd.DataFrame) -> pd.Series:
    """Return by method and year ahead what makes the band hold its share of ``tried``."""
    asked = tried.groupby(["method", "ahead"])["needed"].quantile(COVERAGE, interpolation="higher")
    return (np.ceil(asked / STEP - 1e-9) * STEP).round(2)


def held(tried: pd.DataFrame, wide: pd.Series | float) -> pd.Series:
    """Return for each trial whether the band, widened, holds what came."""
    if isinstance(wide, pd.Series):
        wide = wide.reindex(pd.MultiIndex.from_frame(tried[["method", "ahead"]])).to_numpy()
    return tried["needed"] <= wide


def winner(tried: pd.DataFrame) -> str:
    """Return the method with the smallest mean error, each year ahead counting the same."""
    means = tried.groupby(["method", "ahead"])["error"].mean().groupby("method").mean()
    return str(means.idxmin())


def by_ahead(tried: pd.DataFrame, answers: pd.Series) -> dict[int, float]:
    """Return the mean of the answers by year ahead."""
    means = answers.groupby(tried["ahead"].loc[answers.index]).mean()
    return {int(ahead): float(mean) for ahead, mean in means.items()}


def held_where_left_out(tried: pd.DataFrame, groups: pd.Series) -> pd.Series:
    """Return whether the band holds, each group's widening being found without that group."""
    return pd.concat(
        held(tried[groups == group], widening(tried[groups != group])) for group in groups.unique()
    )


def held_in_later_half(tried: pd.DataFrame, years: int) -> pd.Series:
    """Return whether the band holds from the middle on, widened by what was known by then."""
    middle = years // 2
    before = tried[tried["cut"] + tried["ahead"] <= middle]
    return held(tried[tried["cut"] >= middle], widening(before))


_NAMES = {
    NAIVE: "（比べる相手）最後の値のまま",
    Method.DRIFT: "最後の値＋平均の変化",
    Method.LEAST_SQUARES: "最小二乗の直線",
    Method.THEIL_SEN: "テイル・セン（傾きの中央値）の直線",
}
_AHEAD = "".join(f" {ahead}年先 |" for ahead in HORIZONS)
_RULE = "|---|" + "---:|" * len(HORIZONS)


def _row(name: str, cells: dict[int, float], form: str) -> str:
    return f"| {name} |" + "".join(f" {cells[ahead]:{form}} |" for ahead in HORIZONS) + "\n"


def page() -> str:
    """Return the page of the backtest."""
    rows = long_series()
    tried = trials(rows)
    methods = [NAIVE, *Method]
    of = {method: tried[tried["method"] == method] for method in methods}
    wide = widening(pd.concat([of[method] for method in Method]))
    best = winner(tried)
    first, last = int(rows.columns[0]), int(rows.columns[-1])
    tables = rows.index.get_level_values("table")
    chosen = of[DEFAULT]
    table_of = chosen["series"].map(dict(enumerate(tables)))

    def share(answers: pd.Series, name: str) -> str:
        return _row(name, by_ahead(tried, answers), ".0%")

    errors = "".join(
        _row(f"**{_NAMES[m]}**" if m == best else _NAMES[m], by_ahead(of[m], of[m]["error"]), ".2f")
        for m in methods
    )
    before = "".join(share(held(of[method], 1.0), _NAMES[method]) for method in Method)
    factors = "".join(_row(_NAMES[m], dict(wide[m].items()), ".2f") for m in Method)
    after = "".join(share(held(of[method], wide), _NAMES[method]) for method in Method)
    is_held = held(chosen, wide)
    late = chosen[chosen["cut"] >= POINTS]
    sizes = "".join(
        _row(f"{size}点", by_ahead(late, late["error"][late["size"] == size]), ".2f")
        for size in (3, 5, 7, 10, 15)
    )
    held_by_size = "".join(
        share(is_held[chosen["size"] == size], f"{size}点") for size in (3, 5, 7, 10, 15)
    )
    left_out = "".join(
        (
            share(is_held, "同じ値で決めて、同じ値で数えた（上の表）"),
            share(held_where_left_out(chosen, chosen["series"]), "1系列を除いて決め、その系列で"),
            share(held_where_left_out(chosen, table_of), "1つの表を除いて決め、その表で"),
            share(
                held_in_later_half(chosen, len(rows.columns)),
                f"{first + len(rows.columns) // 2 - 1}年度までで決め、その後で",
            ),
        )
    )
    counts = "".join(f"- {name}：{n}系列\n" for name, n in tables.value_counts(sort=False).items())
    return f"""\
<!-- make docs が書くページです。手では直しません。 -->

# 見込みの検証

見込みの方法と帯の幅は、長く続く実際の統計で試して決めています。ここはその結果です。
`make docs` で作り直せます（`docs/make_backtest.py`）。プログラムの中の決まりがこの表と違うと、
テストが通りません。

## 何で試したか

{first}～{last}年度の{len(rows.columns)}年分がそろう{len(rows)}系列です。

{counts}
出典は、厚生労働省 社会・援護局関係主管課長会議資料（平成31年3月）に載った「被保護者調査」
（平成23年以前は被保護者全国一斉調査）の表で、書き写したものを
`tests/gold/mhlw2019_series.csv` に置いています。ずっと100％の構成比、端数のほかは同じ系列、
100％から引けば出る系列は、同じことを二度数えないように除きました。

どの系列も、それぞれの年度で切り、そこまでの新しい{FEWEST}～{POINTS}点だけを使って
{HORIZONS[0]}～{HORIZONS[-1]}年先を見込み、実際の値と比べました。1つの方法につき{len(chosen):,}回です。

## どの方法が近いか

外れの大きさを、その系列が1年に動く大きさ（前年との差の絶対値の平均）で割った数の平均です。
1なら、ふだんの1年の動きと同じだけ外れています。単位にも規模にもよらないので、人数と割合を
並べられます（MASE、Hyndman and Koehler 2006 にならう。元の式は当てはめに使った期間の差で
割りますが、3点では0に近くなることがあるため、全期間の差で割ります）。

| 方法 |{_AHEAD}
{_RULE}
{errors}
決め方：5つの先の平均が最も小さい方法を使う。**{_NAMES[best]}**です。

いくつの点を使うとよいかを、{POINTS}点がそろう年度で切った回だけで比べると、次のとおりです。少ない点は
近い先に、多い点は遠い先に向くため、{POINTS}点までは、あるだけ使います。

| 使った点 |{_AHEAD}
{_RULE}
{sizes}
## 80％の帯は80％を含むか

教科書の式のままの80％予測区間が、実際の値を含んだ割合です。どの式も、年ごとの外れが互いに
関わりないものとして作られていますが、この統計では同じ向きの動きが何年も続くため、帯は狭すぎます。

| 方法（広げる前） |{_AHEAD}
{_RULE}
{before}
そこで、試した回の80％を含むのに要る倍率を、方法と先の年数ごとに求め、{STEP}刻みに切り上げて帯に
掛けています。6年より先は試していないので、5年先の倍率をそのまま使います。帯は先へ行くほど
広がりますが、6年より先で80％になるかは分かりません。

| 倍率 |{_AHEAD}
{_RULE}
{factors}
| 方法（広げた後） |{_AHEAD}
{_RULE}
{after}
「{_NAMES[DEFAULT]}」の広げた後を、使った点の数ごとに見ると、次のとおりです。

| 使った点 |{_AHEAD}
{_RULE}
{held_by_size}
## 決めるのに使っていない値では

上の倍率は、試したのと同じ値から決めたので、80％になるのは当たり前です。そこで
「{_NAMES[DEFAULT]}」について、決めるのに使わなかった値で数え直しました。

| 倍率の決め方 |{_AHEAD}
{_RULE}
{left_out}
## 読むときの注意

- 同じ表の系列は、総数とその内訳のように互いに関わっています。景気の悪化のような出来事は、
  どの系列にも同じ年に表れます。{len(rows)}系列は{len(rows)}回の独立した試しではなく、1系列を除いた数字は
  そのぶん甘くなります。年代で分けた数字の方が、知らない指標での当たり方に近いと考えてください。
- 切った年度が1年違うだけの見込みは、互いによく似ています。
- どれも1つの制度の全国の統計で、一度動き始めると同じ向きに続きやすいものばかりです。住民意識
  調査のように年ごとに上下する値では、最後の値に引きずられて外れが大きくなることも、帯が広すぎる
  こともあります。
- 制度が変わる、施策を始める、といったことは、どの方法も知りません。

## 参考

- R. J. Hyndman and A. B. Koehler, Another look at measures of forecast accuracy,
  International Journal of Forecasting 22 (2006), 679–688.
- R. J. Hyndman and G. Athanasopoulos, Forecasting: principles and practice, 3rd edition,
  OTexts (2021), 5.2, 5.5, 5.8, 5.10.
- P. K. Sen, Estimates of the regression coefficient based on Kendall's tau,
  Journal of the American Statistical Association 63 (1968), 1379–1389.
"""


if __name__ == "__main__":
    (HERE / "backtest.md").write_text(page(), encoding="utf-8")
