"""The page of checkpoints: what was signed, printed and handed out, and another department's copy that shows a rewriting."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from data.database import writing
from data.guards import drop_guards
from data.notes import Signer, open_checkpoint, read_vkey
from scheduler.checkpoints import keep_up
from scheduler.ledger_key import LedgerKey
from tests.rewriting import rewrite
from tests.site import Site
from web import worker

PAGE = "/ledger/checkpoints/"
STATES = re.compile(r'<span class="state state-(verified|wrong)">([^<]+)</span>')


def sign(site: Site) -> None:
    settings = site.app.extensions["yaohao.settings"]
    key, memory = worker.ledger_key(settings), worker.ledger_memory(settings)
    assert key
    assert memory
    keep_up(site.town.database, site.town.now, key, memory)


def states(page: str) -> list[str]:
    return [told for _, told in STATES.findall(page)]


@pytest.fixture
def signed(site: Site) -> Site:
    """A site whose ledger is signed, daily and after a commitment."""
    sign(site)
    site.town.commit(site.town.freeze(site.town.campaign()))
    sign(site)
    return site


def test_a_site_without_a_key_says_so_and_makes_none_by_being_looked_at(site):
    page = site.reader("amr.auditor").page(PAGE)
    assert "还没有台账签名密钥" in page
    assert "还没有检查点" in page
    assert not Path(f"{site.town.database.url.database}.ledger-key").exists()


def test_everybody_sees_the_checkpoints_and_that_they_are_consistent(signed):
    for login in ("amr.auditor", "fire.planner", "em.reviewer"):
        page = signed.reader(login).page(PAGE)
        assert states(page) == ["与台账一致"] * 2
        assert "登记承诺值" in page
    assert signed.stranger().get(PAGE).status_code == 303
    assert PAGE in signed.reader("em.reviewer").page("/ledger/")


def test_a_checkpoint_is_handed_out_with_the_key_that_verifies_it(signed):
    reader = signed.reader("fire.planner")
    page = reader.page(PAGE)
    [address, _] = re.findall(r'href="([^"]+/note\.txt)"', page)
    note = reader.get(address)
    assert note.headers["Content-Disposition"].startswith("attachment; filename=checkpoint-business-")
    [business, security] = reader.get(f"{PAGE}keys.txt").text.splitlines()
    assert business in page
    head = open_checkpoint(note.data, read_vkey(business))
    assert security.split("+")[0].removesuffix("/security") == head.origin.removesuffix("/business")


def test_the_printed_page_has_the_roots_in_groups_of_four_and_no_style_of_its_own(signed):
    reader = signed.reader("fire.planner")
    [address, _] = re.findall(r'href="([^"]+/print)"', reader.page(PAGE))
    page = reader.page(address)
    note = reader.get(address.replace("/print", "/note.txt")).text
    digits = re.findall(r"<td><code>([0-9a-f]{4})</code></td>", page)
    roots = re.findall(r'title="([0-9a-f]{64})"', reader.page(PAGE))
    assert len(digits) == 32  # by both hashes
    assert "".join(digits[:16]) == roots[0]
    assert note.split("\n\n")[1].strip() in page
    assert "style=" not in page
    assert "<style" not in page


def test_another_department_records_what_it_holds_and_a_rewritten_ledger_is_shown_to_all(signed):
    reader = signed.reader("fire.planner")
    [newest, first] = re.findall(r'href="([^"]+/note\.txt)"', reader.page(PAGE))
    pasted = reader.get(newest).text.replace("\n", "\r\n") + "\r\n"
    assert reader.does(f"{PAGE}held", note=pasted) == f"{PAGE}?chain=business"
    file = (io.BytesIO(reader.get(first).data), "checkpoint.txt")
    signed.reader("em.auditor").does(f"{PAGE}held", file=file)
    page = signed.reader("amr.planner").page(PAGE)
    assert states(page) == ["与台账一致"] * 6
    assert "FIRE planner" not in page
    assert "FIRE planner" in reader.page(PAGE)
    rewrite(signed.town.database, 1)
    page = signed.reader("amr.planner").page(PAGE)
    assert states(page)[:2] == ["与台账不一致"] * 2
    assert states(page)[2:] == ["与台账一致", "与台账不一致"] * 2
    assert "有检查点与现在的台账不一致" in page
    english = signed.reader("amr.planner", english=True).page(PAGE)
    assert "Not consistent" in english


def test_a_ledger_rewritten_with_all_its_checkpoints_is_shown_by_what_lies_beside_the_key(signed):
    rewrite(signed.town.database, 1)
    with writing(signed.town.database).begin() as connection:
        connection.exec_driver_sql("DELETE FROM ledger_checkpoint")
    assert "现在的台账不是本系统签署过的台账" in signed.reader("amr.planner").page(PAGE)
    english = signed.reader("amr.planner", english=True).page(PAGE)
    assert "The ledger is not the one that this installation has signed" in english


def test_a_checkpoint_of_another_key_is_shown_as_that_and_none_without_a_key(signed):
    other = LedgerKey(Signer(b"o" * 32), "em.example").signer.sign("em.example", "em.example\n1\nx\n")
    with writing(signed.town.database).begin() as connection:
        drop_guards(connection)
        connection.execute(
            text("UPDATE ledger_checkpoint SET note = :note WHERE reason = 'commit'"), {"note": other}
        )
    page = signed.reader("amr.planner").page(PAGE)
    assert states(page) == ["不是本系统的密钥签署", "与台账一致"]
    assert "有检查点不是由本系统现在或以前的密钥签署的" in page
    assert "全部一致" not in page
    Path(f"{signed.town.database.url.database}.ledger-key").unlink()
    page = signed.reader("amr.planner").page(PAGE)
    assert page.count("没有密钥，无法核对") == 2
    assert "全部一致" not in page
    assert 'class="alert alert-danger"' not in page


def test_what_is_no_checkpoint_of_ours_is_refused_in_words(signed):
    reader = signed.reader("fire.planner")
    [newest, _] = re.findall(r'href="([^"]+/note\.txt)"', reader.page(PAGE))
    note = reader.get(newest).text
    for written, told in (
        ("", "这不是一个台账检查点"),
        ("x", "这不是一个台账检查点"),
        (note.replace("\n\n", "\nx\n\n"), "检查点的签名不符"),
        (note.replace("yaohao/", "other/"), "不是由本系统现在的密钥签署的"),
    ):
        answer = reader.post(f"{PAGE}held", note=written)
        assert (answer.status_code, told in answer.text) == (422, True), answer.text
    assert signed.reader("fire.approver").post(f"{PAGE}held", note=note).status_code == 403
    reader.does(f"{PAGE}held", note=note)
    assert reader.post(f"{PAGE}held", note=note).status_code in (409, 422)


def test_the_checkpoints_of_the_security_ledger_are_for_those_who_read_it(site):
    site.stranger().post("/login", login="fire.planner", password="wrong")
    assert site.reader("fire.planner").get(f"{PAGE}?chain=security").status_code == 403
    assert site.reader("fire.auditor").get(f"{PAGE}?chain=security").status_code == 200
    assert site.reader("fire.auditor").get(f"{PAGE}?chain=other").status_code == 422
    assert site.reader("fire.auditor").get(f"{PAGE}99/note.txt").status_code == 404


def test_a_process_that_serves_makes_the_key_and_does_not_begin_with_one_that_others_can_read(site):
    file = Path(f"{site.town.database.url.database}.ledger-key")
    running = worker.start(site.app)
    running.stop()
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    with pytest.raises(Exception, match=r"ledger_key\.open_to_others"):
        worker.start(site.app)
