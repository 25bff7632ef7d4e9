"""Jobs are followed on their page until they are over, lead on to their draw, and are asked for again after a failure."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from data.queries import draws, jobs
from scheduler.accounts import disable, find_user
from scheduler.inspection import drawing, work
from scheduler.jobs import LEASE
from scheduler.transaction import EVERYTHING, transaction
from tests.site import Site, TownClock
from web import worker

SMALL = {"rates": {}, "total": 6, "strata_by": "none"}
PART = {"HX-Request": "true"}


@pytest.fixture
def draw(site: Site) -> str:
    """The address of a draw whose seed stands."""
    number = site.town.freeze(site.town.campaign(**SMALL))
    site.town.commit(number)
    site.town.open(number)
    with transaction(site.town.database, EVERYTHING) as session:
        return f"/draws/{draws.draw_by_number(session, number).id}"


@pytest.fixture
def asked(site: Site, draw: str) -> str:
    """The address of the job that executes it."""
    return site.reader("amr.planner").does(f"{draw}/execute")


def begin(site: Site) -> jobs.Claim:
    """Let a worker take the job."""
    with transaction(site.town.database, EVERYTHING) as session:
        held = jobs.claim(session, [work.EXECUTE], "w", site.town.now, LEASE)
    assert held is not None
    return held


def test_a_job_is_followed_every_second_until_it_is_over_and_leads_on_to_its_draw(site, draw, asked):
    planner = site.reader("amr.planner")
    page = planner.page(asked)
    assert f'hx-get="{asked}" hx-trigger="every 1s" hx-swap="outerHTML"' in page
    assert "排队中" in page
    held = begin(site)
    with transaction(site.town.database, EVERYTHING) as session:
        jobs.beat(session, held, site.town.now, LEASE, 2, 4, "pairing")
    part = planner.get(asked, **PART)
    assert "<html" not in part.text
    assert 'hx-trigger="every 1s"' in part.text
    assert '<li class="now">匹配检查人员</li>' in part.text
    assert 'value="2"' in part.text
    site.town.pass_time(minutes=10)  # the worker died; another takes over
    site.run_jobs()
    over = planner.get(asked, **PART)
    assert over.headers["HX-Redirect"] == draw
    page = planner.page(asked)
    assert "every 1s" not in page
    assert "抽中 6 户" in page
    assert f'href="{draw}"' in page


def test_a_failed_job_says_why_in_the_reader_s_language_and_is_asked_for_again(site, draw, asked):
    with transaction(site.town.database, EVERYTHING) as session:
        disable(session, site.town.now, "amr.planner")
    assert [each.outcome for each in site.run_jobs()] == ["failed"]
    reader = site.reader("amr.auditor")
    page = reader.page(asked)
    assert "没有用户 amr.planner，或已停用" in page
    assert "every 1s" not in page
    assert "HX-Redirect" not in reader.get(asked, **PART).headers
    assert "there is no user amr.planner" in site.reader("amr.auditor", english=True).page(asked)
    assert f'action="{asked}/again"' not in page
    assert reader.post(f"{asked}/again").status_code == 403  # an auditor draws nothing
    assert site.run_jobs() == []
    with transaction(site.town.database, EVERYTHING) as session:
        find_user(session, "amr.planner").state = "active"
    planner = site.reader("amr.planner")
    assert f'action="{asked}/again"' in planner.page(asked)
    again = planner.does(f"{asked}/again")
    assert again != asked
    assert [each.outcome for each in site.run_jobs()] == ["done"]
    assert "已完成" in planner.page(draw)
    assert planner.post(f"{again}/again").status_code == 422


def test_what_a_replay_found_and_its_report_are_for_who_may_take_the_bundle(site, draw):
    site.reader("amr.planner").does(f"{draw}/execute")
    site.run_jobs()
    job = site.reader("amr.auditor").does(f"{draw}/replay")
    site.run_jobs()
    for login, sees in (("amr.auditor", True), ("amr.approver", True), ("amr.administrator", False)):
        page = site.reader(login).page(job)
        assert "没有不符" in page
        assert ("事先承诺" in page) is sees
        assert ("/report/" in page) is sees


def test_jobs_are_for_those_whose_work_they_are(site, draw, asked):
    for login in ("amr000", "amr.registrar", "amr.reviewer", "amr.publisher"):
        reader = site.reader(login)
        assert [reader.get(there).status_code for there in ("/jobs/", asked)] == [403, 403]
        assert reader.post(f"{asked}/again").status_code == 403
        assert asked not in reader.page(draw)
    assert asked in site.reader("amr.administrator").page(draw)


def test_a_parked_job_tells_no_internals_and_is_asked_for_again(site, asked):
    for _ in range(jobs.MOST_ATTEMPTS):
        begin(site)
        site.town.pass_time(minutes=10)
    assert site.run_jobs() == []
    planner = site.reader("amr.planner")
    page = planner.page(asked)
    assert "已搁置" in page
    assert "办理的进程中断" in page
    assert "job.lost" not in page
    again = planner.does(f"{asked}/again")
    assert [each.job_id for each in site.run_jobs()] == [int(again.rsplit("/", 1)[1])]


def test_the_list_shows_the_jobs_of_the_department_and_of_one_state(site, asked):
    planner = site.reader("amr.planner")
    number = int(asked.rsplit("/", 1)[1])
    page = planner.page("/jobs/")
    assert f"#{number}" in page
    assert "AMR planner" in page
    assert "AMR〔2026〕1" in page
    assert f"#{number}" in planner.page("/jobs/?state=queued")
    assert f"#{number}" not in planner.page("/jobs/?state=done")
    for nonsense in ("state=x", "page=x", "page=-1", "page=99999999999999999999999"):
        assert planner.get(f"/jobs/?{nonsense}").status_code == 200
    other = site.reader("em.planner")
    assert f"#{number}" not in other.page("/jobs/")
    for there in (asked, "/jobs/999"):
        assert other.get(there).status_code == 404
    assert other.post(f"{asked}/again").status_code == 404
    assert site.stranger().get("/jobs/").status_code == 303


def test_who_presses_twice_comes_to_the_same_job(site, draw, asked):
    assert site.reader("amr.planner").does(f"{draw}/execute") == asked
    site.run_jobs()
    assert site.reader("amr.planner").does(f"{draw}/execute") == asked
    assert site.run_jobs() == []


def test_the_jobs_of_a_process_that_serves_pages_are_run_by_it(site, asked):
    running = worker.start(site.app)
    try:
        end = time.monotonic() + 10
        while time.monotonic() < end and "已完成" not in site.reader("amr.planner").page(asked):
            time.sleep(0.05)
    finally:
        running.stop()
    assert "已完成" in site.reader("amr.planner").page(asked)


def test_what_is_asked_for_wakes_the_worker_of_the_process(site, draw):
    site.app.extensions["yaohao.settings"] = replace(
        site.app.extensions["yaohao.settings"], tick=timedelta(hours=1)
    )
    running = worker.start(site.app)
    try:
        time.sleep(0.3)
        asked = site.reader("amr.planner").does(f"{draw}/execute")
        end = time.monotonic() + 10
        while time.monotonic() < end and "已完成" not in site.reader("amr.planner").page(asked):
            time.sleep(0.05)
        assert "已完成" in site.reader("amr.planner").page(asked)
    finally:
        running.stop()


def test_an_application_runs_no_jobs_unless_it_is_told_to(site, asked):
    time.sleep(1.5)
    assert "排队中" in site.reader("amr.planner").page(asked)
    assert "yaohao.ticker" not in site.app.extensions


def test_the_clock_of_a_job_is_that_of_the_site(site, draw):
    site.reader("amr.planner").does(f"{draw}/execute")
    site.run_jobs()
    with site.town.at("amr.planner") as desk:
        drawn = drawing.draw_by_id(desk, int(draw.rsplit("/", 1)[1]))
        assert drawn.closed_at == TownClock(site.town).now()
