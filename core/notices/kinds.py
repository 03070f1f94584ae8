"""What people are told about: the kinds for which each chooses at once, daily, weekly or not by e-mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from core.notices.rules.delivering import Mode
from core.tenancy.doors import is_open


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message.

    :param obligatory: it can be put into a digest, but not be switched off.
    :param default: how it is told by e-mail while nobody has chosen.
    """

    code: str
    title: object
    about: object
    default: Mode
    obligatory: bool = False


_known: dict[str, Kind] = {}
#: Every kind by its code: a live, read-only view.
KINDS: Mapping[str, Kind] = MappingProxyType(_known)


def declare_kind(code: str, title: object, *, about: object, default: Mode = "daily", obligatory: bool = False) -> str:
    """Declare a kind of message; returns its code. Declaring the same code again changes nothing."""
    _known.setdefault(code, Kind(code, title, about, default, obligatory))
    return code


def hang(kind: Kind) -> None:
    """Put in a kind that somebody else declared; it replaces one of the same code."""
    _known[kind.code] = kind


def open_kinds() -> dict[str, Kind]:
    """The kinds of message that the bound tenant may give, by their codes."""
    return {code: kind for code, kind in _known.items() if is_open(code)}


NOTICE = declare_kind("notice", _l("通知"), about=_l("上级和本组织发给您的通知"), default="once", obligatory=True)
DEADLINE = declare_kind("deadline", _l("到期提醒"), about=_l("换届、转正等事项到期前和逾期后的提醒"))
NUDGE = declare_kind("nudge", _l("催办、催阅"), about=_l("上级请您尽快办理或阅读"), default="once", obligatory=True)
UPDATE = declare_kind("update", _l("办理进展"), about=_l("您经手的事项有了结果"))
