"""Asking the product over HTTP: signed-in clients, the plugin's routes, and what an answer says altogether."""

import io
import itertools
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask, url_for
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from core.access.gate import declared

PASSWORD = "一句很长的测试口令 2026"  # noqa: S105  (of tenants that live for a test)
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
#: An id that nobody has.
UNKNOWN = UUID("01900000-0000-7000-8000-00000000dead")
#: Values for parameters of other kinds.
_OTHERS = {"int": 2026, "float": 9.5, "path": "no/such", "date": "2024-05-01"}
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Client:
    """A browser at one tenant's address. Changing requests carry the session's token."""

    def __init__(self, app: Flask, base: str) -> None:
        self._client = app.test_client()
        self._client.environ_base["HTTP_HOST"] = base.removeprefix("http://")
        self._base = base
        self._token = ""

    def open(
        self, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, **more: Any
    ) -> TestResponse:
        """Ask."""
        given = dict(headers or {})
        if method in CHANGING and self._token:
            given.setdefault("X-CSRFToken", self._token)
        return self._client.open(path, method=method, base_url=self._base, headers=given, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        """GET."""
        return self.open(path, **more)

    def post(self, path: str, **more: Any) -> TestResponse:
        """POST, with the session's token."""
        return self.open(path, method="POST", **more)

    def put(self, path: str, **more: Any) -> TestResponse:
        """PUT, with the session's token."""
        return self.open(path, method="PUT", **more)

    def patch(self, path: str, **more: Any) -> TestResponse:
        """PATCH, with the session's token."""
        return self.open(path, method="PATCH", **more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        """DELETE, with the session's token."""
        return self.open(path, method="DELETE", **more)

    def take_token(self) -> None:
        """Read the session's token from a form."""
        found = _TOKEN.search(self.get("/account/password").text)
        if found:
            self._token = found[1]


def sign_in(app: Flask, base: str, login: str) -> Client:
    """A client that has signed in."""
    client = Client(app, base)
    token = _TOKEN.search(client.get("/sign-in").text)
    form = {"login": login, "password": PASSWORD, "csrf_token": token[1] if token else ""}
    answer = client.post("/sign-in", data=form)
    if answer.status_code != 303:
        raise RuntimeError(f"{login} cannot sign in: {answer.status}")
    client.take_token()
    return client


@dataclass(frozen=True)
class Route:
    """One rule with one of its methods."""

    rule: Rule
    method: str
    permission: str
    #: values of the parameters that take one of a few words
    words: tuple[tuple[str, str], ...] = ()

    @property
    def uuids(self) -> list[str]:
        """Names of the parameters that take a row's id."""
        return [name for name, kind in self._kinds() if kind == "uuid"]

    def _kinds(self) -> list[tuple[str, str]]:
        converters = self.rule._converters  # noqa: SLF001  (there is no public way to them)
        return [(name, type(one).__name__.removesuffix("Converter").lower()) for name, one in converters.items()]

    def path(self, app: Flask, row: UUID) -> str:
        """The path with ``row`` for every id."""
        values: dict[str, Any] = {}
        for name, kind in self._kinds():
            values[name] = row if kind == "uuid" else dict(self.words).get(name) or _OTHERS.get(kind, "nosuch")
        with app.test_request_context("/"):
            return url_for(self.rule.endpoint, **values)

    def __str__(self) -> str:
        return " ".join([self.method, str(self.rule), *(word for _, word in self.words)])


def routes(app: Flask, plugin: str, *methods: str) -> Iterator[Route]:
    """The plugin's routes with these methods."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if rule.endpoint.startswith((f"p_{plugin}.", f"p_{plugin}_api.")):
            permission = str(declared(app.view_functions[rule.endpoint]))
            converters = rule._converters.items()  # noqa: SLF001
            choices = [
                [(name, word) for word in sorted(one.items)]
                for name, one in converters
                if isinstance(one, AnyConverter)
            ]
            for method in sorted((rule.methods or set()) & set(methods)):
                for words in itertools.product(*choices):
                    yield Route(rule, method, permission, words)


def everything(answer: TestResponse) -> str:
    """All that an answer says: status, headers, and its body, unpacked if it is a workbook."""
    body = answer.data
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    return f"{answer.status}\n{answer.headers}\n{body.decode('utf-8', 'replace')}"
