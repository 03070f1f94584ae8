"""Dated changes of units: previewed, drafted, submitted, decided."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, abort, url_for
from flask_babel import lazy_gettext as _l

from core import clock
from core.access.gate import may, ranges, requires
from core.api.answers import Unmet, answer
from core.api.paging import listed, page_of
from core.database import db, tenant_id, transaction
from core.organization.actions import changes as acts
from core.organization.api import shapes_changes as shapes
from core.organization.api.site import DECIDE, SUBMIT, VIEW, bp
from core.organization.assessment import assess
from core.organization.codes import ChangeKind, ChangeStatus, Domain, Subtype, UnitType
from core.organization.effects import effects
from core.organization.models import UnitChange
from core.organization.plan import NewUnit, Plan
from core.organization.queries import cards
from core.organization.queries.changes import changes_behind
from core.organization.reach import BEYOND, all_within, unreachable
from core.organization.rules.changes import MemberMove
from core.organization.situation import Situation
from core.policy.findings import Finding, Refused, Severity
from core.web.errors import finding_dict

_OPEN = (ChangeStatus.DRAFT, ChangeStatus.SUBMITTED, ChangeStatus.APPROVED)
_EXAMPLE = {
    "kind": "rename", "effective_on": "2026-12-01", "unit_id": "0190a5a0-0000-7000-8000-000000000001",
    "name": "中共清源县青溪镇委员会",
}  # fmt: skip


@bp.get("/changes", summary=_l("组织变动"), query=shapes.ChangeQuery, gives=shapes.ChangePage)
@requires(VIEW)
def list_changes(query: dict[str, Any]) -> Response:
    """The changes of the account's units, newest first."""
    state = query.get("state", "")
    page = page_of(query, order=f"organization.changes.{state}", read=(datetime.fromisoformat, UUID))
    found = changes_behind(ranges(VIEW), state=state, after=page.after, limit=page.limit + 1)
    return listed(found, page, shown=lambda one: asdict(one[0]), key=lambda one: (one[1], one[0].id))


@bp.post(
    "/changes/preview", summary=_l("预览组织变动"), takes=shapes.ChangeBody, gives=shapes.Preview, example=_EXAMPLE
)
@requires(SUBMIT)
def preview_change(body: dict[str, Any]) -> Response:
    """What a change would do and what the rules say of it; nothing is written."""
    situation = Situation(acts.filled(_plan(body)), as_of=clock.today())
    found = assess(situation)
    blocked = any(finding.blocks for finding in found)
    done = () if blocked else effects(situation)
    return answer(
        {
            "allowed": not blocked,
            "findings": [finding_dict(finding) for finding in found],
            "effects": [asdict(effect) for effect in done],
        }
    )


@bp.post("/changes", summary=_l("提出组织变动（草稿）"), takes=shapes.ChangeBody, gives=shapes.Change, creates=True, tagged=True,
         example=_EXAMPLE)  # fmt: skip
@requires(SUBMIT)
def new_change(body: dict[str, Any]) -> Response:
    """Write a change down as a draft, if no rule forbids it; ``submit`` asks for a decision."""
    plan = acts.filled(_plan(body))
    blocking = [finding for finding in assess(Situation(plan, as_of=clock.today())) if finding.blocks]
    if blocking:
        raise Refused(blocking)
    made = acts.draft(plan=plan, reason=body["reason"])
    address = url_for("organization_api.one_change", change_id=made)
    return _shown(made, 201, address)


@bp.get("/changes/<uuid:change_id>", summary=_l("一项组织变动"), gives=shapes.Change, tagged=True)
@requires(VIEW)
def one_change(change_id: UUID) -> Response:
    """A change with what it does and what the rules say."""
    return _shown(change_id)


def _shown(change_id: UUID, status: int = 200, location: str | None = None) -> Response:
    held, _path = _held(change_id)
    open_ = held.state in _OPEN
    situation = Situation(acts.plan_of(held), as_of=clock.today())
    found = assess(situation) if open_ else ()
    done = effects(situation) if open_ and not any(finding.blocks for finding in found) else ()
    names = ("id", "version", "kind", "state", "unit_id", "sources", "wanted", "effective_on", "doc_no", "reason",
             "submitted_on", "decided_on")  # fmt: skip
    data = {
        **{name: getattr(held, name) for name in names},
        "findings": [finding_dict(finding) for finding in found],
        "effects": [asdict(effect) for effect in done],
    }
    return answer(data, status, version=held.version, location=location)


def _held(change_id: UUID) -> tuple[UnitChange, str]:
    """The change and the path of its unit, if the account may see it."""
    held = db.session.get(UnitChange, (tenant_id(), change_id))
    found = cards.card(held.unit_id) if held is not None and held.unit_id else None
    if held is None or found is None or not may(VIEW, found.path):
        abort(404)
    return held, found.path


def _step(
    change_id: UUID, version: int, permission: str, act: Callable[[], object], *, whole: bool = False
) -> Response:
    """Take a change a step further, from the version that was meant.

    :param whole: whether the right is needed over every unit that the change touches, not its own alone.
    """
    with transaction():
        held, path = _held(change_id)
        if not may(permission, path):
            abort(404)
        if whole and not all_within(acts.plan_of(held), lambda one: may(permission, one)):
            raise Refused([BEYOND])
        if held.version != version:
            raise Unmet(412, held.version)
        act()
    return _shown(change_id)


@bp.post("/changes/<uuid:change_id>/submit", summary=_l("提交组织变动"), takes=shapes.Submit, gives=shapes.Change,
         changes="version")  # fmt: skip
@requires(SUBMIT)
def submit_change(change_id: UUID, version: int, body: dict[str, Any]) -> Response:
    """Ask for a decision; what only warns needs a reason."""
    return _step(
        change_id, version, SUBMIT, lambda: acts.submit(change_id=change_id, reason=body["reason"]), whole=True
    )


@bp.post("/changes/<uuid:change_id>/decision", summary=_l("审批组织变动"), takes=shapes.Decide, gives=shapes.Change,
         changes="version")  # fmt: skip
@requires(DECIDE)
def decide_change(change_id: UUID, version: int, body: dict[str, Any]) -> Response:
    """Approve, refuse or give back."""
    verbs: dict[str, Callable[[], object]] = {
        "approve": lambda: acts.approve(change_id=change_id, doc_no=body["doc_no"]),
        "reject": lambda: acts.reject(change_id=change_id, reason=body["reason"]),
        "give_back": lambda: acts.give_back(change_id=change_id, reason=body["reason"]),
    }
    return _step(change_id, version, DECIDE, verbs[body["act"]], whole=body["act"] == "approve")


@bp.post("/changes/<uuid:change_id>/withdraw", summary=_l("撤回组织变动"), takes=shapes.Withdraw, gives=shapes.Change,
         changes="version")  # fmt: skip
@requires(SUBMIT)
def withdraw_change(change_id: UUID, version: int, body: dict[str, Any]) -> Response:
    """Take back one's own change."""
    return _step(change_id, version, SUBMIT, lambda: acts.withdraw(change_id=change_id, reason=body["reason"]))


def _plan(body: dict[str, Any]) -> Plan:
    """The plan a body means. :raises Refused: it names a unit outside the account's reach, or lacks what its kind needs."""
    new = tuple(_new_unit(one) for one in body["new_units"])
    plan = Plan(
        kind=ChangeKind(body["kind"]),
        effective_on=body["effective_on"],
        unit_id=body["unit_id"],
        sources=tuple(body["sources"]),
        target_id=body["target_id"],
        name=body["name"],
        short_name=body["short_name"],
        parent_id=body["parent_id"],
        new_type=UnitType(body["new_type"]) if body["new_type"] else None,
        new_subtype=Subtype(body["new_subtype"]) if body["new_subtype"] else None,
        new_units=new,
        keep_source=body["keep_source"],
        moves=tuple(MemberMove(str(move["id"]), move["to"]) for move in body["moves"]),
        child_moves={move["id"]: move["to"] for move in body["child_moves"]},
        override_doc=body["override_doc"],
    )
    found = [*_lacking(plan), *unreachable(plan, lambda path: may(SUBMIT, path))]
    if found:
        raise Refused(found)
    return plan


def _new_unit(given: dict[str, Any]) -> NewUnit:
    return NewUnit(
        **{
            **given,
            "type": UnitType(given["type"]),
            "subtype": Subtype(given["subtype"]) if given["subtype"] else None,
            "domain": Domain(given["domain"]) if given["domain"] else None,
            "covered": tuple(given["covered"]),
        }
    )


def _lacking(plan: Plan) -> list[Finding]:
    """What the kind of change cannot do without."""
    kind, wanted = plan.kind, []
    if kind is ChangeKind.ESTABLISH:
        if len(plan.new_units) != 1 or plan.new_units[0].parent_id is None:
            wanted.append(("new_units", "成立党组织须写明一个新党组织及其上级（parent_id）。"))
    elif kind is ChangeKind.MERGE:
        if len(set(plan.sources)) < 2:
            wanted.append(("sources", "合并须写明两个以上的党组织。"))
        if (plan.target_id is None) == (not plan.new_units) or len(plan.new_units) > 1:
            wanted.append(("target_id", "合并须写明并入哪一个党组织，或者写明一个新党组织。"))
        if plan.target_id is not None and plan.target_id not in plan.sources:
            wanted.append(("target_id", "并入的党组织须是合并的党组织之一。"))
    elif plan.unit_id is None:
        wanted.append(("unit_id", "请写明要变动的党组织。"))
    keys = [new.key for new in plan.new_units]
    if len(set(keys)) != len(keys):
        wanted.append(("new_units", "各个新党组织的 key 不能相同。"))
    return [Finding("R1.D", Severity.BLOCK, field, message, code="E_REQUIRED") for field, message in wanted]
