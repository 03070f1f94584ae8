"""When a message is tried again, and what an endpoint must be like. Pure."""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta

from core.policy.findings import Finding, Severity

#: Waits after the first, second, … failed attempt: over about three days in all.
WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200, 57600, 86400)
)  # fmt: skip
#: The longest wait an answer's ``Retry-After`` may ask for.
LONGEST_ASKED = timedelta(days=1)
#: An address that fails is left alone for a while, so that its messages do not keep the workers from others'.
_SHORTEST_REST, _LONGEST_REST = timedelta(seconds=5), timedelta(hours=1)
ALL = "*"
MOST_TITLE = 60


def wait(failed: int, *, noise: float, asked: float | None = None) -> timedelta | None:
    """How long to wait after the ``failed``-th failed attempt; ``None``: give up.

    :param noise: 0…1, spreads the retries of many messages (up to a fifth more).
    :param asked: seconds of the answer's ``Retry-After``.
    """
    if failed > len(WAITS):
        return None
    planned = WAITS[failed - 1] * (1 + noise / 5)
    return max(planned, min(timedelta(seconds=asked), LONGEST_ASKED)) if asked and asked > 0 else planned


def rest(failing_for: timedelta) -> timedelta:
    """How long to leave an address alone that has been failing for so long."""
    return max(_SHORTEST_REST, min(failing_for / 4, _LONGEST_REST))


def endpoint_findings(
    *, title: str, events: Sequence[str], known: Collection[str], others: int, most: int
) -> Iterator[Finding]:
    """What is wrong with an endpoint, its address apart.

    :param known: names of the events there are. :param others: endpoints the tenant has besides.
    """
    if not title.strip():
        yield refused("title", "请填写名称，如“OA系统”。", "E_REQUIRED")
    elif len(title.strip()) > MOST_TITLE:
        yield refused("title", f"名称有{len(title.strip())}个字，最长{MOST_TITLE}个字。", "E_RANGE")
    if not events:
        yield refused("events", "请至少选择一种事件，或选择全部事件。", "E_REQUIRED")
    unknown = [name for name in events if name != ALL and name not in known]
    if unknown:
        yield refused("events", f"没有这种事件：{'、'.join(unknown)[:200]}。", "E_RANGE")
    if others >= most:
        yield refused("", f"推送地址已有{others}个，达到上限{most}个。请先删除不用的地址。", "E_RANGE")


def refused(field: str, message: str, code: str) -> Finding:
    """A finding that refuses."""
    return Finding("WH.01", Severity.BLOCK, field, message, code=code)
