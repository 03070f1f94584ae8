"""Every route of the application, asked in every way: built from the URL map, so that new pages are covered by themselves."""

import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from core.access.gate import declared
from core.tenancy.request import OF_INSTALLATION, UNTENANTED

ROOT = Path(__file__).parents[2]
#: An id that nobody has.
UNKNOWN = UUID("01900000-0000-7000-8000-00000000dead")
#: Values for parameters of other kinds.
OTHERS = {"int": 999_999, "float": 9.5, "path": "no/such", "date": "2024-05-01"}
CHANGING = ("POST", "PUT", "PATCH", "DELETE")


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
        return [
            name for name, converter in self.rule._converters.items() if type(converter).__name__ == "UUIDConverter"
        ]

    def path(self, app: Flask, row: UUID) -> str:
        """The path with ``row`` for every id."""
        values: dict[str, Any] = {}
        for name, converter in self.rule._converters.items():
            kind = type(converter).__name__.removesuffix("Converter").lower()
            values[name] = row if kind == "uuid" else dict(self.words).get(name) or OTHERS.get(kind, "nosuch")
        return app.url_map.bind("nobody.dangjian.test").build(self.rule.endpoint, values)

    def __str__(self) -> str:
        return " ".join([self.method, str(self.rule), *(word for _, word in self.words)])


def routes(app: Flask, *methods: str) -> Iterator[Route]:
    """All routes of tenants with these methods: not the operators' pages, nor plugins', which their kit sweeps."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        part = rule.endpoint.partition(".")[0]
        if rule.endpoint not in UNTENANTED and part not in OF_INSTALLATION and not part.startswith("p_"):
            permission = declared(app.view_functions[rule.endpoint])
            choices = [
                [(name, word) for word in sorted(converter.items)]
                for name, converter in rule._converters.items()
                if isinstance(converter, AnyConverter)
            ]
            for method in sorted((rule.methods or set()) & set(methods)):
                for words in itertools.product(*choices):
                    yield Route(rule, method, str(permission), words)


@cache
def query_names(package: str | None = None) -> frozenset[str]:
    """Names that pages look for in the query or the form, read from the source: of all, or of one package of the core."""
    found: set[str] = {"unit", "person", "id", "parent", "account", "run", "next", "q"} if package is None else set()
    for path in ROOT.glob("core/**/*.py" if package is None else package.replace(".", "/") + "/**/*.py"):
        found.update(
            re.findall(r"""(?:args|form|values|given)(?:\.get(?:list)?\(|\[)["'](\w+)["']""", path.read_text())
        )
    return frozenset(found - {"csrf_token", "password"})


def names_of(app: Flask, route: Route) -> frozenset[str]:
    """The names that the package of a route's page looks for."""
    return query_names(".".join(app.view_functions[route.rule.endpoint].__module__.split(".")[:2]))


def ask(client: FlaskClient, base: str, method: str, path: str, **more: Any) -> TestResponse:
    """Ask with a fixed request id, so that two answers can be compared byte by byte."""
    headers = {"X-Request-ID": "isolation-test-0001", **more.pop("headers", {})}
    return client.open(path, method=method, base_url=base, headers=headers, **more)


def everything(answer: TestResponse) -> str:
    """All that an answer says: status, headers, and its body, unpacked if it is a workbook."""
    body = answer.data
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    return f"{answer.status}\n{answer.headers}\n{body.decode('utf-8', 'replace')}"


def comparable(answer: TestResponse, row: UUID) -> str:
    """The answer without what must differ: the id that was asked for, cookies, moments, the form's token."""
    said = everything(answer).replace(str(row), "ID").replace(row.hex, "ID")
    said = re.sub(r"""("X-CSRFToken":"|name="csrf_token" value=")[^"]*""", r"\1TOKEN", said)
    return re.sub(r"(?im)^(date|set-cookie|etag|content-length|(x-)?ratelimit[-\w]*):.*\n?", "", said)
