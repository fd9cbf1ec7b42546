"""What of a pasted block has no cell in the table is known by its text."""

import pytest

from kpi.ui.pasting import outside

#: Name and unit cannot be edited, figure and year can.
TABLE = [["受診率", "％", "65", "R7"], ["実施率", "％", "30", "R7"]]
FIXED = [0, 1]


@pytest.mark.parametrize(
    ("top", "left", "text", "lost"),
    [
        (0, 2, "70\tR8\n31\tR8", []),
        (1, 2, "70\n31\n32", ["31", "32"]),
        (0, 3, "R8\t改定", ["改定"]),
        # A row copied as it is lies on its own names.
        (0, 0, "受診率\t％\t70", []),
        (0, 0, "実施率\t人\t70", ["実施率", "人"]),
        # Excel puts a cell of several lines into quotation marks.
        (1, 2, '"70\n以上"\tR8\n\n', []),
        (1, 2, "70\n\t\n", []),
    ],
)
def test_texts_outside_the_table_or_on_what_cannot_be_edited(top, left, text, lost):
    assert outside(TABLE, FIXED, top, left, text) == lost
