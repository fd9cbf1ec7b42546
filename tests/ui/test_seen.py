"""What a municipality has is shown to nobody who may not see it, whatever the address names."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from kpi import settings
from kpi.access import Grant, Person, Role
from kpi.settings import ROOT
from kpi.store import batches, open_database, plans, read_parts

PAGES = sorted(path.stem for path in ROOT.glob("pages/*.py"))
SEEN, HIDDEN = "川崎市", "見本市（架空のデータ）"
VIEWS = [(page, {}) for page in PAGES]
VIEWS += [("history", {"show": view}) for view in ("facts", "days", "acts")]
VIEWS += [
    ("rules", {"view": "series"}),
    ("proposals", {"proposal": "1"}),
    ("rounds", {"round": "1"}),
    ("meeting", {"meeting": "new"}),
    ("meeting", {"meeting": "1", "item": "1"}),
    ("search", {"q": "率"}),
    ("first_steps", {"own": "990001", "own_name": HIDDEN, "step": "look"}),
]
VIEWS += [("overview", {"view": view}) for view in ("changes", "map")]


@pytest.fixture(scope="module")
def secrets(sample_file):
    """What nobody can know of the hidden municipality who may not see it."""
    engine = open_database(f"sqlite:///{sample_file}")
    own, others = set(), set()
    for header in plans(engine):
        names = own if header.municipality.name == HIDDEN else others
        names.update(one.name for one in read_parts(engine, header).indicators)
    files = [one for one in batches(engine) if one.municipality.name == HIDDEN]
    own.update(name for one in files for name in (*one.files, one.batch_id))
    shared = {one.batch_id for one in batches(engine) if one.municipality.name == SEEN}
    engine.dispose()
    return {name for name in own - shared if not any(name in other for other in others)}


@pytest.fixture
def shown(monkeypatch, sample_file):
    """Open a page as somebody who sees some municipalities; return all it sends to the browser."""

    def open_page(path, codes, **query):
        roles = frozenset(Role)
        grants = tuple(Grant(code, roles) for code in codes)
        who = Person("花子", roles, frozenset(), frozenset(codes), grants, "hanako")
        monkeypatch.setattr(settings, "person", lambda: who)
        monkeypatch.setenv("KPI_DATABASE_URL", f"sqlite:///{sample_file}")
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        # It is the page that opens first.
        if path != "overview":
            app.switch_page(f"pages/{path}.py").run()
        assert not app.exception
        protos = filter(None, (getattr(one, "proto", None) for one in app))
        sent = b"".join(proto.SerializeToString() for proto in protos)
        text = sent.decode("utf-8", "replace")
        # What goes to a template goes as JSON.
        return re.sub(r"\\u([0-9a-f]{4})", lambda sign: chr(int(sign[1], 16)), text)

    return open_page


@pytest.fixture(scope="module")
def codes(sample_file):
    engine = open_database(f"sqlite:///{sample_file}")
    found = {header.municipality.name: header.municipality.code for header in plans(engine)}
    engine.dispose()
    return found


@pytest.mark.parametrize("named", [SEEN, HIDDEN])
@pytest.mark.parametrize(("page", "query"), VIEWS)
def test_no_page_sends_anything_of_a_municipality_that_is_not_to_be_seen(
    shown, secrets, codes, page, query, named
):
    sent = shown(page, [codes[SEEN]], municipality=named, **query)
    assert [name for name in secrets if name in sent] == []


@pytest.mark.parametrize("page", ["overview", "imports", "history"])
def test_whoever_may_see_it_is_sent_it(shown, secrets, codes, page):
    sent = shown(page, [codes[HIDDEN]], municipality=HIDDEN)
    assert any(name in sent for name in secrets)
