"""Has a form from outside examined and filled by a process of its own, within limits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from threading import Timer
from time import monotonic
from types import TracebackType
from typing import Self

from kpi.importing.readers import receive, send
from kpi.reports.content import NotMade
from kpi.reports.word_form.fields import Values
from kpi.settings import import_limits
from kpi.words import language, say

#: Seconds the process may take to begin, which has nothing to do with any form.
_SECONDS_TO_START = 60.0
#: Seconds each sheet adds to those that the reading of a form may take.
_SECONDS_A_SHEET = 1.0

_PROCESS = "kpi.reports.word_form.process"


class FormRefused(NotMade):
    """A form cannot be filled; ``faults`` say why, each in a sentence."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class FormApart:
    """A form in a process of its own, to be filled as `kpi.reports.word_form.filling.Form` is."""

    def __init__(self, template: bytes, colours: dict[str, str]) -> None:
        """Start the process and have the form examined. Raises `FormRefused`."""
        limits = import_limits()
        self._seconds_left = _SECONDS_TO_START
        self._took_too_long = False
        # It needs to know where the program is, and none of its secrets.
        environment = {k: v for k, v in os.environ.items() if not k.startswith("KPI_")}
        environment["PYTHONPATH"] = str(Path(__file__).parents[3])
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", _PROCESS, str(limits.memory_mb), language()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        try:
            self._asked()
            self._seconds_left = float(limits.seconds)
            faults = json.loads(self._asked(template, json.dumps(colours).encode()))
        except FormRefused:
            self.end()
            raise
        if faults:
            self.end()
            raise FormRefused(faults)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def add(self, values: Values, picture: bytes | None, told: str, without: str) -> None:
        """Fill the form once more. Raises `FormRefused` where that goes beyond the limits."""
        self._seconds_left += _SECONDS_A_SHEET
        self._asked(
            json.dumps(values).encode(), picture or b"", json.dumps([told, without]).encode()
        )

    def to_bytes(self, shared: Values, title: str, day: date) -> bytes:
        """Return the document. Raises `FormRefused` where that goes beyond the limits."""
        about = json.dumps([shared, title, day.isoformat()]).encode()
        return self._asked(b"{}", about)

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _asked(self, *messages: bytes) -> bytes:
        """Send messages and return the answer."""
        there, back = self._process.stdin, self._process.stdout
        if there is None or back is None:
            raise FormRefused([say("report.docx.fault.broke_off")])
        timer, begun = Timer(max(0.0, self._seconds_left), self._stop), monotonic()
        timer.start()
        try:
            for message in messages:
                send(there, message)
            there.flush()
            return receive(back)
        except (OSError, EOFError):
            key = "too_long" if self._took_too_long else "broke_off"
            raise FormRefused([say(f"report.docx.fault.{key}")]) from None
        finally:
            timer.cancel()
            self._seconds_left -= monotonic() - begun

    def _stop(self) -> None:
        self._took_too_long = True
        self._process.kill()
