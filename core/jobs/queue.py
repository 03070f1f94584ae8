"""The carrier of notices: rq on Valkey, JSON only. A notice names a tenant and an outbox row, nothing else.

There are two lanes. Every notice begins in the first; a worker that finds a long job behind it (:mod:`core.jobs.run`)
moves it to the slow one, so that a large import of one tenant never stands before the mail of another.
"""

import logging
from uuid import UUID

import redis
import rq
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq.serializers import JSONSerializer

NAME = "dangjian"
#: The lane of what takes long. Some workers never look at it, so that everything else has somewhere to go.
SLOW = "dangjian-slow"
_SLOW_ID = "-slow"
#: The one function a worker is willing to call.
RUN = "core.jobs.run.run"
#: Notices waiting above this number need no company: the workers have enough to do.
ENOUGH = 5000

log = logging.getLogger(__name__)


class Queue:
    """Both lanes of one Valkey.

    :param patient: whether to wait and try again when Valkey is away: a worker does; a request has the relay instead.
    """

    def __init__(self, url: str, *, patient: bool = False) -> None:
        options = (
            {} if patient else {"retry": Retry(NoBackoff(), 0), "socket_timeout": 2, "socket_connect_timeout": 0.5}
        )
        self.connection = redis.Redis.from_url(url, **options)
        self.rq = rq.Queue(NAME, connection=self.connection, serializer=JSONSerializer)
        self.slow = rq.Queue(SLOW, connection=self.connection, serializer=JSONSerializer)

    def push(self, *, tenant_id: int, outbox_id: UUID, attempt: int, timeout: int, slow: bool = False) -> None:
        """Tell the workers that a row is due. The same attempt pushed twice is one notice, or a harmless second one.

        :param slow: into the lane of long jobs, as a notice of its own (the first one ends when it has moved).
        :raises redis.RedisError: when Valkey can't be reached or is full.
        """
        lane = self.slow if slow else self.rq
        lane.enqueue_call(
            RUN, args=(tenant_id, str(outbox_id), slow), job_id=_notice_id(outbox_id, attempt) + _SLOW_ID * slow,
            timeout=timeout, result_ttl=0, failure_ttl=60, description=RUN,
        )  # fmt: skip

    def offer(self, *, tenant_id: int, outbox_id: UUID, attempt: int, timeout: int) -> None:
        """Push if it can be done now; the relay will do it otherwise."""
        try:
            self.push(tenant_id=tenant_id, outbox_id=outbox_id, attempt=attempt, timeout=timeout)
        except redis.RedisError as error:
            log.warning("queue not reachable, the relay will announce the job: %s", type(error).__name__)

    def announced(self) -> frozenset[str]:
        """Ids of the notices now waiting in either lane. :raises redis.RedisError: when Valkey can't be reached."""
        waiting = [*self.rq.get_job_ids(length=2 * ENOUGH), *self.slow.get_job_ids(length=2 * ENOUGH)]
        return frozenset(name.removesuffix(_SLOW_ID) for name in waiting)

    @staticmethod
    def notice_id(outbox_id: UUID, attempt: int) -> str:
        """Id of the notice for one attempt at a row (rq allows letters, digits, ``-`` and ``_``)."""
        return _notice_id(outbox_id, attempt)


def _notice_id(outbox_id: UUID, attempt: int) -> str:
    return f"{outbox_id.hex}-{attempt}"
