"""The plugin's own extension point: another plugin knows of an occasion for a visit, such as a register of illness.

@implements
def care_occasions(since):
yield {"person_id": person, "kind": "illness", "sub_kind": "hospital", "occurred_on": day, "detail": "…"}
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import Call, Refused, ask, point, rows
from plugins.care.actions.cases import Unknown
from plugins.care.actions.reporting import report
from plugins.care.models import Case

#: Days that the daily work looks back: a day on which nothing ran is made up for.
BACK = 14
_WANTED = ("person_id", "kind", "sub_kind", "occurred_on")


class CareHooks:
    """What other plugins may implement."""

    @point(Call.FILTER, since="1.0", budget_ms=5_000, example="return occasions_since(since)")
    def care_occasions(self, since: date) -> Iterable[Mapping[str, Any]]:  # type: ignore[empty-body]
        """What happened to members since a day: ``person_id``, ``kind``, ``sub_kind``, ``occurred_on``, perhaps ``detail``.

        Kinds and their sub-kinds are those of the four must-visits (``plugins/care/rules/visits.py``). Each is reported
        as a member of the branch would report it, once; the branch confirms it.

        :param since: days before it are not looked at.
        """


def take_up(as_of: date) -> int:
    """Report what other plugins know of and nobody has reported; gives how many were. Said again, nothing is left."""
    since, made = as_of - timedelta(days=BACK), 0
    for _plugin, found in ask("care_occasions", since=since):
        for one in found:
            made += _reported(one, since)
    return made


def _reported(one: Mapping[str, Any], since: date) -> bool:
    person, kind, sub_kind, on = (one.get(name) for name in _WANTED)
    if not isinstance(person, UUID) or not isinstance(on, date) or on < since or _there(person, kind, sub_kind, on):
        return False
    try:
        report(
            person_id=person, kind=str(kind), sub_kind=str(sub_kind), occurred_on=on, detail=str(one.get("detail") or ""),
            source="plugin",
        )  # fmt: skip
    except (Refused, Unknown):  # nobody's member any more, or no occasion of the four: theirs to mend
        return False
    return True


def _there(person: UUID, kind: Any, sub_kind: Any, on: date) -> bool:
    same = (Case.person_id == person, Case.kind == kind, Case.sub_kind == sub_kind, Case.occurred_on == on)
    return bool(rows(select(Case.id).where(*same).limit(1)))
