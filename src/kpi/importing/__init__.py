"""Files to drafts, drafts to what would change, and on acceptance to the store.

`reading.read_files` → `matching.prepare` → `matching.accept`: nothing is written before the last
step, and then all or nothing. Nothing is imported here: the process that opens files
(`kpi.importing.reading_process`) starts with this package and must start light.
"""
