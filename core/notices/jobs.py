"""Background work: the day's deadlines and reminders, and what waits for its moment."""

from datetime import date
from typing import Any

from core.database import transaction
from core.jobs import current_job
from core.jobs.registry import daily, job
from core.notices import deadlines as _deadlines  # noqa: F401 - registers the rules
from core.notices.actions.deliver import deliver
from core.notices.actions.remind import remind
from core.notices.actions.telling import DELIVER


@daily("notices.remind")
def remind_today(payload: dict[str, Any]) -> None:
    """Compute every deadline and make the day's reminders; a second run of the day makes none."""
    with transaction():
        remind(as_of=date.fromisoformat(payload["as_of"]))
        current_job().done()


@job(DELIVER, permission="system")
def deliver_due(_payload: dict[str, Any]) -> None:
    """Send what is due: marked sent in the very transaction that posts the mail."""
    with transaction():
        deliver()
        current_job().done()
