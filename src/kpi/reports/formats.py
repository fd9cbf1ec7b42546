"""The formats a report is made in, one by one or one file a department in a ZIP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from kpi.notation import era_year, file_part, file_parts
from kpi.words import say

if TYPE_CHECKING:
    from kpi.charts import Style
    from kpi.reports.content import Report

#: Told the share that is done, from 0 to 1; what it raises ends the making.
OnStep = Callable[[float], None]
#: Letters of a plan's name in a file's name, which a department's has to fit into as well.
_OF_PLAN = 20


@dataclass(frozen=True)
class Format:
    """One way to set a report."""

    #: As the command line calls it.
    name: str
    #: Of `kpi.reports`: the module and its function, read when they are first asked for.
    module: str
    function: str
    mime: str
    #: Whether a Word template of one's own can be filled instead of ours.
    takes_template: bool = False

    @property
    def title(self) -> str:
        """Return 議会資料（PowerPoint）."""
        return say(f"report.format.{self.name}")

    @property
    def short_title(self) -> str:
        """Return 議会資料, as in the name of a file."""
        return say(f"report.short_format.{self.name}")

    def make(
        self,
        report: Report,
        style: Style,
        on_step: OnStep = lambda _: None,
        template: bytes | None = None,
    ) -> bytes:
        """Return a report in this format; ``template`` only where one is taken.

        Whatever ``on_step`` raises is raised, and what the format raises.
        """
        setter = getattr(import_module(f"kpi.reports.{self.module}"), self.function)
        own = {} if template is None else {"template": template}
        made: bytes = setter(report, style, on_step=on_step, **own)
        on_step(1.0)
        return made

    def file_name(self, plan: str, year: int, department: str = "") -> str:
        """Return what the file of a report is called, on every system."""
        return f"{self._stem(plan, year)}{'_' if department else ''}{department}.{self.name}"

    def bundle_name(self, plan: str, year: int) -> str:
        """Return what the ZIP with a file for each department is called."""
        return f"{self._stem(plan, year)}.zip"

    def _stem(self, plan: str, year: int) -> str:
        words = {"plan": file_part(plan, _OF_PLAN), "year": era_year(year)}
        return say("report.file_name", title=self.short_title, **words)


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS = {
    one.name: one
    for one in (
        Format("pptx", "pptx", "slides", f"{_OFFICE}.presentationml.presentation"),
        Format(
            "docx",
            "docx",
            "forms",
            f"{_OFFICE}.wordprocessingml.document",
            takes_template=True,
        ),
        Format("xlsx", "xlsx", "workbook", f"{_OFFICE}.spreadsheetml.sheet"),
        Format("pdf", "pdf", "booklet", "application/pdf"),
        Format("html", "html", "web_page", "text/html"),
    )
}

ZIP_MIME = "application/zip"


def bundle(
    report: Report,
    format_: Format,
    style: Style,
    on_step: OnStep = lambda _: None,
    template: bytes | None = None,
) -> bytes:
    """Return a ZIP with a file for each department of a report, in the order of their names.

    What belongs to no department is in a file of its own. Raises as `Format.make` does.
    """
    departments = sorted({sheet.line.department for sheet in report.sheets})
    named = {name: name or say("report.no_department") for name in departments}
    parts = file_parts(named.values())
    # No earlier day can be written into a ZIP.
    day = max(report.day.timetuple()[:3], (1980, 1, 1))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, (department, name) in enumerate(named.items()):

            def step(share: float, done: int = number) -> None:
                on_step((done + share) / len(named))

            own = report.of_department(department)
            made = format_.make(own, style, step, template)
            in_it = format_.file_name(report.plan, report.reporting_year, parts[name])
            entry = zipfile.ZipInfo(in_it, (*day, 0, 0, 0))
            # As a file that everybody may read, wherever it was made.
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            packing = zipfile.ZIP_STORED if made.startswith(b"PK") else zipfile.ZIP_DEFLATED
            archive.writestr(entry, made, packing)
    return file.getvalue()
