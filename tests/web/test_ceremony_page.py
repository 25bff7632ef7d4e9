"""The ceremony's screen: it shows what the room may see, keeps nothing, and takes the entries by the rules of the draw."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from sqlalchemy import select, update

from data.models import Inspector, Target
from data.queries import draws
from scheduler.accounts import disable, find_user
from scheduler.inspection import ceremony, drawing
from scheduler.transaction import EVERYTHING, transaction
from tests.crawl import Page
from tests.keepers import ONE, TWO, opens, to_entropy, with_custodians
from tests.site import Site
from tests.town import DICE, TEXT, Town
from web.words import WORDS

SMALL = {"rates": {}, "total": 6, "strata_by": "none"}
OTHER_DICE = "d10x20:31415926535897932999"
PART = {"HX-Request": "true"}
INSIDERS = ("amr.planner", "amr.approver", "fire.planner", "em.auditor", "notary")


def said(page: str) -> str:
    """What stands on a page, without its tags."""
    return " ".join(" ".join(Page(page).said).split())


def screen(town: Town, number: str) -> str:
    """The address of a draw's screen."""
    with transaction(town.database, EVERYTHING) as session:
        return f"/draws/{draws.draw_by_number(session, number).id}/ceremony"


def entering(site: Site, **other) -> tuple[str, str]:
    """A draw of which the reveals are closed: its number, and its screen."""
    town = site.town
    number = town.freeze(town.campaign(**SMALL | other))
    town.commit(number)
    town.pass_time(hours=1)
    town.do("notary", lambda desk: drawing.reveal_text(desk, drawing.find_draw(desk, number), TEXT))
    town.do("amr.planner", lambda desk: drawing.close_reveals(desk, drawing.find_draw(desk, number)))
    return number, screen(town, number)


def enter(town: Town, number: str, login: str, dice: str = DICE) -> None:
    town.do(login, lambda desk: drawing.enter_entropy(desk, drawing.find_draw(desk, number), dice))


def stage(page: str) -> str:
    """The stage that a screen has come to by itself."""
    found = re.search(r'class="body body-(\w+)"', page)
    assert found
    return found[1]


def digits(digest: str) -> str:
    """A digest as it stands on the screen."""
    return " ".join(digest[start : start + 4] for start in range(0, 64, 4))


# It keeps nothing


def test_the_screen_stands_where_the_draw_stands_though_the_service_restarts_at_every_step(town):
    """Between any two steps the whole application is made anew over the same database."""

    def restarted() -> Site:
        return Site(town)

    def look(login: str = "notary") -> str:
        site = restarted()
        page = site.reader(login).page(path)
        site.close()
        return page

    def act(login: str, where: str, **form: str) -> None:
        site = restarted()
        leads = site.reader(login).does(f"{draw}/{where}", room="ceremony", **form)
        assert leads == path
        site.run_jobs()
        site.close()

    number = town.freeze(town.campaign())
    path = screen(town, number)
    draw = path.removesuffix("/ceremony")
    page = look()
    assert (stage(page), "现在：等待见证人承诺" in said(page)) == ("fixed", True)
    act("notary", "promise", digest=drawing.promise_of(TEXT))
    assert "由计划员生成承诺值" in said(look())
    act("amr.planner", "commit")
    with transaction(town.database, EVERYTHING) as session:
        kept = draws.commitment_of(session, int(draw.rsplit("/", 1)[1]), 1).digest
    page = look()
    assert (stage(page), digits(kept) in said(page)) == ("commitment", True)
    town.pass_time(minutes=10)
    act("amr.planner", "publish", place="市政府门户网站", time="2026-03-02T09:05:00")
    assert (stage(look()), "市政府门户网站" in said(look("amr.planner"))) == ("witnesses", False)
    act("notary", "reveal", text=TEXT)
    assert "✓ 已揭示" in look()
    act("amr.planner", "close")
    assert stage(look()) == "entropy"
    act("amr.planner", "entropy", entropy="3141 5926 5358 9793 2384")
    page = look()
    assert (
        page.count("place filled"),
        "第 1 人 ✓" in said(page) or "已录入 2026-03-02 09:10" in said(page),
    ) == (1, True)
    act("notary", "entropy", entropy=DICE)
    with transaction(town.database, EVERYTHING) as session:
        seed = draws.opening_of(session, int(draw.rsplit("/", 1)[1]), 1).seed
    page = look()
    assert (stage(page), digits(seed) in said(page)) == ("opening", True)
    act("amr.planner", "execute")
    page = look()
    assert (stage(page), "抽取完成" in said(page)) == ("tickets", True)
    with transaction(town.database, EVERYTHING) as session:
        drawn = draws.drawn(session, int(draw.rsplit("/", 1)[1]))
        most = ceremony.TICKETS_SHOWN
        assert [each.ticket for each in drawn if each.rank <= most and each.ticket not in page] == []
        beyond = [each for each in drawn if each.rank > most]
        assert {each.rank for each in beyond if each.ticket in page} == {
            15
        }  # the threshold of a whole stratum


def test_a_screen_that_shows_the_same_already_is_answered_with_nothing(site):
    number, path = entering(site)
    reader = site.reader("notary")
    first = reader.get(path, **PART)
    assert (first.status_code, "<header" in first.text, "data-part" in first.text) == (200, False, True)
    again = reader.get(path, **PART, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert f'data-tag="{first.headers["ETag"].strip(chr(34))}"' in reader.page(path)
    # a whole page is never answered with nothing: a reload shows it
    assert reader.get(path, **{"If-None-Match": first.headers["ETag"]}).status_code == 200
    enter(site.town, number, "amr.planner")
    changed = reader.get(path, **PART, **{"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]
    english = site.reader("notary", english=True).get(
        path, **PART, **{"If-None-Match": changed.headers["ETag"]}
    )
    assert english.status_code == 200


def test_any_stage_can_be_looked_at_and_one_that_is_not_there_is_the_one_come_to(site):
    _, path = entering(site)
    reader = site.reader("notary")
    for each in ceremony.STAGES:
        assert stage(reader.page(f"{path}?stage={each}")) == each
    assert stage(reader.page(f"{path}?stage=nothing")) == "entropy"
    assert stage(reader.page(f"{path}?stage=entry")) == "entry"
    assert (
        stage(site.reader("em.auditor").page(f"{path}?stage=entry")) == "entropy"
    )  # he has nothing to enter


def test_a_draw_of_others_has_no_screen_for_strangers_to_it(site):
    number = site.town.freeze(
        site.town.campaign(**SMALL | {"items": ["AMR/A01"], "departments": [{"code": "AMR"}]})
    )
    path = screen(site.town, number)
    assert site.reader("em.planner").get(path).status_code == 404
    assert site.stranger().get(path).status_code == 303
    assert f'href="{path}"' in site.reader("amr.planner").page(path.removesuffix("/ceremony"))


# What the room may see


def test_what_is_fixed_is_told_with_the_probability_of_every_stratum_before_anything_is_drawn(site):
    town = site.town
    number = town.freeze(town.campaign())
    path = screen(town, number)
    page = site.reader("notary").page(path)
    before = said(page)
    for each in (
        "2/15 · ≈13.33%",
        "1/5 · 20%",
        "2/5 · 40%",
        "100%",
        "十面骰掷 20 次",
        "2026-06-30",
        "生成承诺值时封存",
    ):
        assert each in before
    table = re.compile(r'<table class="strata">.*?</table>', re.DOTALL)
    [counted] = table.findall(page)
    town.commit(number)
    page = site.reader("notary").page(f"{path}?stage=fixed")
    assert table.findall(page) == [counted]  # sealed as it was counted
    told = said(page)
    with transaction(town.database, EVERYTHING) as session:
        drawn = draws.draw_by_number(session, number)
        sealed = draws.commitment_of(session, drawn.id, 1).told
    for digest in re.findall(r'"digest":"(\w{64})"', sealed):
        assert digits(digest) in told


def marked(town: Town) -> None:
    """Names and codes that no screen may show are such that they are found in it."""
    with transaction(town.database, EVERYTHING) as session:
        for target in session.scalars(select(Target)):
            target.name = f"canary-target-{target.code}"
        for person in session.scalars(select(Inspector)):
            person.name = f"canary-inspector-{person.code}"


def test_no_target_no_inspector_no_class_and_no_secret_is_on_any_stage_for_anybody(site):
    town = site.town
    marked(town)
    number = town.freeze(town.campaign())
    path = screen(town, number)
    secrets = [town.secrets.secret.hex(), town.secrets.salt_secret.hex()]

    def nothing_shows(*more: str) -> None:
        for login in INSIDERS:
            reader = site.reader(login)
            for each in (*ceremony.STAGES, "entry"):
                page = reader.page(f"{path}?stage={each}")
                assert [word for word in ("canary", *secrets, *more) if word in page] == [], (login, each)
                assert re.findall(r"T00\d\d|(?:AMR|FIRE|EM)00\d", page) == []
                told = page.replace("按信用风险分类分层；类别不公开，故以代码代替", "")
                assert not re.search("信用风险|>[ABCD]<|[ABCD] 类", told), (login, each)

    nothing_shows(TEXT)
    town.commit(number)
    nothing_shows(TEXT)
    town.pass_time(hours=1)
    town.do("notary", lambda desk: drawing.reveal_text(desk, drawing.find_draw(desk, number), TEXT))
    town.do("amr.planner", lambda desk: drawing.close_reveals(desk, drawing.find_draw(desk, number)))
    enter(town, number, "amr.planner")
    first = DICE.partition(":")[2]
    nothing_shows(TEXT, first, first[:4], "31415 926")
    enter(town, number, "notary", OTHER_DICE)
    second = OTHER_DICE.partition(":")[2]
    nothing_shows(TEXT, first, second, first[:4])
    enter(town, number, "amr.planner")
    enter(town, number, "notary")
    nothing_shows()
    town.execute(number)
    nothing_shows()
    town.dispatch(town.outline()["code"])
    nothing_shows()


def test_the_screen_shows_the_same_whoever_is_logged_in_at_it(site):
    town = site.town
    number = town.freeze(town.campaign())
    path = screen(town, number)
    town.commit(number)
    town.open(number)
    town.execute(number)
    for each in ceremony.STAGES:
        shown = {site.reader(login).get(f"{path}?stage={each}", **PART).text for login in INSIDERS}
        assert len(shown) == 1, each


def test_who_may_enter_sees_the_button_and_the_others_the_same_without_it(site):
    _, path = entering(site)
    button = re.compile(r"<p><a class=\"btn btn-primary act-large\".*?</p>")
    planner = site.reader("amr.planner").get(path, **PART).text
    auditor = site.reader("em.auditor").get(path, **PART).text
    assert len(button.findall(planner)) == 1
    assert button.sub("", planner).split() == auditor.split()


# Entries


def test_the_entry_of_the_screen_is_taken_by_the_rules_of_the_draw(site):
    _, path = entering(site)
    draw = path.removesuffix("/ceremony")
    planner, notary = site.reader("amr.planner"), site.reader("notary")
    page = planner.page(f"{path}?stage=entry")
    assert 'name="entropy" type="text" required' in page  # a plain field, where there are no scripts
    assert "第一人录入" in page
    for wrong in ("123", "3141 5926 5358 9793 238x", "d6x25:1234561234561234561234561"):
        refused = planner.post(f"{draw}/entropy", room="ceremony", entropy=wrong)
        assert refused.status_code == 422, wrong
    assert planner.does(f"{draw}/entropy", room="ceremony", entropy="31415 92653 58979 32384") == path
    assert planner.post(f"{draw}/entropy", room="ceremony", entropy=DICE).status_code == 409
    assert "第二人录入" in notary.page(f"{path}?stage=entry")
    assert notary.does(f"{draw}/entropy", room="ceremony", entropy="31415926535897932384") == path
    assert "3</span><span>1</span><span>4</span>" in planner.page(path)


def test_entries_that_differ_are_told_by_their_places_and_not_by_what_stood_there(site):
    number, path = entering(site)
    enter(site.town, number, "amr.planner", DICE)
    enter(site.town, number, "notary", OTHER_DICE)
    told = said(site.reader("notary").page(path))
    assert "第 1 轮两次录入不一致，作废。 不同的位置：18、19、20" in told
    assert told.count("等待录入") == 2
    enter(site.town, number, "notary", DICE)
    assert "不同的位置" not in said(site.reader("amr.planner").page(path))


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("d10x20", 'data-cells="20" data-keys="0123456789"'),
        ("d6x25", 'data-cells="25" data-keys="123456"'),
        ("lottery:ssq:2026025+2026026", 'data-issues="2026025+2026026" data-balls="6/33 1/16"'),
        ("lottery:dlt:26025", 'data-issues="26025" data-balls="5/35 2/12"'),
        ("lottery:kl8:2026025", "data-pad data-cell-name"),
        ("beacon:52db9ba7:4567890", "data-pad data-cell-name"),
        ("text", "data-pad data-cell-name"),
    ],
)
def test_every_source_has_its_keys_or_a_plain_field(site, source, told):
    _, path = entering(site, entropy=source)
    page = site.reader("amr.planner").page(f"{path}?stage=entry")
    assert told in page
    assert page.count('name="entropy"') == 1


def test_custodians_are_awaited_by_number_and_nobody_has_disagreed(site):
    town = with_custodians(site.town)
    number = town.freeze(town.campaign(**SMALL))
    path = screen(town, number)
    town.commit(number)
    to_entropy(town, number)
    notary, english = site.reader("notary"), site.reader("notary", english=True)
    for needed, opener in ((2, ONE), (1, TWO)):
        page = notary.page(path)
        assert (stage(page), page.count("place filled"), "我来录入" in page) == ("entropy", 2, False)
        assert f"现在：等待保管人开启秘密，还需 {needed} 位保管人" in said(page)
        assert f"等待其中两位开启，还需 {needed} 位。" in said(page)
        assert "不一致" not in page
        assert f"Now: the custodians open the secret; custodians still needed: {needed}" in said(
            english.page(path)
        )
        opens(town, number, opener)
    assert (stage(notary.page(path)), "保管人" in notary.page(path)) == ("opening", False)


def test_custodians_are_not_awaited_where_two_entries_differed(site):
    town = with_custodians(site.town)
    number, path = entering(site)
    enter(town, number, "amr.planner", DICE)
    enter(town, number, "notary", OTHER_DICE)
    told = said(site.reader("notary").page(path))
    assert "第 1 轮两次录入不一致，作废。 不同的位置：18、19、20" in told
    assert "位保管人" not in told


def test_every_step_of_a_draw_has_its_words_on_the_screen():
    assert set(WORDS["ceremony_step"]) == set(WORDS["draw_step"]) - {"freeze"}


# By weights


def test_a_draw_by_weights_is_told_as_what_it_is_at_every_stage(site):
    town = site.town
    weights = {"A": 1, "B": 2, "C": 5, "D": 10}
    number = town.freeze(town.campaign(rates={}, total=30, weights=weights))
    path = screen(town, number)

    def told(name: str) -> str:
        page = site.reader("notary").page(f"{path}?stage={name}")
        assert not re.search("按比例抽取|签号最小|末位签号|不抽|<code></code>", page), name
        return said(page)

    assert "按权重共抽 30 户，每户的机会与权重成正比，到顶的必抽" in told("fixed")
    town.commit(number)
    town.open(number)
    town.execute(number)
    assert "按权重共抽 30 户" in told("fixed")
    after = told("tickets")
    with transaction(town.database, EVERYTHING) as session:
        drawn = Counter(each.stratum for each in draws.drawn(session, int(path.split("/")[2])))
    assert sum(drawn.values()) == 30
    assert [name for name, count in drawn.items() if f"{name} 抽中 {count} 户，按签号排列" not in after] == []
    assert "… 到第 15 位" in after  # all of D, whose weight is large enough to be certain
    assert "抽取点由种子算出，落在哪一行，哪一行抽中" in after
    assert 'class="last"' not in site.reader("notary").page(path)


# How it ends


def test_an_execution_that_failed_is_told_to_everybody_in_the_room_until_it_is_asked_for_again(site):
    town = site.town
    number, path = entering(site)
    for login in ("amr.planner", "notary"):
        enter(town, number, login)
    draw, failed = path.removesuffix("/ceremony"), "上一次执行失败，没有产生结果"
    site.reader("amr.planner").does(f"{draw}/execute", room="ceremony")
    for login in INSIDERS:
        assert "正在抽取" in site.reader(login).page(path), login
    with transaction(town.database, EVERYTHING) as session:
        disable(session, town.now, "amr.planner")
    assert [each.outcome for each in site.run_jobs()] == ["failed"]
    with transaction(town.database, EVERYTHING) as session:
        find_user(session, "amr.planner").state = "active"
    for login in INSIDERS:
        page = site.reader(login).page(path)
        assert (stage(page), failed in page, "正在抽取" in page) == ("opening", True, False), login
        assert "amr.planner" not in page  # which is why it failed, and nobody's business here
    planner = site.reader("amr.planner")
    assert "执行抽取</button>" in planner.page(path)
    planner.does(f"{draw}/execute", room="ceremony")
    assert failed not in planner.page(path)
    site.run_jobs()
    assert (stage(planner.page(path)), failed in planner.page(path)) == ("tickets", False)


def test_a_number_that_is_void_says_so_on_every_stage(site):
    number, path = entering(site)
    with site.town.at("amr.approver") as desk:
        drawing.void_number(desk, drawing.find_draw(desk, number), "entropy_failed", "骰子滚落")
    for each in ("", *ceremony.STAGES):
        told = said(site.reader("notary").page(f"{path}?stage={each}"))
        assert "编号已作废：随机数来源失效" in told
        assert "骰子滚落" not in told


def test_a_shortage_shows_the_tickets_and_that_nothing_is_paired(site):
    with transaction(site.town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like("EM%")).values(capacity=1))
    number, path = entering(site)
    for login in ("amr.planner", "notary"):
        enter(site.town, number, login)
    assert site.town.execute(number) == "short"
    page = site.reader("notary").page(path)
    assert stage(page) == "tickets"
    assert page.count('class="rank"') == 6
    assert "检查人员不足，尚未匹配" in said(page)
    assert "每户都已配好检查组" not in page


def test_a_seat_without_choice_is_called_so_on_the_screen(site):
    with transaction(site.town.database, EVERYTHING) as session:
        session.execute(
            update(Inspector).where(Inspector.code.in_(["EM001", "EM002"])).values(qualifications="")
        )
    number, path = entering(site)
    for login in ("amr.planner", "notary"):
        enter(site.town, number, login)
    site.town.execute(number)
    assert "6 席只有一人可选：不是随机" in said(site.reader("notary").page(path))
