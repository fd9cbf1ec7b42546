"""The command `kpi`: its words, columns and exit codes are fixed, other programs call them.

0 done, 1 refused (findings say why, nothing was changed), 2 wrong call. Output for machines goes
to standard output as UTF-8, words for people to standard error.
"""

from __future__ import annotations

import csv
import io
import ipaddress
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial, wraps
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from kpi import settings, signing_in
from kpi.importing.memory import uncollected
from kpi.model import TIDY_COLUMNS
from kpi.notation import plain_number
from kpi.reports.formats import FORMATS
from kpi.signing_in import SignIn
from kpi.words import say

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import Engine

    from kpi.access import Person
    from kpi.charts import Assessment
    from kpi.importing.matching import Preview
    from kpi.store import PlanContent, PlanHeader

#: What these enums of `kpi.charts` have, which cost a second to read: Style, Calendar, ImageFormat.
STYLES = ("colour", "monochrome", "large")
CALENDARS = ("japanese", "western", "both")
IMAGES = ("png", "svg", "pdf")


class Refusal(click.ClickException):
    """The command was understood and refused; nothing was changed."""

    exit_code = 1

    def show(self, file: Any = None) -> None:
        """Print the sentence alone, to standard error."""
        click.echo(self.message, err=True, file=file)


def _database(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option --db and hand it the engine.

    A database that cannot be opened or read refuses the command.
    """

    @click.option("--db", metavar="URL", help=say("cli.option.db"))
    @wraps(command)
    def with_engine(db: str | None, **options: Any) -> Any:
        from sqlalchemy.exc import DatabaseError, OperationalError

        from kpi.store import DatabaseUnavailable, shown_url

        engine = _open(db or click.get_current_context().obj)
        try:
            return command(engine, **options)
        except DatabaseUnavailable as error:
            words = say(f"database.{error.why}", url=shown_url(engine), error=error)
            raise Refusal(words) from error
        except DatabaseError as error:
            # The narrower kinds are faults of the program, not of the place.
            if type(error) not in (DatabaseError, OperationalError):
                raise
            words = say("cli.database_failed", url=shown_url(engine), error=error.orig)
            raise Refusal(words) from error
        finally:
            engine.dispose()

    return with_engine


def _open(url: str | None) -> Engine:
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    from kpi.store import open_database

    url = url or settings.database_url()
    try:
        return open_database(url)
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        # Whatever stands before the last @ may be a password.
        raise click.UsageError(say("cli.bad_url", url=re.sub("://.*@", "://***@", url))) from error
    except ModuleNotFoundError as error:
        scheme = url.partition("://")[0]
        words = say("cli.no_driver", scheme=scheme, name=error.name)
        raise click.UsageError(words) from error


def _person() -> Person:
    """Return who is at work; roles that there are not are a wrong call."""
    try:
        return settings.person()
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _ready(engine: Engine) -> Engine:
    from kpi.store import DatabaseMissing, require, shown_url

    try:
        require(engine)
    except DatabaseMissing as error:
        raise Refusal(say("cli.no_database", url=shown_url(engine))) from error
    return engine


class Day(click.ParamType[datetime]):
    """A date as YYYY-MM-DD."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the last moment of the day in Japan."""
        from kpi.store import end_of_day

        try:
            return end_of_day(date.fromisoformat(value))
        except (ValueError, OverflowError):
            self.fail(say("cli.bad_date", text=value), param, ctx)


# Options of several commands.
_PLAN = click.option("--plan", metavar="NAME", help=say("cli.option.plan"))
_AS_OF = click.option("--as-of", type=Day(), metavar="DATE", help=say("cli.option.as_of"))
_FISCAL_YEAR = click.option(
    "--fiscal-year",
    type=click.IntRange(1900, 2099),
    metavar="N",
    help=say("cli.option.fiscal_year"),
)
_CSV = click.option("--csv", "_as_csv", is_flag=True, help=say("cli.option.csv"))
_STYLE = click.option(
    "--style",
    type=click.Choice(STYLES),
    default=STYLES[0],
    show_default=True,
    help=say("cli.option.style"),
)
_CALENDAR = click.option(
    "--calendar",
    type=click.Choice(CALENDARS),
    default=CALENDARS[-1],
    show_default=True,
    help=say("cli.option.calendar"),
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, help=say("cli.help"))
@click.option("--db", metavar="URL", help=say("cli.option.db"))
@click.pass_context
def cli(context: click.Context, db: str | None) -> None:
    """Take the database's address for all commands."""
    context.obj = db


def main() -> None:
    """Run the command line."""
    cli()


@cli.command(help=say("cli.command.serve"))
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@_database
def serve(engine: Engine, port: int, host: str) -> None:
    """Start the dashboard; the first start makes the database and imports the samples."""
    from streamlit.web import cli as streamlit

    from kpi.store import DatabaseMissing, migrate, require

    try:
        settings.person(), settings.self_approval()
        how = signing_in.read()
        provider = signing_in.read_provider() if how.way is SignIn.OIDC else {}
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if how.way is SignIn.NONE and not _is_loopback(host):
        raise Refusal(say("cli.serve.loopback_only", host=host))
    try:
        require(engine)
    except DatabaseMissing:
        migrate(engine)
        _import_samples_into_empty(engine)
    url = engine.url.render_as_string(hide_password=False)
    engine.dispose()
    # The pages run in this process and read the address from the environment.
    os.environ["KPI_DATABASE_URL"] = url
    # Else the server would take a request's word for the address it comes from.
    os.environ["FORWARDED_ALLOW_IPS"] = ""
    os.chdir(settings.ROOT)
    shown = f"[{host}]" if ":" in host else host
    click.echo(say("cli.serve.address", url=f"http://{shown}:{port}"), err=True)
    arguments = [
        "run",
        str(settings.ROOT / "src/kpi/ui/server/asgi.py"),
        "--server.port",
        str(port),
        "--server.address",
        host,
        # Neither is to be turned off by a setting of Streamlit's own.
        "--server.enableXsrfProtection=true",
        "--server.enableCORS=true",
    ]
    for name in signing_in.allowed_hosts(how, provider.get("redirect_uri", "")):
        arguments += ["--server.allowedHosts", name]
    streamlit.main(arguments, standalone_mode=False)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@cli.command(help=say("cli.command.init"))
@click.option("--empty", is_flag=True, help=say("cli.option.empty"))
@_database
def init(engine: Engine, empty: bool) -> None:
    """Create or migrate the database; import the samples into an empty one."""
    from kpi.store import migrate, shown_url

    migrate(engine)
    if not empty:
        _import_samples_into_empty(engine)
    click.echo(say("cli.init.ready", url=shown_url(engine)), err=True)


def _import_samples_into_empty(engine: Engine) -> None:
    from kpi.acting.imports import accept
    from kpi.acting.samples import files
    from kpi.importing.draft import Context
    from kpi.importing.matching import prepare
    from kpi.importing.reading import read_files
    from kpi.store import is_empty

    if not is_empty(engine):
        click.echo(say("cli.init.not_empty"), err=True)
        return
    for path in files():
        draft = read_files([(path.name, path.read_bytes())], Context())
        preview = prepare(engine, draft)
        if preview.has_errors:
            _tell(preview)
            raise Refusal(say("cli.import.refused"))
        reason = say("import.reason_sample")
        accept(engine, settings.operator(), preview, reason=reason, now=datetime.now(UTC))
        added = len(preview.added) + len(preview.projects)
        click.echo(say("cli.init.imported", file=path.name, added=added), err=True)


@cli.command("import", help=say("cli.command.import"))
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--plan", default="", metavar="NAME", help=say("cli.option.import_plan"))
@click.option("--layout", default="", metavar="NAME", help=say("cli.option.layout"))
@click.option("--dry-run", is_flag=True, help=say("cli.option.dry_run"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.option.json"))
@click.option("--strict", is_flag=True, help=say("cli.option.strict"))
@_database
def import_(
    engine: Engine,
    files: tuple[Path, ...],
    plan: str,
    layout: str,
    dry_run: bool,
    as_json: bool,
    strict: bool,
) -> None:
    """Import files: all of them or none."""
    from kpi.access import NotAllowed
    from kpi.acting.imports import accept
    from kpi.importing.draft import Context
    from kpi.importing.layouts.saved import SavedRefused, load
    from kpi.importing.matching import prepare
    from kpi.importing.reading import read_files
    from kpi.store import Conflict, migrate

    try:
        saved = load(layout) if layout else None
    except SavedRefused as error:
        raise Refusal(str(error)) from error
    if dry_run:
        engine = _as_it_stands(engine)
    else:
        migrate(engine)
    contents = [(path.name, path.read_bytes()) for path in files]
    draft = read_files(contents, Context(plan=plan), layout=saved)
    preview = prepare(engine, draft)
    refused = preview.has_errors or (strict and preview.has_warnings)
    batch = None
    if not refused and not dry_run:
        try:
            batch = accept(
                engine,
                _person(),
                preview,
                reason=say("import.reason_command"),
                now=datetime.now(UTC),
            )
        except NotAllowed as not_allowed:
            raise Refusal(str(not_allowed)) from not_allowed
        except Conflict as conflict:
            raise Refusal(say("import.conflict")) from conflict
    if as_json:
        with _standard_output() as output:
            json.dump(_as_json(preview, batch), output, ensure_ascii=False, indent=1)
            output.write("\n")
    else:
        _tell(preview)
    if refused:
        raise Refusal(say("cli.import.refused"))
    if batch:
        click.echo(say("cli.import.done", batch=batch), err=True)


def _as_it_stands(engine: Engine) -> Engine:
    """Return a database that can be read and is not written; an empty one where there is none."""
    from kpi.store import (
        DatabaseMissing,
        DatabaseOutdated,
        migrate,
        open_database,
        require,
        shown_url,
    )

    try:
        require(engine)
    except DatabaseOutdated as error:
        raise Refusal(say("cli.no_database", url=shown_url(engine))) from error
    except DatabaseMissing:
        nowhere = open_database("sqlite://")
        migrate(nowhere)
        return nowhere
    return engine


def _as_json(preview: Preview, batch: str | None) -> dict[str, Any]:
    return {
        "batch": batch,
        "files": [
            {
                "name": report.name,
                "layout": report.layout,
                "encoding": report.encoding,
                "sheets": [
                    {
                        "name": sheet.name,
                        "rows": sheet.rows,
                        "facts": sheet.facts,
                        "skipped": sheet.skipped,
                    }
                    for sheet in report.sheets
                ],
                "findings": [
                    {
                        "code": finding.code,
                        "severity": finding.severity,
                        "sheet": finding.sheet,
                        "cell": finding.cell,
                        "message": finding.message,
                        "hint": finding.hint,
                    }
                    for finding in report.findings
                ],
            }
            for report in preview.files
        ],
        "added": len(preview.added),
        "changed": len(preview.changed),
        "unchanged": preview.unchanged,
        "projects": len(preview.projects),
    }


def _tell(preview: Preview) -> None:
    """Print what an import would do, for a person."""
    for report in preview.files:
        layout = f"（{report.layout_title}）" if report.layout else ""
        click.echo(f"{report.name}{layout}", err=True)
        for finding in report.findings:
            place = " ".join(filter(None, (finding.sheet, finding.cell)))
            severity = say(f"severity.{finding.severity}")
            words = " ".join(filter(None, (severity, place, finding.message, finding.hint)))
            click.echo(f"  {words}", err=True)
    click.echo(
        say(
            "cli.import.counts",
            added=len(preview.added),
            changed=len(preview.changed),
            unchanged=preview.unchanged,
        ),
        err=True,
    )
    if preview.projects:
        click.echo(say("cli.import.projects", count=len(preview.projects)), err=True)


@cli.command(help=say("cli.command.check"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.xlsx",
    help=say("cli.option.out"),
)
@_database
def check(engine: Engine, file: Path, out: Path | None) -> None:
    """Say what an import would find; write it into a copy of the workbook."""
    from kpi.importing.draft import Context
    from kpi.importing.matching import prepare
    from kpi.importing.reading import read_files

    if out and out.exists() and out.samefile(file):
        raise click.UsageError(say("cli.check.same_file"))
    data = file.read_bytes()
    preview = prepare(_as_it_stands(engine), read_files([(file.name, data)], Context()))
    _tell(preview)
    if out:
        _write_copy(file.name, data, preview, out)
    if preview.has_errors:
        raise Refusal(say("cli.check.refused"))


def _write_copy(name: str, data: bytes, preview: Preview, out: Path) -> None:
    from kpi.importing.remarks import CopyRefused, has_macros, with_remarks

    try:
        copy = with_remarks(name, data, preview.findings)
        out.write_bytes(copy)
    except CopyRefused as refused:
        raise Refusal(say("cli.check.no_copy")) from refused
    except OSError as error:
        raise Refusal(say("cli.check.not_written", file=out)) from error
    click.echo(say("cli.check.written", file=out), err=True)
    if has_macros(copy) and out.suffix.lower() != ".xlsm":
        click.echo(say("cli.check.macros"), err=True)


@cli.command(help=say("cli.command.undo"))
@click.argument("batch")
@_database
def undo(engine: Engine, batch: str) -> None:
    """Take one import back."""
    from kpi.access import NotAllowed
    from kpi.acting.undoing import take_back
    from kpi.charts import told_act
    from kpi.store import StillNeeded, UnknownBatch, batches

    try:
        take_back(_ready(engine), _person(), batch, now=datetime.now(UTC))
    except NotAllowed as not_allowed:
        raise Refusal(str(not_allowed)) from not_allowed
    except UnknownBatch as error:
        raise Refusal(say("undo.unknown", batch=batch)) from error
    except StillNeeded as error:
        later = [
            say("undo.batch", batch=entry.batch_id, files=told_act(entry))
            for entry in batches(engine)
            if entry.batch_id in error.batch_ids
        ]
        raise Refusal(say("undo.needed", batches="、".join(dict.fromkeys(later)))) from error
    click.echo(say("undo.done", batch=batch), err=True)


def _plans(engine: Engine, name: str | None, as_of: datetime | None) -> list[PlanHeader]:
    from kpi.notation import normal
    from kpi.store import plans

    known = plans(_ready(engine), as_of)
    if name is None:
        return known
    found = [header for header in known if normal(header.plan.name) == normal(name)]
    if not found:
        names = "、".join(header.plan.name for header in known)
        raise click.UsageError(say("cli.unknown_plan", name=name, names=names))
    return found


@cli.command(help=say("cli.command.values"))
@_PLAN
@_AS_OF
@_CSV
@uncollected()
@_database
def values(engine: Engine, plan: str | None, as_of: datetime | None, _as_csv: bool) -> None:
    """Write all facts, one row each."""
    from kpi.charts import values_table
    from kpi.store import read_plan

    headers = _plans(engine, plan, as_of)
    _write_csv(TIDY_COLUMNS, (values_table(read_plan(engine, h, as_of)) for h in headers))


@cli.command(help=say("cli.command.progress"))
@_PLAN
@click.option("--rule", metavar="NAME", help=say("cli.option.rule"))
@_FISCAL_YEAR
@_AS_OF
@click.option("--current", is_flag=True, help=say("cli.option.current"))
@_CSV
@uncollected()
@_database
def progress(
    engine: Engine,
    plan: str | None,
    rule: str | None,
    fiscal_year: int | None,
    as_of: datetime | None,
    current: bool,
    _as_csv: bool,
) -> None:
    """Write how every target stands, one row each; of a fixed year, as it was fixed."""
    from kpi.charts import PROGRESS_COLUMNS, assess, find_rule, progress_table, refusal
    from kpi.model import Kind
    from kpi.progress import RuleRefused, rule_names
    from kpi.store import read_plan

    headers = _plans(engine, plan, as_of)
    if rule is not None and rule not in rule_names():
        # A municipality's own rule judges its own plans.
        own = [{r.name for r in read_plan(engine, header, as_of).rules} for header in headers]
        shared = set.intersection(*own) if own else set()
        if rule not in shared:
            names = "、".join([*rule_names(), *sorted(shared)])
            raise click.UsageError(say("cli.unknown_rule", name=rule, names=names))

    def tables() -> Iterator[pd.DataFrame]:
        for header in headers:
            content = read_plan(engine, header, as_of)
            # Of the many areas of a table none has a target to judge.
            if (content.facts["kind"] == Kind.TARGET).any():
                latest = next(iter(content.actual_years), 0)
                year = latest if fiscal_year is None else fiscal_year
                asked = find_rule(content, rule) if rule else None
                # A rule that is asked for is a question of its own.
                fixed = None if asked or current else _fixed(engine, header, year, as_of)
                yield progress_table(fixed or assess(content, year, asked))

    try:
        _write_csv(PROGRESS_COLUMNS, tables())
    except RuleRefused as error:
        raise Refusal(refusal(error)) from error


def _fixed(
    engine: Engine, header: PlanHeader, year: int, as_of: datetime | None
) -> Assessment | None:
    """Return the assessment of a year as it was fixed last, and say so; None where it was not."""
    from kpi.charts import as_fixed
    from kpi.notation import era_year
    from kpi.store import JAPAN, frozen_years, read_frozen

    entries = frozen_years(engine, header, as_of)
    entry = next((entry for entry in entries if entry.fiscal_year == year), None)
    if entry is None:
        return None
    told = say(
        "frozen.cli",
        plan=header.plan.name,
        year=era_year(year),
        day=f"{entry.recorded_at.astimezone(JAPAN):%Y-%m-%d}",
        author=entry.author,
        reason=entry.reason,
    )
    click.echo(told, err=True)
    return as_fixed(read_frozen(engine, header, entry))


@cli.command(help=say("cli.command.lint"))
@_PLAN
@_AS_OF
@_CSV
@uncollected()
@_database
def lint(engine: Engine, plan: str | None, as_of: datetime | None, _as_csv: bool) -> None:
    """Write what a good planner would remark on the plans, one row each."""
    from kpi.charts import LINT_COLUMNS, plan_check_table, plan_remarks
    from kpi.model import Kind
    from kpi.store import plans, read_plan

    headers, known = _plans(engine, plan, as_of), plans(engine, as_of)

    def tables() -> Iterator[pd.DataFrame]:
        for header in headers:
            content = read_plan(engine, header, as_of)
            # Without a target there is no plan to check.
            if (content.facts["kind"] == Kind.TARGET).any():
                others = [
                    read_plan(engine, other, as_of)
                    for other in known
                    if other.municipality == header.municipality and other.plan != header.plan
                ]
                yield plan_check_table(content, plan_remarks(content, others))

    _write_csv(LINT_COLUMNS, tables())


class _CodesTogether(click.Command):
    """A command whose --indicator takes every code up to the next option: --indicator 101 102."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Give each further code an option of its own."""
        spread: list[str] = []
        codes = 0
        for word in args:
            if word.startswith("-"):
                codes = int(word == "--indicator")
            elif codes and word not in FORMATS:
                if codes > 1:
                    spread.append("--indicator")
                codes += 1
            else:
                codes = 0
            spread.append(word)
        return super().parse_args(ctx, spread)


@cli.command(cls=_CodesTogether, help=say("cli.command.report"))
@click.argument("format_name", metavar="FORMAT", type=click.Choice(list(FORMATS)))
@click.option("--plan", metavar="NAME", help=say("cli.option.report_plan"))
@click.option(
    "--indicator", "codes", multiple=True, metavar="CODE...", help=say("cli.option.indicator")
)
@click.option("--department", metavar="NAME", help=say("cli.option.department"))
@_FISCAL_YEAR
@_AS_OF
@_STYLE
@_CALENDAR
@click.option(
    "--template",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help=say("cli.option.template"),
)
@click.option("--fields", is_flag=True, help=say("cli.option.fields"))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=say("cli.option.report_out"),
)
@uncollected()
@_database
def report(
    engine: Engine,
    format_name: str,
    plan: str | None,
    codes: tuple[str, ...],
    department: str | None,
    fiscal_year: int | None,
    as_of: datetime | None,
    style: str,
    calendar: str,
    template: Path | None,
    fields: bool,
    out: Path | None,
) -> None:
    """Make a report on a plan; as one file a department, in a ZIP, where the file is called so."""
    from kpi.charts import Calendar, Style
    from kpi.reports.content import compose
    from kpi.reports.formats import bundle
    from kpi.store import JAPAN

    made_as = FORMATS[format_name]
    if (fields or template) and not made_as.takes_template:
        raise click.UsageError(say("cli.report.no_template", format=made_as.title))
    if fields:
        _tell_fields()
        return
    if out is None:
        raise click.UsageError(say("cli.report.no_out"))
    is_bundle = out.suffix.lower() == ".zip"
    if is_bundle and department is not None:
        raise click.UsageError(say("cli.report.one_department"))
    own = _checked_template(template) if template else None
    header, series = _reported(engine, plan, codes, department, as_of)
    moment = as_of or datetime.now(UTC)
    with _reporting():
        told = compose(
            engine,
            header,
            day=moment.astimezone(JAPAN).date(),
            moment=as_of,
            reporting_year=fiscal_year,
            series=series,
            department=department or "",
            calendar=Calendar(calendar),
        )
        make = partial(bundle, told, made_as) if is_bundle else partial(made_as.make, told)
        data = make(Style(style), template=own)
    _write(out, data)
    click.echo(say("cli.report.done", file=out, count=len(told.sheets)), err=True)


def _tell_fields() -> None:
    """Print what a form of one's own may hold, a line each."""
    from kpi.reports.docx import fields

    with _standard_output() as output:
        for field in fields():
            output.write("\t".join((field.placeholder, field.meaning, field.example)) + "\n")


def _checked_template(file: Path) -> bytes:
    from kpi.reports.docx import check_template

    data = file.read_bytes()
    if faults := check_template(data):
        for fault in faults:
            click.echo(f"  {fault}", err=True)
        raise Refusal(say("cli.report.template_refused", file=file))
    return data


def _reported(
    engine: Engine,
    name: str | None,
    codes: Sequence[str],
    department: str | None,
    as_of: datetime | None,
) -> tuple[PlanHeader, list[int] | None]:
    """Return the plan a report is on, and which series it tells of, None for all.

    Where no plan is named it is the first that has what is asked for, a plan with targets before a
    table of figures, and which it was is said.
    """
    from kpi.charts import series_asked
    from kpi.store import read_plan

    headers = _telling_first(engine, name, as_of)
    header, series = headers[0], None
    contents = []
    for header in headers if codes else ():
        contents.append(read_plan(engine, header, as_of))
        asked = [series_asked(contents[-1].series, code) for code in codes]
        if all(asked):
            series = list(dict.fromkeys(chain.from_iterable(asked)))
            break
    else:
        if codes:
            raise _unknown_indicator(contents, codes)
    if department is not None:
        _require_department(read_plan(engine, header, as_of), department)
    if len(headers) > 1:
        words = {"municipality": header.municipality.name, "plan": header.plan.name}
        click.echo(say("cli.report.plan_taken", **words), err=True)
    return header, series


def _telling_first(engine: Engine, name: str | None, as_of: datetime | None) -> list[PlanHeader]:
    """Return the plans, those with targets before tables of figures."""
    from kpi.store import promising

    headers = _plans(engine, name, as_of)
    if not headers:
        raise Refusal(say("cli.report.no_plan"))
    promised = promising(engine)
    return sorted(
        headers, key=lambda h: 0 if h.periods else 1 if h.municipality.code in promised else 2
    )


def _unknown_indicator(contents: Sequence[PlanContent], codes: Sequence[str]) -> click.UsageError:
    """Return what to say where no plan has all that is asked for: the first that none has."""
    from kpi.charts import near_names, series_asked

    unknown = [
        code
        for code in codes
        if not any(series_asked(content.series, code) for content in contents)
    ]
    if not unknown:
        return click.UsageError(say("cli.report.not_together"))
    near = (near_names(content.series, unknown[0]) for content in contents)
    names = next(filter(None, near), "")
    told = {"name": unknown[0], "names": names}
    words = say("cli.report.unknown_near" if names else "cli.report.unknown", **told)
    return click.UsageError(words)


def _require_department(content: PlanContent, name: str) -> None:
    known = sorted({department for department in content.series["department"] if department})
    if name not in known:
        names = say("list.comma").join(known) or say("cli.report.no_departments")
        raise click.UsageError(say("cli.report.unknown_department", name=name, names=names))


@contextmanager
def _reporting() -> Iterator[None]:
    """Refuse what no report can be made of."""
    from kpi.charts import refusal
    from kpi.progress import RuleRefused
    from kpi.reports.content import NotMade

    try:
        yield
    except RuleRefused as error:
        raise Refusal(refusal(error)) from error
    except NotMade as error:
        raise Refusal(str(error)) from error


@cli.command(help=say("cli.command.chart"))
@click.argument("indicator", metavar="INDICATOR")
@click.option(
    "--format",
    "image_format",
    type=click.Choice(IMAGES),
    required=True,
    help=say("cli.option.image_format"),
)
@click.option("--plan", metavar="NAME", help=say("cli.option.chart_plan"))
@_AS_OF
@_STYLE
@_CALENDAR
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=say("cli.option.chart_out"),
)
@uncollected()
@_database
def chart(
    engine: Engine,
    indicator: str,
    image_format: str,
    plan: str | None,
    as_of: datetime | None,
    style: str,
    calendar: str,
    out: Path,
) -> None:
    """Draw the chart of one series, as the screen 指標 has it."""
    from kpi.charts import (
        BrowserMissing,
        Calendar,
        ImageFormat,
        Style,
        assess,
        describe,
        picture,
        refusal,
        render,
    )
    from kpi.progress import RuleRefused

    header, content, series_id = _one_series(engine, indicator, plan, as_of)
    year = next(iter(content.actual_years), (as_of or datetime.now(UTC)).year)
    try:
        assessment = _fixed(engine, header, year, as_of) or assess(content, year)
        target = assessment.next_target(series_id)
        focus = target.period if target is not None else 0
        line = assessment.line(series_id, focus)
        spec = describe(assessment, line, focus, calendar=Calendar(calendar))
        image = render(picture(spec, Style(style)), ImageFormat(image_format))
    except RuleRefused as error:
        raise Refusal(refusal(error)) from error
    except BrowserMissing as error:
        raise Refusal(say("cli.chart.no_browser")) from error
    _write(out, image)
    words = {"municipality": header.municipality.name, "plan": header.plan.name}
    click.echo(say("cli.chart.done", title=spec.title, file=out, **words), err=True)


def _one_series(
    engine: Engine, asked: str, plan: str | None, as_of: datetime | None
) -> tuple[PlanHeader, PlanContent, int]:
    """Return the one series of a plan that goes by a code or a name.

    Where no plan is named it is the first that has it, and that others have it too is said.
    """
    from kpi.charts import series_asked
    from kpi.charts.assessment import titles_of
    from kpi.store import read_plan

    headers = _telling_first(engine, plan, as_of)
    contents = [(header, read_plan(engine, header, as_of)) for header in headers]
    having = [(h, content) for h, content in contents if series_asked(content.series, asked)]
    if not having:
        raise _unknown_indicator([content for _, content in contents], [asked])
    (header, content), *others = having
    found = series_asked(content.series, asked)
    if len(found) > 1:
        titles = titles_of(content.series)
        named = [say("asked.quoted", name=titles[series_id]) for series_id in found]
        names = say("list.comma").join(named)
        raise click.UsageError(say("cli.chart.several", name=asked, names=names))
    if others:
        names = say("list.comma").join(other.plan.name for other, _ in others)
        click.echo(say("cli.chart.others", names=names), err=True)
    return header, content, found[0]


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except OSError as error:
        raise Refusal(say("cli.not_written", file=file, error=error)) from error


def _write_csv(columns: Sequence[str], tables: Iterable[pd.DataFrame]) -> None:
    """Write tables to standard output."""
    with _standard_output() as output:
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow(columns)
        for table in tables:
            cells = [map(_plain, table[column].tolist()) for column in table]
            writer.writerows(zip(*cells, strict=True))


@contextmanager
def _standard_output() -> Iterator[TextIO]:
    """Give standard output as UTF-8 without BOM, whatever the terminal's encoding.

    A reader that closes the pipe early ends the output quietly, and changes no exit code.
    """
    text = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=True)
    try:
        yield text
        text.flush()
    except BrokenPipeError:
        # What is still in the buffers goes nowhere, at exit too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:
        text.detach()


def _plain(cell: Any) -> Any:
    """Return a cell as CSV has it: nothing for unknown, whole numbers without a point."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return plain_number(cell)
    return cell


@cli.command(help=say("cli.command.parse"))
@click.argument("what", type=click.Choice(["fiscal-year", "number", "target", "unit"]))
@click.option("--era", default="", metavar="ERA", help=say("cli.option.era"))
def parse(what: str, era: str) -> None:
    """Answer each line of standard input with what it says, as one JSON object a line."""
    from kpi.notation import NO_RECORD, RECORDS, Unreadable

    # A line ends at a line feed and nowhere else, so that line and answer can be counted off.
    lines = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="replace", newline="\n")
    with _standard_output() as output:
        for line in lines:
            text = line.rstrip("\r\n")
            try:
                record = RECORDS[what](text, era)
            except Unreadable as unreadable:
                record = NO_RECORD[what] | {"error": say(f"unreadable.{unreadable.why}")}
            output.write(json.dumps({"text": text} | record, ensure_ascii=False) + "\n")
            output.flush()


@cli.command(help=say("cli.command.backup"))
@click.argument("file", type=click.Path(path_type=Path))
@_database
def backup(engine: Engine, file: Path) -> None:
    """Write everything to a new file."""
    from kpi.store import DatabaseMissing, back_up, shown_url

    try:
        back_up(engine, file)
    except DatabaseMissing as error:
        raise Refusal(say("cli.backup.nothing", url=shown_url(engine))) from error
    except FileExistsError as error:
        raise Refusal(say("cli.backup.exists", file=file)) from error
    except OSError as error:
        raise Refusal(say("cli.backup.not_written", file=file, error=error)) from error
    click.echo(say("cli.backup.done", file=file), err=True)


@cli.command(help=say("cli.command.restore"))
@click.argument("file", type=click.Path(path_type=Path))
@_database
def restore(engine: Engine, file: Path) -> None:
    """Put a backup into an empty database.

    As with all that is about the database as a whole, the account may do it that has the database.
    """
    from kpi.store import InUse, NotABackup, shown_url, verify_audit
    from kpi.store import restore as put_back

    try:
        put_back(engine, file)
    except NotABackup as error:
        raise Refusal(say(f"cli.restore.{error.why}", file=file)) from error
    except InUse as error:
        raise Refusal(say("cli.restore.in_use", url=shown_url(engine))) from error
    except OSError as error:
        raise Refusal(say("cli.restore.not_read", file=file, error=error)) from error
    click.echo(say("cli.restore.done", url=shown_url(engine)), err=True)
    if any(state.broken for state in verify_audit(engine)):
        click.echo(say("cli.restore.altered"), err=True)


@cli.command(help=say("cli.command.doctor"))
@_database
def doctor(engine: Engine) -> None:
    """Say what of database, fonts and browser is missing."""
    from kpi.doctor import examine

    findings = examine(engine)
    for finding in findings:
        state = say("cli.doctor.ok" if finding.ok else "cli.doctor.missing")
        click.echo(f"{state} {finding.words}", err=True)
    if not all(finding.ok for finding in findings):
        sys.exit(1)
