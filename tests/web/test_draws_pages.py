"""A draw through its pages: planner, witness and approver live through it, and nobody sees what is not public yet."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from urllib.parse import quote

import pytest
from sqlalchemy import text, update

from data.models import DrawFile, Inspector, LedgerEntry
from data.queries import draws
from matching.verifier import verify
from scheduler.inspection import drawing, planning, recusal, visits
from scheduler.transaction import EVERYTHING, transaction
from tests.crawl import Page, data_of, without
from tests.programs import Program
from tests.site import Site
from tests.town import DICE, TEXT
from web.words import WORDS

SMALL = {"rates": {}, "total": 6, "strata_by": "none"}
WHY_CODES = "按信用风险分类分层；类别不公开，故以代码代替"
OTHER_DICE = "27182818284590452353"
PART = {"HX-Request": "true"}


def address(site: Site, number: str) -> str:
    with transaction(site.town.database, EVERYTHING) as session:
        return f"/draws/{draws.draw_by_number(session, number).id}"


def frozen(site: Site, **other) -> str:
    """The address of a draw whose lists are frozen."""
    return address(site, site.town.freeze(site.town.campaign(**SMALL | other)))


def number_of(site: Site, path: str) -> str:
    with transaction(site.town.database, EVERYTHING) as session:
        return draws.numbers(session, [int(path.rsplit("/", 1)[1])]).popitem()[1]


def committed(site: Site, **other) -> str:
    path = frozen(site, **other)
    site.town.commit(number_of(site, path))
    return path


def opened(site: Site, **other) -> str:
    path = committed(site, **other)
    site.town.open(number_of(site, path))
    return path


def short(site: Site) -> str:
    with transaction(site.town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like("EM%")).values(capacity=1))
    path = opened(site)
    site.town.execute(number_of(site, path))
    return path


def completed(site: Site, **other) -> str:
    path = opened(site, **other)
    site.town.execute(number_of(site, path))
    return path


def state(site: Site, path: str) -> str:
    number = number_of(site, path)
    return site.town.do("amr.planner", lambda desk: drawing.find_draw(desk, number).state)


def acts(page: str, path: str) -> set[str]:
    """The acts that a page has a form for."""
    return set(re.findall(rf'action="{path}/(\w+)"', page))


def told(site: Site, action: str) -> int:
    with transaction(site.town.database, EVERYTHING) as session:
        return session.query(LedgerEntry).filter_by(action=action).count()


def test_a_draw_is_lived_through_from_the_freeze_to_the_teams(site):
    planner, notary, approver = (site.reader(each) for each in ("amr.planner", "notary", "amr.approver"))
    code = site.town.campaign(**SMALL)
    path = planner.does(f"/draws/freeze/{code}")
    assert "等待见证人承诺：公证人" in planner.page(path)
    assert acts(notary.page(path), path) == {"promise"}
    assert notary.does(f"{path}/promise", digest=drawing.promise_of(TEXT)) == path
    assert acts(planner.page(path), path) == {"commit"}
    planner.does(f"{path}/commit")
    page = planner.page(path)
    with transaction(site.town.database, EVERYTHING) as session:
        commitment = draws.commitment_of(session, int(path.rsplit("/", 1)[1]), 1)
        digest, sealed = commitment.digest, json.loads(commitment.told)["tables"]
    assert f'data-copy="{digest}"' in page
    for table in sealed.values():
        assert table["digest"] in page
        assert table["root"] in page
    site.town.pass_time(minutes=10)
    planner.does(f"{path}/publish", place="市政府门户网站", time="2026-03-02T09:05:00")
    assert "市政府门户网站 · 2026-03-02 09:05" in notary.page(path)
    notary.does(f"{path}/reveal", text=f" {TEXT}　")
    planner.does(f"{path}/close")
    planner.does(f"{path}/entropy", entropy="3141 5926 5358 9793 2384")
    page = planner.page(path)
    assert "已录入，内容待另一人一致后公开" in page
    assert "AMR planner" in page
    notary.does(f"{path}/entropy", entropy=DICE)
    assert acts(approver.page(path), path) == set()
    job = planner.does(f"{path}/execute")
    assert re.fullmatch(r"/jobs/\d+", job)
    assert "正在抽取" in planner.page(path)
    assert [each.outcome for each in site.run_jobs()] == ["done"]
    page = planner.page(path)
    assert state(site, path) == "completed"
    assert page.count('class="nowrap">检查员') == 6 * 3 * 2  # three departments, two to a team
    assert planner.get(job, **PART).headers["HX-Redirect"] == path
    assert "已抽中 6 户。" in planner.page(path)


def test_the_menu_and_the_register_show_numbers_with_their_commitment(site):
    path = committed(site)
    planner = site.reader("amr.planner")
    page = planner.page("/draws/")
    assert f'href="{path}"' in page
    assert number_of(site, path) in page
    assert "逾期" not in page.split("<tbody>")[1]
    assert 'href="/draws/"' in planner.page("/campaigns/")
    site.town.pass_time(days=150)
    planner = site.reader("amr.planner")
    page = planner.page("/draws/")
    assert 'class="overdue"' in page
    assert "state-late" in planner.page(path)


def test_whoever_takes_part_finds_the_draw_in_another_register(site):
    path = frozen(site)
    for login in ("em.planner", "notary"):
        reader = site.reader(login)
        assert f'href="{path}"' not in reader.page("/draws/?of=own")
        assert f'href="{path}"' in reader.page("/draws/?of=other")
    assert f'href="{path}"' in site.reader("notary").page("/draws/")


def test_a_draw_of_another_department_is_not_there(site):
    path = frozen(site, items=["AMR/A01"], departments=[{"code": "AMR"}])
    for reader in (site.reader("em.planner"), site.reader("em.auditor")):
        for there in (path, "/draws/999"):
            assert reader.get(there).status_code == 404
        assert reader.post(f"{path}/entropy", entropy=DICE).status_code in (403, 404)
    assert site.stranger().get(path).status_code == 303


def test_a_department_that_declined_sees_no_evidence(site):
    town = site.town
    outline = town.outline(**SMALL)
    with town.at("amr.planner") as desk:
        campaign = planning.set_up_campaign(desk, outline)
        planning.invite(desk, campaign)
    for login, accept in (("fire.planner", True), ("em.planner", False)):
        with town.at(login) as desk:
            answer = planning.Answer(accept=accept, comment="忙")
            planning.answer(desk, planning.find_campaign(desk, outline["code"]), answer)
    with town.at("amr.planner") as desk:
        planning.submit(desk, planning.find_campaign(desk, outline["code"]))
    with town.at("amr.approver") as desk:
        planning.approve(desk, planning.find_campaign(desk, outline["code"]))
    path = address(site, town.freeze(outline["code"]))
    assert site.reader("fire.planner").get(path).status_code == 200
    declined = site.reader("em.planner")
    assert declined.get(path).status_code == 404
    assert path not in declined.page("/draws/?of=other")


def test_nothing_that_the_protocol_keeps_back_stands_on_any_page_before_the_seed(site):
    path = frozen(site)
    number, key = number_of(site, path), int(path.rsplit("/", 1)[1])
    readers = [site.reader(each) for each in ("amr.planner", "amr.approver", "amr.auditor", "notary")]
    secrets = [site.town.secrets.secret.hex(), site.town.secrets.salt_secret.hex(), TEXT, DICE.split(":")[1]]

    def nothing_shows(*but: str):
        for reader in readers:
            page = reader.page(path)
            assert [each for each in secrets if each in page and each not in but] == []

    nothing_shows()
    site.town.commit(number)
    nothing_shows()
    readers[3].does(f"{path}/reveal", text=TEXT)
    nothing_shows()
    readers[0].does(f"{path}/close")
    readers[0].does(f"{path}/entropy", entropy=DICE)
    nothing_shows()
    readers[3].does(f"{path}/entropy", entropy=OTHER_DICE)
    nothing_shows()
    assert OTHER_DICE not in "".join(reader.page(path) for reader in readers)
    readers[0].does(f"{path}/entropy", entropy=DICE)
    readers[3].does(f"{path}/entropy", entropy=DICE)
    with transaction(site.town.database, EVERYTHING) as session:
        seed = draws.opening_of(session, key, 1).seed
    for reader in readers:
        page = reader.page(path)
        assert all(each in page for each in (seed, TEXT, DICE))
        assert all(each not in page for each in secrets[:2])


def test_two_who_enter_differently_are_told_and_enter_again(site):
    path = committed(site)
    planner, notary = site.reader("amr.planner"), site.reader("notary")
    notary.does(f"{path}/reveal", text=TEXT)
    planner.does(f"{path}/close")
    planner.does(f"{path}/entropy", entropy=DICE)
    assert "enter" not in acts(planner.page(path), path)
    assert "entropy" not in acts(planner.page(path), path)
    assert planner.post(f"{path}/entropy", entropy=DICE).status_code == 409
    notary.does(f"{path}/entropy", entropy=OTHER_DICE)
    page = notary.page(path)
    assert "第 1 轮作废" in page
    assert "前 1 轮两次录入不一致" in page
    assert "entropy" in acts(planner.page(path), path)


def test_the_reveals_are_closed_with_something_lacking_only_for_who_says_so(site):
    path = frozen(site)
    site.reader("notary").does(f"{path}/promise", digest=drawing.promise_of(TEXT))
    planner = site.reader("amr.planner")
    planner.does(f"{path}/commit")
    page = planner.page(path)
    assert "等待见证人揭示：公证人" in page.split('<details id="forced">')[0]
    assert "还没有揭示：公证人" in page.split('<details id="forced">')[1].split("</details>")[0]
    assert "还没有登记公布" in page
    refused = planner.post(f"{path}/close", headers=PART)
    assert refused.status_code == 422
    assert "公证人" in refused.text
    assert state(site, path) == "committed"
    planner.does(f"{path}/close", final="1")
    page = planner.page(path)
    assert "缺席" in page
    assert page.count("（欠缺）") == 2
    assert "标为自行抽取" in page


def test_a_witness_who_lets_the_server_make_the_digest_must_say_that_he_knows(site):
    path = frozen(site)
    notary = site.reader("notary")
    refused = notary.post(f"{path}/promise", text=TEXT)
    assert refused.status_code == 422
    assert "witness.not_warned" in refused.text
    notary.does(f"{path}/promise", text=TEXT, warned="1")
    with transaction(site.town.database, EVERYTHING) as session:
        (promised,) = draws.promises(session, int(path.rsplit("/", 1)[1]), 1).values()
        assert promised.digest == drawing.promise_of(TEXT)
    assert notary.post(f"{path}/promise", text=TEXT, warned="1").status_code == 409


def test_the_line_that_a_witness_may_run_himself_makes_the_digest(site):
    page = site.reader("notary").page(frozen(site))
    line = re.search(
        r'id="one-line"[^>]*>python3 -c &#34;(.*?)&#34;<|id="one-line"[^>]*>python3 -c "(.*?)"<', page
    )
    program = (line[1] or line[2]).replace("&#39;", "'")
    made = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program], input=TEXT + "\n", capture_output=True, text=True,
        check=True, encoding="utf-8",
    )  # fmt: skip
    assert made.stdout.strip() == drawing.promise_of(TEXT)


@pytest.mark.parametrize("digest", ["", "abc", "Z" * 64])
def test_a_digest_that_is_none_is_refused_and_nothing_stands(site, digest):
    path = frozen(site)
    notary = site.reader("notary")
    assert notary.post(f"{path}/promise", digest=digest).status_code == 422
    assert "promise" in acts(notary.page(path), path)


def test_a_text_other_than_the_promised_reveals_nothing(site):
    path = committed(site)
    notary = site.reader("notary")
    assert notary.post(f"{path}/reveal", text="另外一段也足够长的文字，但不是承诺的").status_code == 422
    assert "已揭示" not in notary.page(path)


@pytest.mark.parametrize(
    "time", ["0001-01-01T00:00+23:00", "9999-12-31T23:59:59-23:00", "0001-01-01T00:00:00"]
)
def test_a_time_at_the_edge_of_the_calendar_is_refused_on_the_page_and_by_the_api(site, time):
    path = committed(site)
    response = site.reader("amr.planner").post(f"{path}/publish", place="市政府网站", time=time)
    assert response.status_code == 422
    program = Program(site, "amr.planner")
    draw = f"/draws/{path.rsplit('/', 1)[1]}"
    told = program.try_act(draw, "publish", {"place": "市政府网站", "published_at": time})
    assert told.status_code == 422, told.text


def test_a_publication_needs_a_place_and_a_time_after_the_commitment(site):
    path = committed(site)
    planner = site.reader("amr.planner")
    for place, time in (
        ("", "2026-03-02T09:05"),
        ("网站", "昨天"),
        ("网站", "2026-03-01T09:05"),
        ("网站", ""),
    ):
        assert planner.post(f"{path}/publish", place=place, time=time).status_code == 422
    told = planner.post(f"{path}/publish", place="网站", time="2026-03-01T09:05").text
    assert re.search(r"公布时间 2026-03-01 09:05 应在承诺（2026-03-02 \d\d:\d\d）之后", told)
    page = planner.page(path)
    assert page.count("市政府门户网站 ·") == 1
    assert re.search(r'<input[^>]*name="time"[^>]*>', page)[0].count("value=") == 0
    copied = re.search(r'data-copy="(双随机抽查承诺公告[^"]*)"', page)[1]
    assert number_of(site, path) in copied
    assert re.search(r"承诺值 C：[0-9a-f]{64}", copied)


def test_who_may_not_do_an_act_finds_no_button_and_is_refused(site):
    path = opened(site)
    for login, status in (("amr.approver", 403), ("em.planner", 403), ("notary", 403), ("amr.auditor", 403)):
        reader = site.reader(login)
        assert "execute" not in acts(reader.page(path), path)
        assert reader.post(f"{path}/execute").status_code == status
    assert acts(site.reader("amr.planner").page(path), path) == {"execute"}
    assert site.run_jobs() == []


def test_an_approver_voids_a_number_with_a_ground_as_long_as_no_seed_stands(site):
    path = committed(site)
    approver = site.reader("amr.approver")
    assert "void" in acts(approver.page(path), path)
    assert approver.post(f"{path}/void", ground="", reason="x").status_code == 422
    assert approver.post(f"{path}/void", ground="wrong_list", reason=" ").status_code == 422
    approver.does(f"{path}/void", ground="wrong_list", reason="名录漏了两户")
    page = approver.page(path)
    assert "名录漏了两户" in page
    assert acts(page, path) == set()
    assert "名录有误" in approver.page("/draws/")
    again = opened(site, code="再来")
    approver = site.reader("amr.approver")
    assert "void" not in acts(approver.page(again), again)
    assert approver.post(f"{again}/void", ground="wrong_list", reason="x").status_code == 422


def test_a_shortage_is_explained_and_the_lists_are_frozen_again(site):
    path = short(site)
    planner = site.reader("amr.planner")
    page = planner.page(path)
    assert "部门 EM：需 12 个席位，最多能派 6，缺 6" in page
    assert acts(page, path) >= {"refreeze"}
    assert "refreeze" not in acts(site.reader("em.planner").page(path), path)
    assert "Department EM" in site.reader("amr.planner", english=True).page(path)
    with transaction(site.town.database, EVERYTHING) as session:
        session.execute(update(Inspector).where(Inspector.code.like("EM%")).values(capacity=60))
    planner.does(f"{path}/refreeze")
    page = planner.page(path)
    assert "第 2 次匹配" in page
    assert "等待见证人承诺" in page
    assert "此前的匹配" in page
    assert page.count('href="/registries/targets/T00') == 6


def test_thresholds_tickets_and_loads_are_those_of_the_evidence(site):
    path = completed(site)
    key = int(path.rsplit("/", 1)[1])
    page = site.reader("amr.planner").page(path)
    with transaction(site.town.database, EVERYTHING) as session:
        files = draws.files_of(session, key, 1)
        loads = draws.loads(session, key)
    drawn = [line.split(",") for line in files["drawn.csv"].decode().splitlines()[1:]]
    assert all(ticket in page and code in page for _, _, _, code, ticket in drawn)
    assert files["thresholds.csv"].decode().splitlines()[1].split(",")[3] in page
    pairs = [line.split(",") for line in files["pairs.csv"].decode().splitlines()[1:]]
    counted: dict[tuple[str, str], int] = {}
    for _, department, inspector, _, _ in pairs:
        counted[department, inspector] = counted.get((department, inspector), 0) + 1
    assert loads == counted


def test_the_teams_of_other_departments_are_for_the_lead_alone(site):
    path = completed(site)
    lead, joining, notary = (site.reader(each).page(path) for each in ("amr.planner", "em.planner", "notary"))
    assert all(f"检查员{code}" in lead for code in ("AMR", "FIRE", "EM"))
    assert "检查员EM" in joining
    assert "检查员AMR" not in joining
    assert "检查员" not in notary
    site.town.dispatch("2026-加油站")
    notary = site.reader("notary").page(path)
    assert "检查员" not in notary
    assert notary.count("T00") >= 6  # what was drawn he sees, now that nobody can be warned


def test_before_the_visits_are_sent_out_who_does_not_plan_or_audit_them_sees_numbers_alone(site):
    path = completed(site)
    names = ("T00", "加油站</a>", '"nowrap">检查员', "检查人员负担")
    insiders = ("amr.planner", "amr.approver", "amr.auditor", "em.planner", "em.approver", "fire.auditor")
    others = (
        "amr000",
        "amr.registrar",
        "amr.reviewer",
        "fire.publisher",
        "em000",
        "amr.administrator",
        "notary",
    )
    for login in insiders:
        page = site.reader(login).page(path)
        assert page.count("/registries/targets/T00") == 6
        assert "检查员" in page
    for login in others:
        for query in ("", "?stratum=all", "?page=1"):
            page = site.reader(login).page(path + query)
            assert [each for each in names if each in page] == [], login
            assert '<td class="number">60</td><td class="number">6</td>' in page  # how many of how many
            assert 'id="not-yet"' in page
    site.town.dispatch("2026-加油站")
    for login in (*insiders, *others):
        page = site.reader(login).page(path)
        assert page.count("/registries/targets/T00") == 6
        assert 'id="not-yet"' not in page
    assert "检查员AMR" in site.reader("amr000").page(path)


def test_what_lacks_is_told_without_the_targets_to_who_may_not_know_them_yet(site):
    cause = {"kind": "pair_bar", "target": "T0007", "department": "EM", "barred": ["EM000", "EM001"]}
    path = short(site)
    key = int(path.rsplit("/", 1)[1])
    with transaction(site.town.database, EVERYTHING) as session:
        kept = session.get_one(DrawFile, (key, 1, "shortage.json"))
        told = json.loads(kept.content)
        told["shortage"].append(cause)
        guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'draw_file'"
        for guard in session.scalars(text(guards)).all():
            session.execute(text(f"DROP TRIGGER {guard}"))
        session.execute(
            text("UPDATE draw_file SET content = :told WHERE draw_id = :key AND name = 'shortage.json'"),
            {"told": json.dumps(told).encode(), "key": key},
        )
    for login, seen in (("amr.planner", True), ("amr.registrar", False), ("notary", False)):
        page = site.reader(login).page(path)
        assert "部门 EM：需 12 个席位" in page
        assert ("T0007" in page) is seen
        assert ("EM000" in page) is seen


def test_a_long_list_of_drawn_targets_is_paged_and_narrowed_by_stratum(site):
    path = completed(
        site, rates={"A": "1/1", "B": "1/1", "C": "1/1", "D": "1/1"}, total=None, strata_by="risk_class"
    )
    reader = site.reader("amr.planner")
    first = reader.page(path)
    assert "第 1–20 条，共 60 条" in first
    second = reader.page(f"{path}?page=2")
    assert "第 21–40 条，共 60 条" in second
    stratum = re.search(r"stratum=(S[0-9a-f]{8})", first)[1]
    assert "共 15 条" in reader.page(f"{path}?stratum={stratum}")
    for nonsense in ("page=x", "page=-3", "page=99999999999999999999", "stratum=' or 1=1"):
        assert reader.get(f"{path}?{nonsense}").status_code == 200
    assert reader.get(f"{path}?stratum=%00").status_code == 400


def test_changes_stand_as_the_register_has_them(site):
    path = completed(site)
    number = number_of(site, path)
    site.town.dispatch("2026-加油站")
    with site.town.at("amr.approver") as desk:
        drawn = drawing.find_draw(desk, number)
        gone = visits.own_visits(desk, drawn, "open")[0].target.code
        successor = recusal.void_target(desk, drawn, gone, "disaster", "水淹")
    page = site.reader("amr.planner").page(path)
    for each in ("受灾", "水淹", gone, successor, "递补", 'class="voided"'):
        assert each in page


def test_the_bundle_is_taken_by_who_may_and_told_to_the_ledger(site):
    path = completed(site)
    auditor = site.reader("fire.auditor")
    before = told(site, "draw:bundle")
    response = auditor.post(f"{path}/bundle")
    assert response.status_code == 200
    assert "auditor.json" in zipfile.ZipFile(io.BytesIO(response.data)).namelist()
    assert not [claim for claim in verify(response.data) if claim.state == "wrong"]
    assert told(site, "draw:bundle") == before + 1
    assert auditor.get(f"{path}/bundle").status_code == 405
    for login in ("notary", "amr.reviewer"):
        reader = site.reader(login)
        assert "bundle" not in acts(reader.page(path), path)
        assert reader.post(f"{path}/bundle").status_code == 403
    assert told(site, "draw:bundle") == before + 1


def test_a_replay_lists_its_claims_and_gives_its_report_until_something_changes(site):
    path = completed(site)
    auditor = site.reader("amr.auditor")
    job = auditor.does(f"{path}/replay")
    site.run_jobs()
    page = auditor.page(job)
    assert "事先承诺" in page
    assert "重新抽取和求解" in page
    assert "state-wrong" not in page
    assert "没有不符" in auditor.page(path)
    report = auditor.post(f"{path}/report{job.replace('jobs/', '')}")
    assert report.status_code == 200
    assert "抽取报告" in report.text
    assert "AMR局" in report.text
    assert report.headers["Content-Disposition"].startswith("attachment")
    assert told(site, "draw:bundle") == 1
    number = number_of(site, path)
    site.town.dispatch("2026-加油站")
    with site.town.at("amr.approver") as desk:
        drawn = drawing.find_draw(desk, number)
        target = visits.own_visits(desk, drawn, "open")[0].target.code
        recusal.void_target(desk, drawn, target, "disaster", "水淹")
    refused = auditor.post(f"{path}/report{job.replace('jobs/', '')}")
    assert refused.status_code == 409
    assert told(site, "draw:bundle") == 1
    assert auditor.post(f"{path}/report/999").status_code == 404


@pytest.mark.parametrize("at", [frozen, committed, opened, short, completed])
def test_no_page_mixes_the_languages(site, at):
    path = at(site)
    data = data_of(site)
    for login in ("amr.planner", "amr.approver", "notary"):
        english = said(site.reader(login, english=True).page(path))
        assert re.findall(r".*[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef].*", without(english, data)) == []
        chinese = said(site.reader(login).page(path))
        assert re.findall(r".*[A-Za-z]{2,} [a-z]{2,}.*", without(chinese, data)) == []


def said(html: str) -> str:
    """What a page says; a digest is no language, whatever data it happens to have in it."""
    return Page(re.sub(r"<code\b.*?</code>", "", html)).text


def test_every_step_has_its_word():
    assert set(WORDS["draw_step"]) == {
        "freeze", "promise", "commit", "publish", "reveal", "close_reveals", "enter", "execute",
        "unlock",
    }  # fmt: skip


def test_what_an_opaque_stratum_stands_for_is_told_inside_the_departments_alone(site):
    rates = {
        "rates": {"A": "1/10", "B": "1/5", "C": "2/5", "D": "1/1"},
        "total": None,
        "strata_by": "risk_class",
    }
    path = completed(site, **rates)
    for login in ("amr.planner", "em.planner", "fire.auditor", "amr000"):
        page = site.reader(login).page(path)
        assert re.search(r"D 类（信用风险高） <span[^>]*>S[0-9a-f]{8}<", page), login
        assert WHY_CODES not in page
        classes = re.findall(r"([A-D]) 类（[^）]*） <span", page.split('id="strata"')[1].split("</table>")[0])
        assert classes == sorted(classes)
    for page in (
        site.reader("notary").page(path),
        site.stranger().page(f"/public/draws/{number_of(site, path)}"),
    ):
        assert re.search(r">S[0-9a-f]{8}<", page)
        assert WHY_CODES in page
        assert "信用风险" not in page.replace(WHY_CODES, "")


def test_strata_that_are_no_codes_need_no_word_why(site):
    path = completed(site)
    assert WHY_CODES not in site.reader("notary").page(path)


def test_the_planner_sends_the_visits_out_from_the_page_of_the_draw(site):
    path = completed(site)
    dispatch = f'action="/visits/campaign/{quote("2026-加油站")}/dispatch"'
    assert dispatch in site.reader("amr.planner").page(path)
    for login in ("em.planner", "amr.approver"):
        page = site.reader(login).page(path)
        assert dispatch not in page
        assert "等待牵头部门计划员派发检查" in page
    site.reader("amr.planner").does("/visits/campaign/2026-加油站/dispatch")
    assert 'id="next"' not in site.reader("amr.planner").page(path)


def test_the_state_says_that_the_seed_is_fixed_once_both_entries_agree(site):
    path = opened(site)
    assert "种子已确定</span>" in site.reader("notary").page(path)


def test_how_much_was_typed_is_told_where_the_entropy_is_too_short(site):
    path = committed(site)
    planner = site.reader("amr.planner")
    planner.does(f"{path}/close", final="1")
    dice = DICE.removeprefix("d10x20:")
    told = planner.post(f"{path}/entropy", entropy=dice[:19]).text
    assert "应为 20 位数字，现有 19 位" in told
    assert "lottery" not in told
    assert "现有 20 位，其中有的不是" in planner.post(f"{path}/entropy", entropy=dice[:19] + "x").text
    page = planner.page(path)
    assert 'data-wanted="20"' in page


def test_what_was_drawn_by_weights_is_not_told_by_last_tickets(site):
    town = site.town
    number = town.freeze(town.campaign(rates={}, total=12, weights={"A": 1, "B": 2, "C": 5, "D": 10}))
    town.commit(number)
    town.open(number)
    town.execute(number)
    path = address(site, number)
    for login in ("amr.planner", "notary"):
        page = site.reader(login).page(path)
        assert "按权重抽取：权重到顶的行必抽" in page
        assert not re.search("末位签号|签号最小|不抽", page), login
