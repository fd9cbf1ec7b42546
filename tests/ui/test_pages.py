"""Every page runs, with data and without, and its widgets do what they say."""

import re
from datetime import date

import pytest
from acts import import_bytes
from shown import shown
from streamlit.testing.v1 import AppTest

from kpi.settings import ROOT
from kpi.ui import html, series_views


@pytest.fixture
def page(monkeypatch, sample_file):
    """Open a page of the dashboard on a database."""

    def open_page(path="", database=sample_file, **query) -> AppTest:
        monkeypatch.setenv("KPI_DATABASE_URL", f"sqlite:///{database}")
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        if path:
            app.run()
            app.switch_page(f"pages/{path}.py")
        app.run()
        assert not app.exception
        return app

    return open_page


def test_the_overview_opens_on_the_first_plan_at_its_latest_actual(page):
    app = page()
    assert [box.value for box in app.selectbox][:3] == ["川崎市", "川崎市総合計画", "2020"]


def test_the_address_chooses_what_is_looked_at(page):
    app = page(municipality="見本市（架空のデータ）", year="2022")
    assert [box.value for box in app.selectbox][:3] == [
        "見本市（架空のデータ）",
        "見本市総合計画",
        "2022",
    ]


@pytest.mark.parametrize(
    ("name", "asked", "said"),
    [
        ("municipality", "どこか", "自治体「どこか」は登録されていません"),
        ("plan", "どの計画", "計画「どの計画」は登録されていません"),
        ("year", "1850", "報告年度「1850」は登録されていません"),
    ],
)
def test_an_address_that_names_nothing_known_says_so_and_shows_nothing_else(
    page, name, asked, said
):
    app = page(**{name: asked})
    assert said in shown(app)
    box = app.selectbox(key=f"choice-{name}")
    assert box.value is None
    assert "rating" not in app.query_params
    assert not app.segmented_control
    box.select_index(0).run()
    assert not app.exception
    assert "登録されていません" not in shown(app)
    assert app.query_params[name] == app.selectbox(key=f"choice-{name}").value
    assert app.segmented_control


def test_an_indicator_that_is_not_there_is_not_replaced_by_another(page):
    app = page("indicator", series="ない指標")
    assert "指標・系列「ない指標」は登録されていません" in shown(app)


def test_a_period_the_plan_does_not_have_is_said(page):
    assert "第9期の目標はこの計画にありません" in shown(page(period="9"))


def test_a_period_the_indicator_does_not_have_is_said(page):
    app = page("indicator", series="就労支援事業等に参加可能な人の事業参加率", period="2")
    assert "第2期の目標はこの指標にありません。第3期の目標で示します。" in shown(app)


def test_the_first_look_is_at_the_period_of_the_reporting_year(page):
    app = page(municipality="見本市（架空のデータ）", year="2017")
    assert app.segmented_control(key="filter-rating").label == "第1期の評価"


def test_another_year_brings_its_own_period(page):
    app = page(municipality="見本市（架空のデータ）", period="3")
    assert app.segmented_control(key="filter-rating").label == "第3期の評価"
    app.selectbox(key="choice-year").select("2017").run()
    assert app.segmented_control(key="filter-rating").label == "第1期の評価"


def test_filters_come_from_the_address_and_go_there(page):
    app = page(municipality="見本市（架空のデータ）", rating="D")
    rating = app.segmented_control(key="filter-rating")
    assert rating.value == "D"
    app.text_input(key="filter-search").input("ゴミ").run()
    assert (app.query_params["rating"], app.query_params["search"]) == ("D", "ゴミ")
    app.segmented_control(key="filter-rating").select("all").run()
    assert "rating" not in app.query_params


def test_filters_leave_what_they_say(page):
    app = page(municipality="見本市（架空のデータ）")

    def rows():
        assert shown(app).count('<th scope="row"') == 40
        return len(re.search('data-rows="([^"]*)"', shown(app))[1].split())

    assert rows() == 40
    app.segmented_control(key="filter-rating").select("D").run()
    assert rows() == 6
    app.segmented_control(key="filter-rating").select("all").run()
    app.text_input(key="filter-search").input("ゴミ").run()
    assert rows() == 1
    assert "1人1日当たりごみ排出量" in shown(app)
    app.text_input(key="filter-search").input("").run()
    app.selectbox(key="filter-department").select("国保年金課").run()
    assert rows() == 4
    app.text_input(key="filter-search").input("後期高齢者").run()
    assert rows() == 2
    app.text_input(key="filter-search").input("ありえない名前").run()
    assert "この条件に合う系列はありません" in shown(app)


def test_a_plan_without_a_target_shows_its_figures_and_judges_none(page):
    told = shown(page(municipality="神奈川県"))
    assert "この計画には、まだ目標が登録されていません。" in told
    assert 'class="spark' in told
    assert "kpi-periods" not in told
    assert 'class="mark' not in told


def test_a_table_without_targets_says_that_there_is_nothing_to_check(page):
    told = shown(page("plan_check", municipality="国", plan="被保護者調査"))
    assert "目標が登録されていないため、点検することがありません。" in told
    assert "kpi-remarks" not in told


def test_the_filters_of_a_period_add_up_to_all_series(page):
    app = page(municipality="見本市（架空のデータ）", period="2")
    labels = app.segmented_control(key="filter-rating").options
    assert labels == [
        "すべて 40",
        "× 後退 8",
        "△ 未達 12",
        "－ 評価不能 0",
        "○ 順調 0",
        "◎ 達成 15",
        "参考 2",
        "目標なし 3",
    ]
    counts = [int(label.split()[-1]) for label in labels]
    assert counts[0] == sum(counts[1:])


def test_policies_are_counted_and_tell_their_worst_rating_on_request(page):
    app = page("policy_tree", municipality="見本市（架空のデータ）")
    assert app.expander[0].label == "表で見る"
    toggle = app.toggle(key="policies-worst")
    assert toggle.value is False
    toggle.set_value(True).run()
    assert not app.exception


def test_choosing_another_municipality_brings_its_plan_and_years(page):
    app = page()
    app.selectbox(key="choice-municipality").select("見本市（架空のデータ）").run()
    assert app.selectbox(key="choice-plan").value == "見本市総合計画"
    assert app.selectbox(key="choice-year").value == "2024"
    assert app.query_params["municipality"] == "見本市（架空のデータ）"


def test_every_series_of_the_samples_has_its_page(page):
    app = page("indicator", municipality="見本市（架空のデータ）")
    box = app.selectbox(key="choice-series")
    assert len(box.options) == 40
    for title in (box.options[0], "空き家の相談から活用に至った件数", "市民バスの利用者数"):
        app.selectbox(key="choice-series").select(title).run()
        assert not app.exception
        assert app.query_params["series"] == title


def test_the_municipalities_with_plans_and_targets_come_before_mere_areas(page):
    names = page().selectbox(key="choice-municipality").options
    assert names[:5] == ["川崎市", "見本市（架空のデータ）", "八王子市", "駒ヶ根市", "国"]
    assert len(names) > 100


def test_the_import_page_shows_where_files_go(page):
    app = page("imports")
    assert app.selectbox(key="import-plan").options[1] == "川崎市　川崎市総合計画"


@pytest.mark.parametrize("view", ["attention", "changes", "map"])
def test_each_view_of_the_overview_has_its_address(page, view):
    app = page(municipality="見本市（架空のデータ）", view=view)
    assert app.segmented_control(key="filter-view").value == view
    app.segmented_control(key="filter-view").select("list").run()
    assert not app.exception
    assert "view" not in app.query_params


def test_a_plan_of_more_series_than_one_reads_begins_with_those_that_ask_for_attention(page):
    app = page(municipality="国")
    assert app.segmented_control(key="filter-view").value == "attention"
    assert "view" not in app.query_params
    app.segmented_control(key="filter-view").select("list").run()
    assert app.query_params["view"] == "list"


def test_the_tree_is_filtered_by_department_from_the_address(page):
    app = page("policy_tree", municipality="見本市（架空のデータ）", department="環境課", node="1")
    assert app.selectbox(key="filter-department").value == "環境課"


def test_a_search_without_words_says_where_to_type_them(page):
    assert "指標の名前の一部を入れてください" in page("search").info[0].value


def test_a_switch_and_days_of_the_history_stand_in_the_address(page):
    app = page("history", municipality="見本市（架空のデータ）", revised="yes")
    assert app.toggle(key="filter-revised").value is True
    app.toggle(key="filter-revised").set_value(False).run()
    assert not app.exception
    assert "revised" not in app.query_params
    app = page("history", municipality="見本市（架空のデータ）", show="acts", since="2030-01-01")
    assert app.date_input(key="history-acts-since 2030-01-01").value == date(2030, 1, 1)


@pytest.mark.parametrize(
    "path", ["", "indicator", "policy_tree", "search", "plan_check", "rules", "imports"]
)
def test_an_empty_database_is_no_error(page, path, empty_file):
    app = page(path, database=empty_file)
    if path != "imports":
        assert "まだ何も登録されていません" in shown(app)


ROWS = """自治体,計画,指標,種別,年度,単位,方向,値
三鷹市,基本計画,受診率,基準,R2,％,高いほど良い,50
三鷹市,基本計画,受診率,実績,R6,％,高いほど良い,60
三鷹市,基本計画,受診率,目標,R7,％,高いほど良い,60
三鷹市,基本計画,利用者数,目標,R12,人,高いほど良い,300
"""


def test_the_rules_open_on_the_one_the_plan_is_judged_by(page):
    app = page("rules")
    assert [button.label for button in app.button] == ["写して新しいルールを作る"]
    assert "評価ルール「" not in shown(app)


def test_a_rule_that_is_not_there_is_said(page):
    assert "評価ルール「ない」はありません" in shown(page("rules", rule="ない"))


def test_the_plan_check_offers_the_departments_it_has_something_to_say_to(page):
    app = page("plan_check", municipality="見本市（架空のデータ）")
    departments = app.selectbox(key="filter-department").options
    assert "財政課" in departments
    # Its one target is on its way.
    assert "税務課" not in departments


@pytest.mark.parametrize("path", ["", "indicator"])
def test_a_plan_without_periods_is_judged_like_any_other(page, path, empty):
    import_bytes(empty, ("計画.csv", ROWS.encode()))
    app = page(path, database=empty.url.database)
    assert app.selectbox(key="choice-year").value == "2024"
    if path:
        for title in app.selectbox(key="choice-series").options:
            app.selectbox(key="choice-series").select(title).run()
            assert not app.exception
        assert not app.info
    else:
        rating = app.segmented_control(key="filter-rating")
        assert rating.label == "評価"
        assert rating.options == [
            "すべて 2",
            "× 後退 0",
            "△ 遅れ 0",
            "－ 評価不能 1",
            "○ 順調 0",
            "◎ 達成 1",
        ]


def test_a_missing_database_is_said_in_a_sentence(page, tmp_path):
    app = page(database=tmp_path / "none.db")
    assert "kpi serve" in app.error[0].value


def test_the_list_of_users_says_that_nobody_signs_in_yet(page):
    app = page("users", municipality="見本市（架空のデータ）")
    assert "サインインのない設定" in app.info[0].value
    assert app.button(key="user-add")


def test_the_list_of_users_is_for_administrators(page, monkeypatch):
    monkeypatch.setenv("KPI_ROLES", "planner,approver")
    app = page("users", municipality="見本市（架空のデータ）")
    assert "管理者の役割の人ができます" in app.info[0].value
    assert not app.button


@pytest.mark.parametrize("path", ["target_editing", "imports"])
def test_a_page_of_planners_says_so_to_others_and_shows_nothing_else(page, monkeypatch, path):
    monkeypatch.setenv("KPI_ROLES", "editor,approver")
    app = page(path, municipality="見本市（架空のデータ）")
    assert "企画の役割の人ができます" in app.info[0].value
    assert not app.button


@pytest.mark.parametrize("path", ["overview", "indicator", "projects", "rules", "rounds"])
def test_whoever_only_looks_finds_nothing_to_press_and_no_reproaches(page, monkeypatch, path):
    monkeypatch.setenv("KPI_ROLES", "viewer")
    app = page(path, municipality="見本市（架空のデータ）")
    assert not app.button
    assert not app.caption


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("", "plan"),
        ("", "period"),
        ("indicator", "period"),
        ("indicator", "series"),
        ("rules", "rule"),
        ("proposals", "proposal"),
    ],
)
def test_an_address_is_told_as_it_stands_and_is_no_markdown(page, path, name):
    app = page(path, **{name: "![](https://example.org) <b>太字</b>"})
    assert "![](https://example.org) &lt;b&gt;太字" in shown(app)
    assert "example.org" not in "".join(one.value for one in (*app.warning, *app.info))


@pytest.mark.parametrize(
    ("path", "name"), [("policy_tree", "node"), ("meeting", "meeting"), ("meeting", "item")]
)
def test_a_number_too_long_to_be_one_is_none(page, path, name):
    page(path, **({"meeting": "1"} | {name: "9" * 5000}))


@pytest.mark.parametrize(
    ("own", "name", "is_asked"),
    [("202096", "見本市", True), ("何か", "見本市", False), ("202096", "見" * 61, None)],
)
def test_the_first_steps_take_no_code_from_the_address_that_is_none(page, own, name, is_asked):
    app = page("first_steps", own=own, own_name=name, step="municipality")
    code = app.text_input(key="first-code-").value
    assert (code == own) is bool(is_asked)
    assert (app.text_input(key="first-name").value == name) is (is_asked is not None)


def test_an_indicator_called_as_a_cell_is_marked_leads_to_itself(page, monkeypatch):
    def followed(template, **values):
        html.show(template, **values)
        return "=#1" if template == "series.html" else None

    monkeypatch.setattr(series_views, "show", followed)
    app = page(municipality="見本市（架空のデータ）", view="list")
    assert "「#1」は登録されていません" in shown(app)
