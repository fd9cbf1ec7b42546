"""What is known of each series: one value a year, whichever facts it was read from."""

from __future__ import annotations

import pandas as pd

from kpi.model import Kind


def known_course(facts: pd.DataFrame, reporting_year: int) -> pd.DataFrame:
    """Return the known course of each series, by series and year.

    One row a year: ``series_id, fiscal_year, value, kind, status, is_base``. An actual comes before
    a baseline of its year. Where several were recorded for one year (with a period, with a label),
    the one without a label counts, of those the latest recorded. Facts after the reporting year and
    facts whose source names no year (0) are left out. ``is_base`` says whether the plan states a
    baseline for the year.
    """
    known = facts[
        facts["kind"].isin([Kind.ACTUAL, Kind.BASELINE])
        & facts["fiscal_year"].between(1, reporting_year)
        & facts["value"].notna()
    ]
    known = known.assign(
        is_base=known["kind"] == Kind.BASELINE,
        is_plain=known["label"] == "",
        is_actual=known["kind"] == Kind.ACTUAL,
    )
    year = ["series_id", "fiscal_year"]
    known["is_base"] = known.groupby(year)["is_base"].transform("any")
    known = known.sort_values([*year, "is_actual", "is_plain", "recorded_at"], kind="stable")
    known = known.drop_duplicates(year, keep="last")
    return known[[*year, "value", "kind", "status", "is_base"]].reset_index(drop=True)
