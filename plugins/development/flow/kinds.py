"""What a kind of act is: its step, its fields, who may record it, which of its facts are sealed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from plugins.development.permissions import APPROVE, CONSENT, COUNTY, RECORD

FieldKind = Literal[
    "text", "textarea", "date", "number", "choice", "check", "checks", "person", "people", "unit", "ref"
]  # fmt: skip
#: Who does an act: decides the permission that is asked for, and where it is asked for.
Actor = Literal["person", "branch", "general", "committee", "county", "platform"]
_WHO: Mapping[str, str] = {
    "person": RECORD, "branch": RECORD, "general": RECORD, "committee": CONSENT, "county": COUNTY, "platform": RECORD,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A fact of an act, as forms ask for it and ``Act.data`` (or, sealed, ``Act.sealed``) keeps it.

    :param kind: how it is kept. text, textarea, choice, ref: text; date: ISO text; number: whole number; check: true or
        false; checks: list of codes; person: {"id" or null, "name", …}; people: a list of them; unit: {"id", "name"}.
        ref: the id of something of another part (a ballot, a notice, a class), never typed.
    :param choices: code → title, for choice and checks.
    :param default: what a form offers, from the case's history (``cases.folding.History``) and the day.
    :param sealed: a P3 fact, kept encrypted.
    :param extras: of people: further keys each may carry, such as ``side`` or ``consented``.
    :param least, most: bounds of a number, or most characters of a text, most people.
    """

    name: str
    label: object
    kind: FieldKind = "text"
    required: bool = False
    choices: Mapping[str, object] = field(default_factory=dict)
    hint: object = ""
    default: Callable[[Any, Any], Any] | None = None
    sealed: bool = False
    extras: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of act.

    :param step: the step it belongs to, 0 for none.
    :param day: what the day of the act is called on its form.
    :param actor: who does it; see :attr:`who`.
    :param several: it may be recorded more than once while it stands.
    :param closes: it completes the step when its outcome is the good one (``folding`` tells).
    :param guarded: its facts are shown to holders of ``development.sealed.open`` alone.
    :param permission: asked for instead of the actor's usual one.
    :param documents: codes of printable documents it fills (section 11).
    :param made_by_hand: offered as a form; false for acts that other parts or the platform record.
    """

    code: str
    title: object
    step: int
    day: object
    fields: tuple[FormField, ...] = ()
    actor: Actor = "branch"
    several: bool = False
    closes: bool = False
    guarded: bool = False
    permission: str = ""
    documents: tuple[str, ...] = ()
    made_by_hand: bool = True

    @property
    def who(self) -> str:
        """The permission it takes, at the case's unit."""
        return self.permission or _WHO[self.actor]

    @property
    def sealed(self) -> tuple[str, ...]:
        """Names of its P3 facts."""
        return tuple(one.name for one in self.fields if one.sealed)

    def fact(self, name: str) -> FormField | None:
        """A field by its name."""
        return next((one for one in self.fields if one.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepInfo:
    """One of the twenty-five steps.

    :param article: number of the article in the 2026 edition; ``RuleSet.article`` gives its text for either edition.
    :param closing: the kind whose act completes it.
    """

    number: int
    title: str
    stage: int
    actor: Actor
    article: int
    closing: str


def text(name: str, label: object, *, most: int = 200, **more: Any) -> FormField:
    """A line of text."""
    return FormField(name=name, label=label, most=most, **more)


def lines(name: str, label: object, *, most: int = 2000, **more: Any) -> FormField:
    """A text of several lines."""
    return FormField(name=name, label=label, kind="textarea", most=most, **more)


def day(name: str, label: object, **more: Any) -> FormField:
    """A date."""
    return FormField(name=name, label=label, kind="date", **more)


def number(name: str, label: object, *, least: int = 0, most: int = 100_000, **more: Any) -> FormField:
    """A whole number."""
    return FormField(name=name, label=label, kind="number", least=least, most=most, **more)


def choice(name: str, label: object, choices: Mapping[str, object], **more: Any) -> FormField:
    """One of several."""
    return FormField(name=name, label=label, kind="choice", choices=choices, **more)


def checks(name: str, label: object, choices: Mapping[str, object], **more: Any) -> FormField:
    """Any of several."""
    return FormField(name=name, label=label, kind="checks", choices=choices, **more)


def check(name: str, label: object, **more: Any) -> FormField:
    """Yes or no."""
    return FormField(name=name, label=label, kind="check", **more)


def person(name: str, label: object, **more: Any) -> FormField:
    """Somebody, of the roster or by name."""
    return FormField(name=name, label=label, kind="person", **more)


def people(name: str, label: object, *, most: int = 20, **more: Any) -> FormField:
    """Several of them."""
    return FormField(name=name, label=label, kind="people", most=most, **more)


def unit(name: str, label: object, **more: Any) -> FormField:
    """A unit of the tenant."""
    return FormField(name=name, label=label, kind="unit", **more)


def ref(name: str, label: object = "") -> FormField:
    """The id of something of another part."""
    return FormField(name=name, label=label, kind="ref", most=64)


DECIDES = APPROVE
