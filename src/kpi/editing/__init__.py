"""Editing a plan: what people change in it becomes edits, and edits become a proposal."""

from kpi.editing.applied import applied

__all__ = ["applied"]
