"""What a program sends: a JSON object of a reasonable size, and an address that says each thing once."""

import json
from collections import Counter
from typing import Any

import orjson
from flask import abort, request
from flask_babel import gettext as _
from marshmallow import Schema

from core.api.shapes import load, load_address
from core.policy.findings import Finding

#: Bytes of a body; files go through forms, not through JSON.
MOST = 1024 * 1024


class Misread(Exception):
    """A request that does not have the shape the document gives it.

    :param status: 400 for an address or header, 422 for a body.
    """

    def __init__(self, status: int, findings: tuple[Finding, ...]) -> None:
        super().__init__(f"misread: {status}")
        self.status = status
        self.findings = findings


def body() -> dict[str, Any]:
    """The request's JSON object. Ends the request with 415, 413 or 400 when it is none."""
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        abort(415, _("请求的内容须为 JSON（Content-Type: application/json）。"))
    if (request.content_length or 0) > MOST:
        abort(413)
    request.max_content_length = MOST + 1  # a body sent in pieces does not say how long it is, and is cut off there
    data = request.get_data()
    if len(data) > MOST:
        abort(413)
    try:
        found = orjson.loads(data)
        json.loads(data, object_pairs_hook=_each_once)
    except _TwiceError as twice:
        abort(400, _("请求的内容里“%(name)s”写了两次。", name=str(twice)[:60]))
    except (ValueError, RecursionError):
        abort(400, _("请求的内容不是有效的 JSON。"))
    if not isinstance(found, dict):
        abort(400, _("请求的内容须为一个 JSON 对象。"))
    return found


class _TwiceError(ValueError):
    """A name that an object holds more than once: whoever checked the request on its way may have read the other one."""


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # One pass: an object may hold as many names as a body has room for.
        raise _TwiceError(next(name for name, times in Counter(name for name, _value in pairs).items() if times > 1))
    return found


def read_body(schema: Schema) -> Any:
    """The request's JSON object read by a shape. :raises Misread: 422, naming every field that is wrong."""
    found, wrong = load(schema, body())
    if wrong:
        raise Misread(422, wrong)
    return found


def read_query(schema: Schema) -> Any:
    """The address read by a shape. :raises Misread: 400, naming every parameter that is wrong."""
    found, wrong = load_address(schema, request.args)
    if wrong:
        raise Misread(400, wrong)
    return found


def number(name: str, default: int, *, most: int) -> int:
    """A whole number from 1 to ``most`` in the address; ends the request with 400 for anything else."""
    text = request.args.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 7 and 1 <= int(text) <= most):
        abort(400, _("%(name)s 须为 1 到 %(most)s 的整数。", name=name, most=most))
    return int(text)
