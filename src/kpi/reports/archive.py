"""Files that are the same whenever they are made: no time of day in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

#: The earliest a ZIP can tell.
EPOCH = (1980, 1, 1, 0, 0, 0)


def with_fixed_times(data: bytes, instead: Mapping[str, bytes] | None = None) -> bytes:
    """Return a ZIP with the same entries, none of which says when it was written.

    ``instead`` has the content of some by their names.
    """
    others = instead or {}
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            fixed = zipfile.ZipInfo(entry.filename, EPOCH)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(fixed, others.get(entry.filename) or old.read(entry))
    return file.getvalue()
