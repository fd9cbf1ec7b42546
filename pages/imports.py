"""取込: choose files, see and correct how they are read, accept them, take an import back."""

from kpi.ui import imports

work = imports.work()
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
