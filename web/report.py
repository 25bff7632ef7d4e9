"""The report of a draw (抽取报告): one HTML file that a planner, a witness and an auditor read.

It shows a bundle and nothing else, needs neither script nor network, and opens from disk.
"""

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scheduler.inspection.audit import Checked, read_entropy
from scheduler.inspection.file_draw import WANTED_BITS
from web import sentences

Files = Mapping[str, bytes]
Names = Mapping[str, str]
Row = dict[str, str]
Sentence = tuple[str, str]

TICKETS = 2**64
OPEN_ROWS = 60  # a longer list is folded until it is asked for
CHART = 12  # most rows of a chart of loads
STRIP = 1000  # width of the drawing on which tickets fall

CLAIMS: dict[str, Sentence] = {
    "members": ("文件齐全、写法规范", "files complete and plainly written"),
    "plan": ("抽取方案", "plan"),
    "tables.targets": ("检查对象名录", "registry of targets"),
    "tables.inspectors": ("检查人员名录", "registry of inspectors"),
    "tables.bars": ("回避关系", "bars"),
    "tables.pair_bars": ("人员间回避", "pair bars"),
    "commitment": ("事先承诺", "commitment"),
    "register": ("编号登记", "register"),
    "published": ("事先公布", "published before"),
    "timestamp": ("可信时间戳", "time stamp"),
    "beacon": ("信标的签名", "beacon's signature"),
    "seed": ("外部随机数与种子", "entropy and seed"),
    "changes": ("作废、回避、补充", "voids, recusals, supplies"),
    "drawn": ("抽中对象", "drawn targets"),
    "thresholds": ("末位签号", "thresholds"),
    "groups": ("固定检查组", "fixed groups"),
    "pairs.lawful": ("人员匹配合规", "pairs lawful"),
    "pairs.optimal": ("人员匹配最优", "no better pairing"),
    "bans": ("互斥人员让位", "bans among barred pairs"),
    "shortage": ("人员缺口", "shortage"),
    "target": ("单户签号", "one target's ticket"),
    "replay": ("重新抽取和求解", "drawn and solved again"),
}

OBJECTIVES: dict[str, Sentence] = {
    "near": ("就近：本地人员优先，跨区域的人次最少", "near: as few pairs as possible away from home"),
    "balance": ("均衡：各人承办户数尽量相等", "balance: loads as equal as they can be"),
    "tickets": (
        "签号：其余由随机签号决定，任何人不能挑选",
        "tickets: chance decides the rest, nobody chooses",
    ),
}

SOURCES: dict[str, Sentence] = {
    "d10x20": ("十面骰掷 20 次", "20 throws of a ten-sided die"),
    "d6x25": ("六面骰掷 25 次", "25 throws of a die"),
    "lottery": ("福利彩票、体育彩票开奖号码", "numbers of a state lottery"),
    "beacon": ("公共随机数信标", "public randomness beacon"),
    "text": ("自由文本", "free text"),
}

_WEB = Path(__file__).parent
_TEMPLATES = Environment(
    loader=PackageLoader("web", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def moment(iso: str) -> str:
    """A date or time of ISO 8601 as people read it."""
    return iso.replace("T", " ").replace("+08:00", " 北京时间")


_TEMPLATES.filters["moment"] = moment


@dataclass(frozen=True)
class Stratum:
    """What was drawn of one stratum, and where its tickets fell.

    `zone` is how much of all possible tickets lies below the threshold, in parts of STRIP; `ticks` are the
    places of the drawn tickets between nothing and the threshold, in the same parts.
    """

    name: str
    rows: int
    quota: int
    rate: str
    ticket: str
    zone: float
    ticks: Sequence[int]


@dataclass(frozen=True)
class Member:
    """An inspector on a team."""

    id: str
    name: str
    lead: bool


@dataclass(frozen=True)
class DrawnTarget:
    """A drawn target; `teams` stand in the plan's order of departments, `group` only where teams are fixed."""

    stratum: str
    rank: str
    id: str
    name: str
    region: str
    ticket: str
    teams: Sequence[Sequence[Member]]
    group: str


@dataclass(frozen=True)
class Load:
    """How many targets an inspector or a fixed group takes, and may take; None where that is not known."""

    id: str
    name: str
    load: int
    capacity: int | None


@dataclass(frozen=True)
class Loads:
    """The loads of a department's inspectors, or of the fixed groups."""

    name: str
    code: str
    each: Sequence[Load]

    @property
    def total(self) -> int:
        """Seats taken."""
        return sum(each.load for each in self.each)

    @property
    def busy(self) -> int:
        """How many take at least one target."""
        return sum(each.load > 0 for each in self.each)

    @property
    def most(self) -> int:
        """The longest bar: a capacity that nobody comes near would make all loads look like nothing."""
        capacity = max((each.capacity or 0 for each in self.each), default=0)
        return max(self.largest, min(capacity, 2 * self.largest), 1)

    @property
    def largest(self) -> int:
        """The largest load."""
        return max((each.load for each in self.each), default=0)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many have which load, or a load from a to b, so that a chart never has more than CHART rows."""
        width = self.largest // CHART + 1
        counts = Counter(each.load // width for each in self.each)
        least = min(counts, default=0)
        return [
            (_span(step * width, width), counts[step]) for step in range(least, self.largest // width + 1)
        ]


def _span(start: int, width: int) -> str:
    return str(start) if width == 1 else f"{start}–{start + width - 1}"


def style() -> str:
    """The style sheet that stands in every page."""
    return (_WEB / "static" / "report.css").read_text(encoding="utf-8")


def page(template: str, **values: object) -> str:
    """A page with the style sheet in it; all values are escaped."""
    return _TEMPLATES.get_template(template).render(style=Markup(style()), **values)


def report(files: Files, checked: Checked, names: Names) -> str:
    """The report of a checked bundle, full or public, as one HTML text.

    `names` says what codes of departments, regions, strata and grounds are called in Chinese; a code without a
    name is shown as it is. Of a bundle in which something is wrong no result is shown: only what is wrong.
    """
    told = None if checked.wrong else _told(_Bundle(files, names))
    return page("report.html", claims=_claims(checked), checked=checked, signs=sentences.SIGNS, draw=told)


class _Bundle:
    """The files of a bundle as values; the verifier has found right the form of all that decides."""

    def __init__(self, files: Files, names: Names) -> None:
        self.files, self.names = files, names
        self.plan, self.commit = self.json("plan.json"), self.json("commit.json")
        self.reveal, self.register = self.json("reveal.json"), self.json("register.json")
        self.codes = [str(each["code"]) for each in self.plan["departments"]]
        self.fixed = self.plan["teams"] == "fixed"
        self.full = "inspectors.tsv" in files
        self.short = "shortage.json" in files
        self.pairs, self.seats = self.csv("pairs.csv"), self.csv("groups.csv")

    def json(self, name: str) -> dict[str, Any]:
        """An object that the bundle holds."""
        value: dict[str, Any] = json.loads(self.files[name])
        return value

    def csv(self, name: str) -> list[Row]:
        """Rows of a CSV; none where the bundle does not hold it."""
        return list(csv.DictReader(io.StringIO(self.files.get(name, b"").decode(), newline="")))

    def tsv(self, name: str) -> list[Row]:
        """Rows of a frozen table; none in a public bundle."""
        return _rows(self.files.get(name, b"").decode().split("\n")[:-1])

    @cached_property
    def targets(self) -> dict[str, Row]:
        """Rows of targets by id: all of them, or in a public bundle the drawn ones."""
        rows = self.tsv("targets.tsv")
        if not self.full:
            header = self.commit["tables"]["targets"]["header"]
            rows = _rows([header, *(each["line"] for each in self.json("proofs.json")["targets"])])
        return {row["id"]: row for row in rows}

    @cached_property
    def people(self) -> dict[str, Row]:
        """Rows of inspectors by id."""
        return {row["id"]: row for row in self.tsv("inspectors.tsv")}

    def named(self, code: str) -> str:
        """What a department, region, stratum or ground is called."""
        return self.names.get(code, code)

    def person(self, inspector: str) -> str:
        """An inspector's name, empty where the bundle does not hold it."""
        return self.people.get(inspector, {}).get("name", "")

    def target(self, target: str) -> str:
        """A target's name."""
        return self.targets.get(target, {}).get("name", "")


def _rows(lines: Sequence[str]) -> list[Row]:
    """Lines of a frozen table, header first, as rows."""
    header = lines[0].split("\t") if lines else []
    return [dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:]]


def _claims(checked: Checked) -> list[dict[str, str]]:
    """Each claim with its sign and what it is called; solving again is the last one."""
    return [
        {
            "state": state,
            "detail": detail,
            **dict(zip(("zh", "en"), CLAIMS.get(claim, (claim, "")), strict=True)),
        }
        for claim, state, detail in sentences.claims(checked)
    ]


def _told(bundle: _Bundle) -> dict[str, Any]:
    """Everything the page shows of the draw."""
    drawn = bundle.csv("drawn.csv")
    strata = _strata(bundle, drawn)
    return {
        "bundle": bundle,
        "plan": bundle.plan,
        "purpose": _plain(bundle.plan.get("purpose", "")),
        "number": _plain(bundle.plan["number"]),
        "committed_at": _plain(bundle.register["entry"].get("committed_at", "")),
        "drawn_at": _plain(bundle.register["entry"].get("drawn_at", "")),
        "published": _published(bundle.commit),
        "departments": [_department(bundle, each) for each in bundle.plan["departments"]],
        "objectives": [OBJECTIVES.get(each, (each, "")) for each in bundle.plan["objectives"]],
        "remarks": _remarks(bundle.plan),
        "entropy": _entropy(bundle.reveal["entropy"]),
        "warnings": _warnings(bundle),
        "strata": strata,
        "rows": sum(each.rows for each in strata),
        "drawn": _drawn(bundle, drawn),
        "loads": _loads(bundle),
        "groups": _groups(bundle),
        "bars": _bars(bundle, drawn),
        "shortage": bundle.json("shortage.json")["shortage"] if bundle.short else [],
        "changes": bundle.csv("changes.csv"),
        "open_rows": OPEN_ROWS,
        "strip": STRIP,
    }


def _published(commit: Mapping[str, Any]) -> list[Row]:
    return [{name: _plain(each.get(name, "")) for name in ("where", "when")} for each in commit["published"]]


def _department(bundle: _Bundle, each: Mapping[str, Any]) -> dict[str, Any]:
    return {"lead_qualification": "", **each, "name": bundle.named(each["code"])}


def _remarks(plan: Mapping[str, Any]) -> list[tuple[Sentence, str]]:
    """What a plan says besides what decides; of free form, so shown as it stands."""
    known = {
        "legal_basis": ("依据", "legal basis"),
        "items": ("抽查事项", "items"),
        "deadline": ("期限", "deadline"),
    }
    return [(known[key], _plain(plan[key])) for key in known if plan.get(key)]


def _plain(value: object) -> str:
    if isinstance(value, list):
        return "；".join(map(_plain, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _entropy(text: str) -> dict[str, Any]:
    """The entropy, where it is from, and how many bits of it nobody inside could choose."""
    zh, en = SOURCES[text.partition(":")[0]]
    return {"text": text, "zh": zh, "en": en, "bits": read_entropy(text).bits, "wanted": WANTED_BITS}


def _warnings(bundle: _Bundle) -> list[tuple[str, str, str]]:
    """What a reader must know before the result: in a few words, in a sentence, in English."""
    bits, alone = read_entropy(bundle.reveal["entropy"]).bits, bundle.register["entry"]["self_drawn"]
    told = sentences.warnings(bits, "entropy" in bundle.plan, alone, bundle.short)
    parted = ((*chinese.split("：", 1), english) for chinese, english in told)
    return [
        (f"{head}：", f"{rest}。", f"{english[0].upper()}{english[1:]}.") for head, rest, english in parted
    ]


def _strata(bundle: _Bundle, drawn: Sequence[Row]) -> list[Stratum]:
    tickets = defaultdict(list)
    for row in drawn:
        tickets[row["stratum"]].append(int(row["ticket"], 16))
    return [_stratum(bundle, row, tickets[row["stratum"]]) for row in bundle.csv("thresholds.csv")]


def _stratum(bundle: _Bundle, row: Row, tickets: Sequence[int]) -> Stratum:
    rates = bundle.plan["quota"].get("rates", {})
    threshold = int(row["ticket"] or "0", 16)
    return Stratum(
        name=row["stratum"],
        rows=int(row["rows"]),
        quota=int(row["quota"]),
        rate=rates.get(row["stratum"], ""),
        ticket=row["ticket"],
        zone=round(threshold * STRIP / TICKETS, 2),
        ticks=sorted({ticket * STRIP // (threshold or 1) for ticket in tickets}),
    )


def _drawn(bundle: _Bundle, drawn: Sequence[Row]) -> list[DrawnTarget]:
    teams, group = _teams(bundle), {}
    if bundle.fixed:
        group = {row["target_id"]: row["group"] for row in bundle.pairs}
    return [
        DrawnTarget(
            stratum=row["stratum"],
            rank=row["rank"],
            id=row["id"],
            name=bundle.target(row["id"]),
            region=bundle.named(bundle.targets[row["id"]]["region"]),
            ticket=row["ticket"],
            teams=[teams.get((row["id"], code), ()) for code in bundle.codes],
            group=group.get(row["id"], ""),
        )
        for row in drawn
    ]


def _teams(bundle: _Bundle) -> dict[tuple[str, str], list[Member]]:
    """The team of each (target, department), leads first."""
    if bundle.fixed:
        return {}
    teams = defaultdict(list)
    for row in bundle.pairs:
        teams[row["target_id"], row["department"]].append(_member(bundle, row))
    return {place: sorted(team, key=lambda each: not each.lead) for place, team in teams.items()}


def _member(bundle: _Bundle, row: Row) -> Member:
    return Member(row["inspector_id"], bundle.person(row["inspector_id"]), row["role"] == "lead")


def _loads(bundle: _Bundle) -> list[Loads]:
    """The loads of each department's inspectors, or of the groups where they are fixed; none in a shortage."""
    if not bundle.full or bundle.short:
        return []
    taken = Counter(row["group" if bundle.fixed else "inspector_id"] for row in bundle.pairs)
    if bundle.fixed:
        capacity = _group_capacities(bundle)
        groups = range(bundle.plan["groups"])
        return [Loads("", "", [Load(str(k), "", taken[str(k)], capacity.get(str(k))) for k in groups])]
    return [
        Loads(bundle.named(code), code, list(_people_loads(bundle, code, taken))) for code in bundle.codes
    ]


def _people_loads(bundle: _Bundle, code: str, taken: Mapping[str, int]) -> Iterable[Load]:
    for each, row in bundle.people.items():
        if row["department"] == code:
            yield Load(each, row["name"], taken.get(each, 0), int(row["capacity"]))


def _group_capacities(bundle: _Bundle) -> dict[str, int]:
    """A group takes as many targets as the member who may take the fewest."""
    capacity: dict[str, int] = {}
    for seat in bundle.seats:
        own = int(bundle.people[seat["inspector_id"]]["capacity"])
        capacity[seat["group"]] = min(own, capacity.get(seat["group"], own))
    return capacity


def _groups(bundle: _Bundle) -> list[tuple[str, list[list[Member]]]]:
    """The fixed groups with their members by department."""
    groups: dict[str, dict[str, list[Member]]] = {}
    for seat in bundle.seats:
        by_department = groups.setdefault(seat["group"], defaultdict(list))
        by_department[seat["department"]].append(_member(bundle, seat))
    return [
        (group, [sorted(each[code], key=lambda member: not member.lead) for code in bundle.codes])
        for group, each in groups.items()
    ]


def _bars(bundle: _Bundle, drawn: Sequence[Row]) -> dict[str, Any]:
    """How many bars there were, how many of them touch a drawn target, and who gave way to whom."""
    bars, pair_bars, ids = bundle.tsv("bars.tsv"), bundle.tsv("pair_bars.tsv"), {row["id"] for row in drawn}
    touching = [
        row
        for row in bars
        if row["target_id"] in ids and bundle.people[row["inspector_id"]]["department"] in bundle.codes
    ]
    return {
        "bars": len(bars),
        "touching": touching,
        "pair_bars": len(pair_bars),
        "bans": bundle.csv("bans.csv"),
    }
