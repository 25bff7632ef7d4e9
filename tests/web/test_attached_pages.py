"""What outsiders sign, through the pages and the commands: planner and witness attach it, anybody takes it."""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding

from data.queries import draws
from matching import beacon
from matching.timestamps import request
from scheduler.inspection import drawing
from scheduler.inspection.trust import FOLDER
from scheduler.transaction import EVERYTHING, transaction
from tests.authorities import NAME, Authority, Beacon, root
from tests.site import Site
from tests.town import TEXT
from tests.web.test_draws_pages import SMALL, address, number_of
from web.commands import main

HONEST, OURS = Authority(), Beacon()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The administrator's folder: root and chain are known."""
    made = tmp_path / "trust"
    made.mkdir()
    (made / "root.crt").write_bytes(root().public_bytes(Encoding.DER))
    (made / "ours.json").write_text(json.dumps(OURS.info))
    monkeypatch.setenv(FOLDER, str(made))
    return made


def committed(site: Site, **other) -> tuple[str, bytes]:
    """A draw with a commitment that nobody has published, and C."""
    town = site.town
    number = town.freeze(town.campaign(**SMALL | other))
    town.do("notary", lambda d: drawing.promise(d, drawing.find_draw(d, number), drawing.promise_of(TEXT)))
    c = town.do("amr.planner", lambda d: drawing.commit_draw(d, drawing.find_draw(d, number)))
    town.pass_time(minutes=1)
    return address(site, number), bytes.fromhex(c)


def sent(answer: bytes):
    return (io.BytesIO(answer), "answer.tsr")


def test_a_planner_takes_the_request_and_hands_in_the_answer(site):
    planner = site.reader("amr.planner")
    path, c = committed(site)
    page = planner.page(path)
    assert f'href="{path}/commit.tsq"' in page
    assert planner.get(f"{path}/commit.tsq").data == request(c)
    assert planner.get(f"{path}/commit.tsr").status_code == 404
    wrong = planner.post(f"{path}/stamp", file=sent(HONEST.stamp(b"\0" * 32, site.town.now)))
    assert "时间戳盖的不是这个承诺值" in wrong.text
    assert "没有选择文件" in planner.post(f"{path}/stamp").text
    answer = HONEST.stamp(c, site.town.now)
    planner.does(f"{path}/stamp", file=sent(answer))
    page = site.reader("notary").page(path)
    assert f"RFC 3161 {NAME} · 2026-03-02 09:01" in page
    assert "c0ffee" in page
    assert "commit.tsq" not in planner.page(path)
    assert planner.get(f"{path}/commit.tsr").data == answer
    number = number_of(site, path)
    public = site.stranger()
    assert NAME in public.page(f"/public/draws/{number}")
    assert public.get(f"/public/time-stamps/1/{number}").data == answer
    assert public.get(f"/public/time-stamps/2/{number}").status_code == 404


def test_where_no_root_is_known_pages_say_that_the_stamp_does_not_count(site, folder):
    (folder / "root.crt").unlink()
    planner = site.reader("amr.planner")
    path, c = committed(site)
    planner.does(f"{path}/stamp", file=sent(HONEST.stamp(c, site.town.now)))
    page = planner.page(path)
    assert "证书链未核对，不计为公布" in page
    assert "尚未登记公布" in page
    assert "证书链未核对" in site.stranger().page(f"/public/draws/{number_of(site, path)}")
    assert "counts as no publication" in site.reader("notary", english=True).page(path)


def revealed(site: Site) -> tuple[str, int]:
    which = OURS.round_after(site.town.now, timedelta(hours=1))
    path, _ = committed(site, entropy=OURS.source(which))
    page = site.reader("amr.planner").page(path)
    assert "揭示须在此之前结束" in page
    site.reader("notary").does(f"{path}/reveal", text=TEXT)
    site.reader("amr.planner").does(f"{path}/close", final="1")
    site.town.pass_time(hours=2)
    return path, which


def test_the_beacons_answer_is_pasted_beside_the_second_entry(site):
    path, which = revealed(site)
    planner, notary = site.reader("amr.planner"), site.reader("notary")
    hexed = OURS.entropy(which).rsplit(":", 1)[1]
    planner.does(f"{path}/entropy", entropy=hexed)
    forged = Beacon(secret=5).signature(which).signature.hex()
    refused = notary.post(f"{path}/entropy", entropy=hexed, signature=forged)
    assert "随机数不是这个签名的 SHA-256" in refused.text
    answer = json.dumps(
        {"round": which, "randomness": hexed, "signature": OURS.signature(which).signature.hex()}
    )
    notary.does(f"{path}/entropy", entropy=hexed, signature=answer)
    page = planner.page(path)
    assert OURS.signature(which).signature.hex() in page
    assert 'id="signature"' not in page


def test_the_signature_may_be_attached_later_and_a_missing_library_is_told(site, monkeypatch):
    path, which = revealed(site)
    planner = site.reader("amr.planner")
    hexed = OURS.entropy(which).rsplit(":", 1)[1]
    planner.does(f"{path}/entropy", entropy=hexed)
    site.reader("notary").does(f"{path}/entropy", entropy=hexed)
    assert 'id="signature"' in planner.page(path)
    assert 'id="signature"' not in site.reader("em.planner").page(path)
    monkeypatch.setattr(beacon, "LIBRARY", "a_library_that_nobody_has_installed")
    planner.does(f"{path}/signature", signature=OURS.signature(which).signature.hex())
    assert "没有安装验证签名的组件" in planner.page(path)


# Commands


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Three small lists and a plan that names a round of the beacon a little ahead."""
    monkeypatch.chdir(tmp_path)
    which = OURS.round_after(datetime.now(UTC))
    (tmp_path / "targets.csv").write_text("id,name,stratum,region\nT1,一,A,\nT2,二,A,\n")
    (tmp_path / "inspectors.csv").write_text(
        "id,name,department,qualifications,regions,home,capacity\nP1,张,AMR,,*,,3\n"
    )
    plan = {
        "number": "offline",
        "purpose": "x",
        "quota": {"total": 1},
        "teams": "per_target",
        "departments": [{"code": "AMR", "size": 1, "leads": 0}],
        "objectives": ["tickets"],
        "entropy": OURS.source(which),
    }
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    return tmp_path, which


def run(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


LISTS = ("--plan", "plan.json", "--targets", "targets.csv", "--inspectors", "inspectors.csv")


def test_a_draw_from_files_takes_a_time_stamp_and_the_beacons_answer(files, monkeypatch):
    folder, which = files
    now = datetime.now(UTC)
    made = run("draw", *LISTS, "--commit-only", "commit.json")
    assert made.exit_code == 0, made.output
    c = bytes.fromhex(json.loads((folder / "commit.json").read_text())["commit"])
    assert (folder / "commit.json.tsq").read_bytes() == request(c)
    _committed_earlier(folder, now - timedelta(hours=1))
    monkeypatch.setattr(sys.modules["web.commands.draw"], "_now", lambda: now + timedelta(hours=1))
    answer = HONEST.stamp(c, now)
    (folder / "commit.tsr").write_bytes(answer)
    (folder / "answer.json").write_text(json.dumps({"signature": OURS.signature(which).signature.hex()}))
    second = (*LISTS, "--commit", "commit.json", "--entropy", OURS.entropy(which), "--out", "bundle.zip")
    done = run("draw", *second, "--timestamp", "commit.tsr", "--beacon-answer", "answer.json")
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile("bundle.zip") as bundle:
        told = json.loads(bundle.read("commit.json"))["published"]
        assert bundle.read("commit.tsr") == answer
        assert not json.loads(bundle.read("register.json"))["entry"]["self_drawn"]
    assert told == [{"where": f"RFC 3161 {NAME}", "when": told[0]["when"]}]
    checked = run("verify", "bundle.zip")
    assert checked.exit_code == 0, checked.output
    assert re.search("✓ timestamp: .*签名和证书链成立", checked.output)
    assert re.search(f"✓ beacon: 第 {which} 轮的签名用链的公钥验证成立", checked.output)
    (folder / "nothing").mkdir()
    elsewhere = run("verify", "bundle.zip", "--trust", "nothing")
    assert "? timestamp" in elsewhere.output
    assert "? beacon" in elsewhere.output
    assert elsewhere.exit_code == 0


def test_a_draw_from_files_with_a_stamp_that_anybody_could_have_made_stays_self_drawn(
    files, folder, monkeypatch
):
    (folder / "root.crt").unlink()
    (at, which), now = files, datetime.now(UTC)
    assert run("draw", *LISTS, "--commit-only", "commit.json").exit_code == 0
    c = bytes.fromhex(json.loads((at / "commit.json").read_text())["commit"])
    _committed_earlier(at, now - timedelta(hours=1))
    monkeypatch.setattr(sys.modules["web.commands.draw"], "_now", lambda: now + timedelta(hours=1))
    (at / "commit.tsr").write_bytes(Authority(name="自己").stamp(c, now))
    second = (*LISTS, "--commit", "commit.json", "--entropy", OURS.entropy(which), "--out", "bundle.zip")
    done = run("draw", *second, "--timestamp", "commit.tsr")
    assert done.exit_code == 0, done.output
    assert "不计为公布" in done.output
    with zipfile.ZipFile("bundle.zip") as bundle:
        assert json.loads(bundle.read("commit.json"))["published"] == []
        assert json.loads(bundle.read("register.json"))["entry"]["self_drawn"]
        assert "commit.tsr" in bundle.namelist()
    checked = run("verify", "bundle.zip")
    assert (checked.exit_code, "证书链未核对" in checked.output) == (0, True), checked.output


def _committed_earlier(folder, moment):
    kept = json.loads((folder / "commit.json.secret").read_text())
    (folder / "commit.json.secret").write_text(
        json.dumps(kept | {"committed_at": moment.isoformat(timespec="seconds")})
    )


@pytest.mark.parametrize("late", [timedelta(hours=-2), timedelta(hours=2)])
def test_a_time_stamp_outside_of_the_two_steps_draws_nothing(files, late):
    folder, which = files
    assert run("draw", *LISTS, "--commit-only", "commit.json").exit_code == 0
    c = bytes.fromhex(json.loads((folder / "commit.json").read_text())["commit"])
    (folder / "commit.tsr").write_bytes(HONEST.stamp(c, datetime.now(UTC) + late))
    second = (*LISTS, "--commit", "commit.json", "--entropy", OURS.entropy(which), "--out", "bundle.zip")
    done = run("draw", *second, "--timestamp", "commit.tsr")
    assert done.exit_code == 2
    assert "时间戳的时间" in done.output
    assert not (folder / "bundle.zip").exists()


def test_a_plan_of_files_that_names_a_past_round_is_not_committed(files):
    folder, which = files
    plan = json.loads((folder / "plan.json").read_text()) | {"entropy": OURS.source(which - 10)}
    (folder / "plan.json").write_text(json.dumps(plan))
    done = run("draw", *LISTS, "--commit-only", "commit.json")
    assert done.exit_code == 2
    assert "已经公布，随机数已为人所知" in done.output
    assert not (folder / "commit.json").exists()


def test_a_time_stamp_needs_a_commitment_made_before_it(files):
    _, which = files
    (files[0] / "commit.tsr").write_bytes(b"x")
    done = run(
        "draw", *LISTS, "--entropy", OURS.entropy(which), "--timestamp", "commit.tsr", "--out", "bundle.zip"
    )
    assert done.exit_code == 2


def test_the_commands_of_a_campaign_ask_and_attach(site, tmp_path):
    path, c = committed(site)
    with transaction(site.town.database, EVERYTHING) as session:
        code = draws.draw_by_number(session, number_of(site, path)).campaign.code
    at = ("--as", "amr.planner", "--database", site.town.database.url.render_as_string(hide_password=False))
    asked = run("campaign", "stamp", code, "--request", tmp_path / "commit.tsq", *at)
    assert asked.exit_code == 0, asked.output
    assert (tmp_path / "commit.tsq").read_bytes() == request(c)
    assert run("campaign", "stamp", code, *at).exit_code == 2
    (tmp_path / "commit.tsr").write_bytes(HONEST.stamp(c, site.town.now))
    done = run("campaign", "stamp", code, "--answer", tmp_path / "commit.tsr", *at)
    assert done.exit_code == 0, done.output
    assert NAME in site.stranger().page(f"/public/draws/{number_of(site, path)}")
