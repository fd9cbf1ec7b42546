"""What was done is said on the page where it was done, once."""

from shown import shown
from streamlit.testing.v1 import AppTest


def _two_pages():
    import streamlit as st

    from kpi.ui.told import keep, tell_kept

    def rules():
        tell_kept()
        if st.button("save", key="save"):
            keep("保存しました。")
            # Another click has come.
            st.switch_page(pages[1])

    def users():
        tell_kept()
        if st.button("back", key="back"):
            st.switch_page(pages[0])

    pages = [st.Page(rules), st.Page(users)]
    st.navigation(pages).run()


def test_what_was_done_is_said_once_and_on_no_other_page():
    app = AppTest.from_function(_two_pages, default_timeout=60)
    app.run()
    app.button(key="save").click().run()
    assert app.button(key="back")
    assert "保存しました。" not in shown(app)
    app.button(key="back").click().run()
    assert "保存しました。" in shown(app)
    app.run()
    assert "保存しました。" not in shown(app)
    assert not app.exception
