"""Bulk reads as NDJSON: one JSON object a line, streamed page by page, each page in a transaction of its own."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import orjson
from flask import Response, request, stream_with_context

from core.api.operations import LINES
from core.database import bound, tenant_id

T = TypeVar("T")
#: Rows read at a time.
ROWS = 1000


def wants_lines() -> bool:
    """Whether the list is asked for as NDJSON."""
    return (
        "ndjson" in request.headers.get("Accept", "")
        and request.accept_mimetypes.best_match(("application/json", LINES)) == LINES
    )


def streamed(pages: Callable[[Any], tuple[Sequence[T], Any]], shown: Callable[[T], Any]) -> Response:
    """Every row behind the pages, a line each; memory holds one page, whatever the size of the tenant.

    :param pages: given a place (``None`` first), the rows of the page behind it and the next place, ``None`` at the end.
    :param shown: a row as its line shows it.
    """
    first, place = pages(None)  # what goes wrong at once is still a problem answer, not a broken stream
    tenant = tenant_id()

    def written() -> Iterator[bytes]:
        rows, on = first, place
        while True:
            yield b"".join(orjson.dumps(shown(row), option=orjson.OPT_APPEND_NEWLINE) for row in rows)
            if on is None:
                return
            with bound(tenant_id=tenant):  # the request is over by now, and serves nobody any more
                rows, on = pages(on)

    return Response(stream_with_context(written()), content_type=LINES)
