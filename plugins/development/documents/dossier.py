"""What the papers are filled from: a case with its acts that stand, the units and people named in them. Pure.

Sealed facts and guarded acts are in a dossier only when it was made for somebody who may open them, so that no paper has
to ask. Paths are those of :mod:`form`: ``talk.place`` is the fact of the last talk that stands, ``talk*`` all of them,
``notice[stage=object].end`` the last notice of that stage, ``a/b.on`` the later of two kinds.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from plugins.development.cases.acts import Done
from plugins.development.documents import telling
from plugins.development.documents.form import F, Source
from plugins.development.flow import GUARDED, KINDS, words
from plugins.development.flow.kinds import FormField
from plugins.development.rules.policy import DEFAULTS, Switches
from plugins.development.rules.polls import Poll, PollOutcome, poll_outcome

_PART = re.compile(r"^(\w+)(?:\[(\w+)=(\w+)\])?(?:\.(\w+))?$")
#: Columns of a case whose codes have titles.
_TITLES: Mapping[str, Mapping[str, object]] = {
    "source_kind": words.SOURCES,
    "state": words.STATES,
    "special": words.SPECIALS,
}
_POLLS = {
    PollOutcome.PASS: "通过",
    PollOutcome.DEFER: "暂缓",
    PollOutcome.REFUSE: "不予发展",
    PollOutcome.INVALID: "无效，须重做",
}


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the roster, as papers name them."""

    sex: str = ""
    join_date: date | None = None


@dataclass(slots=True)
class Dossier:
    """A case for printing.

    :param case: column → value, as stored; beside them ``id_no``, ``phone``, ``resume`` (masked or empty as allowed).
    :param labels: list of codes, code → its Chinese title, such as ("ethnic", "01").
    :param acts: those that stand, in their order. :param sealed: facts of class P3 by act; empty for who may not see them.
    :param opened: whether guarded acts may be shown. :param names: who recorded an act, by its id.
    :param unit: ``name``, ``short`` of the branch; ``committee`` of the approving committee.
    :param voters: members with a vote, for so many ballots.
    """

    case: Mapping[str, Any]
    acts: Sequence[Done]
    unit: Mapping[str, str] = field(default_factory=dict)
    committee: Mapping[str, str] = field(default_factory=dict)
    label: Callable[[str, str], str] = lambda _list, code: code
    sealed: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)
    opened: bool = False
    names: Mapping[UUID, str] = field(default_factory=dict)
    roster: Mapping[str, Known] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    voters: int = 0
    switches: Switches = DEFAULTS
    step: int = 0

    # --- acts ---

    def of(self, kind: str) -> list[Done]:
        """The acts of a kind that stand and may be shown."""
        if kind in GUARDED and not self.opened:
            return []
        return [one for one in self.acts if one.kind == kind]

    def latest(self, *kinds: str) -> Done | None:
        """The last act of these kinds."""
        found = [one for kind in kinds for one in self.of(kind)]
        return max(found, key=lambda one: (one.act_on, one.place), default=None)

    def fact(self, act: Done, name: str) -> Any:
        """A fact of an act as it is kept."""
        if name in act.data:
            return act.data[name]
        return self.sealed.get(act.id, {}).get(name)

    # --- values ---

    def value(self, source: Source, *, brief: bool = False) -> str:
        """What a path or function gives, as text; empty where nothing is known. :param brief: dates as figures."""
        if not isinstance(source, str):
            return str(source(self) or "")
        if not source:
            return ""
        head, _, rest = source.partition(".")
        if head == "case":
            return self._column(rest, brief=brief)
        if head in ("unit", "committee"):
            return (self.unit if head == "unit" else self.committee).get(rest, "")
        found = self._looked_up(source)
        return "" if found is None else Entry(self, found[0]).value(found[1], brief=brief)

    def _looked_up(self, source: str) -> tuple[Done, str] | None:
        """The act a path means, and the name of its fact."""
        parts = [_PART.match(one) for one in source.split("/")]
        last = parts[-1][4] if parts[-1] else None
        found: list[tuple[Done, str]] = []
        for part in parts:
            if part is None:
                raise ValueError(f"no path: {source}")
            kind, name, wanted, fact = part.groups()
            acts = [one for one in self.of(kind) if name is None or one.text(name) == wanted]
            if acts:
                found.append((acts[-1], fact or last or "on"))
        return max(found, key=lambda one: (one[0].act_on, one[0].place), default=None)

    def _column(self, name: str, *, brief: bool = False) -> str:
        if name == "birth_month":
            born = self.case.get("birth")
            return _month(born, brief=brief) if isinstance(born, date) else ""
        value = self.case.get(name)
        if name == "sex":
            return {"1": "男", "2": "女"}.get(str(value), "")
        if name in ("ethnic", "education", "post"):
            return self.label(name, value) if value else ""
        if name in _TITLES:
            return str(_TITLES[name].get(value, value)) if value else ""
        return shown(value, brief=brief)

    def listed(self, meant: F) -> list[dict[str, str]]:
        """The entries of a list field, blank ones at the end for the hand."""
        if not isinstance(meant.source, str):
            made = [dict(one) for one in meant.source(self)]
        else:
            made = [self._entry(meant, number, one) for number, one in enumerate(self._entries(meant.source), 1)]
        blank = {one.name: "" for one in meant.of}
        return made + [dict(blank) for _ in range(meant.least - len(made))]

    def _entries(self, source: str) -> "Sequence[Entry | Someone]":
        head, _, rest = source.removesuffix("*").partition(".")
        if rest:
            act = self.latest(head)
            people = (self.fact(act, rest) if act else None) or ()
            return [Someone(self, one) for one in people]
        return [Entry(self, one) for one in self.of(head)]

    def _entry(self, meant: F, number: int, one: "Entry | Someone") -> dict[str, str]:
        made = {"序号": str(number)}
        for inner in meant.of:
            value = inner.source(one) if not isinstance(inner.source, str) else one.value(inner.source, brief=True)
            made[inner.name] = str(value or "")
        return made

    # --- what papers compute (see ``telling``) ---

    def unit_and_post(self) -> str:
        """Where the person works, and as what."""
        return "　".join(one for one in (self._column("employer"), self._column("post")) if one)

    def halves(self, kind: str, name: str) -> str:
        """Days that are kept as half days."""
        act = self.latest(kind)
        if act is None or not act.whole(name):
            return ""
        whole, half = divmod(act.whole(name), 2)
        return f"{whole}.5" if half else str(whole)

    def organ(self, kind: str) -> str:
        """Who decided; the approving committee where the act does not say."""
        act = self.latest(kind)
        return (act.text("organ") if act else "") or self.committee.get("name", "")

    def slips(self, kind: str, name: str, usual: int) -> list[dict[str, str]]:
        """So many slips as papers were issued, or as there are voters; two in a row."""
        act = self.latest(kind) if kind else None
        count = (act.whole(name) if act else 0) or usual or self.voters or 12
        return [{"左号": str(number), "右号": str(number + 1)} for number in range(1, min(count, 600) + 1, 2)]

    vote_purpose = telling.vote_purpose
    vote_result = telling.vote_result
    returned = telling.returned
    six_checks = telling.six_checks
    prereview_list = telling.prereview_list
    form_entries = telling.form_entries
    archive_items = telling.archive_items
    whole_process = telling.whole_process


@dataclass(frozen=True, slots=True)
class Entry:
    """An act as the entry of a list."""

    dossier: Dossier
    act: Done

    def value(self, name: str, *, brief: bool = False) -> str:
        """A fact as text. :param brief: dates as figures, for narrow columns."""
        if name == "on":
            return shown(self.act.act_on, brief=brief)
        if name == "by":
            return self.dossier.names.get(self.act.id, "")
        if name == "unit":
            return self.dossier.units.get(str(self.act.unit_id), "")
        meant = next((one for one in KINDS[self.act.kind].fields if one.name == name), None)
        return told(meant, self.dossier.fact(self.act, name), brief=brief)

    def rate(self, part: str, whole: str) -> str:
        """A share of two numbers in per cent, cut off after two decimals: 79.93 % never reads as 80 %."""
        base = self.act.whole(whole)
        if not base:
            return ""
        cut = self.act.whole(part) * 10000 // base
        return f"{cut // 100}.{cut % 100:02}%"

    def poll_outcome(self) -> str:
        """What a poll says by the rules."""
        act = self.act
        found = Poll(act.whole("issued"), act.whole("returned"), act.whole("in_favour"), act.whole("invalid"))
        return _POLLS[poll_outcome(found, self.dossier.switches)]


@dataclass(frozen=True, slots=True)
class Someone:
    """Somebody named in an act as the entry of a list."""

    dossier: Dossier
    person: Mapping[str, Any]

    def value(self, name: str, *, brief: bool = False) -> str:
        """What is known of them."""
        known = self.dossier.roster.get(str(self.person.get("id") or ""), Known())
        if name == "sex":
            return {"1": "男", "2": "女"}.get(known.sex, "")
        if name == "join_date":
            return shown(known.join_date, brief=brief)
        if name == "side":
            return str(words.TWO_SIDES.get(self.person.get("side", ""), ""))
        if name == "consented":
            return "同意" if self.person.get("consented") else ""
        return shown(_day(self.person.get(name)), brief=brief)


def _month(day: date, *, brief: bool) -> str:
    return f"{day:%Y.%m}" if brief else f"{day.year}年{day.month}月"


def told(meant: FormField | None, value: Any, *, brief: bool = False) -> str:
    """A fact as its field tells it: titles for codes, names for people."""
    if value is None or value in ("", []):
        return ""
    match meant.kind if meant else "text":
        case "choice":
            return str(meant.choices.get(value, value)) if meant else str(value)
        case "checks":
            return "、".join(str(meant.choices.get(one, one)) for one in _ordered(meant, value)) if meant else ""
        case "check":
            return "是" if value is True else "否"
        case "people":
            return "、".join(str(one.get("name", "")) for one in value)
        case "person" | "unit":
            return str(value.get("name", ""))
        case "date":
            return shown(_day(value), brief=brief)
        case _:
            return shown(value, brief=brief)


def _ordered(meant: FormField, codes: Sequence[str]) -> list[str]:
    """Codes in the order of their list."""
    return [one for one in meant.choices if one in codes] + [one for one in codes if one not in meant.choices]


def _day(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def shown(value: Any, *, brief: bool = False) -> str:
    """A plain value as a paper writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return f"{value:%Y.%m.%d}" if brief else f"{value.year}年{value.month}月{value.day}日"
    return str(value)
