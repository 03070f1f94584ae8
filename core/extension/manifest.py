"""``plugin.toml``: what a plugin says of itself, read before any of its code is imported. Pure."""

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

#: A plugin's name is also its schema ``p_<name>``, its part of addresses and of permission names.
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST_NAME = 40
#: Names that would read as parts of the product itself.
RESERVED = frozenset(
    [
        "api",
        "access",
        "audit",
        "core",
        "documents",
        "events",
        "extension",
        "feedback",
        "files",
        "help",
        "home",
        "identity",
        "importing",
        "jobs",
        "mail",
        "notices",
        "operator",
        "organization",
        "people",
        "platform",
        "plugin",
        "plugins",
        "policy",
        "privacy",
        "public",
        "sdk",
        "settings",
        "static",
        "tenancy",
        "tenants",
        "web",
        "webhooks",
    ]
)
DATA_CLASSES = ("P0", "P1", "P2", "P3", "P4")
_HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``plugin.toml`` says.

    :param name: unique among all plugins; lower case with underscores.
    :param title: Chinese, shown to tenants.
    :param summary: one or two Chinese sentences: what it does.
    :param version: PEP 440.
    :param schema_serial: raised with each revision of its tables; 0 without tables.
    :param core_schema: the core's revision it needs at least, such as ``"0012"``; empty for any.
    :param sdk: the versions of :mod:`core.sdk` it works with.
    :param requires: plugins it needs, with their versions.
    :param conflicts: plugins it cannot be installed beside.
    :param permissions: every permission it declares, ``<name>.<object>.<verb>``.
    :param data_classes: the privacy classes (00-conventions 0.4) of what it stores.
    :param jobs: whether it does background work.
    :param egress: hosts it talks to; empty for none.
    """

    name: str
    title: str
    version: Version
    sdk: SpecifierSet
    summary: str = ""
    schema_serial: int = 0
    core_schema: str = ""
    requires: tuple[Requirement, ...] = ()
    conflicts: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    data_classes: tuple[str, ...] = ()
    jobs: bool = False
    egress: tuple[str, ...] = ()


class BadManifest(ValueError):
    """A manifest cannot be used.

    :param problems: every fault found, one sentence each, naming the key.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def parse(text: str) -> Manifest:
    """Read the text of a ``plugin.toml``.

    :raises BadManifest: with all its faults together.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadManifest([f"plugin.toml is not valid TOML: {error}"]) from None
    return _Reader(table).manifest()


class _Reader:
    """Takes the keys of a manifest one by one and gathers what is wrong with them."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = table
        self._problems: list[str] = []

    def manifest(self) -> Manifest:
        known = Manifest.__dataclass_fields__
        for key in self._table:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                self._wrong(key, "is no key of a manifest" + (f"; did you mean {near[0]!r}?" if near else ""))
        values = {
            "name": self._name(),
            "title": self._text("title", needed=True),
            "summary": self._text("summary"),
            "version": self._parsed("version", Version, InvalidVersion, "a version such as 1.0.2", needed=True),
            "sdk": self._parsed("sdk", SpecifierSet, InvalidSpecifier, 'a range such as ">=1,<2"', needed=True),
            "schema_serial": self._serial(),
            "core_schema": self._text("core_schema"),
            "requires": self._requirements(),
            "conflicts": self._texts("conflicts", NAME, "names of plugins"),
            "permissions": self._permissions(),
            "data_classes": self._texts("data_classes", re.compile("|".join(DATA_CLASSES)), ", ".join(DATA_CLASSES)),
            "jobs": self._flag("jobs"),
            "egress": self._texts("egress", _HOST, "host names such as api.example.org or *.example.org"),
        }
        if self._problems:
            raise BadManifest(self._problems)
        return Manifest(**values)

    def _wrong(self, key: str, what: str) -> None:
        self._problems.append(f"{key}: {what}")

    def _text(self, key: str, *, needed: bool = False) -> str:
        value = self._table.get(key, "")
        if not isinstance(value, str):
            self._wrong(key, "must be a text")
            return ""
        if needed and not value.strip():
            self._wrong(key, "is missing")
        return value.strip()

    def _name(self) -> str:
        name = self._text("name", needed=True)
        if name and not NAME.fullmatch(name):
            self._wrong("name", f"{name!r} must be lower-case letters and digits joined by single underscores")
        elif len(name) > LONGEST_NAME:
            self._wrong("name", f"is longer than {LONGEST_NAME} characters")
        elif name in RESERVED:
            self._wrong("name", f"{name!r} is a name of the product's own")
        return name

    def _parsed(self, key: str, make: Any, error: type[Exception], like: str, *, needed: bool) -> Any:
        text = self._text(key, needed=needed)
        try:
            return make(text) if text else None
        except error:
            self._wrong(key, f"{text!r} is not {like}")
            return None

    def _serial(self) -> int:
        value = self._table.get("schema_serial", 0)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self._wrong("schema_serial", "must be a whole number from 0 on")
            return 0
        return value

    def _flag(self, key: str) -> bool:
        value = self._table.get(key, False)
        if not isinstance(value, bool):
            self._wrong(key, "must be true or false")
            return False
        return value

    def _texts(self, key: str, form: re.Pattern[str], like: str) -> tuple[str, ...]:
        value = self._table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            self._wrong(key, "must be a list of texts")
            return ()
        for entry in value:
            if not form.fullmatch(entry):
                self._wrong(key, f"{entry!r} is not among {like}")
        if len(set(value)) < len(value):
            self._wrong(key, "names something twice")
        return tuple(value)

    def _permissions(self) -> tuple[str, ...]:
        found = self._texts("permissions", re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+"), "dotted names")
        name = self._table.get("name")
        for permission in found:
            if not permission.startswith(f"{name}."):
                self._wrong("permissions", f"{permission!r} must begin with {name}.")
        return found

    def _requirements(self) -> tuple[Requirement, ...]:
        found = []
        for text in self._texts("requires", re.compile(r".+"), "requirements"):
            try:
                found.append(Requirement(text))
            except InvalidRequirement:
                self._wrong("requires", f'{text!r} is no requirement such as "care>=1.2"')
        return tuple(found)
