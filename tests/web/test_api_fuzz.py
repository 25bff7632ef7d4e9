"""The API is asked everything that its own document allows, and what it forbids, in three roles.

Nothing of it may break it, be answered otherwise than the document says, or be taken although it may not be sent.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy import select

from data.database import open_database
from data.models import AnnualPlan, Attachment, Campaign, Draw, FollowUp, ItemVersion, Job, Result, Visit
from scheduler.accounts import grant
from scheduler.inspection.intake import KINDS
from scheduler.transaction import EVERYTHING, reading, transaction
from tests.programs import BYTES, ROOT, issue
from tests.site import Site
from tests.told import tell
from tests.town import Town
from web.api import PARTS

ROLES = {"planner": "amr.planner", "inspector": "amr000", "reader": "fire.auditor"}
BESIDE = {
    "amr.planner": ("approver", "registrar", "legal", "office", "witness", "auditor"),
    "amr000": ("reviewer", "publisher"),
}
"""Further roles, so that what is asked gets past the door and comes to the use case."""

FILES = (
    "编号,代码类别,名称\nN1,其他,新站\n".encode(),
    "编号,代码类别,名称\nN1,其他,\nN2\n".encode(),
    b"PK\x03\x04",
)
"""A list without a fault, one with some, and a workbook that is none."""

SUBJECTS = [part.subject for part in PARTS]
FEW, MANY = 4, 100

load_all_checks()


@pytest.fixture(scope="module")
def told(founded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own over a town in which much has happened: what is sent may be done."""
    path = tmp_path_factory.mktemp("fuzzed") / "town.db"
    shutil.copy(founded_sqlite, path)
    engine = open_database(f"sqlite:///{path}")
    town = Town(engine)
    tell(town)
    with transaction(engine, EVERYTHING) as session:
        for login, roles in BESIDE.items():
            for role in roles:
                grant(session, town.now, login, role)
    site = Site(town)
    yield site
    site.close()
    engine.dispose()


@pytest.fixture(scope="module")
def ids(told: Site) -> dict[str, list[Any]]:
    """What there is, by the parameters of paths; codes go by the path that they stand in."""
    with reading(told.town.database, EVERYTHING) as session:
        of = {
            "plan_id": AnnualPlan.id,
            "draw_id": Draw.id,
            "number": FollowUp.id,
            "version_id": ItemVersion.id,
            "job_id": Job.id,
            "result_id": Result.id,
            "visit_id": Visit.id,
            "file_id": Attachment.id,
            "campaigns": Campaign.code,
        }
        found = {name: list(session.scalars(select(column))) for name, column in of.items()}
    return found | {
        "targets": ["T0000", "T0001"], "inspectors": ["AMR000", "FIRE000"], "imports": list(KINDS),
    }  # fmt: skip


@pytest.fixture(scope="module")
def schema(told: Site) -> Any:
    """What the document says of the API."""
    return schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", told.app)


def ask(site: Site, schema: Any, ids: dict[str, list[Any]], login: str, subject: str, examples: int) -> int:
    """Send so many requests for each operation of a subject, half of them wrong; how many operations there are."""
    headers = {"Authorization": f"Bearer {issue(site, login)}"}
    found = [each.ok() for each in schema.get_all_operations()]
    operations = [each for each in found if subject in each.definition.raw["tags"]]
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _ask(operation, mode, headers, ids, examples)
    return len(operations)


def _ask(operation: Any, mode: GenerationMode, headers: dict[str, str], ids: Any, examples: int) -> None:
    chance = random.Random(operation.label)

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Any) -> None:
        if mode == GenerationMode.POSITIVE:
            _mean_something(case, ids, chance)
        # where it left the token out as what is wrong, it stays out
        token_is_out = mode == GenerationMode.NEGATIVE and "Authorization" not in (case.headers or {})
        own = {} if token_is_out and roles_are_asked(operation) else headers
        case.call_and_validate(headers=own, excluded_checks=[positive_data_acceptance])

    send()


def roles_are_asked(operation: Any) -> bool:
    """Whether strangers are turned away."""
    return operation.definition.raw.get("security") != []


def _mean_something(case: Any, ids: dict[str, list[Any]], chance: random.Random) -> None:
    """Name things that there are, most of the time: or nearly every answer would be 404 or 412."""
    for name in case.path_parameters or {}:
        there = ids.get(name) or ids.get(case.path.removeprefix(f"{ROOT}/").partition("/")[0], [])
        if there and chance.random() < 0.8:
            case.path_parameters[name] = chance.choice(there)
    if case.media_type == BYTES and chance.random() < 0.6:
        case.body = chance.choice(FILES)
    if case.headers and "If-Match" in case.headers:
        case.headers["If-Match"] = chance.choice(["*", "*", '"0"'])
    if case.headers and "Idempotency-Key" in case.headers and chance.random() < 0.5:
        del case.headers["Idempotency-Key"]


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("role", ROLES)
def test_whatever_is_sent_is_answered_as_the_document_says(told, schema, ids, role, subject):
    assert ask(told, schema, ids, ROLES[role], subject, FEW) >= 1


@pytest.mark.long
@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("role", ROLES)
def test_the_same_at_length(told, schema, ids, role, subject):
    assert ask(told, schema, ids, ROLES[role], subject, MANY) >= 1


def test_no_operation_is_left_out(schema):
    tags = [each.ok().definition.raw["tags"] for each in schema.get_all_operations()]
    assert all(len(each) == 1 and each[0] in SUBJECTS for each in tags)
    assert len(tags) == sum(1 for part in PARTS for _ in part._endpoints)
    assert all(re.fullmatch(r"[a-z_]+", each[0]) for each in tags)
