"""The written form of a version of an inspection item (抽查事项): the checks that the intake of lists makes.

Each field is read by the reader of its column in the list of items, so that a form and a file can't disagree about what
an item may hold. What is wrong with a field is told by the fault codes of the intake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema
from sqlalchemy import Integer

from data.intake.lists import IDENTITY, ITEMS, ListColumn, item_code
from data.schemas.campaigns import Closed
from data.vocabulary import METHODS

_COLUMNS = {column.name: column for column in ITEMS.columns}

WORDS = tuple(name for name in _COLUMNS if name not in ("department", "code"))
"""What a version says, in the order in which lists and papers have it."""

METHOD_WORDS = {
    "现场检查": "onsite",
    "书面检查": "documents",
    "检验检测": "testing",
    "专业意见": "expert",
    "第三方验证": "third_party",
    "网络监测": "online",
}
"""How lists call the methods that have a code; any other word of a list stays as it is."""


def methods_of(told: str) -> list[str]:
    """The methods that a version names: codes, and the words of its list that have none."""
    found = [METHOD_WORDS.get(each, each) for each in told.split(";") if each]
    return list(dict.fromkeys(found))


class AsInLists(fields.String):
    """A field that is read as the intake reads the cells of a column."""

    def __init__(self, column: ListColumn, **options: Any) -> None:
        missing: dict[str, Any] = {} if column.filled else {"load_default": None if column.empties else ""}
        if isinstance(column.type, Integer):
            missing["metadata"] = {"type": ["integer", "string"]}  # for the document of the API
        needed = column.filled and "load_default" not in options
        super().__init__(required=needed, **(missing | options))
        self.column = column

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:
        counted = isinstance(self.column.type, Integer)
        if counted and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        read, findings = self.column.reader.cell(super()._deserialize(value, attr, data, **more))
        if findings:
            raise ValidationError([code for code, _ in findings])
        if not read:
            if self.required:
                raise ValidationError("empty")
            return None if self.column.empties else ""
        return int(read) if counted else read


def _simple() -> dict[str, fields.Field[Any]]:
    return {name: AsInLists(_COLUMNS[name]) for name in WORDS if name != "methods"}


class ItemOutline(Closed.from_dict(_simple())):  # type: ignore[misc]
    """An item's version as its registrar writes it.

    `kept` are methods without a code that the item has from its list; None where that is looked at later.
    """

    methods = fields.List(fields.String(), load_default=list)

    def __init__(self, kept: Sequence[str] | None = (), **options: Any) -> None:
        super().__init__(**options)
        self.known_methods = None if kept is None else {*METHODS, *kept}

    @validates_schema(skip_on_field_errors=False)
    def methods_are_known(self, data: Mapping[str, Any], **_: Any) -> None:
        """A method is one of the list, and named once."""
        methods = data.get("methods", [])
        if self.known_methods is not None and not self.known_methods.issuperset(methods):
            raise ValidationError("not_a_choice", "methods")
        if len(set(methods)) < len(methods):
            raise ValidationError("item_twice", "methods")

    @validates_schema(skip_on_field_errors=False)
    def limits_are_in_order(self, data: Mapping[str, Any], **_: Any) -> None:
        """The least is not more than the most."""
        wrong = {}
        for least, most in (("times_least", "times_most"), ("ratio_least", "ratio_most")):
            low, high = data.get(least), data.get(most)
            if low not in (None, "") and high not in (None, "") and Fraction(low) > Fraction(high):
                wrong[most] = ["ends_before_it_begins"]
        if wrong:
            raise ValidationError(wrong)


class NewItemOutline(ItemOutline):
    """A new item: its code too; without one it gets a code from what it is known by, as in a list."""

    code = AsInLists(_COLUMNS["code"], load_default="", validate=validate.Length(max=50))


def code_of(written: Mapping[str, Any]) -> str:
    """The code of a new item."""
    return written["code"] or item_code([written[name] for name in IDENTITY])


def stored(written: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a version as its outline says."""
    return {name: ";".join(written[name]) if name == "methods" else written[name] for name in WORDS}
