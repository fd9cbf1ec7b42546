"""A table of a sheet: where its headings are, and what each column or cell of it means.

Every layout comes down to this, so that one reader serves them all and a person can correct it.
Rows and columns are counted from 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kpi.importing.findings import Finding
from kpi.importing.headings import Role, ValueHeading
from kpi.importing.readers import address
from kpi.model import Kind
from kpi.words import say


@dataclass(frozen=True)
class Spot:
    """One cell that holds a figure, for layouts whose figures do not stand in columns."""

    row: int
    column: int
    heading: ValueHeading
    #: Which line of the cell, where several figures stand in one.
    line: int | None = None
    #: The words of the figure, where they stand within a sentence.
    text: str = ""


@dataclass(frozen=True)
class Table:
    """One table of a sheet and how it is read."""

    #: Key of the layout's words in the catalogue: tidy, periods, years, blocks, form …
    layout: str
    #: Rows of headings; empty where there are none.
    headings: range
    #: Rows of data.
    rows: range
    #: Columns that describe a row.
    roles: dict[Role, int]
    #: Columns of figures, for every layout but the tidy one.
    values: dict[int, ValueHeading] = field(default_factory=dict)
    #: What the figures of a tidy table are, where its heading says so (実績値).
    kind: Kind | None = None
    #: What is said once and holds for every row: the unit in the title, the policy above.
    common: dict[Role, str] = field(default_factory=dict)
    #: Single cells of figures; all of them belong to the indicator in ``common``.
    spots: tuple[Spot, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def title(self) -> str:
        """Return the layout's name for people."""
        return say(f"layout.{self.layout}.title")

    @property
    def why(self) -> str:
        """Return what the layout was recognised by."""
        last = self.headings[-1] if self.headings else self.rows.start
        columns = self.values or {spot.column: spot.heading for spot in self.spots}
        return say(
            f"layout.{self.layout}.why",
            row=last + 1,
            first=address(last, min(columns, default=0)),
            last=address(last, max(columns, default=0)),
        )
