"""Lets `python -m kpi` do what the command `kpi` does."""

from kpi.cli import main

main()
