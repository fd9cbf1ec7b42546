"""Pieces of the indicator page: which series, its chart, what it says, and every fact behind it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from plotly.graph_objects import Figure
from streamlit.delta_generator import DeltaGenerator

from kpi.charts import (
    Assessment,
    Calendar,
    ChartSpec,
    ImageFormat,
    SeriesLine,
    Style,
    describe,
    draw,
    find_browser,
    ledger,
    period_title,
    picture,
    render,
    succession,
    theme,
    verdict,
    written,
)
from kpi.notation import file_part
from kpi.progress import JudgedTarget, key_of
from kpi.store import JAPAN, PlanHeader, fact_history, fractions, read_retirement
from kpi.ui import data
from kpi.ui.choices import begun, choose, shared_query
from kpi.ui.contrast import shown_theme
from kpi.ui.html import show
from kpi.ui.manual import chart_terms
from kpi.ui.source import open_source
from kpi.ui.told import tell
from kpi.words import language, say
from kpi.written import full_date


def choose_series(assessment: Assessment, box: DeltaGenerator) -> int | None:
    """Show the choice of a series; None where the plan has none."""
    if not assessment.titles:
        return None
    titles = {title: series_id for series_id, title in assessment.titles.items()}
    of = f"{assessment.municipality.code} {assessment.plan.id}"

    def marked(title: str) -> str:
        is_retired = titles[title] in assessment.retired
        return say("retired.marked", title=title) if is_retired else title

    return titles[choose(box, "series", list(titles), marked, of)]


def next_target(assessment: Assessment, series_id: int) -> JudgedTarget | None:
    """Return the target the page is about.

    The one of the period in the address; else the one to reach next.
    """
    targets = assessment.main_targets(series_id).values()
    asked = (t for t in targets if str(t.period) == st.query_params.get("period", ""))
    return next(asked, None) or assessment.next_target(series_id)


def heading(assessment: Assessment, line: SeriesLine) -> None:
    """Show where in the plan the indicator hangs, with the way there, its name and its unit."""
    row = assessment.rows[line.series_id]
    path: list[tuple[str, str]] = []
    node = assessment.policies.get(line.policy_id) if line.policy_id else None
    while node is not None:
        numbered = f"{node.level}{node.code}" if node.code else ""
        path.insert(0, (str(node.id), " ".join(filter(None, (numbered, node.name)))))
        node = assessment.policies.get(node.parent_id) if node.parent_id else None
    shared = shared_query()
    followed = show(
        "indicator_title.html",
        key="title",
        line=line,
        path=path,
        direction=say(f"direction.{row.direction}"),
        source=row.source,
        query=urlencode(shared),
    )
    if followed:
        st.switch_page("pages/policy_tree.py", query_params={**shared, "node": followed})


def retirement(assessment: Assessment, line: SeriesLine, moment: datetime | None) -> None:
    """Say since when and why an indicator is retired, by what it was replaced, what it replaced.

    ``moment`` is when it was known; None is now.
    """
    own = succession(assessment, line.series_id)
    found = None
    if line.series_id in assessment.retired:
        found = data.asked(read_retirement, assessment.municipality, own.indicator_id, moment)
    if found is None and not own.predecessors:
        return
    shared = shared_query()
    followed = show(
        "retirement.html",
        key="retirement",
        retirement=found,
        since="" if found is None else full_date(found.since.astimezone(JAPAN).date()),
        successors=own.successors,
        predecessors=own.predecessors,
        query=begun(shared),
    )
    if followed:
        st.query_params["series"] = followed
        st.rerun()


def chart(assessment: Assessment, line: SeriesLine, focus: int) -> None:
    """Show the chart of the series and where its figures come from."""
    spec = describe(assessment, line, focus)
    draw_on_page(spec, say("chart.heading"), key="chart")
    show("caption.html", key="chart-caption", spec=spec, terms=chart_terms(spec))


# Many look at the same chart; plotly takes longer over it than all the rest of a page does.
@lru_cache(maxsize=128)
def _drawn(spec: ChartSpec, appearance: str, spoken: str) -> Figure:  # noqa: ARG001
    return _Sent(draw(spec, theme(appearance)))


class _Sent(Figure):  # type: ignore[misc]
    """A chart as it is sent, which plotly would put together anew for every reader."""

    def __init__(self, figure: Figure) -> None:
        super().__init__()
        self._sent: dict[str, Any] = figure.to_dict()

    def to_dict(self) -> dict[str, Any]:
        """Return the chart as Streamlit sends it."""
        return self._sent


def draw_on_page(spec: ChartSpec, heading: str, key: str) -> None:
    """Show a chart under its heading, with what exports it."""
    head, export = st.columns([4, 1], vertical_alignment="bottom")
    with head:
        show("chart_title.html", key=f"{key}-title", spec=spec, heading=heading)
    st.plotly_chart(
        _drawn(spec, shown_theme(), language()),
        theme=None,
        key=key,
        alt=spec.sentence,
        config={"displayModeBar": False, "responsive": True},
    )
    with export.popover(say("chart.export.open"), width="stretch"):
        _export(spec, key)


@st.fragment
def _export(spec: ChartSpec, key: str) -> None:
    """Ask for style and calendar, and give the image in any format."""
    style = Style(_one_of(Style, "style", key))
    calendar = Calendar(_one_of(Calendar, "calendar", key, first=spec.calendar))
    has_browser = find_browser() is not None
    # A button each, not a choice and a button: one click less, and no wait for the choice.
    for image_format, mime in _MIME.items():
        st.download_button(
            say("chart.export.save", format=image_format.upper()),
            data=partial(_image, spec, style, calendar, image_format),
            file_name=f"{file_part(spec.title)}.{image_format}",
            mime=mime,
            key=f"{key}-save-{image_format}",
            on_click="ignore",
            disabled=not has_browser,
            help=None if has_browser else say("doctor.browser_missing"),
            width="stretch",
        )


def _image(spec: ChartSpec, style: Style, calendar: Calendar, image_format: ImageFormat) -> bytes:
    return render(picture(written(spec, calendar), style), image_format)


_MIME = {
    ImageFormat.PNG: "image/png",
    ImageFormat.SVG: "image/svg+xml",
    ImageFormat.PDF: "application/pdf",
}


def _one_of(choices: type[StrEnum], name: str, key: str, first: str | None = None) -> str:
    options = [choice.value for choice in choices]
    return str(
        st.radio(
            say(f"chart.export.{name}"),
            options,
            index=options.index(first) if first else 0,
            format_func=lambda choice: say(f"chart.{name}.{choice}"),
            key=f"{key}-{name}",
            horizontal=True,
        )
    )


def judgement(
    assessment: Assessment,
    line: SeriesLine,
    target: JudgedTarget,
    now_labels: dict[tuple[int, int], str],
) -> None:
    """Show the mark, the sentence and the five numbers of one target.

    ``now_labels`` says what of a fixed year would be called otherwise now.
    """
    told = verdict(assessment, line, target)
    asked = st.query_params.get("period")
    if asked is not None and asked != str(target.period):
        shown = period_title(target.period)
        words = say("indicator.another_period", period=asked, shown=shown)
        tell(words, key="another-period", severity="error")
    followed = show(
        "verdict.html",
        key="verdict",
        told=told,
        terms=("target", "attainment", "progress", "elapsed", "pace"),
        period=target.period,
        computed=assessment.computed_label(target),
        lapsed=assessment.lapsed.get(key_of(target)),
        now=now_labels.get((line.series_id, target.period), ""),
        marks=[(period, period_title(period), mark) for period, mark in line.marks.items()],
    )
    if followed:
        st.query_params["period"] = followed
        st.rerun()


def facts(
    header: PlanHeader, assessment: Assessment, line: SeriesLine, moment: datetime | None
) -> None:
    """Show every fact with its state and the cell it came from.

    ``moment`` is when it was known; None is now.
    """
    history = data.asked(fact_history, assessment.municipality, line.series_id, moment)
    known = data.asked(fractions, header, moment)
    rows = ledger(assessment, line, history, known)
    query = {**shared_query(), "series": line.title}
    shown = {"rows": rows, "unit": line.unit, "query": urlencode(query)}
    followed = show("ledger.html", key="ledger", **shown)
    if followed == "history":
        st.switch_page("pages/history.py", query_params=query)
    for row in rows:
        for mark, batch_id in ((row.mark, row.batch_id), (row.mark_before, row.batch_before)):
            if followed == mark:
                open_source(assessment.municipality, row.key, batch_id)
