"""What is delicate of somebody's base data, as forms ask for it: address, family, résumé. It is kept sealed."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from core.sdk import Finding, Severity, record, transaction
from plugins.development.cases.sealing import private_of
from plugins.development.models.case import Case
from plugins.development.pages.forms import Shown
from plugins.development.pages.parts import PRIVATE

#: Facts of several lines.
_LONG = frozenset({"family", "resume", "rewards", "remark"})
#: What the fields of a form are called, so that they meet no field of the same name.
_PREFIX = "private."
#: Characters of a fact at most.
_MOST = 8000


def given(sent: Mapping[str, Any], *, whole: bool) -> dict[str, str]:
    """The facts that a form sent. :param whole: the form showed what there was, so that an emptied field empties it."""
    found = {name: str(sent.get(_PREFIX + name) or "").strip()[:_MOST] for name in PRIVATE if _PREFIX + name in sent}
    return found if whole else {name: text for name, text in found.items() if text}


def values_of(case: Case) -> dict[str, str]:
    """What a case holds, as its form shows it; that it was read is written down."""
    with transaction():
        record(kind="development.sealed.opened", subject="development_case", subject_id=case.id)
    return {_PREFIX + name: str(text) for name, text in private_of(case).items()}


def fields(values: Mapping[str, Any], findings: Sequence[Finding], *, kept: Sequence[str] = ()) -> list[Shown]:
    """The fields, the address first. :param kept: facts that are there and not shown."""
    made = [
        Shown(
            _PREFIX + name, label, "textarea" if name in _LONG else "text", values.get(_PREFIX + name),
            help=_("已经填过，不改就不用填") if name in kept else None, sealed=True, wide=name in _LONG,
        )
        for name, label in PRIVATE.items()
    ]  # fmt: skip
    for one in made:
        if one.wide:
            one.rows = 3
        name = one.name.removeprefix(_PREFIX)
        one.errors = [said.message for said in findings if said.field == name and said.severity is Severity.BLOCK]
    return made
