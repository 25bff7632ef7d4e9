"""The plan of a draw (抽取方案): what is fixed besides the tables, checked before it is hashed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from matching.draw.frames import canonical
from matching.draw.seed import check_source
from matching.draw.tables import is_list, list_of
from matching.refused import Refused

NO_PREDECESSOR = "0" * 64
OFFLINE = "offline"
FIELDS = (
    *("number", "predecessor", "purpose", "legal_basis", "items", "quota", "departments", "teams", "groups"),
    *("objectives", "witnesses", "entropy", "deadline", "limits"),
)
OBJECTIVES = ("near", "balance", "tickets")
PER_TARGET, FIXED = "per_target", "fixed"

_RATE = re.compile(r"[0-9]{1,9}/[1-9][0-9]{0,8}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")  # would break the lines of README.txt
_MOST = 10**9  # no count in a plan is larger; keeps every product within 64 bits
_MOST_GROUPS = 10**5


@dataclass(frozen=True)
class Rates:
    """A quota by rates: share of each listed stratum; `at_least_one` raises 0 to 1 where there is a row."""

    rates: Mapping[str, Fraction]
    at_least_one: bool


@dataclass(frozen=True)
class Total:
    """A quota by a total over all strata."""

    total: int


@dataclass(frozen=True)
class Systematic:
    """A quota over a weighted pool: so many targets, each with a chance in proportion to its weight."""

    targets: int


Quota = Rates | Total | Systematic


@dataclass(frozen=True)
class Department:
    """What one department sends to every target: `size` inspectors, at least `leads` of them qualified.

    `lead_qualification` is a list as in the tables: a lead holds all of it.
    """

    code: str
    size: int
    leads: int
    lead_qualification: str

    def may_lead(self, qualifications: str) -> bool:
        """Whether somebody with this field of qualifications may."""
        return set(self.lead_qualification.split(";")) <= set(list_of(qualifications))


@dataclass(frozen=True)
class Plan:
    """A checked plan. `text` is plan.json to the byte: what is hashed."""

    number: str
    predecessor: str
    purpose: str
    quota: Quota
    teams: str
    groups: int
    departments: tuple[Department, ...]
    objectives: tuple[str, ...]
    entropy: str | None
    witnesses: tuple[str, ...]
    text: bytes

    @property
    def weighed(self) -> bool:
        """Whether its table of targets has weights."""
        return isinstance(self.quota, Systematic)


def read_plan(written: Mapping[str, Any]) -> Plan:
    """Fill in number and predecessor, check everything that decides, and fix the plan's bytes.

    Raises Refused `plan.*` or `json.*` with `where`, the path of the field.
    Fields that decide nothing (legal basis, items, limits ...) may stand in a plan and are hashed with it;
    among those that decide a misspelt one is missed or refused.
    """
    if not isinstance(written, Mapping):
        raise Refused("plan.not_an_object", where="$")
    filled = {"number": OFFLINE, "predecessor": NO_PREDECESSOR, **written}
    teams = _one_of(filled, "teams", (PER_TARGET, FIXED))
    predecessor = _text(filled, "predecessor")
    if not _DIGEST.fullmatch(predecessor):
        raise Refused("plan.not_a_digest", where="$.predecessor", value=predecessor)
    if teams == PER_TARGET and "groups" in filled:
        raise Refused("plan.groups_without_fixed_teams", where="$.groups")
    return Plan(
        number=_text(filled, "number"),
        predecessor=predecessor,
        purpose=_text(filled, "purpose"),
        quota=_quota(_field(filled, "quota")),
        teams=teams,
        groups=_count(filled, "groups", "$", least=1, most=_MOST_GROUPS) if teams == FIXED else 0,
        departments=_departments(_field(filled, "departments")),
        objectives=_objectives(_field(filled, "objectives")),
        entropy=check_source(_text(filled, "entropy")) if "entropy" in filled else None,
        witnesses=_witnesses(filled),
        text=canonical(filled),
    )


def _witnesses(filled: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the witnesses, one for each commitment W."""
    witnesses = filled.get("witnesses", [])
    if not isinstance(witnesses, list) or not all(isinstance(each, str) and each for each in witnesses):
        raise Refused("plan.not_names", where="$.witnesses", value=witnesses)
    return tuple(witnesses)


def _quota(quota: object) -> Quota:
    _only(quota, "$.quota", ({"total"}, {"systematic"}, {"rates"}, {"rates", "at_least_one"}))
    assert isinstance(quota, Mapping)
    if "total" in quota:
        return Total(_count(quota, "total", "$.quota"))
    if "systematic" in quota:
        return Systematic(_count(quota, "systematic", "$.quota"))
    rates = quota["rates"]
    if not isinstance(rates, Mapping) or not rates:
        raise Refused("plan.no_rates", where="$.quota.rates")
    at_least_one = quota.get("at_least_one", False)
    if not isinstance(at_least_one, bool):
        raise Refused("plan.not_a_truth_value", where="$.quota.at_least_one")
    return Rates({stratum: _rate(stratum, rate) for stratum, rate in rates.items()}, at_least_one)


def _rate(stratum: str, rate: object) -> Fraction:
    if not isinstance(rate, str) or not _RATE.fullmatch(rate):
        raise Refused("plan.not_a_rate", where=f"$.quota.rates.{stratum}", value=rate)
    return Fraction(rate)


def _departments(departments: object) -> tuple[Department, ...]:
    if not isinstance(departments, list) or not departments:
        raise Refused("plan.no_departments", where="$.departments")
    read = tuple(_department(each, f"$.departments[{place}]") for place, each in enumerate(departments))
    codes = [each.code for each in read]
    for place, code in enumerate(codes):
        if code in codes[:place]:
            raise Refused("plan.department_twice", where=f"$.departments[{place}].code", value=code)
    return read


def _department(each: object, where: str) -> Department:
    fields = {"code", "size", "leads", "lead_qualification"}
    _only(each, where, (fields, fields - {"lead_qualification"}))
    assert isinstance(each, Mapping)
    size = _count(each, "size", where, least=1)
    leads = _count(each, "leads", where)
    if leads > size:
        raise Refused("plan.more_leads_than_seats", where=f"{where}.leads", value=leads)
    if leads and not each.get("lead_qualification"):
        raise Refused("plan.no_lead_qualification", where=f"{where}.lead_qualification")
    qualification = _text(each, "lead_qualification", where) if each.get("lead_qualification") else ""
    if qualification and not is_list(qualification):
        raise Refused("plan.not_a_list", where=f"{where}.lead_qualification", value=qualification)
    return Department(_text(each, "code", where), size, leads, qualification)


def _objectives(objectives: object) -> tuple[str, ...]:
    where = "$.objectives"
    if not isinstance(objectives, list) or not objectives or objectives[-1] != "tickets":
        raise Refused("plan.tickets_not_last", where=where, value=objectives)
    for place, objective in enumerate(objectives):
        if objective not in OBJECTIVES or objective in objectives[:place]:
            raise Refused("plan.no_such_objective", where=f"{where}[{place}]", value=objective)
    return tuple(objectives)


def _only(value: object, where: str, allowed: tuple[set[str], ...]) -> None:
    """A misspelt word among those that decide is refused, never passed over."""
    if not isinstance(value, Mapping) or set(value) not in allowed:
        given = sorted(value) if isinstance(value, Mapping) else value
        raise Refused("plan.fields", where=where, given=given, wanted=[sorted(each) for each in allowed])


def _field(written: Mapping[str, Any], name: str, where: str = "$") -> Any:
    if name not in written:
        raise Refused("plan.missing", where=f"{where}.{name}")
    return written[name]


def _text(written: Mapping[str, Any], name: str, where: str = "$") -> str:
    value = _field(written, name, where)
    if not isinstance(value, str) or not value or _CONTROL.search(value):
        raise Refused("plan.not_a_text", where=f"{where}.{name}", value=value)
    return value


def _one_of(written: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = _text(written, name)
    if value not in allowed:
        raise Refused("plan.no_such_value", where=f"$.{name}", value=value, wanted=list(allowed))
    return value


def _count(written: Mapping[str, Any], name: str, where: str, least: int = 0, most: int = _MOST) -> int:
    value = _field(written, name, where)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Refused("plan.not_a_count", where=f"{where}.{name}", value=value, least=least, most=most)
    return value
