"""Projects from the tables cities keep of them, matched to the plan they belong to."""

import csv
import io

import pytest
from acts import NOW, import_bytes, preview_of
from openpyxl import Workbook

from kpi.importing.draft import Context
from kpi.model import ProjectState
from kpi.notation import normal
from kpi.settings import ROOT
from kpi.store import StillNeeded, plans, projects, read_parts, read_plan, undo

KAWASAKI = Context("川崎市", "141305", "川崎市総合計画")


def gold(city):
    path = ROOT / "tests" / "gold" / f"{city}_projects.csv"
    return (path.name, path.read_bytes())


def transcribed(city):
    return list(csv.DictReader(io.StringIO(gold(city)[1].decode("utf-8-sig"))))


def codes(findings):
    return [finding.code for finding in findings]


def book(*rows, merged=(), name="事務事業.xlsx"):
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    for cells in merged:
        workbook.active.merge_cells(cells)
    file = io.BytesIO()
    workbook.save(file)
    return name, file.getvalue()


def path_of(policies, policy_id):
    """The names of a node and those above it, from the top."""
    names = []
    while policy_id is not None:
        names.insert(0, policies[policy_id].name)
        policy_id = policies[policy_id].parent_id
    return names


def test_hachioji_s_projects_stand_under_their_measures_with_both_goals(samples, plan_named):
    preview, batch = import_bytes(samples, gold("hachioji"))
    assert batch
    header = plan_named(samples, "八王子市 生活福祉担当部長 令和8年度目標")
    policies = {node.id: node for node in read_parts(samples, header).policies}
    known = projects(samples, header)
    rows = transcribed("hachioji")
    assert len(known) == len(rows) == 9
    for entry, row in zip(known, rows, strict=True):
        project = entry.project
        assert (project.code, normal(project.name), project.department, project.goal) == (
            row["project_no"],
            normal(row["project_name"]),
            row["department"],
            row["goal_2030"],
        )
        assert path_of(policies, project.policy_id)[-1] == row["measure_name"]
        # The plan is that of 令和8年度, and so is the end of the year its goal is for.
        assert [(m.fiscal_year, m.text) for m in entry.milestones] == [(2026, row["goal_year_end"])]
    # Two measures were known by their indicators; that of the ninth project was not.
    assert "policy-new" in codes(preview.findings)
    assert len([node for node in policies.values() if node.code == "8-1"]) == 1


def test_komagane_s_projects_stand_under_the_actions_of_their_measures(samples, plan_named):
    header = plan_named(samples, "駒ヶ根市 基本計画")
    before = {node.id for node in read_parts(samples, header).policies}
    preview, _ = import_bytes(samples, gold("komagane"))
    policies = {node.id: node for node in read_parts(samples, header).policies}
    rows = transcribed("komagane")
    known = projects(samples, header)
    assert len(known) == len(rows) == 47
    assert [
        [*path_of(policies, entry.project.policy_id), entry.project.name] for entry in known
    ] == [
        [row["policy_name"], row["measure_name"], row["action_name"], row["project_name"]]
        for row in rows
    ]
    # Policies and measures were all known; only the actions are new.
    assert {policies[new].level for new in policies.keys() - before} == {"取組"}
    assert "policy-new" not in codes(preview.findings)


def test_the_same_file_again_changes_nothing_and_undo_takes_all_of_it(samples, plan_named):
    _, batch = import_bytes(samples, gold("komagane"))
    again = preview_of(samples, gold("komagane"))
    assert (again.changes, again.projects) == ([], [])
    undo(samples, batch, author="planner", now=NOW)
    header = plan_named(samples, "駒ヶ根市 基本計画")
    assert projects(samples, header) == []


def test_a_table_by_year_as_kawasaki_prints_it(samples, plan_named):
    file = book(
        ["施策1-5-2 自立生活に向けた取組の推進"],
        ["事務事業名", "現状", "事業内容・目標", None, None],
        [
            None,
            "令和3（2021）年度",
            "令和4（2022）年度",
            "令和5（2023）～7（2025）年度",
            "令和8（2026）年度以降",
        ],
        [
            "生活困窮者自立支援事業",
            "「だいJOBセンター」の運営",
            "体制整備",
            "支援の実施",
            "事業推進",
        ],
        ["生活保護業務", "収入確保への支援の実施", "国の動向等を踏まえた事業の実施", None, "ー"],
        merged=["A2:A3", "C2:E2", "C5:D5"],
    )
    preview, _ = import_bytes(samples, file, context=KAWASAKI)
    assert codes(preview.findings) == ["years-spread", "years-spread"]
    header = plan_named(samples, "川崎市総合計画")
    policies = {node.id: node for node in read_parts(samples, header).policies}
    first, second = projects(samples, header)
    assert policies[first.project.policy_id].code == "1-5-2"
    assert [(m.fiscal_year, m.text, m.note) for m in first.milestones] == [
        (2021, "", "「だいJOBセンター」の運営"),
        (2022, "体制整備", ""),
        (2023, "支援の実施", ""),
        (2024, "支援の実施", ""),
        (2025, "支援の実施", ""),
        (2026, "事業推進", ""),
    ]
    # One cell over all years of the period says the same of each of them.
    assert {(m.fiscal_year, m.text) for m in second.milestones} == {
        (2021, ""),
        *((year, "国の動向等を踏まえた事業の実施") for year in range(2022, 2026)),
    }


def test_states_and_notes_are_read_beside_the_years_or_a_row_a_year(samples, plan_named):
    beside = book(
        ["施策", "事務事業", "所管課", "令和6年度", "令和6年度の状態", "令和6年度の状況"],
        [
            "施策1-5-2 自立生活に向けた取組の推進",
            "学習支援",
            "生活保護課",
            "15か所",
            "順調",
            "16か所",
        ],
    )
    import_bytes(samples, beside, context=KAWASAKI)
    by_row = book(
        ["施策", "事務事業", "年度", "取組内容", "状態", "備考"],
        [
            "1-5-2 自立生活に向けた取組の推進",
            "学習支援",
            "令和6年度",
            None,
            "遅れ",
            "講師が足りない",
        ],
        ["1-5-2 自立生活に向けた取組の推進", "学習支援", "令和7年度", "17か所", "予定", None],
    )
    import_bytes(samples, by_row, context=KAWASAKI)
    [entry] = projects(samples, plan_named(samples, "川崎市総合計画"))
    assert entry.project.department == "生活保護課"
    assert [(m.fiscal_year, m.text, m.state, m.note) for m in entry.milestones] == [
        (2024, "15か所", ProjectState.DELAYED, "講師が足りない"),
        (2025, "17か所", ProjectState.PLANNED, ""),
    ]


@pytest.mark.parametrize(
    ("rows", "code", "cell"),
    [
        ([["学習支援", "だいたい", "a"]], "word-unknown", "C2"),
        ([["学習支援", "順調", "a"], ["学習支援", "順調", "b"]], "step-twice", "E3"),
        ([[None, "順調", "a"]], "project-name-missing", "B2"),
    ],
)
def test_what_cannot_be_read_names_its_cell(samples, rows, code, cell):
    heading = ["施策", "事務事業", "令和6年度の状態", "所管課", "令和6年度"]
    body = [["1-5-2 自立生活に向けた取組の推進", row[0], row[1], "課", row[2]] for row in rows]
    preview = preview_of(samples, book(heading, *body), context=KAWASAKI)
    assert [(f.code, f.cell) for f in preview.findings] == [(code, cell)]


def test_columns_that_say_nothing_known_are_named(samples):
    file = book(
        ["施策", "事務事業", "予算", "状態"],
        ["1-5-2 自立生活に向けた取組の推進", "学習支援", 1200, "順調"],
    )
    found = preview_of(samples, file, context=KAWASAKI).findings
    assert [(f.code, f.cell) for f in found] == [
        ("project-column-passed-over", "C1"),
        ("project-column-passed-over", "D1"),
    ]


def test_a_project_of_the_same_number_is_renamed_and_said_so(samples, plan_named):
    def numbered(name):
        return book(
            ["施策", "事務事業番号", "事務事業", "令和6年度"],
            ["1-5-2 自立生活に向けた取組の推進", "3", name, "15か所"],
        )

    import_bytes(samples, numbered("学習支援"), context=KAWASAKI)
    preview, _ = import_bytes(samples, numbered("学習・生活支援"), context=KAWASAKI)
    assert codes(preview.findings) == ["project-renamed"]
    [entry] = projects(samples, plan_named(samples, "川崎市総合計画"))
    assert entry.project.name == "学習・生活支援"


def test_projects_and_figures_of_a_new_plan_come_together(empty):
    files = (
        (
            "指標.csv",
            "自治体,計画,施策,指標,単位,年度,実績値\n見本町,P,1-1 健康,受診率,％,R6,50\n".encode(),
        ),
        (
            "事業.csv",
            "自治体,計画,施策,事務事業,令和6年度\n見本町,P,1-1 健康,勧奨,通知を送る\n".encode(),
        ),
    )
    preview, batch = import_bytes(empty, *files)
    assert batch, [f.message for f in preview.findings]
    [header] = plans(empty)
    [entry] = projects(empty, header)
    [policy] = read_parts(empty, header).policies
    assert (entry.project.policy_id, entry.milestones[0].text) == (policy.id, "通知を送る")
    assert read_plan(empty, header).facts["value"].tolist() == [50.0]


def test_what_later_years_say_of_a_project_keeps_its_import_from_being_undone(samples):
    def of_year(year, text):
        return book(
            ["施策", "事務事業", year], ["1-5-2 自立生活に向けた取組の推進", "学習支援", text]
        )

    _, first = import_bytes(samples, of_year("令和6年度", "15か所"), context=KAWASAKI)
    _, later = import_bytes(samples, of_year("令和7年度", "17か所"), context=KAWASAKI)
    with pytest.raises(StillNeeded) as refused:
        undo(samples, first, author="planner", now=NOW)
    assert refused.value.batch_ids == (later,)
