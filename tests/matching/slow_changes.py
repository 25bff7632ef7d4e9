"""Changes after the pairing, done the slow way from a bundle's files, to compare with `matching.changes`.

Nothing of `matching` is used but the auditor's formulas of matching/verifier.py, which imports nothing of ours. Every
seat is found by sorting everybody; what stands is held as plain sets of names.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from matching.verifier import covers, stage_key, word


class SlowTeams:
    """The teams of a bundle; every change tells its lines as (kind, subject, ground, result, rank, eligible)."""

    def __init__(self, plan: Mapping[str, Any], files: Mapping[str, bytes], keys: Mapping[str, int]) -> None:
        self.plan, self.keys, self.fixed = plan, keys, plan["teams"] == "fixed"
        self.departments = {each["code"]: each for each in plan["departments"]}
        self.targets, self.people = table(files["targets.tsv"]), table(files["inspectors.tsv"])
        self.place = {row[1]: i for i, row in enumerate(self.targets)}
        self.who = {row[1]: j for j, row in enumerate(self.people)}
        self.bars = {(row[0], row[1]) for row in table(files["bars.tsv"])}
        self.enemies = [set(row[:2]) for row in table(files["pair_bars.tsv"])]
        self.told: set[tuple[str, str]] = set()  # bars of changes, which are told once
        self.order: dict[str, list[int]] = {}
        for i, row in enumerate(self.targets):
            self.order.setdefault(row[0], []).append(i)
        for rows in self.order.values():
            rows.sort(key=lambda i: (word(keys["targets"], i), i))
        self.given = {row[0]: int(row[2]) for row in lines(files["thresholds.csv"])}
        self.seats: set[tuple[str, str]] = set()  # (target, inspector) where teams are per target
        self.group_of: dict[str, int] = {}
        self.groups: dict[int, dict[str, str]] = {}  # members with their roles
        if self.fixed:
            for group, _, inspector, role, _ in lines(files["groups.csv"]):
                self.groups.setdefault(int(group), {})[inspector] = role
            self.group_of = {row[0]: int(row[1]) for row in lines(files["pairs.csv"])}
        else:
            self.seats = {(row[0], row[2]) for row in lines(files["pairs.csv"])}

    def team(self, target: str) -> dict[tuple[str, str], str]:
        """(department, inspector) of a target with their roles."""
        if self.fixed:
            members = self.groups[self.group_of[target]]
            return {(self.people[self.who[each]][0], each): role for each, role in members.items()}
        found = {}
        for code, wanted in self.departments.items():
            own = sorted(who for t, who in self.seats if t == target and self._of(who) == code)
            able = sorted(
                (each for each in own if self._leads(each)), key=lambda each: self.rank_of(target, each)
            )
            for each in own:
                found[code, each] = "lead" if each in able[: wanted["leads"]] else "member"
        return found

    def teams(self) -> dict[tuple[str, str], set[tuple[str, str]]]:
        """All teams: (target, department) to (inspector, role)."""
        found: dict[tuple[str, str], set[tuple[str, str]]] = {}
        for target in self.group_of if self.fixed else {target for target, _ in self.seats}:
            for (code, who), role in self.team(target).items():
                found.setdefault((target, code), set()).add((who, role))
        return found

    def rank_of(self, target: str, who: str) -> tuple[int, int]:
        """(cost, index) of a pair."""
        j = self.who[who]
        return word(self.keys["match"], j, self.place[target]) >> 24, j

    def recuse(
        self, targets: list[str], who: str, ground: str, departed: Iterable[str] = ()
    ) -> list[tuple[Any, ...]]:
        """Bar somebody from targets and fill the one seat, or the one place of a group, that he leaves."""
        told = [("recusal", f"{target};{who}", ground, "", None, None) for target in targets]
        for target in targets:
            told += self._bar_gone([target], set(departed) - {who})
            self.bars.add((who, target))
            self.told.add((who, target))
        if self.fixed:
            return [*told, self._replace_member(targets, who)]
        self.seats.remove((targets[0], who))
        return [*told, self._fill(targets[0], self._of(who), must_lead=False)]

    def void(self, target: str, ground: str, departed: Iterable[str] = ()) -> list[tuple[Any, ...]]:
        """Take a target out; the next of its stratum, if there is one, gets a team."""
        successor = self.void_alone(target)
        if not successor:
            return [("void", target, ground, "", None, None)]
        told = [("void", target, ground, successor, None, None), *self._bar_gone([successor], set(departed))]
        if self.fixed:
            return [*told, self._choose_group(successor)]
        for code, wanted in self.departments.items():
            for seat in range(wanted["size"]):
                told.append(self._fill(successor, code, must_lead=seat < wanted["leads"], growing=True))
        return told

    def void_alone(self, target: str) -> str:
        """Take a target out; the next of its stratum, or "", which has no team yet."""
        stratum = self.targets[self.place[target]][0]
        taken, self.seats = self.given[stratum], {seat for seat in self.seats if seat[0] != target}
        self.group_of.pop(target, None)
        if taken == len(self.order[stratum]):
            return ""
        self.given[stratum] += 1
        return self.targets[self.order[stratum][taken]][1]

    def _bar_gone(self, targets: list[str], gone: set[str]) -> list[tuple[Any, ...]]:
        told = []
        for target in targets:
            for who in sorted(gone, key=self.who.__getitem__):
                if (who, target) not in self.told:
                    told.append(("recusal", f"{target};{who}", "departure", "", None, None))
                self.told.add((who, target))
                self.bars.add((who, target))
        return told

    def _fill(self, target: str, code: str, must_lead: bool, growing: bool = False) -> tuple[Any, ...]:
        region = self.targets[self.place[target]][2]
        able = [
            row[1]
            for row in self.people
            if row[0] == code and covers(row[4], region) and (row[1], target) not in self.bars
        ]
        able.sort(key=lambda who: self.rank_of(target, who))
        loads, team = Counter(who for _, who in self.seats), {who for t, who in self.seats if t == target}
        for rank, who in enumerate(able, 1):
            own = [each for each in (*team, who) if self._of(each) == code]
            leads = sum(map(self._leads, own))
            lawful = self._leads(who) if must_lead else growing or leads >= self.departments[code]["leads"]
            free = loads[who] < int(self.people[self.who[who]][5]) and who not in team
            if free and lawful and not any(enemy == {who, each} for each in team for enemy in self.enemies):
                self.seats.add((target, who))
                return "supply", f"{target};{code}", "", who, rank, len(able)
        raise LookupError(target)

    def _replace_member(self, targets: list[str], who: str) -> tuple[Any, ...]:
        group = self.group_of[targets[0]]
        members, code = self.groups[group], self._of(who)
        role = members.pop(who)
        seated = {each for one in self.groups.values() for each in one} | {who}
        able = [row[1] for row in self.people if row[0] == code and row[1] not in seated]
        able = [each for each in able if role == "member" or self._leads(each)]
        able.sort(key=lambda each: (word(self.keys["teams"], self.who[each]), self.who[each]))
        for rank, each in enumerate(able, 1):
            new = {*members, each}
            at_peace = not any(enemy == {each, other} for other in members for enemy in self.enemies)
            if at_peace and all(self._may_take(new, target) for target in targets):
                members[each] = role
                return "supply", f"#{group};{code}", "", each, rank, len(able)
        members[who] = role
        raise LookupError(who)

    def _choose_group(self, target: str) -> tuple[Any, ...]:
        able = [g for g, members in self.groups.items() if self._may_take(set(members), target)]
        able.sort(key=lambda g: (word(self.keys["match-group"], g, self.place[target]) >> 24, g))
        loads = Counter(self.group_of.values())
        for rank, group in enumerate(able, 1):
            if loads[group] < min(int(self.people[self.who[each]][5]) for each in self.groups[group]):
                self.group_of[target] = group
                return "supply", target, "", f"#{group}", rank, len(able)
        raise LookupError(target)

    def _may_take(self, members: set[str], target: str) -> bool:
        region = self.targets[self.place[target]][2]
        held = {self._of(each) for each in members if covers(self.people[self.who[each]][4], region)}
        return held == set(self.departments) and not any((each, target) in self.bars for each in members)

    def _of(self, who: str) -> str:
        return self.people[self.who[who]][0]

    def _leads(self, who: str) -> bool:
        row = self.people[self.who[who]]
        needed = self.departments[row[0]].get("lead_qualification", "")
        return all(each in row[2].split(";") for each in needed.split(";"))


def keys_of(files: Mapping[str, bytes], seed: str | None = None) -> dict[str, int]:
    """The keys of all stages of a bundle."""
    opened = bytes.fromhex(seed or json.loads(files["reveal.json"])["seed"])
    tables = json.loads(files["commit.json"])["tables"]
    of = {"targets": "targets", "match": "inspectors", "teams": "inspectors", "match-group": "inspectors"}
    return {stage: stage_key(opened, stage, bytes.fromhex(tables[of[stage]]["digest"])) for stage in of}


def slow_teams(files: Mapping[str, bytes]) -> SlowTeams:
    """The teams as a bundle paired them."""
    return SlowTeams(json.loads(files["plan.json"]), files, keys_of(files))


def table(content: bytes) -> list[list[str]]:
    """The rows of a frozen table."""
    return [line.split("\t") for line in content.decode().split("\n")[1:-1]]


def lines(content: bytes) -> list[list[str]]:
    """The rows of a CSV below its header."""
    return list(csv.reader(io.StringIO(content.decode(), newline="")))[1:]
