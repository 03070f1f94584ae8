"""Numbers of an act that cannot be: more in favour than were present, more papers back than were given out. Pure."""

from collections.abc import Mapping
from typing import Any

from plugins.development.flow import KINDS
from plugins.development.rules.outcomes import Outcome, Ruling

#: On what such a finding rests.
SOURCE = "计票"
#: Names of numbers that together are at most another.
_Bound = tuple[tuple[str, ...], str]
_VOTE: tuple[_Bound, ...] = ((("present",), "size"), (("in_favour",), "present"))
_ASKED: tuple[_Bound, ...] = ((("agree",), "asked"),)
_PAPERS: tuple[_Bound, ...] = ((("in_favour", "against", "abstained", "invalid"), "issued"),)
#: Kind → its bounds, and the rule under which they are said.
_BOUNDS: Mapping[str, tuple[str, tuple[_Bound, ...]]] = {
    "recommendation": ("G3.1", ((("votes_for",), "votes_of"),)),
    "activist_meeting": ("G3.2", _VOTE), "object_meeting": ("G3.2", _VOTE), "branch_review": ("G12.8", _VOTE),
    "conversion_review": ("G23.3", _VOTE), "opinion": ("G7.3", _ASKED), "conversion_opinion": ("G23.3", _ASKED),
    "poll_result": ("G7.5", ((("returned",), "issued"), (("in_favour", "against", "invalid"), "returned"))),
    "branch_meeting": ("G15.6", _PAPERS), "conversion_meeting": ("G15.6", _PAPERS),
    "approval": ("G17.2", _VOTE), "conversion_approval": ("G17.2", _VOTE),
}  # fmt: skip


def impossible(kind: str, data: Mapping[str, Any]) -> list[Ruling]:
    """What of an act's numbers cannot be; numbers that are not given say nothing."""
    rule, bounds = _BOUNDS.get(kind, ("", ()))
    return [said for bound in bounds if (said := _over(kind, rule, bound, data)) is not None]


def _over(kind: str, rule: str, bound: _Bound, data: Mapping[str, Any]) -> Ruling | None:
    parts, whole = bound
    given = [(name, data[name]) for name in parts if isinstance(data.get(name), int) and data[name]]
    most, total = data.get(whole), sum(number for _name, number in given)
    if not isinstance(most, int) or total <= most:
        return None
    listed = "、".join(f"{_title(kind, name)}{number}" for name, number in given)
    together = f"，合计{total}" if len(given) > 1 else ""
    message = f"{listed}{together}，多于{_title(kind, whole)}{most}。"
    return Ruling(rule, Outcome.BLOCK, message, SOURCE, "请核对人数和票数。", field=given[0][0])


def _title(kind: str, name: str) -> str:
    field = KINDS[kind].fact(name)
    return str(field.label).split("（", 1)[0] if field is not None else name
