"""Entry of the dashboard: theme, navigation, and what to say while there is no database."""

import streamlit as st

from kpi.access import Act
from kpi.store import DatabaseMissing, DatabaseUnavailable, require
from kpi.ui import as_of, choices, data, database, frame, person, states, tour, turns
from kpi.words import say

frame.configure()
frame.style()
try:
    require(data.engine())
except DatabaseMissing:
    states.trouble(say("app.no_database"))
    st.stop()
except DatabaseUnavailable as error:
    states.away(error)
    st.stop()
who = person.person()
choices.hear()

#: The pages by their files, in the order of the work, each with the act it is there for.
PAGES = {
    "overview": Act.VIEW,
    "indicator": Act.VIEW,
    "policy_tree": Act.VIEW,
    "meeting": Act.VIEW,
    "plan_check": Act.VIEW,
    "imports": Act.IMPORT,
    "target_editing": Act.SAVE_PROPOSAL,
    "proposals": Act.VIEW,
    "actuals": Act.ANSWER,
    "rounds": Act.OPEN_ROUND,
    "reports": Act.VIEW,
    "rules": Act.VIEW,
    "projects": Act.VIEW,
    "history": Act.VIEW,
    "users": Act.CHANGE_USER,
    "first_steps": Act.VIEW,
    "help": Act.VIEW,
}
#: Pages that others lead to, and the foot of the sidebar.
ASIDE = ("first_steps", "help")
pages = {
    name: st.Page(
        f"pages/{name}.py",
        title=say(f"page.{name}"),
        url_path="start" if name == "overview" else name.replace("_", "-"),
        default=name == "overview",
    )
    for name in PAGES
}


def to_overview() -> None:
    """Lead to the overview, which Streamlit serves at the root only, whoever writes its name."""
    st.switch_page(pages["overview"], query_params=st.query_params.to_dict())


by_name = st.Page(to_overview, title=say("page.overview"), url_path="overview")
found = st.Page("pages/search.py", title=say("page.search"), url_path="search")
current = st.navigation([*pages.values(), by_name, found], position="hidden")
# Whoever opens another by its address is told there for whom it is.
shown = [
    page for name, page in pages.items() if name not in ASIDE and who.may_anywhere(PAGES[name])
]
try:
    with turns.in_turn(), database.one_state():
        frame.sidebar(shown, pages["help"], current, who)
        tour.panel()
        as_of.banner()
        current.run()
except DatabaseUnavailable as error:
    states.away(error)
