"""How a campaign draws, in one form, so that the wizard's summary and the campaign's page say the same of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from scheduler.inspection.outlines import Offer
from web.inspection.campaign_form import percent

GENERAL = "lead"
"""The qualification that every team's lead has unless another is written."""
_SAME = ("exclude_days", "yearly_cap", "cap_exception", "strata_by", "total", "at_least_one")
_SAME += ("teams", "groups", "entropy", "most_voids", "most_recusals")
_SAME += ("former_employer_years", "rotation", "same_street")
_UNWRITTEN = {
    **{"exclude_days": 0, "most_voids": 5, "most_recusals": 10, "at_least_one": True},
    **{"former_employer_years": 3, "rotation": 0, "same_street": False},
}


def method_of_campaign(campaign: Any) -> dict[str, Any]:
    """How a campaign draws."""
    return {name: getattr(campaign, name) for name in _SAME} | {
        "conditions": [(each.field, each.values.split(";")) for each in campaign.conditions],
        "rates": [(each.stratum, percent(each.rate)) for each in campaign.rates],
        "weights": [(each.stratum, each.weight) for each in campaign.weights],
        "objectives": campaign.objectives.split(";"),
        "witnesses": [each.name for each in campaign.witnesses],
    }


def method_of_outline(outline: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """How a campaign would draw that is still being written; what is left empty is as it would be saved."""
    return {name: outline.get(name, _UNWRITTEN.get(name)) for name in _SAME} | {
        "conditions": [(each["field"], each["values"]) for each in outline["conditions"]],
        "rates": [(stratum, percent(rate)) for stratum, rate in outline["rates"].items()],
        "weights": list(outline.get("weights", {}).items()),
        "objectives": outline["objectives"],
        "witnesses": [names.persons.get(each, each) for each in outline["witnesses"]],
    }


_CHOSEN = {"former_employer": "former_employer_years", "rotation": "rotation", "street": "same_street"}


def rules_off(settings: Mapping[str, Any]) -> set[str]:
    """The rules of bars that a campaign leaves off; what is not written is as it would be saved."""
    return {rule for rule, name in _CHOSEN.items() if not settings.get(name, _UNWRITTEN[name])}


@dataclass(frozen=True)
class Names:
    """What the codes of an outline are called: items by reference, departments by code, witnesses by login."""

    items: Mapping[str, str]
    departments: Mapping[str, str]
    persons: Mapping[str, str]

    def departments_of(self, items: Iterable[str]) -> list[str]:
        """The codes of the departments that some items belong to."""
        return [each.partition("/")[0] for each in items]

    def listed(self, codes: Iterable[str]) -> str:
        """Items or departments by their names, one after the other."""
        return _("、").join(self.items.get(each) or self.departments.get(each, each) for each in codes)


def names_of(offer: Offer) -> Names:
    """The names of everything an outline can be made of."""
    return Names(
        items={
            each.reference: _(
                "%(item)s（%(department)s）", item=each.version.name, department=each.department.name
            )
            for each in offer.items
        },
        departments={each.department.code: each.department.name for each in offer.items}
        | {each.code: each.name for each in (offer.own, *offer.departments)},
        persons={each.login: each.person.name for each in offer.witnesses},
    )


def qualifications(there_are: Sequence[str], written: str) -> list[str]:
    """What can be asked of a lead: the general qualification, those that there are, and what is written by now."""
    return list(dict.fromkeys(each for each in (GENERAL, *there_are, *written.split(";")) if each))
