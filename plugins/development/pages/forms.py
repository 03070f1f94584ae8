"""The form of a kind of act: made from its definition, filled in with what is known, read back as the act's facts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from core.sdk import Finding, Severity
from plugins.development.flow import KINDS, FormField, Kind
from plugins.development.flow.words import TWO_SIDES
from plugins.development.pages.reading import day, number

#: Rows of a field that names several people.
ROWS = 2
#: Further keys of somebody: the ones everybody sees, and those that are seldom needed.
EXTRAS: Mapping[str, tuple[str, Any]] = {
    "side": ("side", _l("哪一方")),
    "consented": ("check", _l("本人已同意")),
    "relative": ("check", _l("是申请人的亲属")),
    "under_probation_in_party": ("check", _l("受留党察看，尚未恢复权利")),
    "penalty_until": ("date", _l("处分影响期到")),
}
_SELDOM = frozenset({"relative", "under_probation_in_party", "penalty_until"})
#: Fields of a long form that stand together: title, whether folded away until one of them says something, names.
_GROUPS: tuple[tuple[Any, bool, frozenset[str]], ...] = (
    (
        _l("到会情况"), False,
        frozenset({"full_members", "without_vote", "excluded", "due", "present", "size", "committee", "candidate_present",
                   "sponsors_present", "written_introduction"}),
    ),
    (
        _l("表决结果"), False,
        frozenset({"secret", "issued", "in_favour", "against", "abstained", "invalid", "collective", "one_by_one"}),
    ),
    (
        _l("书面意见、一票多人和没有表决权的人投的票（没有的不填）"), True,
        frozenset({"written_for", "written_against", "written_late", "candidates_on_paper", "cast_by_others", "cast_by_others_for"}),
    ),
    (_l("主持和计票"), False, frozenset({"chair", "recorder", "counter", "supervisor"})),
)  # fmt: skip
#: From how many fields on a form is told in groups.
_LONG = 11
#: What a folded field says when nothing is particular about it.
_USUAL: tuple[Any, ...] = ("", None, "0", 0, "1", 1, False, [])
#: Fields of rulings that mean the day of the act.
_DAY_WORDS = frozenset(
    {
        "act_on",
        "held",
        "met",
        "received",
        "decided",
        "filed",
        "date",
        "concluded",
        "approved",
        "assigned",
        "oath",
        "issued",
    }
)


#: A form that was sent.
Sent = MultiDict[str, str]


@dataclass(slots=True)
class Row:
    """One of several people in a form."""

    person: str = ""
    name: str = ""
    extras: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Shown:
    """A field as ``development/_forms.html`` draws it: what ``forms.field`` takes, and more for people."""

    name: str
    label: Any
    kind: str
    value: Any = None
    required: bool = False
    help: Any = None
    options: Sequence[tuple[str, Any]] = ()
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    rows: Any = None
    extras: Sequence[tuple[str, str, Any]] = ()
    seldom: Sequence[tuple[str, str, Any]] = ()
    sealed: bool = False
    wide: bool = False
    unit: Any = None
    placeholder: Any = None
    inputmode: str | None = None

    @property
    def told(self) -> bool:
        """Whether it says something out of the ordinary, or something is said of it."""
        return bool(self.errors or self.warnings) or self.value not in _USUAL


@dataclass(frozen=True, slots=True)
class Group:
    """Fields of a form under a heading; the first of a form has none."""

    title: Any
    fields: Sequence[Shown]
    folded: bool = False

    @property
    def open(self) -> bool:
        """Whether it is seen from the start."""
        return not self.folded or any(one.told for one in self.fields)


def grouped(fields: Sequence[Shown]) -> list[Group]:
    """The fields in groups: a short form is one, of a long one people, votes and posts stand together."""
    if len(fields) < _LONG:
        return [Group(None, fields)]
    titled = [Group(title, [one for one in fields if one.name in names], folded) for title, folded, names in _GROUPS]
    of_groups = {one.name for group in titled for one in group.fields}
    rest = [one for one in fields if one.name not in of_groups]
    small = [one for one in rest if not one.wide]
    wide = [one for one in rest if one.wide]
    found = [Group(None, small), *titled, Group(_l("意见和结论"), wide)]
    return [one for one in found if one.fields]


@dataclass(frozen=True, slots=True)
class Choices:
    """Whom and what a form lets one choose from.

    :param people: (id, name) of members. :param branches, groups: (id, name) of units.
    """

    people: Sequence[tuple[str, str]] = ()
    branches: Sequence[tuple[str, str]] = ()
    groups: Sequence[tuple[str, str]] = ()
    migrant: bool = False


def defaults(kind: Kind, history: Any, on: date, known: Mapping[str, Any]) -> dict[str, Any]:
    """What a form offers at first: what the flow derives from the case, and what is known of the place.

    :param known: field name → value, for fields of whatever kind that has one of that name.
    """
    found: dict[str, Any] = {}
    for one in kind.fields:
        value = one.default(history, on) if one.default is not None else None
        if value in (None, "", []):
            value = known.get(one.name)
        if value not in (None, "", []):
            found[one.name] = value.isoformat() if isinstance(value, date) else value
    return found


def _person(sent: Sent, prefix: str, names: Mapping[str, str]) -> dict[str, Any] | None:
    chosen, typed = str(sent.get(prefix) or "").strip(), str(sent.get(f"{prefix}.name") or "").strip()
    if chosen and chosen in names:
        return {"id": chosen, "name": names[chosen]}
    return {"id": None, "name": typed} if typed else None


def _people(sent: Sent, one: FormField, names: Mapping[str, str]) -> list[dict[str, Any]]:
    found = []
    for row in range(one.most or 20):
        prefix = f"{one.name}.{row}"
        held = _person(sent, prefix, names)
        if held is None:
            continue
        for extra in one.extras:
            held |= _extra(sent, f"{prefix}.{extra}", extra)
        found.append(held)
    return found


def _extra(sent: Sent, name: str, extra: str) -> dict[str, Any]:
    text = str(sent.get(name) or "").strip()
    if EXTRAS[extra][0] == "check":
        return {extra: text == "1"}
    if EXTRAS[extra][0] == "date":
        read = day(text)
        return {extra: read.isoformat() if read else text} if text else {}
    return {extra: text} if text else {}


def read(kind: Kind, sent: Sent, choices: Choices) -> dict[str, Any]:
    """The facts that a form sent. What can not be read stays as it was typed, so that the rules can say what is wrong."""
    found: dict[str, Any] = {}
    names, units = dict(choices.people), dict([*choices.branches, *choices.groups])
    for one in kind.fields:
        text = str(sent.get(one.name) or "").strip()
        if one.kind == "check":
            found[one.name] = text == "1"
        elif one.kind == "checks":
            found[one.name] = [code for code in sent.getlist(one.name) if code in one.choices]
        elif one.kind == "people":
            found[one.name] = _people(sent, one, names)
        elif one.kind == "person":
            found[one.name] = _person(sent, one.name, names)
        elif one.kind == "unit":
            found[one.name] = {"id": text, "name": units[text]} if text in units else None
        elif one.kind == "date":
            on = day(text)
            found[one.name] = on.isoformat() if on else text
        elif one.kind == "number":
            many = number(text)
            found[one.name] = many if many is not None else text
        else:
            found[one.name] = text
    return {name: value for name, value in found.items() if value not in ("", None, [])}


def split(kind: Kind, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts apart: those of classes P1 and P2, and those that are sealed."""
    secret = frozenset(kind.sealed)
    return (
        {name: value for name, value in values.items() if name not in secret},
        {name: value for name, value in values.items() if name in secret},
    )


_PLAIN = {
    "text": "text",
    "textarea": "textarea",
    "date": "date",
    "number": "number",
    "check": "checkbox",
    "ref": "hidden",
}


def _options(one: FormField, choices: Choices) -> Sequence[tuple[str, Any]]:
    if one.kind in ("choice", "checks"):
        return list(one.choices.items())
    if one.kind in ("people", "person"):
        return choices.people
    if one.kind == "unit":
        return choices.groups if one.name == "group" else choices.branches
    return ()


def _rows(one: FormField, value: Any) -> list[Row]:
    held = [value] if one.kind == "person" else list(value or [])
    rows = []
    for person in held:
        if not person:
            continue
        chosen = str(person.get("id") or "")
        extras = {key: person.get(key) for key in one.extras}
        rows.append(Row(chosen, "" if chosen else str(person.get("name") or ""), extras))
    least = 1 if one.kind == "person" else min(one.most or ROWS, ROWS)
    return rows + [Row() for _n in range(least - len(rows))]


def shown(kind: Kind, values: Mapping[str, Any], choices: Choices, findings: Iterable[Finding] = ()) -> list[Shown]:
    """The fields of the form, with what they hold and what is said of each."""
    found = list(findings)
    return [_shown(one, values.get(one.name), choices, found) for one in kind.fields]


def _shown(one: FormField, value: Any, choices: Choices, findings: Sequence[Finding]) -> Shown:
    options = _options(one, choices)
    kind = _PLAIN.get(one.kind, one.kind)
    if one.kind == "choice":
        kind = "radio" if one.required and len(options) <= 4 else "select"
    elif one.kind == "unit":
        kind = "select"
        value = value.get("id") if isinstance(value, Mapping) else value
    held = [extra for extra in one.extras if extra != "side" or choices.migrant]
    extras = [(key, *EXTRAS[key]) for key in held if key not in _SELDOM]
    seldom = [(key, *EXTRAS[key]) for key in held if key in _SELDOM]
    made = Shown(
        one.name, one.label, kind, value, one.required, one.hint or None, options, extras=extras, seldom=seldom,
        sealed=one.sealed, wide=one.kind in ("textarea", "people", "checks"),
        inputmode="numeric" if one.kind == "number" else None,
    )  # fmt: skip
    if one.kind in ("people", "person"):
        made.rows = _rows(one, value)
    elif one.kind == "textarea":
        made.rows = 3
    _say(made, findings)
    return made


def _say(made: Shown, findings: Sequence[Finding]) -> None:
    for finding in findings:
        if finding.field == made.name:
            (made.errors if finding.severity is Severity.BLOCK else made.warnings).append(finding.message)


def day_field(kind: Kind, value: Any, findings: Sequence[Finding], help_: Any = None) -> Shown:
    """The field of the act's own day."""
    own = {one.name for one in kind.fields}
    made = Shown("act_on", kind.day, "date", value, required=True, help=help_)
    for finding in findings:
        if finding.field == "act_on" or (finding.field in _DAY_WORDS and finding.field not in own):
            (made.errors if finding.severity is Severity.BLOCK else made.warnings).append(finding.message)
    return made


def sides() -> list[tuple[str, Any]]:
    """The two places of a migrant, for a select."""
    return list(TWO_SIDES.items())


def unreadable_day(kind: Kind, text: str) -> Finding:
    """Says that the act's day could not be read."""
    said = (
        _("请填写%(what)s。", what=kind.day)
        if not text
        else _("%(what)s“%(text)s”看不出是哪一天。", what=kind.day, text=text[:20])
    )
    return Finding(
        "X1", Severity.BLOCK, "act_on", str(said), str(_("例如 2026-05-06 或 2026年5月6日。")), None, "E_FORMAT"
    )


def known_kind(code: str) -> Kind | None:
    """A kind that people record by a form."""
    kind = KINDS.get(code)
    return kind if kind and kind.made_by_hand else None
