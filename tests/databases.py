"""Real databases for tests: a SQLite file, and a PostgreSQL that the tests start themselves, as an unprivileged user."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text

POSTGRESQL = Path("/usr/lib/postgresql")
_UNPRIVILEGED = ("postgres", "nobody")  # initdb refuses to run as root
_numbers = count(1)


class Cluster:
    """A PostgreSQL server of its own, reached by a socket in its folder and by nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._bin = max(POSTGRESQL.glob("*/bin"), key=lambda each: float(each.parent.name))
        self._user = _account()

    def start(self) -> None:
        """Make the cluster and start its server; what only speed costs nothing in a test is left out."""
        shutil.chown(self.folder, self._user)
        self._run("initdb", "-D", self._data, "-A", "trust", "-U", "yaohao", "-E", "UTF8", "--locale=C", "-N")
        options = (
            f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off "
            "-c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
        )
        self._run("pg_ctl", "-D", self._data, "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop the server at once."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def url(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql+psycopg://yaohao@/{database}?host={self.folder}"

    def create(self, database: str, template: str = "template0") -> str:
        """A new database and its address."""
        self._admin(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Throw a database away, whoever is connected."""
        self._admin(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _admin(self, statement: str) -> None:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        if self._user != _me():
            command = [
                "setpriv",
                f"--reuid={self._user}",
                f"--regid={self._user}",
                "--clear-groups",
                *command,
            ]
        # the server keeps the pipes that it inherits: a pipe would never end
        with tempfile.TemporaryFile() as told:
            done = subprocess.run(command, stdout=told, stderr=told, cwd="/", check=False)
            told.seek(0)
            assert done.returncode == 0, told.read().decode(errors="replace")


def _me() -> str:
    return pwd.getpwuid(os.getuid()).pw_name


def _account() -> str:
    if os.getuid() != 0:
        return _me()
    known = {each.pw_name for each in pwd.getpwall()}
    return next(each for each in _UNPRIVILEGED if each in known)


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A server for as long as the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="yaohao-pg-", dir="/tmp"))
    cluster = Cluster(folder)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def a_name() -> str:
    """A name that no other database of this run has."""
    return f"test_{next(_numbers)}"
