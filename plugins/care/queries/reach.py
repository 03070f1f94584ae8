"""Who sees which occasions (06-care 6.8).

Whoever was sent sees theirs whole; the secretary and those above see all of theirs whole; other officers and readers see
that there are occasions, and of illness and family disputes only how many; whoever reported sees their own report.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, any_, bindparam, exists, false, or_
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from core.sdk import Unit, actor, ranges
from plugins.care.models import Assignment, Case
from plugins.care.permissions import OPEN, VIEW
from plugins.care.words import GUARDED

Range = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reach:
    """Where the asking account sees occasions, and where it sees them whole."""

    account_id: UUID
    view: tuple[Range, ...]
    whole: tuple[Range, ...]

    @classmethod
    def of_actor(cls) -> "Reach":
        """The reach of whoever asks."""
        return cls(actor().account_id, ranges(VIEW), ranges(OPEN))

    @property
    def shape(self) -> tuple[int, int]:
        """What the text of a statement depends on."""
        return len(self.view), len(self.whole)

    def given(self) -> dict[str, Any]:
        """The parameters of :func:`seen` and :func:`shown`."""
        found: dict[str, Any] = {"me": self.account_id, "guarded": sorted(GUARDED)}
        for name, held in (("v", self.view), ("w", self.whole)):
            for i, (start, end) in enumerate(held):
                found[f"{name}from{i}"], found[f"{name}to{i}"] = start, end
        return found


def _inside(name: str, count: int) -> Any:
    if not count:
        return false()
    return or_(
        *(and_(Unit.path >= bindparam(f"{name}from{i}"), Unit.path < bindparam(f"{name}to{i}")) for i in range(count))
    )


def _sent() -> Any:
    return exists().where(Assignment.case_id == Case.id, Assignment.account_id == bindparam("me")).correlate(Case)


def seen(shape: tuple[int, int]) -> Any:
    """It is counted for the viewer: within where they may look, or they were sent."""
    return or_(_inside("v", shape[0]), _sent())


def shown(shape: tuple[int, int]) -> Any:
    """It is shown one by one: guarded kinds only where the viewer sees them whole, or was sent."""
    guarded = Case.kind == any_(bindparam("guarded", type_=ARRAY(TEXT())))
    return or_(and_(_inside("v", shape[0]), ~guarded), _inside("w", shape[1]), _sent())


def still_open() -> Any:
    """The occasion is neither closed nor found not to be one."""
    return and_(Case.state != "closed", Case.state != "not_established")
