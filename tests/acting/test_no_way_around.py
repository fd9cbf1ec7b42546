"""No screen and no command writes past those who ask who may."""

import ast

import pytest

from kpi import store
from kpi.settings import ROOT

SCREENS = [
    *sorted(ROOT.glob("src/kpi/ui/**/*.py")),
    *sorted(ROOT.glob("pages/*.py")),
    ROOT / "app.py",
    ROOT / "src/kpi/cli.py",
]
#: Where people's acts are done, and so where the store is written to.
ACTING = {"src/kpi/acting", "src/kpi/editing", "src/kpi/collecting"}
#: What the account that has the database may do with it as a whole.
OF_THE_WHOLE = {"migrate", "restore"}


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def writing_functions():
    """Functions of the store that open a transaction in which they write, by their sources."""
    return {
        node.name
        for path in ROOT.glob("src/kpi/store/*.py")
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
        if any(isinstance(one, ast.keyword) and one.arg == "writing" for one in ast.walk(node))
    }


WRITING = writing_functions() & set(store.__all__) | OF_THE_WHOLE


def imported(path):
    """Yield module and name of everything a file imports, and names of modules it imports whole."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)


def ways_to_write(path):
    """What a file imports by which it could write: a function, or a module that has some."""
    whole = {("kpi", "store"), ("kpi.store", ""), ("kpi.importing.layouts", "saved")}
    return {
        name or module
        for module, name in imported(path)
        if (module, name) in {*whole, ("kpi.importing.layouts.saved", "save")}
        or module.startswith("kpi.store.")
        or (module == "kpi.store" and name in WRITING)
    }


def test_the_writing_functions_are_those_one_knows_of():
    known = OF_THE_WHOLE | {
        "commit",
        "record",
        "record_meeting",
        "record_report_set",
        "record_user",
        "record_word",
        "save_proposal",
        "step_proposal",
        "undo",
    }
    assert known == WRITING


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_screen_or_command_cannot_write_by_itself(path):
    allowed = OF_THE_WHOLE if path.name == "cli.py" else set()
    assert ways_to_write(path) <= allowed


def test_nothing_else_writes_but_what_asks_first():
    others = [
        path
        for path in ROOT.glob("src/kpi/**/*.py")
        if path not in SCREENS and "store" not in path.parts
        if str(path.relative_to(ROOT).parent) not in ACTING
    ]
    assert {str(path): ways_to_write(path) for path in others if ways_to_write(path)} == {}


@pytest.mark.parametrize(
    "path",
    [
        path
        for folder in sorted(ACTING)
        for path in sorted((ROOT / folder).glob("*.py"))
        if ways_to_write(path)
    ],
    ids=lambda path: path.stem,
)
def test_whatever_writes_has_a_person_and_asks_who_may(path):
    """Every public function that writes, by itself or by another of its module, takes a person."""
    functions = {one.name: one for one in tree(path).body if isinstance(one, ast.FunctionDef)}
    called = {
        name: {
            node.func.id
            for node in ast.walk(function)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        for name, function in functions.items()
    }

    def reached(name, seen=()):
        direct = called.get(name, set())
        further = (
            reached(one, (*seen, name)) for one in direct if one in called and one not in seen
        )
        return direct.union(*further)

    for name, function in functions.items():
        if reached(name) & WRITING and not name.startswith("_"):
            parameters = [one.arg for one in function.args.args]
            assert "person" in parameters, name
            assert reached(name) & {"require", "refusal", "refusal_of"}, name
