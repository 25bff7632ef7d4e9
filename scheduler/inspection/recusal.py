"""What changes after the pairing: recusal (回避), a target taken out (作废), an inspector who leaves (调离).

Each act adds its lines to the register (`matching.changes` says which); the teams follow from the lines.
"""

from __future__ import annotations

from collections.abc import Sequence

from data.models import Bar, Draw, DrawChange, DrawnTarget, TeamMember, Visit
from data.queries import draws, visits
from data.scope import widened
from data.vocabulary import RECUSAL_GROUNDS, VOID_TARGET_GROUNDS
from matching.changes import DEPARTURE, RECUSAL, SUPPLY, VOID, Change, Seats, Teams, acts
from matching.draw.plan import FIXED
from matching.draw.tickets import word
from matching.refused import Refused
from scheduler.inspection.evidence import locked_draw, locked_visit, recorded_changes, teams_now
from scheduler.inspection.execution import visit_of
from scheduler.inspection.steps import VISIT
from scheduler.permissions import Desk, in_own_department

PASSING = ("illness", DEPARTURE)
"""Grounds that bar for this draw alone; the others go into the registry of bars."""


def recuse(desk: Desk, visit: Visit, inspector_code: str, ground: str, note: str = "") -> str:
    """Bar an inspector from a target he was paired with; the next takes his seat, and his code comes back.

    The approver of his department decides. Refused `recusal.*`: another ground, no seat, beyond the campaign's limit.
    Refused `visit.not_dispatched`: before, the ledger and the registry of bars would tell many who was drawn.
    """
    in_own_department(desk, visit.department_id)
    drawn, visit = locked_draw(desk, visit.draw), locked_visit(desk, visit)
    role = VISIT.move(desk, visit, "recuse")
    if visit.dispatched_at is None:
        raise Refused("visit.not_dispatched", campaign=drawn.campaign.state)
    if ground not in RECUSAL_GROUNDS or ground == DEPARTURE:
        raise Refused("recusal.ground", ground=ground, possible=list(RECUSAL_GROUNDS[:-1]))
    _within_limit(desk, drawn)
    with _all_departments(desk, drawn):
        teams = teams_now(desk, drawn)
        seated = teams.is_seated(visit.target.code, inspector_code)
        if not seated or _frozen_department(teams, inspector_code) != visit.department.code:
            raise Refused("recusal.not_seated", inspector=inspector_code)
        targets = _still_his(desk, drawn, teams, visit, inspector_code)
        after, lines = teams.recuse(targets, inspector_code, ground, _departed(desk, drawn, teams))
        _record(desk, drawn, lines, role, note)
        _keep_teams(desk, drawn, teams.seats(), after.seats(), note_of=lines)
        if ground not in PASSING:
            _keep_bar(desk, visit, inspector_code, ground)
    desk.tell(role, "visit:recuse", f"visit/{visit.id}", ground=ground, inspector=inspector_code)
    return _taker(lines)


def void_target(desk: Desk, drawn: Draw, target_code: str, ground: str, note: str) -> str:
    """Take a drawn target out that cannot be inspected; the next of its stratum follows, and its code (or "") comes back.

    The lead's approver decides. Refused `void.*`: another ground, not drawn, begun already, beyond the campaign's limit.
    """
    drawn = locked_draw(desk, drawn)
    in_own_department(desk, drawn.register_id)
    role = desk.require(*VISIT.roles("void"))
    _check_void(desk, drawn, ground, note)
    with _all_departments(desk, drawn):
        teams = teams_now(desk, drawn)
        target_id = draws.target_ids(desk.session, [target_code]).get(target_code)
        of_target = [each for each in draws.visits_of(desk.session, drawn.id) if each.target_id == target_id]
        if not of_target or target_id is None:
            raise Refused("void.not_drawn", target=target_code)
        for each in of_target:
            VISIT.move(desk, each, "void")
        after, lines = teams.void(target_code, ground, _departed(desk, drawn, teams))
        successor = lines[0].result
        _record(desk, drawn, lines, role, note)
        if successor:
            _keep_successor(desk, drawn, teams, target_id, target_code, successor)
        _keep_teams(desk, drawn, teams.seats(), after.seats(), note_of=lines)
    desk.tell(
        role, "draw:void_target", f"draw/{drawn.id}", target=target_code, ground=ground, successor=successor
    )
    return successor


def release_inspectors(desk: Desk, gone: Sequence[tuple[int, str]]) -> list[tuple[str, str]]:
    """Refill the open visits of inspectors, told by id and code, who leave or change department.

    (Target, who takes the seat) of each comes back. To be called when the registry has them no longer in their
    department. The campaigns' limits don't apply. Nobody ("") takes a seat for which no lawful inspector is left: that
    somebody has gone is a fact, and the team stays as it was. Visits that were not sent out yet are none of the
    registrar's business: `release_departed` refills them when they are.
    """
    role = desk.require("registrar")
    leaving: dict[int, tuple[Draw, list[str]]] = {}
    for inspector_id, code in gone:
        for drawn in visits.draws_with_open_seats(desk.session, inspector_id):
            leaving.setdefault(drawn.id, (drawn, []))[1].append(code)
    moved: list[tuple[str, str]] = []
    for _, (drawn, codes) in sorted(leaving.items()):
        with _all_departments(desk, drawn):
            drawn = locked_draw(desk, drawn)
            moved += _release(desk, drawn, teams_now(desk, drawn), codes, role)
    return moved


def release_departed(desk: Desk, drawn: Draw, role: str) -> list[tuple[str, str]]:
    """Refill all seats of those who left between the freeze and now: (target, who takes the seat) of each."""
    drawn = locked_draw(desk, drawn)
    with _all_departments(desk, drawn):
        teams = teams_now(desk, drawn)
        return _release(desk, drawn, teams, _departed(desk, drawn, teams), role)


def _release(
    desk: Desk, drawn: Draw, teams: Teams, leaving: Sequence[str], role: str
) -> list[tuple[str, str]]:
    """One change after the other; the teams are made from the evidence once, which takes long, and then go along."""
    departed = _departed(desk, drawn, teams)
    moved: list[tuple[str, str]] = []
    for inspector_code in leaving:
        for targets in _seats_left(desk, drawn, teams, inspector_code):
            try:
                after, lines = teams.recuse(targets, inspector_code, DEPARTURE, departed)
            except Refused as refused:
                if refused.code != "recusal.nobody_left":
                    raise
                moved += [(target, "") for target in targets]
                continue
            _record(desk, drawn, lines, role, "")
            _keep_teams(desk, drawn, teams.seats(), after.seats(), note_of=lines)
            moved += [(target, _taker(lines)) for target in targets]
            teams = after
    return moved


def _seats_left(desk: Desk, drawn: Draw, teams: Teams, inspector_code: str) -> list[list[str]]:
    """The open targets on which he has a seat: one by one, or all of his fixed group together; in table order."""
    department = _frozen_department(teams, inspector_code)
    of_department = next(
        p.department_id for p in drawn.campaign.departments if p.department.code == department
    )
    fixed = teams.plan.teams == FIXED
    still = visits.open_targets(desk.session, drawn.id, None if fixed else of_department)
    his = {
        target
        for (target, _), team in teams.seats().items()
        if any(seat.inspector == inspector_code for seat in team)
    }
    ordered = sorted(his & still, key=teams.frame.targets.index.__getitem__)
    if fixed:
        return [ordered] if ordered else []
    return [[target] for target in ordered]


def _still_his(desk: Desk, drawn: Draw, teams: Teams, visit: Visit, inspector_code: str) -> list[str]:
    """The target; in a draw of fixed groups all that the group has still to visit, this one among them."""
    if teams.plan.teams != FIXED:
        return [visit.target.code]
    left = _seats_left(desk, drawn, teams, inspector_code)
    if not left or visit.target.code not in left[0]:
        raise Refused("recusal.visited", target=visit.target.code)
    return left[0]


def _all_departments(desk: Desk, drawn: Draw):  # type: ignore[no-untyped-def]
    """A pair bar holds among all inspectors of a target, of all departments: the act looks at every team."""
    return widened(desk.session, *(part.department_id for part in drawn.campaign.departments))


def _within_limit(desk: Desk, drawn: Draw) -> None:
    made = [act.first for act in acts(recorded_changes(desk, drawn))]
    if (
        sum(each.kind == RECUSAL and each.ground != DEPARTURE for each in made)
        >= drawn.campaign.most_recusals
    ):
        raise Refused("recusal.limit", most=drawn.campaign.most_recusals)


def _check_void(desk: Desk, drawn: Draw, ground: str, note: str) -> None:
    if ground not in VOID_TARGET_GROUNDS:
        raise Refused("void.ground", ground=ground, possible=list(VOID_TARGET_GROUNDS))
    if not note.strip():
        raise Refused("reason.missing")
    if drawn.state != "completed" or drawn.campaign.state != "inspecting":  # before, as `recuse` says
        raise Refused("void.not_now", draw=drawn.state, campaign=drawn.campaign.state)
    if sum(each.kind == VOID for each in recorded_changes(desk, drawn)) >= drawn.campaign.most_voids:
        raise Refused("void.limit", most=drawn.campaign.most_voids)


def _departed(desk: Desk, drawn: Draw, teams: Teams) -> list[str]:
    """The inspectors of the frozen list who are no longer in their department, or not active."""
    ids = {part.department.code: part.department_id for part in drawn.campaign.departments}
    rows = teams.frame.inspectors.rows
    now = visits.standing_of_inspectors(desk.session, [row[1] for row in rows])
    return [row[1] for row in rows if now.get(row[1]) != (ids[row[0]], "active")]


def _frozen_department(teams: Teams, inspector_code: str) -> str:
    rows = teams.frame.inspectors
    return rows.rows[rows.index[inspector_code]][0]


def _record(desk: Desk, drawn: Draw, lines: Sequence[Change], role: str, note: str) -> None:
    recorded = len(draws.changes(desk.session, drawn.id))
    for seq, line in enumerate(lines, start=recorded + 1):
        desk.session.add(
            DrawChange(
                draw_id=drawn.id,
                seq=seq,
                **line._asdict(),
                note=note,
                approver_role=role,
                approver_person_id=desk.actor.person_id,
                at=desk.now,
            )
        )
        desk.session.flush()  # one by one: the database counts the lines


def _keep_successor(
    desk: Desk, drawn: Draw, teams: Teams, voided_id: int, voided: str, successor: str
) -> None:
    row, name = teams.next_target(voided)
    assert row is not None
    stratum = next(each for each in teams.strata if each.stratum == name)
    target_id = draws.target_ids(desk.session, [successor])[successor]
    desk.session.add(
        DrawnTarget(
            draw_id=drawn.id,
            target_id=target_id,
            stratum=stratum.stratum,
            rank=stratum.quota + teams.succeeded.get(name, 0) + 1,
            row_index=row,
            ticket=f"{word(teams.key_targets, row):016x}",
            replaces_id=voided_id,
        )
    )
    desk.session.flush()
    for part in drawn.campaign.departments:
        if part.answer == "accepted":
            visit = visit_of(drawn, target_id, part.department_id)
            visit.dispatched_at = desk.now
            desk.session.add(visit)
    desk.session.flush()


def _keep_teams(desk: Desk, drawn: Draw, before: Seats, after: Seats, note_of: Sequence[Change]) -> None:
    """A new version of every team that is another one now and whose visit the act was about."""
    ids = {part.department.code: part.department_id for part in drawn.campaign.departments}
    targets = draws.target_ids(desk.session, sorted({target for target, _ in after}))
    people = draws.inspector_ids(desk.session, sorted({s.inspector for team in after.values() for s in team}))
    concerned = {part for line in note_of if line.kind != SUPPLY for part in line.subject.split(";")[:1]}
    concerned |= {line.result for line in note_of if line.kind == VOID}
    for (target, department), team in after.items():
        if target not in concerned or team == before.get((target, department)):
            continue
        version = draws.last_team_version(desk.session, drawn.id, targets[target], ids[department]) + 1
        for seat in team:
            desk.session.add(
                TeamMember(
                    draw_id=drawn.id,
                    target_id=targets[target],
                    department_id=ids[department],
                    version=version,
                    inspector_id=people[seat.inspector],
                    role=seat.role,
                    cost=seat.cost,
                    group=seat.group,
                )
            )
    desk.session.flush()


def _keep_bar(desk: Desk, visit: Visit, inspector_code: str, ground: str) -> None:
    """The registry learns of the bar, so that the next draw knows it."""
    inspector_id = draws.inspector_ids(desk.session, [inspector_code])[inspector_code]
    if not visits.has_bar(desk.session, inspector_id, visit.target_id, ground):
        desk.session.add(
            Bar(
                inspector_id=inspector_id,
                target_id=visit.target_id,
                ground=ground,
                source="recusal",
                valid_from=desk.today,
            )
        )


def _taker(lines: Sequence[Change]) -> str:
    return next((line.result for line in lines if line.kind == SUPPLY), "")
