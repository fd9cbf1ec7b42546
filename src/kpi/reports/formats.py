"""The formats a report is made in, one by one or one file a department in a ZIP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from kpi.archive import zipped
from kpi.notation import file_part, file_parts
from kpi.words import DEFAULT, say, speaking
from kpi.written import era_year

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

    @speaking(DEFAULT)
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

    @speaking(DEFAULT)
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


@speaking(DEFAULT)
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
    files = {}
    for number, (department, name) in enumerate(named.items()):

        def step(share: float, done: int = number) -> None:
            on_step((done + share) / len(named))

        in_it = format_.file_name(report.plan, report.reporting_year, parts[name])
        own = report.of_department(department)
        files[in_it] = format_.make(own, style, step, template)
    return zipped(files, report.day)
