"""はじめに: from an empty database to the first overview, one question at a time."""

from kpi.ui import first_steps

first_steps.page()
