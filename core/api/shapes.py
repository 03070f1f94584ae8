"""Shapes: what an address, a body and an answer of the API hold. Unknown fields are refused by their name."""

from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import RAISE, Schema, ValidationError
from werkzeug.datastructures import MultiDict

from core.api.fields import Id, Many, Mapped, Nested, Raw, Text, Whole
from core.policy.findings import Finding, Severity
from core.web.messages import said

#: Rule id of everything that is wrong with a request before any rule of the domain is asked.
RULE = "API.01"


class Shape(Schema):
    """The body of a request, or a part of one."""

    class Meta:
        """A field nobody knows (``tenant_id``, ``role``, ``id`` …) ends the request."""

        unknown = RAISE


class Query(Shape):
    """What stands behind the question mark of an address."""

    of_address = True


class Paged(Query):
    """The address of a list: how many, and behind which row."""

    limit = Whole(_l("一页最多几条"), least=1, most=200, load_default=50)
    after = Text(_l("上一页给出的位置（next 中的 after）"), least=1, most=600, like=r"^[A-Za-z0-9_.\-]+$")


class Answer(Schema):
    """What is given back. Only documentation: answers are written from tuples by orjson, and tests hold both together."""


class FindingShape(Answer):
    """One thing that is wrong."""

    rule = Text(_l("规则编号"), required=True)
    severity = Text(_l("BLOCK：不允许；WARN：须说明理由；INFO：提示"), required=True)
    field = Text(_l("字段名，空表示整条记录"), required=True)
    message = Text(_l("问题和应当怎样"), required=True)
    fix = Text(_l("怎样改正"), allow_none=True)
    source = Text(_l("依据"), allow_none=True)
    code = Text(_l("错误码"), allow_none=True)


class Problem(Answer):
    """An error as RFC 9457 writes it."""

    type = Text(required=True)
    title = Text(_l("出了什么事"), required=True)
    status = Whole(_l("HTTP 状态码"), required=True)
    detail = Text(_l("说明和该怎么办"), required=True)
    request_id = Text(_l("请求编号，报告问题时请一并提供"), required=True)
    rule = Text(_l("首要问题的规则编号"), allow_none=True)
    code = Text(_l("首要问题的错误码"), allow_none=True)
    field = Text(_l("首要问题的字段"), allow_none=True)
    fix = Text(_l("首要问题怎样改正"), allow_none=True)
    findings = Many(Nested(FindingShape), metadata={"description": _l("全部问题")})


@cache
def listing(item: type[Schema], *, total: bool = False) -> type[Schema]:
    """The shape of a page of ``item``: ``items``, ``next`` (link to the page behind, or null), and perhaps ``total``."""
    given: dict[str, Any] = {
        "items": Many(Nested(item), required=True),
        "next": Raw(
            required=True,
            metadata={"type": ["string", "null"], "description": _l("下一页的地址；没有下一页时为 null")},
        ),
    }
    if total:
        given["total"] = Whole(_l("总数"), required=True)
    found = Answer.from_dict(given, name=f"{item.__name__}Page")
    found.__module__ = item.__module__  # the document names shapes by their part
    return found


class Made(Answer):
    """What a create gives back."""

    id = Id(_l("新记录的编号"), required=True)


def load(schema: Schema, data: Any) -> tuple[Any, tuple[Finding, ...]]:
    """What was sent, read by a shape, and everything wrong with it."""
    try:
        return schema.load(data), ()
    except ValidationError as error:
        found = error.normalized_messages()  # type: ignore[no-untyped-call]
        return None, tuple(_findings(found, ""))


def load_address(schema: Schema, arguments: "MultiDict[str, str]") -> tuple[Any, tuple[Finding, ...]]:
    """An address read by a shape; a parameter given twice is wrong."""
    twice = [name for name, values in arguments.lists() if len(values) > 1]
    found, wrong = load(schema, arguments.to_dict())
    more = (_finding(name[:60], str(_l("这个参数只能写一次。")), "E_DUP") for name in twice)
    return found, (*wrong, *more)


def _findings(errors: Any, path: str) -> "list[Finding]":
    if isinstance(errors, dict):
        return [
            one
            for name, inner in errors.items()
            for one in _findings(inner, path if name == "_schema" else f"{path}.{name}" if path else str(name))
        ]
    return [_finding(path[:100], said(text), _code(str(text))) for text in errors]


def _finding(field: str, message: str, code: str) -> Finding:
    return Finding(RULE, Severity.BLOCK, field, message, code=code)


def _code(text: str) -> str:
    return {"Missing data for required field.": "E_REQUIRED", "Unknown field.": "E_UNKNOWN"}.get(text, "E_FORMAT")


__all__ = [
    "RULE",
    "Answer",
    "FindingShape",
    "Made",
    "Mapped",
    "Paged",
    "Problem",
    "Query",
    "Shape",
    "listing",
    "load",
    "load_address",
]
