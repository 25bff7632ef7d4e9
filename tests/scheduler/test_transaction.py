"""Two who do the same at the same moment: one does it, the other is told."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from data import database as databases
from data.database import open_database
from data.models import Person
from matching.refused import Refused
from scheduler.transaction import EVERYTHING, transaction, unless_busy, with_retry


def add(database, number: str) -> None:
    with transaction(database, EVERYTHING) as session:
        session.add(Person(staff_number=number, name="某人"))


def rename(database) -> None:
    with transaction(database, EVERYTHING) as session:
        session.execute(update(Person).values(name="改"))


def test_what_somebody_else_has_just_put_in_is_refused_and_not_an_error_of_ours(town):
    with_retry(lambda: add(town.database, "same"))
    with pytest.raises(Refused, match=r"request\.simultaneous"):
        with_retry(lambda: add(town.database, "same"))


def test_whose_turn_never_comes_is_told_so_and_nothing_is_done(town, monkeypatch):
    monkeypatch.setattr(databases, "BUSY_SECONDS", 0)
    monkeypatch.setattr(databases, "LOCK_SECONDS", 1)
    others = open_database(town.database.url.render_as_string(hide_password=False))
    with transaction(town.database, EVERYTHING) as session:
        session.execute(update(Person).values(name=Person.name))
        with pytest.raises(Refused, match=r"request\.busy"):
            with_retry(lambda: rename(others))
        with unless_busy():
            rename(others)
    with transaction(town.database, EVERYTHING) as session:
        assert "改" not in session.scalars(select(Person.name)).all()


def test_any_other_rule_of_the_database_that_is_broken_stays_an_error(town):
    from sqlalchemy.exc import IntegrityError

    def without_a_name() -> None:
        with transaction(town.database, EVERYTHING) as session:
            session.add(Person(staff_number="other", name=None))

    with pytest.raises(IntegrityError):
        with_retry(without_a_name)
