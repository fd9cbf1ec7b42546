"""Entry of the dashboard: theme, navigation, and what to say while there is no database."""

import streamlit as st

from kpi.access import Act
from kpi.store import DatabaseMissing, DatabaseUnavailable, require, shown_url
from kpi.ui import as_of, data, frame, person
from kpi.words import say

frame.configure()
frame.style()
try:
    require(data.engine())
except DatabaseMissing:
    st.error(say("app.no_database"))
    st.stop()
except DatabaseUnavailable as error:
    st.error(say(f"database.{error.why}", url=shown_url(data.engine()), error=error))
    st.stop()
who = person.person()

pages = [
    st.Page("pages/overview.py", title=say("page.overview"), url_path="start", default=True),
    st.Page("pages/indicator.py", title=say("page.indicator"), url_path="indicator"),
    st.Page("pages/projects.py", title=say("page.projects"), url_path="projects"),
    st.Page("pages/reports.py", title=say("page.reports"), url_path="reports"),
    st.Page("pages/plan_check.py", title=say("page.plan_check"), url_path="plan-check"),
    st.Page("pages/target_editing.py", title=say("page.target_editing"), url_path="target-editing"),
    st.Page("pages/rounds.py", title=say("page.rounds"), url_path="rounds"),
    st.Page("pages/actuals.py", title=say("page.actuals"), url_path="actuals"),
    st.Page("pages/rules.py", title=say("page.rules"), url_path="rules"),
    st.Page("pages/proposals.py", title=say("page.proposals"), url_path="proposals"),
    st.Page("pages/imports.py", title=say("page.imports"), url_path="imports"),
    st.Page("pages/history.py", title=say("page.history"), url_path="history"),
]
if who.may_anywhere(Act.CHANGE_USER):
    pages.append(st.Page("pages/users.py", title=say("page.users"), url_path="users"))


def to_overview() -> None:
    """Lead to the overview, which Streamlit serves at the root only, whoever writes its name."""
    st.switch_page(pages[0], query_params=st.query_params.to_dict())


by_name = st.Page(to_overview, title=say("page.overview"), url_path="overview")
current = st.navigation([*pages, by_name], position="hidden")
try:
    frame.sidebar(pages, current, who)
    as_of.banner()
    current.run()
except DatabaseUnavailable as error:
    st.error(say(f"database.{error.why}", url=shown_url(data.engine()), error=error))
