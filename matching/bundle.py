"""The bundle of a draw (抽取证据包): every file to the byte, and the zip around them (draw-1, section 9)."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence

from matching.draw.commitment import Commitment, Published, Reveal, Secrets
from matching.draw.frames import canonical
from matching.draw.plan import FIXED, NO_PREDECESSOR, Plan
from matching.draw.tables import Frame, path_sides
from matching.draw.targets import DrawnStratum
from matching.draw.teams import Groups, Member
from matching.draw.weights import WeightedStratum
from matching.lottery import Outcome
from matching.pairing.pairs import Ban, GroupPair, GroupsPaired, Pair, Paired
from matching.pairing.shortage import Shortage
from matching.proofs import Grown
from matching.refused import Refused

Files = dict[str, bytes]
Line = Sequence[object]

DRAWN = ("stratum", "rank", "index", "id", "ticket")
THRESHOLDS = ("stratum", "rows", "quota", "ticket", "index")
GROUPS = ("group", "department", "inspector_id", "role", "ticket")
PAIRS = ("target_id", "department", "inspector_id", "role", "cost")
GROUP_PAIRS = ("target_id", "group", "cost")
BANS = ("round", "target_id", "banned_id", "other_id")
CHANGES = ("seq", "kind", "subject", "ground", "approver_role", "result", "rank", "eligible")

SYSTEMATIC = "systematic.json"
DRAWN_ONCE = ("drawn.csv", "thresholds.csv", SYSTEMATIC)
README = "README.txt"
CERTIFICATE = "certificate.json"
PROOFS = "proofs.json"
LARGEST = 2 << 30  # bytes unpacked; a nation's registry of targets is smaller
TABLE_FILES = ("targets.tsv", "inspectors.tsv", "bars.tsv", "pair_bars.tsv")
FULL_ONLY = frozenset(
    {
        *TABLE_FILES,
        "auditor.json",
        "pairs.csv",
        "bans.csv",
        "groups.csv",
        "shortage.json",
        "changes.csv",
        CERTIFICATE,
    }
)
_KNOWN = FULL_ONLY.union(
    DRAWN_ONCE,
    {README, "plan.json", "commit.json", "reveal.json", "register.json", PROOFS, "commit.tsr", "beacon.json"},
)
_OF_ATTEMPT = re.compile(r"attempt-(?:[2-9]|[1-9][0-9])/")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same files give the same zip, whenever they are packed


def draw_files(plan: Plan, frame: Frame, outcome: Outcome) -> Files:
    """The files that the seed decides: replayed, they must come out byte for byte the same."""
    files = {
        "drawn.csv": csv_file(DRAWN, _drawn(frame, outcome.strata)),
        "thresholds.csv": csv_file(THRESHOLDS, map(_threshold, outcome.strata)),
        **_systematic(outcome.strata),
        **({CERTIFICATE: canonical(outcome.certificate)} if outcome.certificate else {}),
    }
    people, things = frame.inspectors.rows, frame.targets.rows
    match outcome.pairing:
        case Paired(pairs, bans):
            paired = (
                (things[p.target][1], p.department, people[p.inspector][1], p.role, p.cost) for p in pairs
            )
            banned = ((b.round, things[b.target][1], people[b.banned][1], people[b.other][1]) for b in bans)
            return files | {"pairs.csv": csv_file(PAIRS, paired), "bans.csv": csv_file(BANS, banned)}
        case GroupsPaired(groups, of_groups):
            taken = ((things[p.target][1], p.group, p.cost) for p in of_groups)
            return files | {
                "groups.csv": csv_file(GROUPS, _dealt(frame, groups)),
                "pairs.csv": csv_file(GROUP_PAIRS, taken),
                "bans.csv": csv_file(BANS, ()),
            }
        case Shortage():
            header = GROUP_PAIRS if plan.teams == FIXED else PAIRS
            files |= {"pairs.csv": csv_file(header, ()), "bans.csv": csv_file(BANS, ())}
            if plan.teams == FIXED:
                files["groups.csv"] = csv_file(GROUPS, _dealt(frame, outcome.pairing.groups))
            return files | {"shortage.json": canonical(outcome.pairing.told())}


def read_pairing(files: Files, plan: Plan, frame: Frame) -> Paired | GroupsPaired:
    """The pairing as pairs.csv, bans.csv and groups.csv tell it, written by `draw_files`; not for files of strangers."""
    people, things = frame.inspectors.index, frame.targets.index
    if plan.teams == FIXED:
        members = tuple(
            Member(int(group), department, people[inspector], role, int(ticket, 16))
            for group, department, inspector, role, ticket in csv_lines(files["groups.csv"])
        )
        taken = (
            GroupPair(things[t], int(group), int(cost)) for t, group, cost in csv_lines(files["pairs.csv"])
        )
        return GroupsPaired(Groups(members), tuple(taken))
    pairs = (
        Pair(things[target], department, people[inspector], role, int(cost))
        for target, department, inspector, role, cost in csv_lines(files["pairs.csv"])
    )
    bans = (
        Ban(int(number), things[target], people[banned], people[other])
        for number, target, banned, other in csv_lines(files["bans.csv"])
    )
    return Paired(tuple(pairs), tuple(bans))


def full_bundle(
    plan: Plan,
    frame: Frame,
    secrets: Secrets,
    commitment: Commitment,
    published: Sequence[Published],
    reveal: Reveal,
    register: Mapping[str, object],
    decided: Files,
    readme: str,
    changes: Iterable[Line] = (),
) -> Files:
    """All files of a full bundle, for auditors: it holds the tables and the salt secret.

    `decided` are the files of `draw_files`; `changes` the lines of changes.csv, in the order of the register.
    """
    return {
        **_told_by_all(plan, commitment, published, reveal, register, readme),
        **{f"{table.name}.tsv": table.file() for table in frame.tables()},
        "auditor.json": canonical({"salt_secret": secrets.salt_secret.hex()}),
        **decided,
        "changes.csv": csv_file(CHANGES, changes),
    }


def _told_by_all(
    plan: Plan,
    commitment: Commitment,
    published: Sequence[Published],
    reveal: Reveal,
    register: Mapping[str, object],
    readme: str,
) -> Files:
    """The files that stand in every bundle."""
    return {
        README: readme.encode(),
        "plan.json": plan.text,
        "commit.json": commitment.file(published),
        "reveal.json": canonical(reveal.told()),
        "register.json": canonical(register),
    }


def public_bundle(
    plan: Plan,
    grown: Grown,
    commitment: Commitment,
    published: Sequence[Published],
    reveal: Reveal,
    register: Mapping[str, object],
    decided: Files,
    strata: Sequence[DrawnStratum],
    readme: str,
) -> Files:
    """All files of a public bundle: no table of persons, no row that was not drawn, no secret of the salts."""
    proofs = [_proof(grown, int(i)) for stratum in strata for i in stratum.indexes]
    return {
        **_told_by_all(plan, commitment, published, reveal, register, readme),
        **{name: decided[name] for name in DRAWN_ONCE if name in decided},
        PROOFS: canonical({"targets": proofs}),
    }


def _proof(grown: Grown, i: int) -> dict[str, object]:
    """A drawn row of the frozen table with its salt and its path."""
    path = zip(path_sides(i, len(grown.table.lines)), grown.path(i), strict=True)
    return {
        "line": grown.table.lines[i].decode(),
        "salt": grown.salt(i).hex(),
        "path": [[side, node.hex()] for side, node in path],
    }


def attempt_files(
    attempt: int,
    frame: Frame,
    secrets: Secrets,
    commitment: Commitment,
    published: Sequence[Published],
    reveal: Reveal,
    decided: Files,
) -> Files:
    """The files of a pairing that started again after a shortage: its own lists, commitment and reveal, and its pairs.

    Plan, targets and drawn targets are those of the first attempt.
    """
    people = (table for table in frame.tables() if table.name != "targets")
    files = {
        "commit.json": commitment.file(published),
        "reveal.json": canonical(reveal.told()),
        **{f"{table.name}.tsv": table.file() for table in people},
        "auditor.json": canonical({"salt_secret": secrets.salt_secret.hex()}),
        **{name: content for name, content in decided.items() if name not in DRAWN_ONCE},
    }
    return {f"attempt-{attempt}/{name}": content for name, content in files.items()}


def register_entry(
    plan: Plan,
    commitment: Commitment,
    short: bool,
    self_drawn: bool,
    committed_at: str,
    drawn_at: str,
) -> dict[str, object]:
    """The content of register.json. A number stays open while a shortage keeps its pairing unmade."""
    return {
        "entry": {
            "number": plan.number,
            "commit": commitment.commit.hex(),
            "state": "open" if short else "completed",
            "reason": "",
            "self_drawn": self_drawn,
            "committed_at": committed_at,
            "drawn_at": drawn_at,
        },
        "predecessors": [] if plan.predecessor == NO_PREDECESSOR else [plan.predecessor],
    }


def pack(files: Files) -> bytes:
    """The files as a zip; equal files give equal bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            bundle.writestr(entry, content)
    return packed.getvalue()


def unpack(packed: bytes) -> Files:
    """The files of a bundle; Refused `bundle.not_a_zip` where there is none, `bundle.member` with a file that is unknown,
    stands twice, or is not one of this kind of bundle."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as bundle:
            if sum(entry.file_size for entry in bundle.infolist()) > LARGEST:
                raise Refused("bundle.too_large", bytes=LARGEST)
            _check_members(bundle.namelist())
            return {name: bundle.read(name) for name in bundle.namelist()}
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError, ValueError):
        raise Refused("bundle.not_a_zip") from None


def _check_members(names: Sequence[str]) -> None:
    is_public, seen = PROOFS in names, set[str]()
    for name in names:
        plain = _OF_ATTEMPT.sub("", name, count=1)
        if plain not in _KNOWN or name in seen or (is_public and plain in FULL_ONLY):
            raise Refused("bundle.member", file=name)
        seen.add(name)


def _drawn(frame: Frame, strata: Sequence[DrawnStratum]) -> Iterable[Line]:
    for stratum in strata:
        for rank, (i, ticket) in enumerate(zip(stratum.indexes, stratum.tickets, strict=True), start=1):
            yield stratum.stratum, rank, int(i), frame.targets.rows[i][1], f"{int(ticket):016x}"


def _systematic(strata: Sequence[DrawnStratum]) -> Files:
    """How a weighted pool was drawn: who was taken with certainty, and the line on which the others were."""
    if not strata or not isinstance(strata[0], WeightedStratum):
        return {}
    sample = strata[0].sampling
    told = {
        "taken": sample.taken.tolist(),
        "draws": sample.draws,
        "weight": sample.weight,
        "begin": strata[0].begin,
    }
    return {SYSTEMATIC: canonical(told)}


def _dealt(frame: Frame, groups: Groups | None) -> Iterable[Line]:
    for m in groups.members if groups else ():
        yield m.group, m.department, frame.inspectors.rows[m.inspector][1], m.role, f"{m.ticket:016x}"


def _threshold(stratum: DrawnStratum) -> Line:
    if stratum.threshold is None:
        return stratum.stratum, stratum.rows, stratum.quota, "", ""
    ticket, index = stratum.threshold
    return stratum.stratum, stratum.rows, stratum.quota, f"{ticket:016x}", index


def csv_lines(content: bytes) -> list[list[str]]:
    """The rows of a CSV below its header."""
    return list(csv.reader(io.StringIO(content.decode())))[1:]


def csv_file(header: Line, lines: Iterable[Line]) -> bytes:
    """A CSV to the byte."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    return text.getvalue().encode()
