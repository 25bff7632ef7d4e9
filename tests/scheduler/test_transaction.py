"""Two who do the same at the same moment: one does it, the other is told."""

from __future__ import annotations

import pytest

from data.models import Person
from matching.refused import Refused
from scheduler.transaction import EVERYTHING, transaction, with_retry


def add(database, number: str) -> None:
    with transaction(database, EVERYTHING) as session:
        session.add(Person(staff_number=number, name="某人"))


def test_what_somebody_else_has_just_put_in_is_refused_and_not_an_error_of_ours(town):
    with_retry(lambda: add(town.database, "same"))
    with pytest.raises(Refused, match=r"request\.simultaneous"):
        with_retry(lambda: add(town.database, "same"))


def test_any_other_rule_of_the_database_that_is_broken_stays_an_error(town):
    from sqlalchemy.exc import IntegrityError

    def without_a_name() -> None:
        with transaction(town.database, EVERYTHING) as session:
            session.add(Person(staff_number="other", name=None))

    with pytest.raises(IntegrityError):
        with_retry(without_a_name)
