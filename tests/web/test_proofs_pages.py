"""The pages of public bundles and proofs: what a target and a stranger see there, and that nothing else leaks."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from html import unescape
from http.client import HTTPConnection
from types import SimpleNamespace
from urllib.parse import quote, urlencode

import pytest
import segno
from sqlalchemy import select, text

from data import database as databases
from data.models import Inspector, Person, Target, User
from matching.proofs import check_target_proof
from scheduler.inspection import proof_codes, public_bundles
from scheduler.transaction import EVERYTHING, transaction
from tests.crawl import Page, walk
from tests.scheduler.test_proofs import ALONE, draw_id, drawn_ids, undrawn_id
from tests.serving import served
from tests.site import Reader, Site

CODE = re.compile(r'class="code-given"[^>]*>([0-9A-Z-]{19})<')
TOKEN = re.compile(r"/public/proofs/([\w-]{32})")
CHINESE = re.compile("[\u4e00-\u9fff]")


def closed(site: Site) -> str:
    """The number of a draw whose campaign is closed, with its public bundle."""
    _, number = site.town.closed()
    assert [ran.outcome for ran in site.run_jobs()] == ["done"]
    return number


def given_code(site: Site, number: str, target: str, login: str = "amr.registrar") -> str:
    answer = site.reader(login).post(f"/draws/{draw_id(site.town, number)}/proof-code", target=target)
    assert answer.status_code == 200, answer.text
    return CODE.search(answer.text)[1]


def notice_of(site: Site, number: str, login: str = "amr.planner", **settings: str) -> str:
    visit = site.town.visits(number)[0][0]
    answer = site.reader(login).post(f"/visits/{visit}/notice", **settings)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_stranger_downloads_the_bundle_whose_digest_the_page_shows(site):
    number = closed(site)
    stranger = site.stranger()
    content = stranger.get(f"/public/bundles/{number}").data
    page = stranger.page(f"/public/draws/{number}")
    assert sha256(content).hexdigest() in page
    assert f'href="/public/bundles/{quote(number)}"' in page
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        assert "README.txt" in bundle.namelist()


def test_before_the_campaign_is_closed_there_is_neither_bundle_nor_a_form_for_codes(site):
    _, number = site.town.drawn(**ALONE)
    answer = site.stranger().get(f"/public/bundles/{number}")
    assert (answer.status_code, "任务结束之后才公开" in answer.text) == (404, True)
    assert "任务结束、全部检查公示或作废之后公开" in site.stranger().page(f"/public/draws/{number}")
    shown = f"/draws/{draw_id(site.town, number)}"
    assert "proof-code" not in site.reader("amr.planner").page(shown)
    for target in (drawn_ids(site.town, number)[0], undrawn_id(site.town, number)):
        refused = site.reader("amr.planner").post(f"{shown}/proof-code", target=target)
        assert (refused.status_code, "draw.not_public" in refused.text) == (409, True)
    assert site.reader("amr.planner").post(f"{shown}/public-bundle").status_code == 409


def test_a_bundle_that_nobody_has_asked_for_is_asked_for_on_the_page_of_the_draw(site):
    """As of a campaign that was closed before there were any."""
    from data.models import Job

    _, number = site.town.closed()
    with transaction(site.town.database, EVERYTHING) as session:
        for each in session.scalars(select(Job)):
            session.delete(each)
    planner, shown = site.reader("amr.planner"), f"/draws/{draw_id(site.town, number)}"
    public = f"/public/draws/{number}"
    assert "制作公开证据包" in planner.page(shown)
    page = site.stranger().page(public)
    assert ("公开证据包还没有制作" in page, "任务结束、全部检查公示" in page) == (True, False)
    assert "制作公开证据包" not in site.reader("amr.auditor").page(shown)
    job = planner.does(f"{shown}/public-bundle")
    assert "正在制作" in planner.page(shown)
    assert "公开证据包正在制作" in site.stranger().page(public)
    refused = site.stranger().get(f"/public/bundles/{number}")
    assert (refused.status_code, "public_bundle.not_made" in refused.text) == (404, True)
    site.run_jobs()
    assert "公众门户上的公开证据包" in planner.page(job)
    assert "公开证据包已在公众门户公开" in planner.page(shown)
    assert site.stranger().get(f"/public/bundles/{number}").status_code == 200


def test_a_bundle_whose_job_failed_is_told_so_and_asked_for_again(site, monkeypatch):
    _, number = site.town.closed()
    with monkeypatch.context() as broken:
        broken.setattr(public_bundles.audit, "check_bundle", lambda _: SimpleNamespace(wrong=True))
        assert [ran.outcome for ran in site.run_jobs()] == ["failed"]
    planner, shown = site.reader("amr.planner"), f"/draws/{draw_id(site.town, number)}"
    page = planner.page(shown)
    assert ("上次制作公开证据包没有成功" in page, "/jobs/" in page, f"{shown}/public-bundle" in page) == (
        True,
    ) * 3
    assert "公开证据包还没有制作" in site.stranger().page(f"/public/draws/{number}")
    planner.does(f"{shown}/public-bundle")
    site.run_jobs()
    assert "没有成功" not in planner.page(shown)
    assert site.stranger().get(f"/public/bundles/{number}").status_code == 200


def test_a_bundle_that_never_comes_is_not_promised(site):
    with transaction(site.town.database, EVERYTHING) as session:
        for row in session.scalars(select(Target)):
            row.kind = "person"
    _, number = site.town.closed()
    refused = site.stranger().get(f"/public/bundles/{number}")
    assert (refused.status_code, "其中会写出自然人" in refused.text, "任务结束" in refused.text) == (
        404,
        True,
        False,
    )
    for page in (
        site.stranger().page(f"/public/draws/{number}"),
        site.reader("amr.planner").page(f"/draws/{draw_id(site.town, number)}"),
    ):
        assert "证据会写出自然人，不公开证据包" in page
        assert "任务结束、全部检查公示" not in page


def test_who_may_not_print_a_notice_is_refused_for_want_of_rights(site):
    _, number = site.town.drawn(**ALONE)
    visit = site.town.visits(number)[0][0]
    team = site.town.team(visit)
    other = next(f"amr{n:03d}" for n in range(6) if f"amr{n:03d}" not in team)
    answer = site.reader(other).post(f"/visits/{visit}/notice")
    assert (answer.status_code, "notice.not_of_the_team" in answer.text) == (403, True)


def test_a_notice_says_who_comes_for_what_and_leads_to_the_proof(site):
    _, number = site.town.drawn(**ALONE)
    notice = unescape(notice_of(site, number))
    visit, target = site.town.visits(number)[0]
    team = site.town.team(visit)
    said = (
        "检查通知书",
        "加油站部门联合抽查",
        number,
        "AMR局",
        target,
        "AMR检查事项",
        "申请其回避",
        *map(str.upper, team),
    )
    assert [each for each in said if each not in notice] == []
    path = f"/public/proofs/{TOKEN.search(notice)[1]}"
    code = segno.make(f"http://localhost{path}", error="m", micro=False)
    assert code.svg_data_uri(scale=4, border=4, dark="#000") in notice
    page = Page(site.stranger().page(path)).text
    assert "本户的签号不大于末位签号，所以抽中" in page
    content = site.stranger().get(f"{path}/proof.json").data
    assert check_target_proof(content).target == target
    assert len(content) <= 2_048
    assert len(TOKEN.search(notice)[1]) * 6 >= 128


def test_the_address_of_a_notice_is_the_one_that_the_installation_tells(small_town):
    site = Site(small_town, public_address="https://cha.example.gov.cn")
    _, number = small_town.drawn(**ALONE)
    assert "https://cha.example.gov.cn/public/proofs/" in notice_of(site, number)
    site.close()


def test_a_notice_printed_again_has_another_token_and_both_are_good(site):
    _, number = site.town.drawn(**ALONE)
    tokens = {TOKEN.search(notice_of(site, number))[1] for _ in range(2)}
    assert len(tokens) == 2
    assert all(site.stranger().get(f"/public/proofs/{token}").status_code == 200 for token in tokens)


def test_the_page_of_a_visit_offers_the_notice_to_who_may_print_it(site):
    _, number = site.town.drawn(**ALONE)
    visit = site.town.visits(number)[0][0]
    team = site.town.team(visit)
    other = next(f"amr{n:03d}" for n in range(6) if f"amr{n:03d}" not in team)
    for login, offered in (("amr.planner", True), (team[0], True), (other, False), ("amr.auditor", False)):
        assert (f"/visits/{visit}/notice" in site.reader(login).page(f"/visits/{visit}")) == offered


def redeem(reader: Reader, number: str, target: str, code: str):
    return reader.post("/public/proof", number=number, target=target, code=code)


def test_a_target_that_was_not_drawn_comes_to_its_proof_by_its_code(site):
    number = closed(site)
    target = undrawn_id(site.town, number)
    code = given_code(site, number, target)
    stranger = site.stranger()
    assert number in unescape(stranger.page(f"/public/proof?number={number}"))
    answer = redeem(stranger, number, target, code)
    assert answer.status_code == 303
    path = answer.headers["Location"]
    assert "所以抽取时没有抽中" in stranger.page(path)
    assert not check_target_proof(stranger.get(f"{path}/proof.json").data).drawn
    assert "每一户被抽中的机会都是 1/15 · ≈6.67%" in stranger.page(path)


def test_whatever_is_wrong_the_answer_is_the_same(site):
    number = closed(site)
    target, drawn = undrawn_id(site.town, number), drawn_ids(site.town, number)[0]
    used, stranger = given_code(site, number, target), site.stranger()
    assert redeem(stranger, number, target, used).status_code == 303
    ended, code = given_code(site, number, target), given_code(site, number, target)
    answers = {
        (answer.status_code, re.sub(r"请求号.*?</code>", "", answer.text))
        for wrong in (
            (number, target, "0000-0000-0000-0000"),
            (number, target, used),
            (number, target, ended),
            (number, drawn, code),
            (number, "T9999", code),
            ("AMR〔2026〕9", target, code),
            ("", "", ""),
        )
        for answer in [redeem(stranger, *wrong)]
    }
    assert len(answers) == 1
    assert next(iter(answers))[0] == 422


def test_too_many_attempts_are_told_to_wait(site, monkeypatch):
    monkeypatch.setattr(proof_codes, "MOST", 2)
    stranger = site.stranger()
    assert [redeem(stranger, "n", "t", "c").status_code for _ in range(3)] == [422, 422, 429]
    told = redeem(stranger, "n", "t", "c")
    assert (told.headers["Retry-After"], "15 分钟后再试" in told.text) == ("900", True)
    english = redeem(site.stranger(english=True), "n", "t", "c")
    assert "try again in 15 minutes" in english.text


def test_a_page_that_is_for_one_reader_is_kept_by_nobody_and_found_by_no_search(site):
    _, number = site.town.drawn(**ALONE)
    token = TOKEN.search(notice_of(site, number))[1]
    answer = site.stranger().get(f"/public/proofs/{token}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert 'name="robots" content="noindex"' in answer.text
    for path in (f"/public/proofs/{token[:-1]}", "/public/proofs/x", f"/public/proofs/{token}x/proof.json"):
        assert site.stranger().get(path).status_code == 404


def pages_of_strangers(site: Site, number: str, english: bool) -> dict[str, str]:
    """Everything that a stranger comes to: by links, with a token, with a code, and what he is refused with."""
    stranger = site.stranger(english)
    told = {path: page.html for path, page in walk(site, None, english).items()}
    for path in (f"/public/bundles/{number}x", "/public/proofs/x", "/public/draws/x", "/nothing"):
        told[path] = stranger.get(path).text
    told["refused"] = redeem(stranger, number, "T0001", "x").text
    target, drawn = undrawn_id(site.town, number), site.town.visits(number)[0][1]
    for each in (target, drawn):
        path = redeem(stranger, number, each, given_code(site, number, each)).headers["Location"]
        told[each] = stranger.page(path) + stranger.get(f"{path}/proof.json").text
    with zipfile.ZipFile(io.BytesIO(stranger.get(f"/public/bundles/{number}").data)) as bundle:
        told["bundle"] = "\n".join(bundle.read(name).decode() for name in bundle.namelist())
    return told


def plant(site: Site) -> list[str]:
    """Put marks into everything that is not public."""
    with transaction(site.town.database, EVERYTHING) as session:
        for row in session.scalars(select(Target)):
            row.name, row.address, row.business = f"第<{row.code}>户", "canary-address", "canary-13800138000"
        for person in session.scalars(select(Person)):
            person.name = f"canary-person-{person.id}"
        for inspector in session.scalars(select(Inspector)):
            inspector.name = f"canary-inspector-{inspector.id}"
    return ["canary", site.town.secrets.salt_secret.hex(), "7a7a7a7a7a"]


@pytest.mark.parametrize("english", [False, True])
def test_no_canary_is_on_a_page_in_a_bundle_in_a_proof_or_in_a_refusal(site, english):
    marks = plant(site)
    number = closed(site)
    pages = pages_of_strangers(site, number, english)
    drawn = drawn_ids(site.town, number)
    with transaction(site.town.database, EVERYTHING) as session:
        marks += [code for code in session.scalars(select(Inspector.code)) if code]
        # a login such as amr000 is part of nothing else
        marks += [login for login in session.scalars(select(User.login)) if re.fullmatch(r"[a-z]+\d+", login)]
        targets = {each.code: each.name for each in session.scalars(select(Target))}
    undrawn = undrawn_id(site.town, number)
    for path, told in pages.items():
        own = {*drawn, undrawn} if path == undrawn else set(drawn)
        hidden = [
            *marks,
            *(code for code in targets if code not in own and not (path == "refused" and code == "T0001")),
        ]
        assert [each for each in hidden if each in told] == [], path
    assert unescape(pages["bundle"]).count("第<") == 4
    # of a proof also nothing of what was drawn besides
    others = [code for code in targets if code != undrawn]
    assert [code for code in others if code in pages[undrawn]] == []
    assert undrawn in pages[undrawn]


def test_the_pages_of_a_proof_are_in_one_language(site):
    _, number = site.town.drawn(**ALONE)
    token = TOKEN.search(notice_of(site, number))[1]
    with transaction(site.town.database, EVERYTHING) as session:
        names = list(session.scalars(select(Target.name)))
    said = Page(site.stranger(english=True).page(f"/public/proofs/{token}")).text
    for each in (*sorted(names, key=len, reverse=True), "加油站部门联合抽查", number):
        said = said.replace(each, "")
    assert not CHINESE.search(said), said
    visit = site.town.visits(number)[0][0]
    notice = Page(site.reader("amr.planner", english=True).post(f"/visits/{visit}/notice").text).text
    for each in (
        "检查员",
        "加油站部门联合抽查",
        "局",
        "检查事项",
        "《某某法》第一条",
        "小镇",
        *sorted(names, key=len, reverse=True),
    ):
        notice = notice.replace(each, "")
    assert not CHINESE.search(notice.replace("〔2026〕", "").replace("2026-加油站", "")), notice


@contextmanager
def connected(site: Site) -> Iterator[HTTPConnection]:
    """A connection to the real server over a site."""
    with (
        served(site.app) as address,
        closing(HTTPConnection(address.removeprefix("http://"), timeout=30)) as connection,
    ):
        yield connection


def test_the_server_logs_neither_a_code_nor_the_address_of_a_proof(site, caplog, capfd):
    number = closed(site)
    target = undrawn_id(site.town, number)
    with caplog.at_level("DEBUG"), connected(site) as connection:
        code = given_code(site, number, target)
        connection.request("GET", "/public/proof")
        page = connection.getresponse()
        [token] = re.findall(r'name="csrf_token" value="([^"]+)"', page.read().decode())
        form = {"csrf_token": token, "number": number, "target": target, "code": code}
        headers = {
            "Cookie": page.headers["Set-Cookie"].partition(";")[0],
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection.request("POST", "/public/proof", urlencode(form), headers)
        taken = connection.getresponse()
        path = taken.headers["Location"]
        taken.read()
        for address in (path, f"{path}/proof.json", f"{path}x"):
            connection.request("GET", address)
            connection.getresponse().read()
        site.app.logger.warning("something else is logged")
    told = caplog.text + "".join(capfd.readouterr())
    assert "something else is logged" in told
    assert TOKEN.search(path)[1] not in told
    assert code not in told


def test_a_notice_and_a_code_warn_on_the_screen_where_their_address_may_not_reach_the_public(site):
    number = closed(site)
    visit, shown = site.town.visits(number)[0][0], f"/draws/{draw_id(site.town, number)}/proof-code"
    known = Site(site.town, public_address="https://cha.example.gov.cn")
    for each, warns in ((site, True), (known, False)):
        planner = each.reader("amr.planner")
        notice = planner.post(f"/visits/{visit}/notice").text
        assert ('<p class="screen warning"' in notice) == warns  # what is `screen` is not printed
        given = planner.post(shown, target=undrawn_id(site.town, number)).text
        assert ("alert-warning d-print-none" in given) == warns
        assert ("YAOHAO_PUBLIC_ADDRESS" in notice, "YAOHAO_PUBLIC_ADDRESS" in given) == (warns, warns)
    known.close()


def test_a_notice_is_rendered_while_others_write(site, monkeypatch):
    _, number = site.town.drawn(**ALONE)
    visit = site.town.visits(number)[0][0]
    monkeypatch.setattr(databases, "BUSY_SECONDS", 0)
    make, written = segno.make, []

    def meanwhile(*given, **options):
        with transaction(site.town.database, EVERYTHING) as session:
            session.execute(text("UPDATE department SET name = name WHERE code = 'EM'"))
        written.append(given)
        return make(*given, **options)

    monkeypatch.setattr(segno, "make", meanwhile)
    assert site.reader("amr.planner").post(f"/visits/{visit}/notice").status_code == 200
    assert len(written) == 1


def test_the_notice_and_the_proof_of_a_draw_by_weights_tell_of_no_last_ticket(site):
    _, number = site.town.drawn(**ALONE | {"total": 12, "weights": {"A": 1, "B": 2, "C": 5, "D": 10}})
    notice = unescape(notice_of(site, number))
    assert "末位签号" not in notice
    page = Page(site.stranger().page(f"/public/proofs/{TOKEN.search(notice)[1]}")).text
    assert "这次抽取按权重" in page
    assert not re.search("末位签号|签号最小", page)
