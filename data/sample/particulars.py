"""What a registry tells of the sample city's targets beside name and region: type, industry, address, founding.

Made of each target's name and of a stream of chance of its own, so that the city itself stays what its seed makes.
"""

from collections.abc import Iterator
from typing import NamedTuple

from data.sample import names
from data.sample.chance import Chance
from data.sample.city import City, Target
from data.sample.districts import SITES

PETROL_RETAIL = "5265"
FARMING = "01"
_INDUSTRIES = "62 52 13 52 52 51 34 17 26 52 54 65 72 70 70 48 50 81 82 72 61 88 80 01 72 72 84 42"
INDUSTRIES = tuple(_INDUSTRIES.split())
"""The division of GB/T 4754-2017 for each of `names.TRADES`."""

_TYPES = (
    ("分公司", "有限责任公司分公司"),
    ("股份有限公司", "股份有限公司"),
    (names.COOPERATIVE_FORM, "农民专业合作社"),
    ("公司", "有限责任公司"),
)
_CAPITALS = ("10万元", "50万元", "100万元", "200万元", "500万元", "1000万元", "5000万元")
_WORDS = sorted(
    ((word, code) for trade, code in zip(names.TRADES, INDUSTRIES, strict=True) for word in trade.company + trade.shop),
    key=lambda each: -len(each[0]),
)  # fmt: skip


class Particulars(NamedTuple):
    """Type and industry, address, capital, and the day of founding, as a list of targets writes them."""

    type: str
    industry: str
    address: str
    capital: str
    established_on: str


def particulars(city: City, seed: int = 2027) -> Iterator[Particulars]:
    """The particulars of every target of a city, in their order."""
    chance = Chance(seed)
    districts = {each.code: each.name for each in city.districts}
    for target in city.targets:
        kind = _type(target)
        yield Particulars(
            type=kind,
            industry=_industry(target),
            address=f"{districts[target.region]}{chance.one_of(SITES)}{1 + chance.below(400)}号",
            capital="" if kind in ("个体工商户", "有限责任公司分公司") else chance.one_of(_CAPITALS),
            established_on=f"{2003 + chance.below(22)}-{1 + chance.below(12):02d}-{1 + chance.below(28):02d}",
        )


def _type(target: Target) -> str:
    if target.id.startswith("92"):
        return "个体工商户"
    return next((kind for word, kind in _TYPES if word in target.name), "个人独资企业")


def _industry(target: Target) -> str:
    if names.PETROL_STATION in target.name:
        return PETROL_RETAIL
    if names.COOPERATIVE_FORM in target.name:
        return FARMING
    return next((code for word, code in _WORDS if word in target.name), "")
