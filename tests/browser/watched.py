"""`kpi`, with every file it makes written down."""

import os
import sys
from pathlib import Path

#: What makes a file or gives one a name; of an opened one only if it could be written to.
MAKES = {"os.rename", "os.mkdir", "os.link", "os.symlink", "tempfile.mkstemp", "tempfile.mkdtemp"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
LOG = Path(sys.argv.pop(1)).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115


def watch(event: str, arguments: tuple[object, ...]) -> None:
    is_opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING
    if is_opened or event in MAKES:
        LOG.write(f"{event} {arguments!r}\n")


sys.addaudithook(watch)
from kpi.cli import cli  # noqa: E402

cli()
