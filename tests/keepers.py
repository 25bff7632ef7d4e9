"""Three custodians of a town's lead department: of three departments, each with a key under a passphrase of his own."""

from __future__ import annotations

from scheduler import confirming, custodians
from scheduler.accounts import NewUser, add_user, grant
from scheduler.inspection import drawing
from scheduler.inspection.drawing import Locked, Opened
from scheduler.inspection.unlocking import Try, Unlocked, unlock
from scheduler.transaction import EVERYTHING, transaction
from tests.town import DICE, TEXT, Town

KEEPERS = {"keeper.amr": "AMR", "keeper.fire": "FIRE", "keeper.notary": "NOTARY"}
ONE, TWO, THREE = KEEPERS
ADDRESS = "10.0.0.7"


def passphrase_of(login: str) -> str:
    """What a custodian alone knows."""
    return f"口令 canary phrase of {login}"


def with_custodians(town: Town, keys: bool = True) -> Town:
    """The town, with three custodians of AMR named by its administrator."""
    with transaction(town.database, EVERYTHING) as session:
        for login, department in KEEPERS.items():
            add_user(session, town.now, NewUser(login, login, f"保管人 {login}", department))
            grant(session, town.now, login, "custodian")
    for login in KEEPERS:
        town.do("amr.administrator", lambda desk, login=login: custodians.name_custodian(desk, login))
        if keys:
            make_key(town, login)
    return town


def fingerprint_of(town: Town, login: str) -> str:
    """What a custodian reads aloud from his own page."""
    with town.at(login) as desk:
        return custodians.own_custody(desk).fingerprint


def make_key(town: Town, login: str, passphrase: str = "", by: str = "") -> None:
    """Let a custodian make his key, and somebody of another department confirm it."""
    pair = custodians.new_pair(town.database, login, passphrase or passphrase_of(login))
    town.do(login, lambda desk: custodians.keep_pair(desk, pair))
    told = fingerprint_of(town, login)
    second = by or ("amr.approver" if KEEPERS.get(login, "AMR") != "AMR" else "fire.approver")
    town.do(second, lambda desk: confirming.confirm_key(desk, login, told))


def to_entropy(town: Town, number: str, witness: str | None = "notary", dice: str = DICE) -> None:
    """Reveal, close and enter the dice twice: the custodians are awaited."""
    town.pass_time(hours=2)
    if witness:
        town.do(witness, lambda desk: drawing.reveal_text(desk, drawing.find_draw(desk, number), TEXT))
    at_draw = lambda act: lambda desk: act(desk, drawing.find_draw(desk, number))  # noqa: E731
    town.do("amr.planner", at_draw(lambda desk, drawn: drawing.close_reveals(desk, drawn, final=True)))
    town.do("amr.planner", at_draw(lambda desk, drawn: drawing.enter_entropy(desk, drawn, dice)))
    made = town.do(
        witness or "fire.planner", at_draw(lambda desk, drawn: drawing.enter_entropy(desk, drawn, dice))
    )
    assert isinstance(made, Locked)


def opens(town: Town, number: str, login: str, passphrase: str = "") -> Unlocked | Opened:
    """Let a custodian open his share."""
    with town.at("amr.planner") as desk:
        draw_id = drawing.find_draw(desk, number).id
    of = Try(town.database, login, ADDRESS, town.now)
    return unlock(of, draw_id, passphrase or passphrase_of(login))
