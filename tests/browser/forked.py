"""`kpi serve` in a process that has loaded what takes long already: servers begin in a moment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from types import ModuleType

#: What a server loads before anybody asks it for a page, apart from pages and what draws them.
_LOADED = ["streamlit.web.cli", "streamlit.starlette", "kpi.cli", "kpi.reports", "kpi.acting"]
_LOADED += ["kpi.charts", "kpi.collecting", "kpi.editing", "kpi.importing", "kpi.signing_in"]

_context = get_context("forkserver")
_context.set_forkserver_preload(_LOADED)


def begin(arguments: Sequence[str], environment: Mapping[str, str], out: str) -> ForkServerProcess:
    """Start `kpi` with arguments in an environment; what it prints goes to the pipe named out."""
    process = _context.Process(target=_run, args=(list(arguments), dict(environment), out))
    # It would run the main module anew, which under Streamlit's test harness is a page of ours.
    own = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        process.start()
    finally:
        sys.modules["__main__"] = own
    return process


def _run(arguments: list[str], environment: dict[str, str], out: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    printed = os.open(out, os.O_WRONLY)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    sys.stdout = os.fdopen(1, "w", buffering=1)
    sys.stderr = os.fdopen(2, "w", buffering=1)
    sys.argv = ["kpi", *arguments]

    from kpi.cli import main

    main()
