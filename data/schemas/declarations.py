"""A declaration (申报) as an inspector writes it, or the registrar for him."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from data.schemas.campaigns import Closed
from data.vocabulary import DECLARATION_KINDS

LONGEST_NOTE = 20_000
_LINE_OR_NONE = validate.Regexp(re.compile("[^\x00-\x1f\x7f-\x9f\ud800-\udfff]*\\Z"))
_LINES = validate.Regexp(re.compile("[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]*\\Z"))


def _line(longest: int) -> fields.String:
    return fields.String(load_default="", validate=[_LINE_OR_NONE, validate.Length(max=longest)])


class DeclarationOutline(Closed):
    """Of which target, by code or by its whole name, since and until when; an employer's days are those of employment."""

    kind = fields.String(required=True, validate=validate.OneOf(DECLARATION_KINDS))
    target_code = _line(50)
    target_name = _line(1000)
    relative = _line(100)
    since = fields.Date(load_default=None, allow_none=True)
    until = fields.Date(load_default=None, allow_none=True)
    note = fields.String(load_default="", validate=[_LINES, validate.Length(max=LONGEST_NOTE)])

    @validates_schema(skip_on_field_errors=True)
    def names_a_target_and_ends_after_it_begins(self, data: Mapping[str, Any], **_: Any) -> None:
        """The target is told, and the days are in order."""
        if not data["target_code"] and not data["target_name"]:
            raise ValidationError({"target_code": ["no_target"]})
        if data["since"] and data["until"] and data["until"] < data["since"]:
            raise ValidationError({"until": ["ends_before_it_begins"]})
