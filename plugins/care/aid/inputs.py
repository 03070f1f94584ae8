"""Inputs of forms, each said once: drawn on the page, read from what was sent, described to programs, all from that.

What was sent is read whole: every fault is found, and all are told together. Labels and help are plain Chinese, which is
translated where it is shown.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.sdk import Finding
from core.sdk.api import fields
from plugins.care.findings import block

#: Ten billion yuan in fen: nothing of a fund is as large.
MOST_FEN = 10**12
_NAMES = re.compile(r"[、,，;；\s]+")
Pairs = Sequence[tuple[str, Any]]


class Sent:
    """What a form sent, with the faults found in it.

    :param given: of the form, by name. :param rule: what faults are named by. :param about: the record it is about.
    """

    def __init__(self, given: Mapping[str, Any], rule: str, about: Any = None) -> None:
        self.given, self.rule, self.about = given, rule, about
        self.found: list[Finding] = []

    def text(self, name: str) -> str:
        """A text, trimmed."""
        return str(self.given.get(name) or "").strip()

    def wrong(self, name: str, message: str, code: str = "E_FORMAT", fix: str = "") -> None:
        """Add a fault."""
        self.found.append(block(self.rule, name, message, code, fix))

    def flag(self, name: str) -> bool:
        """Whether a box is ticked."""
        return self.given.get(name) in (True, "1", "true", "on")


@dataclass(frozen=True)
class Input:
    """One line of text.

    :param value: what stands in it first, or a function of the record that gives it.
    :param most: characters at most.
    """

    name: str
    label: str
    required: bool = field(default=False, kw_only=True)
    help: str = field(default="", kw_only=True)
    value: Any = field(default="", kw_only=True)
    most: int = field(default=200, kw_only=True)
    placeholder: str = field(default="", kw_only=True)
    #: the heading under which it stands
    group: str = field(default="", kw_only=True)

    @property
    def key(self) -> str:
        """Its name for programs."""
        return self.name

    def first(self, about: Any) -> Any:
        """What stands in it before anybody typed."""
        return self.value(about) if callable(self.value) else self.value

    def drawn(self, about: Any, typed: Mapping[str, Any] | None) -> list[dict[str, Any]]:
        """Its controls, with what was typed."""
        held = self.first(about) if typed is None else typed.get(self.name, "")
        return [self._control(held, about)]

    def _control(self, held: Any, about: Any, /, **more: Any) -> dict[str, Any]:  # noqa: ARG002  (choices ask it)
        given = {"placeholder": self.placeholder} if self.placeholder else {}
        found = {"name": self.name, "label": self.label, "kind": "text", "value": held, "required": self.required}
        return {**found, "help": self.help, "group": self.group, **given, **more}

    def read(self, sent: Sent) -> Any:
        """Its value; what is wrong with it is added to what is wrong with all."""
        text = sent.text(self.name)
        if not text:
            return self._absent(sent)
        return self._value(text, sent)

    def _absent(self, sent: Sent) -> Any:
        if self.required:
            sent.wrong(self.name, f"请填写{self.label}。", "E_REQUIRED")
        return self.none(sent.about)

    def none(self, about: Any) -> Any:  # noqa: ARG002  (days take the record's)
        """What an empty one means."""
        return ""

    def _value(self, text: str, sent: Sent) -> Any:
        if len(text) > self.most:
            sent.wrong(self.name, f"{self.label}最多{self.most}个字，现有{len(text)}个。", "E_RANGE")
        return text

    def shape(self) -> Any:
        """The field of a program's body."""
        least = 1 if self.required else 0
        return fields.Text(_l(self.label), least=least, most=self.most, required=self.required)


@dataclass(frozen=True)
class Lines(Input):
    """A text of several lines. :param rows: how high it is drawn."""

    most: int = field(default=1000, kw_only=True)
    rows: int = field(default=3, kw_only=True)

    def _control(self, held: Any, about: Any, /, **more: Any) -> dict[str, Any]:
        return super()._control(held, about, kind="textarea", rows=self.rows, **more)

    def shape(self) -> Any:
        """The field of a program's body."""
        return fields.Text(
            _l(self.label), least=1 if self.required else 0, most=self.most, lines=True, required=self.required
        )


@dataclass(frozen=True)
class Money(Input):
    """An amount: yuan on the page, fen for programs. :param zero: whether nothing is an amount as well."""

    zero: bool = field(default=False, kw_only=True)

    @property
    def key(self) -> str:
        """Its name for programs."""
        return f"{self.name}_fen"

    def none(self, about: Any) -> int:  # noqa: ARG002
        """Nothing."""
        return 0

    def _control(self, held: Any, about: Any, /, **more: Any) -> dict[str, Any]:
        return super()._control(held, about, inputmode="decimal", unit="元", **more)

    def _value(self, text: str, sent: Sent) -> int:
        plain = text.replace(",", "").replace("，", "").removesuffix("元")
        try:
            fen = Decimal(plain) * 100
            if not fen.is_finite() or fen != fen.to_integral_value():
                raise InvalidOperation
        except InvalidOperation:
            sent.wrong(self.name, f"{self.label}应为金额，最多两位小数，例如 500 或 500.50。")
            return 0
        if fen < 0 or (fen == 0 and not self.zero) or fen > MOST_FEN:
            sent.wrong(self.name, f"{self.label}须大于零。退回请用“退回捐助”或冲销，不要填负数。", "E_RANGE")
            return 0
        return int(fen)

    def shape(self) -> Any:
        """The field of a program's body."""
        says = LazyString(lambda: _("%(what)s，以分为单位", what=_(self.label)))
        return fields.Whole(says, least=0 if self.zero else 1, most=MOST_FEN, required=self.required)


@dataclass(frozen=True)
class Day(Input):
    """A day, ``2026-07-01``; an empty one means ``value``."""

    def _control(self, held: Any, about: Any, /, **more: Any) -> dict[str, Any]:
        shown = held.isoformat() if isinstance(held, date) else held
        return super()._control(shown, about, kind="date", **more)

    def none(self, about: Any) -> date | None:
        """What it holds first; ``None`` without."""
        return self.first(about) or None

    def _absent(self, sent: Sent) -> date | None:
        found = self.none(sent.about)
        if self.required and found is None:
            sent.wrong(self.name, f"请填写{self.label}，例如 2026-07-01。", "E_REQUIRED")
        return found

    def _value(self, text: str, sent: Sent) -> date | None:
        try:
            return date.fromisoformat(text)
        except ValueError:
            sent.wrong(self.name, f"请填写{self.label}，例如 2026-07-01。")
            return None

    def shape(self) -> Any:
        """The field of a program's body."""
        return fields.Day(_l(self.label), required=self.required and self.value == "")


@dataclass(frozen=True)
class Month(Input):
    """A month, ``2026-07``, as its first day."""

    def _control(self, held: Any, about: Any, /, **more: Any) -> dict[str, Any]:
        shown = f"{held:%Y-%m}" if isinstance(held, date) else held
        return super()._control(shown, about, **{"placeholder": "2026-01", **more})

    def none(self, about: Any) -> date | None:
        """The month it holds first."""
        found = self.first(about)
        return found.replace(day=1) if found else None

    def _value(self, text: str, sent: Sent) -> date | None:
        try:
            return date.fromisoformat(f"{text[:7]}-01")
        except ValueError:
            sent.wrong(self.name, f"请填写{self.label}，例如 2026-07。")
            return None

    def shape(self) -> Any:
        """The field of a program's body: any day of the month."""
        return fields.Day(_l(self.label), required=self.required)


@dataclass(frozen=True)
class Whole(Input):
    """A whole number between two others."""

    least: int = field(default=0, kw_only=True)
    most: int = field(default=1000, kw_only=True)

    def _control(self, held: Any, about: Any, /, **more: Any) -> dict[str, Any]:
        return super()._control(held, about, kind="number", **more)

    def none(self, about: Any) -> int:  # noqa: ARG002
        """Nought."""
        return 0

    def _value(self, text: str, sent: Sent) -> int:
        if text.isascii() and text.isdigit() and len(text) < 10 and self.least <= int(text) <= self.most:
            return int(text)
        sent.wrong(self.name, f"{self.label}应为{self.least}到{self.most}之间的整数。", "E_RANGE")
        return self.least

    def shape(self) -> Any:
        """The field of a program's body."""
        return fields.Whole(_l(self.label), least=self.least, most=self.most, required=self.required)


@dataclass(frozen=True)
class Names(Input):
    """Names, divided by 、 or commas."""

    most: int = field(default=400, kw_only=True)

    def none(self, about: Any) -> list[str]:  # noqa: ARG002
        """Nobody."""
        return []

    def _value(self, text: str, sent: Sent) -> list[str]:
        super()._value(text, sent)
        return list(dict.fromkeys(one for one in _NAMES.split(text) if one))[:50]

    def shape(self) -> Any:
        """The field of a program's body."""
        said = {"description": _l(self.label)}
        return fields.Many(fields.Text(least=1, most=60), required=self.required, metadata=said)
