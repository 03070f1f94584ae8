"""Inputs in which one chooses: of codes, of records, yes or no, several."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from core.sdk.api import fields
from plugins.care.aid.inputs import Input, Pairs, Sent


@dataclass(frozen=True)
class Choice(Input):
    """One of some codes. :param options: code → what it is called."""

    options: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    radio: bool = field(default=False, kw_only=True)

    def _control(self, held: Any, about: Any, /, **more: Any) -> dict[str, Any]:
        kind = "radio" if self.radio else "select"
        return super()._control(held, about, **{"kind": kind, "options": self._offered(about), **more})

    def _offered(self, about: Any) -> Pairs:  # noqa: ARG002
        return list(self.options.items())

    def none(self, about: Any) -> str:
        """What is chosen first."""
        return str(self.first(about) or "")

    def _absent(self, sent: Sent) -> Any:
        found = self.none(sent.about)
        if self.required and not found:
            sent.wrong(self.name, f"请选择{self.label}。", "E_REQUIRED")
        return found

    def _value(self, text: str, sent: Sent) -> Any:
        if text not in self.options:
            sent.wrong(self.name, f"请选择{self.label}。", "E_REQUIRED")
        return text

    def shape(self) -> Any:
        """The field of a program's body."""
        return fields.Choice(self.options, _l(self.label), required=self.required and self.value == "")


@dataclass(frozen=True)
class Pick(Choice):
    """One of some records, by its id. :param among: (id, what it is called) of those there are for a record."""

    among: Callable[[Any], Pairs] = field(default=lambda _about: (), kw_only=True)

    def _offered(self, about: Any) -> Pairs:
        return self.among(about)

    def first(self, about: Any) -> Any:
        """What is chosen first: the only one there is, when it must be chosen."""
        said = super().first(about)
        offered = self.among(about) if not said and self.required else ()
        return offered[0][0] if len(offered) == 1 else said

    def none(self, about: Any) -> Any:  # noqa: ARG002
        """None of them."""
        return None

    def _value(self, text: str, sent: Sent) -> UUID | None:
        if text in {str(one) for one, _title in self.among(sent.about)}:
            return UUID(text)
        sent.wrong(self.name, f"请选择{self.label}。", "E_REQUIRED")
        return None

    @property
    def key(self) -> str:
        """Its name for programs."""
        return f"{self.name}_id"

    def shape(self) -> Any:
        """The field of a program's body."""
        return fields.Id(_l(self.label), required=self.required)


@dataclass(frozen=True)
class Flag(Input):
    """A box to tick."""

    value: Any = field(default=False, kw_only=True)

    def drawn(self, about: Any, typed: Mapping[str, Any] | None) -> list[dict[str, Any]]:
        """The box; one that is not sent is not ticked."""
        held = self.first(about) if typed is None else Sent(typed, "").flag(self.name)
        return [self._control(held, about, kind="checkbox")]

    def read(self, sent: Sent) -> bool:
        """Whether it is ticked."""
        return sent.flag(self.name)

    def none(self, about: Any) -> bool:  # noqa: ARG002
        """No."""
        return False

    def shape(self) -> Any:
        """The field of a program's body."""
        return fields.Flag(_l(self.label))


@dataclass(frozen=True)
class Ticks(Choice):
    """Several of some codes: a box each, called ``name_code``. :param value: the codes ticked first."""

    def drawn(self, about: Any, typed: Mapping[str, Any] | None) -> list[dict[str, Any]]:
        """The boxes, as one control."""
        held = set(self.first(about)) if typed is None else set(self._ticked(Sent(typed, "")))
        return [self._control(sorted(held), about, kind="ticks", wide=True)]

    def _ticked(self, sent: Sent) -> list[str]:
        return [code for code in self.options if sent.flag(f"{self.name}_{code}")]

    def read(self, sent: Sent) -> list[str]:
        """The codes that are ticked."""
        found = self._ticked(sent)
        if self.required and not found:
            sent.wrong(f"{self.name}_{next(iter(self.options))}", f"请至少选择一项{self.label}。", "E_REQUIRED")
        return found

    def none(self, about: Any) -> Any:  # noqa: ARG002
        """None of them."""
        return []

    def shape(self) -> Any:
        """The field of a program's body."""
        return fields.Many(
            fields.Choice(self.options), required=self.required, metadata={"description": _l(self.label)}
        )
