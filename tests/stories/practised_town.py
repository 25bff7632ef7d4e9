"""A small town in which every deed of `practice` can be asked of the use cases, and what became of it compared."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, event, func, select

from data.database import open_database, writing
from data.models import (
    AnnualPlan,
    Base,
    Campaign,
    Department,
    Draw,
    FollowUp,
    InspectionItem,
    Inspector,
    ItemVersion,
    Target,
    Visit,
)
from data.models.ledger import LedgerEntry
from data.queries import visits as questions
from data.scope import set_scope
from matching.draw.commitment import Secrets
from matching.refused import Refused
from scheduler.accounts import NewUser, add_user, disable, grant
from scheduler.clock import business_date
from scheduler.inspection import (
    annual_plans,
    drawing,
    execution,
    freezing,
    items,
    planning,
    recusal,
    results,
    scheduling,
    staff,
    visits,
)
from scheduler.inspection.results import Checked, Entry
from scheduler.permissions import Actor, Desk, actor_of
from scheduler.transaction import EVERYTHING, Session, transaction
from tests.databases import Cluster, a_name
from tests.stories.practice import (
    ACCOUNTS,
    DRAWN,
    EXTRA,
    INSPECTORS,
    LEAVER,
    MOST_RECUSALS,
    MOST_VOIDS,
    PARTS,
    TARGETS,
    Account,
    Deed,
    No,
    Practice,
    VisitAsItShouldBe,
)
from tests.town import DICE, START, TEXT, found_town

CODE, PLAN = "2026-01", "〔2026〕1号"
OTHER_DICE = DICE[:-1] + "5"
FIXED_TABLES = ("calendar_day", "deadline_rule", "result_code")
"""What no act changes, and would take long to read after each."""


# A town, its people, and one thing of every subject


def settle(database: Engine, people_lack: bool = False) -> None:
    """Found the town, give it the further accounts, and let everything be drafted."""
    town = found_town(database, TARGETS, INSPECTORS)
    with transaction(database, EVERYTHING) as session:
        for each in EXTRA:
            name = "AMR planner" if each.person == "amr.planner" else each.login
            add_user(session, START, NewUser(each.login, each.person, name, each.department))
            for role in sorted(each.roles):
                grant(session, START, each.login, role)
            if not each.active:
                disable(session, START, each.login)
        for number in range(INSPECTORS):
            grant(session, START, f"amr{number:03d}", "reviewer")
        department = session.scalars(select(Department).where(Department.code == "AMR")).one()
        item = InspectionItem(department_id=department.id, code="A07")
        session.add(item)
        session.flush()
        session.add(_version(item.id, 1))
    with town.at("amr.planner") as desk:
        planning.draft_plan(desk, _plan())
        planning.set_up_campaign(desk, _outline(people_lack))


def new_version(database: Engine) -> None:
    """Write a second version of the item."""
    with transaction(database, EVERYTHING) as session:
        item = session.scalars(select(InspectionItem).where(InspectionItem.code == "A07")).one()
        session.add(_version(item.id, 2))


def _version(item_id: int, version: int) -> ItemVersion:
    return ItemVersion(item_id=item_id, version=version, state="draft", name="计量检查", basis="《计量法》",
                       target_type="加油站", item_class="general")  # fmt: skip


def _plan() -> dict[str, object]:
    line = {"item": "AMR/A01", "kind": "untargeted", "joint": True, "first_month": 3, "last_month": 6}
    return {
        "year": 2026,
        "number": PLAN,
        "name": "年度计划",
        "lines": [{**line, "ratio": "5/100", "times": 1}],
    }


def _outline(people_lack: bool) -> dict[str, object]:
    size = INSPECTORS + 1 if people_lack else 2
    return {
        "code": CODE,
        "name": "联合抽查",
        "legal_basis": "国办发〔2015〕58号",
        "kind": "untargeted",
        "items": ["AMR/A01", "FIRE/A01"],
        "departments": [{"code": "AMR"}, {"code": "FIRE", "size": size}],
        "first_day": "2026-03-02",
        "last_day": "2026-06-30",
        "total": DRAWN,
        "witnesses": ["notary"],
        "most_recusals": MOST_RECUSALS,
        "most_voids": MOST_VOIDS,
    }


# Deeds, asked of the use cases

_serial = count()


def perform(desk: Desk, practice: Practice, deed: Deed) -> None:
    """Ask the use case for a deed, as a face would: look the thing up, then act."""
    _ASKED[deed.subject](desk, practice, deed)


def _item(desk: Desk, _: Practice, deed: Deed) -> None:
    found = _unscoped(desk, ItemVersion, select(ItemVersion.id).join(InspectionItem).where(
        InspectionItem.code == "A07", ItemVersion.version == int(deed.key[0])))  # fmt: skip
    if deed.act == "amend":
        words = {"name": "计量检查", "basis": f"《计量法》{next(_serial)}", "item_class": "general"}
        items.amend_version(desk, found, words)
        return
    items.move_item(desk, found, deed.act, "意见")


def _annual_plan(desk: Desk, _: Practice, deed: Deed) -> None:
    found = _unscoped(desk, AnnualPlan, select(AnnualPlan.id))
    if deed.act == "amend":
        annual_plans.amend_plan(desk, found, _plan())
        return
    planning.move_plan(desk, found, deed.act)


def _unscoped(desk: Desk, model: type, question: object) -> object:
    """A thing whoever asks: a face that forgot to look it up within the department."""
    set_scope(desk.session, EVERYTHING)
    found = desk.session.get_one(model, desk.session.scalar(question))
    set_scope(desk.session, desk.actor.scope)
    return found


def _campaign(desk: Desk, practice: Practice, deed: Deed) -> None:
    campaign = planning.find_campaign(desk, CODE)
    match deed.act:
        case "amend":
            planning.amend_campaign(desk, campaign, _outline(practice.people_lack))
        case "answer":
            planning.answer(desk, campaign, planning.Answer(not deed.word, "没有人手" if deed.word else ""))
        case "freeze":
            freezing.freeze_pool(desk, campaign, _secrets())
        case "dispatch":
            visits.dispatch(desk, campaign)
        case "send_back" | "cancel" as act:
            getattr(planning, act)(desk, campaign, "理由")
        case "close":
            visits.close_campaign(desk, campaign)
        case "copy":
            code = f"{CODE}-copy-{practice.copies + 1}"
            planning.copy_campaign(desk, campaign, code, date(2026, 7, 1), date(2026, 9, 30))
        case act:
            getattr(planning, act)(desk, campaign)


def _secrets() -> Secrets:
    number = next(_serial)
    return Secrets(*(hashlib.sha256(f"{part}{number}".encode()).digest() for part in ("secret", "salt")))


def _draw(desk: Desk, practice: Practice, deed: Deed) -> None:
    assert practice.draw is not None
    drawn = drawing.find_draw(desk, practice.draw.number)
    match deed.act:
        case "promise":
            drawing.promise(desk, drawn, drawing.promise_of(TEXT))
        case "commit":
            drawing.commit_draw(desk, drawn)
        case "publish":
            drawing.publish(desk, drawn, "市政府门户网站", desk.now)
        case "reveal":
            drawing.reveal_text(desk, drawn, TEXT)
        case "enter":
            drawing.enter_entropy(desk, drawn, OTHER_DICE if deed.word else DICE)
        case "refreeze":
            freezing.refreeze(desk, drawn, _secrets())
        case "void":
            drawing.void_number(desk, drawn, "witness_missing", "见证人没有来")
        case "close_reveals":
            drawing.close_reveals(desk, drawn, final=True)
        case "execute":
            execution.execute(desk, drawn)
        case act:
            raise AssertionError(act)


def _visit(desk: Desk, practice: Practice, deed: Deed) -> None:
    assert practice.draw is not None
    drawn = drawing.find_draw(desk, practice.draw.number)
    target, department = deed.key
    if deed.act == "void":
        recusal.void_target(desk, drawn, target, "closed_business", "已经停业")
        return
    visit = visits.find_visit(desk, drawn, target, department)
    match deed.act:
        case "schedule":
            scheduling.schedule(desk, visit, desk.workdays.nth_after(desk.today, 1))
        case "recuse":
            recusal.recuse(desk, visit, recused(practice, deed), "kinship")
        case "enter":
            results.enter(desk, visit, _entry(desk, department))
        case "attach":
            results.attach(desk, visit, "现场.txt", "text/plain", f"附件{next(_serial)}".encode())
        case "disclose":
            results.disclose(desk, visit)
        case act:
            results.review(desk, visit, act == "accept", "理由")


def recused(practice: Practice, deed: Deed) -> str:
    """Whom a recusal is about: the first of the team."""
    return min(practice.visits[deed.key[0], deed.key[1]].team)


def _entry(desk: Desk, department: str) -> Entry:
    check = Checked(f"{department}/A01", problem="标价不清", handling="order_to_correct")
    return Entry(desk.today, "D", (check,), measures=("责令改正",), reason="更正")


def _follow_up(desk: Desk, _: Practice, deed: Deed) -> None:
    table = FollowUp.__table__
    key = desk.session.scalar(select(table.c.id).order_by(table.c.id).offset(int(deed.key[0])).limit(1))
    found = desk.session.scalar(select(FollowUp).where(FollowUp.id == key))
    if found is None:
        raise Refused("follow_up.unknown")
    results.close_follow_up(desk, found, "已经改正")


def _inspector(desk: Desk, practice: Practice, _: Deed) -> None:
    inspector = staff.find_inspector(desk, LEAVER)
    staff.transfer_inspector(desk, inspector, "EM" if practice.leaver == "AMR" else "AMR")


_ASKED: dict[str, Callable[[Desk, Practice, Deed], None]] = {
    "item": _item,
    "annual_plan": _annual_plan,
    "campaign": _campaign,
    "draw": _draw,
    "visit": _visit,
    "follow_up": _follow_up,
    "inspector": _inspector,
}


# What the database says


def states(session: Session) -> dict[str, str]:
    """The states of all things, as `Practice.states` tells them."""
    set_scope(session, EVERYTHING)
    item = (
        select(ItemVersion.version, ItemVersion.state)
        .join(InspectionItem)
        .where(InspectionItem.code == "A07")
    )
    found = {f"item/{version}": state for version, state in session.execute(item)}
    found["plan"] = session.scalars(select(AnnualPlan.state)).one()
    for code, state in session.execute(select(Campaign.code, Campaign.state)):
        found["campaign" if code == CODE else f"copy/{code.rpartition('-')[2]}"] = state
    found |= {f"draw/{number}": state for number, state in session.execute(select(Draw.number, Draw.state))}
    for target, department, visit in _visits(session):
        found[f"visit/{target}/{department}"] = visit.state
    follow_ups = session.scalars(select(FollowUp.state).order_by(FollowUp.id))
    return found | {f"follow_up/{n}": state for n, state in enumerate(follow_ups)}


def _visits(session: Session) -> Iterator[tuple[str, str, Visit]]:
    rows = select(Target.code, Department.code, Visit).select_from(Visit).join(Target).join(
        Department, Department.id == Visit.department_id)  # fmt: skip
    yield from session.execute(rows.order_by(Visit.id))


def ledger_lines(session: Session) -> int:
    """How many lines the ledger has."""
    set_scope(session, EVERYTHING)
    return session.scalar(select(func.count(LedgerEntry.seq))) or 0


def content(database: Engine, left_out: tuple[str, ...] = FIXED_TABLES) -> str:
    """A digest of all rows of all tables."""
    digest = hashlib.sha256()
    with database.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name not in left_out:
                rows = connection.exec_driver_sql(f'SELECT * FROM "{table.name}"').all()
                digest.update(f"{table.name} {sorted(map(repr, rows))}".encode())
    return digest.hexdigest()


def learn(session: Session, practice: Practice, deed: Deed) -> list[str]:
    """Take over what the draw alone can say: who was drawn, and the teams; what can't be true comes back as faults."""
    set_scope(session, EVERYTHING)
    faults, came, inspectors = [], set(), _inspector_codes(session)
    coming = _coming(practice, deed)
    for target, department, visit in _visits(session):
        members = [each.inspector_id for each in questions.team(session, visit)]
        team = frozenset(inspectors[each] for each in members)
        known = practice.visits.get((target, department))
        if known is None:
            came.add((target, department))
            practice.visits[target, department] = VisitAsItShouldBe(team=team)
            continue
        if known.team != team and (known.state != "open" or deed.act not in ("recuse", "transfer")):
            faults.append(f"the team of {target}/{department} changed by {deed}")
        if deed.act == "recuse" and deed.key == (target, department) and min(known.team) in team:
            faults.append(f"{min(known.team)} still goes to {target}")
        if len(team) != 2 and not practice.people_lack:
            faults.append(f"{len(team)} go to {target}")
        known.team = team
    if len(came) != coming:
        faults.append(f"{len(came)} visits came of {deed}")
    return faults


def _inspector_codes(session: Session) -> dict[int, str]:
    return {each.id: each.code for each in session.scalars(select(Inspector))}


def _coming(practice: Practice, deed: Deed) -> int:
    """How many visits a deed that was done makes: one of each department that takes part, for every drawn target."""
    parts = len(PARTS) if practice.answer == "accepted" else 1
    if deed == Deed("draw", "execute") and practice.draw and practice.draw.state == "completed":
        return 0 if practice.visits else parts * DRAWN
    return parts if deed.subject == "visit" and deed.act == "void" else 0


# Scenes


@dataclass
class Scene:
    """A town in its database, what it should be like, and what time it is."""

    database: Engine
    practice: Practice
    now: datetime = START
    actors: dict[str, Actor] = field(default_factory=dict)

    @contextmanager
    def at(self, login: str) -> Iterator[Desk]:
        """A desk in a transaction of its own."""
        with transaction(self.database, EVERYTHING) as session:
            yield self.desk(session, login)

    def desk(self, session: Session, login: str) -> Desk:
        """A desk in a session; who the actor is, is looked up once."""
        set_scope(session, EVERYTHING)
        if login not in self.actors:
            self.actors[login] = actor_of(session, login, business_date(self.now))
        actor = self.actors[login]
        set_scope(session, actor.scope)
        return Desk(session, actor, self.now)

    def ask(self, who: Account, deed: Deed) -> str:
        """Ask for a deed in a transaction that stays: `done`, the code of the refusal, or the crash."""
        try:
            with self.at(who.login) as desk:
                perform(desk, self.practice, deed)
        except Refused as refused:
            return refused.code
        except Exception as error:
            return f"crashed: {type(error).__name__} {error}"
        return "done"

    def do(self, who: Account, deed: Deed) -> list[str]:
        """Ask for a deed, and compare all that it did with what it should have done; the divergences."""
        faults: list[str] = []
        expected, effect = judged(self.practice, who, deed)
        with transaction(self.database, EVERYTHING) as session:
            lines = ledger_lines(session)
        was = self.ask(who, deed)
        if was != expected:
            return [divergence(self.practice, who, deed, expected, was)]
        added = 0
        with transaction(self.database, EVERYTHING) as session:
            if effect is not None:
                added = self.practice.lines(deed)
                effect()
                faults += learn(session, self.practice, deed)
            faults += compared(session, self.practice, lines + added)
        return [f"{who.login} {deed}: {fault}" for fault in faults]

    def try_everything(self, deeds: list[Deed], told: Callable[[Deed, Account, str], None]) -> list[str]:
        """Let everybody try every deed, each in a savepoint that is undone; the divergences."""
        faults: list[str] = []
        with writing(self.database).connect() as connection, connection.begin():
            with _within(connection) as session:
                lines = ledger_lines(session)
            for deed in deeds:
                for who in cast(self.practice, deed):
                    faults += self._try(connection, lines, who, deed, told)
            connection.get_transaction().rollback()
        return faults

    def _try(self, connection: object, lines: int, who: Account, deed: Deed, told: Callable) -> list[str]:
        practice = self.practice
        with _within(connection) as session:
            try:
                perform(self.desk(session, who.login), practice, deed)
                session.flush()
                was = "done"
            except Refused as refused:
                was = refused.code
            except Exception as error:
                was = f"crashed: {type(error).__name__} {error}"
                session.rollback()
            told(deed, who, was)
            expected, _ = judged(practice, who, deed)
            if was != expected:
                return [divergence(practice, who, deed, expected, was)]
            if was != "done":
                return []
            after = deepcopy(practice)
            after.judge(who, deed)()
            faults = learn(session, after, deed) + compared(session, after, lines + practice.lines(deed))
            return [f"{who.login} {deed}: {fault}" for fault in faults]


@contextmanager
def _within(connection: object) -> Iterator[Session]:
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session
        session.rollback()


def judged(practice: Practice, who: Account, deed: Deed) -> tuple[str, Callable[[], None] | None]:
    """What should become of a deed, and its effect where it is done."""
    try:
        return "done", practice.judge(who, deed)
    except No as no:
        return str(no), None


def divergence(practice: Practice, who: Account, deed: Deed, expected: str, was: str) -> str:
    """A divergence, told."""
    state = practice.state_of(deed)
    return f"{deed.subject} {state}: {deed.act} {deed.word} by {who.login} is {was}, and should be {expected}"


def compared(session: Session, practice: Practice, lines: int) -> list[str]:
    """States and ledger against what they should be."""
    there, should = states(session), practice.states()
    faults = [
        f"{name} is {there.get(name)}, and should be {should.get(name)}"
        for name in sorted(there.keys() | should.keys())
        if there.get(name) != should.get(name)
    ]
    if (found := ledger_lines(session)) != lines:
        faults.append(f"the ledger has {found} lines instead of {lines}")
    return faults


def cast(practice: Practice, deed: Deed) -> list[Account]:
    """Who tries: every account; of the inspectors those of the visit's team and one of each department who is not."""
    some = [each for each in ACCOUNTS.values() if not each.inspector]
    team = practice.visits[deed.key[0], deed.key[1]].team if deed.subject == "visit" else frozenset()
    inspectors = [each for each in ACCOUNTS.values() if each.inspector]
    others = {each.department: each for each in inspectors if each.inspector not in team}
    return [*some, *(each for each in inspectors if each.inspector in team), *others.values()]


# Stations: how each state comes about

_Steps = list[tuple[str, Deed]]


def _draws(*acts: str) -> _Steps:
    who = {"promise": "notary", "reveal": "notary", "void": "amr.approver"}
    return [(who.get(act, "amr.planner"), Deed("draw", act)) for act in acts]


def _campaign_acts(*acts: str) -> _Steps:
    who = {"answer": "fire.planner", "approve": "amr.approver", "cancel": "amr.approver"}
    return [(who.get(act, "amr.planner"), Deed("campaign", act)) for act in acts]


def _item_acts(version: str, *acts: str) -> _Steps:
    who = {"submit": "registrar", "pass": "legal", "reject": "legal"}
    return [(f"amr.{who.get(act, 'office')}", Deed("item", act, (version,))) for act in acts]


def _plan_acts(*acts: str) -> _Steps:
    return [
        (f"amr.{'approver' if act == 'approve' else 'planner'}", Deed("annual_plan", act)) for act in acts
    ]


FIRST_VISIT = ("first", "AMR")
_VISITS = [(place, part) for place in ("first", "last") for part in PARTS]


def _visit_acts(*acts: str, key: tuple[str, str] = FIRST_VISIT) -> _Steps:
    department = key[1].lower()
    who = {"enter": "member", "accept": f"{department}.reviewer", "send_back": f"{department}.reviewer"}
    who |= {"disclose": f"{'amr.publisher' if key[1] == 'AMR' else 'fire.chief'}", "void": "amr.approver"}
    return [(who[act], Deed("visit", act, key)) for act in acts]


_ENTERED = [("notary", Deed("draw", "enter")), ("amr.planner", Deed("draw", "enter"))]
STATIONS: dict[str, tuple[str, _Steps, tuple[str, ...]]] = {
    "draft": ("", [], ("item", "annual_plan", "campaign", "inspector")),
    "item amended": ("draft", [("amr.chief", Deed("item", "amend", ("1",))), *_item_acts("1", "submit")], ("item",)),
    "item in legal review": ("draft", _item_acts("1", "submit"), ("item",)),
    "item before its confirmation": ("item in legal review", _item_acts("1", "pass"), ("item",)),
    "item published": ("item before its confirmation", _item_acts("1", "confirm"), ("item",)),
    "item retired": ("item published", _item_acts("1", "retire"), ("item",)),
    "item superseded": ("item published", [("", Deed("item", "write")), *_item_acts("2", "submit", "pass", "confirm")],
                        ("item",)),
    "plan amended": ("draft", [("amr.chief", Deed("annual_plan", "amend"))], ("annual_plan",)),
    "plan approved": ("draft", _plan_acts("approve"), ("annual_plan",)),
    "plan withdrawn": ("draft", _plan_acts("withdraw"), ("annual_plan",)),
    "plan published": ("plan approved", _plan_acts("publish"), ("annual_plan",)),
    "plan running": ("plan published", _plan_acts("start"), ("annual_plan",)),
    "plan finished": ("plan running", _plan_acts("finish"), ("annual_plan",)),
    "invited": ("draft", _campaign_acts("invite"), ("campaign",)),
    "answered": ("invited", _campaign_acts("answer"), ("campaign",)),
    "submitted": ("answered", _campaign_acts("submit"), ("campaign",)),
    "cancelled": ("submitted", _campaign_acts("cancel"), ("campaign",)),
    "approved": ("submitted", _campaign_acts("approve"), ("campaign",)),
    "frozen": ("approved", _campaign_acts("freeze"), ("draw",)),
    "promised": ("frozen", _draws("promise"), ("draw",)),
    "committed": ("promised", _draws("commit"), ("draw",)),
    "revealed": ("committed", _draws("publish", "reveal", "close_reveals"), ("draw",)),
    "first entry": ("revealed", _ENTERED[:1], ("draw",)),
    "opened": ("first entry", _ENTERED[1:], ("draw",)),
    "number void": ("committed", _draws("void"), ("draw",)),
    "completed": ("opened", _draws("execute"), ("campaign", "draw", "visit", "inspector")),
    "people lack": ("", [], ()),
    "short": ("people lack", [*_campaign_acts("invite", "answer", "submit", "approve", "freeze"),
                              *_draws("promise", "commit", "close_reveals"), *_ENTERED, *_draws("execute")],
              ("draw",)),
    "inspecting": ("completed", _campaign_acts("dispatch"), ("campaign", "visit", "visit of another")),
    "entered": ("inspecting", _visit_acts("enter"), ("visit",)),
    "returned": ("entered", _visit_acts("send_back"), ("visit",)),
    "accepted": ("entered", _visit_acts("accept"), ("visit",)),
    "disclosed": ("accepted", _visit_acts("disclose"), ("visit", "visit of another", "follow_up")),
    "target void": ("inspecting", _visit_acts("void"), ("visit",)),
    "followed up": ("disclosed", [("amr.reviewer", Deed("follow_up", "close", ("0",)))], ("follow_up",)),
    "closed": ("disclosed", [
        *(step for key in _VISITS[1:] for step in _visit_acts("enter", "accept", "disclose", key=key)),
        *_campaign_acts("close"),
    ], ("campaign",)),
}  # fmt: skip
"""Where each begins, what is done, and for which subjects everything is tried there."""


ROOTS = ("draft", "people lack")
"""Towns as they are settled; of the second, no team can be found for a target."""


class Stations:
    """The stations of one kind of database, each built once by real deeds, to be copied."""

    def __init__(
        self, folder: Path, template: Path, cluster: Cluster | None, cluster_template: str = ""
    ) -> None:
        self._folder, self._template = folder, template
        self._cluster, self._cluster_template = cluster, cluster_template
        self._built: dict[str, tuple[str, Practice]] = {}

    @contextmanager
    def scene(self, station: str) -> Iterator[Scene]:
        """A copy of a station, to be used up."""
        source, practice = self.build(station)
        name = self._copy(source)
        scene = Scene(self._open(name), deepcopy(practice))
        try:
            yield scene
        finally:
            scene.database.dispose()
            self._drop(name)

    def build(self, station: str) -> tuple[str, Practice]:
        """Let a station come about, unless it has: its database, and what it should be like."""
        if station in self._built:
            return self._built[station]
        begins, steps, _ = STATIONS[station]
        if station in ROOTS:
            self._built[station] = self._settled(station == "people lack")
            return self._built[station]
        way = list(steps)
        while begins not in self._built and begins not in ROOTS:
            begins, earlier = STATIONS[begins][0], STATIONS[begins][1]
            way = [*earlier, *way]
        source, practice = self.build(begins)
        name = self._copy(source)
        scene = Scene(self._open(name), deepcopy(practice))
        for login, deed in way:
            _go(scene, login, deed)
        scene.database.dispose()
        self._built[station] = (name, scene.practice)
        return self._built[station]

    def _settled(self, people_lack: bool) -> tuple[str, Practice]:
        name = self._copy("")
        database = self._open(name)
        settle(database, people_lack)
        database.dispose()
        return name, Practice(people_lack=people_lack)

    def _open(self, name: str) -> Engine:
        if self._cluster:
            return open_database(self._cluster.url(name))
        database = open_database(f"sqlite:///{self._folder / name}")
        event.listen(database, "connect", _unsynchronised)
        return database

    def _copy(self, source: str) -> str:
        name = a_name()
        if self._cluster:
            self._cluster.create(name, source or self._cluster_template)
        else:
            shutil.copy(self._folder / source if source else self._template, self._folder / name)
        return name

    def _drop(self, name: str) -> None:
        if self._cluster:
            self._cluster.drop(name)
        else:
            (self._folder / name).unlink()


def _unsynchronised(connection: object, _: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")  # a test's database need not survive a power cut


def _go(scene: Scene, login: str, deed: Deed) -> None:
    if deed.act == "write":
        new_version(scene.database)
        scene.practice.items["2"] = "draft"
        return
    if deed.subject == "visit":
        targets = sorted({target for target, _ in scene.practice.visits})
        deed = deed._replace(key=(targets[0] if deed.key[0] == "first" else targets[-1], deed.key[1]))
        if login == "member":
            login = min(scene.practice.visits[deed.key].team).lower()
    faults = scene.do(ACCOUNTS[login], deed)
    assert not faults, faults
