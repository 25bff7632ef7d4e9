"""What the schemas of the API share: each is derived from the columns it shows, and names them one by one."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, fields, missing
from marshmallow_sqlalchemy import SQLAlchemySchema

from data.schemas.campaigns import Closed

__all__ = ["Closed", "Listing", "Nothing", "Shown"]


class Shown(SQLAlchemySchema):  # type: ignore[type-arg]
    """A row as it is shown. What is not named in a schema is not shown: there is no schema of all columns."""

    def on_bind_field(self, _field_name: str, field_obj: fields.Field[Any]) -> None:
        """Everything that is named is always there, if only as null: so it is told to who reads."""
        field_obj.required = True

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """A value of what is shown; where it is a row with something beside it, else of the row.

        AttributeError where there is none: what is named and not there is a mistake of ours, not to be left out silently.
        """
        value = super().get_attribute(obj, attr, default)
        if value is missing and hasattr(obj, "row"):
            value = super().get_attribute(obj.row, attr, default)
        if value is missing:
            raise AttributeError(attr)
        return value

    class Meta:
        """Never read from, and closed if it were."""

        unknown = RAISE


class Nothing(Closed):
    """No parameters, or an empty body."""


class Listing(Closed):
    """The filters of a list; which page is asked for is read beside them."""
