"""The plugin's own life: what ran out while it was off, what an archive proves, what stays when everything is removed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Model, history_of, post_job, record, refuse_blocked, today, transaction
from plugins.care.findings import block
from plugins.care.fund.models import Application, Entry, Fund
from plugins.care.hardship.models import Hardship, Subsidy
from plugins.care.models import CaseReport, FollowUp, Step, Talk, Visit
from plugins.care.pairs.models import Pair, Progress
from plugins.care.sealing import unseal

#: Which columns are sealed, table by table; each is declared to the core with ``declare_sealed``.
SEALED: tuple[tuple[type[Model], tuple[str, ...]], ...] = (
    (CaseReport, ("detail_cipher",)),
    (Step, ("reason_cipher",)),
    (Visit, ("content_cipher", "promise_cipher", "note_cipher")),
    (FollowUp, ("need_cipher", "result_cipher")),
    (Talk, ("content_cipher",)),
    (Application, ("reason_cipher", "review_cipher")),
    (Hardship, ("figures_cipher", "detail_cipher", "reason_cipher")),
    (Subsidy, ("payee_cipher",)),
    (Pair, ("helped_name_cipher", "cause_cipher", "before_cipher", "after_cipher", "result_cipher")),
    (Progress, ("text_cipher",)),
)
LEFT = "care.fund.left"
_READ = 500


def on_enable() -> None:
    """Whatever ran out while nothing of the plugin ran is ended now: gradings, applications signed for; birthdays are greeted."""
    post_job(kind="care.daily", payload={"as_of": today().isoformat()})


def on_purge() -> None:
    """Money is there whether its ledger is or not: the audit log keeps what each fund held at the end. Written once a fund."""
    with transaction() as session:
        for fund in session.scalars(select(Fund).where(Fund.entries > 0)).all():
            if any(one.kind == LEFT for one in history_of("care_fund", fund.id).events):
                continue
            detail = {"title": fund.title, "balance_fen": fund.balance_fen, "entries": fund.entries}
            record(kind=LEFT, subject="care_fund", subject_id=fund.id, detail=detail)


def export_tenant() -> Iterator[tuple[str, Iterable[Mapping[str, Any]]]]:
    """How much of what is sealed opens, and what each fund's entries come to: :func:`import_tenant` compares."""
    yield "sealed", [{"table": table, "column": column, "opens": count} for table, column, count in _opening() if count]
    yield "funds", [{"fund": str(fund), "entries": count, "fen": fen} for fund, (count, fen) in _sums().items()]


def import_tenant(name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Prove that what came back can be used: that what was sealed opens, and that no fund is other than it was.

    :raises Refused: it is not.
    """
    if name == "sealed":
        _proven_open({(str(one["table"]), str(one["column"])): int(one["opens"]) for one in rows})
    elif name == "funds":
        there = _sums()
        wrong = [one for one in rows if there.get(UUID(str(one["fund"]))) != (one["entries"], one["fen"])]
        if wrong:
            message = f"有{len(wrong)}个互助基金的收支与导出时不一致。"
            refuse_blocked([block("R6.10", "file", message, "E_BALANCE", "请使用完整的导出文件。")])


def _proven_open(wanted: Mapping[tuple[str, str], int]) -> None:
    there = {(table, column): count for table, column, count in _opening()}
    lost = sum(max(0, count - there.get(place, 0)) for place, count in wanted.items())
    if lost:
        message = f"有{lost}处封存的内容（困难情况、走访记录等）打不开：导出以后更换过字段密钥，旧密钥已销毁。"
        refuse_blocked([block("R6.08", "file", message, "E_STATE", "请联系运维人员，先恢复导出时的密钥。")])


def _opening() -> Iterator[tuple[str, str, int]]:
    """Sealed columns and how many of their values open under the tenant's keys."""
    for model, columns in SEALED:
        counts = dict.fromkeys(columns, 0)
        mapped: Any = model
        with transaction() as session:
            found = select(mapped.id, *(getattr(mapped, one) for one in columns)).execution_options(yield_per=_READ)
            for row, *values in session.execute(found):
                for column, value in zip(columns, values, strict=True):
                    counts[column] += value is not None and _opens(value, model, column, row)
        for column, count in counts.items():
            yield str(model.__tablename__), column, count


def _opens(value: bytes, model: type[Model], column: str, row: UUID) -> bool:
    try:
        unseal(value, model, column, row)
    except ValueError:
        return False
    return True


def _sums() -> dict[UUID, tuple[int, int]]:
    """Fund → (number of entries, what they come to in fen)."""
    with transaction() as session:
        found = session.execute(
            select(Entry.fund_id, func.count(), func.sum(Entry.change_fen)).group_by(Entry.fund_id)
        ).all()
    return {fund: (int(count), int(fen)) for fund, count, fen in found}
