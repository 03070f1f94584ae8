"""Fields of the shapes that programs send and get: strict about types, and as strict as their schema says.

A value is taken exactly as JSON (or, in an address, as text) writes it: ``"1"`` is no number, ``1`` is no text, a day is
``2026-07-01``. So what the OpenAPI document allows is accepted and everything else is named.
"""

# marshmallow hands each field more than it needs:
# ruff: noqa: ARG002

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow import fields, validate
from marshmallow.fields import Dict as Mapped
from marshmallow.fields import List as Many
from marshmallow.fields import Nested, Raw

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,8})")
#: Texts without control characters, which no file and no screen can hold (line breaks and tabs may stand in long ones).
PLAIN = r"^[^\u0000-\u001f\u007f-\u009f]*$"
LINES = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"


def _about(more: dict[str, Any], says: Any, **shown: Any) -> dict[str, Any]:
    """Marshmallow's options with the description and whatever the schema shows beside it."""
    known = {name: value for name, value in shown.items() if value is not None}
    if says is not None:
        known["description"] = says
    return {**more, "metadata": {**known, **more.get("metadata", {})}}


class Text(fields.String):
    """A text.

    :param says: what it is, shown in the document (lazy Chinese text).
    :param most: characters at most; ``least`` at least.
    :param lines: whether line breaks and tabs may stand in it.
    """

    def __init__(
        self,
        says: Any = None,
        *,
        least: int = 0,
        most: int = 200,
        lines: bool = False,
        like: str | None = None,
        **more: Any,
    ) -> None:
        pattern = like or (LINES if lines else PLAIN)
        checks = [validate.Length(min=least, max=most), validate.Regexp(pattern)]
        super().__init__(validate=checks, **_about(more, says, pattern=pattern))


class Whole(fields.Integer):
    """A whole number between two others."""

    def __init__(self, says: Any = None, *, least: int = 0, most: int = 1_000_000, **more: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **_about(more, says))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, str) and self.root is not None and getattr(self.root, "of_address", False):
            value = int(value) if _WHOLE.fullmatch(value) else None
        if isinstance(value, float) and value.is_integer():  # JSON knows one kind of number
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Flag(fields.Boolean):
    """Yes or no."""

    def __init__(self, says: Any = None, **more: Any) -> None:
        super().__init__(**_about(more, says))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if isinstance(value, str) and self.root is not None and getattr(self.root, "of_address", False):
            value = {"true": True, "false": False}.get(value)
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Day(fields.Date):
    """A day, written 2026-07-01."""

    def __init__(self, says: Any = None, **more: Any) -> None:
        super().__init__(**_about(more, says, example="2026-07-01"))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type="date")
        return super()._deserialize(value, attr, data, **kwargs)


class Moment(fields.AwareDateTime):
    """A moment with its zone, written 2026-07-01T09:30:00+08:00."""

    def __init__(self, says: Any = None, **more: Any) -> None:
        super().__init__(format="iso", **_about(more, says, example="2026-07-01T09:30:00+08:00"))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or "T" not in value.upper() or len(value) > 40:
            raise self.make_error("invalid", input=value, obj_type="datetime")
        return super()._deserialize(value.upper(), attr, data, **kwargs)


class Id(fields.UUID):
    """The id of a record."""

    def __init__(self, says: Any = None, **more: Any) -> None:
        super().__init__(**_about(more, says))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> UUID:
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise self.make_error("invalid_uuid", input=value)
        return UUID(value)


class Choice(fields.String):
    """One of some codes; with a mapping, the document says what each code means."""

    def __init__(self, choices: Iterable[str], says: Any = None, **more: Any) -> None:
        codes = [str(code) for code in choices]
        meant = dict(choices) if isinstance(choices, Mapping) else None
        super().__init__(validate=validate.OneOf(codes), **_about(more, says, **{"x-labels": meant}))


__all__ = ["Choice", "Day", "Flag", "Id", "Many", "Mapped", "Moment", "Nested", "Raw", "Text", "Whole"]
