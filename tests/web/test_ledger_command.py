"""`yaohao ledger` as an auditor runs it: whole, broken, against a head or a checkpoint kept elsewhere."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from data.database import writing
from data.guards import drop_guards
from data.ledger import Act, append
from data.models import LedgerCheckpoint
from scheduler.inspection import drawing
from scheduler.transaction import EVERYTHING, transaction
from tests.makers import a_story
from tests.rewriting import cut_off, rewrite
from tests.site import TownClock
from web.commands import main, service


@pytest.fixture
def told(database):
    """A database with a story's ledger."""
    with transaction(database, EVERYTHING) as session:
        a_story(session)
    return database


@pytest.fixture
def verify(told):
    """Runs the command; exit code and lines of what it printed."""

    def run(*options):
        done = CliRunner().invoke(
            main, ["ledger", "verify", "--database", told.url.render_as_string(hide_password=False), *options]
        )
        return done.exit_code, done.output.splitlines()

    return run


def _meddle(database, statement):
    with writing(database).begin() as connection:
        drop_guards(connection)
        connection.execute(text(statement))


def test_a_whole_ledger_is_told_with_its_heads(verify):
    code, lines = verify()
    assert code == 0
    assert [line.split("\t")[:2] for line in lines] == [["business", "11"], ["security", "1"]]
    assert [line.rsplit(":", 1)[1] for line in lines] == ["11", "1"]


def test_the_first_wrong_line_is_named(verify, told):
    _meddle(told, "UPDATE ledger SET details = '{}' WHERE chain = 'business' AND seq >= 3")
    code, lines = verify()
    assert code == 1
    assert "第 3 行" in lines[0]
    assert "line 3:" in lines[0]
    assert lines[1].startswith("security\t1\t")


def test_a_cut_tail_is_found_with_the_head_that_was_kept(verify, told):
    kept = verify()[1][0].split("\t")[2]
    assert verify("--head", kept)[0] == 0
    _meddle(told, "DELETE FROM ledger WHERE chain = 'business' AND seq > 6")
    assert verify()[0] == 0
    code, lines = verify("--head", kept)
    assert (code, "line 7:" in lines[0]) == (1, True)


def test_a_cut_security_chain_is_found_with_its_own_head(verify, told):
    kept = verify()[1][1].split("\t")[2]
    _meddle(told, "DELETE FROM ledger WHERE chain = 'security'")
    assert verify("--security-head", kept)[0] == 1


@pytest.mark.parametrize(
    "head", ["x", "7" * 64, "7" * 64 + ":0", "7" * 64 + ":x", "7" * 63 + ":1", "7" * 64 + ":²"]
)
def test_a_head_that_is_none_is_refused(verify, head):
    assert verify("--head", head)[0] == 2


def test_an_address_without_a_ledger_is_refused(tmp_path):
    done = CliRunner().invoke(main, ["ledger", "verify", "--database", f"sqlite:///{tmp_path / 'none.db'}"])
    assert done.exit_code == 2


# Checkpoints


@pytest.fixture
def run(database, tmp_path, monkeypatch):
    """Runs a command of `yaohao ledger` on a database with a story's ledger; exit code and what it printed."""
    with transaction(database, EVERYTHING) as session:
        a_ledger(session, 5)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YAOHAO_LEDGER_KEY", str(tmp_path / "key"))
    monkeypatch.setenv("YAOHAO_DATABASE", database.url.render_as_string(hide_password=False))

    def command(*words, without_database=False):
        if without_database:
            monkeypatch.setenv("YAOHAO_DATABASE", "sqlite:////nowhere/at/all.db")
            monkeypatch.delenv("YAOHAO_LEDGER_KEY")
        done = CliRunner().invoke(main, ["ledger", *words])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    return command


def a_ledger(session, lines):
    for number in range(lines):
        act = Act(None, "system", None, "draw:commit", f"draw/{number}", {"n": number})
        append(session, act, datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def notes(run, database):
    """Two checkpoints as files: of 5 lines and of 12."""
    assert run("checkpoint", "--out", "old.txt") == (0, "")
    with transaction(database, EVERYTHING) as session:
        a_ledger(session, 7)
    assert run("checkpoint", "--out", "new.txt") == (0, "")


def test_the_newest_checkpoint_is_printed_or_written_and_no_file_is_written_over(run):
    code, printed = run("checkpoint")
    assert (code, printed.split("\n")[1]) == (0, "5")
    assert run("checkpoint", "--out", "it.txt")[0] == 0
    assert Path("it.txt").read_text() == printed
    assert run("checkpoint", "--out", "it.txt")[0] == 2
    code, told = run("checkpoint", "--chain", "security")
    assert (code, "checkpoint.none" in told) == (2, True)


@pytest.mark.usefixtures("notes")
def test_a_ledger_that_was_only_added_to_is_consistent_by_the_database_and_by_a_proof_alone(run):
    code, keys = run("key")
    name = keys.split("+")[0]
    agrees = f"✓ 一致：{name} 的 12 行以 5 行开头。  consistent: the 12 lines begin with the 5.\n"
    assert code == 0
    assert run("consistency", "old.txt") == (0, agrees)
    assert run("consistency", "old.txt", "new.txt") == (0, agrees)
    assert run("prove", "old.txt", "new.txt", "--out", "proof.json")[0] == 0
    assert run("prove", "old.txt", "new.txt", "--out", "proof.json")[0] == 2
    told = ("old.txt", "new.txt", "--proof", "proof.json", "--key", keys.splitlines()[0])
    assert run("consistency", *told, without_database=True) == (0, agrees)


@pytest.mark.usefixtures("notes")
def test_a_rewritten_ledger_is_told_with_the_lines_between_which_it_was(run, database):
    rewrite(database, 3)
    assert CliRunner().invoke(main, ["ledger", "verify"]).exit_code == 0  # its own hashes find nothing
    code, told = run("consistency", "old.txt")
    assert (code, "OLD 签署的那些行：第 1 至 5 行之间" in told, "between 1 and 5" in told) == (1, True, True)
    code, told = run("prove", "old.txt", "new.txt", "--out", "proof.json")
    assert (code, "不一致" in told, Path("proof.json").exists()) == (1, True, False)


@pytest.mark.usefixtures("notes")
def test_a_ledger_without_its_end_is_told(run, database):
    cut_off(database, 4)
    code, told = run("consistency", "old.txt")
    assert (code, "数据库中连续的只有 4 行" in told) == (1, True)


@pytest.mark.usefixtures("notes")
def test_each_file_that_is_not_what_it_should_be_is_told(run):
    assert run("prove", "old.txt", "new.txt", "--out", "proof.json")[0] == 0
    old, proof = Path("old.txt").read_text(), Path("proof.json").read_text()
    Path("tampered.txt").write_text(old.replace("\n5\n", "\n6\n"))
    Path("nothing.txt").write_text("nothing")
    Path("none.json").write_text("[")
    Path("other.json").write_text(proof.replace('"size": 5', '"size": 4'))
    business, security = run("key")[1].splitlines()
    for words, code, said in (
        (("tampered.txt",), 1, "OLD 的签名不符"),
        (("old.txt", "tampered.txt"), 1, "NEW 的签名不符"),
        (("new.txt", "old.txt"), 1, "少于 OLD 的 12 行"),
        (("old.txt", "--key", security), 1, "不是由"),
        (("nothing.txt",), 2, "checkpoint.form"),
        (("old.txt", "nothing.txt"), 2, "checkpoint.form"),
        (("missing.txt",), 2, "file.unusable"),
        (("old.txt", "--key", business[:-1]), 2, "checkpoint.key"),
        (("old.txt", "--proof", "proof.json"), 2, "--proof"),
        (("old.txt", "new.txt", "--proof", "none.json"), 2, "proof.form"),
        (("old.txt", "new.txt", "--proof", "other.json"), 1, "证明不属于"),
        (("old.txt", "old.txt", "--proof", "proof.json"), 1, "证明不属于"),
    ):
        found = run("consistency", *words)
        assert (found[0], said in found[1]) == (code, True), (words, found)


def test_without_a_key_there_is_nothing_to_verify_with_and_none_is_made_by_asking(run, tmp_path):
    Path("old.txt").write_text("x")
    code, told = run("consistency", "old.txt")
    assert (code, "checkpoint.no_key" in told, (tmp_path / "key").exists()) == (2, True, False)


def test_an_act_by_a_command_is_signed_at_its_end_and_done_though_the_key_is_of_no_use(
    town, tmp_path, monkeypatch
):
    monkeypatch.setenv("YAOHAO_LEDGER_KEY", str(tmp_path / "key"))
    number = town.freeze(town.campaign())
    town.do("notary", lambda desk: drawing.promise(desk, drawing.find_draw(desk, number), "7" * 64))
    url = town.database.url.render_as_string(hide_password=False)
    words = ("--as", "amr.planner", "--database", url)
    monkeypatch.setattr(service, "CLOCK", TownClock(town))
    assert CliRunner().invoke(main, ["campaign", "show", "2026-加油站", *words]).exit_code == 0
    assert CliRunner().invoke(main, ["campaign", "commit", "2026-加油站", *words]).exit_code == 0
    (tmp_path / "key").chmod(0o644)
    told = CliRunner().invoke(main, ["campaign", "show", "2026-加油站", *words])
    assert (told.exit_code, "检查点未签署" in told.output) == (0, True)
    with transaction(town.database, EVERYTHING) as session:
        reasons = list(session.scalars(select(LedgerCheckpoint.reason).order_by(LedgerCheckpoint.id)))
    assert reasons == ["daily", "commit"]
