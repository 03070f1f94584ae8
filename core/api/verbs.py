"""A part's verbs: a flask-smorest blueprint whose every verb says what it takes, gives and asks for.

What a verb declares is enforced here and shown in the OpenAPI document; answers are written by the view itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import flask_smorest
from flask_babel import lazy_gettext as _l
from marshmallow import Schema

from core.api import operations
from core.api.answers import meant_tag, meant_version
from core.api.bodies import read_body, read_query
from core.api.repeats import once

F = TypeVar("F", bound=Callable[..., Any])
PREFIX = "/api/v1"


@dataclass(frozen=True, kw_only=True)
class Verb:
    """What one verb declares.

    :param summary: what it does, in Chinese (lazy).
    :param gives: shape of the answer; ``takes`` of the body; ``query`` of the address.
    :param status: of success.
    :param creates: whether it makes something, so that an ``Idempotency-Key`` holds.
    :param changes: whether ``If-Match`` must name the version; the view is given it as ``version`` (or ``tag``).
    :param tagged: whether the answer carries an ETag.
    :param lines: whether the same list is also given as NDJSON.
    :param raw: content type of an answer that is no JSON.
    :param parts: whether such an answer is also given in part (``Range``).
    :param parse: False where the view reads address and body itself (they are only documented then).
    :param forgets: fields of a create's answer that are not kept for repeats.
    :param says: further explanation.
    """

    method: str
    summary: Any
    gives: type[Schema] | None = None
    takes: type[Schema] | None = None
    query: type[Schema] | None = None
    status: int = 200
    creates: bool = False
    changes: str = ""
    tagged: bool = False
    lines: bool = False
    raw: str = ""
    parts: bool = False
    parse: bool = True
    forgets: tuple[str, ...] = ()
    says: Any = None
    example: Any = None
    uploads: type[Schema] | None = None


class Verbs(flask_smorest.Blueprint):  # type: ignore[misc]
    """The verbs of a part below ``/api/v1``.

    :param title: heading of the part in the document, in Chinese (lazy).
    """

    def __init__(self, name: str, import_name: str, *, title: Any) -> None:
        super().__init__(name, import_name, url_prefix=PREFIX, description=title)

    def get(self, rule: str, **declared: Any) -> Callable[[F], F]:
        """Read something."""
        return self._verb(rule, Verb(method="GET", **declared))

    def post(self, rule: str, **declared: Any) -> Callable[[F], F]:
        """Make something (``creates=True``), or do something to it."""
        if declared.get("creates"):
            declared.setdefault("status", 201)
        return self._verb(rule, Verb(method="POST", **declared))

    def patch(self, rule: str, **declared: Any) -> Callable[[F], F]:
        """Change the fields given; the version must be named."""
        declared.setdefault("changes", "version")
        return self._verb(rule, Verb(method="PATCH", **declared))

    def put(self, rule: str, **declared: Any) -> Callable[[F], F]:
        """Set something as a whole; the version must be named unless ``changes=""``."""
        declared.setdefault("changes", "version")
        return self._verb(rule, Verb(method="PUT", **declared))

    def delete(self, rule: str, **declared: Any) -> Callable[[F], F]:
        """Remove something."""
        declared.setdefault("status", 204)
        return self._verb(rule, Verb(method="DELETE", **declared))

    def _verb(self, rule: str, verb: Verb) -> Callable[[F], F]:
        def add(view: F) -> F:
            permission = getattr(view, "permission", None)
            if permission is None:
                raise RuntimeError(
                    f"{view.__module__}.{view.__name__} declares no permission: put @requires below the verb"
                )
            ready = _prepared(view, verb)
            ready.__dict__["_apidoc"] = {"manual_doc": operations.documented(verb, str(permission))}
            ready.__doc__ = None  # the document speaks to callers, docstrings to developers
            self.add_url_rule(rule, view.__name__, ready, methods=[verb.method])
            return view

        return add


def _prepared(view: Callable[..., Any], verb: Verb) -> Callable[..., Any]:
    """The view behind everything the verb promises."""
    query = verb.query() if verb.query and verb.parse else None
    takes = verb.takes() if verb.takes and verb.parse else None

    @wraps(view)
    def answered(**given: Any) -> Any:
        if verb.changes:
            given[verb.changes] = meant_version() if verb.changes == "version" else meant_tag()
        if query is not None:
            given["query"] = read_query(query)
        if takes is not None:
            given["body"] = read_body(takes)
        if verb.creates:
            return once(lambda: view(**given), forgets=verb.forgets)
        return view(**given)

    return answered


__all__ = ["PREFIX", "Verb", "Verbs", "_l"]
