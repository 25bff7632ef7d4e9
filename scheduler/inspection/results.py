"""Results (检查结果): entered by who inspected, reviewed by somebody else, disclosed in time, corrected as new versions.

谁检查、谁录入、谁公开: a result is its department's own, also in a joint campaign.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from data.models import (
    Attachment,
    Campaign,
    Disclosure,
    Finding,
    FollowUp,
    ItemVersion,
    Result,
    ResultCode,
    Review,
    Visit,
)
from data.models.obligations import Obligation
from data.models.results import LARGEST_ATTACHMENT, LONGEST_FILE_NAME
from data.queries import obligations, visit_lists, visits
from data.vocabulary import HANDLINGS, METHODS
from matching.refused import Refused
from scheduler.clock import business_date
from scheduler.inspection.evidence import locked_visit
from scheduler.inspection.planning import item_reference
from scheduler.inspection.steps import FOLLOW_UP, VISIT
from scheduler.obligations import Subject, due, fulfil, trigger
from scheduler.permissions import Desk, in_own_department

DUE_EVENT = "inspection_result"
LONGEST_MEASURE, LONGEST_MEASURES = 300, 1000
LONGEST_MEDIA_TYPE = 100
OF_ANY_TYPE = "application/octet-stream"


_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")


@dataclass(frozen=True)
class Checked:
    """What was found at one item, named as in the campaign's outline (`DEPARTMENT/CODE`)."""

    item: str
    checked: bool = True
    problem: str = ""
    handling: str = "none"


@dataclass(frozen=True)
class Entry:
    """A result as it is entered. `code_list` None is the list in force on the day; `measures` are what is to follow."""

    inspected_on: date
    code: str
    checks: tuple[Checked, ...]
    methods: tuple[str, ...] = ("onsite",)
    code_list: str | None = None
    measures: tuple[str, ...] = ()
    note: str = ""
    reason: str = ""


def enter(desk: Desk, visit: Visit, entry: Entry) -> Result:
    """Enter the result of a visit; of one disclosed already, a correction with its reason.

    Only a member of the team may. Refused `result.*`, `visit.not_now`.
    """
    visit = _own(desk, visit)
    act = "correct" if visit.state == "disclosed" else "enter"
    VISIT.check(desk, visit.state, act)
    _member_of_team(desk, visit)
    last = visits.newest_result(desk.session, visit.id)
    overall = _check(desk, visit, entry)
    if last and not entry.reason.strip():
        raise Refused("reason.missing")
    result = Result(
        visit_id=visit.id,
        version=last.version + 1 if last else 1,
        inspected_on=entry.inspected_on,
        methods=";".join(entry.methods),
        code_list=overall.code_list,
        code=overall.code,
        note=entry.note,
        measures=";".join(entry.measures),
        reason=entry.reason,
        entered_by_person_id=desk.actor.person_id,
        entered_at=desk.now,
        findings=_findings(desk, visit, entry.checks),
    )
    desk.session.add(result)
    desk.session.flush()
    role = VISIT.move(desk, visit, act)
    trigger(desk.session, desk.workdays, DUE_EVENT, _subject(visit), visit.department_id, entry.inspected_on)
    desk.tell(role, f"result:{act}", f"visit/{visit.id}", version=result.version, code=result.code)
    return result


def media_type_of(name: str) -> str:
    """The media type of a file by its name."""
    return mimetypes.guess_type(name)[0] or OF_ANY_TYPE


def attach(desk: Desk, visit: Visit, name: str, media_type: str, content: bytes) -> Attachment:
    """Add a file to the result that waits for its review. Refused `attachment.*`."""
    visit = _own(desk, visit)
    role = VISIT.move(desk, visit, "attach")
    _member_of_team(desk, visit)
    result = visits.newest_result(desk.session, visit.id)
    assert result is not None  # a visit has been entered
    if not name.strip() or len(name) > LONGEST_FILE_NAME or any(ord(c) < 32 for c in name):
        raise Refused("attachment.name", name=name[:LONGEST_FILE_NAME])
    if not _MEDIA_TYPE.fullmatch(media_type) or len(media_type) > LONGEST_MEDIA_TYPE:
        raise Refused("attachment.media_type", media_type=media_type[:LONGEST_MEDIA_TYPE])
    if not 1 <= len(content) <= LARGEST_ATTACHMENT:
        raise Refused("attachment.size", bytes=len(content), most=LARGEST_ATTACHMENT)
    digest = hashlib.sha256(content).hexdigest()
    if visits.has_attachment(desk.session, result.id, digest):
        raise Refused("attachment.twice", name=name)
    attached = Attachment(
        result_id=result.id,
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=digest,
        content=content,
    )
    desk.session.add(attached)
    desk.tell(role, "result:attach", f"visit/{visit.id}", sha256=digest, size=len(content))
    return attached


def keep_files(desk: Desk, visit: Visit) -> int:
    """Take the files of the version before over into the newest, those left out that it has; how many there were."""
    newest, *before = [each.id for each in visit_lists.versions(desk.session, visit.id)]
    files = visit_lists.attachments(desk.session, before[:1])
    there = [each for result in before[:1] for each in files.get(result, [])]
    kept = [each for each in there if not visits.has_attachment(desk.session, newest, each.sha256)]
    for each in kept:
        attach(desk, visit, each.name, each.media_type, each.content)
    return len(kept)


def review(desk: Desk, visit: Visit, accept: bool, reason: str = "") -> None:
    """Accept the newest result of a visit, or send it back with a reason; never one's own."""
    visit = _own(desk, visit)
    act = "accept" if accept else "send_back"
    VISIT.check(desk, visit.state, act)
    result = visits.newest_result(desk.session, visit.id)
    assert result is not None  # a visit has been entered
    if result.entered_by_person_id == desk.actor.person_id:
        raise Refused("actor.same_person", roles=["inspector", "reviewer"])
    if not accept and not reason.strip():
        raise Refused("reason.missing")
    desk.session.add(
        Review(
            result_id=result.id,
            entered_by_person_id=result.entered_by_person_id,
            reviewer_person_id=desk.actor.person_id,
            decision=act,
            reason=reason,
            at=desk.now,
        )
    )
    desk.session.flush()
    role = VISIT.move(desk, visit, act)
    desk.tell(role, f"result:{act}", f"visit/{visit.id}", version=result.version)


def disclose(desk: Desk, visit: Visit) -> Disclosure:
    """Make an accepted result public (公示), with the day it was due; what has to follow is opened."""
    visit = _own(desk, visit)
    VISIT.check(desk, visit.state, "disclose")
    result = visits.newest_result(desk.session, visit.id)
    assert result is not None  # a visit has been accepted
    owed = obligations.obligation_of(desk.session, DUE_EVENT, *_key(visit))
    if owed is None:
        raise Refused("disclosure.no_rule", event=DUE_EVENT)
    made = Disclosure(
        result_id=result.id,
        inspected_on=result.inspected_on,
        due_on=_due(desk, owed, result.inspected_on),
        disclosed_at=desk.now,
        person_id=desk.actor.person_id,
    )
    desk.session.add(made)
    desk.session.flush()
    role = VISIT.move(desk, visit, "disclose")
    fulfil(desk.session, DUE_EVENT, _subject(visit), visit.department_id, desk.today)
    _open_follow_ups(desk, visit, result)
    desk.tell(role, "result:disclose", f"visit/{visit.id}", version=result.version, due=str(made.due_on))
    return made


def close_follow_up(desk: Desk, follow_up: FollowUp, note: str) -> None:
    """Close what had to follow (后续处置), with a word on how; its department's reviewer does, not the lead's."""
    follow_up = _locked_follow_up(desk, follow_up)
    in_own_department(desk, follow_up.visit.department_id)
    role = FOLLOW_UP.check(desk, follow_up.state, "close").roles[0]
    if not note.strip():
        raise Refused("reason.missing")
    follow_up.closed_on, follow_up.closing_note = desk.today, note
    FOLLOW_UP.move(desk, follow_up, "close")
    desk.tell(role, "follow_up:close", f"follow_up/{follow_up.id}")


def open_follow_ups(desk: Desk, campaign: Campaign) -> list[FollowUp]:
    """What has still to follow in a campaign, as far as the actor may see."""
    return visits.open_follow_ups(desk.session, campaign.id)


def is_own(desk: Desk, follow_up: FollowUp) -> bool:
    """Whether a follow-up is the actor's department's."""
    return follow_up.visit.department_id == desk.actor.department_id


def find_follow_up(desk: Desk, campaign: Campaign, number: int) -> FollowUp:
    """An open follow-up by its number; Refused `follow_up.unknown`."""
    found = visits.follow_up(desk.session, campaign.id, number)
    if found is None:
        raise Refused("follow_up.unknown", number=number)
    return found


def follow_up_by_id(desk: Desk, number: int) -> FollowUp:
    """A follow-up the actor may see, open or closed; Refused `follow_up.unknown`."""
    found = visits.follow_up_by_id(desk.session, number)
    if found is None:
        raise Refused("follow_up.unknown", number=number)
    return found


def items_of(visit: Visit) -> list[ItemVersion]:
    """The items that a department checks: its own of the campaign, or all where it has none of its own."""
    versions = [part.version for part in visit.draw.campaign.items]
    return [v for v in versions if v.item.department_id == visit.department_id] or versions


def _own(desk: Desk, visit: Visit) -> Visit:
    in_own_department(desk, visit.department_id)
    return locked_visit(desk, visit)


def _locked_follow_up(desk: Desk, follow_up: FollowUp) -> FollowUp:
    found = visits.locked_follow_up(desk.session, follow_up.id)
    if found is None:
        raise Refused("follow_up.unknown", number=follow_up.id)
    return found


def _member_of_team(desk: Desk, visit: Visit) -> None:
    team = {member.inspector_id for member in visits.team(desk.session, visit)}
    if desk.actor.inspector_id not in team:
        raise Refused("result.not_of_the_team")


def _check(desk: Desk, visit: Visit, entry: Entry) -> ResultCode:
    """What makes a result one that can be published: its day, its code, and that they fit the findings."""
    campaign = visit.draw.campaign
    # a correction is possible for ever, also one that was sent back
    corrects = bool(visits.disclosed_versions(desk.session, visit.id))
    open_states = ("inspecting", "closed") if corrects else ("inspecting",)
    if visit.dispatched_at is None or campaign.state not in open_states:
        raise Refused("visit.not_dispatched", campaign=campaign.state)
    # before it was sent out nobody could know of the visit
    first = max(campaign.first_day, business_date(visit.dispatched_at))
    if not first <= entry.inspected_on <= desk.today:
        raise Refused("result.day", day=str(entry.inspected_on), first=str(first))
    if not entry.methods or set(entry.methods) - set(METHODS):
        raise Refused("result.methods", methods=list(entry.methods), possible=list(METHODS))
    _check_measures(entry.measures)
    overall = _overall(desk, entry)
    problems = [each.item for each in entry.checks if each.problem]
    if problems and not overall.found:
        raise Refused("result.code_says_nothing_found", result_code=overall.code, items=problems)
    return overall


def _check_measures(measures: Sequence[str]) -> None:
    if any(";" in each or not each.strip() or len(each) > LONGEST_MEASURE for each in measures):
        raise Refused("result.measures")
    if len(";".join(measures)) > LONGEST_MEASURES or len(set(measures)) < len(measures):
        raise Refused("result.measures")


def _overall(desk: Desk, entry: Entry) -> ResultCode:
    code_list = entry.code_list or visits.code_list_on(desk.session, entry.inspected_on)
    overall = code_list and visits.result_code(desk.session, code_list, entry.code)
    if not overall:
        known = visits.codes_of(desk.session, code_list or "")
        raise Refused(
            "result.no_such_code", result_code=entry.code, code_list=code_list or "-", possible=known
        )
    if entry.inspected_on < overall.valid_from or (
        overall.valid_to and entry.inspected_on > overall.valid_to
    ):
        raise Refused("result.code_not_in_force", result_code=entry.code, code_list=overall.code_list)
    return overall


def _findings(desk: Desk, visit: Visit, checks: Sequence[Checked]) -> list[Finding]:
    wanted = {item_reference(desk, version): version for version in items_of(visit)}
    given = [each.item for each in checks]
    if sorted(given) != sorted(wanted):
        raise Refused("result.items", wanted=sorted(wanted), given=sorted(given))
    for each in checks:
        if each.handling not in HANDLINGS or (each.problem and not each.checked):
            raise Refused("result.finding", item=each.item, handling=each.handling)
        if not each.problem and each.handling != "none":
            raise Refused("result.finding", item=each.item, handling=each.handling)
    return [
        Finding(
            item_version_id=wanted[each.item].id,
            checked=each.checked,
            problem=each.problem,
            handling=each.handling,
        )
        for each in checks
    ]


def _open_follow_ups(desk: Desk, visit: Visit, result: Result) -> None:
    opened = visits.measures_opened(desk.session, visit.id)  # also by a version that this one corrects
    for measure in filter(None, result.measures.split(";")):
        if measure in opened:
            continue
        desk.session.add(
            FollowUp(
                visit_id=visit.id, result_id=result.id, measure=measure, state="open", opened_on=desk.today
            )
        )


def _due(desk: Desk, owed: Obligation, inspected_on: date) -> date:
    """When a result is due: as its own day says, but no later than the day first told had made it due."""
    reckoned = due(desk.workdays, obligations.rule_of(desk.session, owed), inspected_on).on
    return max(min(owed.due_on, reckoned), inspected_on)


def _subject(visit: Visit) -> Subject:
    return Subject("visit", str(visit.id))


def _key(visit: Visit) -> tuple[str, str, int]:
    return "visit", str(visit.id), visit.department_id
