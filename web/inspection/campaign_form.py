"""The form of a campaign's outline (抽查任务方案): what a planner typed made into an outline, and an outline into fields.

Whatever can't be read goes into the outline as it was typed: what is wrong with it, the outline's schema says. Fields
that do not apply to what is chosen (the numbers of a lottery where dice are thrown) stay in the form and out of the outline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from werkzeug.datastructures import MultiDict

from matching.refused import Refused
from web.inspection.typed import list_ticked

Typed = MultiDict[str, str]

_PERCENT = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,4}))?%?")
_PARTS = re.compile("[;；\r\n]+")
_SHARE = re.compile(r"[0-9]{1,9}/[1-9][0-9]{0,8}")
_SIMPLE = ("code", "name", "legal_basis", "kind", "strata_by", "cap_exception", "teams")
_DAYS = ("first_day", "last_day", "draw_by")
_COUNTS = ("exclude_days", "yearly_cap", "most_voids", "most_recusals", "former_employer_years", "rotation")

ORDERS = ("balance;tickets", "near;balance;tickets", "balance;near;tickets", "near;tickets", "tickets")
"""The objectives of a pairing in the orders there can be; the tickets always decide last."""


def outline_of(typed: Typed, own: str) -> dict[str, Any]:
    """What was typed as the outline of a campaign that the department `own` leads."""
    outline: dict[str, Any] = {name: typed.get(name, "").strip() for name in _SIMPLE}
    outline |= {name: typed[name].strip() for name in _DAYS if typed.get(name, "").strip()}
    outline |= {name: number(typed[name]) for name in _COUNTS if typed.get(name, "").strip()}
    return outline | {
        "plan_line": _line(typed.get("line", "")),
        "items": typed.getlist("items"),
        "departments": [_team(typed, code) for code in (own, *typed.getlist("join"))],
        "conditions": list(_conditions(typed)),
        "objectives": typed.get("objectives", ORDERS[0]).split(";"),
        "entropy": _source(typed),
        "witnesses": typed.getlist("witnesses"),
        "same_street": "same_street" in typed,
        "groups": number(typed.get("groups", "")) if typed.get("teams") == "fixed" else None,
        **_quota(typed),
    }


def typed_of(outline: Mapping[str, Any]) -> Typed:
    """The fields of a form that say the same as an outline."""
    typed: Typed = MultiDict()
    for name in (*_SIMPLE, *_DAYS, *_COUNTS, "total", "groups"):
        value = outline.get(name)
        typed[name] = "" if value is None else str(value)
    line = outline.get("plan_line")
    typed["line"] = f"{line['year']}|{line['line']}|{line['number']}" if line else ""
    typed.setlist("items", list(outline["items"]))
    typed.setlist("join", [each["code"] for each in outline["departments"][1:]])
    for each in outline["departments"]:
        for name, field in _TEAM.items():
            typed[f"{name}-{each['code']}"] = str(each[field])
    typed.setlist("condition_field", [each["field"] for each in outline["conditions"]])
    typed.setlist("condition_values", ["；".join(each["values"]) for each in outline["conditions"]])
    typed["quota_by"] = (
        "weights" if outline.get("weights") else "rates" if outline["total"] is None else "total"
    )
    for stratum, rate in outline["rates"].items():
        typed[f"rate-{outline['strata_by']}-{stratum}"] = percent(rate)
    for stratum, weight in outline.get("weights", {}).items():
        typed[f"rate-{outline['strata_by']}-{stratum}"] = str(weight)
    if outline["at_least_one"]:
        typed["at_least_one"] = "1"
    if outline.get("same_street"):
        typed["same_street"] = "1"
    typed["objectives"] = ";".join(outline["objectives"])
    typed.setlist("witnesses", list(outline["witnesses"]))
    typed.update(_source_fields(outline["entropy"]))
    return typed


_TEAM = {"size": "size", "leads": "leads", "qualification": "lead_qualification"}


def number(text: str) -> int | str | None:
    """A whole number; what is none comes back as it was typed, and nothing as None."""
    text = text.strip()
    return int(text) if re.fullmatch("[0-9]{1,12}", text) else text or None


def count_typed(typed: Typed, name: str) -> int | None:
    """A whole number of a form, None where nothing is typed; Refused `campaign.fields` where it is none."""
    found = number(typed.get(name, ""))
    if isinstance(found, str):
        raise Refused("campaign.fields", faults=[f"$.{name}: Not a valid integer."])
    return found


def day_typed(typed: Typed, name: str) -> date:
    """A day of a form; Refused `campaign.fields` where it is none."""
    try:
        return date.fromisoformat(typed.get(name, ""))
    except ValueError:
        raise Refused("campaign.fields", faults=[f"$.{name}: Not a valid date."]) from None


def share(text: str) -> str:
    """A rate as an outline has it: `5`, `5%` and `5/100` are one; what is none of them comes back as it was typed."""
    text = text.strip()
    found = _PERCENT.fullmatch(text)
    if not found:
        return text
    decimals = found[2] or ""
    return f"{int(found[1] + decimals)}/{10 ** (2 + len(decimals))}"


def percent(rate: str) -> str:
    """A rate as the form shows it: in per cent where that is exact, else as the outline has it."""
    if not _SHARE.fullmatch(rate):
        return rate
    hundredfold = Fraction(rate) * 100
    for places in range(5):
        if (scaled := hundredfold * 10**places).denominator == 1:
            whole, rest = divmod(scaled.numerator, 10**places)
            shown = f"{whole}.{rest:0{places}d}" if places else str(whole)
            return shown if _PERCENT.fullmatch(shown) else rate
    return rate


def rates_typed(typed: Typed, strata_by: str) -> dict[str, str]:
    """The rates, or the weights, typed for the strata by one property, as they were typed."""
    start = f"rate-{strata_by}-"
    return {
        name[len(start) :]: typed[name] for name in typed if name.startswith(start) and typed[name].strip()
    }


def _quota(typed: Typed) -> dict[str, Any]:
    if typed.get("quota_by") == "total":
        return {"rates": {}, "total": number(typed.get("total", ""))}
    rates = rates_typed(typed, typed.get("strata_by", ""))
    if typed.get("quota_by") == "weights":
        weights = {stratum: number(weight) for stratum, weight in rates.items()}
        return {"rates": {}, "weights": weights, "total": number(typed.get("total", ""))}
    return {
        "rates": {stratum: share(rate) for stratum, rate in rates.items()},
        "total": None,
        "at_least_one": "at_least_one" in typed,
    }


def _line(written: str) -> dict[str, Any] | None:
    year, _, rest = written.partition("|")
    place, _, name = rest.partition("|")
    return {"year": number(year), "number": name, "line": number(place)} if written else None


def _team(typed: Typed, code: str) -> dict[str, Any]:
    size, leads = (number(typed.get(f"{name}-{code}", "")) for name in ("size", "leads"))
    team = {"code": code, "size": size, "leads": leads}
    if qualifications := typed.getlist(f"qualification-{code}"):
        team["lead_qualification"] = list_ticked(qualifications)
    return {name: value for name, value in team.items() if value is not None}


def _conditions(typed: Typed) -> Iterator[dict[str, Any]]:
    fields, values = typed.getlist("condition_field"), typed.getlist("condition_values")
    for field, written in zip(fields, values, strict=False):
        if each := [part.strip() for part in _PARTS.split(written) if part.strip()]:
            yield {"field": field, "values": each}


def _source(typed: Typed) -> str:
    parts = {"lottery": ("lottery_name", "lottery_issue"), "beacon": ("beacon_chain", "beacon_round")}
    kind = typed.get("entropy", "d10x20")
    return ":".join((kind, *(typed.get(name, "").strip() for name in parts.get(kind, ()))))


def _source_fields(source: str) -> dict[str, str]:
    kind, _, rest = source.partition(":")
    first, _, second = rest.partition(":")
    names = {"lottery": ("lottery_name", "lottery_issue"), "beacon": ("beacon_chain", "beacon_round")}
    return {"entropy": kind} | dict(zip(names.get(kind, ()), (first, second), strict=False))
