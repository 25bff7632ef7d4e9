"""The pairing (人员匹配) of draw-1 sections 6 and 7 once more: slow, plain, and independent of the product.

The product's engine is compared with it, so it shares nothing with the product: the standard library only,
integers without bounds, one plain shortest-path flow for everything, each rule written as the text states it.
Tables are lists of rows in frozen order; t and j are row indexes of targets and inspectors, k is a group.
"""

from collections import deque
from dataclasses import dataclass
from functools import lru_cache

WORD = (1 << 64) - 1
LEVEL = 1 << 96  # wider than any sum of one objective, so that packed objectives never carry into each other


# Section 4: tickets


@lru_cache(maxsize=1 << 16)
def philox(counter, key):
    """Philox4x64-10: four words from a counter of four words and a 128-bit key, least significant first."""
    c0, c1, c2, c3 = ((counter >> shift) & WORD for shift in (0, 64, 128, 192))
    k0, k1 = key & WORD, key >> 64
    for _ in range(10):
        left, right = 0xD2E7470EE14C6C93 * c0, 0xCA5A826395121157 * c2
        c0, c1, c2, c3 = (right >> 64) ^ c1 ^ k0, right & WORD, (left >> 64) ^ c3 ^ k1, left & WORD
        k0, k1 = (k0 + 0x9E3779B97F4A7C15) & WORD, (k1 + 0xBB67AE8584CAA73B) & WORD
    return c0, c1, c2, c3


def word(key, i):
    """The ticket (签号) of row i."""
    return philox(1 + i // 4, key)[i % 4]


def pair(key, t, j):
    """The ticket of target t with inspector (or group) j."""
    return philox((t << 64) + 1 + j // 4, key)[j % 4]


# The tables, as questions


def items(field):
    """The items of a list field; an empty field has none."""
    return field.split(";") if field else []


@dataclass(frozen=True)
class Lottery:
    """The tables of one draw and the questions section 6 and 7 ask of them."""

    plan: dict
    targets: list
    inspectors: list
    bars: frozenset  # of (inspector id, target id)
    pair_bars: frozenset  # of (smaller row index, larger row index)
    drawn: tuple  # target row indexes, ascending
    key: int

    def region(self, t):
        return self.targets[t][2]

    def target_id(self, t):
        return self.targets[t][1]

    def inspector_id(self, j):
        return self.inspectors[j][1]

    def department(self, code):
        return next(d for d in self.plan["departments"] if d["code"] == code)

    def members(self, department):
        return [j for j, row in enumerate(self.inspectors) if row[0] == department["code"]]

    def qualified(self, department, j):
        return all(
            q in items(self.inspectors[j][2]) for q in department.get("lead_qualification", "").split(";")
        )

    def capacity(self, j):
        return int(self.inspectors[j][5])

    def covers(self, j, t):
        regions = self.inspectors[j][4]
        return regions == "*" or self.region(t) in items(regions)

    def barred(self, j, t):
        return (self.inspector_id(j), self.target_id(t)) in self.bars

    def far(self, j, t):
        """1 unless the target's region is the inspector's home; an empty one never is."""
        return 0 if self.region(t) and self.region(t) == self.inspectors[j][3] else 1

    def pair_barred(self, a, b):
        return (min(a, b), max(a, b)) in self.pair_bars

    def cost(self, t, j):
        return pair(self.key, t, j) >> 24

    def weight(self, far=0, square=0, w=0):
        """The plan's objectives of one arc as one integer, the first objective most significant."""
        parts = {"near": [far], "balance": [square], "tickets": [w >> 24, w % (1 << 24)]}
        packed = 0
        for objective in self.plan["objectives"]:
            for part in parts[objective]:
                packed = packed * LEVEL + part
        return packed


def read(plan, targets, inspectors, bars, pair_bars, drawn, key):
    """The lottery of these tables; pair bars are turned into row indexes."""
    row = {inspector[1]: j for j, inspector in enumerate(inspectors)}
    indexes = frozenset(tuple(sorted((row[a], row[b]))) for a, b, _ in pair_bars)
    named = frozenset((inspector, target) for inspector, target, _ in bars)
    return Lottery(plan, targets, inspectors, named, indexes, tuple(sorted(drawn)), key)


# Flow: cheapest paths by Bellman-Ford, one after another


class Flow:
    """A network from "source" to "sink"; arc 2n+1 is the way back of arc 2n."""

    def __init__(self):
        self.tails, self.heads, self.room, self.price, self.out = [], [], [], [], {}

    def arc(self, tail, head, room, price=0):
        """A new arc; its number is given back."""
        for a, b, r, p in ((tail, head, room, price), (head, tail, 0, -price)):
            self.out.setdefault(a, []).append(len(self.heads))
            self.tails.append(a)
            self.heads.append(b)
            self.room.append(r)
            self.price.append(p)
        return len(self.heads) - 2

    def cheapest_path(self):
        """The arcs of a cheapest path with room, from the sink backwards; empty where there is no path."""
        distance, last, waiting = {"source": 0}, {}, deque(["source"])
        while waiting:
            tail = waiting.popleft()
            for arc in self.out.get(tail, ()):
                head, reached = self.heads[arc], distance[tail] + self.price[arc]
                if self.room[arc] and (head not in distance or reached < distance[head]):
                    distance[head], last[head] = reached, arc
                    if head not in waiting:
                        waiting.append(head)
        path, node = [], "sink"
        while node in last:
            path.append(last[node])
            node = self.tails[last[node]]
        return path

    def fill(self):
        """Send as much as possible as cheaply as possible; the amount sent."""
        sent = 0
        while path := self.cheapest_path():
            step = min(self.room[arc] for arc in path)
            sent += step
            for arc in path:
                self.room[arc] -= step
                self.room[arc ^ 1] += step
        return sent

    def used(self, arc):
        return self.room[arc ^ 1] > 0

    def near_sink(self):
        """The nodes from which the sink can still be reached: its side of the minimum cut nearest to it."""
        side, waiting = {"sink"}, ["sink"]
        while waiting:
            head = waiting.pop()
            for back in self.out.get(head, ()):
                tail = self.heads[back]
                if self.room[back ^ 1] and tail not in side:
                    side.add(tail)
                    waiting.append(tail)
        return side

    def let_in(self, side):
        """What the cut lets reach this side, arcs that end in the sink apart."""
        inside = [a for a in range(0, len(self.heads), 2) if self.heads[a] in side - {"sink"}]
        return sum(self.room[a] + self.room[a ^ 1] for a in inside if self.tails[a] not in side)


# Section 6: pairs


def eligible(case, department, t, bans):
    """The inspectors of the department who may visit t, the bans of pair bars counted."""
    return [
        j
        for j in case.members(department)
        if case.covers(j, t) and not case.barred(j, t) and (t, j) not in bans
    ]


def answer(case, department, bans):
    """The department's best assignment as {t: inspectors}, or None where its demand cannot be met.

    Of the `size` members at most `size - leads` are unqualified, so these pass a door of that width.
    """
    size, leads, flow, arcs = department["size"], department["leads"], Flow(), {}
    for j in case.members(department):
        for load in range(min(case.capacity(j), len(case.drawn))):
            # 1 + 3 + 5 + ... is the square of the load, and the cheaper unit is always taken first
            flow.arc("source", ("inspector", j), 1, case.weight(square=2 * load + 1))
    for t in case.drawn:
        flow.arc(("unqualified", t), ("target", t), size - leads)
        flow.arc(("target", t), "sink", size)
        for j in eligible(case, department, t, bans):
            door = "target" if case.qualified(department, j) else "unqualified"
            weight = case.weight(far=case.far(j, t), w=pair(case.key, t, j))
            arcs[t, j] = flow.arc(("inspector", j), (door, t), 1, weight)
    if flow.fill() < size * len(case.drawn):
        return None
    return {t: [j for (x, j), arc in arcs.items() if x == t and flow.used(arc)] for t in case.drawn}


def seat_shortage(case, department):
    """The shortage (人员缺口) of one department, from the lead/member network with a node for each (t, j)."""
    flow, roles = Flow(), {"lead": department["leads"], "member": department["size"] - department["leads"]}
    for j in case.members(department):
        flow.arc("source", ("inspector", j), case.capacity(j))
    for t in case.drawn:
        for j in eligible(case, department, t, ()):
            flow.arc(("inspector", j), ("pair", t, j), 1)
            flow.arc(("pair", t, j), ("member", t), 1)
            if case.qualified(department, j):
                flow.arc(("pair", t, j), ("lead", t), 1)
        for role, seats in roles.items():
            flow.arc((role, t), "sink", seats)
    demand, greatest, side = department["size"] * len(case.drawn), flow.fill(), flow.near_sink()
    short = {}
    for t in case.drawn:
        for role, seats in roles.items():
            if (role, t) in side:
                short[case.region(t), role] = short.get((case.region(t), role), 0) + seats
    missing = sum(short.values()) - flow.let_in(side)
    assert missing == demand - greatest > 0
    rows = [{"region": region, "role": role, "seats": n} for (region, role), n in sorted(short.items())]
    told = {"kind": "seats", "department": department["code"], "demand": demand, "greatest": greatest}
    return {**told, "seats": rows, "supply": flow.let_in(side), "missing": missing}


def barred_pairs(case, answers):
    """Each target with a barred pair on it: (t, the larger by (cost, index) of the first pair, the other)."""
    found = []
    for t in case.drawn:
        team = sorted(j for solved in answers.values() for j in solved[t])
        pairs = [(a, b) for a in team for b in team if a < b and case.pair_barred(a, b)]
        if pairs:
            other, larger = sorted(min(pairs), key=lambda j, t=t: (case.cost(t, j), j))
            found.append((t, larger, other))
    return found


def with_bans(bans, made):
    """The bans of earlier rounds together with those made now, as a set of (t, j)."""
    return bans | {(t, banned) for t, banned, _ in made}


def all_answer(case, made, bans):
    """Whether every department concerned still has an answer when the bans made are added."""
    concerned = {case.inspectors[banned][0] for _, banned, _ in made}
    departments = [d for d in case.plan["departments"] if d["code"] in concerned]
    return all(answer(case, department, with_bans(bans, made)) is not None for department in departments)


def bans_one_by_one(case, found, bans):
    """A round's bans in order of target index, each tested by itself, and the pair that no ban can part."""
    made = []
    for t, larger, other in found:
        for banned, spared in ((larger, other), (other, larger)):
            trial = [*made, (t, banned, spared)]
            if answer(case, case.department(case.inspectors[banned][0]), with_bans(bans, trial)) is not None:
                made = trial
                break
        else:
            return made, (t, larger, other)
    return made, None


def pair_bar_shortage(case, t, larger, other):
    """The shortage by pair bar: neither of the two can be spared from this target."""
    return {
        "kind": "pair_bar",
        "target": case.target_id(t),
        "department": case.inspectors[larger][0],
        "barred": [case.inspector_id(larger), case.inspector_id(other)],
    }


def pair_rows(case, answers):
    """pairs.csv: the leads of a team are its `leads` qualified members with the smallest (cost, index)."""
    rows = []
    for t in case.drawn:
        for department in case.plan["departments"]:
            team = answers[department["code"]][t]
            ranked = sorted(team, key=lambda j, t=t: (case.cost(t, j), j))
            leads = [j for j in ranked if case.qualified(department, j)][: department["leads"]]
            for j in sorted(team):
                role = "lead" if j in leads else "member"
                seat = [case.target_id(t), department["code"], case.inspector_id(j), role, case.cost(t, j)]
                rows.append(seat)
    return rows


def slow_pair(plan, targets, inspectors, bars, pair_bars, drawn, key):
    """Section 6, `per_target`: {"pairs": rows, "bans": rows}, or {"shortage": [...]}."""
    case = read(plan, targets, inspectors, bars, pair_bars, drawn, key)
    answers = {d["code"]: answer(case, d, frozenset()) for d in plan["departments"]}
    short = [seat_shortage(case, d) for d in plan["departments"] if answers[d["code"]] is None]
    if short:
        return {"shortage": short}
    bans, rows, number = frozenset(), [], 0
    while made := barred_pairs(case, answers):
        number += 1
        if not all_answer(case, made, bans):
            made, stuck = bans_one_by_one(case, made, bans)
            if stuck:
                return {"shortage": [pair_bar_shortage(case, *stuck)]}
        bans = with_bans(bans, made)
        rows += [[number, case.target_id(t), case.inspector_id(a), case.inspector_id(b)] for t, a, b in made]
        for code in {inspectors[banned][0] for _, banned, _ in made}:
            answers[code] = answer(case, case.department(code), bans)
    return {"pairs": pair_rows(case, answers), "bans": rows}


# Section 7: fixed groups


def next_card(case, department, deck, dealt, group, role):
    """The first in the deck who may sit in the group, or None."""
    taken, own = {j for _, j, _ in dealt}, [j for k, j, _ in dealt if k == group]
    for j in deck:
        fit = case.qualified(department, j) or role == "member"
        if fit and j not in taken and not any(case.pair_barred(j, mate) for mate in own):
            return j
    return None


def deal(case, key_teams):
    """Deal the groups like cards: ([(group, j, role)...], None), or (None, the first shortage)."""
    dealt = []
    for department in case.plan["departments"]:
        deck = sorted(case.members(department), key=lambda j: (word(key_teams, j), j))
        for turn in range(department["size"]):
            role = "lead" if turn < department["leads"] else "member"
            for k in range(case.plan["groups"]):
                j = next_card(case, department, deck, dealt, k, role)
                if j is None:
                    return None, {"kind": "group", "department": department["code"], "group": k, "role": role}
                dealt.append((k, j, role))
    return dealt, None


def may_take(case, team, t):
    """Whether a group may take t: no bar between them, and somebody of each department covers the region."""
    if any(case.barred(j, t) for j in team):
        return False
    return all(any(case.covers(j, t) for j in team if j in case.members(d)) for d in case.plan["departments"])


def group_answer(case, teams):
    """({t: group}, None) for the best assignment of targets to groups, or (None, shortage)."""
    flow, arcs = Flow(), {}
    for k, team in teams.items():
        for load in range(min(min(case.capacity(j) for j in team), len(case.drawn))):
            flow.arc("source", ("group", k), 1, case.weight(square=2 * load + 1))
    for t in case.drawn:
        flow.arc(("target", t), "sink", 1)
        for k, team in teams.items():
            if may_take(case, team, t):
                weight = case.weight(far=min(case.far(j, t) for j in team), w=pair(case.key, t, k))
                arcs[t, k] = flow.arc(("group", k), ("target", t), 1, weight)
    nobody = [case.target_id(t) for t in case.drawn if not any((t, k) in arcs for k in teams)]
    if nobody:
        return None, {"kind": "no_group", "targets": nobody}
    demand, greatest = len(case.drawn), flow.fill()
    if greatest < demand:
        side = flow.near_sink()
        short = [case.target_id(t) for t in case.drawn if ("target", t) in side]
        return None, {"kind": "groups", "demand": demand, "greatest": greatest, "targets": short}
    return {t: k for (t, k), arc in arcs.items() if flow.used(arc)}, None


def slow_fixed(plan, targets, inspectors, bars, pair_bars, drawn, key_teams, key_group):
    """Section 7, `fixed`: {"groups": rows, "pairs": rows}, or {"shortage": [...]}."""
    case = read(plan, targets, inspectors, bars, pair_bars, drawn, key_group)
    dealt, short = deal(case, key_teams)
    if short is None:
        teams = {k: [j for group, j, _ in dealt if group == k] for k in range(plan["groups"])}
        taken, short = group_answer(case, teams)
    if short:
        return {"shortage": [short]}
    order = [department["code"] for department in plan["departments"]]
    dealt.sort(key=lambda seat: (seat[0], order.index(inspectors[seat[1]][0]), seat[1]))
    groups = [[k, *inspectors[j][:2], role, f"{word(key_teams, j):016x}"] for k, j, role in dealt]
    return {
        "groups": groups,
        "pairs": [[case.target_id(t), taken[t], case.cost(t, taken[t])] for t in case.drawn],
    }
