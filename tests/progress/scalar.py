"""Every measure a second time: one target, one step after another, as docs/progress.md says it.

Unknown is None. Figures are rounded to twelve places wherever binary fractions could leave noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from scipy.special import stdtr, stdtrit

from kpi.progress.projection import DEFAULT, POINTS, WIDENING

#: How far a band of 80 % reaches, by degrees of freedom.
REACH = [math.nan, *(float(stdtrit(freedom, 0.9)) for freedom in range(1, POINTS))]


@dataclass
class Series:
    direction: str = "higher"
    unit: str = "点"
    tolerance: float | None = None
    limit: float | None = None
    is_cumulative: bool = False
    #: Value and status by year.
    actuals: dict[int, tuple[float, str]] = field(default_factory=dict)
    #: Value by period (0: of the plan) and year.
    baselines: dict[tuple[int, int], float] = field(default_factory=dict)


@dataclass
class Target:
    year: int
    value: float | None
    high: float | None = None
    comparator: str = ""
    period: int = 0
    #: First year of the period.
    begins: int | None = None
    #: What a target without a value is held against: "year", "year_before", "base".
    against: str = ""
    reference_year: int | None = None
    factor: float = 1.0


def judge(  # noqa: C901
    series: Series,
    target: Target,
    reporting_year: int,
    *,
    mirror: bool = False,
    tolerance: float = 0.0,
    actual_is: str = "target_year",
) -> dict:
    """Return the measures of one target by name."""
    known = {year: value for (_, year), value in series.baselines.items() if year <= reporting_year}
    actuals = {}
    for year, (value, status) in series.actuals.items():
        if year <= reporting_year:
            known[year] = value
            if actual_is != "final" or status == "確定":
                actuals[year] = value
    begins, summed_from, missing_year = target.begins, None, None
    base = base_year = None
    if series.is_cumulative:
        summed_from = begins
        sums = {}
        total = 0.0
        until = target.year or reporting_year
        span = [year for year in actuals if begins and begins <= year <= until]
        for year in range(begins, max(span) + 1) if span else ():
            if year not in actuals:
                missing_year = year
                sums = {}
                break
            total = round(total + actuals[year], 12)
            sums[year] = total
        actuals, known = sums, dict(sums)
        if begins:
            base, base_year = 0.0, begins - 1
            if missing_year is None:
                known[base_year] = base
    else:
        for period in (target.period, 0):
            years = [year for p, year in series.baselines if p == period]
            if years and base_year is None:
                base_year = min(years)
                base = series.baselines[period, base_year]
        before = [year for year in actuals if begins and year < begins]
        if base_year is None and before:
            base_year = max(before)
            base = actuals[base_year]

    actual = actual_year = None
    if actuals:
        actual_year = max(actuals)
        if actual_is != "latest" and target.year in actuals:
            actual_year = target.year
        actual = actuals[actual_year]

    low, high = target.value, target.high
    reference = reference_year = None
    if target.against and not series.is_cumulative:
        if target.against == "base":
            reference, reference_year = base, base_year
        else:
            reference_year = target.reference_year
            if target.against == "year_before":
                reference_year = target.year - 1 if target.year else None
            reference = known.get(reference_year)
        if reference is not None and (target.factor == 1 or reference > 0):
            low = round(reference * target.factor, 12)
        if base is None and reference is not None:
            base, base_year = reference, reference_year

    # What would satisfy it.
    comparator, direction = target.comparator, series.direction
    sense = 0
    if comparator in (">=", ">") or (comparator not in ("<=", "<") and direction == "higher"):
        sense = 1
    elif comparator in ("<=", "<") or direction == "lower":
        sense = -1
    is_range, is_equal = high is not None, comparator == "="
    is_level = direction == "maintain" and sense == 0 and not is_range and not is_equal
    two_sides = is_range or is_equal or is_level
    allowed = series.tolerance if series.tolerance is not None else tolerance
    is_said = series.tolerance is not None or tolerance > 0

    def strictly(value):
        if is_range:
            return low <= value <= high
        if two_sides:
            return value == low
        return {
            ">": value > low,
            "<": value < low,
        }.get(comparator, value >= low if sense > 0 else value <= low)

    def off(value):
        """How far a value is from satisfying the target, and the edge it is missing."""
        if is_range:
            return (low - value, low) if value < low else (max(value - high, 0), high)
        return (abs(value - low), low)

    def nearly(value):
        distance, edge = off(value)
        return allowed * abs(edge) > 0 and round(distance - allowed * abs(edge), 12) <= 0

    def satisfied(value):
        if value is None or low is None or not (two_sides or sense):
            return None
        if strictly(value):
            return True
        if allowed and (is_equal or is_level or base_met) and nearly(value):
            return True
        return None if is_level and not is_said else False

    base_met = False
    base_met = bool(satisfied(base))
    met = satisfied(actual)
    if reference_year is not None and actual_year is not None and actual_year <= reference_year:
        met = None

    def gap_of(value):
        if value is None or low is None:
            return None
        if is_range:
            if value < low:
                return round(low - value, 12)
            return round(high - value, 12) if value > high else 0.0
        return round(low - value, 12)

    gap, base_gap = gap_of(actual), gap_of(base)
    better = beyond = None
    if two_sides:
        if gap is not None:
            beyond = -abs(gap)
            if base_gap is not None:
                better = round(abs(base_gap) - abs(gap), 12)
    elif sense:
        if actual is not None and base is not None:
            better = round(sense * (actual - base), 12)
        if gap is not None:
            beyond = -sense * gap
    progress = elapsed = pace = attainment = required = improvement = None
    if better is not None and base_gap is not None and base_gap != 0 and not base_met:
        progress = better / abs(base_gap) if two_sides else (actual - base) / (low - base)
    if sense == 0 and not two_sides and gap is not None and base_gap:
        progress = (actual - base) / (low - base)
    if target.year and base_year is not None and actual_year and target.year > base_year:
        elapsed = (actual_year - base_year) / (target.year - base_year)
    if progress is not None and elapsed is not None and elapsed > 0:
        pace = round(progress / elapsed, 12)
    if not is_range and sense and low is not None and low > 0 and actual is not None:
        if sense > 0:
            attainment = actual / low if actual >= 0 else None
        elif mirror:
            attainment = 2 - actual / low if actual >= 0 else None
        elif actual > 0:
            attainment = low / actual
    if met is False and target.year and target.year > actual_year:
        required = gap / (target.year - actual_year)
    if better is not None and base:
        improvement = better / abs(base)
    first_met = None
    since = max(base_year or 0, reference_year or 0)
    for year in sorted(actuals):
        if since < year <= actual_year and satisfied(actuals[year]):
            first_met = year
            break
    within = None
    if sense and actual is not None and series.limit is not None:
        within = sense * (actual - series.limit) >= 0
    reason = ""
    if low is None and target.against and not series.is_cumulative:
        if reference is not None:
            reason = "no_share_of_reference"
        elif target.against == "base":
            reason = "no_reference_base"
        else:
            reason = "no_reference" if reference_year else "no_year"
    elif low is None:
        reason = "no_number"
    elif not target.year:
        reason = "no_year"
    elif series.is_cumulative and not begins:
        reason = "no_first_year"
    elif missing_year is not None:
        reason = "no_sum"
    elif actual is None and series.is_cumulative:
        reason = "not_begun"
    elif actual is None:
        has_any = any(year <= reporting_year for year in series.actuals)
        reason = "no_final" if has_any else "no_actual"
    elif met is None and reference_year is not None and actual_year <= reference_year:
        reason = "not_started"
    elif met is None:
        by_direction = {"maintain": "no_tolerance", "range": "no_range"}
        reason = by_direction.get(direction, "no_direction")
    elif not met and base is None:
        reason = "no_base"
    elif not met and actual_year <= base_year:
        reason = "not_started"
    wanted = None
    if low is not None and (two_sides or sense):
        is_kept = allowed if is_equal or is_level or base_met else 0.0
        lowest, highest = low - is_kept * abs(low), low + is_kept * abs(low)
        if is_range:
            highest = high + is_kept * abs(high)
        elif comparator == ">" and lowest == low:
            lowest = math.nextafter(low, math.inf)
        elif comparator == "<" and highest == low:
            highest = math.nextafter(low, -math.inf)
        wanted = (
            -math.inf if sense < 0 and not two_sides else lowest,
            math.inf if sense > 0 and not two_sides else highest,
        )
    is_over = bool(target.year) and target.year <= reporting_year
    return {
        "target": low,
        "reference_year": reference_year,
        "reference": reference,
        "baseline_year": base_year,
        "baseline": base,
        "actual_year": actual_year,
        "actual": actual,
        "summed_from": summed_from,
        "missing_year": missing_year,
        "is_reference": is_over and actual_year is not None and actual_year != target.year,
        "stale_years": (
            reporting_year - actual_year
            if actual_year is not None and target.year and not is_over
            else None
        ),
        "met": met,
        "by_tolerance": met is True and not strictly(actual),
        "first_met_year": first_met,
        "attainment": attainment,
        "progress": progress,
        "elapsed": elapsed,
        "pace": pace,
        "gap": gap,
        "required_per_year": required,
        "improvement": improvement,
        "beyond": beyond,
        "worse_than_base": None if better is None else better < 0,
        "within_limit": within,
        "reason": reason,
        **project(known, series.unit, target.year, actual_year, satisfied, wanted),
    }


def project(known, unit, target_year, actual_year, satisfied, wanted) -> dict:
    """Return the last value and from there the average change, with a band of 80 %."""
    names = ("projected", "projected_low", "projected_high", "projected_met", "chance")
    years = sorted(known)[-POINTS:]
    points = len(years)
    if points < 3 or not target_year or actual_year is None:
        return dict.fromkeys(names)
    if target_year <= actual_year or target_year <= years[-1]:
        return dict.fromkeys(names)
    values = [known[year] for year in years]
    span = years[-1] - years[0]
    slope = (values[-1] - values[0]) / span
    squares = 0.0
    for place in range(1, points):
        gap = years[place] - years[place - 1]
        squares += (values[place] - values[place - 1] - slope * gap) ** 2 / gap
    noise = squares / (points - 2)
    if math.sqrt(noise) <= 1e-12 * max(map(abs, values)):
        noise = 0.0
    ahead = target_year - years[-1]
    value = values[-1] + slope * ahead
    spread = math.sqrt(noise * ahead * (1 + ahead / span))
    spread *= WIDENING[DEFAULT][min(ahead, len(WIDENING[DEFAULT])) - 1]
    margin = REACH[points - 2] * spread
    floor = 0.0 if unit in ("％", "人") and min(values) >= 0 else -math.inf
    ceiling = 100.0 if unit == "％" and max(values) <= 100 else math.inf
    held = [min(max(end, floor), ceiling) for end in (value, value - margin, value + margin)]
    chance = None
    if spread > 0 and wanted and wanted[0] < wanted[1]:
        low, high = wanted
        below, up_to = (low - value) / spread, (high - value) / spread
        below = 0.0 if low <= floor else 1.0 if low > ceiling else stdtr(points - 2, below)
        up_to = 1.0 if high >= ceiling else 0.0 if high < floor else stdtr(points - 2, up_to)
        chance = float(up_to - below)
    return dict(zip(names, (*held, satisfied(round(held[0], 9)), chance), strict=True))
