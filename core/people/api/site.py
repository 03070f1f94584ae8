"""What the roster's verbs share."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, abort
from flask_babel import lazy_gettext as _l

from core.access.gate import ranges
from core.api.answers import Unmet, answer
from core.api.verbs import Verbs
from core.people.actions.members import Stale, Unknown
from core.people.queries.single import Found, one
from core.policy.findings import Finding
from core.web.errors import finding_dict

T = TypeVar("T")
bp = Verbs("people_api", "core.people.api", title=_l("党员"))
VIEW = "people.member.view"
EDIT = "people.member.edit"
STATE = "people.member.state"
REVEAL = "people.member.reveal"
EXPORT = "people.member.export"
EXPORT_FULL = "people.member.export_full"


def shown(found: Found) -> dict[str, Any]:
    """A person as the API shows it."""
    return {**found.values, "unit_path": found.unit_path, "added": found.added}


def said(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """What the rules said of an act that was done."""
    return [finding_dict(finding) for finding in findings]


def done(act: Callable[[], T]) -> T:
    """Do a verb: 412 when somebody was faster, 404 for nobody."""
    try:
        return act()
    except Stale as error:
        raise Unmet(412, error.version) from error
    except Unknown:
        abort(404)


def as_it_is(person: UUID, findings: tuple[Finding, ...] = ()) -> Response:
    """The record after a change; nothing of it for who may change but not see it any more."""
    now = one(person, ranges(VIEW))
    if now is None:
        return answer({"id": str(person), "findings": said(findings)})
    return answer({**shown(now), "findings": said(findings)}, version=now.version)
