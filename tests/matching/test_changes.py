"""Changes after the pairing: a slow second program makes the same lines and the same teams of them."""

from collections import Counter

import pytest

from matching.bundle import draw_files
from matching.changes import DEPARTURE, RECUSAL, SUPPLY, VOID, Change, acts, replayed, teams_of
from matching.draw.frames import digest
from matching.draw.plan import read_plan
from matching.draw.seed import stage_key
from matching.draw.tables import freeze_all
from matching.draw.targets import draw_targets
from matching.lottery import Outcome
from matching.pairing.groups import pair_groups
from matching.pairing.pairs import GroupsPaired, Paired
from matching.pairing.rounds import pair_targets
from matching.refused import Refused
from tests.matching.slow_changes import SlowTeams
from tests.matching.small_cases import Dice, small_case, small_fixed_case

SEED, TABLE = digest("seed", b"changes"), digest("table", b"inspectors")
KEY = stage_key(SEED, TABLE, "targets")
KEYS = {"targets": KEY} | {
    stage: stage_key(SEED, TABLE, stage) for stage in ("match", "teams", "match-group")
}


def paired(case):
    """A small case drawn and paired, quickly and slowly; None where it falls short."""
    written = {"purpose": "小例", "quota": {"total": len(case.drawn)}, **case.plan}
    plan, frame = (
        read_plan(written),
        freeze_all(case.targets, case.inspectors, case.bars, case.pair_bars),
    )
    strata = tuple(draw_targets(plan.quota, frame.targets.spans(), KEY))
    drawn = [int(i) for each in strata for i in each.indexes]
    pairing = (
        pair_groups(plan, frame, drawn, KEYS["teams"], KEYS["match-group"])
        if plan.teams == "fixed"
        else pair_targets(plan, frame, drawn, KEYS["match"])
    )
    if not isinstance(pairing, Paired | GroupsPaired) or not drawn:
        return None
    outcome = Outcome(strata, pairing)
    tables = {f"{each.name}.tsv": each.file() for each in frame.tables()}
    slow = SlowTeams(written, tables | draw_files(plan, frame, outcome), KEYS)
    return teams_of(outcome, plan, frame, KEY, SEED, TABLE), slow


def drawn_cases(kind, seeds):
    """Quick and slow teams of the small cases that have an answer."""
    for seed in seeds:
        if found := paired(kind(seed, ("balance", "tickets"))):
            yield seed, *found


def as_sets(teams):
    """Seats as the slow program tells them."""
    return {key: {(seat.inspector, seat.role) for seat in seats} for key, seats in teams.seats().items()}


def one_act(dice, teams, slow, gone):
    """One act at random done by both; the lines it made, or None where both say that nobody is left."""
    standing = sorted({target for target, _ in teams.seats()})
    target = dice.one(standing)
    if dice.percent(40):
        quick, again = (
            (lambda: teams.void(target, "moved_away", gone)),
            (lambda: slow.void(target, "moved_away", gone)),
        )
    else:
        who = dice.one(sorted({who for _, who in slow.team(target)}))
        targets = [target]
        if slow.fixed:
            of_group = sorted(
                (t for t, g in slow.group_of.items() if g == slow.group_of[target]), key=slow.place.get
            )
            targets = of_group[dice.below(len(of_group)) :]
        quick, again = (
            (lambda: teams.recuse(targets, who, "kinship", gone)),
            (lambda: slow.recuse(targets, who, "kinship", gone)),
        )
    try:
        after, lines = quick()
    except Refused:
        with pytest.raises(LookupError):
            again()
        return None
    assert [tuple(line) for line in lines] == again()
    return after, lines


def history(dice, teams, slow, most=6):
    """Acts at random until one fails: the teams after them and all lines."""
    told = []
    people = [row[1] for row in teams.frame.inspectors.rows]
    gone = set()
    for _ in range(most):
        if dice.percent(25):
            gone.add(dice.one(people))
        done = one_act(dice, teams, slow, sorted(gone))
        if done is None or not done[0].seats():
            break
        teams, lines = done
        told += lines
        assert as_sets(teams) == slow.teams()
    return teams, told


@pytest.mark.parametrize("kind", [small_case, small_fixed_case])
def test_quick_and_slow_changes_tell_the_same_lines_and_leave_the_same_teams(kind):
    kinds = Counter()
    for seed, teams, slow in drawn_cases(kind, range(150)):
        after, told = history(Dice(seed), teams, slow)
        kinds.update(line.kind for line in told)
        kinds["second void of a stratum"] += any(count > 1 for count in after.succeeded.values())
        kinds["departed"] += sum(line.ground == DEPARTURE for line in told)
        kinds["used up"] += sum(line.kind == VOID and not line.result for line in told)
        assert as_sets(replayed(teams, told)) == as_sets(after)
    assert (
        min(
            kinds[what] for what in (VOID, RECUSAL, SUPPLY, "second void of a stratum", "departed", "used up")
        )
        >= 5
    )


@pytest.mark.parametrize("kind", [small_case, small_fixed_case])
def test_a_forged_line_is_found_at_its_act_whatever_was_changed_in_it(kind):
    forged = Counter()
    for seed, teams, slow in drawn_cases(kind, range(40)):
        _, told = history(Dice(seed), teams, slow, most=4)
        people = [row[1] for row in teams.frame.inspectors.rows]
        for place, line in enumerate(told):
            for field, other in forgeries(line, people):
                lines = [*told[:place], line._replace(**{field: other}), *told[place + 1 :]]
                with pytest.raises(Refused) as refused:
                    replayed(teams, lines)
                assert refused.value.code in (
                    "recusal.lines_differ",
                    "recusal.not_seated",
                    "recusal.no_such_target",
                )
                forged[line.kind, field] += 1
        for place, line in enumerate(told):
            if line.kind == SUPPLY:
                with pytest.raises(Refused):
                    replayed(teams, told[:place] + told[place + 1 :])
    assert forged["supply", "result"] > 20
    assert forged["supply", "rank"] > 20
    assert forged["void", "result"] > 5


def forgeries(line, people):
    """Other values for what decides something in a line."""
    if line.kind == SUPPLY:
        yield "result", next(each for each in (*people, "#99") if each != line.result)
        yield "rank", line.rank + 1
        yield "eligible", line.eligible + 1
        yield "subject", line.subject + "X"
    if line.kind == VOID and line.result:
        yield "result", line.result + "X"
        yield "subject", line.subject + "X"
    if line.kind == RECUSAL:
        yield "result", people[0]
        yield "subject", line.subject + "X"


def test_the_lines_fall_into_the_acts_that_made_them():
    counted = 0
    for kind in (small_case, small_fixed_case):
        for seed, teams, slow in drawn_cases(kind, range(60)):
            dice, made = Dice(seed), []
            for _ in range(5):
                done = one_act(dice, teams, slow, [])
                if done is None or not done[0].seats():
                    break
                teams = done[0]
                made.append(done[1])
            told = [line for lines in made for line in lines]
            assert [act.lines for act in acts(told)] == made
            counted += len(made)
    assert counted > 200


def test_a_void_without_successor_followed_by_another_act_is_an_act_of_its_own():
    lines = [
        Change(VOID, "T1", "moved_away", ""),
        Change(VOID, "T2", "moved_away", "T3"),
        Change(RECUSAL, "T3;X", DEPARTURE),
        Change(SUPPLY, "T3;AMR", "", "Y", 1, 2),
        Change(VOID, "T4", "moved_away", ""),
        Change(RECUSAL, "T3;Y", "kinship"),
        Change(SUPPLY, "T3;AMR", "", "Z", 1, 1),
    ]
    assert [len(act.lines) for act in acts(lines)] == [1, 3, 1, 2]


@pytest.mark.parametrize("kind", [small_case, small_fixed_case])
def test_who_has_left_is_never_given_a_seat(kind):
    supplied = 0
    for seed, teams, _ in drawn_cases(kind, range(60)):
        dice = Dice(seed)
        gone = {row[1] for row in teams.frame.inspectors.rows if dice.percent(30)}
        for target in sorted({target for target, _ in teams.seats()}):
            try:
                after, lines = teams.void(target, "moved_away", gone)
            except Refused:
                continue
            successor = lines[0].result
            taken = {line.result for line in lines if line.kind == SUPPLY and line.result[:1] != "#"}
            assert not gone & taken
            if successor:
                seated = {
                    s.inspector for (t, _), team in after.seats().items() if t == successor for s in team
                }
                assert not gone & seated
                supplied += 1
    assert supplied > 20


def test_a_change_moves_no_seat_of_another_target():
    for seed, teams, slow in drawn_cases(small_case, range(60)):
        target = Dice(seed).one(sorted({target for target, _ in teams.seats()}))
        who = sorted({who for _, who in slow.team(target)})[0]
        try:
            after, _ = teams.recuse([target], who, "kinship")
        except Refused:
            continue
        before, now = as_sets(teams), as_sets(after)
        assert {key: seats for key, seats in before.items() if key[0] != target} == {
            key: seats for key, seats in now.items() if key[0] != target
        }


def test_somebody_unknown_or_not_seated_cannot_be_recused():
    _, teams, _ = next(drawn_cases(small_case, range(20)))
    target = min(target for target, _ in teams.seats())
    idle = next(row[1] for row in teams.frame.inspectors.rows if not teams.is_seated(target, row[1]))
    for who in ("nobody", idle):
        with pytest.raises(Refused) as refused:
            teams.recuse([target], who, "kinship")
        assert refused.value.code == "recusal.not_seated"
    with pytest.raises(Refused) as refused:
        teams.void("T0", "moved_away")
    assert refused.value.code == "recusal.no_such_target"
