"""Annual plans (年度抽查工作计划) and campaigns (抽查任务): set up, joint answers, approval, copies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from data.models import (
    AnnualPlan,
    Campaign,
    CampaignDepartment,
    CampaignItem,
    Condition,
    ItemVersion,
    Rate,
    StratumWeight,
    User,
    Witness,
)
from data.queries import annual_plans, campaigns, organisation
from data.schemas.campaigns import MOST_SEATS, CampaignOutline
from data.vocabulary import RISK_CLASSES
from matching.draw.plan import OBJECTIVES
from matching.draw.seed import check_source
from matching.draw.tables import is_list
from matching.refused import Refused
from scheduler.inspection import outlines
from scheduler.inspection.annual_plans import plan_lines, read_plan
from scheduler.inspection.evidence import locked_campaign
from scheduler.inspection.parties import check_parties, misfit_of
from scheduler.inspection.steps import ANNUAL_PLAN, CAMPAIGN
from scheduler.permissions import Desk, in_own_department
from scheduler.written import read

SIMPLE = (
    *(
        "name",
        "legal_basis",
        "kind",
        "first_day",
        "last_day",
        "draw_by",
        "strata_by",
        "total",
        "at_least_one",
    ),
    *(
        "teams",
        "groups",
        "entropy",
        "exclude_days",
        "yearly_cap",
        "cap_exception",
        "most_voids",
        "most_recusals",
    ),
    *("former_employer_years", "rotation", "same_street"),
)

UNCLASSED = "-"
"""The stratum of targets without the property that the strata go by."""

STRATA = {"none": ("all",), "risk_class": (*RISK_CLASSES, UNCLASSED)}
"""The strata there can be, where they are not as many as the registry has; `-` is without a class."""

LONGEST_VALUES = 2000
LONGEST_QUALIFICATION = 200
_SINGLE = ("established_from", "established_to", "abnormal", "serious")
_ANY = re.compile(".+")
_TRUTH = re.compile("yes|no|true|false|1|0|是|否")
_FORMS = {
    "risk_class": re.compile("|".join(RISK_CLASSES)),
    "established_from": re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "established_to": re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "abnormal": _TRUTH,
    "serious": _TRUTH,
}


def draft_plan(desk: Desk, written: object) -> AnnualPlan:
    """Draft an annual plan; Refused `annual_plan.*`."""
    role = desk.require("planner")
    outline = read_plan(desk, written)
    department_id = desk.actor.department_id
    if campaigns.annual_plan(desk.session, department_id, outline["year"], outline["number"]):
        raise Refused("annual_plan.exists", year=outline["year"], number=outline["number"])
    plan = AnnualPlan(
        department_id=department_id,
        year=outline["year"],
        number=outline["number"],
        name=outline["name"],
        state="draft",
        planner_person_id=desk.actor.person_id,
        lines=plan_lines(desk, outline),
    )
    desk.session.add(plan)
    desk.session.flush()
    desk.tell(role, "annual_plan:draft", f"annual_plan/{plan.id}", year=plan.year, number=plan.number)
    return plan


def move_plan(desk: Desk, plan: AnnualPlan, act: str) -> None:
    """Approve, publish, start, finish or withdraw an annual plan; who wrote it or changed it does not approve it."""
    in_own_department(desk, plan.department_id)
    campaigns.lock_plan(desk.session, plan)
    role = ANNUAL_PLAN.move(desk, plan, act)
    if act == "approve":
        if desk.actor.person_id in {plan.planner_person_id, *annual_plans.authors(desk.session, plan.id)}:
            raise Refused("actor.same_person", roles=["planner", "approver"])
        plan.approver_person_id = desk.actor.person_id
    desk.tell(role, f"annual_plan:{act}", f"annual_plan/{plan.id}")


def find_plan(desk: Desk, year: int, number: str) -> AnnualPlan:
    """An annual plan of the actor's department; Refused `annual_plan.unknown`."""
    plan = campaigns.annual_plan(desk.session, desk.actor.department_id, year, number)
    if plan is None:
        raise Refused("annual_plan.unknown", year=year, number=number)
    return plan


def find_campaign(desk: Desk, code: str) -> Campaign:
    """A campaign that the actor may see; Refused `campaign.unknown` also for those he may not."""
    campaign = campaigns.campaign_by_code(desk.session, code)
    if campaign is None:
        raise Refused("campaign.unknown", campaign=code)
    return campaign


def all_campaigns(desk: Desk) -> list[Campaign]:
    """The campaigns the actor may see, newest first."""
    return campaigns.campaigns(desk.session)


def set_up_campaign(desk: Desk, written: object) -> Campaign:
    """Set up a campaign from its outline; Refused `campaign.*` says which field and why."""
    role = desk.require("planner")
    campaign = _drafted(desk, written)
    desk.session.add(campaign)
    desk.session.flush()
    desk.tell(role, "campaign:set_up", f"campaign/{campaign.id}", code=campaign.code)
    return campaign


def check_amendable(desk: Desk, campaign: Campaign) -> None:
    """Refuse what amending a campaign would be refused for, whatever is written."""
    in_own_department(desk, campaign.lead_department_id)
    CAMPAIGN.check(desk, campaign.state, "amend")


def check_outline(desk: Desk, written: object, campaign: Campaign | None = None) -> None:
    """Refuse what setting up a campaign, or amending this one, would refuse; nothing is written."""
    desk.require("planner")
    if campaign is None:
        _drafted(desk, written)
        return
    check_amendable(desk, campaign)
    outline = _read_again(campaign, written)
    _fill(desk, Campaign(code=campaign.code, planner_person_id=campaign.planner_person_id), outline)


def _drafted(desk: Desk, written: object) -> Campaign:
    """A campaign as its outline says, not in the database yet."""
    outline = read(CampaignOutline(), written, "campaign.fields")
    if campaigns.code_is_taken(desk.session, outline["code"]):
        raise Refused("campaign.exists", campaign=outline["code"])
    lead = organisation.department_by_code(desk.session, outline["departments"][0]["code"])
    if lead is None or lead.id != desk.actor.department_id:
        raise Refused("campaign.lead_first", department=outline["departments"][0]["code"])
    campaign = Campaign(
        code=outline["code"],
        lead_department_id=lead.id,
        jurisdiction_code=lead.jurisdiction_code,
        state="draft",
        planner_person_id=desk.actor.person_id,
    )
    _fill(desk, campaign, outline)
    return campaign


_PARTS = ["items", "conditions", "rates", "weights", "witnesses", "departments", "plan_line"]


def amend_campaign(desk: Desk, campaign: Campaign, written: object) -> None:
    """Write a draft anew; its code stays."""
    _for_lead(desk, campaign)
    role = CAMPAIGN.move(desk, campaign, "amend")
    outline = _read_again(campaign, written)
    for parts in (
        campaign.items,
        campaign.conditions,
        campaign.rates,
        campaign.weights,
        campaign.witnesses,
        campaign.departments,
    ):
        for part in list(parts):
            desk.session.delete(part)
    desk.session.flush()
    desk.session.expire(campaign, _PARTS)
    _fill(desk, campaign, outline)
    desk.session.flush()
    desk.tell(role, "campaign:amend", f"campaign/{campaign.id}")


def _read_again(campaign: Campaign, written: object) -> dict[str, Any]:
    outline = read(CampaignOutline(), written, "campaign.fields")
    if outline["code"] != campaign.code:
        raise Refused("campaign.other_code", campaign=campaign.code)
    return outline


def acts_for(desk: Desk, campaign: Campaign) -> list[str]:
    """What the actor may do with a campaign now, by its state, his department and his roles."""
    possible = CAMPAIGN.possible(campaign.state)
    may = [act for act in possible if not desk.actor.roles.isdisjoint(CAMPAIGN.roles(act))]
    if campaign.lead_department_id != desk.actor.department_id:
        parts = [part for part in campaign.departments if part.department_id == desk.actor.department_id]
        return [act for act in may if act == "answer" and parts]
    waiting = any(part.answer == "invited" for part in campaign.departments)
    out = {"answer"} | ({"submit"} if waiting else set())
    out |= set() if waiting else {"invite"}
    out |= {"approve"} if _had_a_hand(desk, campaign) else set()
    out |= {"invite", "submit"} if "submit" in may and misfit_of(desk, campaign).items else set()
    return [act for act in may if act not in out]


def _had_a_hand(desk: Desk, campaign: Campaign) -> bool:
    persons = {campaign.planner_person_id, *(each.person_id for each in campaign.witnesses)}
    return desk.actor.person_id in persons | campaigns.authors(desk.session, campaign.id)


def invite(desk: Desk, campaign: Campaign) -> None:
    """Ask the joining departments for their answers."""
    _for_lead(desk, campaign)
    role = CAMPAIGN.move(desk, campaign, "invite")
    if len(campaign.departments) == 1:
        raise Refused("campaign.nobody_to_invite")
    check_parties(desk, campaign)  # once the others are asked, the draft can't be mended any more
    desk.tell(role, "campaign:invite", f"campaign/{campaign.id}", departments=len(campaign.departments) - 1)


@dataclass(frozen=True)
class Answer:
    """A joining department's answer: accept or decline, a comment, and the team it would rather send."""

    accept: bool
    comment: str = ""
    size: int | None = None
    leads: int | None = None
    lead_qualification: str | None = None


def answer(desk: Desk, campaign: Campaign, given: Answer) -> None:
    """Answer an invitation; a later answer replaces an earlier one until the lead submits."""
    locked_campaign(desk, campaign)
    part = _own_part(desk, campaign)
    if part.place == 0:
        raise Refused("campaign.lead_does_not_answer")
    role = CAMPAIGN.move(desk, campaign, "answer")
    if not given.accept and not given.comment.strip():
        raise Refused("campaign.declined_without_comment")
    part.answer = "accepted" if given.accept else "declined"
    part.comment = given.comment
    part.answered_by_person_id = desk.actor.person_id
    part.answered_at = desk.now
    part.size, part.leads, part.lead_qualification = _own_team(part, given)
    desk.tell(role, "campaign:answer", f"campaign/{campaign.id}", answer=part.answer)


def _own_team(part: CampaignDepartment, given: Answer) -> tuple[int, int, str]:
    size = part.size if given.size is None else given.size
    leads = part.leads if given.leads is None else given.leads
    qualification = part.lead_qualification if given.lead_qualification is None else given.lead_qualification
    _check_team(part.department.code, size, leads, qualification)
    return size, leads, qualification


def submit(desk: Desk, campaign: Campaign) -> None:
    """Hand a campaign in for approval: every department has answered, the items' departments take part, and the items'
    limits are kept.

    The items of departments that declined leave the campaign: nobody would check them.
    """
    _for_lead(desk, campaign)
    CAMPAIGN.check(desk, campaign.state, "submit")
    waiting = [part.department.code for part in campaign.departments if part.answer == "invited"]
    if waiting:
        raise Refused("campaign.not_answered", departments=waiting)
    if desk.today > (campaign.draw_by or campaign.last_day):
        raise Refused("draw.too_late", draw_by=str(campaign.draw_by or campaign.last_day))
    left_out = _drop_declined_items(desk, campaign)
    check_parties(desk, campaign)
    _check_limits(desk, campaign)
    role = CAMPAIGN.move(desk, campaign, "submit")
    desk.tell(role, "campaign:submit", f"campaign/{campaign.id}", items_left_out=left_out)


def _drop_declined_items(desk: Desk, campaign: Campaign) -> list[str]:
    declined = {part.department_id for part in campaign.departments if part.answer == "declined"}
    dropped = [part for part in campaign.items if part.version.item.department_id in declined]
    if len(dropped) == len(campaign.items):
        raise Refused("campaign.no_items_left")
    names = [item_reference(desk, part.version) for part in dropped]
    for part in dropped:
        desk.session.delete(part)
    desk.session.flush()
    desk.session.expire(campaign, ["items"])
    return names


def approve(desk: Desk, campaign: Campaign) -> None:
    """Approve a campaign; the approver had no hand in it, from the first draft on, and is none of its witnesses."""
    _for_lead(desk, campaign)
    CAMPAIGN.check(desk, campaign.state, "approve")
    person = desk.actor.person_id
    if person in {campaign.planner_person_id, *campaigns.authors(desk.session, campaign.id)}:
        raise Refused("actor.same_person", roles=["planner", "approver"])
    if any(witness.person_id == person for witness in campaign.witnesses):
        raise Refused("actor.same_person", roles=["witness", "approver"])
    role = CAMPAIGN.move(desk, campaign, "approve")
    campaign.approver_person_id = person
    desk.tell(role, "campaign:approve", f"campaign/{campaign.id}")


def send_back(desk: Desk, campaign: Campaign, reason: str) -> None:
    """Give a campaign back to its planner, with a reason."""
    _for_lead(desk, campaign)
    role = CAMPAIGN.move(desk, campaign, "send_back")
    _reason(reason)
    desk.tell(role, "campaign:send_back", f"campaign/{campaign.id}", reason=reason)


def cancel(desk: Desk, campaign: Campaign, reason: str) -> None:
    """Cancel a campaign of which nothing has been drawn."""
    _for_lead(desk, campaign)
    role = CAMPAIGN.move(desk, campaign, "cancel")
    _reason(reason)
    desk.tell(role, "campaign:cancel", f"campaign/{campaign.id}", reason=reason)


def copy_campaign(
    desk: Desk, earlier: Campaign, code: str, first_day: date, last_day: date, draw_by: date | None = None
) -> Campaign:
    """A new draft with all that an earlier campaign had, for other days; its items in the versions now in force."""
    written = outline_of(desk, earlier) | {
        "code": code,
        "first_day": first_day.isoformat(),
        "last_day": last_day.isoformat(),
        "draw_by": draw_by.isoformat() if draw_by else None,
        "plan_line": None,
    }
    copied = set_up_campaign(desk, written)
    copied.copied_from_id = earlier.id
    desk.session.flush()
    return copied


def outline_of(desk: Desk, campaign: Campaign) -> dict[str, Any]:
    """A campaign written down again as its outline."""
    simple = {name: getattr(campaign, name) for name in SIMPLE}
    dated = {name: value.isoformat() if isinstance(value, date) else value for name, value in simple.items()}
    logins = _logins(desk, campaign.witnesses)
    return dated | {
        "code": campaign.code,
        "objectives": campaign.objectives.split(";"),
        "plan_line": _line_reference(desk, campaign),
        "items": [item_reference(desk, part.version) for part in campaign.items],
        "conditions": [
            {"field": each.field, "values": each.values.split(";")} for each in campaign.conditions
        ],
        "rates": {each.stratum: each.rate for each in campaign.rates},
        "weights": {each.stratum: each.weight for each in campaign.weights},
        "witnesses": logins,
        "departments": [
            {
                "code": part.department.code,
                "size": part.size,
                "leads": part.leads,
                "lead_qualification": part.lead_qualification,
            }
            for part in campaign.departments
        ],
    }


def item_reference(desk: Desk, version: ItemVersion) -> str:
    """How an outline names an item: `DEPARTMENT/CODE`."""
    department = organisation.departments_by_id(desk.session, [version.item.department_id])
    return f"{department[version.item.department_id].code}/{version.item.code}"


def _line_reference(desk: Desk, campaign: Campaign) -> dict[str, Any] | None:
    if campaign.plan_line is None:
        return None
    plan = desk.session.get_one(AnnualPlan, campaign.plan_line.plan_id)
    return {"year": plan.year, "number": plan.number, "line": campaign.plan_line.place}


def _logins(desk: Desk, witnesses: Sequence[Witness]) -> list[str]:
    # of several accounts of one person, one by which he may witness
    users = sorted(organisation.users(desk.session), key=_may_witness)
    by_person = {user.person_id: user.login for user in users}
    return [by_person[each.person_id] for each in witnesses]


def _fill(desk: Desk, campaign: Campaign, outline: Mapping[str, Any]) -> None:
    """Everything of the outline but the code, checked."""
    _check_outline(outline)
    for each in outline["conditions"]:
        outlines.check_known(desk, each["field"], each["values"])
    for name in SIMPLE:
        setattr(campaign, name, outline[name])
    campaign.objectives = ";".join(outline["objectives"])
    campaign.items = [CampaignItem(version=version) for version in _items(desk, outline["items"])]
    campaign.source, campaign.plan_line_id = "temporary", None
    if outline["plan_line"]:
        campaign.source, campaign.plan_line_id = "annual_plan", _foreseen(desk, campaign, outline)
    campaign.conditions = [
        Condition(place=place, field=each["field"], values=";".join(each["values"]))
        for place, each in enumerate(outline["conditions"])
    ]
    campaign.rates = [Rate(stratum=stratum, rate=rate) for stratum, rate in outline["rates"].items()]
    campaign.weights = [StratumWeight(stratum=name, weight=own) for name, own in outline["weights"].items()]
    campaign.departments = [_part(desk, place, each) for place, each in enumerate(outline["departments"])]
    campaign.witnesses = list(_witnesses(desk, campaign, outline["witnesses"]))


def _check_outline(outline: Mapping[str, Any]) -> None:
    if outline["last_day"] < outline["first_day"]:
        raise Refused("campaign.days", first=str(outline["first_day"]), last=str(outline["last_day"]))
    if bool(outline["conditions"]) != (outline["kind"] == "targeted"):
        raise Refused("campaign.conditions", kind=outline["kind"])
    for each in outline["conditions"]:
        check_condition(each["field"], each["values"])
    if bool(outline["rates"]) == (outline["total"] is not None):
        raise Refused("campaign.rates_or_total")
    if outline["weights"] and (outline["total"] is None or not any(outline["weights"].values())):
        raise Refused("campaign.weights")
    if (outline["teams"] == "fixed") != (outline["groups"] is not None):
        raise Refused("campaign.groups")
    if outline["draw_by"] and outline["draw_by"] > outline["last_day"]:
        raise Refused("campaign.draw_by", draw_by=str(outline["draw_by"]))
    wanted = outline["objectives"]
    if (
        not wanted
        or wanted[-1] != "tickets"
        or len(set(wanted)) < len(wanted)
        or set(wanted) - set(OBJECTIVES)
    ):
        raise Refused("campaign.objectives", objectives=wanted)
    for rate in outline["rates"].values():
        if Fraction(rate) > 1:
            raise Refused("campaign.rate_above_all", rate=rate)
    for stratum in (*outline["rates"], *outline["weights"]):
        if stratum not in STRATA.get(outline["strata_by"], (stratum,)):
            raise Refused("campaign.no_such_stratum", stratum=stratum, strata_by=outline["strata_by"])
    check_source(outline["entropy"])


def check_condition(field: str, values: Sequence[str]) -> None:
    """Refuse values that the field can't hold: they would count as something else without a word."""
    single = field in _SINGLE
    wrong = [value for value in values if ";" in value or not _FORMS.get(field, _ANY).fullmatch(value)]
    if wrong or (single and len(values) > 1) or len(";".join(values)) > LONGEST_VALUES:
        raise Refused("campaign.condition_value", field=field, values=list(wrong or values)[:5])
    if field.startswith("established") and not _is_day(values[0]):
        raise Refused("campaign.condition_value", field=field, values=list(values))


def refused_conditions(
    desk: Desk, conditions: Sequence[Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any], Refused]]:
    """The conditions that saving the campaign would be refused for, and why."""
    found = []
    for each in conditions:
        try:
            check_condition(each["field"], each["values"])
            outlines.check_known(desk, each["field"], each["values"])
        except Refused as refused:
            found.append((each, refused))
    return found


def _is_day(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


def _items(desk: Desk, names: Sequence[str]) -> list[ItemVersion]:
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise Refused("campaign.item_twice", items=repeated)
    return [_item(desk, name) for name in names]


def _item(desk: Desk, name: str) -> ItemVersion:
    department, _, code = name.partition("/")
    version = campaigns.published_item(desk.session, department, code)
    if version is None:
        raise Refused("campaign.no_such_item", item=name)
    return version


def _part(desk: Desk, place: int, team: Mapping[str, Any]) -> CampaignDepartment:
    department = organisation.department_by_code(desk.session, team["code"])
    if department is None or department.closed_on is not None:
        raise Refused("campaign.no_such_department", department=team["code"])
    _check_team(team["code"], team["size"], team["leads"], team["lead_qualification"])
    return CampaignDepartment(
        department=department,
        place=place,
        answer="invited" if place else "accepted",
        size=team["size"],
        leads=team["leads"],
        lead_qualification=team["lead_qualification"] if team["leads"] else "",
    )


def _check_team(department: str, size: int, leads: int, qualification: str) -> None:
    unfit = (
        len(qualification) > LONGEST_QUALIFICATION
        or not qualification.isprintable()
        or (qualification != "" and not is_list(qualification))
    )
    if not 0 <= leads <= size or not 1 <= size <= MOST_SEATS or (leads and not qualification) or unfit:
        raise Refused("campaign.team", department=department, size=size, leads=leads)


def _witnesses(desk: Desk, campaign: Campaign, logins: Sequence[str]) -> Sequence[Witness]:
    known = campaigns.persons_by_login(desk.session, logins)
    if unknown := [login for login in logins if login not in known or not _may_witness(known[login][1])]:
        raise Refused("campaign.no_such_witness", logins=unknown)
    persons = [known[login][0] for login in logins]
    if len({person.id for person in persons}) < len(persons):
        raise Refused("campaign.witness_twice")
    if any(person.id == campaign.planner_person_id for person in persons):
        raise Refused("actor.same_person", roles=["planner", "witness"])
    return [
        Witness(
            place=place, person_id=person.id, planner_person_id=campaign.planner_person_id, name=person.name
        )
        for place, person in enumerate(persons)
    ]


def _may_witness(user: User) -> bool:
    return user.state == "active" and user.department.closed_on is None


def _foreseen(desk: Desk, campaign: Campaign, outline: Mapping[str, Any]) -> int:
    """The line of the annual plan that foresees this campaign: its item, kind, parties and month."""
    reference, first_day = outline["plan_line"], outline["first_day"]
    plan = find_plan(desk, reference["year"], reference["number"])
    line = campaigns.plan_line(plan, reference["line"])
    if line is None or plan.state not in ("published", "running"):
        raise Refused("campaign.not_foreseen", number=plan.number, line=reference["line"])
    fits = {
        "item": line.item_id in [part.version.item_id for part in campaign.items],
        "kind": line.kind == outline["kind"],
        "joint": line.joint == (len(outline["departments"]) > 1),
        "first_day": first_day.year == plan.year and line.first_month <= first_day.month <= line.last_month,
    }
    if not all(fits.values()):
        differs = [name for name, fit in fits.items() if not fit]
        raise Refused("campaign.not_as_foreseen", number=plan.number, line=line.place, differs=differs)
    return line.id


def _check_limits(desk: Desk, campaign: Campaign) -> None:
    """The rates against the items' limits; a total is held against them at the freeze, when the pool is counted."""
    for part in campaign.items:
        for rate in campaign.rates:
            check_ratio(part.version, Fraction(rate.rate), rate.stratum)
        most = part.version.times_most
        made = 1 + campaigns.campaigns_of_item(
            desk.session,
            part.version.item_id,
            campaign.lead_department_id,
            campaign.first_day.year,
            besides=campaign.id,
        )
        if most is not None and made > most:
            raise Refused("campaign.too_often", item=part.version.name, most=most, made=made)
    if campaign.plan_line is not None:
        made = 1 + campaigns.campaigns_of_line(desk.session, campaign.plan_line.id, besides=campaign.id)
        if made > campaign.plan_line.times:
            line = campaign.plan_line.place
            raise Refused("campaign.line_used_up", line=line, times=campaign.plan_line.times)


def check_ratio(version: ItemVersion, ratio: Fraction, stratum: str) -> None:
    """Refuse a ratio beyond the item's limits. Key items (重点检查事项) have no upper limit (国市监信〔2019〕38号)."""
    most, least = version.ratio_most, version.ratio_least
    if version.item_class == "general" and most and ratio > Fraction(most):
        raise Refused(
            "campaign.ratio_above", item=version.name, stratum=stratum, ratio=str(ratio), limit=most
        )
    if least and ratio < Fraction(least):
        raise Refused(
            "campaign.ratio_below", item=version.name, stratum=stratum, ratio=str(ratio), limit=least
        )


def _for_lead(desk: Desk, campaign: Campaign) -> None:
    """Take the campaign's row for this act, and refuse what belongs to another department."""
    locked_campaign(desk, campaign)
    in_own_department(desk, campaign.lead_department_id)


def _own_part(desk: Desk, campaign: Campaign) -> CampaignDepartment:
    for part in campaign.departments:
        if part.department_id == desk.actor.department_id:
            return part
    raise Refused("actor.other_department")


def _reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("reason.missing")
