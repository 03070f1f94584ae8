"""Bytes as an answer: kept and never shown by a browser, not sent again to whom has them, and in part to whom lacks one."""

import re
from typing import Any
from urllib.parse import quote

from flask import Response, abort, make_response, request

#: A file's answer may run nothing, fetch nothing and be framed nowhere.
_SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
#: One range of bytes; whatever else a request asks for in parts is given as a whole, as RFC 9110 allows.
_ONE_RANGE = re.compile(r"bytes=\s*(\d{1,18}-\d{0,18}|-\d{1,18})\s*")


def disposition(name: str) -> str:
    """The header by which a browser keeps a file under a name; in letters that every server sends (RFC 6266)."""
    plain = "".join(sign if " " <= sign <= "~" and sign not in '"\\%?' else "_" for sign in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"


def file_answer(content: bytes, name: str, media: str, *, closed: bool, tag: str = "") -> Response:
    """Bytes as an attachment that no browser runs or shows.

    :param closed: whether they hold personal data, so that no copy may be kept on the way.
    :param tag: what the bytes are known by, such as their digest: then they are also given in part, or not again.
    """
    response: Response = make_response(content)
    response.headers["Content-Disposition"] = disposition(name)
    response.headers["Content-Type"] = media
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _SANDBOX
    response.headers["Cache-Control"] = "private, no-store" if closed else "private, no-cache"
    response.headers["Accept-Ranges"] = "bytes" if tag else "none"
    return asked_for(response, tag, len(content)) if tag else response


def has_already(tag: str) -> Response | None:
    """The answer to whom holds these bytes already, before anything is read; ``None`` for everybody else."""
    given = request.if_none_match
    if request.method not in ("GET", "HEAD") or not (given.star_tag or given.contains_weak(tag)):
        return None
    response = Response(status=304)
    response.set_etag(tag)
    return response


def asked_for(response: Response, tag: str, size: int) -> Response:
    """An answer as the request's conditions want it: whole, in part (206), or not again (304).

    Ends the request with 416 for a part that there is not, and with 412 when other bytes were meant.
    """
    response.set_etag(tag)
    made: Any = response.make_conditional(request.environ)
    if made.status_code == 412:
        abort(412)
    if made.status_code == 200 and _ONE_RANGE.fullmatch(request.headers.get("Range", "")):
        made = response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    return made  # type: ignore[no-any-return]
