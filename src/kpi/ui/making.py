"""Something that takes a while, made beside the page: how far it has come, and a way to end it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from kpi.reports.formats import OnStep

#: As many are made at once on this server; who comes later waits for their turn.
_places = threading.BoundedSemaphore(2)


class _Ended(Exception):
    """Its person does not want it any more."""


class Making:
    """A file in the making, in a thread of its own."""

    def __init__(
        self, make: Callable[[OnStep], bytes], told: Callable[[Exception], str | None]
    ) -> None:
        """Begin to make it; ``told`` has words for what may be raised, None for a fault of ours."""
        self.share = 0.0
        self.data: bytes | None = None
        #: Why there is none, in words; None where it was a fault of the program.
        self.refused: str | None = ""
        self._make, self._told = make, told
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it is still being made, or waits for its turn."""
        return self._thread.is_alive() and not self._ended.is_set()

    @property
    def is_ended(self) -> bool:
        """Whether its person did not want it any more."""
        return self._ended.is_set()

    def end(self) -> None:
        """Make it no further; it ends at its next step."""
        self._ended.set()

    def wait(self) -> None:
        """Return once it is made, refused or ended."""
        self._thread.join()

    def _run(self) -> None:
        try:
            while not _places.acquire(timeout=0.2):
                self._step(0.0)
            try:
                self._step(0.0)
                self.data = self._make(self._step)
            finally:
                _places.release()
        except _Ended:
            return
        except Exception as error:
            self.refused = self._told(error)
            if self.refused is None:
                logging.getLogger(__name__).exception("a report could not be made")

    def _step(self, share: float) -> None:
        if self._ended.is_set():
            raise _Ended
        self.share = share
