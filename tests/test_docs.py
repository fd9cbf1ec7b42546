"""The documents tell the truth: generated pages are fresh, links lead somewhere."""

import ast
import importlib.util
import io
import re
import subprocess
import tomllib
import zipfile

import pytest

from kpi.charts import theme
from kpi.importing.headings import _HEADINGS
from kpi.reports.docx import own_form
from kpi.settings import ROOT

DOCUMENTS = [
    ROOT / name for name in ("README.md", "README.ja.md", "CONTRIBUTING.md", "SECURITY.md")
]
DOCUMENTS += sorted((ROOT / "docs").glob("*.md"))


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def tracked():
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [name for name in names.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize(
    "page",
    ["commands.md", "findings.md", "forms.md", "plan-check.md", "roles.md", "rules.md"],
)
def test_a_generated_page_is_what_the_program_would_write_now(page):
    spec = importlib.util.spec_from_file_location("make_pages", ROOT / "docs" / "make_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert read(f"docs/{page}") == module.PAGES[page](), "run: make docs"


def test_the_form_to_be_changed_is_the_one_the_program_fills():
    def body(data):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.read("word/document.xml")

    own = body(own_form(theme("light")))
    assert body((ROOT / "docs" / "forms.docx").read_bytes()) == own, "run: make docs"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_to_a_file(document):
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
        if not target.startswith("https://"):
            assert (document.parent / target).exists(), target


def test_every_dependency_has_its_reason():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    wanted += read("requirements/setup.in").split() + read("requirements/audit.in").split()
    reasons = read("docs/dependencies.md")
    for requirement in wanted:
        name = re.split(r"[>=<\[]", requirement)[0]
        assert f"| {name} |" in reasons, name


def test_every_setting_is_documented():
    sources = [path.read_text(encoding="utf-8") for path in ROOT.glob("src/kpi/**/*.py")]
    asked = set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"', "".join(sources))) - {"WINDIR"}
    operation = read("docs/operation.md")
    assert {name for name in asked if f"`{name}`" not in operation} == set()


def test_every_heading_the_import_knows_is_documented():
    formats = read("docs/formats.md")
    for words in _HEADINGS.values():
        for word in words.split():
            assert re.search(rf"[|、 ]{re.escape(word)}[|、 ]", formats), word


def test_both_readmes_show_the_same_commands():
    def commands(name):
        blocks = re.findall(r"```\n(.*?)```", read(name), re.DOTALL)
        return [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]

    assert commands("README.md") == commands("README.ja.md")


def test_no_registry_and_no_machine_is_named_in_the_tree():
    # Written apart so that this file does not name them.
    halves = [
        ("py", "pi.org"),
        ("python", "hosted.org"),
        ("registry.np", "mjs"),
        ("deb.de", "bian"),
    ]
    hosts = ["".join(half).encode() for half in halves]
    for name in tracked():
        content = (ROOT / name).read_bytes()
        assert not [host for host in hosts if host in content], name


def test_every_package_of_the_lock_files_is_pinned_with_hashes():
    for name in ("setup", "audit", "run", "test"):
        # A pin and its hashes are one line that is continued by backslashes.
        lines = read(f"requirements/{name}.txt").replace("\\\n", " ").splitlines()
        wanted = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
        assert wanted
        for line in wanted:
            assert re.match(
                r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", line
            ), line


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks").glob("*.py")), ids=lambda p: p.stem)
def test_a_benchmark_asks_for_nothing_that_has_moved(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kpi"):
            module = importlib.import_module(node.module)
            for name in node.names:
                assert hasattr(module, name.name) or importlib.import_module(
                    f"{node.module}.{name.name}"
                )
