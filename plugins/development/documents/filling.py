"""From dossiers to what a template is filled with, and what is missing for it. Pure."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from core.sdk.documents import Field
from plugins.development.documents.dossier import Dossier
from plugins.development.documents.form import F, Paper, kinds_in, placed
from plugins.development.documents.papers.frame import WHO
from plugins.development.flow import GUARDED, KINDS

_LONG_DAY = re.compile(r"^(\d{4})年(\d{1,2})月(\d{1,2})日$")
#: Columns of a case that acts write: the kinds that change what a print shows of them.
_WRITTEN_BY: Mapping[str, tuple[str, ...]] = {
    "applied_on": ("application",), "named_on": ("activist_meeting", "transfer_in"), "listed_on": ("notice_result", "consent", "transfer_in"),
    "adopted_on": ("branch_meeting",), "approved_on": ("approval",), "expiry_on": ("branch_meeting", "extension"),
    "form_no": ("form_issue", "form_void", "form_filled"),
}  # fmt: skip
#: What moves a case moves the organisations that stand on every paper.
_MOVES = frozenset({"transfer_in", "unit_merged"})


def all_fields(paper: Paper) -> tuple[F, ...]:
    """A paper's fields: its own, and of a case who it is about; its own come first."""
    named = {one.name for one in paper.fields}
    more = tuple(one for one in WHO if one.name not in named) if paper.about == "case" else ()
    return (*paper.fields, *more)


def context_of(paper: Paper, dossiers: Sequence[Dossier]) -> dict[str, Any]:
    """What a paper's template is filled with: one case, or of a collective paper all of them."""
    first = dossiers[0]
    made: dict[str, Any] = {}
    for one in all_fields(paper):
        if one.source == "cases*":
            made[one.name] = _everybody(one, dossiers)
        elif one.source == "cases.count":
            made[one.name] = str(len(dossiers))
        elif one.of:
            made[one.name] = first.listed(one)
        else:
            made[one.name] = next((text for each in dossiers if (text := each.value(one.source))), "")
    return made


def _everybody(meant: F, dossiers: Sequence[Dossier]) -> list[dict[str, str]]:
    made = [
        {"序号": str(number), **{inner.name: each.value(inner.source, brief=True) for inner in meant.of}}
        for number, each in enumerate(dossiers, 1)
    ]
    return made + [{inner.name: "" for inner in meant.of} for _ in range(meant.least - len(made))]


def missing(paper: Paper, context: Mapping[str, Any]) -> list[str]:
    """The names of what the record does not hold: it prints as room for the hand. Fields that are always written by hand don't count."""
    known = {one.name: one for one in all_fields(paper)}
    found = []
    for name in dict.fromkeys(placed(paper)):
        one = known.get(name)
        if one is None or not one.source or one.optional:
            continue
        value = context.get(name)
        empty = not any(any(entry.values()) for entry in value) if isinstance(value, list) else not value
        if empty:
            found.append(name)
    return found


@cache
def touched_by(code: str) -> frozenset[str]:
    """The kinds of acts that make an earlier print of a paper out of date; ``*``: any act."""
    from plugins.development.documents.papers import PAPERS

    paper = PAPERS[code]
    shown = set(placed(paper))
    found = set(paper.touched_by)
    for one in all_fields(paper):
        if one.name in shown:
            for source in (one.source, *(inner.source for inner in one.of)):
                if isinstance(source, str) and source.startswith("case."):
                    found |= set(_WRITTEN_BY.get(source.removeprefix("case."), ()))
    return frozenset(found | _MOVES)


@cache
def shows_sealed(code: str) -> bool:
    """Whether a paper shows what only holders of ``development.sealed.open`` see."""
    from plugins.development.documents.papers import PAPERS

    paper = PAPERS[code]
    for one in paper.fields:
        if not isinstance(one.source, str):
            continue
        if one.source in ("case.resume",):
            return True
        for kind in kinds_in(one.source):
            names = {one.source.rpartition(".")[2], *(str(inner.source) for inner in one.of)}
            if kind in GUARDED or names & set(KINDS[kind].sealed):
                return True
    return paper.code == "d36_whole_process"


def core_fields(paper: Paper) -> tuple[Field, ...]:
    """The fields as the core lists them to whoever writes a template."""
    return tuple(_field(one) for one in all_fields(paper))


def _field(one: F, *, brief: bool = False) -> Field:
    day = _LONG_DAY.match(one.example) if brief else None
    example = f"{day[1]}.{int(day[2]):02}.{int(day[3]):02}" if day else one.example
    return Field(one.name, one.meaning or _meaning(one), example, tuple(_field(inner, brief=True) for inner in one.of))


def _meaning(one: F) -> str:
    """What a field holds, out of the flow's definition where its name does not say it."""
    if not isinstance(one.source, str) or not kinds_in(one.source):
        return one.name
    kind = KINDS[kinds_in(one.source)[-1]]
    if one.of:
        return f"办理记录“{kind.title}”，一条一行"
    fact = one.source.rpartition(".")[2]
    label = kind.day if fact == "on" else next((each.label for each in kind.fields if each.name == fact), one.name)
    return f"办理记录“{kind.title}”的{label}"
