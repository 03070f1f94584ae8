"""Tell accounts something: in the product at once, by e-mail as each has chosen. The same thing is told once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from core import clock
from core.database import db, tenant_id, transaction
from core.jobs import post
from core.mail.actions import deliverable
from core.notices.kinds import KINDS
from core.notices.policy import notice_policy
from core.notices.rules.delivering import MODES, deliver_at

DELIVER = "notices.deliver"


@dataclass(frozen=True, slots=True)
class Told:
    """One thing for one account."""

    account_id: UUID
    key: str
    title: str
    text: str = ""
    link: Mapping[str, Any] | None = None
    about: UUID | None = None
    late: bool = False


# An account that is not active is told nothing; the key makes the same reminder one row for each channel.
_TELL = text("""
    WITH given AS (
        SELECT * FROM unnest(
            cast(:accounts AS uuid[]), cast(:keys AS text[]), cast(:titles AS text[]), cast(:texts AS text[]),
            cast(:links AS text[]), cast(:abouts AS uuid[]), cast(:lates AS boolean[])
        ) AS g(account_id, key, title, text, link, about, late)
    ), chosen AS (
        SELECT given.*, a.email_index IS NOT NULL AS mailed,
               coalesce(p.modes ->> :kind, :default_mode) AS mode
        FROM given
        JOIN core.account a ON a.tenant_id = :tenant AND a.id = given.account_id AND a.state = 'active'
        LEFT JOIN core.notice_preference p ON p.tenant_id = :tenant AND p.id = a.id
    )
    INSERT INTO core.message
        (tenant_id, id, account_id, channel, key, kind, title, text, link, about, state, available_at, sent_at, late)
    SELECT :tenant, gen_random_uuid(), account_id, 'in_app', key, :kind, title, text, link::jsonb, about, 'sent',
           :now, :now, late
    FROM chosen
    UNION ALL
    SELECT :tenant, gen_random_uuid(), account_id, 'email', key, :kind, title, '', link::jsonb, about, 'waiting',
           CASE mode WHEN 'daily' THEN cast(:daily AS timestamptz) WHEN 'weekly' THEN cast(:weekly AS timestamptz)
                     ELSE cast(:once AS timestamptz) END, NULL, late
    FROM chosen WHERE :mail AND mailed AND (mode <> 'off' OR :obligatory)
    ON CONFLICT (tenant_id, account_id, channel, key) DO NOTHING
    RETURNING channel, available_at
""")


def notify(
    *,
    kind: str,
    to: Collection[UUID],
    key: str,
    title: str,
    text: str = "",
    link: Mapping[str, Any] | None = None,
    about: UUID | None = None,
    urgent: bool = False,
    now: datetime | None = None,
) -> int:
    """Tell some accounts one thing, inside the present transaction: it is told exactly if that commits, and once.

    :param kind: a code of :mod:`core.notices.kinds`.
    :param to: account ids; those that are not active are left out.
    :param key: names what is told; telling it again under the same key does nothing.
    :param title: one line. Never a value of privacy class P3: it is sent by e-mail.
    :param text: shown in the product only.
    :param link: ``{"endpoint": "people.member", "values": {"person_id": "…"}}``.
    :param about: id of the deadline or notice it is about; asked again before an e-mail is sent.
    :param urgent: whether quiet hours and digests do not hold for it.
    :returns: how many were told in the product.
    """
    return tell(kind, [Told(one, key, title, text, link, about) for one in to], urgent=urgent, now=now)


def tell(kind: str, told: Sequence[Told], *, urgent: bool = False, now: datetime | None = None) -> int:
    """Tell each what is theirs, in one statement; see :func:`notify`."""
    if not told:
        return 0
    known, moment = KINDS[kind], now or clock.now()
    hours = notice_policy(as_of=moment.date()).hours
    at = {mode: deliver_at(moment, mode, hours, urgent=urgent) or moment for mode in MODES}
    with transaction() as session:
        session.serve()
        found = session.execute(
            _TELL,
            {
                **_columns(told),
                "tenant": tenant_id(),
                "kind": kind,
                "default_mode": known.default,
                "obligatory": known.obligatory,
                "mail": deliverable(),
                "now": moment,
                "once": at["once"],
                "daily": at["daily"],
                "weekly": at["weekly"],
            },
        ).all()
        session.info["written"] = True
        announce({moment for channel, moment in found if channel == "email"})
        return sum(channel == "in_app" for channel, _ in found)


def _columns(told: Sequence[Told]) -> dict[str, list[Any]]:
    return {
        "accounts": [one.account_id for one in told],
        "keys": [one.key for one in told],
        "titles": [one.title for one in told],
        "texts": [one.text for one in told],
        "links": [orjson.dumps(one.link).decode() if one.link else None for one in told],
        "abouts": [one.about for one in told],
        "lates": [one.late for one in told],
    }


def announce(moments: Iterable[datetime]) -> None:
    """Post the job that sends what then is due: in the transaction of the messages, once for each moment."""
    for moment in sorted(moments):
        post(kind=DELIVER, payload={}, once=f"{DELIVER}:{moment.isoformat()}", not_before=moment)


def session_count(statement: Any) -> int:
    """How many rows a change touched."""
    done: Any = db.session().execute(
        statement, execution_options={"synchronize_session": False, "preserve_rowcount": True}
    )
    return int(done.rowcount)
