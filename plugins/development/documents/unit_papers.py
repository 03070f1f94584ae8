"""Papers of an organisation: each names who gathers its figures; the parts that have them register here."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from core.sdk import ranges
from core.sdk.documents import Loaded
from plugins.development.documents.form import Paper
from plugins.development.permissions import VIEW

#: From what was asked for to (context, what it is called, path of the unit); ``None`` when the unit is out of reach.
Gather = Callable[[Mapping[str, Any]], tuple[dict[str, Any], str, str] | None]
GATHERED: dict[str, Gather] = {}


def gathers(name: str) -> Callable[[Gather], Gather]:
    """Register who gathers the figures of the papers of a provider."""

    def register(call: Gather) -> Gather:
        GATHERED[name] = call
        return call

    return register


def asked(unit_id: UUID, permission: str, **given: str) -> dict[str, Any]:
    """What a print for an organisation asks for: where the actor may read it, and where people behind numbers."""
    return {
        "unit": str(unit_id), "ranges": [list(span) for span in ranges(permission)],
        "named": [list(span) for span in ranges(VIEW)], **given,
    }  # fmt: skip


def load(paper: Paper, request: Mapping[str, Any], _full: bool) -> Loaded | None:
    """The loader of such a paper: one document; lists are filled up with blank rows."""
    found = GATHERED[paper.extra["provider"]](request)
    if found is None:
        return None
    context, name, path = found
    made: dict[str, Any] = {}
    for one in paper.fields:
        value = context.get(one.name, "")
        if one.of:
            blank = {inner.name: "" for inner in one.of}
            entries = [{**blank, **entry} for entry in value or ()]
            value = entries + [dict(blank) for _ in range(one.least - len(entries))]
        made[one.name] = value
    title = f"{paper.title}_{name}"
    return Loaded([made], [title], title, 1, UUID(request["unit"]) if request.get("unit") else None, path)
