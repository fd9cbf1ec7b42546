"""ヘルプ: what the words and the pages mean, with the ways to the first steps and the tour."""

from kpi.ui import manual

manual.page()
