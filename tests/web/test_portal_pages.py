"""The public portal: what strangers may see, from when on, and that nothing else leaks."""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, get_args, get_type_hints

import pytest
from sqlalchemy import select

from data.models import (
    DrawChange,
    Inspector,
    Target,
    User,
)
from data.result_codes import read_result_codes
from matching.draw.seed import reveals_digest, secret_commitment, seed, witness_commitment
from scheduler.inspection import disclosure, drawing, planning, recusal, results, visits
from scheduler.inspection.attachments import StampTold
from scheduler.inspection.results import Checked
from scheduler.transaction import EVERYTHING, transaction
from tests.site import Site
from tests.town import DICE, TEXT, Town, refuses
from web.words import WORDS

CODE, NUMBER = "2026-加油站", "AMR〔2026〕1"
PAGES = (
    "/public/campaigns",
    f"/public/campaigns/{CODE}",
    "/public/results",
    f"/public/results?campaign={CODE}",
    "/public/register",
    f"/public/draws/{NUMBER}",
    f"/public/commitments/1/{NUMBER}",
)


def result_pages(site: Site) -> list[str]:
    """The addresses of the results that a stranger finds."""
    return sorted(set(re.findall(r'href="(/public/results/\d+)"', site.stranger().page("/public/results"))))


def everything_public(site: Site, english: bool = False) -> str:
    """All that a stranger may read."""
    stranger = site.stranger(english)
    return "\n".join(stranger.get(path).text for path in (*PAGES, *result_pages(site)))


def test_nothing_of_a_campaign_is_public_before_its_commitment(site):
    town, stranger = site.town, site.stranger()

    def shown() -> bool:
        hidden = [stranger.get(path).status_code for path in PAGES if CODE in path or NUMBER in path]
        lists = "".join(stranger.page(path) for path in PAGES if CODE not in path and NUMBER not in path)
        told = CODE in lists or NUMBER in lists
        assert told == (set(hidden) == {200}), hidden
        assert told or set(hidden) == {404}
        return told

    with town.at("amr.planner") as desk:
        campaign = planning.set_up_campaign(desk, town.outline())
        planning.invite(desk, campaign)
    assert not shown()
    for department in ("fire", "em"):
        with town.at(f"{department}.planner") as desk:
            planning.answer(desk, planning.find_campaign(desk, CODE), planning.Answer(accept=True))
    with town.at("amr.planner") as desk:
        planning.submit(desk, planning.find_campaign(desk, CODE))
    assert not shown()
    with town.at("amr.approver") as desk:
        planning.approve(desk, planning.find_campaign(desk, CODE))
    town.freeze(CODE)
    assert not shown()
    town.commit(NUMBER)
    assert shown()


def test_a_stranger_follows_a_campaign_to_a_result(site):
    code, number = site.town.drawn()
    target = site.town.visits(number)[0][1]
    site.town.disclosed(
        number,
        target,
        "AMR",
        code="3",
        checks=(Checked("AMR/A01", problem="消防通道堵塞", handling="order_to_correct"),),
        measures=("三十日内复查",),
    )
    stranger = site.stranger()
    page = stranger.page(f"/public/campaigns/{code}")
    for told in ("加油站部门联合抽查", "AMR局", "FIRE局", "EM局", "AMR检查事项", number, "检查中"):
        assert told in page
    with transaction(site.town.database, EVERYTHING) as session:
        strata = disclosure.draw(session, number, date(2026, 3, 9)).draw.strata
        name = session.scalar(select(Target.name).where(Target.code == target))
    assert (sum(each.rows for each in strata), [len(each.stratum) for each in strata]) == (60, [9] * 4)
    for each in strata:
        assert f"<code>{each.threshold}</code>" in page
    found = stranger.page(f"/public/results?q={target.lower()}")
    assert name in found
    assert "没有公示的结果" in stranger.page("/public/results?q=T00")  # a code is exact
    assert name in stranger.page(f"/public/results?q={name[1:4]}")
    [path] = result_pages(site)
    page = stranger.page(path)
    for told in ("消防通道堵塞", "责令改正", "三十日内复查", "AMR局", name, "2026-03-09"):
        assert told in page
    assert number in stranger.page("/public/register")


@pytest.mark.parametrize("q", ["%", "_", "\\", "%25", "'", '"><script>', "x" * 5000])
def test_what_is_searched_for_is_taken_literally(site, q):
    _, number = site.town.drawn()
    site.town.disclosed(number, site.town.visits(number)[0][1], "AMR")
    response = site.stranger().client.get("/public/results", query_string={"q": q})
    assert response.status_code == 200
    assert re.findall(r"/public/results/\d+", response.text) == []
    assert "<script>" not in response.text.replace("<script src", "")


def test_a_correction_replaces_what_was_disclosed_when_it_is_disclosed_itself(site):
    town = site.town
    _, number = town.drawn()
    visit, target = town.visits(number)[0]
    problem = (Checked("AMR/A01", problem="原来的问题", handling="corrected_on_site"),)
    town.disclosed(number, target, "AMR", code="3", checks=problem)
    town.pass_time(days=3)
    with town.at(town.team(visit)[0]) as desk:
        found = visits.find_visit(desk, drawing.find_draw(desk, number), target)
        results.enter(desk, found, town.entry("AMR", reason="录错了对象的内部理由"))
    [path] = result_pages(site)
    stranger = site.stranger()
    assert ("原来的问题" in stranger.page(path), "已更正" in stranger.page(path)) == (True, False)
    for role, act in (("reviewer", lambda d, v: results.review(d, v, True)), ("publisher", results.disclose)):
        with town.at(f"amr.{role}") as desk:
            act(desk, visits.find_visit(desk, drawing.find_draw(desk, number), target))
    page = stranger.page(path)
    assert ("原来的问题" in page, "已更正" in page, "2026-03-09" in page) == (False, True, True)
    assert stranger.page("/public/results").count(f'"{path}"') == 1
    assert "内部理由" not in everything_public(site)


def test_an_open_draw_past_its_deadline_is_red_and_a_void_one_has_its_ground(site):
    town = site.town
    number = town.freeze(town.campaign(draw_by="2026-03-20"))
    town.commit(number)
    stranger = site.stranger()
    assert "已过期限" not in stranger.page("/public/register")
    town.pass_time(days=19)
    assert "已过期限" in stranger.page("/public/register")
    assert number in stranger.page("/public/register?overdue=1")
    with town.at("amr.approver") as desk:
        drawing.void_number(desk, drawing.find_draw(desk, number), "witness_missing", "见证人住院")
    page = stranger.page("/public/register")
    for told in ("见证人缺席", "见证人住院", "1/1 · 100%"):
        assert told in page
    assert number not in stranger.page("/public/register?overdue=1")
    assert "见证人住院" in stranger.page(f"/public/draws/{number}")


def shown_draw(site: Site, number: str) -> disclosure.DrawWhole:
    with transaction(site.town.database, EVERYTHING) as session:
        return disclosure.draw(session, number, date(2026, 3, 9))


def test_a_number_voided_before_its_commitment_is_only_void(site):
    town = site.town
    code = town.campaign()
    number = town.freeze(code)
    with town.at("amr.approver") as desk:
        drawing.void_number(desk, drawing.find_draw(desk, number), "wrong_list", f"名录有误：{code}")
    page = site.stranger().page("/public/register")
    assert (number in page, "名录有误" in page, code in page) == (True, True, False)
    assert code not in site.stranger().page(f"/public/draws/{number}")
    assert site.stranger().get(f"/public/campaigns/{code}").status_code == 404
    assert site.stranger().get(f"/public/commitments/1/{number}").status_code == 422
    # nor is the next number public, or that there is one, before it is committed
    second = town.freeze(code)
    assert second not in everything_public(site)
    town.commit(second)
    assert second in everything_public(site)


def test_that_a_further_number_was_taken_is_not_public_before_it_is_committed(site):
    town = site.town
    code = town.campaign()
    number = town.freeze(code)
    town.commit(number)
    with town.at("amr.approver") as desk:
        drawing.void_number(desk, drawing.find_draw(desk, number), "wrong_list", "名录有误")
    before = everything_public(site)
    second = town.freeze(code)
    assert everything_public(site) == before
    assert second not in before


def test_what_makes_the_seed_is_shown_once_the_draw_is_executed_and_the_salt_never(site):
    town = site.town
    number = town.freeze(town.campaign())
    town.commit(number)
    stands = town.open(number)
    opened, salt = [town.secrets.secret.hex(), TEXT, stands, "d10x20:"], town.secrets.salt_secret.hex()
    told = everything_public(site)
    assert [each for each in (*opened, salt) if each in told] == []
    town.execute(number)
    told = everything_public(site)
    assert [each for each in opened if each not in told] == []
    assert "两人第一轮录入即一致" in told
    assert salt not in told


def test_a_stranger_can_put_the_seed_together_from_what_is_public(site):
    _, number = site.town.drawn()
    [shown] = shown_draw(site, number).commitments
    assert witness_commitment(shown.texts[0]).hex() == shown.witnesses[0]
    assert secret_commitment(bytes.fromhex(shown.opened_secret)).hex() == shown.secret
    assert reveals_digest(shown.texts).hex() == shown.reveals
    parts = [bytes.fromhex(each) for each in (shown.digest, shown.reveals, shown.opened_secret)]
    assert seed(*parts, shown.entropy).hex() == shown.seed


def test_absent_witnesses_and_rounds_that_differed_are_told(site):
    town = site.town
    number = town.freeze(town.campaign())
    town.commit(number)
    town.do("amr.planner", lambda desk: drawing.close_reveals(desk, drawing.find_draw(desk, number), True))
    for dice in (DICE[:-1] + "0", DICE):
        for login in ("amr.planner", "notary"):
            entered = dice if login == "notary" else DICE
            town.do(
                login,
                lambda desk, told=entered: drawing.enter_entropy(desk, drawing.find_draw(desk, number), told),
            )
    assert shown_draw(site, number).commitments[0].texts == ()
    town.execute(number)
    [shown] = shown_draw(site, number).commitments
    assert (shown.texts, shown.differed) == ((None,), 1)
    page = site.stranger().page(f"/public/draws/{number}")
    for told in ("缺席", "不一致而作废 1 轮", "类别不公开，故以代码代替"):
        assert told in page


def test_commit_json_is_the_one_of_the_bundle(site):
    _, number = site.town.drawn()
    content = site.stranger().get(f"/public/commitments/1/{number}").data
    assert content == site.town.bundle(number)["commit.json"]


def canaries(town: Town) -> dict[str, str]:
    """Put a mark into everything that is not public, as far as the database lets it be changed."""
    marks: dict[str, str] = {}

    def mark(name: str) -> str:
        marks[name] = f"canary-{name}"
        return marks[name]

    with transaction(town.database, EVERYTHING) as session:
        for model, columns in (
            (Inspector, ("name", "qualifications")),
            (Target, ("address", "business")),
            (User, ("login",)),
        ):
            for row in session.scalars(select(model)):
                for column in columns:
                    setattr(row, column, f"{mark(f'{model.__tablename__}-{column}')}-{row.id}")
        for row in session.scalars(select(Inspector)):
            row.code = f"{mark('inspector-code')}-{row.id}"
    return marks


def test_no_canary_leaves_the_portal(site):
    """Names and codes of inspectors, people's names, inner notes and reasons stand in the database, and on no page."""
    town = site.town
    _, number = town.drawn()
    target = town.visits(number)[0][1]
    town.disclosed(number, target, "AMR", note="canary-note")
    other, of_other = town.visits(number)[1]
    lead = town.team(other)[0]
    with town.at("amr.approver") as desk:
        of = visits.find_visit(desk, drawing.find_draw(desk, number), of_other)
        recusal.recuse(desk, of, lead.upper(), "kinship", "canary-recusal-reason")
    drawn = {each for _, each in town.visits(number)}
    with transaction(town.database, EVERYTHING) as session:
        assert session.scalars(select(DrawChange)).all() != []
        people = [each.name for each in session.scalars(select(Inspector))]
        people += [user.person.name for user in session.scalars(select(User))]
        codes = [each.code for each in session.scalars(select(Inspector))]
        undisclosed = [t for t in session.scalars(select(Target)) if t.code != target]
        assert drawn & {t.code for t in undisclosed}
        names = [
            t.name for t in undisclosed
        ]  # 第1加油站 is part of 第11加油站's name no more than the other way round
    marks = canaries(town)
    for told in (everything_public(site), everything_public(site, english=True)):
        leaked = [each for each in (*marks.values(), "canary", *people, *codes, *names) if each in told]
        assert leaked == []
        told = told.replace("按信用风险分类分层；类别不公开", "")
        assert not re.search(r"信用风险|risk class|>[ABCD] 类|Class [ABCD]", told)
        assert target in told  # the search for leaks has something to search in


def test_what_is_public_is_made_of_plain_values():
    """No row of the database reaches a page: every field of every shown value is text, number, day or another shown one."""
    plain = (str, int, bool, date, datetime, Fraction, StampTold, type(None))

    def parts(kind: Any) -> set[Any]:
        return {each for arg in get_args(kind) for each in parts(arg)} if get_args(kind) else {kind}

    shown = [
        each
        for each in vars(disclosure).values()
        if is_dataclass(each) and each.__module__ == disclosure.__name__
    ]
    assert len(shown) > 10
    for each in shown:
        assert each.__dataclass_params__.frozen
        for kind in get_type_hints(each).values():
            foreign = {part for part in parts(kind) if part not in (*plain, *shown, ...)}
            assert foreign == set(), each


def test_a_draw_by_weights_is_told_as_what_it_is_and_not_by_last_tickets(site):
    town = site.town
    number = town.freeze(town.campaign(rates={}, total=12, weights={"A": 1, "B": 2, "C": 5, "D": 10}))
    town.commit(number)

    def told() -> None:
        for path in (f"/public/draws/{number}", f"/public/campaigns/{CODE}"):
            page = site.stranger().page(path)
            assert "这次按权重抽取：权重到顶的行必抽" in page
            assert not re.search("末位签号|签号最小|<code></code>", page), path

    told()
    town.open(number)
    town.execute(number)
    told()
    assert "这次按权重抽取" not in site.stranger().page("/public/register")


def test_what_is_public_is_the_same_on_both_databases(town):
    code, number = town.drawn()
    first, second = (target for _, target in town.visits(number)[:2])
    town.disclosed(number, first, "AMR")
    town.disclosed(number, second, "AMR")
    today = date(2026, 3, 9)
    with transaction(town.database, EVERYTHING) as session:
        page = disclosure.campaigns(session)
        assert [(each.code, each.state, each.pool) for each in page.rows] == [(code, "inspecting", 60)]
        assert disclosure.campaigns(session, "加油", "FIRE", 2026).total == 1
        assert [
            disclosure.campaigns(session, "加_").total,
            disclosure.campaigns(session, year=2025).total,
        ] == [0, 0]
        assert [each.code for each in disclosure.campaign(session, code, today).campaign.joining] == [
            "FIRE",
            "EM",
        ]
        assert {p.department: p.disclosed for p in disclosure.campaign(session, code, today).progress} == {
            "AMR局": 2,
            "FIRE局": 0,
            "EM局": 0,
        }
        found = disclosure.results(session, size=1)
        assert (found.total, found.last, [each.target_code for each in found.rows]) == (2, 2, [second])
        assert [each.target_code for each in disclosure.results(session, number=2, size=1).rows] == [first]
        assert disclosure.results(session, campaign_code=code).total == 2
        [count] = disclosure.register_counts(session, 2026)
        assert (count.numbers, count.void_numbers, count.changes.recused) == (1, 0, 0)
        assert count.changes.pairs == 3 * 2 * count.changes.targets  # three departments, two to a team
        assert disclosure.register(session, today, "FIRE").total == 0
        assert [each.number for each in disclosure.register(session, today, "AMR", 2026).rows] == [number]
        with refuses("result.unknown"):
            disclosure.result(session, 10**6)
        with refuses("campaign.unknown"):
            disclosure.results(session, campaign_code="nothing")


def test_a_campaign_is_found_by_each_department_that_takes_part_and_its_results_lead_to_each_other(site):
    code, number = site.town.drawn()
    target = site.town.visits(number)[0][1]
    for department in ("AMR", "FIRE"):
        site.town.disclosed(number, target, department)
    stranger = site.stranger()
    page = stranger.page("/public/campaigns?department=FIRE")
    assert code in page
    assert '<option value="FIRE" selected>' in page
    first, second = result_pages(site)
    assert (f'href="{second}"' in stranger.page(first), f'href="{first}"' in stranger.page(second)) == (
        True,
        True,
    )


def test_results_of_the_known_lists_have_their_english():
    assert [each["name"] for each in read_result_codes() if each["name"] not in WORDS["result_name"]] == []


def test_a_persons_code_is_neither_shown_nor_found(site):
    _, number = site.town.drawn()
    target = site.town.visits(number)[0][1]
    site.town.disclosed(number, target, "AMR")
    assert target in site.stranger().page("/public/results")
    with transaction(site.town.database, EVERYTHING) as session:
        session.scalars(select(Target).where(Target.code == target)).one().kind = "person"
    assert target not in everything_public(site)
    assert "没有公示的结果" in site.stranger().page(f"/public/results?q={target}")


def test_a_page_of_the_portal_takes_as_many_questions_whatever_its_length(site):
    """No list asks the database once for every row."""
    from sqlalchemy import event

    _, number = site.town.drawn()

    def questions(path: str) -> int:
        asked: list[str] = []
        database = site.app.extensions["yaohao.database"]
        listen = lambda *told: asked.append(told[2])  # noqa: E731
        event.listen(database, "before_cursor_execute", listen)
        site.stranger().page(path)
        event.remove(database, "before_cursor_execute", listen)
        return len(asked)

    targets = [target for _, target in site.town.visits(number)]
    site.town.disclosed(number, targets[0], "AMR")
    before = questions("/public/results")
    for target in targets[1:4]:
        site.town.disclosed(number, target, "AMR")
    assert questions("/public/results") == before


def test_nonsense_in_an_address_is_no_fault_of_ours(site):
    stranger = site.stranger()
    for path in ("campaigns", "results", "register"):
        for asked in (
            "page=x",
            "page=-3",
            "page=99999999999999999999",
            "year=99999",
            "year=x",
        ):
            assert stranger.get(f"/public/{path}?{asked}").status_code == 200, (path, asked)
    for path in (
        "results/0",
        "results/99999999999999999999",
        "draws/x",
        "commitments/1/x",
        "campaigns/x",
        "results?campaign=x",
    ):
        assert stranger.get(f"/public/{path}").status_code == 404, path


def test_the_verifier_is_downloaded_by_anybody_and_accepts_the_draw(site, tmp_path):
    import subprocess
    import sys
    import zipfile

    _, number = site.town.drawn()
    program, bundle = tmp_path / "verifier.py", tmp_path / "bundle.zip"
    program.write_bytes(site.stranger().get("/public/verifier.py").data)
    with zipfile.ZipFile(bundle, "w") as packed:
        for name, content in site.town.bundle(number).items():
            packed.writestr(name, content)
    done = subprocess.run([sys.executable, "-I", str(program), str(bundle)], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
