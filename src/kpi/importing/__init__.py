"""Files to drafts, drafts to what would change, and on acceptance to the store.

`read_files` → `prepare` → `accept`: nothing is written before the last step, and then all or
nothing.
"""

from kpi.importing.draft import Context, Draft, FileReport, read_files
from kpi.importing.findings import Finding, Severity, catalogue
from kpi.importing.matching import ChangeLine, Preview, Refused, accept, prepare
from kpi.importing.remarks import CopyRefused, has_macros, with_remarks

__all__ = [
    "ChangeLine",
    "Context",
    "CopyRefused",
    "Draft",
    "FileReport",
    "Finding",
    "Preview",
    "Refused",
    "Severity",
    "accept",
    "catalogue",
    "has_macros",
    "prepare",
    "read_files",
    "with_remarks",
]
