"""One report in a file, one file a department in a ZIP, and the command that makes them."""

from __future__ import annotations

import io
import json
import sys
import types
import zipfile
from datetime import UTC, date, datetime

import pytest
from acts import import_bytes
from click.testing import CliRunner

from kpi.charts import Calendar, ImageFormat, Style, fix
from kpi.cli import CALENDARS, IMAGES, STYLES, cli
from kpi.importing.draft import Context
from kpi.notation import file_parts
from kpi.reports.content import compose
from kpi.reports.formats import FORMATS, Format, bundle
from kpi.store import plans, read_plan, record
from kpi.words import speaking

DAY = date(2026, 3, 31)
PLAN = (
    "施策,番号,指標,単位,年度,種別,計画期,値,所管課\n"
    "1-1 健康,101,受診率,％,R8,目標,1,42％以上,健康/福祉課\n"
    "1-1 健康,101,受診率,％,R6,実績,,37.7,健康/福祉課\n"
    "1-2 子ども,102,待機者数,人,R8,目標,1,0人,子ども課\n"
    "1-2 子ども,102,待機者数,人,R6,実績,,8,子ども課\n"
    "1-2 子ども,103,定員,人,R6,実績,,120,\n"
)


@pytest.fixture
def city(empty):
    context = Context(municipality="見本町", plan="健康計画")
    _, batch = import_bytes(empty, ("計画.csv", PLAN.encode()), context=context)
    assert batch
    return empty


@pytest.fixture
def told(city):
    return compose(city, plans(city)[0], day=DAY)


@pytest.fixture
def stub(monkeypatch):
    """A format that writes what it was asked for."""

    def setting(report, style, on_step, template=None):
        on_step(0.5)
        asked = {
            "titles": [sheet.line.title for sheet in report.sheets],
            "department": report.department,
            "style": style,
            "year": report.reporting_year,
            "day": report.day.isoformat(),
            "labels": report.sheets[0].spec.year_labels[:1],
            "template": template and template.decode(),
        }
        return json.dumps(asked, ensure_ascii=False).encode()

    module = types.ModuleType("kpi.reports.stub")
    module.setting = setting
    module.fields = lambda: [
        types.SimpleNamespace(placeholder="{{ 指標 }}", meaning="名前", example="受診率")
    ]
    module.check_template = lambda data: (
        ["3段落目：{{ 指漂 }} はありません"] if b"wrong" in data else []
    )
    monkeypatch.setitem(sys.modules, "kpi.reports.stub", module)
    monkeypatch.setitem(sys.modules, "kpi.reports.docx", module)
    for name, takes_template in (("pptx", False), ("docx", True)):
        own = Format(name, "stub", "setting", "application/x-stub", takes_template)
        monkeypatch.setitem(FORMATS, name, own)
    return FORMATS["pptx"]


@pytest.fixture
def kpi(city, stub):  # noqa: ARG001  its formats are those of the command
    def run(*arguments):
        runner = CliRunner()
        url = city.url.render_as_string(hide_password=False)
        return runner.invoke(cli, ["--db", url, *map(str, arguments)])

    return run


def titles(path):
    return json.loads(path.read_bytes())["titles"]


def test_what_is_counted_is_counted_of_the_indicators_told_of(city, told):
    def totals(report):
        return [(summary.total, summary.reached) for summary in report.summaries]

    header = plans(city)[0]
    [series_id] = [sheet.line.series_id for sheet in told.sheets if sheet.code == "102"]
    of_one = compose(city, header, day=DAY, series=[series_id])
    assert totals(told) == [(2, 0)]
    assert totals(of_one) == totals(told.of_department("子ども課")) == [(1, 0)]
    assert "1系列" in of_one.lead
    assert of_one.lead == told.of_department("子ども課").lead


def test_an_indicator_asked_for_twice_is_told_of_once(city, told):
    first, second, _ = (sheet.line.series_id for sheet in told.sheets)
    twice = compose(city, plans(city)[0], day=DAY, series=[second, first, second])
    assert [sheet.line.series_id for sheet in twice.sheets] == [second, first]


def test_the_words_of_the_command_are_those_of_the_charts():
    assert list(STYLES) == list(Style)
    assert list(CALENDARS) == list(Calendar)
    assert list(IMAGES) == list(ImageFormat)


def test_a_part_of_a_file_name_is_one_on_every_system():
    names = ["健康/福祉課", "健康／福祉課", "A:B", "a：b", "  .", "長" * 80, "可\u200b視"]
    parts = file_parts(names)
    assert parts["健康/福祉課"] == "健康／福祉課"
    assert parts["健康／福祉課"] == "健康／福祉課（2）"
    assert len({part.casefold() for part in parts.values()}) == len(names)
    assert not any(set(part) & set('\\/:*?"<>|\u200b') for part in parts.values())
    assert max(len(part) for part in parts.values()) == 50


def test_the_part_of_a_department_is_what_would_be_composed_for_it(city, told):
    alone = compose(city, plans(city)[0], day=DAY, department="子ども課")
    part = told.of_department("子ども課")
    assert [sheet.line.title for sheet in part.sheets] == ["待機者数"]
    assert [s.title for s in part.sections] == [s.title for s in alone.sections]
    assert part.changes == alone.changes
    assert part.department == alone.department
    assert [sheet.line.title for sheet in told.of_department("").sheets] == ["定員"]


def test_a_year_that_was_fixed_is_told_as_it_was_fixed(city):
    [header] = plans(city)
    before = compose(city, header, day=DAY)
    fixing = fix(read_plan(city, header), before.assessment)
    said = {"author": "企画課", "reason": "9月議会", "now": datetime(2025, 9, 1, tzinfo=UTC)}
    record(city, header.municipality, [fixing], **said)
    correction = "計画,指標,単位,年度,実績値\n健康計画,受診率,％,R6,99.9\n"
    context = Context(municipality="見本町", plan="健康計画")
    later = datetime(2025, 10, 1, tzinfo=UTC)
    file = "訂正.csv", correction.encode()
    _, batch = import_bytes(city, file, context=context, now=later)
    assert batch
    told = compose(city, header, day=DAY)
    assert [sheet.line.latest for sheet in told.sheets] == [
        sheet.line.latest for sheet in before.sheets
    ]
    assert told.rules[:-1] == before.rules
    assert "2025年9月1日に確定" in told.rules[-1]
    assert "企画課：9月議会" in told.rules[-1]


def test_a_zip_has_a_file_for_each_department_and_is_the_same_twice(told, stub):
    steps = []
    data = bundle(told, stub, Style.MONOCHROME, steps.append)
    assert data == bundle(told, stub, Style.MONOCHROME)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == [
            f"健康計画_令和6年度_議会資料_{name}.pptx"
            for name in ("所管課の記載なし", "健康／福祉課", "子ども課")
        ]
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 3, 31, 0, 0, 0)}
        made = [json.loads(archive.read(name)) for name in archive.namelist()]
    assert [one["titles"] for one in made] == [["定員"], ["受診率"], ["待機者数"]]
    assert {one["style"] for one in made} == {"monochrome"}
    assert steps == sorted(steps)
    assert steps[-1] == 1
    assert stub.bundle_name("健康計画", 2024) == "健康計画_令和6年度_議会資料.zip"
    assert stub.file_name("健康/計画", 2024) == "健康／計画_令和6年度_議会資料.pptx"


def test_making_ends_where_it_is_told_to(told, stub):
    class Enough(Exception):
        pass

    def stop(_share):
        raise Enough

    with pytest.raises(Enough):
        stub.make(told, Style.COLOUR, stop)
    with pytest.raises(Enough):
        bundle(told, stub, Style.COLOUR, stop)


def test_the_command_writes_what_was_asked_for_in_that_order(kpi, tmp_path):
    out = tmp_path / "議会.pptx"
    done = kpi("report", "pptx", "--indicator", "102", "受診率", "--style", "large", "--out", out)
    assert (done.exit_code, "議会.pptx" in done.stderr) == (0, True), done.stderr
    assert titles(out) == ["待機者数", "受診率"]
    assert json.loads(out.read_bytes())["style"] == "large"
    assert kpi("report", "--indicator", "101", "pptx", "--out", out).exit_code == 0
    assert titles(out) == ["受診率"]
    done = kpi("report", "pptx", "--as-of", "2025-12-31", "--calendar", "western", "--out", out)
    assert done.exit_code == 0
    asked = json.loads(out.read_bytes())
    assert (asked["day"], asked["labels"], len(asked["titles"])) == ("2025-12-31", ["2024"], 3)
    assert kpi("report", "pptx", "--department", "子ども課", "--out", out).exit_code == 0
    assert titles(out) == ["待機者数"]
    parcel = tmp_path / "全部.zip"
    assert kpi("report", "pptx", "--out", parcel).exit_code == 0
    assert len(zipfile.ZipFile(parcel).namelist()) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pptx", "--indicator", "受信率", "--out", "x"], "「受診率」"),
        (["pptx", "--indicator", "9999", "--out", "x"], "9999"),
        (["pptx", "--plan", "別の計画", "--out", "x"], "健康計画"),
        (["pptx", "--department", "健康課", "--out", "x"], "子ども課"),
        (["pptx", "--department", "子ども課", "--out", "x.zip"], ".zip"),
        (["pptx"], "--out"),
        (["pptx", "--fields"], "docx"),
        (["pptx", "--template", __file__, "--out", "x"], "docx"),
        (["odp", "--out", "x"], "odp"),
        (["pptx", "--fiscal-year", "1", "--out", "x"], "1900"),
    ],
)
def test_a_wrong_call_says_what_there_is(kpi, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    done = kpi("report", *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert list(tmp_path.glob("x*")) == []


def test_a_form_of_ones_own_is_looked_at_before_anything_is_written(kpi, tmp_path):
    listed = kpi("report", "docx", "--fields")
    assert (listed.exit_code, listed.stdout) == (0, "{{ 指標 }}\t名前\t受診率\n")
    form, out = tmp_path / "form.docx", tmp_path / "out.docx"
    form.write_bytes(b"wrong")
    refused = kpi("report", "docx", "--template", form, "--out", out)
    assert refused.exit_code == 1
    assert "3段落目" in refused.stderr
    assert not out.exists()
    form.write_bytes(b"right")
    assert kpi("report", "docx", "--template", form, "--out", out).exit_code == 0
    assert json.loads(out.read_bytes())["template"] == "right"


def test_what_cannot_be_written_or_reported_is_refused(kpi, tmp_path):
    refused = kpi("report", "pptx", "--out", tmp_path / "none" / "a.pptx")
    assert (refused.exit_code, "書けません" in refused.stderr) == (1, True)
    early = kpi("report", "pptx", "--as-of", "2001-01-01", "--out", tmp_path / "a.pptx")
    assert early.exit_code == 1


@pytest.mark.parametrize("name", ["pptx", "docx", "xlsx", "html"])
def test_a_report_is_japanese_whatever_the_screen_is(city, name):
    """Whoever asks for it, the council gets the same."""

    def made():
        report = compose(city, plans(city)[0], day=DAY)
        return FORMATS[name].make(report, Style.COLOUR), FORMATS[name].file_name("計画", 2025)

    japanese = made()
    with speaking("en"):
        assert made() == japanese
