"""The OpenAPI 3.1 document: made of what the verbs declare, in the reader's language."""

from typing import Any, cast

import flask_smorest
import orjson
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.api.fields import Mapped
from core.api.operations import PROBLEM
from core.api.shapes import Problem
from core.tenancy.doors import is_open

VERSION = "1"
#: Components of the problems, by name: status and what it means.
PROBLEMS = {
    "BadRequest": _l("地址、请求头或 JSON 写得不对"),
    "Unauthorized": _l("没有登录，或者令牌无效、过期、已撤销"),
    "Forbidden": _l("账号或令牌没有这项权限"),
    "NotFound": _l("没有这条记录，或者不在您的管理范围内"),
    "NotAcceptable": _l("不能以 Accept 所要求的格式回答"),
    "Conflict": _l("与现有记录或正在处理的请求冲突"),
    "Outdated": _l("依据的版本已经不是最新的"),
    "TooLarge": _l("内容太大"),
    "NoSuchPart": _l("Range 所要的部分超出了文件的长度"),
    "Unsupported": _l("内容不是所要求的格式"),
    "Refused": _l("有内容不符合规定，全部列在 findings 中；没有保存任何改动"),
    "VersionNeeded": _l("修改须用 If-Match 注明版本"),
    "TooMany": _l("请求太频繁，请按 Retry-After 等候"),
    "Unavailable": _l("服务暂时不可用，请按 Retry-After 等候"),
}


class Api(flask_smorest.Api):  # type: ignore[misc]
    """The document alone: errors are answered by core.web.errors, and the document is served by our own page."""

    DEFAULT_ERROR_RESPONSE_NAME = None
    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Leave errors to the application's own handlers."""


def make(app: Flask) -> Api:
    """The document of an application, to which :meth:`Api.register_blueprint` adds verbs."""
    app.config.update(API_TITLE="党建 API", API_VERSION=VERSION, OPENAPI_VERSION="3.1.0")
    shapes: Any = MarshmallowPlugin(schema_name_resolver=_named_by_part)
    api = Api(app, spec_kwargs={"marshmallow_plugin": shapes})
    shapes.converter.add_attribute_function(_keys)
    for name, says in PROBLEMS.items():
        headers = {"Retry-After": {"schema": {"type": "string"}}} if name in ("TooMany", "Unavailable") else {}
        api.spec.components.response(
            name,
            {
                "description": says,
                "content": {PROBLEM: {"schema": Problem}},
                **({"headers": headers} if headers else {}),
            },
        )
    api.spec.components.response("NotModified", {"description": _l("与 If-None-Match 中的版本相同")})
    api.spec.components.security_scheme(
        "token", {"type": "http", "scheme": "bearer", "description": _l("个人访问令牌，在账号菜单的“访问令牌”中建立")}
    )
    api.spec.components.security_scheme(
        "session",
        {
            "type": "apiKey",
            "in": "cookie",
            "name": "dangjian",
            "description": _l("登录后的会话；修改时须带 X-CSRFToken"),
        },
    )
    app.extensions["dangjian.api"] = api
    return api


def _keys(self: Any, field: Any, **_given: Any) -> dict[str, Any]:
    """What the keys of a mapping must be: apispec says only what its values are. ``self``: apispec's converter."""
    keys = field.key_field if isinstance(field, Mapped) else None
    return {"propertyNames": self.field2property(keys)} if keys else {}


def _named_by_part(schema: Any) -> str:
    """A shape's name in the document: parts may each have their ``Row``. ``PeopleRow`` of ``core.people.api.shapes``.

    The package of a plugin from outside is its part: ``DangjianVenueRow`` of ``dangjian_venue.api``.
    """
    shape = schema if isinstance(schema, type) else type(schema)
    root, part, *_rest = [*shape.__module__.split("."), ""]
    part = part if root in ("core", "plugins") else root
    own = part.replace("_", " ").title().replace(" ", "") if part not in ("api", "tenants") else ""
    return shape.__name__ if shape.__name__.startswith(own) else own + shape.__name__


def of(app: Flask) -> Api:
    """The document of an application."""
    return cast(Api, app.extensions["dangjian.api"])


def whole() -> dict[str, Any]:
    """The document in the language of the request, with this tenant's address."""
    found = loosened(opened(_plain(of(current_app).spec.to_dict())))
    found["info"] |= {"title": _("党建 API"), "description": _description(), "license": {"name": "Apache-2.0"}}
    found["servers"] = [{"url": request.script_root or "/", "description": _("本单位")}]
    found["security"] = [{"token": []}, {"session": []}]
    found["externalDocs"] = {"url": f"{request.script_root}/api/docs", "description": _("在线说明")}
    return found


def opened(spec: dict[str, Any]) -> dict[str, Any]:
    """The document without the verbs of what is off in the tenant, and without the shapes that only they use."""
    before = len(spec["paths"])
    spec["paths"] = {path: verbs for path, verbs in spec["paths"].items() if is_open(_owner(path))}
    if len(spec["paths"]) == before:
        return spec
    verbs = [verb for path in spec["paths"].values() for verb in path.values() if isinstance(verb, dict)]
    tags = {tag for verb in verbs for tag in verb.get("tags", ())}
    spec["tags"] = [tag for tag in spec.get("tags", ()) if tag["name"] in tags]
    schemas, used = spec["components"]["schemas"], set[str]()
    waiting: list[Any] = [spec["paths"], spec["components"]["responses"]]
    while waiting:
        for name in _named(waiting.pop()) - used:
            used.add(name)
            waiting.append(schemas[name])
    spec["components"]["schemas"] = {name: shape for name, shape in schemas.items() if name in used}
    return spec


def _owner(path: str) -> str:
    """What a path came with: the ``venue`` of ``/api/v1/p/venue/rooms``; empty for the core's own."""
    parts = path.split("/", 5)
    return parts[4] if len(parts) > 4 and parts[3] == "p" else ""


def loosened(spec: dict[str, Any]) -> dict[str, Any]:
    """The document with bounds of texts and numbers only where something is sent: what is stored may be older than they."""
    schemas = spec["components"]["schemas"]
    verbs = [verb for path in spec["paths"].values() for verb in path.values() if isinstance(verb, dict)]
    waiting = [spec["components"]["responses"], *(verb.get("responses") for verb in verbs)]
    seen: set[str] = set()
    while waiting:
        for name in _named(waiting.pop()) - seen:
            seen.add(name)
            waiting.append(schemas[name])
    for name in seen:
        _loosen(schemas[name])
    return spec


def _named(part: Any) -> set[str]:
    """The schemas that a part of the document refers to."""
    if isinstance(part, dict):
        own = part.get("$ref", "")
        found = {own.rpartition("/")[2]} if isinstance(own, str) and "/schemas/" in own else set()
        return found.union(*(_named(value) for value in part.values()))
    return set().union(*map(_named, part)) if isinstance(part, list) else set()


def _loosen(schema: dict[str, Any]) -> None:
    for item in schema.get("properties", {}).values():
        for inner in (item, item.get("items", {}), item.get("propertyNames", {})):
            for bound in ("minLength", "maxLength", "pattern", "minimum", "maximum"):
                inner.pop(bound, None)


def _plain(spec: Any) -> dict[str, Any]:
    """Lazy texts written out in the reader's language."""
    found: dict[str, Any] = orjson.loads(orjson.dumps(spec, default=str, option=orjson.OPT_NON_STR_KEYS))
    return found


def _description() -> str:
    said: str = _(
        "页面能办的事，程序都能办。列表按页给出（limit、after，next 为下一页地址）；修改须带 If-Match；"
        "新建可带 Idempotency-Key；错误为 RFC 9457 的 application/problem+json，全部问题列在 findings 中。"
    )
    return said
