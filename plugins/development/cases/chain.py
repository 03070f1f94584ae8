"""The chain of a case's acts: each act's hash covers its facts and the act before, keyed so that nobody outside can forge it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import keyring, tenant_id, transaction
from plugins.development.cases.sealing import plain, sealed_of
from plugins.development.models.case import Act, Case

_FACTS, _LINK = "development.act", "development.chain"


def content_of(act: Act, sealed: dict[str, Any]) -> bytes:
    """The keyed hash of everything an act says. :param sealed: its sealed facts in clear."""
    facts = {
        "id": str(act.id), "kind": act.kind, "step": act.step, "act_on": act.act_on.isoformat(), "unit": str(act.unit_id),
        "data": act.data, "sealed": plain(sealed), "actor": [str(act.actor_id), act.actor_name],
        "recorded_at": act.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "corrects": str(act.corrects_id), "voids": act.voids, "reason": act.reason, "overrides": act.overrides,
        "rulings": act.rulings, "ruleset": act.ruleset, "terms": act.terms, "files": [str(one) for one in act.file_ids],
    }  # fmt: skip
    return keyring().blind(plain(facts), purpose=_FACTS)


def link(case_id: UUID, seq: int, previous: bytes, content: bytes) -> bytes:
    """The hash of a link."""
    return keyring().blind(f"{case_id}|{seq}|{previous.hex()}|{content.hex()}", purpose=_LINK)


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold. :param seq: the act's number. :param what: content | link | missing | head."""

    seq: int
    what: str


def verify(case_id: UUID) -> list[Break]:
    """Where a case's chain does not hold; empty when it is whole. Reading it tells nobody what the acts say.

    :raises LookupError: there is no such case.
    """
    with transaction() as session:
        case = session.get(Case, (tenant_id(), case_id))
        if case is None:
            raise LookupError(str(case_id))
        acts = session.scalars(select(Act).where(Act.case_id == case_id).order_by(Act.seq)).all()
        return breaks(case, acts)


def breaks(case: Case, acts: Sequence[Act]) -> list[Break]:
    """Where the chain of these acts, in the order of their numbers, does not hold."""
    found: list[Break] = []
    previous = b""
    for number, act in enumerate(acts, 1):
        if act.seq != number:
            return [*found, Break(number, "missing")]
        if act.redacted_on is None and content_of(act, sealed_of(act)) != bytes(act.content):
            found.append(Break(act.seq, "content"))
        if bytes(act.prev_hash) != previous or link(case.id, act.seq, previous, bytes(act.content)) != bytes(act.hash):
            found.append(Break(act.seq, "link"))
        previous = bytes(act.hash)
    if previous != bytes(case.chain_head) or len(acts) != case.act_count:
        found.append(Break(len(acts) + 1, "head"))
    return found
