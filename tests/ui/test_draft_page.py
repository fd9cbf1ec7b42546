"""目標編集: a page with changes that are not saved is not left without a question."""

import shutil

from shown import shown
from streamlit.testing.v1 import AppTest

from kpi.settings import ROOT


def test_a_page_tells_the_browser_of_changes_until_they_are_saved(
    sample_file, tmp_path, monkeypatch
):
    database = shutil.copy(sample_file, tmp_path / "kpi.db")
    monkeypatch.setenv("KPI_DATABASE_URL", f"sqlite:///{database}")
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    query = {"municipality": "見本市（架空のデータ）", "plan": "見本市総合計画"}
    for name, value in {**query, "section": "structure"}.items():
        app.query_params[name] = value
    app.run()
    app.switch_page("pages/target_editing.py").run()
    assert "data-unsaved" not in shown(app)
    boxes = {box.label: box for box in app.text_input}
    boxes["新しい指標の名前"].set_value("歩きやすい道の割合")
    boxes["単位"].set_value("％")
    boxes["理由（必ず書く）"].set_value("次の計画のため")
    app.run()
    next(one for one in app.button if one.label == "改定案に加える").click().run()
    assert not app.exception
    assert "data-unsaved" in shown(app)
    boxes = {box.label: box for box in app.text_input}
    boxes["改定案の題名"].set_value("新しい指標")
    boxes["改定の理由"].set_value("次の計画のため")
    app.button(key="draft-save").click().run()
    assert not app.exception
    assert "を保存しました" in shown(app)
    assert "data-unsaved" not in shown(app)
