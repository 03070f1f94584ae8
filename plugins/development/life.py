"""The plugin's own life: chains are proven when it comes back and when an archive does; their digest outlives a purge."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from core.sdk import Finding, Refused, Severity, post_job, record, transaction
from plugins.development.cases import chain
from plugins.development.models.case import Act, Case

KEPT = "development.chains.kept"
_BATCH = 100


def on_enable() -> None:
    """Before anybody goes on with a case, its chain is looked at: nothing watched it while the plugin was off."""
    post_job(kind="development.chain.verify", payload={})


def on_purge() -> None:
    """The audit log keeps a digest of all chains: by it an archive made before can still be told from a made-up one."""
    with transaction() as session:
        heads = session.execute(select(Case.id, Case.act_count, Case.chain_head).order_by(Case.id)).all()
        if not heads:
            return
        digest = sha256(b"".join(one.id.bytes + bytes(one.chain_head) for one in heads)).hexdigest()
        detail = {"cases": len(heads), "acts": sum(one.act_count for one in heads), "digest": digest}
        record(kind=KEPT, detail=detail)


def export_tenant() -> Iterator[tuple[str, Iterable[Mapping[str, Any]]]]:
    """How many acts there are, and which chains hold: :func:`import_tenant` looks whether they still do."""
    yield (
        "chains",
        [{"case": str(case.id), "acts": case.act_count, "whole": not breaks} for case, breaks in _looked_at()],
    )


def import_tenant(name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Prove every chain anew. :raises Refused: one that held when it was exported does not hold any more."""
    if name != "chains":
        return
    there = {str(case.id): (case.act_count, not breaks) for case, breaks in _looked_at()}
    broken = [one for one in rows if one["whole"] and there.get(str(one["case"])) != (one["acts"], True)]
    if broken:
        message = f"有{len(broken)}份案卷的办理记录与导出时不一致，或者封存的内容打不开。"
        raise Refused(
            [
                Finding(
                    "R3.30",
                    Severity.BLOCK,
                    "file",
                    message,
                    code="E_STATE",
                    fix="请使用原来的导出文件；更换过字段密钥的，请运维人员先恢复。",
                )
            ]
        )


def _looked_at() -> Iterator[tuple[Case, list[chain.Break]]]:
    """Every case with where its chain does not hold; one whose sealed facts do not open holds nowhere."""
    last = None
    while True:
        with transaction() as session:
            wanted = select(Case).order_by(Case.id).limit(_BATCH)
            cases = session.scalars(wanted if last is None else wanted.where(Case.id > last)).all()
            acts: dict[Any, list[Act]] = {one.id: [] for one in cases}
            for act in session.scalars(select(Act).where(Act.case_id.in_(acts)).order_by(Act.case_id, Act.seq)):
                acts[act.case_id].append(act)
            for case in cases:
                yield case, _breaks(case, acts[case.id])
            session.expunge_all()
        if len(cases) < _BATCH:
            return
        last = cases[-1].id


def _breaks(case: Case, acts: list[Act]) -> list[chain.Break]:
    try:
        return chain.breaks(case, acts)
    except ValueError:  # a key that is gone
        return [chain.Break(0, "content")]
