"""Fairness before the draw (公平性演练): hundreds of rehearsals, counted: who would come where, and how surely.

Each is what a single rehearsal is (`scheduler.inspection.rehearsal`): the registries as they are, a key that everybody
knows, no number, no evidence. They are done by a job in processes of their own; what is kept is counts, in the job's
result, shown as long as one may rehearse and forgotten after some days. Which targets a draw will give is told by none
of it: the set that is paired again and again was drawn under the known key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from data.models import Campaign, Department, Job, User
from data.queries import jobs, registries
from matching.refused import Refused
from scheduler.clock import Clock
from scheduler.inspection import planning
from scheduler.inspection.rehearsal import check_rehearses, to_rehearse
from scheduler.inspection.repeating import Beat, rehearse_often
from scheduler.installation import desk_within, reading_desk
from scheduler.jobs import Keep, Work
from scheduler.permissions import Desk
from scheduler.transaction import EVERYTHING, Engine, Session, transaction

KIND = "rehearsal:fairness"
STOPPED = "rehearsal.stopped"
KEPT = timedelta(days=7)
"""How long counts are kept."""

RUNS = (100, 300, 1000)
"""How many rehearsals may be asked for."""
EVERY = 1.0
"""Seconds between two signs of life."""
UNDER_WAY = ("queued", "running")


# Asking, stopping, looking


@dataclass(frozen=True)
class Standing:
    """What there is of a campaign's rehearsals: how far the newest job is, why it ended in vain, and what was counted last.

    `state` is that of the newest job, empty where there is none; `names` are those of the persons who are told of.
    """

    state: str
    stage: str
    done: int
    of: int | None
    error: str
    params: Mapping[str, Any]
    told: Mapping[str, Any] | None
    names: Mapping[str, str]

    @property
    def under_way(self) -> bool:
        """Whether something still comes."""
        return self.state in UNDER_WAY


def ask(desk: Desk, campaign: Campaign, runs: int) -> int:
    """Ask for so many rehearsals; the id of the job. Who asks while one waits or runs finds that one.

    Refused like `check_rehearses`, `rehearsal.runs`.
    """
    check_rehearses(desk, campaign)
    if runs not in RUNS:
        raise Refused("rehearsal.runs", allowed=list(RUNS))
    before = _jobs(desk, campaign)
    if before and before[-1].state in UNDER_WAY:
        return before[-1].id
    login = desk.session.get_one(User, desk.actor.user_id).login
    parameters = {"campaign": campaign.code, "login": login, "runs": runs}
    key = f"{KIND}/{campaign.id}/{len(before) + 1}"
    return jobs.enqueue(desk.session, KIND, key, parameters, desk.now, desk.actor.department_id)


def stop(desk: Desk, campaign: Campaign) -> None:
    """Have what waits or runs end, and keep nothing of it. Refused like `check_rehearses`."""
    check_rehearses(desk, campaign)
    for job in _jobs(desk, campaign):
        jobs.stop(desk.session, job.id, STOPPED, desk.now)


def standing(desk: Desk, campaign: Campaign) -> Standing:
    """What there is to show. Refused like `check_rehearses`: what was counted is for whoever may rehearse now."""
    check_rehearses(desk, campaign)
    found = _jobs(desk, campaign)
    told = next((job.result for job in reversed(found) if job.state == "done" and job.result), None)
    people = [each["id"] for each in told["full"]["people"]] if told else []
    names = registries.names_of_inspectors(desk.session, people)
    if not found:
        return Standing("", "", 0, None, "", {}, told, names)
    last = found[-1]
    params = last.result or {} if last.state == "failed" else {}
    return Standing(
        last.state, last.message, last.progress, last.total, last.error or "", params, told, names
    )


def forget(database: Engine, now: datetime) -> int:
    """Forget what was counted some days ago; how many jobs had something to be forgotten."""
    with transaction(database, EVERYTHING) as session:
        return jobs.forget_results(session, KIND, now - KEPT)


def _jobs(desk: Desk, campaign: Campaign) -> list[Job]:
    return jobs.of_subject(desk.session, f"{KIND}/{campaign.id}")


# The job


def handle(database: Engine, clock: Clock, work: Work) -> Keep:
    """Rehearse as often as was asked for, or as the size allows, and keep the counts."""
    asked, login = work.parameters["runs"], work.parameters["login"]
    work.beat(0, asked, "reading")
    with reading_desk(database, login, clock.now()) as desk:
        campaign = planning.find_campaign(desk, work.parameters["campaign"])
        plan, frame = to_rehearse(desk, campaign)
        own = desk.session.get_one(Department, campaign.lead_department_id).code
    told = rehearse_often(plan, frame, asked, own, _now_and_then(work))

    def keep(session: Session) -> Mapping[str, Any]:
        with desk_within(session, login, clock.now()) as desk:
            check_rehearses(desk, planning.find_campaign(desk, work.parameters["campaign"]))
        return told

    return keep


def _now_and_then(work: Work) -> Beat:
    """Tell how far it is, and learn whether it was stopped, once in a second: each time is a write."""
    last = [monotonic()]

    def beat(done: int, of: int) -> None:
        if monotonic() - last[0] >= EVERY or done == of:
            work.beat(done, of, "rehearsing")
            last[0] = monotonic()

    return beat
