"""What the core holds on a person: record, membership, placement, tags, posts, changes, account, and who looked."""

from typing import Any

from sqlalchemy import Uuid, bindparam, func, select

from core import clock
from core.audit.models import AuditEvent
from core.database.read import row, rows
from core.feedback.models import FeedbackItem
from core.feedback.rules import KINDS, STATES
from core.identity.contact import addresses_of, masked_addresses
from core.identity.models import Account, AccountSession
from core.organization.codes import PostCode
from core.organization.labels import label as organization_label
from core.people.added import stored
from core.people.codes import label
from core.people.models import Person
from core.people.queries.single import History, history
from core.people.record import SEALED, unseal
from core.people.rules import FIELD_LABELS
from core.people.wording import cause_label, change_label, change_value
from core.privacy.registry import Subject, Table, personal
from core.tenancy.keys import keyring

_FACTS = ("项目", "内容")
#: The record's columns that are shown as they are, or by the name of their code list.
_PLAIN = ("name", "former_name", "sex", "birth", "ethnic", "native_place", "education", "degree", "marital", "household",
          "post", "employer", "work_start", "join_date", "regular_date", "skills", "remark", "mismatch_reason")  # fmt: skip
_CODED = frozenset({"sex", "ethnic", "education", "degree", "marital", "household", "post"})


def _columns(*names: str) -> Any:
    return select(*(getattr(Person, name) for name in names)).where(Person.id == bindparam("person", type_=Uuid()))


_RECORD = _columns(*_PLAIN, "standing", "id_no_masked", "phone_masked", *SEALED.values())


def record_of(subject: Subject) -> list[tuple[str, Any]]:
    """The record's fields by their names, as people read them; empty for an account without a person."""
    found = row(_RECORD, person=subject.person_id) if subject.person_id else None
    if found is None:
        return []
    values = dict(zip((*_PLAIN, "standing", "id_no_masked", "phone_masked", *SEALED.values()), found, strict=True))
    shown = [(name, label(name, values[name]) if name in _CODED else values[name]) for name in _PLAIN]
    shown.append(("membership_state", label("membership_state", values["standing"])))
    return [*shown, *_sealed(subject, values), *_added(subject)]


def _added(subject: Subject) -> list[tuple[str, Any]]:
    """Further fields that the tenant's plugins keep; sealed ones in clear where that is wanted."""
    held = stored.of_person(subject.person_id, clear=subject.full) if subject.person_id else {}
    return [(field.key, value) for field, value in stored.as_people_read(held)]


def _record(subject: Subject) -> Table:
    return Table(_FACTS, [(_name(name), value) for name, value in record_of(subject)])


def _name(field: str) -> str:
    return FIELD_LABELS.get(field) or change_label(field)


def _sealed(subject: Subject, values: dict[str, Any]) -> list[tuple[str, Any]]:
    ring = keyring()
    masked = {"id_no": values["id_no_masked"], "phone": values["phone_masked"], "address": "******"}
    found = []
    for field, column in SEALED.items():
        kept = values[column]
        clear = (
            unseal(kept, ring, column=column, row=subject.person_id)
            if kept and subject.full and subject.person_id
            else None
        )
        found.append((field, clear if subject.full else masked[field] if kept else None))
    return found


def _past(subject: Subject) -> History | None:
    """The person's course, read once for all the tables that are made of it."""
    if subject.person_id and "history" not in subject.read:
        subject.read["history"] = history(subject.person_id)
    return subject.read.get("history")


def _membership(subject: Subject) -> Table:
    past = _past(subject)
    return Table(
        ("开始", "原因", "结束", "结束原因", "批准文号"),
        [
            (s.started_on, label("start_reason", s.start_reason), s.ended_on, label("end_reason", s.end_reason), s.doc_no)
            for s in (past.spells if past else ())
        ],
    )  # fmt: skip


def _placement(subject: Subject) -> Table:
    past = _past(subject)
    stays = past.stays if past else ()
    return Table(
        ("党支部", "党小组", "从", "到", "原因"),
        [(s.unit, s.group, s.valid_from, s.valid_to, cause_label(s.cause)) for s in stays],
    )


def _tags(subject: Subject) -> Table:
    past = _past(subject)
    tags = past.tags if past else ()
    return Table(("党员分类", "从", "到"), [(label("class_tag", t.code), t.valid_from, t.valid_to) for t in tags])


def _posts(subject: Subject) -> Table:
    past = _past(subject)
    return Table(
        ("党组织", "职务", "任职日期", "离任日期"),
        [
            (
                p.unit,
                organization_label(PostCode(p.post_code)) if p.post_code in set(PostCode) else p.post_code,
                p.held_from,
                p.held_to,
            )
            for p in (past.posts if past else ())
        ],
    )


def _changes(subject: Subject) -> Table:
    past = _past(subject)
    return Table(
        ("时间", "项目", "原来", "现在", "修改人", "原因"),
        [
            (
                _when(c.at),
                change_label(c.field),
                change_value(c.field, c.old),
                change_value(c.field, c.new),
                c.actor,
                c.reason,
            )
            for c in (past.changes if past else ())
        ],
    )


def _when(moment: Any) -> str:
    return moment.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M") if moment else ""


_LOOKED = (
    select(AuditEvent.at, AuditEvent.actor, AuditEvent.detail)
    .where(
        AuditEvent.subject_id == bindparam("person", type_=Uuid()),
        AuditEvent.kind == "people.member.revealed",
    )
    .order_by(AuditEvent.at.desc())
    .limit(500)
)


def looked(subject: Subject) -> Table:
    """Who saw sensitive values in full, when, which, and what for."""
    found = rows(_LOOKED, person=subject.person_id) if subject.person_id else []
    return Table(
        ("时间", "查看人", "查看的内容", "用途"),
        [
            (
                _when(at),
                actor,
                "、".join(_name(field) for field in detail.get("fields", ())),
                detail.get("purpose", ""),
            )
            for at, actor, detail in found
        ],
    )


_ACCOUNT = select(Account).where(Account.id == bindparam("account", type_=Uuid()))
_SESSIONS = (
    select(AccountSession.device, AccountSession.address, AccountSession.created_at, AccountSession.seen_at)
    .where(AccountSession.account_id == bindparam("account", type_=Uuid()))
    .order_by(AccountSession.seen_at.desc())
)


def _account(subject: Subject) -> Table:
    from core.database import db

    found = db.session.scalars(_ACCOUNT, {"account": subject.account_id}).one()
    email, phone = addresses_of(found) if subject.full else masked_addresses(found)
    return Table(
        _FACTS,
        [
            ("登录名", found.login),
            ("显示名", found.display_name),
            ("邮箱", email),
            ("电话", phone),
            ("建立时间", _when(found.created_at)),
            ("最近登录", _when(found.last_sign_in_at)),
        ],
    )


def _sessions(subject: Subject) -> Table:
    found = rows(_SESSIONS, account=subject.account_id)
    return Table(("设备", "网络地址", "登录时间", "最近使用"), [(d, a, _when(c), _when(s)) for d, a, c, s in found])


_ACTS = (
    select(func.count(), func.min(AuditEvent.at), func.max(AuditEvent.at))
    .select_from(AuditEvent)
    .where(AuditEvent.actor_id == bindparam("account", type_=Uuid()))
)


def _acts(subject: Subject) -> Table:
    found = row(_ACTS, account=subject.account_id) or (0, None, None)
    return Table(("我的操作在审计记录中的条数", "最早", "最近"), [(found[0], _when(found[1]), _when(found[2]))])


_SAID = (
    select(FeedbackItem.received_on, FeedbackItem.kind, FeedbackItem.title, FeedbackItem.state)
    .where(FeedbackItem.author_id == bindparam("account", type_=Uuid()))
    .order_by(FeedbackItem.received_on.desc())
)


def _said(subject: Subject) -> Table:
    found = rows(_SAID, account=subject.account_id)
    return Table(
        ("日期", "类别", "标题", "状态"),
        [(day, KINDS[kind], title, STATES[state]) for day, kind, title, state in found],
    )


def register() -> None:
    """Register everything the core holds."""
    for order, (code, title, load) in enumerate(
        (
            ("people.record", "党员信息", _record),
            ("people.membership", "党籍", _membership),
            ("people.placement", "组织关系", _placement),
            ("people.tags", "党员分类", _tags),
            ("organization.posts", "党内任职", _posts),
            ("people.changes", "信息变更记录", _changes),
            ("audit.revealed", "谁看过完整信息", looked),
            ("identity.account", "账号", _account),
            ("identity.sessions", "登录的设备", _sessions),
            ("audit.acts", "我的操作记录", _acts),
            ("feedback.items", "署名的投诉建议", _said),
        )
    ):
        personal(code, title, load, order=order)
