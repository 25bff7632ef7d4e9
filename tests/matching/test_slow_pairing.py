"""The slow pairing that everything is compared with is itself compared: with the vectors, and with sheer enumeration."""

import itertools
from collections import Counter

import pytest

from tests.golden import vectors
from tests.matching.slow_pairing import pair, read, slow_fixed, slow_pair, word
from tests.matching.small_cases import (
    FIXED,
    ORDERS,
    PER_TARGET,
    Shape,
    SmallCase,
    small_case,
    small_fixed_case,
)

TINY = Shape(load=110, everywhere=70, pair_bars=20, bars=8, most_drawn=3, most_inspectors=5)
TINY_FIXED = Shape(load=110, everywhere=80, pair_bars=6, bars=4, most_drawn=5, most_inspectors=6)
CASES = ("complete_case", "complete_case_near", "complete_case_fixed", "complete_case_shortage")


def paired(case: SmallCase) -> dict:
    return slow_pair(*case.tables(), case.key_match)


def grouped(case: SmallCase) -> dict:
    return slow_fixed(*case.tables(), case.key_teams, case.key_group)


# The vectors


def from_vectors(name: str) -> tuple[dict, dict]:
    """One complete case of the vectors and what the slow pairing says to it."""
    vector = vectors()[name]
    tables = [vector["tables"][table] for table in ("targets", "inspectors", "bars", "pair_bars")]
    drawn = [index for _, _, index, _, _ in vector["drawn"]]
    keys = {stage: int(digits, 16) for stage, digits in vector["keys"].items()}
    if vector["plan"]["teams"] == "fixed":
        return vector, slow_fixed(vector["plan"], *tables, drawn, keys["teams"], keys["match-group"])
    return vector, slow_pair(vector["plan"], *tables, drawn, keys["match"])


def test_the_tickets_are_those_of_the_vectors():
    philox = vectors()["philox"]
    key = int(philox["key"], 16)
    assert {i: f"{word(key, int(i)):016x}" for i in philox["words"]} == philox["words"]
    for ticket in philox["pair_words"]:
        assert f"{pair(key, ticket['t'], ticket['j']):016x}" == ticket["word"]


@pytest.mark.parametrize("name", CASES[:2])
def test_the_complete_cases_per_target_come_out_with_their_bans(name):
    vector, answer = from_vectors(name)
    assert answer == {"pairs": vector["pairs"], "bans": vector["bans"]}


def test_the_complete_case_of_fixed_groups_comes_out():
    vector, answer = from_vectors("complete_case_fixed")
    assert answer == {"groups": vector["groups"], "pairs": vector["pairs"]}


def test_the_complete_case_of_a_shortage_comes_out():
    vector, answer = from_vectors("complete_case_shortage")
    short = [{key: row[key] for key in ("department", "demand", "greatest")} for row in answer["shortage"]]
    assert short == vector["shortage"]
    assert all(row["missing"] == row["demand"] - row["greatest"] for row in answer["shortage"])


# Enumeration


def may_visit(case: SmallCase, j: int, t: int) -> bool:
    """Region and bars, of one inspector and one target."""
    _, inspector, _, _, regions, _, _ = case.inspectors[j]
    _, target, region, _ = case.targets[t]
    named = {(bar[0], bar[1]) for bar in case.bars}
    return (regions == "*" or (region != "" and region in regions.split(";"))) and (
        inspector,
        target,
    ) not in named


def is_lead(case: SmallCase, j: int) -> bool:
    code, _, held = case.inspectors[j][:3]
    [needed] = [
        each.get("lead_qualification", "") for each in case.plan["departments"] if each["code"] == code
    ]
    return all(each in held.split(";") for each in needed.split(";"))


def is_home(case: SmallCase, j: int, t: int) -> bool:
    return case.targets[t][2] != "" and case.targets[t][2] == case.inspectors[j][3]


def value(objectives, chosen, far, key) -> tuple:
    """What the objectives say of a choice of (t, j), in their order, to be compared as a tuple."""
    tickets = [pair(key, t, j) for t, j in chosen]
    loads = Counter(j for _, j in chosen)
    parts = {
        "near": (sum(far(t, j) for t, j in chosen),),
        "balance": (sum(load * load for load in loads.values()),),
        "tickets": (sum(ticket >> 24 for ticket in tickets), sum(ticket % 2**24 for ticket in tickets)),
    }
    return tuple(part for objective in objectives for part in parts[objective])


def only_best(objectives, options, room, far, key):
    """The one best choice of an option for each target within everybody's room, or None; two of them fail."""
    found = []
    for teams in itertools.product(*options.values()):
        chosen = [(t, j) for t, team in zip(options, teams, strict=True) for j in team]
        if all(load <= room[j] for j, load in Counter(j for _, j in chosen).items()):
            found.append((value(objectives, chosen, far, key), dict(zip(options, teams, strict=True))))
    if not found:
        return None
    least = min(worth for worth, _ in found)
    (best,) = [teams for worth, teams in found if worth == least]
    return best


def best_teams(case: SmallCase, department: dict, bans: set):
    """The best lawful teams of one department by trying all: {t: (j, ...)}, or None."""
    own = [j for j, row in enumerate(case.inspectors) if row[0] == department["code"]]
    options = {}
    for t in sorted(case.drawn):
        free = [j for j in own if may_visit(case, j, t) and (t, j) not in bans]
        teams = itertools.combinations(free, department["size"])
        options[t] = [team for team in teams if sum(is_lead(case, j) for j in team) >= department["leads"]]
    room = {j: int(case.inspectors[j][5]) for j in own}
    return only_best(
        case.plan["objectives"], options, room, lambda t, j: not is_home(case, j, t), case.key_match
    )


def most_seats(options: dict, room: dict) -> int:
    """The most seats that can be filled when each target takes one of its options, by trying all."""
    reached = {tuple(room.values())}
    for subsets in options.values():
        steps = [tuple(int(j in subset) for j in room) for subset in subsets]
        spent = {tuple(a - b for a, b in zip(left, step, strict=True)) for left in reached for step in steps}
        reached = {left for left in spent if min(left) >= 0}
    return sum(room.values()) - min(sum(left) for left in reached)


def subsets_of(things: list) -> list[tuple]:
    return [some for n in range(len(things) + 1) for some in itertools.combinations(things, n)]


def seats_within(case: SmallCase, department: dict, nodes: tuple) -> int:
    """The most seats that can be filled when only these nodes (t, role) have seats."""
    own = {j: int(row[5]) for j, row in enumerate(case.inspectors) if row[0] == department["code"]}
    options = {}
    for t in {t for t, _ in nodes}:
        lead = department["leads"] if (t, "lead") in nodes else 0
        member = department["size"] - department["leads"] if (t, "member") in nodes else 0
        options[t] = [
            some
            for some in subsets_of([j for j in own if may_visit(case, j, t)])
            if sum(not is_lead(case, j) for j in some) + max(0, sum(is_lead(case, j) for j in some) - lead)
            <= member
        ]
    return most_seats(options, own)


def seats_told(case: SmallCase, department: dict) -> dict:
    """The shortage by trying all sets of seats: the smallest of the sets that miss most."""
    roles = {"lead": department["leads"], "member": department["size"] - department["leads"]}
    nodes = [(t, role) for t in sorted(case.drawn) for role in roles if roles[role]]
    demand, greatest = department["size"] * len(case.drawn), seats_within(case, department, tuple(nodes))
    missed = {}
    for some in subsets_of(nodes):
        missed[some] = sum(roles[role] for _, role in some) - seats_within(case, department, some)
    worst = [set(some) for some, missing in missed.items() if missing == max(missed.values())]
    nearest = min(worst, key=len)
    assert all(nearest <= other for other in worst)
    seats = Counter()
    for t, role in nearest:
        seats[case.targets[t][2], role] += roles[role]
    rows = [{"region": region, "role": role, "seats": n} for (region, role), n in sorted(seats.items())]
    supply = seats_within(case, department, tuple(nearest))
    told = {"kind": "seats", "department": department["code"], "demand": demand, "greatest": greatest}
    return {**told, "seats": rows, "supply": supply, "missing": demand - greatest}


class ByHand:
    """Section 6 as a clerk would do it with `best_teams` as the only tool."""

    def __init__(self, case: SmallCase) -> None:
        self.case, self.bans, self.rows = case, set(), []
        self.departments = {department["code"]: department for department in case.plan["departments"]}

    def solved(self, code: str, more=()):
        return best_teams(self.case, self.departments[code], self.bans | set(more))

    def code(self, j: int) -> str:
        return self.case.inspectors[j][0]

    def first_pairs(self, teams: dict) -> dict:
        """{t: (larger, other)} for the targets that have a barred pair."""
        ids = [row[1] for row in self.case.inspectors]
        barred = sorted(sorted((ids.index(a), ids.index(b))) for a, b, _ in self.case.pair_bars)
        first = {}
        for t in sorted(self.case.drawn):
            sitting = {j for team in teams.values() for j in team[t]}
            on_it = [couple for couple in barred if sitting.issuperset(couple)]
            if on_it:
                a, b = on_it[0]
                costs = [pair(self.case.key_match, t, j) >> 24 for j in (a, b)]
                first[t] = (a, b) if costs[0] > costs[1] else (b, a)
        return first

    def round_of(self, first: dict) -> list:
        """The bans of one round as [(t, banned, other)]; ends with None where a pair cannot be parted."""
        together = {(t, larger) for t, (larger, _) in first.items()}
        if all(self.solved(self.code(larger), together) for _, larger in together):
            return [(t, larger, other) for t, (larger, other) in first.items()]
        made = []
        for t, (larger, other) in first.items():
            before = {(x, banned) for x, banned, _ in made}
            if self.solved(self.code(larger), {*before, (t, larger)}):
                made.append((t, larger, other))
            elif self.solved(self.code(other), {*before, (t, other)}):
                made.append((t, other, larger))
            else:
                return [*made, None, (t, larger, other)]
        return made

    def answer(self) -> dict:
        teams = {code: self.solved(code) for code in self.departments}
        if None in teams.values():
            departments = [self.departments[code] for code, team in teams.items() if team is None]
            return {"shortage": [seats_told(self.case, department) for department in departments]}
        ids, targets = [row[1] for row in self.case.inspectors], [row[1] for row in self.case.targets]
        for number in itertools.count(1):
            first = self.first_pairs(teams)
            if not first:
                break
            made = self.round_of(first)
            if None in made:
                t, larger, other = made[-1]
                told = {"kind": "pair_bar", "target": targets[t], "department": self.code(larger)}
                return {"shortage": [{**told, "barred": [ids[larger], ids[other]]}]}
            self.bans |= {(t, banned) for t, banned, _ in made}
            self.rows += [[number, targets[t], ids[banned], ids[other]] for t, banned, other in made]
            teams = {code: self.solved(code) for code in self.departments}
        return {"pairs": self.pairs(teams), "bans": self.rows}

    def pairs(self, teams: dict) -> list:
        rows = []
        for t in sorted(self.case.drawn):
            for code, department in self.departments.items():
                cost = {j: pair(self.case.key_match, t, j) >> 24 for j in teams[code][t]}
                leads = sorted((cost[j], j) for j in cost if is_lead(self.case, j))[: department["leads"]]
                for j in sorted(cost):
                    role = "lead" if (cost[j], j) in leads else "member"
                    rows.append([self.case.targets[t][1], code, self.case.inspectors[j][1], role, cost[j]])
        return rows


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_no_enumeration_finds_another_answer_per_target(order):
    for seed in range(60):
        case = small_case(seed, order, TINY)
        assert paired(case) == ByHand(case).answer(), seed


def dealt_by_hand(case: SmallCase):
    """Section 7's dealing with decks that get thinner: ({group: [(j, role)...]}, the shortage or None)."""
    barred = {frozenset(row[:2]) for row in case.pair_bars}
    groups = {k: [] for k in range(case.plan["groups"])}
    for department in case.plan["departments"]:
        code, leads, size = department["code"], department["leads"], department["size"]
        deck = [j for j, row in enumerate(case.inspectors) if row[0] == code]
        deck.sort(key=lambda j: word(case.key_teams, j))
        for role in ["lead"] * leads + ["member"] * (size - leads):
            for k, group in groups.items():
                mates = [case.inspectors[j][1] for j, _ in group]
                fit = [j for j in deck if role == "member" or is_lead(case, j)]
                fit = [j for j in fit if not any({case.inspectors[j][1], mate} in barred for mate in mates)]
                if not fit:
                    return groups, {"kind": "group", "department": code, "group": k, "role": role}
                group.append((fit[0], role))
                deck.remove(fit[0])
    return groups, None


def group_options(case: SmallCase, groups: dict) -> dict:
    """The groups that may take each target, as teams of one."""
    codes, options = {department["code"] for department in case.plan["departments"]}, {}
    named = {(bar[0], bar[1]) for bar in case.bars}
    for t in sorted(case.drawn):
        options[t] = []
        for k, group in groups.items():
            rows = [case.inspectors[j] for j, _ in group]
            region = case.targets[t][2]
            reach = {row[0] for row in rows if row[4] == "*" or (region and region in row[4].split(";"))}
            if reach == codes and not any((row[1], case.targets[t][1]) in named for row in rows):
                options[t].append((k,))
    return options


def group_shortage(case: SmallCase, options: dict, room: dict) -> dict:
    """Too little capacity of groups, by trying all sets of targets: the smallest of those that miss most."""
    missed = {}
    for some in subsets_of(list(options)):
        missed[some] = len(some) - most_seats({t: [(), *options[t]] for t in some}, room)
    worst = [set(some) for some, missing in missed.items() if missing == max(missed.values())]
    nearest = min(worst, key=len)
    assert all(nearest <= other for other in worst)
    targets = [case.targets[t][1] for t in sorted(nearest)]
    greatest = len(options) - max(missed.values())
    return {"kind": "groups", "demand": len(options), "greatest": greatest, "targets": targets}


def fixed_by_hand(case: SmallCase) -> dict:
    """Section 7 by dealing and enumeration."""
    groups, short = dealt_by_hand(case)
    if short:
        return {"shortage": [short]}
    options = group_options(case, groups)
    nobody = [case.targets[t][1] for t, teams in options.items() if not teams]
    if nobody:
        return {"shortage": [{"kind": "no_group", "targets": nobody}]}
    room = {k: min(int(case.inspectors[j][5]) for j, _ in group) for k, group in groups.items()}

    def far(t, k):
        return not any(is_home(case, j, t) for j, _ in groups[k])

    best = only_best(case.plan["objectives"], options, room, far, case.key_group)
    if best is None:
        return {"shortage": [group_shortage(case, options, room)]}
    rows = []
    for k, group in groups.items():
        for department in case.plan["departments"]:
            for j, role in sorted(group):
                if case.inspectors[j][0] == department["code"]:
                    rows.append([k, *case.inspectors[j][:2], role, f"{word(case.key_teams, j):016x}"])
    pairs = [[case.targets[t][1], k, pair(case.key_group, t, k) >> 24] for t, (k,) in best.items()]
    return {"groups": rows, "pairs": pairs}


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_no_enumeration_finds_another_answer_of_fixed_groups(order):
    for seed in range(60):
        case = small_fixed_case(seed, order, TINY_FIXED)
        assert grouped(case) == fixed_by_hand(case), seed


# What one can see without enumeration


def little(inspectors, pair_bars, size, drawn=(0,), key=1, departments=("A", "B")) -> dict:
    """A pairing of targets without further conditions; inspectors are (department, id, capacity)."""
    codes = [code for code in departments if any(row[0] == code for row in inspectors)]
    plan = {
        "teams": "per_target",
        "departments": [{"code": code, "size": size, "leads": 0} for code in codes],
        "objectives": ["tickets"],
    }
    targets = [("S", f"T{t}", "", f"T{t}") for t in range(1 + max(drawn))]
    rows = [(code, name, "", "", "*", capacity, name) for code, name, capacity in inspectors]
    return slow_pair(plan, targets, rows, [], pair_bars, list(drawn), key)


def costs(key: int, t: int, number: int) -> list[int]:
    return [pair(key, t, j) >> 24 for j in range(number)]


def test_the_other_is_banned_where_nobody_can_stand_in_for_the_larger():
    seen = set()
    for key in range(200):
        x, y, z = costs(key, 0, 3)
        answer = little([("A", "x", "1"), ("B", "y", "1"), ("B", "z", "1")], [("x", "y", "")], 1, key=key)
        assert answer["bans"] == ([[1, "T0", "y", "x"]] if y < z else [])
        assert [row[2] for row in answer["pairs"]] == ["x", "z"]
        seen.add((y < z, x > y))
    assert len(seen) == 4


def test_a_pair_that_nobody_can_part_is_a_shortage_that_names_the_larger_first():
    for key in range(20):
        x, y = costs(key, 0, 2)
        answer = little([("A", "x", "1"), ("B", "y", "1")], [("x", "y", "")], 1, key=key)
        larger, other, code = ("x", "y", "A") if x > y else ("y", "x", "B")
        short = {"kind": "pair_bar", "target": "T0", "department": code, "barred": [larger, other]}
        assert answer == {"shortage": [short]}


def test_a_stand_in_goes_to_the_earlier_target_and_the_later_one_is_short():
    """Two targets need the one stand-in c; both bans together leave nothing, the first alone leaves an answer."""
    inspectors, seen = [("A", "a", "2"), ("A", "b", "2"), ("A", "c", "1")], 0
    for key in range(200):
        (a0, b0, c0), (a1, b1, c1) = costs(key, 0, 3), costs(key, 1, 3)
        if c0 > max(a0, b0) and c1 > max(a1, b1):
            seen += 1
            answer = little(inspectors, [("a", "b", "")], 2, (1, 0), key)
            barred = ["a", "b"] if a1 > b1 else ["b", "a"]
            short = {"kind": "pair_bar", "target": "T1", "department": "A", "barred": barred}
            assert answer == {"shortage": [short]}
    assert seen > 3


def test_remainders_decide_only_between_equal_sums_of_costs():
    """No key gives equal sums of costs in a small case, so the packed weights are looked at themselves."""
    weight = read({"objectives": ["near", "tickets"]}, [], [], [], [], [], 0).weight
    full = (1 << 24) - 1
    least_costs = weight(w=(10 << 24) + full) + weight(w=(10 << 24) + full)
    assert least_costs < weight(w=11 << 24) + weight(w=10 << 24) < weight(far=1)
    assert weight(w=(11 << 24) + 5) + weight(w=9 << 24) < weight(w=(10 << 24) + 6) + weight(w=10 << 24)


def test_the_order_in_which_the_drawn_are_given_changes_nothing():
    for seed in range(20):
        for case, solved in (
            (small_case(seed, ORDERS[3]), paired),
            (small_fixed_case(seed, ORDERS[3]), grouped),
        ):
            turned = SmallCase(**{**vars(case), "drawn": case.drawn[::-1]})
            assert solved(turned) == solved(case)


# The cases


def kinds(answers: list[dict]) -> Counter:
    """How often each kind of outcome comes."""
    return Counter(answer["shortage"][0]["kind"] if "shortage" in answer else "paired" for answer in answers)


def test_the_small_cases_meet_every_way_a_pairing_per_target_can_go():
    cases = [small_case(seed, ORDERS[2]) for seed in range(200)]
    answers = [paired(case) for case in cases]
    assert kinds(answers).keys() == {"paired", "seats", "pair_bar"}
    assert kinds(answers)["paired"] > 100
    assert min(kinds(answers).values()) > 20
    rounds = Counter(answer["bans"][-1][0] for answer in answers if answer.get("bans"))
    assert sum(rounds.values()) > 50
    assert sum(n for last, n in rounds.items() if last >= 3) > 15
    spared = [bans_of_the_smaller(case, answer) for case, answer in zip(cases, answers, strict=True)]
    assert sum(n > 0 for n in spared) > 15
    assert all(2 <= len(case.drawn) <= 14 and len(case.targets) <= 30 for case in cases)


def bans_of_the_smaller(case: SmallCase, answer: dict) -> int:
    """How many bans met the smaller of the pair, as only happens one by one."""
    t_of = {row[1]: t for t, row in enumerate(case.targets)}
    j_of = {row[1]: j for j, row in enumerate(case.inspectors)}
    tickets = [
        [pair(case.key_match, t_of[target], j_of[name]) >> 24 for name in (banned, other)]
        for _, target, banned, other in answer.get("bans", [])
    ]
    return sum(banned < other for banned, other in tickets)


def test_the_small_cases_meet_every_way_fixed_groups_can_go():
    answers = [grouped(small_fixed_case(seed, ORDERS[2])) for seed in range(200)]
    assert kinds(answers).keys() == {"paired", "group", "no_group", "groups"}
    assert kinds(answers)["paired"] > 100
    assert min(kinds(answers).values()) > 10


def test_a_seed_gives_one_case_whatever_the_objectives():
    for make, shape in ((small_case, PER_TARGET), (small_fixed_case, FIXED)):
        one, other = make(7, ORDERS[0], shape), make(7, ORDERS[4], shape)
        assert one.tables()[1:] == other.tables()[1:]
        assert make(7, ORDERS[0], shape) == one != make(8, ORDERS[0], shape)
