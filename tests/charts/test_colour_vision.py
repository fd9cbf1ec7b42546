"""The colours of marks and lines as people see them who do not see all colours."""

from itertools import combinations

import pytest
from colour_vision import DEFICIENCIES, contrast, difference, lab, seen

from kpi.charts import theme
from kpi.charts.tokens import looks

#: Pairs of Sharma, Wu and Dalal's published data, with their CIEDE2000.
PUBLISHED = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
    ((50, -0.001, 2.49), (50, 0.0009, -2.49), 4.8045),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((50, 2.5, 0), (56, -27, -3), 31.9030),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]
#: What the design of the marks promises: the least distance of any two of them, whoever looks.
LEAST = {"light": 13.5, "dark": 16.3}
MARKS = [f"st-{band}" for band in "abcdn"]


@pytest.mark.parametrize(("one", "other", "expected"), PUBLISHED)
def test_distances_are_those_published(one, other, expected):
    assert difference(one, other) == pytest.approx(expected, abs=1e-4)
    assert difference(other, one) == pytest.approx(expected, abs=1e-4)


def test_a_simulation_leaves_greys_and_takes_away_what_is_not_seen():
    for deficiency in DEFICIENCIES:
        assert seen("#808080", deficiency) == pytest.approx(seen("#808080", "normal"), abs=1e-4)
    red, green = lab(seen("#d00000", "deutan")), lab(seen("#707000", "deutan"))
    assert (
        difference(red, green)
        < 10
        < difference(*(lab(seen(c, "normal")) for c in ("#d00000", "#707000")))
    )


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("name", ["light", "dark"])
def test_any_two_marks_are_told_apart_by_their_colour(name, deficiency):
    for one, other in combinations(MARKS, 2):
        colours = (lab(seen(theme(name)[mark], deficiency)) for mark in (one, other))
        assert difference(*colours) >= LEAST[name] - 0.05, (one, other)


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("name", ["light", "dark", "mono", "contrast", "contrast-dark"])
def test_marks_and_lines_stand_out_from_every_surface(name, deficiency):
    colours = theme(name)
    for token in {*MARKS, *(look.colour for look in looks().values())}:
        for surface in ("surface", "surface-2", "surface-3"):
            ratio = contrast(seen(colours[token], deficiency), seen(colours[surface], deficiency))
            assert ratio >= 3, (token, surface)


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("name", ["light", "dark"])
def test_ones_own_course_is_told_from_targets_and_path_by_colour_too(name, deficiency):
    own = lab(seen(theme(name)["accent"], deficiency))
    for token in ("ink-2", "ink-3"):
        assert difference(own, lab(seen(theme(name)[token], deficiency))) >= 10, token


def test_no_two_lines_that_stand_together_differ_in_colour_alone():
    plain = {name: (look.dash, look.width, look.symbol) for name, look in looks().items()}
    beside_others = [name for name in plain if name not in ("path", "projected", "replaced")]
    alone = [name for name in plain if not name.startswith("other")]
    for together in (beside_others, alone):
        assert len({plain[name] for name in together}) == len(together)


def test_monochrome_has_no_colour():
    for name, colour in theme("mono").colours.items():
        assert colour[1:3] == colour[3:5] == colour[5:7], name
