"""One verb as the OpenAPI document shows it: parameters, bodies, answers, problems, the permission it asks for."""

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from core.api.verbs import Verb

PROBLEM = "application/problem+json"
LINES = "application/x-ndjson"
#: Problems any verb may answer with, by the name of their component.
ALWAYS = {"401": "Unauthorized", "403": "Forbidden", "406": "NotAcceptable", "429": "TooMany", "503": "Unavailable"}

ETAG = {"description": _l("记录的版本，修改时放入 If-Match"), "schema": {"type": "string"}}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": _l("所依据的版本：读取时的 ETag。缺少时为 428，不是最新时为 412。"),
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    "example": '"3"',
}
_IF_MATCH_TAG = {
    **_IF_MATCH,
    "schema": {"type": "string", "pattern": '^"[A-Za-z0-9]{1,64}"$'},
    "example": '"5f2c91d07be4"',
}
#: What an ``Idempotency-Key`` may be, as the document says it and the server holds it.
KEY_PATTERN, KEY_LONGEST = "^[A-Za-z0-9_-]+$", 200
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": _l("重复发送时只办一次：24小时内，同一个键得到同一个回答。建议使用 UUID。"),
    "schema": {"type": "string", "minLength": 1, "maxLength": KEY_LONGEST, "pattern": KEY_PATTERN},
    "example": "0f1ad1c2-3d0f-4c52-9a73-6d39f2b6f0a1",
}


def documented(verb: "Verb", permission: str) -> dict[str, Any]:
    """The operation object, shapes still as classes (apispec turns them into references)."""
    parameters: list[Any] = [{"in": "query", "schema": verb.query}] if verb.query else []
    if verb.changes:
        parameters.append(_IF_MATCH if verb.changes == "version" else _IF_MATCH_TAG)
    if verb.creates:
        parameters.append(_KEY)
    found: dict[str, Any] = {
        "summary": verb.summary,
        "x-permission": permission,
        "responses": _responses(verb),
        **({"parameters": parameters} if parameters else {}),
        **({"description": verb.says} if verb.says is not None else {}),
    }
    if verb.takes:
        content: dict[str, Any] = {"schema": verb.takes}
        if verb.example is not None:
            content["example"] = verb.example
        found["requestBody"] = {"required": True, "content": {"application/json": content}}
    elif verb.uploads:
        found["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": verb.uploads}}}
    return found


def _responses(verb: "Verb") -> dict[str, Any]:
    good: dict[str, Any] = {"description": _l("成功")}
    content: dict[str, Any] = {}
    if verb.gives:
        content["application/json"] = {"schema": verb.gives}
    if verb.raw:
        content[verb.raw] = {"schema": {"type": "string", "format": "binary"}}
    if verb.lines:
        content[LINES] = {"schema": {"type": "string", "description": _l("每行一个 JSON 对象")}}
    if content:
        good["content"] = content
    headers = _headers(verb)
    if headers:
        good["headers"] = headers
    answers: dict[str, Any] = {str(verb.status): good}
    if verb.parts:
        answers["206"] = {**good, "description": _l("请求头 Range 所要的那一部分（只支持一段字节）")}
    for status, name in (ALWAYS | _further(verb)).items():
        answers[status] = {"$ref": f"#/components/responses/{name}"}
    return answers


def _headers(verb: "Verb") -> dict[str, Any]:
    found: dict[str, Any] = {}
    if verb.tagged or verb.changes:
        found["ETag"] = ETAG
    if verb.status == 201:
        found["Location"] = {"description": _l("新记录的地址"), "schema": {"type": "string"}}
    return found


def _further(verb: "Verb") -> dict[str, str]:
    """Problems that only verbs of this kind answer with."""
    found = {"400": "BadRequest", "404": "NotFound"}
    if verb.method == "GET":
        return (
            found
            | ({"304": "NotModified"} if verb.tagged else {})
            | ({"416": "NoSuchPart", "412": "Outdated"} if verb.parts else {})
            | ({"422": "Refused"} if verb.query else {})
        )
    found |= {"409": "Conflict", "422": "Refused"}
    if verb.takes or verb.uploads:
        found |= {"413": "TooLarge", "415": "Unsupported"}
    if verb.changes:
        found |= {"412": "Outdated", "428": "VersionNeeded"}
    return found
