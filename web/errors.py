"""What a reader sees when something is refused or breaks (提示): what, why, what to do next; never what went on inside."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import cast

from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge, Unauthorized

from matching.refused import Refused
from scheduler.transaction import is_busy
from web.advice import advice
from web.field_faults import faults
from web.language import in_language
from web.programs import from_program
from web.sentences import refusal

_FORBIDDEN = (
    "actor.department_closed",
    "actor.role",
    "actor.other_department",
    "actor.same_person",
    "custody.not_of_this_draw",
    "draw.not_dispatched",
    "notice.not_of_the_team",
    "witness.not_of_this_draw",
)
_LATER = (429, 503)
A_MINUTE = 60
_CONFLICT = (
    "exists",
    "not_now",
    "not_public",
    "already_promised",
    "already_revealed",
    "stands",
    "entered_already",
    "in_progress",
    "simultaneous",
    "changed_since",
    "other_attempt",
)


class RefusedAtPlaces(Refused):
    """A refusal of what a program sent, with every place of it that is wrong."""

    def __init__(self, refused: Refused, errors: Sequence[Mapping[str, object]]) -> None:
        super().__init__(refused.code, **refused.params)
        self.errors = errors


def install(app: Flask) -> None:
    """Give an application its answers to everything that goes wrong."""
    app.before_request(_number)
    app.register_error_handler(Refused, refused)
    app.register_error_handler(HTTPException, failed)
    app.register_error_handler(Exception, broken)


def status_of(code: str) -> int:
    """The HTTP status of a refusal: of rights, of what is not there for him, of the wrong moment, or of what was given."""
    if code in _FORBIDDEN:
        return 403
    if code == "request.busy":
        return 503
    _, _, what = code.partition(".")
    if what in ("unknown", "none") or code.startswith("public_bundle."):
        return 404
    if what == "too_many":
        return 429
    if code.startswith("login."):
        return 401
    if what in _CONFLICT:
        return 409
    return 422


def refused(error: Refused) -> Response:
    """The page of a refusal; inside a page that asked for it by itself, only the message."""
    status = status_of(error.code)
    sentence = in_language(refusal(error))
    if from_program():
        places = {"errors": error.errors} if isinstance(error, RefusedAtPlaces) else {}
        told = problem(status, error.code, sentence, parameters=_plain(error.params), **places)
        return _for_later(told, error)
    shown = {"sentence": sentence, "code": error.code, "advice": in_language(advice(error.code))}
    return _for_later(_page("refused", status, **shown), error)


def _for_later(response: Response, error: Refused) -> Response:
    """When to come again, in seconds: as the sentence says, else in a minute."""
    if response.status_code in _LATER:
        minutes = error.params.get("minutes")
        response.headers["Retry-After"] = str(A_MINUTE * minutes if isinstance(minutes, int) else A_MINUTE)
    return response


def failed(error: HTTPException) -> Response:
    """The page of an HTTP error."""
    status = error.code or 500
    if error.response is not None:  # a redirect, or an answer that is made already
        return cast(Response, error.response)
    cause = getattr(
        error, "original_exception", None
    )  # what broke beside a page, as where its session is kept
    if cause is not None and is_busy(cause):
        return broken(cause)
    if from_program():
        return _with_allowed(_failed_for_program(error, status), error)
    if isinstance(error, Unauthorized):
        return _to_login()
    return _with_allowed(_page("failed", status, sentence=_http_sentence(error, status)), error)


def _with_allowed(response: Response, error: HTTPException) -> Response:
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _failed_for_program(error: HTTPException, status: int) -> Response:
    """The problem of an HTTP error, with every fault of what was sent where that is what is wrong."""
    if status == 304:
        return Response(status=304, headers={"ETag": g.shown_etag})
    told = getattr(error, "data", None) or {}
    more = {"errors": faults(told["messages"])} if "messages" in told else {}
    response = problem(status, f"http.{status}", _http_sentence(error, status), **more)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="yaohao"'
    return response


def broken(error: Exception) -> Response:
    """Our own fault: logged under the request's number, and told as nothing but that number; or no fault, but too many."""
    if is_busy(error):
        current_app.logger.warning("request %s waited in vain: the database is busy", request_id())
        return refused(Refused("request.busy"))
    current_app.logger.error("request %s broke", request_id(), exc_info=error)
    if from_program():
        return problem(500, "http.500", _("系统出错，请把请求号告诉管理员。"))
    return _page("failed", 500, sentence=_("系统出错，请把请求号告诉管理员。"))


def request_id() -> str:
    """The number of a request, on its error page and in the log."""
    if "request_id" not in g:
        _number()
    return cast(str, g.request_id)


def problem(status: int, code: str, detail: str, **more: object) -> Response:
    """Problem details (RFC 9457) for programs."""
    told = {"type": f"urn:yaohao:{code}", "title": code, "status": status, "detail": detail}
    response = jsonify(told | {"instance": request_id()} | more)
    response.status_code = status
    response.mimetype = "application/problem+json"
    response.headers["Content-Language"] = str(get_locale() or "zh")
    return response


def in_part() -> bool:
    """Whether a page asks for a part of itself (htmx), not to be shown alone."""
    return request.headers.get("HX-Request") == "true"


def _number() -> None:
    g.request_id = secrets.token_hex(6)


def _page(name: str, status: int, **told: object) -> Response:
    template = f"errors/{name}_part.html" if in_part() else f"errors/{name}.html"
    return make_response(render_template(template, request_id=request_id(), status=status, **told), status)


def _to_login() -> Response:
    path = request.full_path.rstrip("?") if request.method == "GET" else "/"
    where = url_for("login.form", next=path)
    if in_part():
        return Response(status=401, headers={"HX-Redirect": where})
    return cast(Response, redirect(where, 303))


def _plain(params: Mapping[str, object]) -> dict[str, object]:
    """The parameters of a refusal as JSON has them."""
    return cast("dict[str, object]", json.loads(json.dumps(dict(params), default=str)))


def _http_sentence(error: HTTPException, status: int) -> str:
    if isinstance(error, CSRFError):
        return _("页面停留太久或不是从本站提交：请返回刷新页面后重新提交。")
    if isinstance(error, RequestEntityTooLarge):
        return _("提交的内容太大。")
    sentences = {
        400: _("请求的写法不对。"),
        401: _("需要有效的接口令牌。") if from_program() else _("请先登录。"),
        403: _("您没有这项权限。"),
        404: _("这里没有这个页面，或者它不在您的可见范围内。"),
        412: _("内容在您读取之后有变动：请重新读取后再办理。"),
        405: _("这个地址不能这样使用。"),
        415: _("不支持这种内容类型。"),
        422: _("提交的内容有误。"),
        428: _("须用 If-Match 写明所依据的版本（ETag）。"),
    }
    return sentences.get(status, _("请求不能办理。"))
