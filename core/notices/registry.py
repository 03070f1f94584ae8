"""Which deadlines there are: each part registers its rules, and one set-based job computes them all.

    deadline(
        "TERM", "换届", source="…", subject="unit", see="organization.unit.view", act="organization.unit.edit",
        open=select(Unit.id, Unit.id, Unit.short_name, opens, due).where(…), given=lambda as_of: {"months": 6},
        link=("organization.unit", "unit_id"), due_word="任期届满",
    )

The select gives five columns: subject, unit, title, first day on which it is work, due day. It is limited to what is work
on the day ``as_of`` (a parameter it may use), and is run for the whole tenant or for the subjects that a change touched.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from core.notices.policy import NoticePolicy, rule_keys
from core.notices.rules.reminding import Plan
from core.policy.registry import registry as values
from core.tenancy.doors import is_open

#: What a change is noted for (migration of deadline_touched): ``unit`` with its bodies and posts, ``person``, ``change``,
#: ``step``; or what others call :func:`core.notices.actions.sync.touch` for, such as ``care.visit``.
Subject = str
#: (version of the values, parameters of the select)
Given = Callable[[date], tuple[str, dict[str, Any]]]


def plain_plan(policy: NoticePolicy) -> Plan:
    """Reminders as the tenant's policy says for most things: twice before the day, on it, then every so often."""
    return Plan(days=tuple({policy.first, policy.second, 0}), every=policy.every)


def nothing_given(_as_of: date) -> tuple[str, dict[str, Any]]:
    """No parameters and no policy values."""
    return "default", {}


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """A registered rule.

    :param code: stored with each deadline, such as ``TERM``.
    :param title: what has to be done, in Chinese.
    :param due_word: what the day is called, such as 任期届满.
    :param source: the text the rule rests on.
    :param subject: what it is about.
    :param see: the permission with which one sees it in one's part of the tree.
    :param act: the permission of whoever must act: held on the unit, or nearest above it.
    :param open: a select of five columns, in this order: subject's id, unit's id, title, first day on which it is work,
        due day; the product limits it to the tenant.
    :param given: the select's parameters on a day, with the version of the policy values they come from.
    :param plan: when to remind, from the policy values of notices.
    :param link: endpoint of the subject's page and the name of its argument.
    :param listed: endpoint of the list of all, with its arguments.
    :param done: a select of subjects whose duty is fulfilled; the others that are no longer open fell away.
    :param own: whether the subject is a person, who sees it as their own.
    :param order: place on the home page, small first.
    """

    code: str
    title: str
    due_word: str
    source: str
    subject: Subject
    see: str
    act: str
    open: Any
    link: tuple[str, str]
    given: Given = nothing_given
    plan: Callable[[NoticePolicy], Plan] = plain_plan
    listed: tuple[str, Mapping[str, str]] | None = None
    done: Any = None
    own: bool = False
    order: int = 50


@dataclass(slots=True)
class _Held:
    rules: dict[str, DeadlineRule] = field(default_factory=dict)


_held = _Held()
#: Every registered rule by its code: a live, read-only view.
RULES: Mapping[str, DeadlineRule] = MappingProxyType(_held.rules)


def open_rules() -> dict[str, DeadlineRule]:
    """The rules that concern the bound tenant, by their codes."""
    return {code: rule for code, rule in _held.rules.items() if is_open(code)}


def hang(rule: DeadlineRule) -> None:
    """Put in a rule that somebody else made; it replaces one of the same code."""
    _held.rules[rule.code] = rule
    for key in rule_keys(rule.code, rule.title):
        values.hang(key)


def deadline(
    code: str,
    title: str,
    *,
    source: str,
    due_word: str,
    subject: Subject,
    see: str,
    act: str,
    open: Any,  # noqa: A002 - it says which are open
    link: tuple[str, str],
    given: Given = nothing_given,
    plan: Callable[[NoticePolicy], Plan] = plain_plan,
    listed: tuple[str, Mapping[str, str]] | None = None,
    done: Any = None,
    own: bool = False,
    order: int = 50,
) -> DeadlineRule:
    """Register a rule (see :class:`DeadlineRule`).

    :raises ValueError: the code is taken.
    """
    if code in _held.rules:
        raise ValueError(f"deadline {code} is registered twice")
    made = DeadlineRule(
        code, title, due_word, source, subject, see, act, open, link, given, plan, listed, done, own, order
    )
    hang(made)
    return made
