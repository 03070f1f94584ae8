"""Who stands by the person, as the roster has them today: contacts and sponsors that are ones no longer (G5.2, E18)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from core.sdk.people import people
from plugins.development.cases.history import History
from plugins.development.rules.activist import helper_rulings
from plugins.development.rules.outcomes import Ruling

_WHY = {
    "died": "已经去世", "removed": "已经出党", "transferred_out": "组织关系已转出", "suspended": "已停止党籍",
    "probationary": "不是正式党员",
}  # fmt: skip
_MOVED = "已调到其他党支部"


@dataclass(frozen=True, slots=True)
class Now:
    """Somebody on the roster today. :param unit: id of the branch that counts them, as text."""

    standing: str
    unit: str


#: Ids of people, as acts name them, with what the roster says of them today.
Known = Mapping[str, Now]


def named(histories: Iterable[History]) -> set[UUID]:
    """Whom these histories name as contacts and sponsors now."""
    return {
        UUID(history.same.get(str(one["id"]), str(one["id"])))
        for history in histories
        for one in (*history.contacts, *history.sponsors)
        if one.get("id")
    }


def known_of(histories: Iterable[History]) -> Known:
    """What the roster says today of the contacts and sponsors of these histories; one statement, none without any."""
    return {str(one.id): Now(one.standing, str(one.unit_id or "")) for one in people(named(histories)).values()}


def why_gone(one: Mapping[str, Any], history: History, known: Known) -> str:
    """Why somebody is no contact or sponsor any more; empty while they are one."""
    if not one.get("id"):
        return ""
    found = known.get(history.same.get(str(one["id"]), str(one["id"])))
    if found is None:
        return ""
    if found.standing != "formal":
        return _WHY.get(found.standing, "")
    return _MOVED if one.get("unit") and found.unit and found.unit != one["unit"] else ""


def gone(history: History, known: Known, on: date) -> list[tuple[int, Ruling]]:
    """What is to be said of contacts and sponsors who are ones no longer, with the step it belongs to."""
    found: list[tuple[int, Ruling]] = []
    lists = ((5, history.contacts, 15 not in history.done, False), (9, history.sponsors, 24 not in history.done, True))
    for step, helpers, still, sponsor in lists:
        for one in helpers if still else ():
            why = why_gone(one, history, known)
            if why:
                found += [(step, ruling) for ruling in helper_rulings(str(one["name"]), why, on, sponsor=sponsor)]
    return found
