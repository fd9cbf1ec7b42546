from hypothesis import settings

# How long a case takes depends on what else the machine does.
settings.register_profile("without-deadline", deadline=None)
settings.load_profile("without-deadline")
