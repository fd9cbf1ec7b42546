"""The command line's fixed words: columns, exit codes, what goes where."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from kpi.charts import assess, fix
from kpi.charts.images import _Browser
from kpi.cli import main
from kpi.model import PlanRule, RuleVersion, SeriesSetting
from kpi.progress import rule_text
from kpi.settings import ROOT
from kpi.store import open_database, plans, read_plan, record

VALUES = """
    municipality plan policy_code policy indicator_code indicator series unit direction kind
    period label fiscal_year comparator value value_high value_text status note source_file
    source_sheet source_cell recorded_at
""".split()
PROGRESS = """
    municipality plan indicator_code indicator series unit direction period target_year
    comparator target target_text baseline_year baseline actual_year actual met attainment
    progress elapsed pace projected projected_low projected_high required_per_year rule rating
    rating_label reason
""".split()
LINT = """
    municipality plan code severity title indicator_code indicator series period fiscal_year
    message hint source_file source_sheet source_cell
""".split()


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """Where the command runs: with a database of the test's own, and nothing else of it set."""
    for name in [name for name in os.environ if name.startswith(("KPI_", "COV"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KPI_DATABASE_URL", f"sqlite:///{tmp_path / 'new' / 'kpi.db'}")
    monkeypatch.setenv("KPI_LAYOUTS", str(tmp_path / "layouts"))
    # A terminal of a Japanese Windows: output for machines must be UTF-8 all the same.
    monkeypatch.setenv("PYTHONIOENCODING", "cp932:replace")
    return tmp_path


@pytest.fixture
def program(folder):
    """Run the command as another program would."""

    def run(*arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "kpi", *map(str, arguments)],
            env={**os.environ, **settings},
            cwd=folder,
            capture_output=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture
def kpi(folder, monkeypatch):
    """Run the command within the tests' own process, where a program of its own shows no more."""

    def run(*arguments: str | Path, lines: str = "") -> subprocess.CompletedProcess[bytes]:
        out, err = (
            io.TextIOWrapper(io.BytesIO(), "cp932", "replace", write_through=True) for _ in "oe"
        )
        with monkeypatch.context() as patch:
            patch.chdir(folder)
            patch.setattr(sys, "argv", ["kpi", *map(str, arguments)])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            with pytest.raises(SystemExit) as ended:
                main()
        written = out.buffer.getvalue(), err.buffer.getvalue()
        return subprocess.CompletedProcess(arguments, ended.value.code or 0, *written)

    return run


@pytest.fixture
def nothing_yet(empty_file, tmp_path):
    """What `kpi init --empty` makes."""
    (tmp_path / "new").mkdir()
    shutil.copy(empty_file, tmp_path / "new" / "kpi.db")


@pytest.fixture
def initialised(sample_file, tmp_path):
    """What `kpi init` makes."""
    (tmp_path / "new").mkdir()
    shutil.copy(sample_file, tmp_path / "new" / "kpi.db")


def rows(result):
    assert result.returncode == 0, result.stderr.decode("cp932", "replace")
    return list(csv.DictReader(io.StringIO(result.stdout.decode("utf-8"))))


def test_init_values_progress_and_undo_as_a_program_calls_them(program, kpi, tmp_path):
    assert program("init").returncode == 0
    values = rows(program("values", "--plan", "川崎市総合計画", "--csv"))
    assert len(values) == 38
    assert list(values[0]) == VALUES
    arrears = next(row for row in values if row["value_text"] == "67億5,319万円")
    assert (arrears["value"], arrears["unit"], arrears["period"]) == ("6753190000", "円", "")

    progress = rows(program("progress", "--plan", "川崎市総合計画", "--csv"))
    assert list(progress[0]) == PROGRESS
    second = progress[1]
    assert (second["met"], second["required_per_year"], second["rating"]) == ("false", "0.24", "B")
    unrated = next(row for row in progress if row["indicator"].startswith("就労支援事業等"))
    assert (unrated["rating"], unrated["reason"]) == (
        "",
        "令和2年度の値が基準で、その後の実績がまだありません。",
    )
    early = rows(kpi("progress", "--plan", "川崎市総合計画", "--fiscal-year", "2019", "--csv"))
    assert {row["actual_year"] for row in early} == {"", "2019"}

    file = tmp_path / "実績.csv"
    file.write_text(
        "計画,指標,区分,年度,実績値\n川崎市総合計画,国民健康保険料収入率等,現年度分,R3,95.1％\n",
        encoding="utf-8",
    )
    told = json.loads(program("import", file, "--json").stdout)
    assert (told["added"], told["changed"], told["unchanged"]) == (1, 0, 0)
    [report] = told["files"]
    assert (report["name"], report["layout"], report["encoding"]) == ("実績.csv", "tidy", "utf-8")
    assert report["sheets"] == [{"name": "", "rows": 1, "facts": 1, "skipped": 0}]
    assert len(rows(kpi("values", "--plan", "川崎市総合計画"))) == 39
    assert program("undo", told["batch"]).returncode == 0
    assert rows(kpi("values", "--plan", "川崎市総合計画")) == values
    assert program("undo", told["batch"]).returncode == 1
    assert rows(kpi("values", "--as-of", "2020-01-01")) == []


@pytest.mark.usefixtures("initialised")
def test_lint_tells_what_is_to_be_looked_at_and_in_which_cell(kpi):
    remarks = rows(kpi("lint", "--plan", "川崎市総合計画", "--csv"))
    assert list(remarks[0]) == LINT
    assert [row["code"] for row in remarks] == [
        "already-met",
        "ceiling-reached",
        "base-years-differ",
    ]
    met, _, bases = remarks
    assert (met["severity"], met["title"]) == ("warning", "立てたときに達成済みの目標")
    assert met["message"] == (
        "第3期が始まる前の令和元年度の22.9％が、すでに目標20％以上を満たしています。"
    )
    assert (met["period"], met["fiscal_year"]) == ("3", "2025")
    source = met["source_file"], met["source_sheet"], met["source_cell"]
    assert source == ("川崎市総合計画.xlsx", "市民の実感指標", "K4")
    assert bases["message"].startswith("基準値の年度が平成26年度（6系列）、平成27年度（1系列）")
    assert {bases[name] for name in LINT[5:10] + LINT[12:]} == {""}

    [wrong] = [row for row in rows(kpi("lint")) if row["code"] == "wrong-side"]
    assert wrong["plan"] == "駒ヶ根市 基本計画"
    assert wrong["message"].startswith("目標16.0％は、目標を立てたときの平成29年度の14.6％より")
    assert wrong["hint"]
    assert rows(kpi("lint", "--as-of", "2020-01-01")) == []
    refused = kpi("lint", "--plan", "ない計画")
    assert (refused.returncode, refused.stdout) == (2, b"")


@pytest.mark.usefixtures("nothing_yet")
def test_a_refused_import_says_why_and_changes_nothing(kpi, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("自治体,計画,指標,年度,実績値\nX,P,A,R2,29（4）\n", encoding="utf-8")
    result = kpi("import", file, "--json")
    assert result.returncode == 1
    told = json.loads(result.stdout)
    [finding] = told["files"][0]["findings"]
    assert told["batch"] is None
    assert set(finding) == {"code", "severity", "sheet", "cell", "message", "hint"}
    assert (finding["code"], finding["severity"], finding["cell"]) == (
        "number-unreadable",
        "error",
        "E2",
    )
    assert rows(kpi("values")) == []


def test_a_dry_run_shows_and_records_nothing(kpi, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("自治体,計画,指標,年度,実績値\nX,P,A,R2,5\n", encoding="utf-8")
    told = json.loads(kpi("import", file, "--dry-run", "--json").stdout)
    assert (told["batch"], told["added"]) == (None, 1)
    assert not (tmp_path / "new").exists()
    kpi("init", "--empty")
    before = (tmp_path / "new" / "kpi.db").read_bytes()
    told = json.loads(kpi("import", file, "--dry-run", "--json").stdout)
    assert (told["batch"], told["added"]) == (None, 1)
    assert (tmp_path / "new" / "kpi.db").read_bytes() == before
    assert rows(kpi("values")) == []


@pytest.mark.usefixtures("nothing_yet")
@pytest.mark.parametrize("command", [("import", "--dry-run"), ("check",)])
def test_looking_leaves_a_database_of_another_version_as_it_is(kpi, tmp_path, command):
    database = tmp_path / "new" / "kpi.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
        connection.commit()
    file = tmp_path / "a.csv"
    file.write_text("自治体,計画,指標,年度,実績値\nX,P,A,R2,5\n", encoding="utf-8")
    result = kpi(*command, file)
    assert result.returncode == 1
    assert "kpi init" in result.stderr.decode("cp932")
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0000",)


@pytest.mark.usefixtures("initialised")
def test_strict_refuses_on_warnings_too(kpi, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("計画,指標,年度,実績値\n川崎市総合計画,新しい指標,R3,5\n", encoding="utf-8")
    assert kpi("import", file, "--strict").returncode == 1
    assert kpi("import", file).returncode == 0


@pytest.mark.usefixtures("initialised")
def test_check_writes_what_an_import_would_find_into_a_copy_and_records_nothing(kpi, tmp_path):
    plan = ROOT / "data" / "plans" / "見本市総合計画.xlsx"
    book = load_workbook(plan)
    book["指標一覧"]["I6"] = "29（4）"
    file, out = tmp_path / "計画.xlsx", tmp_path / "控え.xlsx"
    book.save(file)
    before, values = file.read_bytes(), rows(kpi("values"))

    result = kpi("check", file, "--out", out)
    assert (result.returncode, result.stdout) == (1, b"")
    assert "指標一覧 I6 「29（4）」" in result.stderr.decode("cp932")
    cell = load_workbook(out)["指標一覧"]["I6"]
    assert (cell.value, cell.comment.author) == ("29（4）", "道しるべ")
    assert (file.read_bytes(), rows(kpi("values"))) == (before, values)

    assert kpi("check", plan, "--out", out).returncode == 0
    assert kpi("check", plan).returncode == 0


def test_check_writes_no_copy_over_the_file_itself_nor_where_it_cannot(kpi, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("自治体,計画,指標,年度,実績値\nX,P,A,R2,5\n", encoding="utf-8")
    assert kpi("check", file, "--out", file).returncode == 2
    assert file.read_text(encoding="utf-8").startswith("自治体")
    result = kpi("check", file, "--out", tmp_path / "missing" / "a.xlsx")
    assert result.returncode == 1
    assert "フォルダー" in result.stderr.decode("cp932")
    broken = tmp_path / "a.xlsx"
    broken.write_bytes(b"PK\x03\x04rubbish")
    result = kpi("check", broken, "--out", tmp_path / "b.xlsx")
    assert result.returncode == 1
    assert "控えは作れませんでした" in result.stderr.decode("cp932")
    assert not (tmp_path / "b.xlsx").exists()


def test_check_says_that_the_copy_of_a_workbook_with_macros_needs_another_name(kpi, tmp_path):
    file, out = tmp_path / "計画.xlsm", tmp_path / "控え.xlsx"
    Workbook().save(file)
    with ZipFile(file, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macros")
    assert "マクロのあるブック" in kpi("check", file, "--out", out).stderr.decode("cp932")
    with ZipFile(out) as archive:
        assert archive.read("xl/vbaProject.bin") == b"macros"


@pytest.mark.usefixtures("nothing_yet")
@pytest.mark.parametrize(
    "arguments",
    [
        ("values", "--as-of", "きのう"),
        ("values", "--db", "not a url"),
        ("values", "--db", "postgresql+nothing://localhost/kpi"),
        ("values", "--db", "postgresql+pg8000://localhost/kpi"),
        ("progress", "--rule", "none"),
        ("progress", "--fiscal-year", "0"),
        ("progress", "--fiscal-year", "-3"),
        ("import",),
        ("import", "missing.csv"),
        ("check", "missing.csv"),
        ("frobnicate",),
    ],
)
def test_a_wrong_call_ends_with_2(kpi, arguments):
    assert kpi(*arguments).returncode == 2


def test_progress_follows_the_rules_on_record_and_the_one_asked_for(kpi, tmp_path, sample_file):
    database = tmp_path / "rules.db"
    shutil.copy(sample_file, database)
    engine = open_database(f"sqlite:///{database}")
    header = next(h for h in plans(engine) if h.plan.name == "川崎市総合計画")
    first = int(read_plan(engine, header).series["series_id"].iloc[0])
    own = rule_text("nagano").replace("0.8", "0.7")
    acts = [
        RuleVersion("kawasaki", 1, own),
        PlanRule(header.plan.id, "tama"),
        SeriesSetting(first, rule="kawasaki"),
    ]
    now = datetime(2025, 7, 1, tzinfo=UTC)
    record(engine, header.municipality, acts, author="planner", reason="会議で決めた", now=now)
    engine.dispose()

    def rules(*arguments):
        url = f"sqlite:///{database}"
        table = rows(kpi("progress", "--db", url, "--plan", "川崎市総合計画", *arguments))
        return [row["rule"] for row in table]

    assert set(rules()) == {"kawasaki", "tama"}
    assert rules()[0] == "kawasaki"
    assert set(rules("--rule", "sano")) == {"sano"}
    assert set(rules("--rule", "kawasaki")) == {"kawasaki"}
    assert set(rules("--as-of", "2025-06-30")) == {"standard"}
    # Another municipality's own rule judges no plan here.
    refused = kpi("progress", "--db", f"sqlite:///{database}", "--rule", "kawasaki")
    assert refused.returncode == 2
    assert "open-sdg" in refused.stderr.decode("cp932")


def test_a_missing_driver_is_named(kpi):
    result = kpi("values", "--db", "postgresql+pg8000://localhost/kpi")
    assert "pg8000" in result.stderr.decode("cp932")
    assert "Traceback" not in result.stderr.decode("cp932")


@pytest.mark.parametrize("command", [("values",), ("init",), ("undo", "x"), ("serve",)])
def test_a_file_that_is_no_database_is_refused_in_a_sentence(program, kpi, tmp_path, command):
    file = tmp_path / "notes.db"
    file.write_text("これは覚え書きで、データベースではない。", encoding="utf-8")
    before = file.read_bytes()
    # Were it served, the tests would wait for it for ever.
    run = program if command == ("serve",) else kpi
    result = run(*command, "--db", f"sqlite:///{file}")
    assert result.returncode == 1
    told = result.stderr.decode("cp932")
    assert "notes.db" in told
    assert "Traceback" not in told
    assert file.read_bytes() == before


@pytest.mark.usefixtures("initialised")
def test_an_unknown_plan_is_a_wrong_call_that_names_the_known_ones(kpi):
    result = kpi("values", "--plan", "どこかの計画")
    assert result.returncode == 2
    assert "川崎市総合計画" in result.stderr.decode("cp932")


def test_reading_commands_do_not_make_a_database(kpi, tmp_path):
    for command in ("values", "progress"):
        result = kpi(command)
        assert result.returncode == 1
        assert "kpi init" in result.stderr.decode("cp932")
    assert not (tmp_path / "new").exists()


def test_serve_refuses_to_listen_beyond_this_machine(program):
    result = program("serve", "--host", "0.0.0.0")
    assert result.returncode == 1
    assert "127.0.0.1" in result.stderr.decode("cp932")


def test_serve_does_not_begin_with_a_way_in_that_is_not_safe(program):
    """Which are not stands in tests/test_signing_in.py."""
    result = program("serve", "--host", "0.0.0.0", KPI_SIGN_IN="header")
    assert result.returncode == 2
    assert "KPI_PROXY_ADDRESSES" in result.stderr.decode("cp932")


def test_doctor_says_what_is_missing_and_ends_accordingly(kpi):
    assert kpi("doctor").returncode == 1
    kpi("init", "--empty")
    result = kpi("doctor")
    assert result.returncode == 0, result.stderr.decode("cp932", "replace")
    assert len(result.stderr.decode("cp932").splitlines()) == 4


@pytest.mark.usefixtures("initialised")
@pytest.mark.parametrize("reader", ["head -1", "true"])
def test_a_reader_that_closes_the_pipe_early_ends_it_quietly(tmp_path, reader):
    database = f"sqlite:///{tmp_path}/new/kpi.db"
    result = subprocess.run(
        [
            "bash",
            "-c",
            f"set -o pipefail; {sys.executable} -m kpi values --db {database} | {reader}",
        ],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (result.returncode, result.stderr) == (0, b"")
    if reader != "true":
        assert result.stdout.startswith(b"municipality,plan")


@pytest.mark.usefixtures("initialised")
def test_the_samples_are_imported_once_only(kpi):
    assert kpi("init").returncode == 0
    assert len(rows(kpi("values", "--plan", "川崎市総合計画"))) == 38


@pytest.fixture
def parsed(kpi):
    """Answers of `kpi parse`, on a terminal of a Japanese Windows."""

    def parse(what, lines, *options):
        result = kpi("parse", what, *options, lines=lines)
        assert result.returncode == 0
        return [json.loads(line) for line in result.stdout.decode("utf-8").splitlines()]

    return parse


TARGET = """
    text kind comparator value value_high unit approximate target_year reference_year change_pct
    stretch
""".split()


def test_parse_answers_every_line_with_a_target_of_the_fixed_form(parsed):
    lines = (
        "2032年度までに1,350万人以下\r\n20％以上＜25％以上＞\n\n29（4）\n男性13％、女性6.4％以下"
    )
    level, stretched, none, refused, several = parsed("target", lines)
    assert list(level) == TARGET
    assert (level["value"], level["unit"], level["target_year"]) == (13500000, "人", 2032)
    assert stretched["text"] == "20％以上＜25％以上＞"
    assert list(stretched["stretch"]) == TARGET
    assert (stretched["stretch"]["text"], stretched["stretch"]["value"]) == ("＜25％以上＞", 25)
    assert none["kind"] == "none"
    assert (set(refused), refused["kind"]) == ({"text", "kind", "error"}, None)
    assert list(several) == [*TARGET, "parts"]
    assert several["value"] is None
    assert [list(part) for part in several["parts"]] == [["label", *TARGET]] * 2


def test_parse_prints_numbers_with_the_digits_they_were_read_from(parsed):
    values = [
        answer["value"] for answer in parsed("number", "0.1\n２兆円\n99.450％\n未公表\n1 2\n")
    ]
    assert values == [0.1, 2 * 10**12, 99.45, None, None]


def test_parse_reads_years_under_an_era_and_units(parsed):
    assert parsed("fiscal-year", "7\nR7.3.31\n", "--era", "令和") == [
        {"text": "7", "fiscal_year": 2025, "basis": "plain", "date": None},
        {"text": "R7.3.31", "fiscal_year": 2024, "basis": "date", "date": "2025-03-31"},
    ]
    assert parsed("unit", "百万円\n") == [{"text": "百万円", "unit": "円", "factor": 1000000}]


def test_parse_ends_quietly_and_as_done_when_its_reader_leaves(tmp_path):
    lines = tmp_path / "lines.txt"
    lines.write_text("65％以上\n" * 5000, encoding="utf-8")
    command = f"{sys.executable} -m kpi parse target < {lines} | head -1"
    result = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, check=False, timeout=60
    )
    assert (result.returncode, result.stderr) == (0, b"")
    assert json.loads(result.stdout)["value"] == 65


def test_a_saved_layout_is_used_by_its_name(kpi, tmp_path):
    (tmp_path / "a.csv").write_text("計画,事業の名前,値\nB計画,受診率,35\n", encoding="utf-8")
    (tmp_path / "layouts").mkdir()
    (tmp_path / "layouts" / "企画課.toml").write_text(
        """
        [[sheet]]
        name = ""
        headings = [1, 1]
        [sheet.columns]
        B = { heading = "事業の名前", role = "indicator" }
        C = { heading = "値", kind = "actual", year = "令和5年度" }
        """,
        encoding="utf-8",
    )
    looked = kpi("import", tmp_path / "a.csv", "--layout", "企画課", "--dry-run", "--json")
    (file,) = json.loads(looked.stdout)["files"]
    assert file["sheets"][0]["facts"] == 1
    assert ("saved-year", "warning") in [(f["code"], f["severity"]) for f in file["findings"]]

    unknown = kpi("import", tmp_path / "a.csv", "--layout", "総務課")
    assert unknown.returncode == 1
    assert "保存済み：企画課" in unknown.stderr.decode("cp932")
    outside = kpi("import", tmp_path / "a.csv", "--layout", "../a")
    assert outside.returncode == 1
    assert "名前にできません" in outside.stderr.decode("cp932")


def test_progress_of_a_fixed_year_writes_what_was_fixed(kpi, tmp_path):
    header = "自治体,計画,指標,単位,方向,種別,年度,値,条件\n"
    series = "見本町,総合計画,受診率,％,高いほど良い"
    rows = f"{series},基準,2020,30,\n{series},目標,2025,50,>=\n{series},実績,2023,38,\n"
    (tmp_path / "計画.csv").write_text(header + rows, encoding="utf-8")
    correction = f"{series},実績,2023,44,\n{series},実績,2024,45,\n"
    (tmp_path / "訂正.csv").write_text(header + correction, encoding="utf-8")
    assert kpi("import", tmp_path / "計画.csv").returncode == 0
    engine = open_database(f"sqlite:///{tmp_path / 'new' / 'kpi.db'}")
    [plan] = plans(engine)
    content = read_plan(engine, plan)
    act = fix(content, assess(content, 2023))
    now = datetime.now(UTC)
    record(engine, plan.municipality, [act], author="課長", reason="議会に報告", now=now)
    engine.dispose()
    assert kpi("import", tmp_path / "訂正.csv").returncode == 0

    def progress(*more):
        done = kpi("progress", "--csv", *more)
        [row] = csv.DictReader(io.StringIO(done.stdout.decode("utf-8")))
        return row["actual"], row["rating_label"], done.stderr.decode("cp932")

    actual, label, told = progress("--fiscal-year", "2023")
    assert (actual, label) == ("38", "遅れ")
    assert "「総合計画」の令和5年度の評価は" in told
    assert "課長が確定しています" in told
    assert progress("--fiscal-year", "2023", "--current") == ("44", "順調", "")
    assert progress("--fiscal-year", "2023", "--rule", "standard") == ("44", "順調", "")
    assert progress() == ("45", "遅れ", "")


@pytest.mark.usefixtures("initialised")
@pytest.mark.xdist_group("browser")
def test_a_chart_is_drawn_by_the_title_of_its_series(program, tmp_path):
    asked = ("chart", "国民健康保険料収入率等 収入未済額", "--plan", "川崎市総合計画")
    look = ("--style", "monochrome", "--calendar", "western")
    result = program(*asked, *look, "--format", "svg", "--out", tmp_path / "arrears.svg")
    assert (result.returncode, result.stdout) == (0, b"")
    assert "川崎市総合計画" in result.stderr.decode("cp932")
    drawn = (tmp_path / "arrears.svg").read_text(encoding="utf-8")
    for words in ("67億5,319万円", "30億7,700万円", "2018〜21", "<desc>国民健康保険料収入率等"):
        assert words in drawn


@pytest.mark.usefixtures("initialised")
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("国民健康保険料収入率等",), ("現年度分", "収入未済額", "題名で1つに決めてください")),
        (("特定健康診査受信率",), ("登録されていません", "「特定健康診査の受診率」")),
        (("ない",), ("登録されていません",)),
        (("特定健康診査の受診率", "--style", "red"), ("colour", "monochrome", "large")),
        (("特定健康診査の受診率", "--as-of", "昨日"), ("2026-03-31",)),
    ],
)
def test_a_chart_of_no_one_series_is_a_wrong_call_that_says_what_there_is(
    kpi, tmp_path, asked, said
):
    result = kpi("chart", *asked, "--format", "png", "--out", tmp_path / "chart.png")
    assert result.returncode == 2
    for words in said:
        assert words in result.stderr.decode("cp932")
    assert not (tmp_path / "chart.png").exists()


@pytest.mark.usefixtures("initialised")
@pytest.mark.parametrize("image_format", ["png", "svg", "pdf"])
def test_without_a_browser_no_chart_is_written_and_what_is_missing_is_said(
    kpi, tmp_path, monkeypatch, image_format
):
    monkeypatch.setattr(sys.modules[_Browser.__module__], "_browser", _Browser())
    monkeypatch.setattr(sys.modules[_Browser.__module__], "find_browser", lambda: None)
    out = tmp_path / f"chart.{image_format}"
    result = kpi("chart", "特定健康診査の受診率", "--format", image_format, "--out", out)
    assert result.returncode == 1
    assert "Chrome・Edge・Chromium" in result.stderr.decode("cp932")
    assert not out.exists()
