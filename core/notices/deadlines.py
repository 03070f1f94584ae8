"""The deadlines of the core: terms, probations, medals, changes that wait for a decision, vacancies, temporary branches, notices."""

from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam, cast, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from core.access.permissions import declare
from core.access.roles import BRANCH_OFFICERS, READERS
from core.calendar_arithmetic import add_months
from core.notices.models import Notice, NoticeStep
from core.notices.policy import NoticePolicy, notice_policy
from core.notices.registry import deadline
from core.notices.rules.reminding import Plan
from core.organization.models import Body, PostHolding, Unit, UnitChange
from core.organization.queries.policy import policy as organization_policy
from core.people.models import Person
from core.people.policy import policy as roster_policy
from core.people.queries import medals

VIEW = declare("notices.notice.view", "查看下发的通知与传达情况", roles=(*READERS, "linked_leader"))
SEND = declare("notices.notice.send", "发布通知", roles=BRANCH_OFFICERS)
PASS = declare("notices.notice.pass", "传达上级通知", roles=(*BRANCH_OFFICERS, "group_leader"))

_TERM = "《关于党的基层组织任期的意见》（R1.11）"
_REPLY = "党务工作规定（R1.12）"
_VACANT = "系统默认（R1.19）"
_PROBATION = "《中国共产党章程》第七条"
_LIVING = (Unit.state == "active") | (Unit.state == "dissolving")


def _months(name: str) -> Any:
    return func.make_interval(0, bindparam(name))


def _days(name: str) -> Any:
    return func.make_interval(0, 0, 0, bindparam(name))


def _day(value: Any) -> Any:
    return cast(value, Date)


def _in_unit(column: Any) -> Any:
    return (Unit.tenant_id == column.class_.tenant_id) & (Unit.id == column)


_AS_OF = bindparam("as_of", type_=Date)


def _term_given(as_of: date) -> tuple[str, dict[str, Any]]:
    found = organization_policy(as_of=as_of)
    return found.version, {"as_of": as_of, "ahead": found.term_remind}


def _term_plan(policy: NoticePolicy) -> Plan:
    # R1.11: six months, 90, 30 and 0 days before, then weekly
    return Plan(months=(6,), days=tuple({policy.term_second, policy.first, 0}), every=policy.every)


deadline(
    "TERM", "换届", source=_TERM, due_word="任期届满", subject="unit", order=10,
    see="organization.unit.view", act="organization.unit.edit", given=_term_given, plan=_term_plan,
    open=select(Unit.id, Unit.id, Unit.short_name, _day(Body.due_on - _months("ahead")), Body.due_on)
    .join(Unit, _in_unit(Body.unit_id))
    .where(Body.ended_on.is_(None), _LIVING, _day(Body.due_on - _months("ahead")) <= _AS_OF)
    .ext(distinct_on(Unit.id)).order_by(Unit.id, Body.due_on.desc()),
    done=select(Unit.id).where(_LIVING),
    link=("organization.unit", "unit_id"), listed=("organization.terms", {}),
)  # fmt: skip


def _probation_given(as_of: date) -> tuple[str, dict[str, Any]]:
    months = roster_policy(as_of=as_of).probation_months
    return f"member.probation={months}", {"as_of": as_of, "months": months, "ahead": notice_policy(as_of=as_of).first}


_PROBATION_OVER = _day(Person.join_date + _months("months"))

deadline(
    "PROBATION", "预备党员转正", source=_PROBATION, due_word="预备期满", subject="person", own=True, order=20,
    see="people.member.view", act="people.member.edit", given=_probation_given,
    open=select(Person.id, Unit.id, Person.name, _day(_PROBATION_OVER - _days("ahead")), _PROBATION_OVER)
    .join(Unit, _in_unit(Person.unit_id))
    .where(Person.standing == "probationary", _day(_PROBATION_OVER - _days("ahead")) <= _AS_OF),
    done=select(Person.id).where(Person.standing == "formal"),
    link=("people.member", "person_id"),
    listed=("people.members", {"standing": "probationary", "sort": "join_date"}),
)  # fmt: skip


_MEDAL = "“光荣在党50年”纪念章颁发通知（02-roster 2.7，MEDAL-50）"


def _medal_given(as_of: date) -> tuple[str, dict[str, Any]]:
    held = roster_policy(as_of=as_of)
    numbers = medals.given(held, as_of=as_of)
    opens = add_months(numbers["medal_day"], -held.medal_ahead_months)
    version = f"medal.party_age={held.medal_years},medal.day={numbers['medal_day']:%m-%d},medal.ahead={held.medal_ahead_months}"
    return version, {**numbers, "as_of": as_of, "opens": opens}


_OPENS = bindparam("opens", type_=Date)

# The branch confirms that somebody was consistently good, and says with the tag that the medal was given.
deadline(
    "MEDAL", "核对并颁发“光荣在党50年”纪念章", source=_MEDAL, due_word="应颁发", subject="person", order=35,
    see="people.member.view", act="people.member.edit", given=_medal_given,
    open=select(Person.id, Unit.id, Person.name, _OPENS, bindparam("medal_day", type_=Date))
    .join(Unit, _in_unit(Person.unit_id))
    .where(_OPENS <= _AS_OF, medals.candidate()),
    done=select(Person.id).where(medals.awarded()),
    link=("people.member", "person_id"),
    listed=("people.members", {"medal": "due", "sort": "regular_date"}),
)  # fmt: skip


def _reply_given(as_of: date) -> tuple[str, dict[str, Any]]:
    found = organization_policy(as_of=as_of)
    return found.version, {"months": found.apply_reply}


def _short_plan(policy: NoticePolicy) -> Plan:
    return Plan(days=tuple({policy.second, 0}), every=policy.every, on_working_days=True)


deadline(
    "DECISION", "组织变动待审批", source=_REPLY, due_word="应答复", subject="change", order=5,
    see="organization.change.decide", act="organization.change.decide", given=_reply_given, plan=_short_plan,
    open=select(
        UnitChange.id, Unit.id, Unit.short_name, UnitChange.submitted_on, _day(UnitChange.submitted_on + _months("months"))
    )
    .join(Unit, _in_unit(UnitChange.unit_id))
    .where(UnitChange.state == "submitted", UnitChange.submitted_on.is_not(None)),
    done=select(UnitChange.id).where(UnitChange.state.in_(("approved", "effective", "rejected"))),
    link=("organization.change", "change_id"), listed=("organization.changes", {}),
)  # fmt: skip


def _vacancy_given(as_of: date) -> tuple[str, dict[str, Any]]:
    found = organization_policy(as_of=as_of)
    return found.version, {"as_of": as_of, "days": found.vacancy}


_SECRETARY = (
    (PostHolding.tenant_id == Unit.tenant_id) & (PostHolding.unit_id == Unit.id) & (PostHolding.post_code == "01")
)
_LAST_HELD = select(func.max(PostHolding.held_to)).where(_SECRETARY).correlate(Unit).scalar_subquery()

deadline(
    "VACANCY", "书记空缺，应补选或指派", source=_VACANT, due_word="应补选", subject="unit", order=15,
    see="organization.unit.view", act="organization.unit.edit", given=_vacancy_given,
    open=select(Unit.id, Unit.id, Unit.short_name, _LAST_HELD, _day(_LAST_HELD + _days("days")))
    .where(
        _LIVING, Unit.type != "group",
        ~exists().where(_SECRETARY, PostHolding.held_to.is_(None)),
        exists().where(_SECRETARY, PostHolding.held_to <= _AS_OF),
    ),
    done=select(Unit.id).where(_LIVING),
    link=("organization.unit", "unit_id"), listed=("organization.vacancies", {}),
)  # fmt: skip


def _temporary_given(as_of: date) -> tuple[str, dict[str, Any]]:
    found = notice_policy(as_of=as_of)
    return found.version, {"as_of": as_of, "ahead": found.first}


deadline(
    "TEMPORARY", "临时党支部到期撤销或延续", source="《中国共产党支部工作条例（试行）》第四条（R1.13）",
    due_word="到期", subject="unit", order=30,
    see="organization.unit.view", act="organization.unit.edit", given=_temporary_given,
    open=select(Unit.id, Unit.id, Unit.short_name, _day(Unit.ends_on - _days("ahead")), Unit.ends_on)
    .where(Unit.state == "active", Unit.subtype == "temporary", _day(Unit.ends_on - _days("ahead")) <= _AS_OF),
    done=select(Unit.id),
    link=("organization.unit", "unit_id"),
)  # fmt: skip


def _step_plan(policy: NoticePolicy) -> Plan:
    return Plan(days=(1, 0), every=max(1, policy.every // 2), on_working_days=True)


deadline(
    "PASS", "传达通知", source="传达落实（R16.01）", due_word="应传达", subject="step", order=1,
    see=VIEW, act=PASS, plan=_step_plan,
    open=select(NoticeStep.id, Unit.id, Notice.title, NoticeStep.made_on, NoticeStep.due_on)
    .join(Unit, _in_unit(NoticeStep.unit_id))
    .join(Notice, (Notice.tenant_id == NoticeStep.tenant_id) & (Notice.id == NoticeStep.notice_id))
    .where(NoticeStep.passed_at.is_(None), Notice.state == "published", _LIVING),
    done=select(NoticeStep.id).where(NoticeStep.passed_at.is_not(None)),
    link=("notices.step", "step_id"),
)  # fmt: skip
