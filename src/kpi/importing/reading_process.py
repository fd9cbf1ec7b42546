"""The process that opens files from outside: what happens here happens to nobody else.

Started by `kpi.importing.readers` with the limits as its arguments. It gets names and bytes and
sends back pieces of grids.
"""

from __future__ import annotations

import gc
import io
import pickle
import sys
from contextlib import suppress

from kpi.importing.readers import END, Piece, read_pieces, receive, send
from kpi.settings import ImportLimits


def main() -> None:
    """Read files until there are no more."""
    # Rows come and go without ever forming a cycle; looking for some takes a third of the time.
    gc.disable()
    limits = ImportLimits(*map(int, sys.argv[1:]))
    limit_memory(limits.memory_mb)
    there, back = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            name = receive(there).decode()
        except EOFError:
            return
        for piece in read_pieces(name, receive(there), limits):
            send(back, _packed(piece))
        send(back, _packed(END))
        back.flush()


def _packed(piece: Piece) -> bytes:
    # Plain strings and numbers only: the other side takes no class, not even one of an enum.
    packed = io.BytesIO()
    pickle.Pickler(packed, 5).dump(piece)
    return packed.getvalue()


def limit_memory(megabytes: int) -> None:
    """Let this process have no more than so much address space, and leave no core behind."""
    try:
        import resource
    except ImportError:  # Windows has no such limit; there the time alone is bounded.
        return
    # macOS has the name but refuses to set it.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1_000_000,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
