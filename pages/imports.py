"""取込: choose files, see and correct how they are read, accept them, take an import back."""

from kpi.ui import as_of, imports, states
from kpi.words import say

if as_of.day() is not None:
    states.end(say("imports.only_now"), "now")
imports.for_planners()
work = imports.work()
imports.way_back(work)
beside = imports.head(work)
imports.done()
if work is None:
    imports.choose_files()
    imports.history()
elif work.batch:
    imports.registered(work)
    imports.history()
elif work.is_checked:
    imports.decide(work)
else:
    imports.look(work, beside)
