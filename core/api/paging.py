"""Lists in pages: a place behind the last row shown, so that rows that come and go never shift a page."""

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from hmac import compare_digest
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson
from flask import Response, current_app, request
from flask_babel import gettext as _

from core.api.answers import answer
from core.api.bodies import Misread
from core.api.shapes import RULE
from core.policy.findings import Finding, Severity

T = TypeVar("T")
_SIGNED = 12


@dataclass(frozen=True, slots=True)
class Page:
    """Which page is asked for.

    :param limit: rows at most.
    :param after: the key of the last row of the page before, as :func:`listed` was told it; ``None`` at the beginning.
    """

    order: str
    limit: int
    after: tuple[Any, ...] | None


def page_of(query: dict[str, Any], *, order: str, read: Sequence[Callable[[Any], Any]] = ()) -> Page:
    """The page that ``limit`` and ``after`` of an address ask for.

    :param order: what the list is and how it is ordered; a place of one list means nothing in another.
    :param read: how each part of the key is read back from JSON, such as ``(date.fromisoformat, UUID)``.
    :raises Misread: 422, the place is none of ours.
    """
    text = query.get("after")
    return Page(order, query["limit"], None if text is None else _opened(text, order, read))


def listed(
    found: Sequence[T],
    page: Page,
    *,
    shown: Callable[[T], Any],
    key: Callable[[T], Iterable[Any]],
    total: int | None = None,
) -> Response:
    """A page as JSON: ``items``, ``next`` and a ``Link`` header.

    :param found: one row more than ``page.limit`` when there are more, in a total order.
    :param shown: a row as the answer shows it; ``key``: its place in the order, the id last.
    """
    rows = found[: page.limit]
    more = len(found) > page.limit
    link = next_link(sealed(page.order, key(rows[-1]))) if more else None
    data: dict[str, Any] = {"items": [shown(row) for row in rows], "next": link}
    if total is not None:
        data["total"] = total
    response = answer(data)
    if link is not None:
        response.headers["Link"] = f'<{link}>; rel="next"'
    return response


def next_link(place: str) -> str:
    """The present address with another place to go on from."""
    given = [(name, value) for name, value in request.args.items(multi=True) if name != "after"]
    return f"{request.script_root}{request.path}?{urlencode([*given, ('after', place)])}"


def sealed(order: str, key: Iterable[Any]) -> str:
    """A place as text, signed."""
    plain = orjson.dumps([order, *key])
    return base64.urlsafe_b64encode(_signature(plain) + plain).decode().rstrip("=")


def _signature(plain: bytes) -> bytes:
    secret = str(current_app.secret_key).encode()
    return blake2b(plain, key=blake2b(secret, digest_size=32).digest(), digest_size=_SIGNED).digest()


def _opened(text: str, order: str, read: Sequence[Callable[[Any], Any]]) -> tuple[Any, ...]:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        if not compare_digest(raw[:_SIGNED], _signature(raw[_SIGNED:])):
            raise bad_place()
        said, *key = orjson.loads(raw[_SIGNED:])
        if said != order:
            raise bad_place()
        return tuple(convert(value) for convert, value in zip(read, key, strict=True)) if read else tuple(key)
    except ValueError as error:
        raise bad_place() from error


def bad_place() -> Misread:
    """The error for an ``after`` that is none of ours, or of another list."""
    message = _("after 无效，或者属于另一个列表、另一种排序。请使用上一页 next 给出的地址。")
    return Misread(422, (Finding(RULE, Severity.BLOCK, "after", message, code="E_PLACE"),))
