"""Reading what a form or a program sends: every fault is found, and all are told together."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from core.sdk import Finding, Refused
from plugins.care.findings import block

#: Ten billion yuan in fen: nothing of a fund is as large.
_MOST = 10**12
_NAMES = re.compile(r"[、,，;；\s]+")


class Reader:
    """Takes values one by one; :meth:`done` tells what was wrong."""

    def __init__(self, given: Mapping[str, Any], rule: str) -> None:
        self._given, self._rule, self.found = given, rule, list[Finding]()

    def _text(self, name: str) -> str:
        return str(self._given.get(name) or "").strip()

    def wrong(self, name: str, message: str, code: str = "E_FORMAT", fix: str = "") -> None:
        """Add a fault."""
        self.found.append(block(self._rule, name, message, code, fix))

    def text(self, name: str, label: str, *, required: bool = False, most: int = 200) -> str:
        """A text, trimmed."""
        text = self._text(name)
        if required and not text:
            self.wrong(name, f"请填写{label}。", "E_REQUIRED")
        elif len(text) > most:
            self.wrong(name, f"{label}最多{most}个字，现有{len(text)}个。", "E_RANGE")
        return text

    def money(self, name: str, label: str, *, required: bool = True, zero: bool = False) -> int:
        """An amount in yuan as fen."""
        text = self._text(name).replace(",", "").replace("，", "").removesuffix("元")
        if not text:
            if required:
                self.wrong(name, f"请填写{label}。", "E_REQUIRED")
            return 0
        try:
            fen = Decimal(text) * 100
            if not fen.is_finite() or fen != fen.to_integral_value():
                raise InvalidOperation
        except InvalidOperation:
            self.wrong(name, f"{label}应为金额，最多两位小数，例如 500 或 500.50。")
            return 0
        if fen < 0 or (fen == 0 and not zero) or fen > _MOST:
            self.wrong(name, f"{label}须大于零。退回请用“退回捐助”或冲销，不要填负数。", "E_RANGE")
            return 0
        return int(fen)

    def day(self, name: str, label: str, *, default: date | None = None) -> date:
        """A day, ``2026-07-01``."""
        text = self._text(name)
        if not text and default is not None:
            return default
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.wrong(name, f"请填写{label}，例如 2026-07-01。", "E_FORMAT" if text else "E_REQUIRED")
            return default or date.min

    def month(self, name: str, label: str, *, default: date | None = None) -> date:
        """A month, ``2026-07``, as its first day."""
        text = self._text(name)
        if not text and default is not None:
            return default.replace(day=1)
        try:
            return date.fromisoformat(f"{text[:7]}-01")
        except ValueError:
            self.wrong(name, f"请填写{label}，例如 2026-07。", "E_FORMAT" if text else "E_REQUIRED")
            return date.min

    def whole(self, name: str, label: str, *, least: int, most: int, default: int | None = None) -> int:
        """A whole number."""
        text = self._text(name)
        if not text and default is not None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
            self.wrong(name, f"{label}应为{least}到{most}之间的整数。", "E_RANGE")
            return default if default is not None else least
        return int(text)

    def choice(self, name: str, label: str, choices: Collection[str], *, default: str | None = None) -> str:
        """One of some codes."""
        text = self._text(name) or default or ""
        if text not in choices:
            self.wrong(name, f"请选择{label}。", "E_REQUIRED")
        return text

    def chosen(self, name: str, choices: Collection[str]) -> list[str]:
        """Which of some codes are ticked, each as a box ``name_code``; or a list under the name itself."""
        listed = self._given.get(name)
        if isinstance(listed, list | tuple):
            return [code for code in choices if code in listed]
        return [code for code in choices if self.flag(f"{name}_{code}")]

    def flag(self, name: str) -> bool:
        """Whether a box is ticked."""
        return self._given.get(name) in (True, "1", "true", "on")

    def names(self, name: str) -> list[str]:
        """Names divided by 、 or commas."""
        given = self._given.get(name)
        parts = given if isinstance(given, list | tuple) else _NAMES.split(self._text(name))
        return list(dict.fromkeys(str(one).strip() for one in parts if str(one).strip()))[:50]

    def done(self) -> None:
        """End reading. :raises Refused: something was wrong."""
        if self.found:
            raise Refused(self.found)
