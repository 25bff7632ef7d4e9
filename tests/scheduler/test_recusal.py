"""Recusal, void and departure: one seat moves as a slow second program says; the register tells every line."""

import copy
import json
from collections import Counter
from contextlib import suppress

import pytest
from sqlalchemy import select, text

from data.models import Bar, Department, Inspector, PairBar, Target, Visit
from data.queries import draws
from matching.bundle import pack
from matching.refused import Refused
from matching.verifier import verify, word
from scheduler.inspection import drawing, recusal, staff, visits
from scheduler.transaction import EVERYTHING, transaction
from tests.matching.slow_changes import lines, slow_teams
from tests.town import refuses

FIXED = {"teams": "fixed", "groups": 2}
SMALL = {"rates": {}, "total": 6, "strata_by": "none"}


def recuse(town, number, target, who, ground="kinship", login="amr.approver"):
    """Recuse somebody from his department's visit to a target; who takes his seat."""
    with town.at(login) as desk:
        visit = visits.find_visit(desk, drawing.find_draw(desk, number), target)
        return recusal.recuse(desk, visit, who, ground)


def void(town, number, target, ground="closed_business", note="人去楼空"):
    """Take a target out; its successor."""
    with town.at("amr.approver") as desk:
        return recusal.void_target(desk, drawing.find_draw(desk, number), target, ground, note)


def teams_kept(town, number):
    """All teams as the database has them: (target, department) to (inspector, role)."""
    with transaction(town.database, EVERYTHING) as session:
        drawn = draws.draw_by_number(session, number)
        targets = {each.id: each.code for each in session.scalars(select(Target))}
        codes = {each.id: each.code for each in session.scalars(select(Department))}
        people = {each.id: each.code for each in session.scalars(select(Inspector))}
        return {
            (targets[target], codes[department]): {(people[m.inspector_id], m.role) for m in team}
            for (target, department), team in draws.teams_of(session, drawn.id).items()
        }


def told(town, number):
    """changes.csv below its header, as the slow program tells lines: without number and role."""
    rows = lines(town.bundle(number)["changes.csv"])
    assert [int(row[0]) for row in rows] == list(range(1, len(rows) + 1))
    return [(r[1], r[2], r[3], r[5], int(r[6]) if r[6] else None, int(r[7]) if r[7] else None) for r in rows]


def as_kept(slow, voided=()):
    """The slow program's teams; a voided target keeps the team that it had."""
    return {key: team for key, team in slow.teams().items() if key[0] not in voided}


def alive(teams, voided):
    return {key: team for key, team in teams.items() if key[0] not in voided}


def seated(slow, target, department="AMR"):
    """The inspectors of a department on a target, by code."""
    return sorted(who for code, who in slow.team(target) if code == department)


def test_the_seat_goes_to_the_next_ticket(town):
    _, number = town.drawn(**SMALL)
    slow = slow_teams(town.bundle(number))
    expected = []
    for _, target in town.visits(number)[:4]:
        who = seated(slow, target)[0]
        made = slow.recuse([target], who, "kinship")
        assert recuse(town, number, target, who) == made[-1][3]
        expected += made
        assert teams_kept(town, number) == slow.teams()
    assert told(town, number) == expected
    roles = {row[1]: row[4] for row in lines(town.bundle(number)["changes.csv"])}
    assert set(roles.values()) == {"approver"}
    claims = verify(pack(town.bundle(number)))
    assert not [claim for claim in claims if claim.state == "wrong"]


def test_when_the_lead_is_recused_the_lead_rule_is_applied_again(small_town):
    _, number = small_town.drawn(**SMALL)
    slow = slow_teams(small_town.bundle(number))
    changed = 0
    for _, target in small_town.visits(number):
        lead = next(who for (code, who), role in slow.team(target).items() if (code, role) == ("AMR", "lead"))
        slow.recuse([target], lead, "illness")
        recuse(small_town, number, target, lead, "illness")
        team = teams_kept(small_town, number)[target, "AMR"]
        assert [role for _, role in team].count("lead") == 1
        assert (lead, "lead") not in team
        changed += 1
    assert changed == 6
    assert teams_kept(small_town, number) == slow.teams()


def test_a_recusal_bars_him_in_the_registry_unless_he_was_only_ill(small_town):
    _, number = small_town.drawn(**SMALL)
    slow = slow_teams(small_town.bundle(number))
    (_, first), (_, second) = small_town.visits(number)[:2]
    related, ill = seated(slow, first)[0], seated(slow, second)[0]
    recuse(small_town, number, first, related, "shareholding")
    recuse(small_town, number, second, ill, "illness")
    with transaction(small_town.database, EVERYTHING) as session:
        kept = [
            (
                session.get_one(Inspector, bar.inspector_id).code,
                session.get_one(Target, bar.target_id).code,
                bar.ground,
            )
            for bar in session.scalars(select(Bar).where(Bar.source == "recusal"))
        ]
    assert kept == [(related, first, "shareholding")]


def test_a_ground_must_be_one_of_the_list_and_departure_is_not_for_approvers(small_town):
    _, number = small_town.drawn(**SMALL)
    slow = slow_teams(small_town.bundle(number))
    _, target = small_town.visits(number)[0]
    for ground in ("departure", "dislike", ""):
        with refuses("recusal.ground", ground=ground):
            recuse(small_town, number, target, seated(slow, target)[0], ground)
    assert told(small_town, number) == []


def test_the_limit_on_recusals_counts_those_of_all_departments_and_no_departures(small_town):
    _, number = small_town.drawn(**SMALL, most_recusals=2)
    slow = slow_teams(small_town.bundle(number))
    (_, first), (_, second) = small_town.visits(number)[:2]
    gone = seated(slow, first, "EM")[0]
    with small_town.at("em.registrar") as desk:
        assert staff.set_inspector_state(desk, staff.find_inspector(desk, gone), "suspended")
    teams = teams_kept(small_town, number)
    recuse(small_town, number, first, min(teams[first, "AMR"])[0])
    recuse(small_town, number, second, min(teams[second, "FIRE"])[0], login="fire.approver")
    with refuses("recusal.limit", most=2):
        recuse(small_town, number, second, min(teams[second, "AMR"])[0])


def test_nobody_recuses_an_inspector_of_another_department(small_town):
    _, number = small_town.drawn(**SMALL)
    slow = slow_teams(small_town.bundle(number))
    _, target = small_town.visits(number)[0]
    before = teams_kept(small_town, number)
    with refuses("recusal.not_seated"):
        recuse(small_town, number, target, seated(slow, target, "AMR")[0], login="fire.approver")
    with small_town.at("amr.approver") as desk, refuses("actor.other_department"):
        visit = visits.find_visit(desk, drawing.find_draw(desk, number), target, "FIRE")
        recusal.recuse(desk, visit, seated(slow, target, "FIRE")[0], "kinship")
    assert teams_kept(small_town, number) == before


def test_somebody_without_a_seat_and_a_visit_that_was_entered_are_refused(small_town):
    _, number = small_town.drawn(**SMALL)
    slow = slow_teams(small_town.bundle(number))
    (_, first), (_, second) = small_town.visits(number)[:2]
    idle = next(f"AMR{n:03d}" for n in range(6) if f"AMR{n:03d}" not in seated(slow, first))
    with refuses("recusal.not_seated"):
        recuse(small_town, number, first, idle)
    with refuses("actor.role"):
        recuse(small_town, number, first, seated(slow, first)[0], login="amr.planner")
    small_town.disclosed(number, second, "AMR")
    with refuses("visit.not_now", state="disclosed"):
        recuse(small_town, number, second, seated(slow, second)[0])


def test_when_nobody_is_left_the_recusal_is_refused_and_nothing_changed(small_town):
    _, number = small_town.drawn(**SMALL)
    _, target = small_town.visits(number)[0]
    for _ in range(3):
        lead = next(who for who, role in teams_kept(small_town, number)[target, "AMR"] if role == "lead")
        before = teams_kept(small_town, number), told(small_town, number)
        with suppress(Refused):
            recuse(small_town, number, target, lead)
            continue
        with refuses("recusal.nobody_left"):
            recuse(small_town, number, target, lead)
        assert (teams_kept(small_town, number), told(small_town, number)) == before
        return
    raise AssertionError("three leads of three were recused")


def test_a_voided_target_is_followed_by_the_next_ticket_of_its_stratum(town):
    _, number = town.drawn()
    slow = slow_teams(town.bundle(number))
    expected, voided = [], []
    for place in (0, 5, 5):
        target = [code for _, code in town.visits(number) if code not in voided][place]
        made = slow.void(target, "closed_business")
        assert void(town, number, target) == made[0][3]
        voided.append(target)
        expected += made
        assert alive(teams_kept(town, number), voided) == as_kept(slow)
    assert told(town, number) == expected
    with transaction(town.database, EVERYTHING) as session:
        void_visits = (
            select(Target.code).join(Visit, Visit.target_id == Target.id).where(Visit.state == "void")
        )
        assert Counter(session.scalars(void_visits)) == dict.fromkeys(voided, 3)
    claims = verify(pack(town.bundle(number)))
    assert not [claim for claim in claims if claim.state == "wrong"]


def test_a_successor_is_dispatched_at_once_and_can_be_voided_too(town):
    _, number = town.drawn(**SMALL)
    slow = slow_teams(town.bundle(number))
    _, target = town.visits(number)[0]
    first = void(town, number, target)
    second = void(town, number, first)
    assert [slow.void(each, "closed_business")[0][3] for each in (target, first)] == [first, second]
    town.disclosed(number, second, "EM")
    with refuses("visit.not_now", state="void"):
        void(town, number, first)
    with transaction(town.database, EVERYTHING) as session:
        drawn = draws.drawn(session, draws.draw_by_number(session, number).id)
        by_id = {each.target_id: each for each in drawn}
        chain = [each for each in drawn if each.replaces_id]
        assert [by_id[each.replaces_id].target.code for each in chain] == [target, first]
        assert [each.rank for each in chain] == [7, 8]
        assert [each.ticket for each in chain] == [
            f"{word(slow.keys['targets'], each.row_index):016x}" for each in chain
        ]


def test_a_used_up_stratum_gives_no_successor(small_town):
    _, number = small_town.drawn()  # all of class D are drawn
    slow = slow_teams(small_town.bundle(number))
    rows = lines(small_town.bundle(number)["thresholds.csv"])
    stratum = next(row[0] for row in rows if row[1] == row[2])
    target = next(row[3] for row in lines(small_town.bundle(number)["drawn.csv"]) if row[0] == stratum)
    assert void(small_town, number, target) == ""
    other = next(code for _, code in small_town.visits(number) if code != target)
    who = seated(slow, other)[0]
    recuse(small_town, number, other, who)
    assert told(small_town, number) == [
        *slow.void(target, "closed_business"),
        *slow.recuse([other], who, "kinship"),
    ]


def test_a_void_needs_a_ground_of_the_list_a_word_the_limit_and_a_target_not_begun(small_town):
    _, number = small_town.drawn(**SMALL, most_voids=1)
    (_, first), (_, second) = small_town.visits(number)[:2]
    with refuses("void.ground"):
        void(small_town, number, first, "boring")
    with refuses("reason.missing"):
        void(small_town, number, first, note=" ")
    with refuses("void.not_drawn"):
        void(small_town, number, "T9999")
    undrawn = next(
        f"T{n:04d}" for n in range(60) if f"T{n:04d}" not in dict(map(reversed, small_town.visits(number)))
    )
    with refuses("void.not_drawn"):
        void(small_town, number, undrawn)
    small_town.disclosed(number, second, "FIRE")
    with refuses("visit.not_now"):
        void(small_town, number, second)
    with small_town.at("fire.approver") as desk, refuses("actor.other_department"):
        recusal.void_target(desk, drawing.find_draw(desk, number), first, "disaster", "水淹")
    with small_town.at("amr.planner") as desk, refuses("actor.role"):
        recusal.void_target(desk, drawing.find_draw(desk, number), first, "disaster", "水淹")
    void(small_town, number, first)
    with refuses("void.limit", most=1):
        void(small_town, number, small_town.visits(number)[2][1])


@pytest.mark.parametrize("state", ["suspended", "left"])
def test_the_open_visits_of_who_leaves_are_refilled_and_entered_ones_stay(town, state):
    _, number = town.drawn(**SMALL)
    slow = slow_teams(town.bundle(number))
    loads = Counter(who for _, who in slow.seats if who.startswith("AMR"))
    gone = max(loads, key=lambda who: (loads[who], who))
    his = sorted((t for t, who in slow.seats if who == gone), key=slow.place.get)
    assert len(his) >= 2
    town.disclosed(number, his[0], "AMR")
    with town.at("amr.registrar") as desk:
        refilled = staff.set_inspector_state(desk, staff.find_inspector(desk, gone), state)
    expected = []
    for target in his[1:]:
        expected += slow.recuse([target], gone, "departure", [gone])
    takers = [line[3] for line in expected if line[0] == "supply"]
    assert refilled == list(zip(his[1:], takers, strict=True))
    assert told(town, number) == expected
    assert teams_kept(town, number) == slow.teams()
    assert gone in seated(slow, his[0])


def test_however_many_seats_are_refilled_the_teams_are_made_from_the_evidence_once(town, monkeypatch):
    _, number = town.drawn(**SMALL)
    loads = Counter(who for team in teams_kept(town, number).values() for who, _ in team)
    made, teams_now = [], recusal.teams_now
    monkeypatch.setattr(recusal, "teams_now", lambda *given: made.append(given) or teams_now(*given))
    with transaction(town.database, EVERYTHING) as session:
        for code in ("AMR004", "AMR005"):
            assert loads[code] >= 2
            session.scalars(select(Inspector).where(Inspector.code == code)).one().state = "left"
    refilled = town.do("amr.registrar", staff.refill_departed)
    assert len(refilled) == loads["AMR004"] + loads["AMR005"]
    assert len(made) == 1
    assert not [claim for claim in verify(pack(town.bundle(number))) if claim.state == "wrong"]


def test_who_left_never_comes_back_as_a_replacement_in_this_draw(small_town):
    _, number = small_town.drawn(**SMALL, most_voids=50, most_recusals=50)
    slow = slow_teams(small_town.bundle(number))
    with small_town.at("amr.registrar") as desk:
        staff.transfer_inspector(desk, staff.find_inspector(desk, "AMR001"), "EM")
    voided = set()
    for _, target in list(small_town.visits(number)):
        with suppress(Refused):
            recuse(small_town, number, target, min(teams_kept(small_town, number)[target, "AMR"])[0])
        with suppress(Refused):
            void(small_town, number, target)
            voided.add(target)
    assert len(voided) >= 4
    after = alive(teams_kept(small_town, number), voided)
    assert "AMR001" not in {who for team in after.values() for who, _ in team}
    assert "AMR001" not in {line[3] for line in told(small_town, number)}
    assert slow.teams() != after


def test_replacements_keep_pair_bars_with_the_other_departments(small_town):
    with transaction(small_town.database, EVERYTHING) as session:
        people = {each.code: each.id for each in session.scalars(select(Inspector))}
        for mine in ("AMR000", "AMR001", "AMR002", "AMR003"):
            for theirs in ("FIRE000", "FIRE001", "FIRE002"):
                a, b = sorted((people[mine], people[theirs]))
                if not session.scalar(
                    select(PairBar).where(PairBar.inspector_id == a, PairBar.other_id == b)
                ):
                    session.add(PairBar(inspector_id=a, other_id=b, ground="kinship"))
        for n in (3, 4, 5):
            for code in ("FIRE", "AMR"):
                session.scalars(
                    select(Inspector).where(Inspector.code == f"{code}00{n}")
                ).one().qualifications = "lead"
    _, number = small_town.drawn(**SMALL)
    slow = slow_teams(small_town.bundle(number))
    done = 0
    for _, target in small_town.visits(number):
        for department in ("AMR", "FIRE"):
            who = seated(slow, target, department)[0]
            try:
                made = slow.recuse([target], who, "kinship")
            except LookupError:
                slow.seats.add((target, who))
                slow.bars.discard((who, target))
                slow.told.discard((who, target))
                with refuses("recusal.nobody_left"):
                    recuse(small_town, number, target, who, login=f"{department.lower()}.approver")
                continue
            assert (
                recuse(small_town, number, target, who, login=f"{department.lower()}.approver") == made[-1][3]
            )
            done += 1
    assert done >= 4
    assert teams_kept(small_town, number) == slow.teams()
    for target in {target for target, _ in slow.teams()}:
        team = {who for _, who in slow.team(target)}
        assert not any(enemy <= team for enemy in slow.enemies)


def possible(slow, targets, department="AMR"):
    """The first member of a department who can be replaced on all these targets."""
    for who in seated(slow, targets[0], department):
        with suppress(LookupError):
            copy.deepcopy(slow).recuse(targets, who, "kinship")
            return who
    raise AssertionError("nobody of the group can be replaced")


def test_fixed_groups_are_drawn_and_recused_and_voided_to_the_end(town):
    more_inspectors(town)
    _, number = town.drawn(**SMALL, **FIXED)
    files = town.bundle(number)
    slow = slow_teams(files)
    assert teams_kept(town, number) == slow.teams()
    assert not [claim for claim in verify(pack(files)) if claim.state == "wrong"]
    group = Counter(slow.group_of.values()).most_common(1)[0][0]
    his = sorted((t for t, g in slow.group_of.items() if g == group), key=slow.place.get)
    who = possible(slow, his[1:])
    town.disclosed(number, his[0], "FIRE")
    with refuses("recusal.visited"):
        recuse(town, number, his[0], who)
    team_before = teams_kept(town, number)[his[0], "AMR"]
    made = slow.recuse(his[1:], who, "kinship")
    assert recuse(town, number, his[1], who) == made[-1][3]
    target = next(code for _, code in town.visits(number) if code not in his)
    voided = slow.void(target, "closed_business")
    assert void(town, number, target) == voided[0][3]
    assert told(town, number) == [*made, *voided]
    kept = teams_kept(town, number)
    assert kept.pop((his[0], "AMR")) == team_before
    assert alive(kept, [target]) == {k: team for k, team in slow.teams().items() if k != (his[0], "AMR")}
    open_ones = sorted(
        (t for t, g in slow.group_of.items() if g == group and t != his[0]), key=slow.place.get
    )
    gone = possible(slow, open_ones)
    with town.at("amr.registrar") as desk:
        refilled = staff.set_inspector_state(desk, staff.find_inspector(desk, gone), "left")
    made = slow.recuse(open_ones, gone, "departure", [gone])
    assert refilled == [(each, made[-1][3]) for each in open_ones]
    assert not [claim for claim in verify(pack(town.bundle(number))) if claim.state == "wrong"]


def more_inspectors(town):
    """As many again for the market regulator, all of whom may lead."""
    with transaction(town.database, EVERYTHING) as session:
        for n in range(3, 6):
            one = session.scalars(select(Inspector).where(Inspector.code == f"AMR00{n}")).one()
            one.qualifications = "lead"


def test_a_departure_that_nobody_can_make_good_is_recorded_all_the_same(town):
    _, number = town.drawn(**SMALL)
    told_before = told(town, number)
    refilled = []
    for code in ("AMR000", "AMR001", "AMR002"):  # all who may lead
        with town.at("amr.registrar") as desk:
            refilled += staff.set_inspector_state(desk, staff.find_inspector(desk, code), "left")
    assert [taker for _, taker in refilled].count("") >= 6
    assert told(town, number) != told_before
    for target, department in teams_kept(town, number):
        if department == "AMR":
            with town.at("amr.approver") as desk:
                assert visits.find_visit(desk, drawing.find_draw(desk, number), target).state == "open"


def test_a_line_forged_in_the_register_stops_the_next_change(small_town):
    _, number = small_town.drawn(**SMALL)
    slow = slow_teams(small_town.bundle(number))
    (_, first), (_, second) = small_town.visits(number)[:2]
    recuse(small_town, number, first, seated(slow, first)[0])
    with small_town.database.connect() as connection:
        for (name,) in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'draw_change'"
        ).fetchall():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.execute(
            text("UPDATE draw_change SET result = 'AMR000' WHERE kind = 'supply' AND result <> 'AMR000'")
        )
        connection.execute(text("UPDATE draw_change SET rank = 1 + rank % eligible WHERE kind = 'supply'"))
        connection.commit()
    with refuses("recusal.lines_differ", act=1):
        recuse(small_town, number, second, seated(slow, second)[0])


def test_a_change_in_the_plan_of_the_first_draw_is_told_as_json(small_town):
    _, number = small_town.drawn(**SMALL, most_voids=3, most_recusals=4)
    assert json.loads(small_town.bundle(number)["plan.json"])["limits"] == {"recusals": 4, "voids": 3}
