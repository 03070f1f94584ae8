"""Which rules have something to write for what a transaction touched: told by reading alone, in one flush.

A change mostly touches the duties of one or two of many rules; the others need neither a statement that writes nothing nor
a savepoint of their own.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, select

from core.database import transaction
from core.database.read import Row, flush
from core.notices.models import Deadline
from core.notices.registry import DeadlineRule

_WHY = {"whole_tenant": "whether deadlines are as they should be: kept for everybody, beside the change"}
_TOUCHED = bindparam("touched", type_=ARRAY(Uuid))
_STORED = (
    select(Deadline.rule, Deadline.subject_id, Deadline.unit_id, Deadline.title, Deadline.opens_on, Deadline.due_on)
    .where(
        Deadline.state == "open",
        Deadline.rule == any_(bindparam("rules", type_=ARRAY(Text))),
        Deadline.subject_id == any_(_TOUCHED),
    )
    .execution_options(**_WHY)
)
#: A rule's code → its select, and that select for touched subjects alone.
_selects: dict[str, tuple[Any, Any]] = {}


def changed(rules: Sequence[DeadlineRule], *, as_of: date, subjects: Sequence[UUID]) -> Sequence[DeadlineRule]:
    """The rules whose open deadlines of these subjects are not what they should be.

    All of them where that cannot be told, because one of them fails: bringing each in line by itself tells which.
    """
    with transaction() as session:
        try:
            with session.begin_nested():
                stored, wanted = _read(rules, as_of, subjects)
        except Exception:  # noqa: BLE001  # a rule may be a plugin's, and fail as it likes
            return rules
    kept: dict[str, set[tuple[Any, ...]]] = {rule.code: set() for rule in rules}
    for code, *deadline in stored:
        kept[code].add(tuple(deadline))
    return [rule for rule, found in zip(rules, wanted, strict=True) if {tuple(row) for row in found} != kept[rule.code]]


def _read(rules: Sequence[DeadlineRule], as_of: date, subjects: Sequence[UUID]) -> tuple[list[Row], list[list[Row]]]:
    """What is stored for the subjects, and what each rule wants for them."""
    given = _given(rules, as_of)
    asked = [(_select(rule), {**given[rule.given], "touched": subjects}) for rule in rules]
    stored, *wanted = flush((_STORED, {"rules": [rule.code for rule in rules], "touched": subjects}), *asked)
    return stored, wanted


def _given(rules: Sequence[DeadlineRule], as_of: date) -> dict[Callable[..., Any], dict[str, Any]]:
    """Parameters by who gives them: rules of one part share them."""
    return {give: give(as_of)[1] for give in {rule.given for rule in rules}}


def _select(rule: DeadlineRule) -> Any:
    known = _selects.get(rule.code)
    if known is None or known[0] is not rule.open:
        found = rule.open.subquery("found")
        subject, unit, title, opens, due = list(found.c)[:5]
        statement = select(subject, unit, title, opens, due).where(subject == any_(_TOUCHED))
        known = _selects[rule.code] = (rule.open, statement.execution_options(**_WHY))
    return known[1]
