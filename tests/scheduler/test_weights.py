"""Campaigns that draw by weight (按权重抽取): from the outline to a bundle that is replayed, a voided target in between."""

import csv
import io
import json
from fractions import Fraction

import pytest

from matching.bundle import pack
from matching.replay import replay
from matching.replayed import Replayed
from scheduler.inspection import drawing, planning, pool, recusal
from tests.town import refuses

WEIGHED = {"rates": {}, "total": 12, "weights": {"A": 1, "B": 2, "C": 5, "D": 10}}


def test_a_campaign_is_drawn_by_weight_and_its_bundle_replayed(small_town):
    _, number = small_town.drawn(**WEIGHED)
    files = small_town.bundle(number)
    assert json.loads(files["plan.json"])["quota"] == {"systematic": 12}
    rows = [line.split("\t") for line in files["targets.tsv"].decode().splitlines()]
    assert rows[0][-2:] == ["weight", "before"]
    assert {row[4] for row in rows[1:]} == {"1", "2", "5", "10"}
    assert len(list(csv.DictReader(io.StringIO(files["drawn.csv"].decode())))) == 12
    assert isinstance(replay(pack(files)), Replayed)


def test_a_voided_target_is_succeeded_and_the_bundle_still_replayed(small_town):
    _, number = small_town.drawn(**WEIGHED)
    before = {code for _, code in small_town.visits(number)}
    target = min(before)
    with small_town.at("amr.approver") as desk:
        drawn = drawing.find_draw(desk, number)
        recusal.void_target(desk, drawn, target, "closed_business", "已注销")
    after = {code for _, code in small_town.visits(number)}
    (new,) = after - before
    files = small_town.bundle(number)
    stratum = {row.split("\t")[1]: row.split("\t")[0] for row in files["targets.tsv"].decode().splitlines()}
    assert stratum[new] == stratum[target]
    assert isinstance(replay(pack(files)), Replayed)


def test_the_count_tells_the_average_of_each_stratum_exactly(small_town):
    code = small_town.campaign(**WEIGHED)
    with small_town.at("amr.planner") as desk:
        counted = pool.count_pool(desk, planning.find_campaign(desk, code))
    whole = 15 * (1 + 2 + 5 + 10)
    assert counted.strata == tuple(
        (name, 15, Fraction(12 * 15 * own, whole)) for name, own in WEIGHED["weights"].items()
    )
    assert counted.drawn == 12


def test_what_is_written_is_read_again(small_town):
    code = small_town.campaign(**WEIGHED)
    with small_town.at("amr.planner") as desk:
        told = planning.outline_of(desk, planning.find_campaign(desk, code))
    assert (told["weights"], told["total"], told["rates"]) == (WEIGHED["weights"], 12, {})


@pytest.mark.parametrize(
    ("outline", "code"),
    [
        (WEIGHED | {"total": None}, "campaign.rates_or_total"),
        (WEIGHED | {"total": None, "rates": {"A": "1/2"}}, "campaign.weights"),
        (WEIGHED | {"weights": {"A": 0}}, "campaign.weights"),
        (WEIGHED | {"weights": {"E": 1}}, "campaign.no_such_stratum"),
        (WEIGHED | {"weights": {"A": -1}}, "campaign.fields"),
    ],
)
def test_weights_that_would_draw_nothing_are_refused(small_town, outline, code):
    with refuses(code):
        small_town.campaign(**outline)


def test_a_pool_without_any_weight_is_not_frozen(small_town):
    code = small_town.campaign(**WEIGHED | {"strata_by": "region", "weights": {"999999": 1}})
    with refuses("pool.nothing_to_draw"):
        small_town.freeze(code)
