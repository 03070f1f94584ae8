"""JSON answers: bytes by orjson, with the record's version as ETag; writes say which version they mean."""

from typing import Any

import orjson
from flask import Response, request

from core.web.errors import problem

JSON = "application/json"


def answer(data: Any, status: int = 200, *, version: int | None = None, location: str | None = None) -> Response:
    """``data`` as JSON; dates and UUIDs are written as text.

    :param version: the record's version, given as the ETag; a reader that has it already gets 304.
    :param location: address of what was made.
    """
    return answer_bytes(orjson.dumps(data), status, version=version, location=location)


def answer_bytes(
    data: bytes, status: int = 200, *, version: int | None = None, location: str | None = None
) -> Response:
    """JSON that stands ready as bytes."""
    tag = None if version is None else f'"{version}"'
    if tag is not None and request.method == "GET" and tag in request.headers.get("If-None-Match", ""):
        response = Response(status=304)
    else:
        response = Response(data, status, content_type=JSON)
    if tag is not None:
        response.headers["ETag"] = tag
    if location is not None:
        response.headers["Location"] = location
    return response


class Unmet(Exception):
    """A write that does not say which version it changes, or means another one than there is."""

    def __init__(self, status: int, version: int | None = None) -> None:
        super().__init__(f"precondition: {status}")
        self.status = status
        self.version = version


def meant_version() -> int:
    """The version that ``If-Match`` names.

    :raises Unmet: 428 when the header is missing, 412 when it is no version of ours (``*`` included).
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise Unmet(428)
    plain = given.removeprefix('"').removesuffix('"')
    if not (plain.isascii() and plain.isdigit() and len(plain) < 10):
        raise Unmet(412)
    return int(plain)


def unmet(error: Unmet) -> Response:
    """The problem for an unmet precondition."""
    if error.status == 428:
        return problem(428, "须注明版本", "修改记录须在 If-Match 中写明所依据的版本（读取时的 ETag）。")
    response = problem(412, "记录刚刚被他人修改", "您依据的版本已经不是最新的。请重新读取，核对后再提交。")
    if error.version is not None:
        response.headers["ETag"] = f'"{error.version}"'
    return response
