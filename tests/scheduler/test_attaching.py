"""What outsiders sign for a draw: each is checked when it comes, and a bundle shows it to whoever has the roots."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import text

from data.queries import attached, draws
from matching import beacon
from matching.beacon import Signature
from matching.bundle import pack
from matching.draw.frames import canonical
from matching.timestamps import request
from scheduler.inspection import attaching, audit, disclosure, drawing, freezing, planning
from scheduler.inspection.attachments import beacon_file
from scheduler.inspection.attested import attested
from scheduler.inspection.drawing import Opened
from scheduler.inspection.trust import FOLDER, trusted
from scheduler.transaction import EVERYTHING, transaction
from tests.authorities import NAME, Authority, Beacon, bare, root
from tests.town import TEXT, refuses

SMALL = {"rates": {}, "total": 6, "strata_by": "none"}
HONEST, OURS = Authority(), Beacon()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The administrator's folder, with nothing in it."""
    made = tmp_path / "trust"
    made.mkdir()
    monkeypatch.setenv(FOLDER, str(made))
    return made


@pytest.fixture
def known(folder):
    """The folder with the root of the authority and the chain of the beacon."""
    (folder / "root.pem").write_bytes(root().public_bytes(Encoding.PEM))
    (folder / "ours.json").write_text(json.dumps(OURS.info))
    return folder


def at_draw(town, number, login, act):
    return town.do(login, lambda desk: act(desk, drawing.find_draw(desk, number)))


def committed(town, **other):
    """A draw that is committed, and its C; a minute has gone by."""
    number = town.freeze(town.campaign(**SMALL | other))
    at_draw(
        town, number, "notary", lambda desk, drawn: drawing.promise(desk, drawn, drawing.promise_of(TEXT))
    )
    c = at_draw(town, number, "amr.planner", drawing.commit_draw)
    town.pass_time(minutes=1)
    return number, bytes.fromhex(c)


def stamp(town, number, written, login="amr.planner"):
    stamped = at_draw(town, number, login, lambda d, drawn: attaching.to_stamp(d, drawn, written)).computed()
    return at_draw(town, number, login, lambda d, drawn: attaching.attach_stamp(d, drawn, stamped).serial)


def beaconed(town, wait=timedelta(hours=2)):
    """A draw whose plan names a round of our beacon, its reveals closed: its number and the round."""
    which = OURS.round_after(town.now, wait)
    number, _ = committed(town, entropy=OURS.source(which))
    at_draw(town, number, "notary", lambda desk, drawn: drawing.reveal_text(desk, drawn, TEXT))
    at_draw(town, number, "amr.planner", lambda desk, drawn: drawing.close_reveals(desk, drawn, final=True))
    town.pass_time(hours=3)
    return number, which


def enter(town, number, login, entropy, signature=""):
    def entered(desk, drawn):
        checked = attaching.to_enter(desk, drawn, entropy, signature)
        return attaching.enter_signed(desk, drawn, entropy, checked and checked.computed())

    return at_draw(town, number, login, entered)


def opened(town, number, which, signature=""):
    enter(town, number, "amr.planner", OURS.entropy(which))
    assert isinstance(enter(town, number, "notary", OURS.entropy(which), signature), Opened)


def claims(files, trust=None, wrong=()):
    """The claims about outsiders of a bundle that is else found right: state and code by claim."""
    checked = audit.check_bundle(pack(files), folder=trust)
    assert [each.claim for each in checked.claims if each.state == "wrong"] == [*wrong]
    assert audit.checked_of(json.loads(json.dumps(audit.told(checked)))) == checked
    return {each.claim: (each.state, each.code) for each in checked.attested}, checked


@pytest.mark.usefixtures("known")
def test_a_stamp_is_asked_for_attached_and_counts_as_a_publication(town):
    number, c = committed(town)
    assert at_draw(town, number, "amr.planner", attaching.stamp_request) == request(c)
    assert stamp(town, number, bare(HONEST.stamp(c, town.now - timedelta(seconds=30)))) == "c0ffee"
    with transaction(town.database, EVERYTHING) as session:
        kept = attached.stamp_of(session, draws.draw_by_number(session, number).id, 1)
        assert (kept.authority, kept.stamped_at) == (NAME, town.now - timedelta(seconds=30))
        told = json.loads(disclosure.commitment_file(session, number))
        assert told["published"] == [{"where": f"RFC 3161 {NAME}", "when": "2026-03-02T09:00:30+08:00"}]
        assert disclosure.stamp_file(session, number) == kept.response
        whole = disclosure.draw(session, number, town.now.date())
        assert whole.commitments[0].stamp.serial == "c0ffee"
    with refuses("timestamp.there"):
        stamp(town, number, HONEST.stamp(c, town.now))


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("late", [timedelta(minutes=-2), timedelta(seconds=1)])
def test_a_stamp_from_before_the_commitment_or_from_the_future_is_refused(town, late):
    number, c = committed(town)
    with refuses("timestamp.time"):
        stamp(town, number, HONEST.stamp(c, town.now + late))


@pytest.mark.usefixtures("known")
def test_a_stamp_of_something_else_is_refused_and_nothing_stands(town):
    number, _ = committed(town)
    with refuses("timestamp.imprint"):
        stamp(town, number, HONEST.stamp(b"\0" * 32, town.now))
    with transaction(town.database, EVERYTHING) as session:
        drawn = draws.draw_by_number(session, number).id
        assert (attached.stamp_of(session, drawn, 1), draws.publications(session, drawn, 1)) == (None, [])


def test_where_roots_are_trusted_a_stamp_must_lead_to_one(town, folder):
    number, c = committed(town)
    (folder / "another.pem").write_bytes(root("another").public_bytes(Encoding.PEM))
    with refuses("timestamp.chain"):
        stamp(town, number, HONEST.stamp(c, town.now))


@pytest.mark.usefixtures("folder")
def test_where_no_root_is_known_a_planners_own_stamp_is_attached_and_publishes_nothing(town):
    number, c = committed(town)
    assert stamp(town, number, Authority(name="自己").stamp(c, town.now)) == "c0ffee"
    with transaction(town.database, EVERYTHING) as session:
        drawn = draws.draw_by_number(session, number).id
        assert draws.publications(session, drawn, 1) == []
        assert not disclosure.draw(session, number, town.now.date()).commitments[0].stamp.counted
    town.open(number)
    town.execute(number)
    files = town.bundle(number)
    assert json.loads(files["register.json"])["entry"]["self_drawn"]
    assert "commit.tsr" in files
    assert claims(files)[0] == {"timestamp": ("unverifiable", "timestamp.no_roots")}


def test_a_stamp_that_did_not_count_is_shown_to_whoever_has_its_root(town, folder):
    number, c = committed(town)
    stamp(town, number, HONEST.stamp(c, town.now))
    town.open(number)
    town.execute(number)
    files = town.bundle(number)
    (folder / "root.pem").write_bytes(root().public_bytes(Encoding.PEM))
    assert claims(files)[0] == {"timestamp": ("verified", "timestamp.not_counted")}


@pytest.mark.usefixtures("known")
def test_a_stamp_comes_from_who_conducts_the_draw_and_before_the_reveals_are_closed(town):
    number, c = committed(town)
    answer = HONEST.stamp(c, town.now)
    for login, code in (("notary", "actor.other_department"), ("amr.auditor", "actor.role")):
        with refuses(code):
            stamp(town, number, answer, login)
    at_draw(town, number, "amr.planner", lambda desk, drawn: drawing.close_reveals(desk, drawn, final=True))
    with refuses("draw.not_now"):
        stamp(town, number, answer)


def test_the_folder_tells_which_of_its_files_is_wrong(folder):
    assert trusted().roots == ()
    for name, content in (("a.pem", "nothing"), ("b.json", "{}"), ("c.json", "]")):
        (folder / name).write_text(content)
        with refuses("trust.unreadable", file=str(folder / name)):
            trusted()
        (folder / name).unlink()
    with refuses("trust.unreadable"):
        trusted(folder / "nowhere")


def test_a_bundle_shows_the_stamp_and_who_has_the_root_sees_its_chain_hold(town, known):
    folder = known
    number, c = committed(town)
    stamp(town, number, HONEST.stamp(c, town.now))
    (folder / "root.pem").unlink()
    town.open(number)
    town.execute(number)
    files = town.bundle(number)
    assert not json.loads(files["register.json"])["entry"]["self_drawn"]
    assert claims(files)[0] == {"timestamp": ("unverifiable", "timestamp.no_roots")}
    (folder / "another.pem").write_bytes(root("another").public_bytes(Encoding.PEM))
    assert claims(files)[0] == {"timestamp": ("unverifiable", "timestamp.other_root")}
    (folder / "root.pem").write_bytes(root().public_bytes(Encoding.PEM))
    assert claims(files)[0] == {"timestamp": ("verified", "timestamp.verified")}
    at = town.now
    for answer, code, wrong in (
        (HONEST.stamp(b"\0" * 32, at), "timestamp.imprint", ["published"]),
        (HONEST.stamp(c, at, other_digest=True), "timestamp.signature", []),
        (HONEST.stamp(c, at + timedelta(seconds=1)), "timestamp.not_told", []),
        (Authority(name="别的机构").stamp(c, at), "timestamp.not_told", []),
    ):
        told, checked = claims(files | {"commit.tsr": answer}, wrong=wrong)
        assert told == ({} if wrong else {"timestamp": ("wrong", code)})
        assert checked.wrong


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("moved", "by"), [("drawn_at", timedelta(hours=-3)), ("committed_at", timedelta(hours=2))]
)
def test_a_stamp_that_is_not_between_commitment_and_draw_is_wrong(town, moved, by):
    number, c = committed(town)
    stamp(town, number, HONEST.stamp(c, town.now))
    town.open(number)
    town.execute(number)
    files = town.bundle(number)
    told = json.loads(files["register.json"])
    at = {"drawn_at": town.now, "committed_at": town.now}[moved] + by
    told["entry"][moved] = at.isoformat(timespec="seconds")
    changed = files | {"register.json": canonical(told)}
    assert [(each.state, each.code) for each in attested(changed, trusted())] == [("wrong", "timestamp.time")]


# The beacon


@pytest.mark.usefixtures("known")
def test_a_plan_may_not_name_a_round_that_was_announced(town):
    past = OURS.round_after(town.now) - 1
    code = town.campaign(**SMALL, entropy=OURS.source(past))
    with refuses("beacon.round_past"), town.at("amr.planner") as desk:
        freezing.freeze_pool(desk, planning.find_campaign(desk, code), town.secrets)


@pytest.mark.usefixtures("known")
def test_a_round_announced_since_the_freeze_stops_the_commitment_and_since_that_the_closing(town):
    soon = OURS.round_after(town.now, timedelta(minutes=30))
    late = town.freeze(town.campaign(code="一", **SMALL, entropy=OURS.source(soon)))
    town.pass_time(hours=1)
    with refuses("beacon.round_past"):
        town.commit(late)
    at_draw(town, late, "amr.approver", lambda d, w: drawing.void_number(d, w, "wrong_list", "轮次已过"))
    soon = OURS.round_after(town.now, timedelta(minutes=30))
    number, _ = committed(town, code="二", entropy=OURS.source(soon))
    town.pass_time(hours=1)
    with refuses("beacon.round_past"):
        at_draw(town, number, "amr.planner", lambda d, w: drawing.close_reveals(d, w, final=True))


@pytest.mark.usefixtures("folder")
def test_a_round_of_a_chain_that_is_not_known_stops_nothing(town):
    number, _ = committed(town, entropy=OURS.source(1))
    at_draw(town, number, "amr.planner", lambda d, w: drawing.close_reveals(d, w, final=True))


@pytest.mark.usefixtures("known")
def test_a_signature_given_with_the_second_entry_is_verified_and_kept(town):
    number, which = beaconed(town)
    given = OURS.signature(which)
    opened(town, number, which, json.dumps({"round": which, "signature": given.signature.hex()}))
    town.execute(number)
    files = town.bundle(number)
    assert json.loads(files["beacon.json"]) == {
        "chain": OURS.chain.digest,
        "round": which,
        "signature": given.signature.hex(),
    }
    assert claims(files)[0] == {"beacon": ("verified", "beacon.verified")}


@pytest.mark.usefixtures("known")
def test_a_wrong_signature_enters_nothing(town):
    number, which = beaconed(town)
    enter(town, number, "amr.planner", OURS.entropy(which))
    for written, code in (
        (OURS.signature(which + 1).signature.hex(), "beacon.randomness"),
        ("ab" * 10, "beacon.form"),
        ("{", "beacon.form"),
        ("[" * 3000, "beacon.form"),
    ):
        with refuses(code):
            enter(town, number, "notary", OURS.entropy(which), written)
    # a randomness made up with a signature made up to it
    forged = Beacon(secret=5).signature(which).signature
    made_up = f"{OURS.source(which)}:{sha256(forged).hexdigest()}"
    with refuses("beacon.signature"):
        enter(town, number, "notary", made_up, forged.hex())
    with town.at("amr.planner") as desk:
        assert draws.opening_of(desk.session, drawing.find_draw(desk, number).id, 1) is None


@pytest.mark.usefixtures("known")
def test_a_signature_may_come_later_and_is_the_last_one_attached(town):
    number, which = beaconed(town)
    with refuses("beacon.not_yet"):
        at_draw(town, number, "amr.planner", lambda d, w: attaching.to_attach(d, w, "ab" * 48))
    opened(town, number, which)

    def attach(login):
        written = OURS.signature(which).signature.hex()
        return at_draw(
            town,
            number,
            login,
            lambda d, w: attaching.attach_signature(d, w, attaching.to_attach(d, w, written).computed()).id,
        )

    with refuses("actor.other_department"):
        attach("em.planner")
    assert attach("notary") == attach("amr.planner")
    with town.at("amr.planner") as desk:
        told = attaching.attached_to(desk, drawing.find_draw(desk, number))
        assert (told.signature.signature, told.wants_signature) == (
            OURS.signature(which).signature.hex(),
            False,
        )


def test_a_draw_of_dice_wants_no_signature(town):
    number, _ = committed(town)
    town.open(number)
    with refuses("beacon.no_round"):
        at_draw(town, number, "amr.planner", lambda d, w: attaching.to_attach(d, w, "ab" * 48))


@pytest.mark.usefixtures("known")
def test_a_bundle_says_what_of_the_beacon_can_not_be_told_and_why(town, monkeypatch, tmp_path):
    number, which = beaconed(town)
    opened(town, number, which)
    town.execute(number)
    files = town.bundle(number)
    assert "beacon.json" not in files
    assert claims(files)[0] == {"beacon": ("unverifiable", "beacon.no_signature")}
    signed = files | {"beacon.json": beacon_file(OURS.entropy(which), OURS.signature(which))}
    assert claims(signed)[0] == {"beacon": ("verified", "beacon.verified")}
    assert claims(signed, tmp_path)[0] == {"beacon": ("unverifiable", "beacon.unknown_chain")}
    other = files | {"beacon.json": beacon_file(OURS.entropy(which + 1), OURS.signature(which))}
    assert audit.check_bundle(pack(other)).first_wrong.claim == "seed"
    made_up = files | {"beacon.json": beacon_file(OURS.entropy(which), OURS.signature(which + 1))}
    assert audit.check_bundle(pack(made_up)).first_wrong.claim == "seed"
    monkeypatch.setattr(beacon, "LIBRARY", "a_library_that_nobody_has_installed")
    assert claims(signed)[0] == {"beacon": ("unverifiable", "beacon.no_library")}
    assert audit.check_bundle(pack(made_up)).first_wrong.claim == "seed"


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("moved", "by", "code"),
    [
        ("committed_at", timedelta(0), "beacon.round_past"),
        ("drawn_at", timedelta(hours=-2), "beacon.round_ahead"),
    ],
)
def test_a_round_that_was_not_announced_between_commitment_and_draw_is_wrong(town, moved, by, code):
    number, which = beaconed(town)
    opened(town, number, which)
    town.execute(number)
    files = town.bundle(number)
    told = json.loads(files["register.json"])
    told["entry"][moved] = (town.now + by).isoformat(timespec="seconds")
    changed = files | {"register.json": canonical(told)}
    assert [(each.state, each.code) for each in attested(changed, trusted())] == [("wrong", code)]


@pytest.mark.usefixtures("known")
def test_what_is_attached_stays_as_it_is(town):
    number, c = committed(town)
    stamp(town, number, HONEST.stamp(c, town.now))
    with (
        pytest.raises(Exception, match="guard_time_stamp_only_added"),
        transaction(town.database, EVERYTHING) as s,
    ):
        s.execute(text("DELETE FROM time_stamp"))


def test_a_signature_of_a_chained_beacon_keeps_the_one_before_it():
    given = Signature(b"s" * 96, b"p" * 96)
    assert json.loads(beacon_file("beacon:ab:7:00", given)) == {
        "chain": "ab",
        "round": 7,
        "signature": given.signature.hex(),
        "previous_signature": given.previous.hex(),
    }
