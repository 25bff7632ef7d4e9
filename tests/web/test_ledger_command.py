"""`yaohao ledger verify` as the audit administrator runs it: whole, broken, and against a head kept elsewhere."""

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from data.database import writing
from data.guards import drop_guards
from scheduler.transaction import EVERYTHING, transaction
from tests.makers import a_story
from web.commands import main


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
    assert [line.split("\t")[:2] for line in lines] == [["business", "9"], ["security", "1"]]
    assert [line.rsplit(":", 1)[1] for line in lines] == ["9", "1"]


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
