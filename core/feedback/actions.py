"""The verbs: send, answer, withdraw."""

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select

from core import clock
from core.access.actor import Actor
from core.audit.actions import record
from core.audit.kinds import declare
from core.database import tenant_id, transaction
from core.feedback.models import FeedbackItem
from core.feedback.policy import ANSWER_DAYS
from core.feedback.queries import units_for
from core.feedback.rules import ANSWER, Holder, due_on, involved, item_findings, length_findings, received_on
from core.organization.models import Unit
from core.organization.queries.policy import set_values
from core.policy.findings import Finding, Refused, Severity
from core.policy.values import resolve

SENT = declare("feedback.item.sent", "提交署名的投诉建议")
ANSWERED = declare("feedback.item.answered", "答复投诉建议")
WITHDRAWN = declare("feedback.item.withdrawn", "撤回投诉建议")
#: Letters and figures that are not mistaken for each other: 20 of them hold 100 bits.
_ALPHABET, _LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ", 20


class Unknown(LookupError):
    """There is no such item for who asks."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent; the receipt is told once, to the author of one without a name."""

    id: UUID
    receipt: str | None


def new_receipt() -> str:
    """A receipt in groups of four."""
    text = "".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS))
    return "-".join(text[at : at + 4] for at in range(0, _LETTERS, 4))


def receipt_hash(receipt: str) -> str:
    """What is kept of a receipt; spaces, hyphens and case do not matter."""
    plain = "".join(c for c in receipt.upper() if c.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def send(*, kind: str, unit_id: UUID, title: str, body: str, about_unit: bool = False, author: UUID | None) -> Sent:
    """Send a suggestion or complaint about a unit.

    :param author: the account; None for one without a name, of which nothing is kept that leads to its author, and of
        whose making no audit event is written.
    :raises Refused: what :func:`core.feedback.rules.item_findings` says, or an unknown unit.
    """
    found = item_findings(kind=kind, title=title, body=body, about_unit=about_unit)
    receipt = new_receipt() if author is None else None
    with transaction() as session:
        unit = session.get(Unit, (tenant_id(), unit_id))
        if unit is None or unit.state == "dissolved":
            found.append(Finding("FB.01", Severity.BLOCK, "unit", "请选择反映的是哪个组织。", code="E_REQUIRED"))
        if found or unit is None:
            raise Refused(found)
        today = clock.today()
        days = int(str(resolve(ANSWER_DAYS, set_values(), as_of=today, unit_path=unit.path).value))
        item = FeedbackItem(
            id=uuid4(),  # a version 7 id would show the moment
            kind=kind,
            unit_id=unit_id,
            handler_unit_id=(unit.parent_id or unit.id) if about_unit else unit.id,
            about_unit=about_unit,
            title=title.strip(),
            body=body.strip(),
            author_id=author,
            receipt_hash=receipt_hash(receipt) if receipt else None,
            received_on=received_on(today),
            due_on=due_on(received_on(today), days),
        )
        session.add(item)
        session.flush()
        if author is not None:
            record(kind=SENT, subject="feedback_item", subject_id=item.id, detail={"kind": kind, "unit": str(unit_id)})
        return Sent(item.id, receipt)


def offered(who: Actor, unit_id: UUID) -> None:
    """Make sure that an account may speak about a unit: its own ones and those above them.

    :raises Refused: it is none of these.
    """
    if str(unit_id) not in dict(units_for(who)):
        raise Refused([_no("unit", "请选择反映的是哪个组织。", "E_REQUIRED")])


def answer(*, item_id: UUID, version: int, text: str, who: Actor) -> None:
    """Answer an item; an answer may be given again, which replaces it.

    The caller has made sure that the item is one of those the account may see (``queries.one``).

    :raises Refused: no text, somebody was faster, or the complaint is about the account's own unit.
    """
    with transaction() as session:
        item = session.get(FeedbackItem, (tenant_id(), item_id), with_for_update=True)
        if item is None:
            raise Unknown(str(item_id))
        unit = session.get_one(Unit, (tenant_id(), item.unit_id))
        found = length_findings("answer", "答复", text, ANSWER)
        held = [Holder(one.path) for one in who.holdings if one.holds(clock.today())]
        top = unit.parent_id is None
        if not top and involved(held, about_unit=item.about_unit, path=unit.path, path_end=unit.path_end):
            found.append(_no("", "反映本组织的投诉不能由本组织的同志办理。", "E_CONFLICT"))
        if item.author_id == who.account_id:
            found.append(_no("", "自己提出的投诉建议不能由自己答复。", "E_CONFLICT"))
        if item.state == "withdrawn":
            found.append(_no("", "这条投诉建议已由提出人撤回。", "E_STATE"))
        if item.version != version:
            found.append(_no("", "他人刚刚答复了这条投诉建议，请载入最新内容后再办理。", "E_CONFLICT"))
        if found:
            raise Refused(found)
        item.state, item.answer, item.version = "answered", text.strip(), item.version + 1
        item.answered_by, item.answered_name, item.answered_on = who.account_id, who.name, clock.today()
        record(kind=ANSWERED, subject="feedback_item", subject_id=item.id)


def withdraw(*, item_id: UUID, author: UUID) -> None:
    """Take one's own item back while it is open. :raises Unknown: it is no open item of this account."""
    with transaction() as session:
        item = session.scalar(
            select(FeedbackItem).where(FeedbackItem.id == item_id, FeedbackItem.author_id == author).with_for_update()
        )
        if item is None or item.state != "open":
            raise Unknown(str(item_id))
        item.state, item.version = "withdrawn", item.version + 1
        record(kind=WITHDRAWN, subject="feedback_item", subject_id=item.id)


def _no(field: str, message: str, code: str) -> Finding:
    return Finding("FB.01", Severity.BLOCK, field, message, code=code)
