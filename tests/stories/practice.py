"""What the practice is: who may do what in which state and what comes next, written by hand, without the program's tables.

`PRACTICE` is the table; `Practice` is a town as it should be, which says of every deed whether it is done or why not.
Reasons have an order: first who is unknown or does not see the thing, then whose department it is, then the role, then
the state, then the persons who must differ, then what is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

PRACTICE = """
item      draft                amend          draft                registrar
item      draft                submit         legal_review         registrar
item      legal_review         pass           office_confirmation  legal
item      legal_review         reject         draft                legal
item      office_confirmation  confirm        published            office
item      office_confirmation  refuse         draft                office
item      published            retire         retired              office

annual_plan  draft      amend     draft      planner
annual_plan  draft      approve   approved   approver
annual_plan  draft      withdraw  withdrawn  planner
annual_plan  approved   publish   published  planner
annual_plan  approved   withdraw  withdrawn  planner
annual_plan  published  start     running    planner
annual_plan  running    finish    finished   planner

campaign  draft       amend      draft       planner
campaign  draft       invite     invited     planner
campaign  draft       submit     submitted   planner
campaign  draft       cancel     cancelled   approver
campaign  invited     answer     invited     planner
campaign  invited     submit     submitted   planner
campaign  invited     cancel     cancelled   approver
campaign  submitted   send_back  draft       approver
campaign  submitted   approve    approved    approver
campaign  submitted   cancel     cancelled   approver
campaign  approved    freeze     drawing     planner
campaign  approved    cancel     cancelled   approver
campaign  drawing     release    approved    approver
campaign  drawing     dispatch   inspecting  planner
campaign  inspecting  close      closed      planner

draw  frozen     promise        frozen     witness
draw  frozen     commit         committed  planner
draw  frozen     void           void       approver
draw  committed  publish        committed  planner
draw  committed  reveal         committed  witness
draw  committed  close_reveals  revealed   planner
draw  committed  void           void       approver
draw  revealed   enter          revealed   witness,planner,approver
draw  revealed   execute        completed  planner
draw  revealed   void           void       approver
draw  short      refreeze       frozen     planner

visit  open       schedule   open       planner
visit  open       recuse     open       approver
visit  open       void       void       approver
visit  open       enter      entered    inspector
visit  returned   enter      entered    inspector
visit  disclosed  correct    entered    inspector
visit  entered    attach     entered    inspector
visit  entered    accept     accepted   reviewer
visit  entered    send_back  returned   reviewer
visit  accepted   disclose   disclosed  publisher

follow_up  open  close  closed  reviewer
"""

STATES = {
    "item": ("draft", "legal_review", "office_confirmation", "published", "superseded", "retired"),
    "annual_plan": ("draft", "approved", "published", "running", "finished", "withdrawn"),
    "campaign": (
        *("draft", "invited", "submitted", "approved", "drawing", "inspecting", "closed", "cancelled"),
    ),
    "draw": ("frozen", "committed", "revealed", "short", "completed", "void"),
    "visit": ("open", "entered", "returned", "accepted", "disclosed", "void"),
    "follow_up": ("open", "closed"),
}

CAUSED = {("campaign", "release"): "draw:void", ("visit", "correct"): "visit:enter"}
"""Acts that nobody does by their name: the one brings them about."""

STEPS = {
    (subject, state, act): (then, tuple(roles.split(",")))
    for subject, state, act, then, roles in (line.split() for line in PRACTICE.strip().splitlines() if line)
}

BUSINESS = (
    *("registrar", "legal", "office", "planner", "approver", "witness", "inspector", "reviewer", "publisher"),
)
MOST_RECUSALS, MOST_VOIDS, TARGETS, DRAWN, INSPECTORS = 2, 1, 5, 2, 8
LEAVER = "AMR007"
"""An inspector of no lead's qualification who is moved to and fro."""


class Account(NamedTuple):
    """Who acts. Two accounts may be one person's."""

    login: str
    person: str
    department: str
    roles: frozenset[str]
    inspector: str = ""
    active: bool = True


def _account(login: str, department: str, *roles: str, person: str = "", active: bool = True) -> Account:
    return Account(login, person or login, department, frozenset(roles), active=active)


_PLAIN = (
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
EXTRA = (
    _account("amr.chief", "AMR", *BUSINESS),
    _account("amr.second", "AMR", "approver", "planner", "office", person="amr.planner"),
    _account("amr.witness", "AMR", "witness"),
    _account("amr.left", "AMR", *BUSINESS, active=False),
    _account("fire.chief", "FIRE", *BUSINESS),
    _account("em.chief", "EM", *BUSINESS),
    _account("clerk", "NOTARY", "witness"),
)
"""Besides those of the town: all roles in one hand, two accounts of one person, a witness of nothing, one who left."""

ACCOUNTS = {
    each.login: each
    for each in (
        *(_account(f"amr.{role}", "AMR", role) for role in _PLAIN),
        *(_account(f"fire.{role}", "FIRE", role) for role in ("planner", "reviewer")),
        *EXTRA,
        _account("notary", "NOTARY", "witness"),
        *(
            Account(code.lower(), code.lower(), code[:-3], roles, code)
            for department, roles in (
                ("AMR", frozenset(("inspector", "reviewer"))),
                ("FIRE", frozenset(("inspector",))),
            )
            for code in (f"{department}{n:03d}" for n in range(INSPECTORS))
        ),
    )
}

WITNESS, LEAD, PARTS = "notary", "AMR", ("AMR", "FIRE")


class Deed(NamedTuple):
    """What is asked for: an act on a thing of a subject. `key` says which, where there are several."""

    subject: str
    act: str
    key: tuple[str, ...] = ()
    word: str = ""


class No(Exception):  # noqa: N818
    """The practice refuses."""


Effect = Callable[[], None]


@dataclass
class DrawAsItShouldBe:
    """The draw that is under way, or was last."""

    number: str
    state: str = "frozen"
    attempt: int = 1
    promised: bool = False
    revealed: bool = False
    waiting: tuple[str, str] | None = None
    opened: bool = False


@dataclass
class VisitAsItShouldBe:
    """A visit; its team is what the draw said."""

    state: str = "open"
    team: frozenset[str] = frozenset()
    enterer: str = ""


CONDUCTED = ("commit", "publish", "close_reveals", "execute", "refreeze")
"""Acts of a draw that its approver doesn't do."""


@dataclass
class Practice:
    """A town as it should be. Each act gives its effect, or raises `No` with the code of the refusal."""

    people_lack: bool = False
    items: dict[str, str] = field(default_factory=lambda: {"1": "draft"})
    hands: dict[str, set[str]] = field(default_factory=dict)
    item_writers: dict[str, set[str]] = field(default_factory=dict)
    plan_writers: set[str] = field(default_factory=lambda: {"amr.planner"})
    authors: set[str] = field(default_factory=lambda: {"amr.planner"})
    approver: str = ""
    plan: str = "draft"
    campaign: str = "draft"
    answer: str = "invited"
    copies: int = 0
    over: dict[str, str] = field(default_factory=dict)
    draw: DrawAsItShouldBe | None = None
    visits: dict[tuple[str, str], VisitAsItShouldBe] = field(default_factory=dict)
    recusals: int = 0
    voids: int = 0
    follow_ups: list[tuple[str, str]] = field(default_factory=list)
    leaver: str = LEAD
    ended: set[str] = field(default_factory=set)

    def judge(self, who: Account, deed: Deed) -> Effect:
        """The effect of a deed; No where it is refused."""
        if not who.active or who.login in self.ended:
            raise No("actor.unknown")
        effect: Effect = getattr(self, f"_{deed.subject}")(who, deed)
        return effect

    def lines(self, deed: Deed) -> int:
        """How many lines a deed that is done adds to the ledger: one; to draw again what is drawn is no act.

        Whoever goes to another department for the first time loses his account, which is told too.
        """
        assert self.draw or deed.subject != "draw"
        if deed.subject == "inspector" and self.leaver == LEAD and LEAVER.lower() not in self.ended:
            return 2
        return 0 if deed == Deed("draw", "execute") and self.draw and self.draw.state == "completed" else 1

    def states(self) -> dict[str, str]:
        """The states of all things."""
        found = {f"item/{version}": state for version, state in self.items.items()}
        found |= {"plan": self.plan, "campaign": self.campaign}
        found |= {f"copy/{n}": "draft" for n in range(1, self.copies + 1)}
        found |= {f"draw/{number}": state for number, state in self.over.items()}
        if self.draw:
            found[f"draw/{self.draw.number}"] = self.draw.state
        found |= {f"visit/{target}/{part}": each.state for (target, part), each in self.visits.items()}
        found |= {f"follow_up/{n}": state for n, (_, state) in enumerate(self.follow_ups)}
        return found

    def state_of(self, deed: Deed) -> str:
        """The state of the thing that a deed is about; "" where it has none."""
        match deed.subject:
            case "item":
                return self.items[deed.key[0]]
            case "annual_plan":
                return self.plan
            case "campaign":
                return self.campaign
            case "draw":
                return self.draw.state if self.draw else ""
            case "visit":
                return self.visits[deed.key[0], deed.key[1]].state
            case "follow_up":
                return self.follow_ups[int(deed.key[0])][1]
        return ""

    def deeds(self) -> list[Deed]:
        """Everything that can be asked for now, sensible or not."""
        found = [Deed("item", act, (version,)) for version in self.items for act in acts_of("item")]
        found += [Deed("annual_plan", act) for act in acts_of("annual_plan")]
        found += [Deed("campaign", act) for act in (*acts_of("campaign"), "copy")]
        found += [Deed("campaign", "answer", word="decline"), Deed("inspector", "transfer")]
        if self.draw:
            found += [Deed("draw", act) for act in acts_of("draw")]
            found += [Deed("draw", "enter", word="other")]
        found += [Deed("visit", act, key) for key in self.visits for act in acts_of("visit")]
        found += [Deed("follow_up", "close", (str(n),)) for n in range(len(self.follow_ups))]
        return found

    def _step(self, who: Account, subject: str, state: str, act: str) -> str:
        roles = {role for (s, _, a), step in STEPS.items() if (s, a) == (subject, act) for role in step[1]}
        if not who.roles & roles:
            raise No("actor.role")
        if (subject, state, act) not in STEPS:
            raise No(f"{subject}.not_now")
        return STEPS[subject, state, act][0]

    def _item(self, who: Account, deed: Deed) -> Effect:
        version = deed.key[0]
        if who.department != LEAD:
            raise No("actor.other_department")
        then = self._step(who, "item", self.items[version], deed.act)
        hands = self.hands.setdefault(version, set())
        writers = self.item_writers.setdefault(version, set())
        if deed.act in ("pass", "confirm") and who.person in hands | writers:
            raise No("actor.same_person")

        def effect() -> None:
            if deed.act == "submit":
                hands.clear()
            (writers if deed.act == "amend" else hands).add(who.person)
            if deed.act == "confirm":
                for other, state in self.items.items():
                    if state == "published":
                        self.items[other] = "superseded"
            self.items[version] = then

        return effect

    def _annual_plan(self, who: Account, deed: Deed) -> Effect:
        if who.department != LEAD:
            raise No("actor.other_department")
        then = self._step(who, "annual_plan", self.plan, deed.act)
        if deed.act == "approve" and who.person in self.plan_writers:
            raise No("actor.same_person")

        def effect() -> None:
            self.plan = then
            if deed.act == "amend":
                self.plan_writers.add(who.person)

        return effect

    def _campaign(self, who: Account, deed: Deed) -> Effect:
        if who.department not in PARTS and who.login != WITNESS:
            raise No("campaign.unknown")
        if deed.act == "copy":
            return self._copied(who)
        if deed.act == "answer":
            return self._answered(who, "declined" if deed.word else "accepted")
        if who.department != LEAD:
            raise No("actor.other_department")
        then = self._step(who, "campaign", self.campaign, deed.act)
        if reason := self._campaign_reason(who, deed.act):
            raise No(reason)

        def effect() -> None:
            self.campaign = then
            if deed.act in ("amend", "invite", "submit"):
                self.authors.add(who.person)
            if deed.act == "approve":
                self.approver = who.person
            if deed.act == "amend":
                self.answer = "invited"
            if deed.act == "freeze":
                if self.draw:
                    self.over[self.draw.number] = self.draw.state
                self.draw = DrawAsItShouldBe(f"AMR〔2026〕{len(self.over) + 1}")

        return effect

    def _campaign_reason(self, who: Account, act: str) -> str:
        if act == "submit" and self.answer == "invited":
            return "campaign.not_answered"
        if act == "approve" and who.person in self.authors:
            return "actor.same_person"
        if act == "freeze" and who.person == self.approver:
            return "actor.same_person"
        if act == "dispatch" and self.draw and self.draw.state != "completed":
            return "draw.not_completed"
        if act == "close" and any(each.state not in ("disclosed", "void") for each in self.visits.values()):
            return "campaign.visits_open"
        return ""

    def _copied(self, who: Account) -> Effect:
        if "planner" not in who.roles:
            raise No("actor.role")
        if who.department != LEAD:
            raise No("campaign.lead_first")
        return self._to("copies", self.copies + 1)

    def _answered(self, who: Account, answer: str) -> Effect:
        if who.department == LEAD:
            raise No("campaign.lead_does_not_answer")
        if who.department not in PARTS:
            raise No("actor.other_department")
        self._step(who, "campaign", self.campaign, "answer")
        return self._to("answer", answer)

    def _draw(self, who: Account, deed: Deed) -> Effect:
        drawn = self._seen_draw(who)
        if deed.act not in ("promise", "reveal", "enter") and who.department != LEAD:
            raise No("actor.other_department")
        if deed.act == "execute" and drawn.state == "completed" and "planner" in who.roles:
            return lambda: None
        then = self._step(who, "draw", drawn.state, deed.act)
        if deed.act in CONDUCTED and who.person == self.approver:
            raise No("actor.same_person")
        effect: Effect = getattr(self, f"_draw_{deed.act}")(who, drawn, deed.word)

        def whole() -> None:
            effect()
            drawn.state = "short" if deed.act == "execute" and self.people_lack else then

        return whole

    def _seen_draw(self, who: Account) -> DrawAsItShouldBe:
        assert self.draw is not None
        if who.department not in PARTS and who.login != WITNESS:
            raise No("draw.unknown")
        return self.draw

    def _draw_promise(self, who: Account, drawn: DrawAsItShouldBe, _: str) -> Effect:
        return self._once(who, drawn, "promised")

    def _draw_reveal(self, who: Account, drawn: DrawAsItShouldBe, _: str) -> Effect:
        return self._once(who, drawn, "revealed")

    def _once(self, who: Account, drawn: DrawAsItShouldBe, what: str) -> Effect:
        if who.login != WITNESS:
            raise No("witness.not_of_this_draw")
        if getattr(drawn, what):
            raise No(f"witness.already_{what}")
        return lambda: setattr(drawn, what, True)

    def _draw_commit(self, _: Account, drawn: DrawAsItShouldBe, __: str) -> Effect:
        if not drawn.promised:
            raise No("witness.not_promised")
        return _nothing

    def _draw_publish(self, *_: object) -> Effect:
        return _nothing

    _draw_close_reveals = _draw_publish

    def _draw_enter(self, who: Account, drawn: DrawAsItShouldBe, word: str) -> Effect:
        if who.login != WITNESS and not who.roles & {"planner", "approver"}:
            raise No("witness.not_of_this_draw")
        if who.login != WITNESS and who.department != LEAD and self.answer != "accepted":
            raise No("draw.not_taking_part")
        if drawn.opened:
            raise No("entropy.stands")
        if drawn.waiting and drawn.waiting[0] == who.person:
            raise No("entropy.entered_already")

        def effect() -> None:
            drawn.opened = drawn.waiting is not None and drawn.waiting[1] == word
            drawn.waiting = None if drawn.waiting else (who.person, word)

        return effect

    def _draw_execute(self, _: Account, drawn: DrawAsItShouldBe, __: str) -> Effect:
        if not drawn.opened:
            raise No("entropy.missing")
        return _nothing

    def _draw_refreeze(self, _: Account, drawn: DrawAsItShouldBe, __: str) -> Effect:
        def effect() -> None:
            drawn.attempt += 1
            drawn.promised = drawn.revealed = drawn.opened = False
            drawn.waiting = None

        return effect

    def _draw_void(self, _: Account, drawn: DrawAsItShouldBe, __: str) -> Effect:
        if drawn.opened or drawn.attempt > 1:
            raise No("draw.seed_stands")
        return self._to("campaign", "approved")

    def _visit(self, who: Account, deed: Deed) -> Effect:
        drawn = self._seen_draw(who)
        target, department = deed.key
        visit = self.visits[target, department]
        if deed.act == "void":
            return self._voided(who, drawn, target)
        if who.department not in (department, LEAD) or not self._sees_rows(who):
            raise No("visit.unknown")
        if who.department != department:
            raise No("actor.other_department")
        act = "correct" if deed.act == "enter" and visit.state == "disclosed" else deed.act
        then = self._step(who, "visit", visit.state, act)
        if reason := self._visit_reason(who, visit, deed.act):
            raise No(reason)

        def effect() -> None:
            visit.state = then
            if deed.act == "enter":
                visit.enterer = who.person
            if deed.act == "recuse":
                self.recusals += 1
            if deed.act == "disclose":
                self.follow_ups.append((department, "open"))

        return effect

    def _sees_rows(self, who: Account) -> bool:
        """Before the visits are sent out only who plans, approves or audits them knows of any."""
        sent_out = self.campaign in ("inspecting", "closed")
        return sent_out or (who.login != WITNESS and bool(who.roles & {"planner", "approver", "auditor"}))

    def _visit_reason(self, who: Account, visit: VisitAsItShouldBe, act: str) -> str:
        if act in ("enter", "attach") and who.inspector not in visit.team:
            return "result.not_of_the_team"
        if act == "enter" and self.campaign != "inspecting":
            return "visit.not_dispatched"
        if act in ("accept", "send_back") and who.person == visit.enterer:
            return "actor.same_person"
        if act == "recuse" and self.campaign != "inspecting":
            return "visit.not_dispatched"
        if act == "recuse" and self.recusals >= MOST_RECUSALS:
            return "recusal.limit"
        return ""

    def _voided(self, who: Account, drawn: DrawAsItShouldBe, target: str) -> Effect:
        if who.department != LEAD:
            raise No("actor.other_department")
        if "approver" not in who.roles:
            raise No("actor.role")
        if drawn.state != "completed" or self.campaign != "inspecting":
            raise No("void.not_now")
        if self.voids >= MOST_VOIDS:
            raise No("void.limit")
        of_target = [each for (code, _), each in self.visits.items() if code == target]
        if any(each.state != "open" for each in of_target):
            raise No("visit.not_now")

        def effect() -> None:
            self.voids += 1
            for each in of_target:
                each.state = "void"

        return effect

    def _follow_up(self, who: Account, deed: Deed) -> Effect:
        place = int(deed.key[0])
        department, state = self.follow_ups[place]
        if who.department not in (department, LEAD):
            raise No("follow_up.unknown")
        if who.department != department:
            raise No("actor.other_department")
        then = self._step(who, "follow_up", state, "close")
        return lambda: self.follow_ups.__setitem__(place, (department, then))

    def _inspector(self, who: Account, _: Deed) -> Effect:
        if who.department != self.leaver:
            raise No("inspector.unknown")
        if "registrar" not in who.roles:
            raise No("actor.role")

        def effect() -> None:
            if self.leaver == LEAD:
                self.ended.add(LEAVER.lower())
            self.leaver = "EM" if self.leaver == LEAD else LEAD

        return effect

    def _to(self, name: str, value: object) -> Effect:
        return lambda: setattr(self, name, value)


def _nothing() -> None:
    """The state moves on, and that is all."""


def acts_of(subject: str) -> list[str]:
    """The acts that somebody does on a subject, by the names of the table."""
    named = dict.fromkeys(act for s, _, act in STEPS if s == subject)
    return [act for act in named if (subject, act) not in CAUSED]
