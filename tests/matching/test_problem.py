"""Who may go where, and whether he travels: empty regions and homes match nothing."""

import numpy as np
import pytest

from matching.pairing.problem import covers, travel


@pytest.mark.parametrize(
    ("regions", "region", "may"),
    [
        ("*", "320602", True),
        ("*", "", True),
        ("320602;320612", "320612", True),
        ("320602;320612", "3206", False),
        ("320602", "", False),
        ("", "320602", False),
        ("", "", False),
    ],
)
def test_an_empty_region_is_reached_only_from_everywhere(regions, region, may):
    assert covers(regions, region) is may


def test_an_empty_home_or_region_is_never_near():
    homes, regions = [["320602"], [""], ["320612", "320602"]], ["320602", "", "320699"]
    target, taker = (
        np.array(each) for each in zip(*[(t, j) for t in range(3) for j in range(3)], strict=True)
    )
    assert travel(homes, regions, target, taker).tolist() == [0, 1, 0, 1, 1, 1, 1, 1, 1]
