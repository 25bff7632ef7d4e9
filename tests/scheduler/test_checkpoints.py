"""Checkpoints are taken when they are due and once, say what the ledger says, and show when it was rewritten."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import select, text, update

from data.database import writing
from data.guards import drop_guards
from data.ledger import Act, append
from data.merkle import HASHES, Tree
from data.models import HeldCheckpoint, LedgerCheckpoint, LedgerEntry
from data.notes import Head, Signer, open_checkpoint
from matching.refused import Refused
from scheduler import checkpoints, consistency
from scheduler.checkpoints import AT_ONCE, keep_up
from scheduler.clock import business_date
from scheduler.consistency import Breaks, Continues
from scheduler.ledger_key import LedgerKey
from scheduler.ledger_memory import Memory
from scheduler.transaction import EVERYTHING, reading, transaction
from tests.rewriting import cut_off, rewrite
from tests.town import refuses

KEY = LedgerKey(Signer(b"k" * 32), "amr.example/yaohao")
OTHER = LedgerKey(Signer(b"o" * 32), "amr.example/yaohao")


def taken(database, chain="business"):
    with reading(database, EVERYTHING) as session:
        rows = select(LedgerCheckpoint).where(LedgerCheckpoint.chain == chain).order_by(LedgerCheckpoint.id)
        return list(session.scalars(rows))


def told(database, chain="business"):
    return [(each.reason, each.size) for each in taken(database, chain)]


def lines(database, chain="business"):
    with reading(database, EVERYTHING) as session:
        of_chain = select(LedgerEntry).where(LedgerEntry.chain == chain).order_by(LedgerEntry.seq)
        return list(session.scalars(of_chain))


def last_of(database, action):
    return max(each.seq for each in lines(database) if each.action == action)


def acts(database, now, *names):
    with transaction(database, EVERYTHING) as session:
        for name in names:
            append(session, Act(None, "system", None, name, "draw/1", {}), now)


@pytest.fixture
def memory(tmp_path):
    """Beside a key: what it has signed."""
    return Memory(tmp_path / "key")


@pytest.fixture
def signed(town, memory):
    """A town whose ledger is signed: `signed()` takes what is due now."""

    def take():
        return keep_up(town.database, town.now, KEY, memory)

    take()
    return take


def test_a_draw_is_signed_when_it_is_committed_and_when_it_is_executed(town, signed):
    first = taken(town.database)[0].size
    number = town.freeze(town.campaign())
    assert (signed(), told(town.database)) == (0, [("daily", first)])
    town.commit(number)
    signed()
    town.open(number)
    assert signed() == 0
    town.execute(number)
    signed()
    ends = [last_of(town.database, act) for act in ("draw:commit", "draw:execute")]
    assert told(town.database)[1:] == [("commit", ends[0]), ("draw", ends[1])]


def test_a_disclosure_is_signed_and_of_a_hundred_the_last(town, signed):
    _, number = town.drawn()
    target = town.visits(number)[0][1]
    signed()
    before = told(town.database)
    town.disclosed(number, target, "AMR")
    signed()
    [*_, added] = told(town.database)
    assert added == ("disclosure", last_of(town.database, "result:disclose"))
    assert len(told(town.database)) == len(before) + 1
    acts(town.database, town.now, *["result:disclose"] * 100, "draw:commit", *["result:disclose"] * 3)
    end = lines(town.database)[-1].seq
    assert signed() == 3
    assert told(town.database)[-3:] == [("disclosure", end - 4), ("commit", end - 3), ("disclosure", end)]


def test_every_chain_is_signed_once_a_day_of_shanghai_however_often_one_looks(town, memory):
    acts(town.database, town.now, "login:succeeded")
    with transaction(town.database, EVERYTHING) as session:
        append(session, Act(None, "system", None, "login:succeeded", "user/1", {}), town.now, "security")
    assert [keep_up(town.database, town.now, KEY, memory) for _ in range(3)] == [2, 0, 0]
    town.now = town.now.replace(hour=15, minute=59)  # 23:59 in Shanghai
    assert keep_up(town.database, town.now, KEY, memory) == 0
    town.pass_time(minutes=1)
    assert keep_up(town.database, town.now, KEY, memory) == 2
    assert [each.day for each in taken(town.database, "security")] == [date(2026, 3, 2), date(2026, 3, 3)]
    assert [each.size for each in taken(town.database, "security")] == [1, 1]


def test_eight_who_look_at_once_take_each_checkpoint_once(town, memory):
    acts(town.database, town.now, "draw:commit", "draw:execute")
    keep_up(town.database, town.now, KEY, memory)
    acts(town.database, town.now, "draw:commit", "draw:execute", "x", "result:disclose")
    later = town.now + timedelta(days=1)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: keep_up(town.database, later, KEY, memory), range(8)))
    assert (sum(made), len(told(town.database))) == (4, 5)
    end = lines(town.database)[-1].seq
    assert told(town.database)[1:] == [
        ("commit", end - 3),
        ("draw", end - 2),
        ("disclosure", end),
        ("daily", end),
    ]


def test_an_empty_ledger_is_not_signed(database, memory):
    from tests.town import START

    assert keep_up(database, START, KEY, memory) == 0


def test_a_checkpoint_says_what_the_lines_say_from_the_first_on(town, signed):
    """Grown from checkpoint to checkpoint, and compared with the whole tree made at once."""
    for number in range(1, 8):
        acts(town.database, town.now, *["x"] * number, "draw:commit")
        signed()
    contents = [each.canonical for each in lines(town.database)]
    for each in taken(town.database):
        head = open_checkpoint(each.note.encode(), KEY.verifier("business"))
        assert (head.origin, head.size) == ("amr.example/yaohao/business", each.size)
        for name, hashed in HASHES.items():
            tree = Tree(hashed)
            for content in contents[: each.size]:
                tree.add(content)
            assert head.roots[name] == tree.root()
        assert (head.roots["sha256"].hex(), head.roots["sm3"].hex()) == (each.root, each.sm3_root)


def test_lines_that_were_signed_are_not_read_again(town, signed, monkeypatch):
    read = []
    of_data = checkpoints.trees.checkpoints.leaves

    def noticed(session, chain, last, to, most):
        found = of_data(session, chain, last, to, most)
        read.extend(seq for seq, _ in found if chain == "business")
        return found

    acts(town.database, town.now, "x", "draw:commit")
    monkeypatch.setattr(checkpoints.trees.checkpoints, "leaves", noticed)
    signed()
    end = lines(town.database)[-1].seq
    assert read == [end - 1, end]


def test_without_sm3_on_the_machine_the_checkpoint_has_none(town, monkeypatch, memory):
    monkeypatch.delitem(HASHES, "sm3")
    keep_up(town.database, town.now, KEY, memory)
    [made] = taken(town.database)
    assert (made.sm3_root, made.note.count("\n")) == (None, 5)
    monkeypatch.undo()
    acts(town.database, town.now, "draw:commit")
    keep_up(town.database, town.now, KEY, memory)
    assert taken(town.database)[-1].sm3_root


def test_a_draw_is_committed_though_nobody_signs(town, memory):
    number = town.freeze(town.campaign())
    town.commit(number)
    assert taken(town.database) == []
    keep_up(town.database, town.now, KEY, memory)
    keep_up(town.database, town.now, KEY, memory)
    assert told(town.database) == [("daily", lines(town.database)[-1].seq)]


# Compared with the ledger


def verdicts(town, key=KEY, memory=None, asked=False):
    with town.at("amr.auditor") as desk:
        found = checkpoints.overview(desk, town.database, "business", key, memory, asked)
    return [each.verdict for each in found.page.rows], [each.verdict for each in found.held.rows]


def grow(town, signed):
    """Checkpoints of three sizes; the sizes come back."""
    for _ in range(2):
        acts(town.database, town.now, "x", "draw:commit")
        signed()
    return [each.size for each in taken(town.database)]


def test_a_ledger_that_was_rewritten_is_found_though_all_its_hashes_fit(town, signed):
    sizes = grow(town, signed)
    assert verdicts(town) == (["consistent"] * 3, [])
    rewrite(town.database, sizes[1])
    assert verdicts(town) == (["other_root", "other_root", "consistent"], [])
    signed()
    acts(town.database, town.now, "draw:commit")
    signed()  # what is signed later does not make it good
    assert verdicts(town)[0] == ["other_root", "other_root", "other_root", "consistent"]


def test_a_ledger_whose_end_was_cut_off_is_found(town, signed):
    sizes = grow(town, signed)
    cut_off(town.database, sizes[2] - 1)
    assert verdicts(town)[0] == ["cut_off", "consistent", "consistent"]


def spoil(database, size, change):
    """Change the checkpoint of so many lines in the database, past all guards."""
    with writing(database).begin() as connection:
        drop_guards(connection)
        table = LedgerCheckpoint.__table__
        here = (table.c.size == size) & (table.c.chain == "business")
        connection.execute(update(table).where(here).values(change))


def take_away(database, *sizes):
    """Delete checkpoints from the database past all guards."""
    with writing(database).begin() as connection:
        drop_guards(connection)
        table = LedgerCheckpoint.__table__
        connection.execute(table.delete().where(table.c.size.in_(sizes)))


@pytest.mark.parametrize(("change", "verdict"), [
    ({"root": "9" * 64}, "unsigned"), ({"note": "x"}, "unsigned"), ({"size": 1}, "unsigned"),
    ({"vkey": OTHER.verifier("business").vkey}, "consistent"),
    ({"note": OTHER.signer.sign("amr.example/yaohao/business", "amr.example/yaohao/business\n1\nx\n")}, "other_key"),
])  # fmt: skip
def test_a_checkpoint_that_was_changed_in_the_database_is_not_taken_for_signed(town, signed, change, verdict):
    sizes = grow(town, signed)
    spoil(town.database, sizes[0], change)
    assert sorted(set(verdicts(town)[0])) == sorted({"consistent", verdict})


def forged(town, name="em.example/other"):
    """A checkpoint of the whole ledger as it stands, signed by a key of somebody's own that the row brings along."""
    key = LedgerKey(OTHER.signer, name)
    size = len(lines(town.database))
    opened = partial(reading, town.database, EVERYTHING)
    at = checkpoints.trees.walk(opened, "business", {size}).sized[size]
    head = Head(key.origin("business"), size, at.roots)
    note = key.signer.sign(head.origin, head.text)
    root, sm3 = at.roots["sha256"].hex(), at.roots["sm3"].hex()
    return {"size": size, "root": root, "sm3_root": sm3, "note": note, "vkey": key.verifier("business").vkey}


def test_a_checkpoint_of_a_key_that_the_row_brings_along_is_not_taken_for_ours(town, signed, memory):
    sizes = grow(town, signed)
    spoil(town.database, sizes[2], forged(town))
    assert verdicts(town, memory=memory)[0] == ["other_key", "consistent", "consistent"]


def test_what_a_former_key_has_signed_is_told_by_what_is_kept_beside_the_key(town, signed, memory, tmp_path):
    grow(town, signed)
    acts(town.database, town.now, "draw:commit")
    new = LedgerKey(OTHER.signer, "amr.example/second")
    keep_up(town.database, town.now, new, memory)
    assert verdicts(town, new, memory)[0] == ["consistent"] * 4
    assert verdicts(town, new, Memory(tmp_path / "another"))[0] == ["consistent"] + ["other_key"] * 3


@pytest.mark.usefixtures("memory")
def test_without_a_key_nothing_is_told_of_signatures(town, signed):
    sizes = grow(town, signed)
    hold(town, "fire.planner", taken(town.database)[1].note)
    spoil(town.database, sizes[2], forged(town))
    assert verdicts(town, key=None) == (["not_checkable"] * 3, ["not_checkable"])


# What is never signed


def refusals(database):
    """What the security chain tells of ledgers that were not signed."""
    found = [each for each in lines(database, "security") if each.action == "checkpoint:refuse"]
    return [
        (each.subject, json.loads(each.details)["lines"], json.loads(each.details)["verdict"])
        for each in found
    ]


SPOILT = [
    {"peaks": b"9" * 32}, {"peaks": b""}, {"size": 1}, {"root": "9" * 64}, {"sm3_root": None, "sm3_peaks": None},
]  # fmt: skip


@pytest.mark.parametrize("change", SPOILT)
def test_after_a_spoilt_checkpoint_the_tree_grows_from_the_lines_and_ends_in_the_same_root(
    town, signed, change
):
    sizes = grow(town, signed)
    spoil(town.database, sizes[2], change)
    acts(town.database, town.now, "draw:commit")
    assert signed() == 1
    newest = open_checkpoint(taken(town.database)[-1].note.encode(), KEY.verifier("business"))
    opened = partial(reading, town.database, EVERYTHING)
    walked = checkpoints.trees.walk(opened, "business", {newest.size})
    assert checkpoints.verdict(newest, walked.sized) == "consistent"


@pytest.mark.parametrize("change", [each for each in SPOILT if "root" not in each])
@pytest.mark.parametrize("forget", [False, True])
def test_rewritten_lines_are_not_signed_though_the_checkpoint_was_spoilt(
    town, signed, memory, change, forget
):
    sizes = grow(town, signed)
    rewrite(town.database, sizes[1])
    spoil(town.database, sizes[2], change)
    if forget:  # what signatures in the database tell is enough
        memory.file("business").unlink()
    acts(town.database, town.now, "draw:commit")
    with refuses("checkpoint.rewritten", chain="business", size=sizes[2]):
        signed()
    assert len(taken(town.database)) == 3
    assert refusals(town.database) == [("ledger/business", sizes[2], "other_root")]


def test_rewritten_lines_are_not_signed_though_all_checkpoints_were_taken_away(town, signed, memory):
    sizes = grow(town, signed)
    rewrite(town.database, sizes[1])
    take_away(town.database, *sizes)
    with refuses("checkpoint.rewritten", size=sizes[2]):
        signed()
    assert taken(town.database) == []
    with town.at("amr.auditor") as desk:
        found = checkpoints.overview(desk, town.database, "business", KEY, memory, False)
    assert found.remembered == "other_root"


def test_checkpoints_that_were_taken_away_stop_nothing_where_the_lines_stand(town, signed):
    sizes = grow(town, signed)
    take_away(town.database, *sizes[1:])
    acts(town.database, town.now, "draw:execute")
    assert signed() > 0
    assert set(verdicts(town)[0]) == {"consistent"}


def test_an_older_database_is_not_signed_until_somebody_takes_a_new_key(town, signed, memory):
    """As after a backup was brought back: lines and checkpoints of the end are gone, and others come in their place."""
    sizes = grow(town, signed)
    cut_off(town.database, sizes[1])
    take_away(town.database, sizes[2])
    acts(town.database, town.now, "draw:execute")
    with refuses("checkpoint.rewritten", size=sizes[2]):
        signed()
    assert refusals(town.database) == [("ledger/business", sizes[2], "cut_off")]
    new = LedgerKey(OTHER.signer, "amr.example/second")
    town.pass_time(hours=1)
    assert keep_up(town.database, town.now, new, memory) > 0
    assert verdicts(town, new, memory)[0] == ["consistent"] * 3


def test_a_refusal_is_told_once_an_hour_and_the_other_chain_goes_on(town, signed):
    sizes = grow(town, signed)
    rewrite(town.database, sizes[1])
    take_away(town.database, *sizes)
    for minutes, told in ((0, 1), (59, 1), (1, 2)):
        town.pass_time(minutes=minutes)
        with suppress(Refused):
            signed()
        assert len(refusals(town.database)) == told
    assert told == 2
    with reading(town.database, EVERYTHING) as session:
        with refuses("checkpoint.rewritten", size=sizes[2]):
            checkpoints.check_signing(session, "business", town.now)
        checkpoints.check_signing(session, "security", town.now)
    assert len(taken(town.database, "security")) == 1


def test_a_record_that_was_spoilt_is_not_taken_for_none(town, signed, memory):
    grow(town, signed)
    for content in (b"", b"[]", b"{", b'{"x": "y"}', b"\xff", b'{"a": 1}'):
        memory.file("business").write_bytes(content)
        acts(town.database, town.now, "draw:commit")
        with refuses("ledger_memory.unreadable", file=str(memory.file("business"))):
            signed()
    assert len(taken(town.database)) == 3


def test_what_can_not_be_remembered_is_not_signed(town, tmp_path):
    acts(town.database, town.now, "draw:commit")
    with refuses("ledger_memory.not_written"):
        keep_up(town.database, town.now, KEY, Memory(tmp_path / "no such folder" / "key"))
    assert taken(town.database) == []


def test_the_longest_checkpoint_of_each_key_is_remembered(town, signed, memory):
    sizes = grow(town, signed)
    verifier = KEY.verifier("business")
    assert open_checkpoint(memory.last(verifier, "business").encode(), verifier).size == sizes[2]
    memory.keep(verifier, "business", taken(town.database)[0].note)
    assert open_checkpoint(memory.last(verifier, "business").encode(), verifier).size == sizes[2]
    assert memory.last(OTHER.verifier("business"), "business") == ""


def test_a_long_ledger_is_compared_when_somebody_asks(town, signed, monkeypatch):
    grow(town, signed)
    assert AT_ONCE == 20_000
    monkeypatch.setattr(checkpoints, "AT_ONCE", 3)
    assert verdicts(town)[0] == [""] * 3
    assert verdicts(town, asked=True)[0] == ["consistent"] * 3


# Held by another department


def hold(town, login, note, key=KEY):
    received = checkpoints.receive(town.database, note.encode(), key)
    town.do(login, lambda desk: checkpoints.hold(desk, received))
    return received.verdict


def test_another_department_holds_a_checkpoint_and_sees_the_ledger_rewritten(town, signed):
    sizes = grow(town, signed)
    note = taken(town.database)[1].note
    assert hold(town, "fire.planner", note) == "consistent"
    assert hold(town, "em.auditor", note) == "consistent"
    line = next(each for each in lines(town.database) if each.action == "checkpoint:hold")
    assert f'"lines":{sizes[1]}' in line.details
    rewrite(town.database, 1)
    assert verdicts(town)[1] == ["other_root", "other_root"]
    # all of the checkpoints in the database gone as well: what is held outside still tells it
    with writing(town.database).begin() as connection:
        connection.execute(text("DELETE FROM ledger_checkpoint"))
        connection.execute(text("DELETE FROM held_checkpoint"))
    assert hold(town, "fire.planner", note) == "other_root"
    with reading(town.database, EVERYTHING) as session:
        assert [each.verdict for each in session.scalars(select(HeldCheckpoint))] == ["other_root"]


@pytest.mark.usefixtures("signed")
def test_who_showed_a_checkpoint_is_told_to_his_own_department_alone(town):
    hold(town, "fire.planner", taken(town.database)[0].note)
    seen = {}
    for login in ("fire.auditor", "em.auditor"):
        with town.at(login) as desk:
            [held] = checkpoints.overview(desk, town.database, "business", KEY, None, False).held.rows
            seen[login] = (held.department != "", held.name)
    assert seen == {"fire.auditor": (True, "FIRE planner"), "em.auditor": (True, "")}


@pytest.mark.usefixtures("signed")
def test_what_is_not_signed_by_this_installation_is_not_recorded(town):
    note = taken(town.database)[0].note
    for written, key, code in (
        ("x", KEY, "form"),
        (
            note.replace("\n1", "\n2", 1) if "\n1" in note else note.replace("\n\n", "\nx\n\n"),
            KEY,
            "signature",
        ),
        (note.replace("amr.example", "em.example"), KEY, "other_key"),
        (note, LedgerKey(OTHER.signer, "em.example"), "other_key"),
        (note, None, "no_key"),
    ):
        with refuses(f"checkpoint.{code}"):
            checkpoints.receive(town.database, written.encode(), key)
    received = checkpoints.receive(town.database, note.encode(), KEY)
    with refuses("actor.role"):
        town.do("fire.approver", lambda desk: checkpoints.hold(desk, received))
    town.do("fire.planner", lambda desk: checkpoints.hold(desk, received))
    with refuses("checkpoint.held_already"):
        town.do("fire.auditor", lambda desk: checkpoints.hold(desk, received))


def test_the_security_ledger_is_signed_for_those_who_may_read_it(town, memory):
    with transaction(town.database, EVERYTHING) as session:
        append(session, Act(None, "system", None, "login:succeeded", "user/1", {}), town.now, "security")
    keep_up(town.database, town.now, KEY, memory)
    [made] = taken(town.database, "security")
    received = checkpoints.receive(town.database, made.note.encode(), KEY)
    assert received.chain == "security"
    for work in (
        lambda desk: checkpoints.overview(desk, town.database, "security", KEY, None, False),
        lambda desk: checkpoints.find_checkpoint(desk, made.id),
        lambda desk: checkpoints.hold(desk, received),
    ):
        with refuses("actor.role"):
            town.do("fire.planner", work)
    assert town.do("fire.auditor", lambda desk: checkpoints.find_checkpoint(desk, made.id)).size == 1


# Consistency


def compared(town, old, new=None, key=KEY):
    verifier = key.verifier("business")
    return consistency.by_database(town.database, verifier, old.encode(), new and new.encode())


def test_every_checkpoint_continues_every_shorter_one_by_the_database_and_by_the_proof_alone(town, signed):
    for number in range(6):
        acts(town.database, town.now, *["x"] * number, "draw:commit")
        signed()
    made = taken(town.database)
    for place, old in enumerate(made):
        assert isinstance(compared(town, old.note), Continues)
        for new in made[place:]:
            found = compared(town, old.note, new.note)
            assert isinstance(found, Continues)
            proof = consistency.proof_file(found)
            notes = old.note.encode(), new.note.encode()
            alone = consistency.by_proof(KEY.verifier("business"), *notes, proof)
            assert isinstance(alone, Continues)
            if old is not new:
                swapped = proof | {"proof": proof["proof"] | {"sha256": proof["proof"]["sha256"][::-1]}}
                if swapped != proof:
                    assert (
                        consistency.by_proof(KEY.verifier("business"), *notes, swapped).fault == "proof_fails"
                    )
                other = made[0 if place else -1].note.encode()
                if other not in notes:
                    assert consistency.by_proof(KEY.verifier("business"), notes[0], other, proof) in (
                        Breaks("proof_of_others", {}),
                        Breaks("shorter", {"old": old.size, "new": made[0].size}),
                    )


def test_where_the_ledger_was_rewritten_is_told_between_two_checkpoints(town, signed):
    sizes = grow(town, signed)
    first, _, last = (each.note for each in taken(town.database))
    rewrite(town.database, sizes[1])
    assert isinstance(compared(town, first), Continues)
    assert compared(town, last) == Breaks(
        "other_root", {"which": "old", "size": sizes[2], "first": sizes[0] + 1}
    )
    assert compared(town, first, last) == Breaks(
        "other_root", {"which": "new", "size": sizes[2], "first": sizes[0] + 1}
    )
    cut_off(town.database, sizes[0] - 1)
    assert compared(town, first) == Breaks(
        "cut_off", {"which": "old", "size": sizes[0], "lines": sizes[0] - 1}
    )


def test_two_ledgers_signed_by_one_key_are_found_by_their_checkpoints_alone(town, signed, memory):
    """Whoever owns the machine has the key and what lies beside it, and signs what he has written anew."""
    sizes = grow(town, signed)
    before = [each.note for each in taken(town.database)]
    rewrite(town.database, 1)
    with writing(town.database).begin() as connection:
        connection.execute(text("DELETE FROM ledger_checkpoint"))
    memory.file("business").unlink()
    signed()
    again = taken(town.database)[0].note
    assert verdicts(town)[0] == ["consistent"]
    assert compared(town, before[2], again) == Breaks("fork", {"size": sizes[2]})
    assert compared(town, before[0], again).fault == "other_root"


def test_signatures_of_others_and_wrong_order_are_told(town, signed):
    grow(town, signed)
    first, _, last = (each.note for each in taken(town.database))
    assert compared(town, last, first).fault == "shorter"
    assert compared(town, first, last, OTHER).fault == "other_key"
    tampered = last.replace(last.splitlines()[2], first.splitlines()[2])
    assert compared(town, first, tampered) == Breaks(
        "signature", {"which": "new", "key": "amr.example/yaohao/business"}
    )
    assert compared(town, tampered, first).fault == "signature"
    with refuses("checkpoint.form"):
        compared(town, "x", last)


@pytest.mark.parametrize("proof", [
    {}, {"format": "x", "proof": {"sha256": []}}, {"format": consistency.PROOF}, {"format": consistency.PROOF, "proof": []},
    {"format": consistency.PROOF, "proof": {"sm3": []}}, {"format": consistency.PROOF, "proof": {"sha256": [7]}},
    {"format": consistency.PROOF, "proof": {"sha256": ["%"]}}, {"format": consistency.PROOF, "proof": {"sha256": 7}},
], ids=range(8))  # fmt: skip
@pytest.mark.usefixtures("signed")
def test_what_is_no_proof_is_refused(town, proof):
    note = taken(town.database)[0].note.encode()
    with refuses("proof.form"):
        consistency.by_proof(KEY.verifier("business"), note, note, proof)


def test_the_ticker_signs_soon_after_an_act_and_its_log_tells_no_key(town, caplog, memory):
    from scheduler import ticker
    from tests.scheduler.test_ticker import OFTEN, until
    from tests.site import TownClock

    caplog.set_level(logging.DEBUG)
    running = ticker.start(
        town.database, {}, TownClock(town), OFTEN, looks=(partial(keep_up, key=KEY, memory=memory),)
    )
    try:
        assert until(lambda: told(town.database) != [])
        acts(town.database, town.now, "draw:commit")
        assert until(lambda: told(town.database)[-1][0] == "commit")
    finally:
        running.stop()
    assert KEY.signer.seed.decode() not in caplog.text
    assert business_date(town.now) == taken(town.database)[-1].day
