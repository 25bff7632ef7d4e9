"""What protects every page: an access rule for each route, forms of our own only, and the headers."""

from __future__ import annotations

import re
from contextlib import closing
from http.client import HTTPConnection

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from data.models import LoginAttempt
from scheduler.accounts import find_user
from scheduler.identity import hash_password
from scheduler.transaction import EVERYTHING, transaction
from tests.serving import served
from tests.site import Site
from web.access import NoAccessRule, check_rules, routes
from web.commands import main
from web.security import HEADERS


def test_an_application_with_a_route_without_a_rule_refuses_to_start(site: Site):
    check_rules(site.app)
    site.app._got_first_request = False
    site.app.add_url_rule("/forgotten", "forgotten", lambda: "")
    with pytest.raises(NoAccessRule, match="forgotten"):
        check_rules(site.app)


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_a_form_of_another_site_is_refused(site, headers):
    reader = site.reader("amr.planner")
    assert reader.post("/logout", headers=headers).status_code == 400
    assert reader.get("/campaigns/").status_code == 200


def test_a_form_without_its_token_is_refused(site):
    reader = site.reader("amr.planner")
    assert reader.client.post("/logout", data={}).status_code == 400
    assert (
        reader.client.post("/logout", data={"csrf_token": site.reader("fire.planner").token()}).status_code
        == 400
    )
    assert reader.get("/campaigns/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/login", "/campaigns/", "/nothing/here", "/static/yaohao.css", "/healthz"]
)
def test_every_answer_has_the_headers(site, path):
    for reader in (site.stranger(), site.reader("amr.planner")):
        headers = reader.get(path).headers
        assert {name: headers[name] for name in HEADERS} == HEADERS
        assert ("no-store" in headers["Cache-Control"]) == (not path.startswith("/static"))


def test_an_error_of_ours_tells_a_number_and_nothing_else(site, caplog):
    def breaks():
        raise RuntimeError("secret 4711")

    breaks.open_to = ("public",)
    site.app._got_first_request = False
    site.app.add_url_rule("/breaks", "breaks", breaks)
    response = site.stranger().get("/breaks")
    assert response.status_code == 500
    assert "4711" not in response.text
    number = response.headers["X-Request-Id"]
    assert number in response.text
    assert number in caplog.text


def test_what_asks_for_a_part_is_given_a_part(site):
    part = site.reader("amr.planner").get("/nothing", **{"HX-Request": "true"})
    assert part.status_code == 404
    assert "<html" not in part.text


def mutating(site: Site) -> list[tuple[str, str]]:
    """Method and path of every route that changes something; the API has tokens instead of forms."""
    found = [
        (method, rule)
        for method, rule, _ in routes(site.app)
        if method != "GET" and not rule.startswith("/api/")
    ]
    return [
        (method, re.sub(r"<(?:int|id)[^>]*>", "1", re.sub(r"<(?:path:)?\w+>", "x", rule)))
        for method, rule in found
    ]


def test_no_route_takes_a_form_without_its_token_or_from_elsewhere(told_site):
    reader = told_site.reader("amr.planner")
    token = reader.token()
    tried = mutating(told_site)
    assert len(tried) > 40
    for method, path in tried:
        without = reader.client.open(path, method=method, data={}, buffered=True)
        assert without.status_code in (400, 403), path
        foreign = reader.client.open(
            path,
            method=method,
            data={"csrf_token": token},
            headers={"Origin": "http://evil.example"},
            buffered=True,
        )
        assert foreign.status_code == 400, path
        plain = reader.client.open(
            path, method=method, data="csrf_token=" + token, content_type="text/plain", buffered=True
        )
        assert plain.status_code in (400, 403, 415), path


def logged_in(site: Site) -> str:
    """The cookie that somebody gets who logs in."""
    with transaction(site.town.database, EVERYTHING) as session:
        find_user(session, "amr.planner").password_hash = hash_password("correct horse battery")
    form = {"login": "amr.planner", "password": "correct horse battery"}
    response = site.stranger().post("/login", **form)
    assert response.status_code == 303
    return response.headers.getlist("Set-Cookie")[0]


@pytest.mark.parametrize(("proxies", "believed"), [(1, True), (0, False)])
def test_only_so_many_proxies_are_believed_as_stand_in_front(small_town, proxies, believed):
    """Through the real server: it throws away what a proxy says before the application could believe it."""
    site = Site(small_town, proxies=proxies)
    said = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "yaohao.example",
    }
    with (
        served(site.app) as address,
        closing(HTTPConnection(address.removeprefix("http://"), timeout=30)) as connection,
    ):
        connection.request("GET", "/login", headers=said)
        page = connection.getresponse()
        [token] = re.findall(r'name="csrf_token" value="([^"]+)"', page.read().decode())
        own = {
            "Cookie": page.headers["Set-Cookie"].partition(";")[0],
            "Origin": "https://yaohao.example",
            "Referer": "https://yaohao.example/login",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection.request("POST", "/login", f"csrf_token={token}&login=x&password=y", headers=said | own)
        answer = connection.getresponse()
        answer.read()
    site.close()
    with transaction(small_town.database, EVERYTHING) as session:
        addresses = list(session.scalars(select(LoginAttempt.address)))
    assert (answer.status, addresses) == ((401, ["203.0.113.9"]) if believed else (400, []))


def test_the_cookie_is_for_this_site_and_no_script(site):
    cookies = [site.stranger().get("/login").headers["Set-Cookie"], logged_in(site)]
    for name, cookie in zip(("yaohao_form=", "yaohao="), cookies, strict=True):
        assert cookie.startswith(name)
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "Secure" not in cookie


def test_over_tls_the_cookie_travels_over_tls_alone(small_town):
    site = Site(small_town, over_tls=True)
    response, cookie = site.stranger().get("/login"), logged_in(site)
    site.close()
    for name, told in (("__Host-yaohao_form=", response.headers["Set-Cookie"]), ("__Host-yaohao=", cookie)):
        assert told.startswith(name)
        assert {"HttpOnly", "SameSite=Lax", "Path=/", "Secure"} <= set(told.split("; "))
    assert response.headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, []),
        ({"over_tls": True}, ["YAOHAO_PROXIES", "YAOHAO_PUBLIC_ADDRESS"]),
        ({"over_tls": True, "proxies": 1}, ["YAOHAO_PUBLIC_ADDRESS"]),
        ({"over_tls": True, "proxies": 1, "public_address": "https://cha.example"}, []),
    ],
)
def test_the_start_tells_what_may_have_been_left_out(small_town, caplog, settings, told):
    Site(small_town, **settings).close()
    assert re.findall(r"YAOHAO_(?:PROXIES|PUBLIC_ADDRESS)", caplog.text.replace("YAOHAO_TLS", "")) == told


def test_the_doctor_tells_so_too(small_town, monkeypatch):
    url = small_town.database.url.render_as_string(hide_password=False)
    for name, value, lines in (
        ("YAOHAO_TLS", "1", 2),
        ("YAOHAO_PROXIES", "1", 1),
        ("YAOHAO_PUBLIC_ADDRESS", "https://cha.example", 0),
    ):
        monkeypatch.setenv(name, value)
        done = CliRunner().invoke(main, ["doctor", "--database", url])
        assert sum(line.startswith("! YAOHAO_") for line in done.output.splitlines()) == lines, done.output
