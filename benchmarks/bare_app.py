"""The peer of our screens: the least a Streamlit app can do to show as many rows, or a chart.

A page to start from, and for each number on the command line two pages that show so many rows, as
wide as the overview's, in Streamlit's two kinds of table; and pages with one chart and with twelve.
Run by `streamlit run`.
"""

import sys
from collections.abc import Callable
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

COLUMNS = "指標 並びの理由 単位 最新の実績 前回との差 推移 第1期 第2期 第3期".split()


def start() -> None:
    """Show a page without a table."""
    st.title("Start")


def table(show: Callable[[pd.DataFrame], object], rows: int) -> None:
    """Show the table, and how many rows it has."""
    cells = [[f"{column}{row}" for column in COLUMNS] for row in range(rows)]
    show(pd.DataFrame(cells, columns=COLUMNS))
    st.caption(f"{rows} rows shown")


def charts(count: int) -> None:
    """Show so many charts of as many figures as ours have, and a choice that filters them."""
    every = st.segmented_control("Years", [1, 2], default=1, required=True)
    years = list(range(2014, 2026, every))
    for number in range(count):
        figure = go.Figure(go.Scatter(x=years, y=[year % 7 + number for year in years]))
        st.plotly_chart(figure, key=f"chart-{number}")
    st.caption(f"{len(years)} years shown")


st.navigation(
    [
        st.Page(start, title="Start", default=True),
        *(
            st.Page(
                partial(table, show, int(rows)), title=f"{name} {rows}", url_path=f"{name}-{rows}"
            )
            for rows in sys.argv[1:]
            for name, show in (("table", st.table), ("dataframe", st.dataframe))
        ),
        *(
            st.Page(partial(charts, count), title=f"charts {count}", url_path=f"charts-{count}")
            for count in (1, 12)
        ),
    ]
).run()
