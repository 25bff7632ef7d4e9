"""Files as the API takes them in, and what came of lists that were imported (名单导入)."""

from __future__ import annotations

from marshmallow import fields, validate
from marshmallow_sqlalchemy import auto_field

from data.intake.lists import LISTS
from data.models import Import
from data.models.results import LONGEST_FILE_NAME
from data.schemas.problem import FaultShown
from data.schemas.registries import choice
from data.schemas.shapes import Closed, Listing, Shown


def truth() -> fields.Boolean:
    """Yes or no in a query; no where it is not given."""
    return fields.Boolean(load_default=bool, truthy={"true"}, falsy={"false"})


class FileNamed(Closed):
    """What a file is called, with its ending, which says what it is, and without folders."""

    name = fields.String(
        required=True,
        validate=[validate.Length(1, LONGEST_FILE_NAME), validate.Regexp(r"[^/\\\x00-\x1f]+\Z")],
    )


class ListHandedIn(FileNamed):
    """The name of a list, and what to do: only compare, or import the rows without a fault though others have one."""

    preview = truth()
    sound_only = truth()


class ImportTold(Shown):
    """What an import did, or where it is not `applied` would do; rows without a fault are added, changed or unchanged."""

    applied = fields.Boolean(attribute="told.applied")
    rows = fields.Integer(attribute="told.rows")
    added = fields.Integer(attribute="told.added")
    changed = fields.Integer(attribute="told.changed")
    unchanged = fields.Integer(attribute="told.unchanged")
    left_out = fields.Integer()
    columns_passed_over = fields.List(fields.String(), attribute="told.passed_over")
    sha256 = fields.String(attribute="told.sha256")
    faults = fields.Integer()
    errors = fields.List(fields.Nested(FaultShown))


class ImportShown(Shown):
    """An import that was applied: which file, by its digest, what came of it, who did it."""

    class Meta(Shown.Meta):
        """Of the table of imports."""

        model = Import

    id = auto_field(attribute="evidence.id")
    kind = auto_field(attribute="evidence.kind")
    file_name = auto_field(attribute="evidence.file_name")
    sha256 = auto_field(attribute="evidence.sha256")
    rows = auto_field(attribute="evidence.rows")
    added = auto_field(attribute="evidence.added")
    changed = auto_field(attribute="evidence.changed")
    faults = auto_field(attribute="evidence.faults")
    at = auto_field(attribute="evidence.at")
    person = fields.String()


class ImportsWanted(Listing):
    """Which imports."""

    kind = choice(tuple(LISTS))
