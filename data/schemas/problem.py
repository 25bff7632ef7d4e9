"""What every error of the API looks like (RFC 9457)."""

from __future__ import annotations

from marshmallow import fields

from data.schemas.campaigns import Closed


class FaultShown(Closed):
    """One fault of what was sent: where, at which place (a JSON pointer), and what.

    In a list, whose pointer is that of the whole, also on which sheet and line, in which column, what stands there, and
    the code of what is wrong; line 0 is the whole file.
    """

    in_ = fields.String(data_key="in", attribute="in", required=True)
    pointer = fields.String(required=True)
    detail = fields.String(required=True)
    sheet = fields.String()
    line = fields.Integer()
    column = fields.String()
    value = fields.String()
    code = fields.String()


class Problem(Closed):
    """A problem; `type` tells it apart for programs, `detail` is for people, `instance` is its number in the log."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(required=True)
    parameters = fields.Dict(keys=fields.String())
    errors = fields.List(fields.Nested(FaultShown))
