"""Which reports and indicators there are for the viewer, and what they give, guarded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import url_for

from core import clock
from core.access.actor import Range
from core.access.gate import may, ranges
from core.extension import contributions as c
from core.extension.hanging import endpoint_of
from core.extension.host import Host, host
from core.extension.points import Call, Point

#: A report may take its time, as a page that somebody waits for; an indicator stands among others.
_WAITED = Point(Call.FILTER, "1.0", 15_000, "")
_BRIEF = Point(Call.FILTER, "1.0", 1_000, "")
#: Rows of a report shown on the page; an export holds all, up to :data:`MOST`.
SHOWN, MOST = 500, 50_000


@dataclass(frozen=True, slots=True)
class Offered:
    """A report that the viewer may see."""

    plugin: str
    plugin_title: str
    report: c.Report
    exported_only: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator's number at a place, and the list behind it."""

    title: Any
    number: int
    unit: str
    url: str | None


def _given(held: Host, hook: str) -> Iterator[tuple[str, Any]]:
    if held.anything(hook):
        enabled = held.enabled()
        yield from ((plugin, one) for plugin, one in held.brought(hook) if plugin in enabled and may(one.permission))


def offered() -> list[Offered]:
    """The reports the viewer may see, by plugin."""
    held = host()
    return [
        Offered(plugin, held.plugins[plugin].title, one, hook == "register_exporters")
        for hook in ("register_reports", "register_exporters")
        for plugin, one in _given(held, hook)
    ]


def one(key: str) -> Offered | None:
    """The report of that key, if the viewer may see it."""
    return next((found for found in offered() if found.report.key == key), None)


def rows_of(found: Offered, within: Sequence[Range], as_of: date) -> list[Sequence[Any]] | None:
    """A report's rows within path ranges on a day, at most :data:`MOST`; ``None`` when the plugin failed."""

    def read() -> list[Sequence[Any]]:
        lines: list[Sequence[Any]] = []
        for line in found.report.rows(within, as_of):
            if len(lines) == MOST:
                break
            lines.append(tuple(line))
        return lines

    answer: list[Sequence[Any]] | None = host().run(found.plugin, f"report {found.report.key}", _WAITED, read)
    return answer


def plain(cell: Any) -> Any:
    """A cell as a workbook holds it: of a pair (text, address) the text."""
    return cell[0] if isinstance(cell, tuple) else cell


def indicators(within: Range | None = None, *, unit_id: UUID | None = None, as_of: date | None = None) -> list[Figure]:
    """The numbers of enabled plugins for a part of the tree, or for all that the viewer sees by each one's permission."""
    held, day, found = host(), as_of or clock.today(), []
    for plugin, one_ in _given(held, "register_indicators"):
        own = ranges(one_.permission)
        asked = own if within is None else tuple(cut for cut in (_cut(span, within) for span in own) if cut)
        if not asked:
            continue
        given = {"ranges": asked, "as_of": day}
        number = host().run(
            plugin, f"indicator {one_.key}", _BRIEF, lambda ranges, as_of, ask=one_.count: ask(ranges, as_of), **given
        )
        if isinstance(number, int):
            values: dict[str, Any] = {"unit": unit_id} if unit_id else {}
            url = url_for(endpoint_of(plugin, one_.endpoint), **values) if one_.endpoint else None
            found.append(Figure(one_.title, number, one_.unit, url))
    return found


def _cut(span: Range, within: Range) -> Range | None:
    """What two subtrees share: one of them, or nothing."""
    start, end = max(span[0], within[0]), min(span[1], within[1])
    return (start, end) if start < end else None
