"""What other parts put on the page of a case: their sections, their prints; and what is opened by hand.

@section(order=20)
def ballots(held: Loaded) -> Markup | None: ...

@printing
def papers(held: Loaded) -> list[tuple[title, address]]: ...
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from plugins.development.pages.loading import Loaded

#: What the private facts of a case are called.
PRIVATE = {
    "address": _l("家庭住址"), "household": _l("户籍"), "native_place": _l("籍贯"), "marital": _l("婚姻状况"),
    "family": _l("家庭成员"), "resume": _l("简历"), "rewards": _l("奖惩"), "skills": _l("特长"), "remark": _l("备注"),
}  # fmt: skip
Section = Callable[[Loaded], Markup | None]
Printing = Callable[[Loaded], Sequence[tuple[Any, str]]]
_sections: list[tuple[int, Section]] = []
_printings: list[Printing] = []
S = TypeVar("S", bound=Section)
P = TypeVar("P", bound=Printing)


def section(order: int = 50) -> Callable[[S], S]:
    """Register a section of the case page, below what is to be done now; ``None`` leaves it out."""

    def register(call: S) -> S:
        if all(known is not call for _order, known in _sections):
            _sections.append((order, call))
            _sections.sort(key=lambda one: one[0])
        return call

    return register


def printing(call: P) -> P:
    """Register who offers prints on the case page: (title, address)."""
    if call not in _printings:
        _printings.append(call)
    return call


def extras(held: Loaded) -> list[Markup]:
    """The sections of the other parts."""
    return [made for _order, call in _sections if (made := call(held)) is not None]


def prints(held: Loaded) -> list[tuple[Any, str]]:
    """What can be printed."""
    return [one for call in _printings for one in call(held)]


def person(held: Loaded, *, clear: bool) -> list[tuple[Any, Any]]:
    """Who it is; in clear with number, telephone and what is private."""
    from plugins.development.pages.case import basics

    found = basics(held)
    if not clear:
        return found
    from plugins.development.cases.sealing import private_of, unseal_text
    from plugins.development.models.case import Case

    one = held.case
    kept = [fact for fact in found if fact[0] not in (_("证件号码"), _("电话"))]
    opened = [
        (_("证件号码"), unseal_text(one.id_no_cipher, Case, "id_no_cipher", one.id)),
        (_("电话"), unseal_text(one.phone_cipher, Case, "phone_cipher", one.id)),
    ]
    private = private_of(one)
    opened += [(title, str(private[name])) for name, title in PRIVATE.items() if private.get(name)]
    return [*kept, *(fact for fact in opened if fact[1])]
