"""ZIP files and workbooks that are the same whenever they are made: no time of writing in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date

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


def zipped(files: Mapping[str, bytes], day: date) -> bytes:
    """Return files by their names as one ZIP, in which all of them are of a day."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, max((day.year, day.month, day.day, 0, 0, 0), EPOCH))
            # As a file that everybody may read, wherever it was made.
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            # What is a ZIP itself grows no smaller.
            packing = zipfile.ZIP_STORED if data.startswith(b"PK") else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, packing)
    return file.getvalue()
