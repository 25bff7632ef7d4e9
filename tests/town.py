"""A small town for tests of use cases: three departments, their people with every role, targets, inspectors, an item.

Everything is made by the use cases where there is one. `Town.at(login)` gives a desk: `with town.at("amr.planner") as desk`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine, select

from data.calendar import seed_calendar
from data.deadlines import seed_deadlines
from data.models import (
    Bar,
    Campaign,
    Certificate,
    Department,
    Draw,
    InspectionItem,
    Inspector,
    ItemVersion,
    Jurisdiction,
    PairBar,
    Target,
    User,
)
from data.result_codes import seed_result_codes
from matching.bundle import Files
from matching.draw.commitment import Secrets
from matching.refused import Refused
from scheduler.accounts import NewUser, add_user, grant
from scheduler.clock import business_date
from scheduler.inspection import drawing, execution, freezing, items, planning, results, visits
from scheduler.inspection.drawing import Opened
from scheduler.inspection.results import Checked, Entry
from scheduler.inspection.taking import Taker, take_bundle
from scheduler.installation import at_desk
from scheduler.permissions import Desk
from scheduler.transaction import EVERYTHING, Session, transaction
from web.readme import readme

DEPARTMENTS = ("AMR", "FIRE", "EM")
ROLES = (
    "registrar",
    "legal",
    "office",
    "planner",
    "approver",
    "reviewer",
    "publisher",
    "auditor",
    "administrator",
)
DICE = "d10x20:31415926535897932384"
TEXT = "见证人自己想好的一句长长的话，谁也不知道"
T = TypeVar("T")
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@dataclass
class Town:
    """The town in its database, and what time it is there."""

    database: Engine
    now: datetime = START
    secrets: Secrets = field(default_factory=lambda: Secrets(b"s" * 32, b"z" * 32))

    @contextmanager
    def at(self, login: str) -> Iterator[Desk]:
        """A desk of somebody, in a transaction of its own."""
        with at_desk(self.database, login, self.now) as desk:
            yield desk

    def pass_time(self, **period: int) -> None:
        """Let time go by."""
        self.now += timedelta(**period)

    def outline(self, **other: Any) -> dict[str, Any]:
        """A joint campaign of the three departments over all targets."""
        return {
            "code": "2026-加油站",
            "name": "加油站部门联合抽查",
            "legal_basis": "国办发〔2015〕58号",
            "kind": "untargeted",
            "items": [f"{code}/A01" for code in DEPARTMENTS],
            "departments": [{"code": code} for code in DEPARTMENTS],
            "first_day": "2026-03-02",
            "last_day": "2026-06-30",
            "strata_by": "risk_class",
            "rates": {"A": "10/100", "B": "20/100", "C": "40/100", "D": "100/100"},
            "witnesses": ["notary"],
        } | other

    def campaign(self, **other: Any) -> str:
        """A campaign set up, answered, submitted and approved; its code."""
        outline = self.outline(**other)
        with self.at("amr.planner") as desk:
            campaign = planning.set_up_campaign(desk, outline)
            code = campaign.code
            if len(outline["departments"]) > 1:
                planning.invite(desk, campaign)
        for each in outline["departments"][1:]:
            with self.at(f"{each['code'].lower()}.planner") as desk:
                planning.answer(desk, planning.find_campaign(desk, code), planning.Answer(accept=True))
        with self.at("amr.planner") as desk:
            planning.submit(desk, planning.find_campaign(desk, code))
        with self.at("amr.approver") as desk:
            planning.approve(desk, planning.find_campaign(desk, code))
        return code

    def freeze(self, code: str) -> str:
        """Freeze a campaign's pool; the number of the draw."""
        with self.at("amr.planner") as desk:
            return freezing.freeze_pool(desk, planning.find_campaign(desk, code), self.secrets).number

    def commit(self, number: str, witness: str | None = "notary") -> str:
        """Let the witness promise and the planner commit; C."""
        if witness:
            with self.at(witness) as desk:
                drawing.promise(desk, drawing.find_draw(desk, number), drawing.promise_of(TEXT))
        with self.at("amr.planner") as desk:
            digest = drawing.commit_draw(desk, drawing.find_draw(desk, number))
        self.pass_time(minutes=10)
        with self.at("amr.planner") as desk:
            drawing.publish(desk, drawing.find_draw(desk, number), "市政府门户网站", self.now)
        return digest

    def open(self, number: str, witness: str | None = "notary", dice: str = DICE) -> str:
        """Reveal, close, enter the dice twice; the seed."""
        self.pass_time(hours=2)
        if witness:
            with self.at(witness) as desk:
                drawing.reveal_text(desk, drawing.find_draw(desk, number), TEXT)
        with self.at("amr.planner") as desk:
            drawing.close_reveals(desk, drawing.find_draw(desk, number), final=True)
        with self.at("amr.planner") as desk:
            drawing.enter_entropy(desk, drawing.find_draw(desk, number), dice)
        with self.at(witness or "fire.planner") as desk:
            opened = drawing.enter_entropy(desk, drawing.find_draw(desk, number), dice)
        assert isinstance(opened, Opened)
        return opened.seed

    def execute(self, number: str) -> str:
        """Execute the draw; its state."""
        with self.at("amr.planner") as desk:
            return execution.execute(desk, drawing.find_draw(desk, number)).state

    def mend(self, number: str) -> None:
        """After a shortage: freeze the lists of inspectors again and pair anew."""
        secrets = Secrets(b"t" * 32, b"y" * 32)
        with self.at("amr.planner") as desk:
            freezing.refreeze(desk, drawing.find_draw(desk, number), secrets)
        self.commit(number)
        self.open(number, dice="d10x20:27182818284590452353")
        assert self.execute(number) == "completed"

    def dispatch(self, code: str) -> None:
        """Send a campaign's visits out."""
        with self.at("amr.planner") as desk:
            visits.dispatch(desk, planning.find_campaign(desk, code))

    def drawn(self, **other: Any) -> tuple[str, str]:
        """A campaign drawn, paired and dispatched: its code and the number of its draw."""
        code = self.campaign(**other)
        number = self.freeze(code)
        witness = "notary" if self.outline(**other)["witnesses"] else None
        self.commit(number, witness)
        self.open(number, witness)
        assert self.execute(number) == "completed"
        with self.at("amr.planner") as desk:
            visits.dispatch(desk, planning.find_campaign(desk, code))
        self.pass_time(days=7)
        return code, number

    def team(self, visit_id: int) -> list[str]:
        """The logins of a visit's team, the lead first."""
        from data.models import Visit
        from data.queries.visits import team

        with transaction(self.database, EVERYTHING) as session:
            members = team(session, session.get_one(Visit, visit_id))
            users = {u.inspector_id: u.login for u in session.scalars(select(User)) if u.inspector_id}
            return [users[each.inspector_id] for each in members]

    def visits(self, number: str, department: str = "AMR") -> list[tuple[int, str]]:
        """The visits of a department: id and target code."""
        from data.models import Visit

        with transaction(self.database, EVERYTHING) as session:
            found = session.scalars(
                select(Visit)
                .join(Draw, Draw.id == Visit.draw_id)
                .join(Department, Department.id == Visit.department_id)
                .where(Draw.number == number, Department.code == department)
                .order_by(Visit.id)
            )
            return [(each.id, each.target.code) for each in found]

    def do(self, login: str, act: Callable[[Desk], T]) -> T:
        """One act of somebody, in a transaction of its own."""
        with self.at(login) as desk:
            return act(desk)

    def bundle(self, number: str, login: str = "amr.planner") -> Files:
        """The full bundle of a draw."""
        taker = Taker(self.database, login, lambda: self.now)
        return take_bundle(taker, lambda desk: drawing.find_draw(desk, number), readme).files

    def disclosed(self, number: str, target: str, department: str, **entry: Any) -> None:
        """Enter, accept and disclose one result."""
        visit = next(i for i, code in self.visits(number, department) if code == target)
        with self.at(self.team(visit)[0]) as desk:
            found = visits.find_visit(desk, drawing.find_draw(desk, number), target)
            results.enter(desk, found, self.entry(department, **entry))
        for role, act in (
            ("reviewer", lambda d, v: results.review(d, v, True)),
            ("publisher", results.disclose),
        ):
            with self.at(f"{department.lower()}.{role}") as desk:
                act(desk, visits.find_visit(desk, drawing.find_draw(desk, number), target))

    def disclose_all(self, number: str, *departments: str) -> None:
        """Enter, accept and disclose what is still to be visited."""
        for department in departments or DEPARTMENTS:
            for visit, target in self.visits(number, department):
                if (
                    self.do(f"{department.lower()}.planner", lambda d, v=visit: visits.by_id(d, v).state)
                    == "open"
                ):
                    self.disclosed(number, target, department)

    def close(self, code: str) -> None:
        """Close a campaign of which everything is disclosed."""
        with self.at("amr.planner") as desk:
            visits.close_campaign(desk, planning.find_campaign(desk, code))

    def closed(self, **other: Any) -> tuple[str, str]:
        """A small campaign of one department, drawn, visited, disclosed and closed: its code and the number of its draw."""
        alone = {"departments": [{"code": "AMR"}], "items": ["AMR/A01"], "rates": {}, "total": 4}
        code, number = self.drawn(**alone | other)
        self.disclose_all(number, "AMR")
        self.close(code)
        return code, number

    def entry(self, department: str, **other: Any) -> Entry:
        """A result without a finding, of today."""
        given: dict[str, Any] = {
            "inspected_on": business_date(self.now),
            "code": "1",
            "checks": (Checked(f"{department}/A01"),),
        }
        return Entry(**(given | other))


def found_town(database: Engine, targets: int = 60, inspectors: int = 6) -> Town:
    """Found the town in an empty database."""
    town = Town(database)
    with transaction(database, EVERYTHING) as session:
        seed_calendar(session)
        seed_deadlines(session)
        seed_result_codes(session)
        session.add(Jurisdiction(code="390100", name="小镇"))
        session.add(Jurisdiction(code="390102", name="东区", superior_code="390100"))
        session.flush()
        for code in (*DEPARTMENTS, "NOTARY"):
            session.add(
                Department(
                    code=code, name=f"{code}局", jurisdiction_code="390100", opened_on=date(2020, 1, 1)
                )
            )
        session.flush()
        _people(session, inspectors)
        _targets(session, targets)
        _accounts(session, town.now)
    _publish_items(town)
    return town


def _people(session: Session, number: int) -> None:
    made: list[Inspector] = []
    for department in session.scalars(
        select(Department).where(Department.code.in_(DEPARTMENTS)).order_by(Department.id)
    ):
        for place in range(number):
            inspector = Inspector(
                code=f"{department.code}{place:03d}",
                department_id=department.id,
                name=f"检查员{department.code}{place}",
                qualifications="lead" if place < (number + 1) // 2 else "",
                regions="*",
                home="390102",
                capacity=60,
                state="active",
            )
            session.add(inspector)
            session.flush()
            session.add(
                Certificate(
                    inspector_id=inspector.id,
                    kind="national",
                    number=inspector.code,
                    expires_on=date(2030, 1, 1),
                )
            )
            made.append(inspector)
    first, second = sorted((made[0].id, made[number].id))
    session.add(PairBar(inspector_id=first, other_id=second, ground="former_colleague"))


def _targets(session: Session, number: int) -> None:
    for place in range(number):
        session.add(
            Target(
                code=f"T{place:04d}",
                code_kind="other",
                kind="organisation",
                name=f"第{place}加油站",
                type="加油站" if place % 2 else "商店",
                region="390102",
                jurisdiction_code="390102",
                established_on=f"{2000 + place % 20}-01-01",
                risk_class="ABCD"[place % 4],
            )
        )
    session.flush()
    inspector = session.scalars(select(Inspector).order_by(Inspector.code)).first()
    target = session.scalars(select(Target).order_by(Target.code)).first()
    assert inspector is not None
    assert target is not None
    session.add(Bar(inspector_id=inspector.id, target_id=target.id, ground="kinship"))


def _accounts(session: Session, now: datetime) -> None:
    for code in DEPARTMENTS:
        for role in ROLES:
            login = f"{code.lower()}.{role}"
            add_user(session, now, NewUser(login, login, f"{code} {role}", code))
            grant(session, now, login, role)
        for each in session.scalars(
            select(Inspector)
            .join(Department, Department.id == Inspector.department_id)
            .where(Department.code == code)
        ):
            add_user(session, now, NewUser(each.code.lower(), each.code, each.name, code, each.code))
            grant(session, now, each.code.lower(), "inspector")
    add_user(session, now, NewUser("notary", "notary", "公证人", "NOTARY"))
    grant(session, now, "notary", "witness")


def _publish_items(town: Town) -> None:
    for code in DEPARTMENTS:
        with transaction(town.database, EVERYTHING) as session:
            department = session.scalars(select(Department).where(Department.code == code)).one()
            item = InspectionItem(department_id=department.id, code="A01")
            session.add(item)
            session.flush()
            session.add(
                ItemVersion(
                    item_id=item.id,
                    version=1,
                    state="draft",
                    name=f"{code}检查事项",
                    basis="《某某法》第一条",
                    target_type="加油站",
                    item_class="key",
                )
            )
        for login, act in (("registrar", "submit"), ("legal", "pass"), ("office", "confirm")):
            with town.at(f"{code.lower()}.{login}") as desk:
                items.move_item(desk, items.find_version(desk, "A01"), act)


@contextmanager
def refuses(code: str, **params: Any) -> Iterator[None]:
    """What is done within is refused with this code, and with these of its parameters."""
    with pytest.raises(Refused) as told:
        yield
    refused = told.value
    assert (refused.code, refused.params | params) == (code, refused.params), str(refused)


def campaign_of(desk: Desk, code: str) -> Campaign:
    """A campaign at a desk."""
    return planning.find_campaign(desk, code)
