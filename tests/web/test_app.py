"""The read-only site of a finished draw: what it shows, what it never shows, and with which headers."""

import importlib
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

import wsgi
from scheduler.inspection.audit import Checked, Claim
from web.app import create_app, verifier_program
from web.report import report

CHECKED = Checked((Claim("drawn", "verified", "抽中 drawn"),), None)
PATHS = ("/", "/bundle.zip", "/verifier.py", "/healthz", "/nowhere")


@pytest.fixture
def folder(tmp_path, draw_case):
    drawn = draw_case(purpose="加油站抽查（示范）")
    (tmp_path / "report.html").write_text(report(drawn.files, CHECKED, {}), encoding="utf-8")
    (tmp_path / "bundle.zip").write_bytes(drawn.packed())
    (tmp_path / "inspectors.csv").write_text("secret")
    (tmp_path / "commit.json.secret").write_text("secret")
    return tmp_path


@pytest.fixture
def client(folder):
    return create_app(folder).test_client()


def ask(client, path, method="GET"):
    """The whole answer, so that no file stays open."""
    return client.open(path, method=method, buffered=True)


def policy(response):
    parts = response.headers["Content-Security-Policy"].split(";")
    return {name: set(values) for name, *values in (part.split() for part in parts)}


def test_the_report_is_the_first_page(client, folder):
    response = ask(client, "/")
    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert response.text == (folder / "report.html").read_text()


def test_the_bundle_and_the_verifier_are_downloads_to_the_byte(client, folder):
    bundle, verifier = ask(client, "/bundle.zip"), ask(client, "/verifier.py")
    assert bundle.data == (folder / "bundle.zip").read_bytes()
    assert verifier.data == Path("matching/verifier.py").read_bytes() == verifier_program()
    for response, name in ((bundle, "bundle.zip"), (verifier, "verifier.py")):
        assert response.headers["Content-Disposition"] == f"attachment; filename={name}"


def test_the_full_bundle_of_a_real_draw_is_not_handed_out(client, folder, draw_case):
    (folder / "bundle.zip").write_bytes(draw_case(number="2026-0001").packed())
    assert ask(client, "/bundle.zip").status_code == 404


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_every_answer_carries_the_security_headers(client, path, method):
    response = ask(client, path, method)
    told = policy(response)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert told["default-src"] == told["frame-ancestors"] == told["base-uri"] == {"'none'"}
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert "script-src" not in told


@pytest.mark.parametrize("path", ["/", "/nowhere"])
def test_the_policy_allows_just_the_style_sheet_of_the_page(client, path):
    response = ask(client, path)
    style = re.findall("<style>(.*?)</style>", response.text, re.DOTALL)
    assert len(style) == 1
    assert policy(response)["style-src"] == {
        f"'sha256-{b64encode(sha256(style[0].encode()).digest()).decode()}'"
    }


@pytest.mark.parametrize("path", ["/", "/bundle.zip", "/verifier.py", "/healthz"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_can_be_done_but_look(client, path, method):
    response = ask(client, path, method)
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize(
    "path",
    [
        "/inspectors.csv",
        "/commit.json.secret",
        "/report.html",
        "/static/report.css",
        "/bundle.zip/../inspectors.csv",
        "/%2e%2e/inspectors.csv",
        "/..%2finspectors.csv",
        "//etc/passwd",
    ],
)
def test_nothing_else_of_the_folder_is_shown(client, path):
    response = ask(client, path)
    assert response.status_code == 404
    assert "secret" not in response.text


def test_a_page_that_is_not_here_says_what_is(client):
    response = ask(client, "/nowhere")
    assert response.status_code == 404
    assert "这里没有这个页面" in response.text
    assert 'href="/"' in response.text
    assert 'href="/bundle.zip"' in response.text


def test_a_folder_without_a_report_says_which_command_makes_it(tmp_path):
    client = create_app(tmp_path / "demo").test_client()
    response = ask(client, "/")
    assert response.status_code == 404
    assert "还没有抽取报告" in response.text
    assert "<code>make demo</code>" in response.text
    assert ask(client, "/bundle.zip").status_code == 404
    assert ask(client, "/healthz").text == "ok\n"


def test_a_report_made_later_is_shown_without_a_restart(tmp_path):
    client = create_app(tmp_path).test_client()
    assert ask(client, "/").status_code == 404
    (tmp_path / "report.html").write_text("<title>后来</title>", encoding="utf-8")
    assert "后来" in ask(client, "/").text


def test_the_server_finds_its_folder_in_the_environment(folder, monkeypatch):
    monkeypatch.setenv("YAOHAO_DEMO", str(folder))
    assert importlib.reload(wsgi).app.test_client().get("/").status_code == 200
    monkeypatch.setenv("YAOHAO_DEMO", str(folder / "nowhere"))
    assert importlib.reload(wsgi).app.test_client().get("/").status_code == 404
