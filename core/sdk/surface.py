"""The SDK's whole surface as text: every name with its kind and signature. ``python -m core.sdk.surface --write`` accepts it.

``tests/sdk/surface.txt`` holds what was last reviewed. Adding a name is a minor version of :data:`core.sdk.SDK`; taking one
away or changing a signature is a major one, after two minor versions in which it warned.
"""

import dataclasses
import difflib
import enum
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_origin

from marshmallow import Schema
from marshmallow.fields import Field

import core.sdk
from core.extension.hooks import Hooks
from core.extension.points import points_of

#: Modules below :mod:`core.sdk` that are no part of what a plugin imports.
_INNER = frozenset({"kit", "surface", "reference", "looking_up"})
REVIEWED = Path(__file__).parents[2] / "tests" / "sdk" / "surface.txt"


def modules() -> Iterator[ModuleType]:
    """The modules a plugin may import, :mod:`core.sdk` first."""
    yield core.sdk
    for found in sorted(pkgutil.iter_modules(core.sdk.__path__), key=lambda one: one.name):
        if found.name not in _INNER:
            yield import_module(f"core.sdk.{found.name}")


def names() -> Iterator[tuple[str, Any]]:
    """Every public name with what it stands for: (``core.sdk.pages.Form``, the class)."""
    for module in modules():
        for name in sorted(module.__all__):
            yield f"{module.__name__}.{name}", getattr(module, name)


def surface() -> str:
    """The whole surface, a line for each name and each member; then the extension points."""
    lines = [line for name, value in names() for line in _lines(name, value)]
    for name, point in points_of(Hooks).items():
        signature = _signature(getattr(Hooks, name))
        deprecated = f" deprecated {point.deprecated}" if point.deprecated else ""
        lines.append(f"hook {name}{signature} [{point.call}, since {point.since}, {point.budget_ms} ms{deprecated}]")
    return "\n".join(lines) + "\n"


def _lines(name: str, value: Any) -> Iterator[str]:
    if inspect.ismodule(value):
        yield f"module {name} = {value.__name__}"
        if not value.__name__.startswith("core.sdk"):
            for inner in sorted(getattr(value, "__all__", None) or _own(value)):
                yield from _lines(f"{name}.{inner}", getattr(value, inner))
    elif get_origin(value) is not None:
        yield f"type {name} = {_plain(value)}"
    elif inspect.isclass(value):
        yield from _class(name, value)
    elif callable(value) and not isinstance(value, (tuple, frozenset)):
        yield f"function {name}{_signature(value)}"
    else:
        yield f"value {name}: {type(value).__name__}"


def _own(module: ModuleType) -> list[str]:
    """The public names a module defines itself."""
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
    ]


def _class(name: str, value: type) -> Iterator[str]:
    if issubclass(value, enum.Enum):
        yield f"enum {name} = {', '.join(member.name for member in value)}"
    elif dataclasses.is_dataclass(value):
        yield f"class {name}{_signature(value)}"
    elif hasattr(value, "__table__"):
        columns: Any = value.__table__
        yield f"model {name}({', '.join(sorted(column.name for column in columns.columns))})"
        return
    elif issubclass(value, (Schema, Field)):
        yield f"class {name}{_signature(value)}"
        return
    else:
        yield f"class {name}{_signature(value)}"
    for member, inner in sorted(vars(value).items()):
        if member.startswith("_") or issubclass(value, enum.Enum):
            continue
        if isinstance(inner, (classmethod, staticmethod)):
            yield f"  {name}.{member}{_signature(inner.__func__)}"
        elif inspect.isfunction(inner):
            yield f"  {name}.{member}{_signature(inner)}"
        elif isinstance(inner, property):
            yield f"  {name}.{member}: property"


def _signature(value: Any) -> str:
    try:
        found = inspect.signature(value)
    except (TypeError, ValueError):
        return "(…)"
    plain = [
        one.replace(annotation=_plain(one.annotation), default=_default(one.default))
        for one in found.parameters.values()
    ]
    back = found.return_annotation
    return str(found.replace(parameters=plain, return_annotation=back if back is found.empty else _Text(_plain(back))))


class _Text(str):
    """Shown as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _default(value: Any) -> Any:
    """A default as it reads; objects without a stable text are only said to be there."""
    if (
        value is inspect.Parameter.empty
        or value is None
        or isinstance(value, (bool, int, str, float, tuple, frozenset))
    ):
        return value if not isinstance(value, frozenset) else _Text(f"frozenset({sorted(value)})")
    return _Text("…")


def _plain(annotation: Any) -> Any:
    if annotation is inspect.Parameter.empty:
        return annotation
    if isinstance(annotation, str):
        return _Text(annotation.strip("'\""))
    return _Text(inspect.formatannotation(annotation))


def undocumented() -> list[str]:
    """Names that say nothing of themselves. Values (codes, sets of roles) are explained by the module that lists them."""
    found = []
    for name, value in names():
        explains = inspect.ismodule(value) or inspect.isclass(value) or inspect.isroutine(value)
        if explains and get_origin(value) is None and not (getattr(value, "__doc__", "") or "").strip():
            found.append(name)
    return found + [f"hook {name}" for name in points_of(Hooks) if not getattr(Hooks, name).__doc__]


def main(arguments: list[str]) -> int:
    """Show what differs from what was reviewed; with ``--write`` accept it."""
    now = surface()
    if "--write" in arguments:
        REVIEWED.write_text(now, "utf-8")
        return 0
    before = REVIEWED.read_text("utf-8") if REVIEWED.is_file() else ""
    difference = list(difflib.unified_diff(before.splitlines(), now.splitlines(), "reviewed", "now", lineterm="", n=0))
    sys.stdout.write("\n".join([*difference, ""]) if difference else "")
    return bool(difference)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
