"""What is held on a person in this part: told to them, merged, forgotten, kept no longer than needed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update

from core.sdk import transaction
from plugins.care.aid.hardship import FIGURES
from plugins.care.fund.applications import KINDS, STATES
from plugins.care.fund.models import Application
from plugins.care.hardship import actions as hardships
from plugins.care.hardship.models import Hardship, Subsidy, SubsidyPayment, SubsidyRun
from plugins.care.pairs.models import Pair
from plugins.care.people import among
from plugins.care.rounds.actions import ENTRY_STATES
from plugins.care.rounds.greetings import KINDS as GREETINGS
from plugins.care.rounds.models import Greeting, OptOut, Round, RoundEntry
from plugins.care.rules.money import yuan
from plugins.care.rules.pairs import STATES as PAIR_STATES
from plugins.care.sealing import unsealed

Lines = Sequence[Mapping[str, Any]]


def personal_report(person_id: UUID, *, full: bool) -> dict[str, Lines]:
    """Everything held here on a person, by heading. :param full: with circumstances and income; masked otherwise."""
    with transaction() as session:
        aids = session.scalars(select(Application).where(Application.person_id == person_id)).all()
        cases = session.scalars(select(Hardship).where(Hardship.person_id == person_id)).all()
        payments = session.scalars(select(SubsidyPayment).where(SubsidyPayment.person_id == person_id)).all()
        gifts = session.execute(
            select(Round.title, RoundEntry.amount_fen, RoundEntry.state, RoundEntry.received_on)
            .join(Round, (Round.tenant_id == RoundEntry.tenant_id) & (Round.id == RoundEntry.round_id))
            .where(RoundEntry.person_id == person_id)
        ).all()  # fmt: skip
        cards = session.scalars(select(Greeting).where(Greeting.person_id == person_id)).all()
        pairs = session.scalars(select(Pair).where((Pair.helped_id == person_id) | (Pair.helper_id == person_id))).all()
    made: dict[str, Lines] = {
        "救助和借款申请": [
            {"类别": KINDS[one.kind], "金额": yuan(one.amount_fen), "提交日期": one.submitted_on, "状态": STATES[one.state],
             "理由": unsealed(one.reason_cipher, Application, "reason_cipher", one.id, full=full)} for one in aids],
        "困难认定": [
            {"等级": one.grade, "状态": hardships.STATES[one.state], "有效期至": one.valid_to, **(_figures(one) if full else {}),
             "情况": unsealed(one.detail_cipher, Hardship, "detail_cipher", one.id, full=full)} for one in cases],
        "老党员生活补助": [{"月份": one.month, "金额": yuan(one.amount_fen)} for one in payments],
        "走访慰问": [{"慰问": title, "金额": yuan(fen), "结果": ENTRY_STATES[state], "签收日期": on} for title, fen, state, on in gifts],
        "问候": [{"类别": GREETINGS[one.kind], "年度": one.year, "送达": one.delivered_on} for one in cards],
        "结对帮扶": [{"角色": "帮扶人" if one.helper_id == person_id else "帮扶对象", "状态": PAIR_STATES[one.state]} for one in pairs],
    }  # fmt: skip
    return {title: lines for title, lines in made.items() if lines}


def _figures(one: Hardship) -> dict[str, str]:
    return {title: yuan(fen) for name, title in FIGURES.items() if (fen := hardships.figures_of(one).get(name))}


def redact_person(person_id: UUID) -> None:
    """Texts and figures go; amounts and states stay, so that ledgers and counts stay right."""
    with transaction() as session:
        for model, values in (
            (Application, {"reason_cipher": None, "review_cipher": None, "relatives": []}),
            (Hardship, {"figures_cipher": None, "detail_cipher": None, "reason_cipher": None}),
            (Subsidy, {"payee_cipher": None}),
            (RoundEntry, {"received_by": None, "remark": None}),
        ):  # fmt: skip
            session.execute(update(model).where(model.person_id == person_id).values(**values))
        sealed = {"cause_cipher": None, "before_cipher": None, "after_cipher": None, "result_cipher": None}
        session.execute(update(Pair).where(Pair.helped_id == person_id).values(**sealed))
        session.execute(delete(OptOut).where(OptOut.person_id == person_id))


def merge_people(kept: UUID, gone: UUID) -> None:
    """What hangs on ``gone`` belongs to ``kept``; of two lines of one list, month or year the kept person's stays."""
    with transaction() as session:
        for model, keys in (
            (RoundEntry, ("round_id",)), (Greeting, ("kind", "year")), (OptOut, ("kind",)), (SubsidyPayment, ("month",)),
        ):  # fmt: skip
            columns = [getattr(model, name) for name in keys]
            there = set(session.execute(select(*columns).where(model.person_id == kept)).all())
            for one in session.scalars(select(model).where(model.person_id == gone)):
                if tuple(getattr(one, name) for name in keys) in {tuple(line) for line in there}:
                    session.delete(one)
            session.flush()
            session.execute(update(model).where(model.person_id == gone).values(person_id=kept))
        for held in (Application, Hardship, Subsidy):
            _end_twins(held, kept, gone)
            session.execute(update(held).where(held.person_id == gone).values(person_id=kept))
        session.execute(update(Pair).where(Pair.helper_id == gone, Pair.helped_id != kept).values(helper_id=kept))
        session.execute(update(Pair).where(Pair.helped_id == gone, Pair.helper_id != kept).values(helped_id=kept))


def _end_twins(model: Any, kept: UUID, gone: UUID) -> None:
    """Of two hardship files under way the other one's is ended: a person has one at most."""
    if model is not Hardship:
        return
    with transaction() as session:
        open_ones = Hardship.state.in_(("submitted", "branch_reviewed", "published"))
        if session.scalar(select(Hardship.id).where(Hardship.person_id == kept, open_ones).limit(1)) is not None:
            session.execute(update(Hardship).where(Hardship.person_id == gone, open_ones).values(state="ended"))


def retention(edge: date) -> int:
    """Remove what ended before a day; gives how many records went. The ledger stays: it names nobody."""
    ended: tuple[tuple[Any, Any], ...] = (
        (Application, among(Application.state, "archived", "refused") & (func.coalesce(Application.paid_on, Application.decided_on) < edge)),
        (Hardship, among(Hardship.state, "ended", "refused") & (func.coalesce(Hardship.ended_on, Hardship.decided_on) < edge)),
        (Round, Round.closed_on < edge),
        (Pair, Pair.ended_on < edge),
        (Greeting, Greeting.day < edge),
        (SubsidyRun, (SubsidyRun.state == "paid") & (SubsidyRun.paid_on < edge)),
        (Subsidy, (Subsidy.last_month < edge) & ~_still_paid()),
    )  # fmt: skip
    count = 0
    with transaction() as session:
        for model, which in ended:
            count += session.scalar(select(func.count()).select_from(model).where(which)) or 0
            session.execute(delete(model).where(which).execution_options(synchronize_session=False))
    return count


def _still_paid() -> Any:
    return select(SubsidyPayment.id).where(SubsidyPayment.subsidy_id == Subsidy.id).correlate(Subsidy).exists()


def waiting() -> dict[str, tuple[int, str]]:
    """What switching off leaves undone."""
    with transaction() as session:
        aids = session.scalar(select(func.count()).select_from(Application).where(
            Application.state.in_(("submitted", "branch_reviewed", "published", "approved"))))  # fmt: skip
        gifts = session.scalar(select(func.count()).select_from(Round).where(Round.state != "closed"))
    said = "保留，停用期间不能办理"
    return {"办理中的救助申请": (int(aids or 0), said), "未结束的慰问": (int(gifts or 0), said)}
