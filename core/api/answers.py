"""JSON answers: bytes by orjson, with the record's version as ETag; writes say which version they mean."""

import re
from hashlib import blake2b
from typing import Any

import orjson
from flask import Response, abort, request
from flask_babel import gettext as _

from core.web.errors import problem

JSON = "application/json"
_TAG = re.compile(r'"[A-Za-z0-9]{1,64}"')


def answer(
    data: Any,
    status: int = 200,
    *,
    version: int | None = None,
    tag: str | None = None,
    location: str | None = None,
) -> Response:
    """``data`` as JSON; dates and UUIDs are written as text.

    :param version: the record's version, given as the ETag; a reader that has it already gets 304.
    :param tag: the ETag of a record without a version (:func:`tag_of`).
    :param location: address of what was made.
    """
    return answer_bytes(orjson.dumps(data), status, version=version, tag=tag, location=location)


def answer_bytes(
    data: bytes,
    status: int = 200,
    *,
    version: int | None = None,
    tag: str | None = None,
    location: str | None = None,
) -> Response:
    """JSON that stands ready as bytes."""
    written = f'"{version}"' if version is not None else None if tag is None else f'"{tag}"'
    if written is not None and request.method in ("GET", "HEAD") and _has(written):
        response = Response(status=304)
    else:
        response = Response(data, status, content_type=JSON)
    if written is not None:
        response.headers["ETag"] = written
    if location is not None:
        response.headers["Location"] = location
    return response


def nothing() -> Response:
    """204: done, and nothing to show."""
    return Response(status=204)


def tag_of(data: Any) -> str:
    """The ETag of a record that has no version: a digest of what is shown of it."""
    return blake2b(orjson.dumps(data, option=orjson.OPT_SORT_KEYS), digest_size=12).hexdigest()


def _has(tag: str) -> bool:
    given = request.headers.get("If-None-Match")
    return given is not None and (given.strip() == "*" or tag in given)


class Unmet(Exception):
    """A write that does not say which version it changes, or means another one than there is."""

    def __init__(self, status: int, version: int | str | None = None) -> None:
        super().__init__(f"precondition: {status}")
        self.status = status
        self.version = version


def meant_version() -> int:
    """The version that ``If-Match`` names.

    :raises Unmet: 428 when the header is missing. Ends the request with 400 when it names no version of ours.
    """
    plain = meant_tag()
    if not (plain.isascii() and plain.isdigit() and len(plain) < 10):
        abort(400, _('If-Match 须为读取时 ETag 中的版本，例如 "3"。'))
    return int(plain)


def meant_tag() -> str:
    """The tag that ``If-Match`` names, without its quotes.

    :raises Unmet: 428 when the header is missing. Ends the request with 400 when it is no tag of ours.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise Unmet(428)
    if _TAG.fullmatch(given) is None:
        abort(400, _("If-Match 须为读取时的 ETag，连同引号原样写出。"))
    return given[1:-1]


def match(meant: str, now: str) -> None:
    """Refuse a write that means another state than there is. :raises Unmet: 412."""
    if meant != now:
        raise Unmet(412, now)


def unmet(error: Unmet) -> Response:
    """The problem for an unmet precondition."""
    if error.status == 428:
        return problem(
            428,
            _("须注明版本"),
            _("修改记录须在 If-Match 中写明所依据的版本（读取时的 ETag）。"),
            code="E_PRECONDITION",
        )
    said = _("您依据的版本已经不是最新的。请重新读取，核对后再提交。")
    response = problem(412, _("记录刚刚被他人修改"), said, code="E_CONFLICT")
    if error.version is not None:
        response.headers["ETag"] = f'"{error.version}"'
    return response
