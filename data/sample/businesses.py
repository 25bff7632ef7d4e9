"""The sample city's businesses: invented names in the form of real ones, and credit codes that check."""

from collections.abc import Callable

from data.intake.registration_codes import (
    USCC_ALPHABET,
    organisation_check_character,
    uscc_check_character,
)
from data.sample import names
from data.sample.chance import Chance
from data.sample.districts import CITY_NAME, DISTRICTS_BY_WEIGHT, RURAL, SITES, District
from data.sample.names import Trade

# GB 32100: 9 for the market regulator's register, then the kind
COMPANY, SOLE_TRADER, COOPERATIVE = "91", "92", "93"

_CITY_SHORT = CITY_NAME.removesuffix("市")
_BRANCHES_IN_HUNDRED = 4
_COOPERATIVES_IN_HUNDRED = 8  # of the businesses of a rural district


class Businesses:
    """A source of businesses: no two with one name, no two with one code."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._district = chance.by_weight(DISTRICTS_BY_WEIGHT)
        self._trade = chance.by_weight([(trade, trade.weight) for trade in names.TRADES])
        self._form = chance.by_weight(names.COMPANY_FORMS)
        self._surname = chance.by_weight(names.SURNAMES)
        self._names: set[str] = set()
        self._codes: set[str] = set()

    def business(self) -> tuple[str, str, str]:
        """Code, name and district of any business but a petrol station."""
        district, trade = self._district(), self._trade()
        if district.code in RURAL and self._chance.in_hundred(_COOPERATIVES_IN_HUNDRED):
            return self._registered(COOPERATIVE, district, lambda: self._cooperative(district))
        if self._chance.below(10) < trade.shops_in_ten:
            return self._registered(SOLE_TRADER, district, lambda: self._shop(district, trade))
        return self._registered(COMPANY, district, lambda: self._company(district, trade))

    def petrol_station(self) -> tuple[str, str, str]:
        """Code, name and district of a petrol station."""
        district = self._district()
        return self._registered(COMPANY, district, lambda: self._station(district))

    def _registered(self, kind: str, district: District, named: Callable[[], str]) -> tuple[str, str, str]:
        name = _unused(self._names, named)
        return _unused(self._codes, lambda: self._code(kind, district)), name, district.code

    def _code(self, kind: str, district: District) -> str:
        # MA as in all codes given since 2015; with a letter in it Excel takes none for a number to round
        serial = "".join(self._chance.one_of(USCC_ALPHABET) for _ in range(6))
        organisation = "MA" + serial
        body = kind + district.code + organisation + organisation_check_character(organisation)
        return body + uscc_check_character(body)

    def _company(self, district: District, trade: Trade) -> str:
        place = self._chance.one_of((CITY_NAME, CITY_NAME, _CITY_SHORT, _CITY_SHORT, district.name))
        form = self._form()
        branch = ""
        if form == "有限公司" and self._chance.in_hundred(_BRANCHES_IN_HUNDRED):
            branch = self._chance.one_of(SITES) + "分公司"
        return place + self._style() + self._chance.one_of(trade.company) + form + branch

    def _shop(self, district: District, trade: Trade) -> str:
        # a county-level city (县级市) is not named behind the city it belongs to
        long = district.name if district.name.endswith("市") else CITY_NAME + district.name
        place = self._chance.one_of((long, district.name, district.name))
        return place + self._shop_style() + self._chance.one_of(trade.shop)

    def _cooperative(self, district: District) -> str:
        crop = self._chance.one_of(names.CROPS)
        return district.name + self._style() + crop + names.COOPERATIVE_FORM

    def _station(self, district: District) -> str:
        site = self._chance.one_of(SITES)
        if self._chance.in_hundred(60):
            seller = self._chance.one_of(names.FUEL_COMPANIES)
            return f"{_CITY_SHORT}{seller}有限公司{site}{names.PETROL_STATION}"
        form = self._chance.one_of(("", "", "有限公司"))
        return f"{district.name}{self._style()}{self._chance.one_of(('', site))}{names.PETROL_STATION}{form}"

    def _style(self) -> str:
        """A trade name (字号) of two characters, seldom three."""
        first, second = self._chance.one_of(names.STYLE_FIRST), self._chance.one_of(names.STYLE_SECOND)
        third = self._chance.one_of(names.STYLE_THIRD) if self._chance.in_hundred(12) else ""
        return first + second + third

    def _shop_style(self) -> str:
        kind = self._chance.below(10)
        if kind < 5:
            return self._style()
        if kind < 7:
            return self._surname() + self._chance.one_of("记家氏")
        if kind < 9:
            return self._chance.one_of(names.GIVEN_FIRST) + self._chance.one_of(names.GIVEN_SECOND)
        return self._chance.one_of(names.NICKNAMES)


def _unused(used: set[str], make: Callable[[], str]) -> str:
    """The first of what `make` makes that was not used before."""
    while (made := make()) in used:
        pass
    used.add(made)
    return made
