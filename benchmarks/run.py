"""The whole comparison (基准测试): measure every instance and write RESULTS.md, a table and a finding per question.

python -m benchmarks.run [--date TEXT] [--runs 5] [--only draw pairing freeze ...] [--out benchmarks/RESULTS.md]
"""

import argparse
import os
import platform
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.bench_fairness import KEYS, REHEARSALS
from benchmarks.bench_proof import PROOFS
from benchmarks.instances import (
    AUDIT,
    CAMPAIGNS,
    ENUMERATED,
    NATION,
    POPULATIONS,
    PROVED,
    REGISTERS,
    REGISTRIES,
    REHEARSED,
    STAFFS,
    TIMETABLES,
    Population,
)
from benchmarks.measurement import MEGABYTE, Measured, measure

HERE = Path(__file__).parent
PACKAGES = ("numpy", "ortools", "scipy", "consistent-sampler", "sqlalchemy", "psycopg")


@dataclass(frozen=True)
class Answer:
    """A question's table and what it shows, in one sentence."""

    question: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    finding: str

    def told(self, measured: str) -> str:
        """As Markdown; `measured` says when, and how."""
        lines = [self.columns, ["---", *["---:"] * (len(self.columns) - 1)], *self.rows]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return f"## {self.question}\n\n{table}\n\n{self.finding}\n\n{measured}\n"


def draw(runs: int) -> Iterator[Answer]:
    """How fast 1 % of a register is drawn, and what one row costs beside another verifiable sampler."""
    sides = {name: _sides("draw", ("draw_targets", "argsort", "choice"), name, runs) for name in POPULATIONS}
    for name, (ours, sort, _) in sides.items():
        _same(name, ours, sort)
    yield Answer(
        "Draw: how fast are 1 % of a register drawn, in how much memory?",
        ("instance", "drawn", *_head("draw_targets"), *_beside("argsort"), *_beside("choice")),
        [
            (name, f"{ours.answer[0]:,}", *_cells(ours), *_ratio(sort, ours), *_ratio(choice, ours))
            for name, (ours, sort, choice) in sides.items()
        ],
        _draw_finding(sides),
    )
    ours, theirs = _sides("draw", ("draw_targets", "consistent-sampler"), AUDIT.name, runs)
    large = [(POPULATIONS[name], sides[name][0]) for name in ("1e7 rows, 1 stratum", "5e7 rows, 1 stratum")]
    nation = measure("draw", "draw_targets", NATION.name, runs)
    yield _beside_consistent(theirs, [(AUDIT, ours), *large, (NATION, nation)])


def _draw_finding(sides: dict[str, list[Measured]]) -> str:
    one, many = sides["1e7 rows, 1 stratum"], sides["1e7 rows, 31 strata"]
    slowest, largest = max(one[0].median, many[0].median), max(one[0].megabytes, many[0].megabytes)
    sorts = [sort.median / ours.median for ours, sort, _ in sides.values()]
    samples = [choice.median / ours.median for ours, _, choice in sides.values()]
    return (
        f"10^7 rows take at most {slowest:.3g} s and {largest:.1f} MB over base (goal: 0.2 s, 100 MB); sorting all "
        f"tickets draws the same rows in {min(sorts):.0f} to {max(sorts):.0f} times that, and numpy's `choice` "
        f"needs {min(samples):.2f} to {max(samples):.2f} of it but gives no row a ticket that its owner could check."
    )


def _beside_consistent(theirs: Measured, drawn: Sequence[tuple[Population, Measured]]) -> Answer:
    each = _per_row(theirs, AUDIT.rows)
    costs = [_per_row(ours, population.rows) for population, ours in drawn]
    rows = [
        ("draw_targets", population.name, *_cells(ours), f"{cost * 1e9:,.1f}", f"{each / cost:,.0f}")
        for (population, ours), cost in zip(drawn, costs, strict=True)
    ]
    nation = drawn[-1][1]
    return Answer(
        "Draw: what does a row cost beside consistent-sampler?",
        ("sampler", "instance", *_head("median"), "ns per row", "times as fast per row"),
        [("consistent-sampler", AUDIT.name, *_cells(theirs), f"{each * 1e9:,.0f}", "1"), *rows],
        f"consistent-sampler costs {each * 1e9:,.0f} ns a row ({AUDIT.rows:,} rows, {theirs.median:.1f} s), "
        f"`draw_targets` {min(costs) * 1e9:.1f} to {max(costs) * 1e9:.1f} ns: {each / max(costs):,.0f} to "
        f"{each / min(costs):,.0f} times as fast per row (goal: 300), and with either a row's owner can compute his "
        f"ticket alone. 1 % of a nation's {NATION.rows:,} are drawn in {nation.median:.3g} s and "
        f"{nation.megabytes:,.0f} MB.",
    )


def pairing(runs: int) -> Iterator[Answer]:
    """How fast the seats are filled, beside HiGHS, in all objectives, and from frozen tables."""
    solved = {name: _sides("pairing", ("fill: tickets", "HiGHS"), name, runs) for name in STAFFS}
    for name, (ours, theirs) in solved.items():
        if theirs.answer is not None:
            _same(name, ours, theirs)
    yield Answer(
        "Pairing: how fast is the cheapest assignment by tickets, beside HiGHS?",
        ("instance", "candidacies", *_head("fill"), *_beside("HiGHS"), "cost, both alike"),
        [
            (name, _candidacies(name), *_cells(ours), *_ratio(theirs, ours), _cost(ours, theirs))
            for name, (ours, theirs) in solved.items()
        ],
        _highs_finding(solved),
    )
    orders = ("balance, tickets", "near, balance, tickets")
    ordered = {name: _sides("pairing", [f"fill: {order}" for order in orders], name, runs) for name in STAFFS}
    yield Answer(
        "Pairing: what do further objectives cost?",
        ("instance", *_head("tickets"), *_beside(orders[0]), *_beside(orders[1])),
        [
            (
                name,
                *_cells(solved[name][0]),
                *(cell for each in sides for cell in _ratio(each, solved[name][0])),
            )
            for name, sides in ordered.items()
        ],
        _objectives_finding({name: [solved[name][0], *sides] for name, sides in ordered.items()}),
    )
    yield _whole(runs)


def certificate(runs: int) -> Iterator[Answer]:
    """What the proof of a pairing costs, made and checked."""
    sides = {name: _sides("pairing", ("solve", "certify", "check"), name, runs) for name in PROVED}
    if not all(check.answer for _, _, check in sides.values()):
        raise RuntimeError("a certificate does not hold")
    both = {
        name: certify.median + check.median
        for name, (_, certify, check) in sides.items()
        if PROVED[name].targets * PROVED[name].candidacies == 2_000_000
    }
    worst = max(both, key=lambda name: both[name])
    shares = [(certify.median + check.median) / solve.median for solve, certify, check in sides.values()]
    yield Answer(
        "Certificate: what does the proof cost, beside the solution that it proves?",
        (
            "instance",
            "candidacies",
            *_head("solve"),
            *_head("certify"),
            *_head("check"),
            "(certify + check) / solve",
        ),
        [
            (
                name,
                f"{PROVED[name].targets * PROVED[name].candidates:,}",
                *_cells(solve),
                *_cells(certify),
                *_cells(check),
                f"{(certify.median + check.median) / solve.median:.2g}",
            )
            for name, (solve, certify, check) in sides.items()
        ],
        f"A certificate of 2,000,000 candidacies is made and checked in {min(both.values()):.3g} to {both[worst]:.3g} s "
        f"together (goal: 1.5 s; the longest, {worst}: {both[worst] / 1.5:.2f} of it); over all instances both take "
        f"{min(shares):.2g} to {max(shares):.2g} of the time of solving.",
    )


def shortage(runs: int) -> Iterator[Answer]:
    """How long it takes to say who lacks where, and what would do."""
    name = "city, two seats, one lead"
    found = measure("shortage", "remedied", name, runs)
    seconds, lacking = found.answer["seconds"], found.answer["missing"]
    if not all(lacking):
        raise RuntimeError("a case that was planted is not short")
    yield Answer(
        "Shortage: how long until it is told who lacks where, and the smallest change of every kind?",
        ("instance", "cases", "missing seats", "remedies", "exact", "median s", "max s", "MB"),
        [
            (
                f"10,000 targets, {name}",
                str(len(seconds)),
                f"{min(lacking):,} to {max(lacking):,}",
                str(found.answer["remedies"]),
                str(found.answer["exact"]),
                f"{seconds[len(seconds) // 2]:.2g}",
                f"{seconds[-1]:.2g}",
                f"{found.megabytes:,.1f}",
            )
        ],
        f"Of {len(seconds)} planted shortages the slowest is named and answered in {seconds[-1]:.2g} s (goal: 1 s); "
        f"{found.answer['exact']} of {found.answer['remedies']} remedies are exact, the others stand beside their bound.",
    )


def _highs_finding(solved: dict[str, list[Measured]]) -> str:
    one, two = solved["city, one seat"][0], solved["city, two seats, one lead"][0]
    done = [theirs.median / ours.median for ours, theirs in solved.values() if theirs.answer is not None]
    stopped = [name for name, (_, theirs) in solved.items() if theirs.answer is None]
    late = f"; it was stopped by its time limit on {' and '.join(stopped)}" if stopped else ""
    return (
        f"10,000 targets x 1,000 inspectors take {one.median:.3g} s with one seat and {two.median:.3g} s with two "
        f"(goal: 0.5 s); where HiGHS ends it finds the same cost in {min(done):.1f} to {max(done):.1f} times the "
        f"time, and `fill` has by then also solved for the remainders{late}."
    )


def _objectives_finding(ordered: dict[str, list[Measured]]) -> str:
    more = [side.median / sides[0].median for sides in ordered.values() for side in sides[1:]]
    city = ordered["city, two seats, one lead"]
    return (
        f"Each objective is one more solution of the network: balance or near before the tickets takes {min(more):.1f} "
        f"to {max(more):.1f} times as long as tickets alone, {city[1].median:.2g} and {city[2].median:.2g} s for "
        f"10,000 x 1,000 with two seats."
    )


def _whole(runs: int) -> Answer:
    sides = {name: _sides("pairing", ("pair_targets", "staffing"), name, runs) for name in CAMPAIGNS}
    rows = [
        (name, f"{seats.answer:,}", *map("{:,}".format, whole.answer), *_cells(whole), *_ratio(seats, whole))
        for name, (whole, seats) in sides.items()
    ]
    plain, barred = sides["city, two seats, one lead"], sides["city, two seats, one lead, 200 pair bars"]
    return Answer(
        "Pairing: how long from frozen tables to the pairs (balance, tickets)?",
        ("instance", "candidacies", "pairs", "bans", *_head("pair_targets"), *_beside("without solving")),
        rows,
        f"10,000 targets of a register of 100,000 are paired with two of 1,000 inspectors each in {plain[0].median:.2g} "
        f"s, of which {plain[1].median:.2g} s for eligibility and tickets; 200 pair bars, {barred[0].answer[1]} bans, "
        f"make it {barred[0].median:.2g} s, for every round of bans solves anew.",
    )


def timetable(runs: int) -> Iterator[Answer]:
    """How long days for all visits take, how far inspectors travel, and what moves when somebody falls ill."""
    names = [name for name in TIMETABLES if TIMETABLES[name].visits >= 10_000]
    sides = {name: _sides("timetable", ("timetable", "anywhere"), name, runs) for name in names}
    best = {name: ours.answer["trips"] / other.answer["trips"] for name, (ours, other) in sides.items()}
    three = [name for name in names if name.startswith("planted, 3")]
    left = {name: ours.answer["open"] - ours.answer["placed"] for name, (ours, _) in sides.items()}
    slowest = max(ours.median for ours, _ in sides.values())
    least, most = min(best[name] for name in three), max(best[name] for name in three)
    yield Answer(
        "Timetable: how long do days for 10,000 visits of joint teams take, and to how many districts does an inspector go?",
        ("instance", "inspectors", "load", *_head("timetable"), "can be placed", "placed", "districts per inspector-day",
         "per day out", "random s", "random placed", "random districts per inspector-day", "per day out", "ours / random"),
        [
            (name, f"{ours.answer['people']:,}", f"{ours.answer['load']:.0%}", *_cells(ours), f"{ours.answer['open']:,}",
             *_districts(ours), f"{other.median:.3g}", *_districts(other), f"{best[name]:.2f}")
            for name, (ours, other) in sides.items()
        ],
        f"Of the visits that have a day of their own at all, {', '.join(f'{left[name]} ({name})' for name in names)} "
        f"stay without one; the longest takes {slowest:.3g} s (goal: 60 s, all planted ones placed). Where there is a "
        f"timetable of three visits a day in one district, inspectors go to {least:.2f} to {most:.2f} times as many "
        "districts as in a random one that keeps the same rules (goal: 0.5).",
    )  # fmt: skip
    yield _absences([*names[:2], "paired, 3 a day, 60 %"])


def _absences(names: Sequence[str]) -> Answer:
    away = {
        (name, side): measure("timetable", side, name, 1) for name in names for side in ("a day", "a week")
    }
    share = {
        key: max(case["moved"] for case in each.answer) / TIMETABLES[key[0]].visits
        for key, each in away.items()
    }
    return Answer(
        "Timetable: how much moves when one inspector is away for a day or a week?",
        ("instance", "away", "s per absence", "had to move", "moved", "most moved", "left without a day", "of which proved"),
        [
            (name, side, f"{each.median / len(each.answer):.3g}",
             *(f"{sum(case[what] for case in each.answer):,}" for what in ("had to", "moved")), f"{share[name, side]:.2%}",
             *(str(sum(case[what] for case in each.answer)) for what in ("without", "proved")))
            for (name, side), each in away.items()
        ],
        f"Sums over three absences, one at a time; run once. At most {max(share.values()):.2%} of all visits move after "
        "one (goal: 2 %).",
    )  # fmt: skip


def _districts(measured: Measured) -> tuple[str, str, str]:
    told = measured.answer
    return f"{told['placed']:,}", f"{told['trips']:.2f}", f"{told['out']:.2f}"


def freeze(runs: int) -> Iterator[Answer]:
    """How long a register takes to seal."""
    names = ("seal", "freeze", "hash per row", "hash of the file")
    sides = {name: _sides("freeze", names, name, runs) for name in REGISTRIES}
    large = sides["1e6 targets"]
    yield Answer(
        "Freeze: how long does a register take to seal?",
        ("instance", *_head("seal"), *(cell for name in names[1:] for cell in _beside(name))),
        [
            (name, *_cells(ours), *(cell for each in others for cell in _ratio(each, ours)))
            for name, (ours, *others) in sides.items()
        ],
        f"Sealing 10^6 rows takes {large[0].median:.3g} s, {_per_row(large[0], 10**6) * 1e6:.2g} µs a row for salt, "
        f"leaf, tree and SM3, {large[0].median / large[2].median:.1f} times one plain hash per row; sorting and "
        f"checking the rows before takes {large[1].median:.3g} s.",
    )
    pools = {
        (name, database, custody): measure("freeze", f"pool{custody}, {database}", name, runs)
        for name, database in POOLS
        for custody in ("", " in custody")
    }
    longest = {("1e7 targets", "SQLite", ""): measure("freeze", "pool, SQLite", "1e7 targets", 1)}
    yield _from_the_database(pools | longest)


POOLS = (
    *(("1e5 targets", "SQLite"), ("1e6 targets", "SQLite"), ("1e6 targets", "PostgreSQL")),
    ("3e6 targets", "SQLite"),
)


def _from_the_database(pools: Mapping[tuple[str, str, str], Measured]) -> Answer:
    million = [(where, each) for where, each in pools.items() if where[0] == "1e6 targets"]
    slowest, largest = (
        max(told) for told in zip(*((m.median, m.megabytes) for _, m in million), strict=True)
    )
    base = _per_row(pools["1e6 targets", "SQLite", ""], 10**6)
    growth = [
        _per_row(each, REGISTERS[name]) / base
        for (name, database, custody), each in pools.items()
        if (database, custody) == ("SQLite", "")
    ]
    return Answer(
        "Freeze: how long from the database to the frozen lists, evidence and ledger written?",
        ("instance", *_head("freeze_pool"), "µs per target", "bytes per target"),
        [
            (
                f"{name}, {database}{custody}",
                *_cells(each),
                f"{_per_row(each, REGISTERS[name]) * 1e6:.2f}",
                f"{each.over_base / REGISTERS[name]:,.0f}",
            )
            for (name, database, custody), each in pools.items()
        ],
        f"A campaign over 10^6 targets is frozen in at most {slowest:.3g} s and {largest:,.0f} MB (goal: 8 s, 400 MB: "
        f"{slowest / 8:.2f} and {largest / 400:.2f} of it), in custody with its seals; without custody a target of the "
        f"registers on SQLite takes {min(growth):.2f} to {max(growth):.2f} times what it takes at 10^6.",
    )


def verify(runs: int) -> Iterator[Answer]:
    """How long a bundle takes whoever checks it."""
    names = ("1e5 targets", "1e6 targets")
    whole = {name: measure("verify", "verify", name, runs) for name in names}
    large = whole["1e6 targets"]
    yield Answer(
        "Verify: how long does the stand-alone program take for a full bundle?",
        ("instance", "bundle MB", *_head("verify")),
        [(name, f"{each.answer[0] / MEGABYTE:.1f}", *_cells(each)) for name, each in whole.items()],
        f"A bundle of 10^6 targets, 10,000 of them drawn and paired, is checked by the standard library alone in "
        f"{large.median:.3g} s and {large.megabytes:,.0f} MB (goal: 10 s: {large.median / 10:.2f} of it).",
    )


def proof(runs: int) -> Iterator[Answer]:
    """How long the proof of one target takes, how large it is, and what is kept for it."""
    sides = {name: _sides("proof", ("shared", "made", "checked"), name, runs) for name in REGISTRIES}
    large = sides["1e6 targets"]
    each = {side: _per_row(of, PROOFS) * 1e3 for side, of in zip(("made", "checked"), large[1:], strict=True)}
    yield Answer(
        "Proof: what does the proof of one target cost, once the tree is kept?",
        ("instance", *_head("shared"), "kept MB", "made ms", "checked ms", "bytes", "at most"),
        [
            (
                name,
                *_cells(shared),
                f"{shared.answer / 10**6:,.0f}",
                f"{_per_row(made, PROOFS) * 1e3:.2g}",
                f"{_per_row(checked, PROOFS) * 1e3:.2g}",
                *map("{:,}".format, made.answer),
            )
            for name, (shared, made, checked) in sides.items()
        ],
        f"With list and tree of 10^6 rows kept, a proof is made in {each['made']:.2g} ms (goal: 1 ms) and checked in "
        f"{each['checked']:.2g} ms, every ticket of its stratum worked out; it has at most "
        f"{large[1].answer[1]:,} bytes (goal: 2,048). What is kept is made once in {large[0].median:.3g} s.",
    )


def intake(runs: int) -> Iterator[Answer]:
    """How long a list takes into the database, beside its bytes put into a bare table."""
    sides = {
        (database, name): _sides("intake", (f"import, {database}", bare), name, runs)
        for name in ("1e6 targets",)
        for database, bare in (("SQLite", "csv and executemany"), ("PostgreSQL", "COPY"))
    }
    ratios = {database: ours.median / bare.median for (database, _), (ours, bare) in sides.items()}
    yield Answer(
        "Intake: how long does a list of targets take into the database, checked, compared and with evidence?",
        ("instance", *_head("import"), *_beside("bare"), "ours / bare"),
        [
            (f"{name}, {database}", *_cells(ours), *_ratio(bare, ours), f"{ours.median / bare.median:.2f}")
            for (database, name), (ours, bare) in sides.items()
        ],
        "Checked, staged, compared and merged with evidence, the list takes "
        + " and ".join(f"{ratio:.2f} times as long on {database}" for database, ratio in ratios.items())
        + " as its bare bytes into one table with a text key (goal: 3 times, 300 MB in all).",
    )
    names = ("import, SQLite", "the same again, SQLite")
    again = _sides("intake", names, "1e6 targets", 1)
    faulty = _sides("intake", ("import, SQLite",), "1e6 targets, 100,000 faults", 1)[0]
    yield Answer(
        "Intake: what does a list cost that changes nothing, and one full of faults?",
        ("what", *_head("import"), "rows", "added", "faults told", "as planted"),
        [
            ("new", *_cells(again[0]), *map("{:,}".format, again[0].answer[:3]), str(again[0].answer[3])),
            (
                "the same again",
                *_cells(again[1]),
                *map("{:,}".format, again[1].answer[:3]),
                str(again[1].answer[3]),
            ),
            (
                "one row in ten faulty",
                *_cells(faulty),
                *map("{:,}".format, faulty.answer[:3]),
                str(faulty.answer[3]),
            ),
        ],
        f"A list handed in again takes {again[1].median:.3g} s and touches no row; {faulty.answer[2]:,} planted faults "
        f"are told in {faulty.median:.3g} s, each in its place: {faulty.answer[3]}.",
    )


def search(runs: int) -> Iterator[Answer]:
    """How fast targets are found by words and conditions, beside a scan with LIKE."""
    name = "1e6 targets"
    for database in ("SQLite", "PostgreSQL"):
        index, ours, page, scan = (
            measure("search", f"{side}, {database}", name, 1 if side in ("index", "LIKE") else runs)
            for side in ("index", "search", "page", "LIKE")
        )
        _same_found(database, ours.answer, scan.answer)
        words = [each["p95"] for kind, each in page.answer.items() if not kind.startswith("lists")]
        lists = [each["p95"] for kind, each in page.answer.items() if kind.startswith("lists")]
        yield Answer(
            f"Search on {database}: how fast are targets found among a million, beside LIKE with a wildcard on either side?",
            ("question", "ours ms", "p95", "whole page ms", "p95", "LIKE ms", "p95", "median LIKE / ours"),
            [
                (kind, *_milliseconds(each), *_milliseconds(page.answer[kind]), *_milliseconds(scan.answer[kind]),
                 f"{scan.answer[kind]['median'] / each['median']:.2g}")
                for kind, each in ours.answer.items()
            ],
            f"At the 95th percentile a whole page takes at most {max(words) * 1e3:.0f} ms by words and "
            f"{max(lists) * 1e3:.0f} ms as a list "
            f"(goal: 150 and 100 ms), counting included; the index of {index.answer / 10**6:.0f} MB is made in "
            f"{index.median:.3g} s.",
        )  # fmt: skip


def _same_found(database: str, ours: dict[str, Any], scan: dict[str, Any]) -> None:
    """What LIKE was asked too has to have been answered alike."""
    for kind, each in scan.items():
        for place, found in each["found"].items():
            if ours[kind]["found"][place] != found:
                raise RuntimeError(f"{database}, {kind}, {place}: {ours[kind]['found'][place]}, {found}")


def _milliseconds(each: dict[str, Any]) -> tuple[str, str]:
    return f"{each['median'] * 1e3:.0f}", f"{each['p95'] * 1e3:.0f}"


def fairness(runs: int) -> Iterator[Answer]:
    """Whether every lawful answer comes, how evenly, and what near and balance cost in surprise."""
    found = {name: measure("fairness", "keys", name, 1).answer for name in ENUMERATED}
    if wrong := [
        name for name, each in found.items() if each["unlawful"] or each["reached"] < each["answers"]
    ]:
        raise RuntimeError(f"not every lawful answer was reached, or another was: {wrong}")
    rest = {name: each["distance"] for name, each in found.items() if each["distance"] > 2 * each["luck"]}
    yield Answer(
        f"Fairness: is every lawful answer reached, and how evenly, under {KEYS:,} keys?",
        ("instance", "answers", "reached", "shortages", "times the rarest", "times if even", "distance from even",
         "by luck alone", "largest chance", "95 % sure", "least possible"),
        [
            (name, str(each["answers"]), str(each["reached"]), str(each["short"]), f"{each['rarest']:,}",
             f"{KEYS / each['answers']:,.0f}", f"{each['distance']:.3f}", f"{each['luck']:.3f}", f"{each['largest']:.4f}",
             f"{each['limits'][0]:.4f}-{each['limits'][1]:.4f}", each["forced"])
            for name, each in found.items()
        ],
        f"All {sum(each['answers'] for each in found.values())} lawful answers of {len(found)} instances are reached and "
        f"no other; {len(found) - len(rest)} of these lotteries are as even over whole answers as luck lets one tell, the "
        f"others are at most {max(rest.values(), default=0):.2f} away in total variation. Beside the largest chance stands "
        f"the least that any lottery could have.",
    )  # fmt: skip
    yield from _rehearsed(min(runs, 3))


def _rehearsed(runs: int) -> Iterator[Answer]:
    names = [f"rehearsals, {number} processes" for number in (1, 2)]
    sides = {name: _sides("fairness", names, name, runs) for name in REHEARSED}
    for name, (here, *others) in sides.items():
        for each in others:
            _same(name, here, each)
    told = {
        name: {" > ".join(each["objectives"]): each["departments"][0] for each in here.answer}
        for name, (here, *_) in sides.items()
    }
    yield Answer(
        f"Fairness: what do near and balance cost, over {REHEARSALS} rehearsals?",
        ("instance", "objectives", "surprise, bits a seat", "of possible", "largest chance, 95 % sure", "least possible",
         "least in the objectives", "visits near", "loads", "deviation"),
        [
            (name, order, f"{each['bits']:.2f}", f"{each['share']:.2f}",
             f"{each['largest'][2]:.3f}-{each['largest'][3]:.3f}", each["forced"], each["forced_in"],
             f"{each['near']:.2f}", f"{each['least']}-{each['most']}", f"{each['deviation']:.2f}")
            for name, orders in told.items()
            for order, each in orders.items()
        ],
        " ".join(_near_finding(name, orders) for name, orders in told.items()),
    )  # fmt: skip
    yield Answer(
        f"Fairness: how long do {REHEARSALS} whole rehearsals take, and one drawn set paired as often in four orders?",
        ("instance", "one process s", "two processes s", "one / two"),
        [
            (
                name,
                *(f"{each.median:.3g}" for each in measured),
                f"{measured[0].median / measured[1].median:.2f}",
            )
            for name, measured in sides.items()
        ],
        "Every process is begun anew and gets the lists once; the counts are the same however many there are.",
    )


def _near_finding(name: str, orders: dict[str, Any]) -> str:
    near, plain = orders["near > tickets"], orders["tickets"]
    return (
        f"{name}: near lets {near['near']:.0%} of the visits be near home instead of {plain['near']:.0%}, and leaves "
        f"{near['share']:.0%} of the possible surprise instead of {plain['share']:.0%}."
    )


SUBJECTS: dict[str, Callable[[int], Iterator[Answer]]] = {
    "draw": draw,
    "pairing": pairing,
    "certificate": certificate,
    "shortage": shortage,
    "timetable": timetable,
    "freeze": freeze,
    "proof": proof,
    "verify": verify,
    "intake": intake,
    "search": search,
    "fairness": fairness,
}


def _sides(subject: str, sides: Sequence[str], instance: str, runs: int) -> list[Measured]:
    return [measure(subject, side, instance, runs) for side in sides]


def _same(name: str, ours: Measured, theirs: Measured) -> None:
    """Times of different answers are not compared."""
    if ours.answer is None or ours.answer != theirs.answer:
        raise RuntimeError(f"{name}: the answers differ: {ours.answer}, {theirs.answer}")


def _head(name: str) -> tuple[str, str]:
    return f"{name} s", "MB"


def _beside(name: str) -> tuple[str, str, str]:
    return f"{name} s", "MB", "time / ours"


def _cells(measured: Measured) -> tuple[str, str]:
    return f"{measured.median:.3g}", f"{measured.megabytes:,.1f}"


def _ratio(other: Measured, ours: Measured) -> tuple[str, str, str]:
    return *_cells(other), f"{other.median / ours.median:.2g}"


def _per_row(measured: Measured, rows: int) -> float:
    return measured.median / rows


def _candidacies(name: str) -> str:
    return f"{STAFFS[name].targets * STAFFS[name].candidates:,}"


def _cost(ours: Measured, theirs: Measured) -> str:
    return f"{ours.answer:,}" if theirs.answer is not None else "HiGHS stopped"


def _machine() -> str:
    """The machine and the programs, as far as the system tells them."""
    model = platform.processor() or platform.machine()
    with open("/proc/cpuinfo") as told:
        model = next((line.split(": ")[1].strip() for line in told if line.startswith("model name")), model)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 10**9
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{model}, {os.cpu_count()} cores, {memory:.0f} GB, load average at the start {os.getloadavg()[0]:.1f}; "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, {packages}."
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run")
    parser.add_argument("--date", default=date.today().isoformat(), help="written as it is given")
    parser.add_argument("--runs", type=int, default=5, help="runs of which the median is taken")
    parser.add_argument("--only", nargs="+", choices=SUBJECTS, default=list(SUBJECTS))
    parser.add_argument("--out", type=Path, default=HERE / "RESULTS.md")
    return parser.parse_args()


def main() -> None:
    """Measure what is asked for and write the file."""
    asked = _arguments()
    head = (
        "# Results\n\nTimes are medians of the runs told below each table. MB: peak memory of the first run in 10^6 bytes, "
        "over a base with everything imported and the instance made. What stands beside what, and why, is told in "
        "[README.md](README.md).\n"
    )
    command = " ".join(["python -m benchmarks.run", *sys.argv[1:]])
    measured = f"Measured {asked.date} by `{command}`, {asked.runs} runs, on {_machine()}"
    answers = [answer for subject in asked.only for answer in SUBJECTS[subject](asked.runs)]
    kept = _kept(asked.out, {answer.question for answer in answers})
    sections = sorted([*(answer.told(measured) for answer in answers), *kept], key=_rank)
    asked.out.write_text("\n".join([head, *sections]), encoding="utf-8")


def _kept(out: Path, questions: set[str]) -> list[str]:
    """The sections of the file as it is whose questions were not asked again."""
    if not out.exists():
        return []
    sections = re.split("^(?=## )", out.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return [
        f"{each.rstrip()}\n"
        for each in sections
        if each.partition("\n")[0].removeprefix("## ") not in questions
    ]


def _rank(section: str) -> int:
    """The place of a section's subject, which its question begins with."""
    question = section.removeprefix("## ").lower()
    return next(place for place, subject in enumerate(SUBJECTS) if question.startswith(subject))


if __name__ == "__main__":
    main()
