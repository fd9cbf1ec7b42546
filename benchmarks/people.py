"""Fifty people look at a plan of 500 series at once, each at another page every five seconds.

They come without a browser, which would need more of the machine than the server does: over the
websocket that Streamlit's page opens, with its messages. What counts is the time from asking for a
page until the last part of it has come. The peer is a bare Streamlit app with one chart, before the
same people.

`python -m benchmarks.people URL PID --people 50 --seconds 180` asks a server that is running.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from time import monotonic
from urllib.parse import urlencode, urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

#: Seconds between two pages of one person, and after which one that does not come is an error.
EVERY, PATIENCE = 5.0, 30.0
#: After so many pages, somebody leaves and comes back as anybody else.
STAYS = 12
#: Messages that are longer than this belong to the page; those that guide it are short.
_SHORT = 4096

#: A page: its name in the address, and its query.
Visit = tuple[str, dict[str, str]]


@dataclass
class Load:
    """What became of all visits."""

    #: Seconds until each page was there, and when it was asked for (since the beginning).
    seconds: list[float] = field(default_factory=list)
    begun: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    #: Memory of the server over the time, in MB.
    memory: list[float] = field(default_factory=list)
    received: int = 0

    @property
    def slow(self) -> float:
        """The seconds within which 95 of 100 pages were there."""
        return quantiles(self.seconds, n=20)[-1]


class Session:
    """One person's connection, from the first page to the last."""

    def __init__(self, url: str) -> None:
        self._url = url
        #: Which page of the app has which address, told by the app.
        self._pages: dict[str, str] = {}

    async def open(self) -> None:
        """Connect as a browser does."""
        address = f"ws://{urlsplit(self._url).netloc}/_stcore/stream"
        self._socket = await websockets.connect(
            address,
            origin=self._url,  # type: ignore[arg-type]
            subprotocols=["streamlit"],  # type: ignore[list-item]
            compression=None,
            max_size=None,
        )

    async def close(self) -> None:
        """Leave."""
        await self._socket.close()

    async def visit(self, visit: Visit) -> tuple[float, int]:
        """Ask for a page; return the seconds until it was there, and its size in bytes."""
        name, query = visit
        message = BackMsg()
        message.rerun_script.query_string = urlencode(query)
        message.rerun_script.context_info.timezone = "Asia/Tokyo"
        message.rerun_script.context_info.color_scheme = "light"
        if name in self._pages:
            message.rerun_script.page_script_hash = self._pages[name]
        else:
            message.rerun_script.page_name = name
        start, size = monotonic(), 0
        await self._socket.send(message.SerializeToString())
        while True:
            received = await asyncio.wait_for(self._socket.recv(), PATIENCE)
            assert isinstance(received, bytes)
            size += len(received)
            if len(received) > _SHORT:
                continue
            answer = ForwardMsg.FromString(received)
            kind = answer.WhichOneof("type")
            if kind == "navigation":
                pages = answer.navigation.app_pages
                self._pages = {page.url_pathname: page.page_script_hash for page in pages}
            if kind == "delta" and answer.delta.new_element.WhichOneof("type") == "exception":
                raise RuntimeError(answer.delta.new_element.exception.message)
            if kind == "script_finished":
                if answer.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
                    raise RuntimeError(f"the script ended with {answer.script_finished}")
                return monotonic() - start, size


async def crowd(
    url: str, pid: int, visits: Sequence[Visit], people: int, seconds: float, every: float = EVERY
) -> Load:
    """Have people visit pages for some time, and return what became of it."""
    load, start = Load(), monotonic()
    end = start + seconds

    async def person(number: int) -> None:
        chosen = _in_random_order(visits, number)
        # They do not come all at the same moment.
        due = start + every * number / people
        session: Session | None = None
        for turn in count():
            await asyncio.sleep(max(0.0, due - monotonic()))
            if monotonic() >= end:
                break
            begun = monotonic() - start
            try:
                if session is not None and turn % STAYS == 0:
                    await session.close()
                    session = None
                if session is None:
                    session = Session(url)
                    await session.open()
                taken, size = await session.visit(next(chosen))
            except (OSError, RuntimeError, TimeoutError, websockets.WebSocketException) as error:
                load.errors.append(f"{type(error).__name__}: {error}")
                session = None
            else:
                load.begun.append(begun)
                load.seconds.append(taken)
                load.received += size
            due += every
        if session is not None:
            await session.close()

    async def watch() -> None:
        while monotonic() < end:
            load.memory.append(memory_of(pid))
            await asyncio.sleep(1)

    await asyncio.gather(watch(), *(person(number) for number in range(people)))
    return load


def _in_random_order(visits: Sequence[Visit], seed: int) -> Iterator[Visit]:
    """Return the visits of one person for ever, the same in every run."""
    chance = random.Random(seed)
    while True:
        yield chance.choice(visits)


def memory_of(pid: int) -> float:
    """Return how much memory a process holds, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def visits_to(municipality: str, plan: str, titles: Sequence[str]) -> list[Visit]:
    """Return the pages people look at: 概況, indicators, and now and then another."""
    of = {"municipality": municipality, "plan": plan}
    overviews: list[Visit] = [("", of), ("", {**of, "period": "2"}), ("", {**of, "policy": "3"})]
    others: list[Visit] = [(name, of) for name in ("plan-check", "reports", "rules", "history")]
    indicators: list[Visit] = [("indicator", {**of, "series": title}) for title in titles]
    return [*overviews * 4, *others, *indicators[: 4 * len(overviews) + len(others)]]


def main() -> None:
    """Print what a running server makes of a crowd."""
    from benchmarks.pages import PLANS
    from benchmarks.workbooks import title

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("pid", type=int)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=180)
    given = parser.parse_args()
    visits = visits_to(*PLANS[500], [title(number) for number in range(0, 500, 25)])
    load = asyncio.run(crowd(given.url, given.pid, visits, given.people, given.seconds))
    print(f"{len(load.seconds)} pages, {len(load.errors)} errors {sorted(set(load.errors))[:5]}")
    print(f"95 % within {load.slow:.2f} s, half within {median(load.seconds):.2f} s")
    third = max(1, len(load.memory) // 3)
    print(f"memory {load.memory[0]:.0f} MB, after a third {load.memory[third]:.0f}, ", end="")
    print(f"in the end {load.memory[-1]:.0f}, most {max(load.memory):.0f}")
    print(f"{load.received / 1e6:.0f} MB sent")


if __name__ == "__main__":
    main()
