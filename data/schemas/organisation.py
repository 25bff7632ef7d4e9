"""Departments, and who acts, as the API shows them."""

from __future__ import annotations

from marshmallow import fields
from marshmallow_sqlalchemy import auto_field

from data.models import Department
from data.schemas.shapes import Shown


class DepartmentShown(Shown):
    """A department (部门)."""

    class Meta(Shown.Meta):
        """Of the table of departments."""

        model = Department

    code = auto_field()
    name = auto_field()
    jurisdiction_code = auto_field()
    opened_on = auto_field()
    closed_on = auto_field()


class MeShown(Shown):
    """The account that a token acts as, with its roles of today."""

    login = fields.String(required=True)
    name = fields.String(required=True)
    department_code = fields.String(required=True)
    department_name = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
