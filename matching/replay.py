"""Replay of a bundle (复核): of a full one all is made again from the tables, secrets and entropy, pairs included."""

from collections.abc import Sequence
from dataclasses import replace

from matching.bundle import (
    CERTIFICATE,
    DRAWN_ONCE,
    PROOFS,
    SYSTEMATIC,
    TABLE_FILES,
    Files,
    draw_files,
    unpack,
)
from matching.draw.commitment import Commitment, Reveal, Secrets, commit, reveal
from matching.draw.plan import Plan
from matching.draw.tables import COLUMNS, Frame, Row, freeze_all, header
from matching.draw.targets import DrawnStratum
from matching.lottery import draw, pair
from matching.public import replay_public
from matching.refused import Refused
from matching.replayed import (
    Differs,
    Replayed,
    check_committed,
    check_opened,
    compare,
    hex_bytes,
    read_object,
    read_plan_file,
)

DECIDED = (
    "drawn.csv",
    "thresholds.csv",
    SYSTEMATIC,
    "groups.csv",
    "pairs.csv",
    "bans.csv",
    "shortage.json",
    CERTIFICATE,
)


def replay(packed: bytes) -> Replayed | Differs:
    """Make a bundle's draw again and compare: all of it, or as far as a public bundle reaches.

    Raises Refused where the bundle is damaged, or its commitment does not bind what it holds.
    """
    files = unpack(packed)
    if PROOFS in files:
        return replay_public(files)
    if missing := [name for name in (*TABLE_FILES, "auditor.json") if name not in files]:
        raise Refused("replay.not_a_full_bundle", missing=missing)
    plan = read_plan_file(files)
    frame, commitment, revealed = _opened(files, plan)
    strata = draw(plan, frame, commitment.seals, revealed.seed)
    outcome = pair(plan, frame, commitment.seals, revealed.seed, strata)
    first = compare(files, draw_files(plan, frame, outcome), DECIDED)
    if isinstance(first, Differs):
        return first
    return _later(files, plan, frame, strata, first)


def _later(
    files: Files, plan: Plan, frame: Frame, strata: tuple[DrawnStratum, ...], first: Replayed
) -> Replayed | Differs:
    """The pairings that started again after a shortage, each with its own lists, commitment and seed."""
    done, earlier = list(first.files), [read_object(files, "reveal.json")["entropy"]]
    folders = {name.split("/")[0] for name in files if "/" in name}
    for folder in sorted(folders, key=lambda name: int(name.removeprefix("attempt-"))):
        own = {
            name.split("/", 1)[1]: content for name, content in files.items() if name.startswith(f"{folder}/")
        }
        attempt = {**own, "targets.tsv": files["targets.tsv"]}
        if missing := [name for name in (*TABLE_FILES, "auditor.json") if name not in attempt]:
            raise Refused("replay.not_a_full_bundle", missing=[f"{folder}/{name}" for name in missing])
        lists, commitment, revealed = _opened(attempt, plan, earlier)
        earlier.append(revealed.entropy.text)
        if lists.targets != frame.targets:
            raise Refused("replay.not_as_committed", parts=["tables.targets"])
        made = draw_files(plan, lists, pair(plan, lists, commitment.seals, revealed.seed, strata))
        again = compare(
            own, {name: content for name, content in made.items() if name not in DRAWN_ONCE}, DECIDED
        )
        if isinstance(again, Differs):
            return replace(again, file=f"{folder}/{again.file}")
        done += [f"{folder}/{name}" for name in again.files]
    return Replayed(tuple(done))


def _opened(files: Files, plan: Plan, earlier: Sequence[str] = ()) -> tuple[Frame, Commitment, Reveal]:
    """Lists, commitment and reveal of an attempt, each bound by the one before."""
    frame = _frame(files, plan)
    opened, committed = read_object(files, "reveal.json"), read_object(files, "commit.json")
    auditor = read_object(files, "auditor.json")
    if set(auditor) != {"salt_secret"}:
        raise Refused("replay.malformed", problem="auditor.json")
    secrets = Secrets(
        hex_bytes(opened, "secret", "reveal.json"), hex_bytes(auditor, "salt_secret", "auditor.json")
    )
    witnesses = [hex_bytes({"W": each}, "W", "commit.json") for each in committed.get("witnesses", [])]
    commitment = commit(plan, frame, secrets, witnesses)
    check_committed(committed, commitment)
    texts = opened.get("reveals", [])
    revealed = reveal(plan, commitment, secrets.secret, opened.get("entropy", ""), texts, earlier)
    check_opened(opened, revealed)
    return frame, commitment, revealed


def _frame(files: Files, plan: Plan) -> Frame:
    headers = {name: header(name, plan.weighed and name == "targets") for name in COLUMNS}
    rows = {name: _rows(files[f"{name}.tsv"], name, due) for name, due in headers.items()}
    frame = freeze_all(**rows, weighed=plan.weighed)
    if moved := [f"{each.name}.tsv" for each in frame.tables() if each.file() != files[f"{each.name}.tsv"]]:
        raise Refused("replay.not_as_committed", parts=moved)
    return frame


def _rows(content: bytes, name: str, due: str) -> list[Row]:
    try:
        given, *lines = content.decode().removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        raise Refused("replay.not_text", file=f"{name}.tsv") from None
    if given != due:
        raise Refused("table.columns", table=name, row=given.split("\t"))
    return [tuple(line.split("\t")) for line in lines]
