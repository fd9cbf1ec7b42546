"""Reports on a plan for people outside the program: slides, forms, lists, booklets, web pages.

What is said is put together once, in `kpi.reports.content`; each format only sets it.
"""
