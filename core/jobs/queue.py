"""The carrier of notices: rq on Valkey, JSON only. A notice names a tenant and an outbox row, nothing else."""

import logging
from uuid import UUID

import redis
import rq
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq.serializers import JSONSerializer

NAME = "dangjian"
#: The one function a worker is willing to call.
RUN = "core.jobs.run.run"
#: Notices waiting above this number need no company: the workers have enough to do.
ENOUGH = 5000

log = logging.getLogger(__name__)


class Queue:
    """The queue of one Valkey.

    :param patient: whether to wait and try again when Valkey is away: a worker does; a request has the relay instead.
    """

    def __init__(self, url: str, *, patient: bool = False) -> None:
        options = (
            {} if patient else {"retry": Retry(NoBackoff(), 0), "socket_timeout": 2, "socket_connect_timeout": 0.5}
        )
        self.connection = redis.Redis.from_url(url, **options)
        self.rq = rq.Queue(NAME, connection=self.connection, serializer=JSONSerializer)

    def push(self, *, tenant_id: int, outbox_id: UUID, attempt: int, timeout: int) -> None:
        """Tell the workers that a row is due. The same attempt pushed twice is one notice, or a harmless second one.

        :raises redis.RedisError: when Valkey can't be reached or is full.
        """
        self.rq.enqueue_call(
            RUN, args=(tenant_id, str(outbox_id)), job_id=_notice_id(outbox_id, attempt), timeout=timeout,
            result_ttl=0, failure_ttl=60, description=RUN,
        )  # fmt: skip

    def offer(self, *, tenant_id: int, outbox_id: UUID, attempt: int, timeout: int) -> None:
        """Push if it can be done now; the relay will do it otherwise."""
        try:
            self.push(tenant_id=tenant_id, outbox_id=outbox_id, attempt=attempt, timeout=timeout)
        except redis.RedisError as error:
            log.warning("queue not reachable, the relay will announce the job: %s", type(error).__name__)

    def announced(self) -> frozenset[str]:
        """Ids of the notices now waiting. :raises redis.RedisError: when Valkey can't be reached."""
        return frozenset(self.rq.get_job_ids(length=2 * ENOUGH))

    @staticmethod
    def notice_id(outbox_id: UUID, attempt: int) -> str:
        """Id of the notice for one attempt at a row (rq allows letters, digits, ``-`` and ``_``)."""
        return _notice_id(outbox_id, attempt)


def _notice_id(outbox_id: UUID, attempt: int) -> str:
    return f"{outbox_id.hex}-{attempt}"
