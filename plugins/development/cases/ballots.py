"""The ballot of a branch meeting as an act's facts hold it. Pure."""

from collections.abc import Mapping
from typing import Any

from plugins.development.rules.voting import Ballot, Opinion, counted


def _whole(data: Mapping[str, Any], name: str) -> int:
    value = data.get(name)
    return value if isinstance(value, int) else 0


def as_cast(data: Mapping[str, Any]) -> Ballot:
    """The ballot as it was cast, papers of people without a vote included."""
    written = (
        *[Opinion(True, True)] * _whole(data, "written_for"),
        *[Opinion(False, True)] * _whole(data, "written_against"),
        *[Opinion(True, False)] * _whole(data, "written_late"),
    )
    return Ballot(
        due=_whole(data, "due"), present=_whole(data, "present"), in_favour=_whole(data, "in_favour"),
        against=_whole(data, "against"), abstained=_whole(data, "abstained"), invalid=_whole(data, "invalid"), written=written,
        cast_by_probationary=_whole(data, "cast_by_others"), secret=data.get("secret") is True,
        candidates_on_paper=_whole(data, "candidates_on_paper") or 1,
    )  # fmt: skip


def ballot_of(data: Mapping[str, Any]) -> Ballot:
    """The ballot as it counts: without what people without a vote cast (X2)."""
    cast = as_cast(data)
    if not cast.cast_by_probationary:
        return cast
    return counted(cast, removed_in_favour=min(_whole(data, "cast_by_others_for"), cast.cast_by_probationary))


def adopted(data: Mapping[str, Any]) -> bool:
    """Whether the meeting adopted what was put to it. An old register that has the day alone tells of one that did."""
    if "in_favour" not in data:
        return True
    ballot = ballot_of(data)
    return ballot.secret and ballot.candidates_on_paper == 1 and ballot.adopted
