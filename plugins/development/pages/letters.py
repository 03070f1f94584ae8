"""Letters: handed in from the phone by whoever is on the way, received by the branch as an act, or given back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from core.sdk import (
    Finding,
    Refused,
    Severity,
    Unit,
    actor,
    bounds,
    keyring,
    notify,
    now,
    record,
    rows,
    tenant_id,
    today,
    transaction,
    uuid7,
    within,
)
from core.sdk.notices import accounts_at
from plugins.development.flow import KINDS
from plugins.development.models.letter import KINDS as LETTERS
from plugins.development.models.letter import Letter
from plugins.development.models.locking import locked
from plugins.development.notices import LETTER, OWN
from plugins.development.permissions import OPEN, RECORD
from plugins.development.rules.rulesets import ruleset

#: Characters of a letter.
LEAST, MOST = 50, 20_000
_UNIT_OF = (Unit.tenant_id == Letter.tenant_id) & (Unit.id == Letter.unit_id)


def _no(rule: str, field: str, message: str, fix: str, source: str, code: str = "E_REQUIRED") -> Finding:
    return Finding(rule, Severity.BLOCK, field, message, fix, source, code)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wrote."""

    kind: str
    written_on: date | None
    theme: str
    text: str


def _faults(draft: Draft) -> list[Finding]:
    as_of = today()
    source = ruleset(as_of).article(
        32 if draft.kind == "conversion_letter" else 6 if draft.kind == "application" else 10
    )
    found = []
    if draft.written_on is None:
        found.append(_no("X1", "written_on", "请填写落款日期。", "例如 2026-05-06。", source))
    elif draft.written_on > as_of:
        found.append(
            _no("X1", "written_on", f"落款日期{draft.written_on}在将来。", "请填实际写成的日期。", source, "E_RANGE")
        )
    size = len(draft.text.strip())
    if size < LEAST:
        found.append(_no("G1.2", "text", f"正文只有{size}个字，太短。", f"请至少写{LEAST}个字。", source))
    elif size > MOST:
        found.append(_no("G1.2", "text", f"正文有{size}个字，最多{MOST}个字。", "请分次汇报。", source, "E_RANGE"))
    if draft.kind in ("thought_report", "probation_report") and not draft.theme.strip():
        found.append(_no("G7.2", "theme", "请填写主题。", "例如：学习党章的体会。", source))
    return found


def hand_in(
    *, draft: Draft, unit_id: UUID, unit_path: str, case_id: UUID | None, writer: tuple[UUID, str] | None = None
) -> UUID:
    """Hand in a letter to a branch; its officers are told.

    :param writer: account and name, where nobody is signed in (sample data); whoever asks by default.
    :raises Refused: it is too short, has no date, or one of the same kind still waits.
    """
    if draft.kind not in LETTERS:
        raise ValueError(draft.kind)
    found = _faults(draft)
    account, name = writer or (actor().account_id, actor().name)
    with transaction() as session:
        waiting = session.scalar(
            select(Letter.id).where(Letter.account_id == account, Letter.kind == draft.kind, Letter.state == "sent")
        )
        if waiting is not None and draft.kind in ("application", "conversion_letter"):
            found.append(
                _no(
                    "X1",
                    "",
                    "已经递交过一份，党支部还没有收下。",
                    "请等党支部答复，或到党支部当面询问。",
                    "本平台办理规则",
                    "E_CONFLICT",
                )
            )
        if found or draft.written_on is None:
            raise Refused(found)
        made = Letter(
            id=uuid7(), unit_id=unit_id, account_id=account, case_id=case_id, kind=draft.kind,
            writer=name, written_on=draft.written_on, theme=draft.theme.strip()[:200], sent_at=now(),
        )  # fmt: skip
        made.text_cipher = keyring(fresh=True).encrypt(
            draft.text.strip(), table=Letter.__tablename__, column="text_cipher", row=made.id
        )
        session.add(made)
        session.flush()
        record(
            kind="development.letter.sent",
            subject="development_letter",
            subject_id=made.id,
            detail={"kind": draft.kind},
        )
        to = accounts_at([unit_path], RECORD, as_of=today()).get(unit_path, [])
        notify(
            kind=LETTER, to=to, key=f"development.letter:{made.id}", title=f"收到{KINDS[draft.kind].title}，请办理",
            link={"endpoint": "p_development.letter", "values": {"letter_id": str(made.id)}},
        )  # fmt: skip
        return made.id


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter as lists show it."""

    id: UUID
    kind: str
    writer: str
    written_on: date
    sent_at: datetime
    state: str
    theme: str
    answer: str
    answered_on: date | None
    unit: str
    unit_id: UUID
    path: str
    case_id: UUID | None
    account_id: UUID
    version: int

    @property
    def title(self) -> Any:
        """What it is called."""
        return KINDS[self.kind].title


_SHOWN = (
    select(
        Letter.id, Letter.kind, Letter.writer, Letter.written_on, Letter.sent_at, Letter.state, Letter.theme,
        Letter.answer, Letter.answered_on, Unit.short_name, Letter.unit_id, Unit.path, Letter.case_id, Letter.account_id,
        Letter.version,
    )
    .select_from(Letter)
    .join(Unit, _UNIT_OF)
)  # fmt: skip
_OWN = (
    _SHOWN.where(Letter.account_id == bindparam("account_id", type_=Uuid())).order_by(Letter.sent_at.desc()).limit(50)
)
_ONE = _SHOWN.where(Letter.id == bindparam("letter_id", type_=Uuid()))


def own(account_id: UUID) -> list[LetterView]:
    """What an account handed in, the latest first."""
    return [LetterView(*one) for one in rows(_OWN, account_id=account_id)]


def waiting(ranges: Sequence[tuple[str, str]]) -> list[LetterView]:
    """What waits to be received in these path ranges, the oldest first."""
    if not ranges:
        return []
    held = tuple(ranges)
    found = _SHOWN.where(Letter.state == "sent", within(Unit.path, len(held))).order_by(Letter.sent_at).limit(100)
    return [LetterView(*one) for one in rows(found, **bounds(held))]


def one(letter_id: UUID) -> LetterView | None:
    """A letter; whether the asker may see it is the caller's question."""
    found = rows(_ONE, letter_id=letter_id)
    return LetterView(*found[0]) if found else None


def text_of(letter_id: UUID) -> str:
    """The letter's text in clear."""
    with transaction() as session:
        held = session.get_one(Letter, (tenant_id(), letter_id))
        if held.text_cipher is None:
            return ""
        return keyring().decrypt(bytes(held.text_cipher), table=Letter.__tablename__, column="text_cipher", row=held.id)


def _locked(letter_id: UUID, version: int | None) -> Letter:
    with transaction():
        held = locked(Letter, letter_id)
        if held is None:
            raise LookupError(str(letter_id))
        if held.state != "sent" or (version is not None and held.version != version):
            raise Refused([_no("X1", "", "这份材料已经办理过了。", "请刷新后查看。", "本平台办理规则", "E_CONFLICT")])
        return held


def received(*, letter_id: UUID, case_id: UUID) -> None:
    """Note that the branch took it: beside the act that it became, in the same transaction.

    :raises Refused: somebody was faster.
    """
    with transaction():
        held = _locked(letter_id, None)
        held.state, held.answered_on, held.case_id = "received", today(), case_id
        record(kind="development.letter.received", subject="development_letter", subject_id=held.id)
        _tell(held, f"党支部已收下您的{KINDS[held.kind].title}")


def give_back(*, letter_id: UUID, answer: str, version: int | None) -> None:
    """Give it back with what is to be put right.

    :raises Refused: without a reason, or somebody was faster.
    """
    with transaction():
        held = _locked(letter_id, version)
        if not answer.strip():
            raise Refused([_no("X3", "answer", "请写明退回的原因。", "说清楚要补充什么、怎么改。", "本平台办理规则")])
        held.state, held.answered_on, held.answer = "returned", today(), answer.strip()[:500]
        record(kind="development.letter.returned", subject="development_letter", subject_id=held.id)
        _tell(held, f"党支部退回了您的{KINDS[held.kind].title}，请看原因")


def _tell(held: Letter, title: str) -> None:
    notify(
        kind=OWN, to=[held.account_id], key=f"development.letter:{held.id}:{held.state}", title=title,
        text=held.answer, link={"endpoint": "p_development.mine", "values": {}},
    )  # fmt: skip


def receives(view: LetterView) -> str:
    """The permission that receiving a letter takes."""
    return OPEN if view.kind == "application" else RECORD
