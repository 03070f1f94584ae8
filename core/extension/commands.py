"""Commands of plugins: ``dangjian p <plugin> …``. A plugin's code is imported when its own commands are asked for."""

from importlib import import_module
from typing import Any

import click

from core.extension.discovery import Found, discover
from core.extension.points import PROJECT


def _brought(found: Found) -> list[click.Command]:
    """The commands a plugin gives.

    :raises TypeError: something it gives is no command.
    """
    module = import_module(found.module)
    given: list[Any] = []
    for value in list(vars(module).values()):  # as they are: a hook may import more of the package
        marked = getattr(value, f"{PROJECT}_impl", None)
        named = marked and (marked.get("specname") or getattr(value, "__name__", ""))
        if named == "register_commands":
            given += value()
    wrong = [one for one in given if not isinstance(one, click.Command)]
    if wrong:
        raise TypeError(f"register_commands of {found.name} gave {wrong[0]!r}, which is no command")
    return given


class _Plugins(click.Group):
    """One group for each plugin of this installation."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(found.name for found in discover() if found.manifest is not None)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        found = next((one for one in discover() if one.name == cmd_name and one.manifest is not None), None)
        if found is None or found.manifest is None:
            return None
        made = click.Group(cmd_name, help=found.manifest.title)
        for command in _brought(found):
            made.add_command(command)
        return made

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the plugins without importing anybody's code."""
        known = [(found.name, found.manifest.title) for found in discover() if found.manifest is not None]
        if known:
            with formatter.section("Commands"):
                formatter.write_dl(sorted(known))


group = _Plugins("p", help="插件的命令")
