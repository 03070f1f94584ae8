"""Storing what a decision rested on, beside the decision, in its own transaction."""

from datetime import date
from uuid import UUID

from core.database import transaction
from core.database.single import insert_row
from core.policy.models import PolicyUse
from core.policy.rulesets import picked
from core.policy.used import Book


def keep(
    *, decision: str, subject: str, subject_id: UUID, book: Book, as_of: date, families: tuple[str, ...] = ()
) -> None:
    """Store what a decision rested on, in the present transaction.

    :param decision: kind of its audit event.
    :param families: families of rule sets it was judged by; the editions in force on ``as_of`` are stored.
    """
    with transaction():
        insert_row(
            PolicyUse,
            decision=decision,
            subject=subject,
            subject_id=subject_id,
            as_of=as_of,
            used=book.stored,
            rule_sets=list(picked(families, as_of)),
        )
