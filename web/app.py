"""A small read-only site that shows a finished draw: the report, the bundle, and the program that checks it."""

import hashlib
import re
from base64 import b64encode
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from flask import Flask, Response, abort, send_file
from werkzeug.exceptions import HTTPException

from scheduler.inspection.audit import plan_purpose
from web.report import page

REPORT = "report.html"
BUNDLE = "bundle.zip"
VERIFIER = "verifier.py"
COMMAND = "make demo"
DEMO = "（示范）"  # how the purpose of a demo ends

# the first style element stands in the head, before any text of a bundle
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
_POLICY = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def is_demo(bundle: Path) -> bool:
    """Whether a bundle is that of a demo."""
    return plan_purpose(bundle.read_bytes()).endswith(DEMO)


def create_app(folder: Path) -> Flask:
    """The site of one finished draw; of its folder it shows the report and the bundle and nothing else."""
    app = Flask(__name__, static_folder=None)
    folder = folder.absolute()

    def show_report() -> Response:
        report = folder / REPORT
        if not report.is_file():
            return _message("还没有抽取报告", "There is no report yet.", 404, COMMAND)
        return _html(report.read_text(encoding="utf-8"))

    def bundle() -> Response:
        path = folder / BUNDLE
        # a full bundle holds the registries and the salts: only that of a demo, whose people are made up, is public
        if path.is_file() and not is_demo(path):
            abort(404)
        return _download(path)

    def verifier() -> Response:
        return send_file(
            BytesIO(verifier_program()), "text/x-python", as_attachment=True, download_name=VERIFIER
        )

    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    for path, view in (
        ("/", show_report),
        (f"/{BUNDLE}", bundle),
        (f"/{VERIFIER}", verifier),
        ("/healthz", healthz),
    ):
        app.add_url_rule(path, view_func=view, methods=["GET"], provide_automatic_options=False)
    app.register_error_handler(HTTPException, _refused)
    app.after_request(_with_headers)
    return app


def verifier_program() -> bytes:
    """The stand-alone verifier (复核程序) as an auditor downloads it."""
    return files("matching").joinpath(VERIFIER).read_bytes()


def _download(path: Path) -> Response:
    if not path.is_file():
        abort(404)
    return send_file(path, as_attachment=True, download_name=path.name)


def _refused(error: HTTPException) -> Response:
    """A page for what is not here, for another method, and for an error of ours."""
    code = error.code or 500
    chinese = {404: "这里没有这个页面", 405: "本站只供查看"}.get(code, "出错了")
    response = _message(chinese, f"{code} {error.name}.", code)
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _message(title: str, english: str, status: int, command: str = "") -> Response:
    return _html(page("not_found.html", title=title, english=english, command=command), status)


def _html(text: str, status: int = 200) -> Response:
    """A page whose one style element is allowed by its hash; nothing else inline is."""
    response = Response(text, status, mimetype="text/html")
    if found := _STYLE.search(text):
        digest = b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
        response.headers["Content-Security-Policy"] = f"{_POLICY}; style-src 'sha256-{digest}'"
    return response


def _with_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    for name, value in _HEADERS.items():
        response.headers[name] = value
    return response
