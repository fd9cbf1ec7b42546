"""The catalogue: every word that is asked for is there, and none is there for nothing."""

import ast
import re
import string
from dataclasses import fields
from functools import cache

import pytest

from kpi.charts.rule_form import NO, YES
from kpi.importing.findings import catalogue
from kpi.model import Comparator, Direction, Kind
from kpi.notation import Unreadable
from kpi.progress import Reason
from kpi.progress.plan_check import REMARKS
from kpi.progress.rating import BOUNDS, COLOURS, NUMBERS, SHAPES, YES_NO
from kpi.settings import ROOT
from kpi.store import ANSWER, NOTE, PROPOSAL, USER, judging
from kpi.words import LANGUAGES, keys, language, say, speaking, template

CODE = [*ROOT.glob("src/kpi/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"]
#: What takes a key and says its words: `kpi.words.say`, and a dialog its title.
ASKING = ("say", "dialog")
TEMPLATES = list(ROOT.glob("src/kpi/ui/templates/*.html"))


@cache
def said():
    """Keys asked for: whole ones, and the fixed beginnings of those put together at run time."""
    whole, begun = set(), set()
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") in ASKING):
                continue
            key = node.args[0]
            choices = [key.body, key.orelse] if isinstance(key, ast.IfExp) else [key]
            for choice in choices:
                if isinstance(choice, ast.Constant):
                    whole.add(choice.value)
                elif isinstance(choice, ast.JoinedStr):
                    begun.add(choice.values[0].value)
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        for key, joined in re.findall(r'say\("([\w.-]+)"( ~)?', text):
            (begun if joined else whole).add(key)
        for one, other in re.findall(r'say\("([\w.-]+)" if [^)]*? else "([\w.-]+)"\)', text):
            whole.update((one, other))
    return whole, begun


def test_every_word_asked_for_is_in_the_catalogue():
    whole, begun = said()
    known = set(keys())
    assert whole <= known, whole - known
    for beginning in begun:
        assert any(key.startswith(beginning) for key in known), beginning


class AtImport(ast.NodeVisitor):
    """Where a module says words while it is loaded, before it is known to whom."""

    def __init__(self):
        self.found = []

    def visit_FunctionDef(self, node):
        for part in (*node.decorator_list, *node.args.defaults, *node.args.kw_defaults):
            if part is not None:
                self.visit(part)

    def visit_AsyncFunctionDef(self, node):
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node):
        pass

    def visit_Call(self, node):
        if getattr(node.func, "id", "") in ("say", "template"):
            self.found.append(node.lineno)
        self.generic_visit(node)


def test_no_screen_says_a_word_before_it_is_known_in_which_language():
    """A page is run for each reader; everything it imports is loaded once for all of them."""
    found = {}
    for path in ROOT.glob("src/kpi/**/*.py"):
        looking = AtImport()
        looking.visit(ast.parse(path.read_text(encoding="utf-8")))
        if looking.found:
            found[path.name] = looking.found
    # The command line speaks to one reader, in Japanese.
    assert set(found) == {"cli.py"}


def test_words_are_japanese_unless_said_otherwise():
    assert language() == "ja"
    with speaking("en"):
        assert language() == "en"
        with speaking("ja"):
            assert say("kind.actual") == "実績"
    assert language() == "ja"


@pytest.mark.parametrize("other", [name for name in LANGUAGES if name != "ja"])
def test_every_catalogue_has_the_same_words_with_the_same_places(other):
    assert keys(other) == keys()
    for key in keys():
        japanese = places_of(template(key))
        with speaking(other):
            assert places_of(template(key)) == japanese, key


def test_every_act_on_record_is_called_something():
    acts = {act for _, act in judging._TABLES.values()} | {ANSWER, NOTE, PROPOSAL, USER}
    assert {f"act.{act}" for act in acts} <= set(keys())


def test_no_word_is_in_the_catalogue_for_nothing():
    whole, begun = said()
    unused = [key for key in keys() if key not in whole and not key.startswith(tuple(begun))]
    assert unused == []


def reasons():
    """The words every refusal of the notation, and of the reading of cells, is explained by."""
    yield from ("not_finite", "several_figures")
    for path in ROOT.glob("src/kpi/notation/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == Unreadable.__name__:
                yield node.args[1].value


def refusals():
    """The words every refusal of a rating rule is explained by."""
    yield from ("line", "not_toml", "too_much")
    source = (ROOT / "src" / "kpi" / "progress" / "rating.py").read_text(encoding="utf-8")
    yield from re.findall(r'refused\(\s*"(\w+)"', source)
    # The choices that are refused have words of their own, or those of any other choice.
    yield from re.findall(r'why: str = "(\w+)"', source)
    yield from re.findall(r'refuse_choice\([^"]*?"(unknown_\w+)"\)', source)


@pytest.mark.parametrize(
    "key",
    [
        *(f"unreadable.{why}" for why in sorted(set(reasons()))),
        *(f"finding.{f.code}.{part}" for f in catalogue() for part in ("title", "message", "hint")),
        *(
            f"plan_check.{kind.code}.{part}"
            for kind in REMARKS
            for part in ("title", "cause", "message", "hint")
        ),
        *(f"reason.{reason}" for reason in Reason if reason),
        *(f"measure.{measure}.name" for measure in (*YES_NO, *NUMBERS)),
        *(f"measure.{measure}.{answer}" for measure in YES_NO for answer in (YES, NO)),
        *(f"rule.{words}.{bound}" for words in ("bound", "on_pace", "test") for bound in BOUNDS),
        *(f"rule.colour.{colour}" for colour in COLOURS),
        *(f"rule.shape.{shape}" for shape in SHAPES),
        *(f"kind.{kind}" for kind in Kind),
        *(f"direction.{direction}" for direction in Direction),
        *(f"comparator.{c.name.lower()}" for c in Comparator if c is not Comparator.EQUAL),
    ],
)
def test_words_put_together_at_run_time_are_there(key):
    assert key in keys()


def test_every_refusal_of_a_rule_has_words_and_none_has_them_for_nothing():
    start = "rule.refused."
    assert {key.removeprefix(start) for key in keys() if key.startswith(start)} == set(refusals())


def test_no_reason_is_explained_that_is_never_given():
    explained = {key.removeprefix("unreadable.") for key in keys() if key.startswith("unreadable.")}
    assert explained == set(reasons())


def places_of(words):
    """The places of a sentence with how each is written, in no order: languages differ in it."""
    return {(name, how, kind) for _, name, how, kind in string.Formatter().parse(words) if name}


def names_in(words):
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def test_a_remark_on_a_plan_names_nothing_but_what_it_knows():
    of_every_target = {"target", "of", "when"}
    for kind in REMARKS:
        known = {field.name for field in fields(kind)} - {"about"} | of_every_target
        for part in ("title", "message", "hint"):
            assert names_in(template(f"plan_check.{kind.code}.{part}")) <= known, (kind.code, part)
    assert {kind.code for kind in REMARKS} == {
        key.split(".")[1] for key in keys() if re.fullmatch(r"plan_check\..+\.title", key)
    }


def test_a_finding_names_nothing_but_what_it_knows():
    for kind in catalogue():
        finding = kind(**({"why": "no_number"} if hasattr(kind, "why") else {}))
        known = set(vars(finding))
        for part in ("title", "message", "hint"):
            assert names_in(template(f"finding.{kind.code}.{part}")) <= known, (kind.code, part)
        assert finding.message
        assert finding.hint
