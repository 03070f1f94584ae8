"""Who a notice is for: units, members or officers, class tags, single persons (R16.01). What is asked is checked here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.policy.findings import Finding, Severity

WHO = ("members", "officers", "both")
MOST_PERSONS = 500


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a notice is for.

    :param units: their subtrees; none when only single persons are meant.
    :param who: members of the roster (suspended and deceased ones excluded, floating ones included), officers, or both.
    :param tags: class tags of which a member must have one; none: all members.
    :param persons: single persons besides.
    """

    units: tuple[UUID, ...] = ()
    who: str = "members"
    tags: tuple[str, ...] = ()
    persons: tuple[UUID, ...] = ()

    def kept(self) -> dict[str, object]:
        """As it is stored with the notice."""
        return {
            "units": [str(one) for one in self.units],
            "who": self.who,
            "tags": list(self.tags),
            "persons": [str(one) for one in self.persons],
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Audience":
        """The audience that was stored."""
        return cls(
            tuple(UUID(one) for one in kept.get("units", ())),
            str(kept.get("who", "members")),
            tuple(str(one) for one in kept.get("tags", ())),
            tuple(UUID(one) for one in kept.get("persons", ())),
        )

    def findings(self) -> list[Finding]:
        """What is wrong with it in itself."""
        found = []
        if self.who not in WHO:
            found.append(_no("who", "请选择发给党员、党务工作者或者两者。", "E_FORMAT"))
        if not self.units and not self.persons:
            found.append(_no("units", "请至少选择一个党组织或一个人。", "E_REQUIRED"))
        if len(self.persons) > MOST_PERSONS:
            found.append(_no("persons", f"单独选择的人最多{MOST_PERSONS}名，更多时请选择党组织。", "E_CAP"))
        return found


def _no(field: str, message: str, code: str) -> Finding:
    return Finding("R16.01", Severity.BLOCK, field, message, code=code)
