"""What is due, by rule values of the tenant: confirmations, visits by kind, follow-ups, quarterly contacts.

Reminders of a visit come when half of its days are over, on its last day, and every day after it, each day one level
higher. No title says whom it is about: reminders are sent by e-mail; what happened is read on the page.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Date, Integer, bindparam, cast, func, select

from core.sdk import DeadlineRule, Plan, Unit, today
from plugins.care.models import Case, ContactLink, FollowUp
from plugins.care.permissions import CONTACT, DECIDE, VISIT
from plugins.care.policy import numbers
from plugins.care.rules.visits import Kind, half_time

_SOURCE = "党员四必访（R6.01）"
_AS_OF = bindparam("as_of", type_=Date())
_DAYS = bindparam("days", type_=Integer())
_CASE_UNIT = (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id)
#: Days before a contact is due from which it is work.
_AHEAD = 30


def _case_rule(name: str, title: Any, kind: Kind, *, funeral: bool | None = None) -> DeadlineRule:
    """The visits of one kind; their days are the rule values'."""
    sub_kind = "funeral" if funeral else ""
    wanted = [Case.kind == kind.value, Case.state.in_(("confirmed", "assigned"))]
    if funeral is not None:
        wanted.append((Case.sub_kind == "funeral") if funeral else (Case.sub_kind != "funeral"))

    def plan(_policy: Any) -> Plan:
        days = numbers(as_of=today()).terms.days(kind, sub_kind)
        confirmed = date(2000, 1, 1)
        last = date.fromordinal(confirmed.toordinal() + days)
        return Plan(days=((last - half_time(confirmed, last)).days, 0), every=1)

    return DeadlineRule(
        f"care.visit.{name}", title, _l("走访期限"), _SOURCE, "care.case", DECIDE, DECIDE,
        select(Case.id, Unit.id, Unit.short_name, Case.confirmed_on, Case.due_on).join(Unit, _CASE_UNIT).where(*wanted),
        ("case", "case_id"), plan=plan, listed=("board", {}), order=3,
        done=select(Case.id).where(Case.first_visit_on.is_not(None)),
    )  # fmt: skip


def _given(value: Callable[[Any], int]) -> Callable[[date], tuple[str, dict[str, Any]]]:
    def given(as_of: date) -> tuple[str, dict[str, Any]]:
        found = numbers(as_of=as_of)
        return found.version, {"as_of": as_of, "days": value(found)}

    return given


def _day(value: Any) -> Any:
    return cast(value, Date())


_CONFIRM = DeadlineRule(
    "care.confirm", _l("核实四必访事项"), _l("应核实"), _SOURCE, "care.case", DECIDE, DECIDE,
    select(Case.id, Unit.id, Unit.short_name, Case.reported_on, _day(Case.reported_on + _DAYS))
    .join(Unit, _CASE_UNIT)
    .where(Case.state == "reported", Case.reported_on <= _AS_OF),
    ("case", "case_id"), given=_given(lambda found: found.confirm), plan=lambda _: Plan(days=(1, 0), every=1),
    listed=("board", {}), order=2, done=select(Case.id).where(Case.state != "reported"),
)  # fmt: skip

_FOLLOW_UP = DeadlineRule(
    "care.follow_up", _l("走访后的跟进"), _l("办理期限"), "走访记录与跟进（R6.03）", "care.follow_up", VISIT, VISIT,
    select(FollowUp.id, Unit.id, Unit.short_name, _day(FollowUp.due_on - 30), FollowUp.due_on)
    .join(Unit, (Unit.tenant_id == FollowUp.tenant_id) & (Unit.id == FollowUp.unit_id))
    .where(FollowUp.state == "open"),
    ("follow_up", "follow_up_id"), plan=lambda _: Plan(days=(3, 0), every=3), order=8,
    done=select(FollowUp.id).where(FollowUp.state == "done"),
)  # fmt: skip

_LAST = func.coalesce(ContactLink.last_on, ContactLink.since)
_CONTACT = DeadlineRule(
    "care.contact", _l("联系党员"), _l("应联系"), "支委联系党员（R6.15）", "care.contact", CONTACT, CONTACT,
    select(ContactLink.id, Unit.id, Unit.short_name, _day(_LAST + _DAYS - _AHEAD), _day(_LAST + _DAYS))
    .join(Unit, (Unit.tenant_id == ContactLink.tenant_id) & (Unit.id == ContactLink.unit_id))
    .where(ContactLink.ended_on.is_(None), _day(_LAST + _DAYS - _AHEAD) <= _AS_OF),
    ("contact", "link_id"), given=_given(lambda found: found.contact), plan=lambda _: Plan(days=(14, 0), every=14),
    listed=("contacts", {}), order=40, done=select(ContactLink.id).where(ContactLink.ended_on.is_(None)),
)  # fmt: skip

RULES = (
    _CONFIRM,
    _case_rule("illness", _l("走访生病党员"), Kind.ILLNESS),
    _case_rule("funeral", _l("走访办丧事的党员家庭"), Kind.WEDDING_FUNERAL, funeral=True),
    _case_rule("wedding", _l("走访有喜事的党员"), Kind.WEDDING_FUNERAL, funeral=False),
    _case_rule("dispute", _l("走访有家庭纠纷的党员"), Kind.FAMILY_DISPUTE),
    _case_rule("hardship", _l("走访生产生活困难党员"), Kind.HARDSHIP),
    _FOLLOW_UP,
    _CONTACT,
)
