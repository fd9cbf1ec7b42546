"""What of a pasted block has no cell in the table: Streamlit would leave it out without a word."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence

import streamlit as st

# The table tells which cell is chosen only to screen readers, as `glide-cell-<column>-<row>`, and
# a moment after it was.
_SCRIPT = """
export default function ({ setTriggerValue }) {
  const pasted = (event) => {
    if (!event.target.closest || !event.target.closest('[data-testid="stDataFrame"]')) return;
    const text = event.clipboardData.getData("text/plain");
    setTimeout(() => {
      const chosen = document.querySelector('[id^="glide-cell-"][aria-selected="true"]');
      if (!chosen) return;
      const [column, row] = chosen.id.split("-").slice(2).map(Number);
      setTriggerValue("pasted", { column, row, text });
    }, 400);
  };
  window.addEventListener("paste", pasted, true);
  return () => window.removeEventListener("paste", pasted, true);
}
"""

_component = st.components.v2.component("kpi_pasting", html="<span></span>", js=_SCRIPT)


def left_out(cells: Sequence[Sequence[str]], fixed: Collection[int]) -> list[str] | None:
    """Return the texts of a block just pasted that have no cell to go to, in reading order.

    None where nothing was pasted in this run.

    ``cells`` is the table as it is shown, row by row, ``fixed`` its columns that cannot be edited.
    What stands there already is not left out.
    """
    result = _component(key="pasting", on_pasted_change=lambda: None)
    pasted = result.get("pasted")
    if not pasted:
        return None
    return outside(cells, fixed, int(pasted["row"]), int(pasted["column"]), pasted["text"])


def outside(
    cells: Sequence[Sequence[str]], fixed: Collection[int], top: int, left: int, text: str
) -> list[str]:
    """Return the texts of a block that fall outside a table, or on its fixed columns."""
    lost = []
    for row, texts in enumerate(csv.reader(io.StringIO(text), delimiter="\t"), top):
        for column, said in enumerate(texts, left):
            if not said.strip():
                continue
            is_inside = row < len(cells) and column < len(cells[row])
            if not is_inside or (column in fixed and said.strip() != cells[row][column].strip()):
                lost.append(said.strip())
    return lost
