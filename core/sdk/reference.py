"""The page of everything a plugin may import, written from the code: ``docs/plugins/sdk.md``.

``python -m core.sdk.reference --write`` writes it; without it, whether it is up to date is the exit status.
"""

import enum
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_origin

from core.sdk.surface import modules

PAGE = Path(__file__).resolve().parents[2] / "docs" / "plugins" / "sdk.md"
_HEAD = """# What a plugin may import

Generated from `core.sdk` by `python -m core.sdk.reference --write`; a test fails when it is out of date. Where each is used
stands in [the extension points](hooks.md); [the example](../../tests/examples/venue/README.md) uses most of it.
"""
_PATHS = re.compile(r"\b(?:[a-z_]+\.)+(?=[A-Z])")
_FIELD = re.compile(r"(?:^|(?<=\s)):(param|raises|returns?)(?: ([\w., ]+?))?:", re.MULTILINE)
_ROLE = re.compile(r":(?:class|func|data|meth|mod|attr):`~?([^`]+)`")


def page() -> str:
    """The page."""
    return _HEAD + "".join(_part(module) for module in modules()) + "\n"


def _part(module: ModuleType) -> str:
    about = _prose(inspect.getdoc(module) or "").split("\n\n")[0]
    names = sorted(module.__all__, key=str.casefold)
    entries = "".join(_entry(name, getattr(module, name)) for name in names)
    return f"\n## {module.__name__}\n\n{about}\n{entries}"


def _entry(name: str, value: Any) -> str:
    lines = list(_lines(name, value))
    return "\n" + "\n".join(lines) + "\n"


def _lines(name: str, value: Any) -> Iterator[str]:
    yield f"### {name}\n"
    if inspect.ismodule(value) or get_origin(value) is not None:
        yield f"`{_plain(value.__name__ if inspect.ismodule(value) else repr(value))}`"
        return
    if inspect.isclass(value) and issubclass(value, enum.Enum):
        yield f"One of {', '.join(f'`{one.name}`' for one in value)}.\n"
    elif inspect.isclass(value) and hasattr(value, "__mapper__"):
        yield f"A table to read; its columns: {', '.join(f'`{one.key}`' for one in value.__mapper__.column_attrs)}.\n"
    elif callable(value) and not isinstance(value, (tuple, frozenset)):
        yield f"```python\n{name}{_signature(value)}\n```\n"
    elif isinstance(value, (str, int, tuple, frozenset)):
        yield f"`{value!r}`"
        return
    said = _prose(inspect.getdoc(value) or "")
    if said and not said.startswith(f"{name}("):
        yield said
    if inspect.isclass(value):
        yield from _members(value)


def _members(owner: type) -> Iterator[str]:
    for name, value in vars(owner).items():
        function = getattr(value, "__func__", value)
        if name.startswith("_") or not inspect.isfunction(function) or not function.__doc__:
            continue
        first = _prose(inspect.getdoc(function) or "").split("\n\n")[0].replace("\n", " ")
        yield f"- `.{name}{_signature(function)}`: {first}"


def _signature(value: Any) -> str:
    try:
        return _plain(str(inspect.signature(value)))
    except (TypeError, ValueError):
        return "(…)"


def _plain(text: str) -> str:
    text = re.sub(r"<factory>|<function [^>]*>|<[\w.]+ object at 0x[0-9a-f]+>", "…", text)
    text = re.sub(r"<([A-Z]\w+\.\w+): [^>]*>", r"\1", text)
    return _PATHS.sub("", text).replace("datetime.date", "date").replace("<class 'tuple'>", "tuple")


def _prose(text: str) -> str:
    """A docstring as Markdown; parameters, answers and failures as one list."""
    plain = _ROLE.sub(lambda found: f"`{found[1].rpartition('.')[2]}`", text)
    plain = re.sub(r"``([^`]*)``", r"`\1`", plain)
    plain = _FIELD.sub(lambda found: f"\n- {_item(found)}:", plain)
    plain = re.sub(r"\n\s*\n(?=- )", "\n", plain)
    return re.sub(r"(?<=[^\n])\n(?=- )", "\n\n", plain, count=1).lstrip("\n")


def _item(found: re.Match[str]) -> str:
    what, names = found[1], ", ".join(f"`{one.strip()}`" for one in (found[2] or "").split(",") if one.strip())
    return names if what == "param" else f"{what} {names}".strip()


def main(arguments: list[str]) -> int:
    """Write the page, or say whether it is up to date."""
    text = page()
    if PAGE.exists() and PAGE.read_text("utf-8") == text:
        return 0
    if "--write" in arguments:
        PAGE.write_text(text, "utf-8")
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
