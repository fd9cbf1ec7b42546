"""A sheet of a Word form for each indicator: its placeholders, our own form, a city's, the filling.

A city's form comes from outside. It is examined and filled by a process of its own
(`kpi.reports.word_form.process`), within limits, so that no upload can take the program down.
"""
