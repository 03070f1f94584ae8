"""What is due in a case, who is to act, and the form that does it: computed from the cases' columns, for all at once.

Reminders come thirty days ahead, a week ahead, on the day and every day after it (section 13 of the specification). Whom it
is about stands in the product alone: reminders by e-mail and calendars name the unit (``core.notices``).
"""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Date, Integer, Text, any_, bindparam, cast, func, literal, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from core.sdk import DeadlineRule, Person, Plan, Unit
from core.sdk.people import MembershipSpell
from plugins.development.ballots.models import NoticePerson, PublicNotice
from plugins.development.cases.steps import CONTACT
from plugins.development.models.case import Act, Case, Helper
from plugins.development.permissions import APPROVE, CONSENT, RECORD, VIEW
from plugins.development.policy import numbers
from plugins.development.rules.activist import SILENT_MONTHS

SUBJECT = "development.case"
_CODE = "development.{}"
_AS_OF = bindparam("as_of", type_=Date())
_UNIT = (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id)
_RULES = "《中国共产党发展党员工作细则》第{}条"
#: Days before its due day from which something with a far due day is work.
_AHEAD = 30


def _plan(_policy: Any) -> Plan:
    return Plan(days=(30, 7, 0), every=1)


def _day(value: Any) -> Any:
    return cast(value, Date())


def _months(day: Any, many: Any) -> Any:
    """So many months after a day; PostgreSQL ends at a month's last day, as ``rules.dates.add_months`` does."""
    return _day(day + func.make_interval(0, cast(many, Integer())))


def _days(day: Any, name: str) -> Any:
    return _day(day + bindparam(name, type_=Integer()))


def _given(as_of: date) -> tuple[str, dict[str, Any]]:
    found = numbers(as_of=as_of)
    terms = found.switches
    given = {
        "as_of": as_of, "filing_days": terms.filing_days, "assign_days": terms.assign_days,
        "contact_days": terms.replace_contact_days, "transfer_gap": terms.transfer_gap,
    }  # fmt: skip
    return found.version, given


def _undone(step: int) -> Any:
    return Case.done_days[literal(str(step), Text())].astext.is_(None)


def _rule(
    name: str, title: Any, due_word: Any, *, article: str, opens: Any, due: Any, waits: tuple[Any, ...],
    act: str = RECORD, form: str = "", order: int = 20, done: Any = None, source: str = "", astray: bool = False,
) -> DeadlineRule:  # fmt: skip
    """A rule over open cases.

    :param form: the kind of act whose form does it. :param waits: when it is to be done.
    :param astray: of cases that no branch has taken over yet; nothing else can be done in them. Neither can the committee
        answer what it has sent back, until the branch has sent it again.
    """
    moving = Case.side == "transferred_out" if astray else Case.side != "transferred_out"
    asked = (Case.side != "returned",) if act in (CONSENT, APPROVE) else ()
    found = (
        select(Case.id, Unit.id, Case.name, _day(opens), _day(due))
        .join(Unit, _UNIT)
        .where(
            Case.closed_on.is_(None),
            Case.side != "suspended",
            Case.side != "deferred",
            moving,
            *asked,
            *waits,
            _day(opens) <= _AS_OF,
        )
    )
    return DeadlineRule(
        _CODE.format(name), title, due_word, source or _RULES.format(article), SUBJECT, VIEW, act, found,
        (f"now_{form}", "case_id"), given=_given, plan=_plan, listed=("board", {}), order=order,
        done=select(Case.id).where(done) if done is not None else None,
    )  # fmt: skip


def _reviewed(kind: str, since: Any) -> Any:
    """How many reviews of a kind stand since a day: those first recorded, less those taken away."""
    found = (
        select(func.count().filter(Act.corrects_id.is_(None)) - func.count().filter(Act.voids))
        .where(Act.tenant_id == Case.tenant_id, Act.case_id == Case.id, Act.kind == kind, Act.act_on >= since)
        .correlate(Case)
    )
    return found.scalar_subquery()


_REVIEW_DUE = _months(Case.clock_from, literal_column("6") * (_reviewed("half_year_review", Case.clock_from) + 1))
_PROBATION_DUE = _months(Case.adopted_on, literal_column("6") * (_reviewed("probation_review", Case.adopted_on) + 1))
_later = aliased(Act)


def _stands(*kinds: str) -> tuple[Any, ...]:
    """An act of the case that nothing has replaced."""
    replaced = select(_later.id).where(_later.tenant_id == Act.tenant_id, _later.corrects_id == Act.id).correlate(Act)
    return (
        Act.tenant_id == Case.tenant_id, Act.case_id == Case.id, Act.kind == any_(literal(list(kinds), ARRAY(Text()))),
        ~Act.voids, ~replaced.exists(),
    )  # fmt: skip


#: The last day on which anybody was in touch with an activist, by the acts that stand (E25).
_IN_TOUCH = select(func.max(Act.act_on)).where(*_stands(*sorted(CONTACT))).correlate(Case).scalar_subquery()


def _said_day(kind: str, name: str) -> Any:
    """The last day that an act of a kind which stands names."""
    return (
        select(func.max(cast(Act.data[name].astext, Date())))
        .where(*_stands(kind), Act.redacted_on.is_(None))
        .correlate(Case)
        .scalar_subquery()
    )


_DEFERRED_TO = _said_day("defer", "until")
#: greatest() passes over what is not there
_POSTPONED_TO = func.greatest(_said_day("postponement", "until"), _said_day("conversion_meeting", "postponed_to"))
#: Whether the committee has answered the last proposal; the notice that follows is the branch's.
_CONSENTED = (
    select(Act.id)
    .where(*_stands("consent"), Act.act_on >= Case.object_on, Act.data["result"].astext != "returned")
    .correlate(Case)
    .exists()
)
#: What the meeting decided that the committee is to approve.
_DECIDED = func.coalesce(
    select(Act.data["decision"].astext)
    .where(*_stands("conversion_meeting"), Act.act_on == Case.converted_on)
    .order_by(Act.seq.desc())
    .limit(1)
    .correlate(Case)
    .scalar_subquery(),
    "convert",
)
_LEFT = select(func.max(Act.act_on)).where(*_stands("transfer_out")).correlate(Case).scalar_subquery()
#: A branch that takes somebody over names contacts of its own.
_CONTACTS_SINCE = func.greatest(
    Case.named_on, select(func.max(Act.act_on)).where(*_stands("transfer_in")).correlate(Case).scalar_subquery()
)
_SILENT = _months(_IN_TOUCH, SILENT_MONTHS)


def _gone(role: str) -> Any:
    """The day on which the first of those who stand by the person ceased to be a member, while nobody took their place."""
    return (
        select(func.min(MembershipSpell.ended_on))
        .join(Helper, (Helper.tenant_id == MembershipSpell.tenant_id) & (Helper.person_id == MembershipSpell.person_id))
        .join(Person, (Person.tenant_id == Helper.tenant_id) & (Person.id == Helper.person_id))
        .where(
            Helper.tenant_id == Case.tenant_id, Helper.case_id == Case.id, Helper.role == role,
            MembershipSpell.ended_on >= Helper.since, Person.standing == any_(literal(_GONE, ARRAY(Text()))),
        )
        .correlate(Case)
        .scalar_subquery()
    )  # fmt: skip


#: Standings of those who are contacts and sponsors no longer.
_GONE = ["died", "removed", "suspended", "transferred_out"]
_CONTACT_GONE, _SPONSOR_GONE = _gone("contact"), _gone("sponsor")
_MEETING_DUE = _months(func.greatest(Case.requested_on, Case.expiry_on), 1)

RULES = (
    _rule(
        "talk", _l("同入党申请人谈话"), _l("应谈话"), article="七", opens=Case.applied_on, due=_months(Case.applied_on, 1),
        waits=(Case.state == "applicant", Case.talked_on.is_(None)), form="talk", order=10,
        done=Case.talked_on.is_not(None),
    ),
    _rule(
        "filing", _l("入党积极分子报上级党委备案"), _l("应备案"), article="八", opens=Case.named_on,
        due=_days(Case.named_on, "filing_days"), waits=(Case.state == "activist", _undone(4)), form="filing_request",
    ),
    _rule(
        "contacts", _l("指定培养联系人"), _l("应指定"), article="九", opens=_CONTACTS_SINCE,
        due=_days(_CONTACTS_SINCE, "contact_days"), waits=(Case.state == "activist", _undone(5)), form="contacts",
    ),
    _rule(
        "review", _l("入党积极分子半年考察"), _l("应考察"), article="十一", opens=_day(_REVIEW_DUE - _AHEAD), due=_REVIEW_DUE,
        waits=(Case.state == "activist", Case.clock_from.is_not(None), Case.object_on.is_(None)),
        form="half_year_review", order=25,
    ),
    _rule(
        "silence", _l("六个月没有联系的入党积极分子，登记联系情况或中止培养"), _l("满六个月"), article="十", opens=_SILENT,
        due=_SILENT, waits=(Case.state == "activist", Case.object_on.is_(None)),
        form="suspend", order=25,
    ),
    _rule(
        "contact", _l("更换不能履职的培养联系人"), _l("应更换"), article="九", opens=_CONTACT_GONE,
        due=_days(_CONTACT_GONE, "contact_days"), waits=(Case.adopted_on.is_(None),), form="contact_change",
    ),
    _rule(
        "sponsor", _l("更换不能履职的入党介绍人"), _l("应更换"), article="十四", opens=_SPONSOR_GONE,
        due=_days(_SPONSOR_GONE, "contact_days"), waits=(Case.converted_approved_on.is_(None),), form="sponsor_change",
    ),
    _rule(
        "consent", _l("审查拟确定的发展对象并答复党支部"), _l("应答复"), article="十三", opens=Case.object_on,
        due=_days(Case.object_on, "filing_days"), waits=(Case.object_on.is_not(None), Case.listed_on.is_(None), ~_CONSENTED),
        act=CONSENT, form="consent", done=or_(Case.listed_on.is_not(None), _CONSENTED),
    ),
    DeadlineRule(
        _CODE.format("notice"), _l("办结公示，列为发展对象"), _l("公示期满"), _RULES.format("十三"), SUBJECT, VIEW, RECORD,
        select(Case.id, Unit.id, Case.name, PublicNotice.starts_on, _day(PublicNotice.ends_on + 1))
        .select_from(PublicNotice)
        .join(NoticePerson, (NoticePerson.tenant_id == PublicNotice.tenant_id) & (NoticePerson.notice_id == PublicNotice.id))
        .join(Case, (Case.tenant_id == NoticePerson.tenant_id) & (Case.id == NoticePerson.case_id))
        .join(Unit, _UNIT)
        .where(
            PublicNotice.state == "running", PublicNotice.stage == "object", Case.closed_on.is_(None),
            Case.side != "transferred_out", Case.listed_on.is_(None), PublicNotice.starts_on <= _AS_OF,
        ),
        ("now_notice_result", "case_id"), given=_given, plan=_plan, listed=("board", {}), order=12,
        done=select(Case.id).where(Case.listed_on.is_not(None)),
    ),
    _rule(
        "prereview", _l("预审发展对象"), _l("应预审"), article="十八", opens=Case.reviewed_on,
        due=_months(Case.reviewed_on, 1), waits=(Case.reviewed_on.is_not(None), Case.prereviewed_on.is_(None)),
        act=APPROVE, form="prereview", done=Case.prereviewed_on.is_not(None),
    ),
    _rule(
        "meeting", _l("召开支部大会讨论接收预备党员"), _l("应开会"), article="十九", opens=Case.prereviewed_on,
        due=_months(Case.prereviewed_on, 1), waits=(Case.prereviewed_on.is_not(None), Case.adopted_on.is_(None)),
        form="branch_meeting", order=10, done=Case.adopted_on.is_not(None),
    ),
    _rule(
        "approval", _l("审批预备党员"), _l("应审批"), article="二十五", opens=Case.adopted_on,
        due=_months(Case.adopted_on, 3), waits=(Case.adopted_on.is_not(None), Case.approved_on.is_(None)), act=APPROVE,
        form="approval", order=10, done=Case.approved_on.is_not(None),
    ),
    _rule(
        "assignment", _l("把预备党员编入党支部和党小组"), _l("应编入"), article="二十八", opens=Case.approved_on,
        due=_days(Case.approved_on, "assign_days"), waits=(Case.approved_on.is_not(None), _undone(19)),
        form="assignment", order=30,
    ),
    _rule(
        "oath", _l("组织预备党员入党宣誓"), _l("应宣誓"), article="二十九", opens=Case.approved_on,
        due=_months(Case.approved_on, 1), waits=(Case.approved_on.is_not(None), Case.oath_on.is_(None)), form="oath",
        done=Case.oath_on.is_not(None),
    ),
    _rule(
        "probation_review", _l("预备党员半年考察"), _l("应考察"), article="三十", opens=_day(_PROBATION_DUE - _AHEAD),
        due=_PROBATION_DUE,
        waits=(Case.state == "probationary", Case.expiry_on >= _PROBATION_DUE), form="probation_review", order=25,
    ),
    _rule(
        "letter", _l("提醒预备党员递交转正申请"), _l("预备期满"), article="三十二", opens=_day(Case.expiry_on - _AHEAD),
        due=Case.expiry_on, waits=(Case.state == "probationary", Case.expiry_on.is_not(None), Case.requested_on.is_(None)),
        form="conversion_letter", order=8, done=Case.requested_on.is_not(None),
    ),
    _rule(
        "conversion", _l("召开支部大会讨论转正"), _l("应开会"), article="三十二",
        opens=_day(func.greatest(Case.requested_on, Case.expiry_on - _AHEAD)), due=_MEETING_DUE,
        waits=(Case.state == "conv_requested", Case.converted_on.is_(None), Case.side != "probation_postponed"),
        form="conversion_meeting", order=8, done=Case.converted_on.is_not(None),
    ),
    _rule(
        "postponed", _l("推迟讨论转正到期，召开支部大会"), _l("应开会"), article="三十五", opens=_day(_POSTPONED_TO - _AHEAD),
        due=_POSTPONED_TO, waits=(Case.side == "probation_postponed", Case.converted_on.is_(None)), form="conversion_meeting",
        order=8, done=Case.converted_on.is_not(None),
    ),
    DeadlineRule(
        _CODE.format("deferred"), _l("暂缓期满，恢复办理"), _l("暂缓到"), _RULES.format("十三"), SUBJECT, VIEW, RECORD,
        select(Case.id, Unit.id, Case.name, _day(_DEFERRED_TO), _day(_DEFERRED_TO))
        .join(Unit, _UNIT)
        .where(Case.closed_on.is_(None), Case.side == "deferred", _day(_DEFERRED_TO) <= _AS_OF),
        ("now_resume", "case_id"), given=_given, plan=_plan, listed=("board", {}), order=25,
        done=select(Case.id).where(Case.side != "deferred"),
    ),
    *(
        _rule(
            form, title, _l("应审批"), article="三十三", opens=Case.converted_on, due=_months(Case.converted_on, 3),
            waits=(Case.state == "conv_voted", Case.converted_approved_on.is_(None), decision == _DECIDED), act=APPROVE,
            form=form, order=8, done=done,
        )
        for form, decision, title, done in (
            ("conversion_approval", "convert", _l("审批预备党员转正"), Case.converted_approved_on.is_not(None)),
            ("extension", "extend", _l("审批延长预备期"), Case.extended_months > 0),
            ("cancellation", "cancel", _l("审批取消预备党员资格"), Case.close_reason == "probation_cancelled"),
        )
    ),
    _rule(
        "arrival", _l("接收转来的同志，续接培养考察"), _l("应接收"), article="十二", opens=_LEFT,
        due=_months(_LEFT, bindparam("transfer_gap", type_=Integer())), waits=(), form="transfer_in", order=15,
        done=Case.side != "transferred_out", astray=True,
    ),
    _rule(
        "stranded", _l("党支部已撤销，把发展党员事项转到其他党支部"), _l("应转出"), article="十二", opens=Unit.dissolved_on,
        due=Unit.dissolved_on, waits=(Unit.state == "dissolved",), form="transfer_out", order=15,
    ),
    _rule(
        "archive", _l("发展党员材料归档"), _l("应归档"), article="三十六", opens=Case.converted_approved_on,
        due=_day(Case.converted_approved_on + 7), waits=(Case.converted_approved_on.is_not(None), Case.archived_on.is_(None)),
        form="archive_list", order=40, done=Case.archived_on.is_not(None),
    ),
)  # fmt: skip
#: Kinds of act whose forms reminders lead to.
FORMS = tuple(dict.fromkeys(rule.link[0].removeprefix("now_") for rule in RULES))
