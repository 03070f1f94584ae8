"""What every command has in common: ``--json``, exit statuses, errors in plain words, no questions to a machine.

A command is an ordinary click command under :func:`command`; its first parameter is the :class:`Console`::

    @group.command("show")
    @click.argument("slug")
    @command(permission=OPERATOR)
    def show(console: Console, slug: str) -> None:
        with console.application():
            ...
        console.result({"slug": slug}, "……")
"""

import functools
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import click

if TYPE_CHECKING:
    from flask import Flask

    from core.runtime.services import Services

P = ParamSpec("P")

#: What every command declares: it is run on the host by the operator, outside any tenant's permissions.
OPERATOR = "operator"
#: Exit statuses, beside 0 (done) and click's 2 (wrong use).
FAILED, MISCONFIGURED, UNREACHABLE = 1, 3, 4


class CommandError(Exception):
    """A command could not do what it was asked; the message says why, in plain Chinese."""

    def __init__(self, message: str, *, status: int = FAILED) -> None:
        super().__init__(message)
        self.status = status


@dataclass(slots=True)
class Console:
    """One command's way to speak: to a person, or to a program (``--json``)."""

    json: bool
    debug: bool = False

    def result(self, data: Mapping[str, Any], text: str = "") -> None:
        """Say how it ended: ``data`` as one JSON object, or ``text`` to a person."""
        if self.json:
            click.echo(json.dumps(data, ensure_ascii=False, default=str))
        elif text:
            click.echo(text)

    def table(self, rows: Sequence[Mapping[str, Any]], *, columns: Mapping[str, str], name: str = "rows") -> None:
        """A list: ``{name: rows}`` as JSON, or a table with ``columns`` (key → Chinese heading)."""
        if self.json:
            self.result({name: list(rows)})
            return
        from rich.console import Console as Terminal
        from rich.table import Table

        table = Table()
        for heading in columns.values():
            table.add_column(heading, overflow="fold")
        for row in rows:
            table.add_row(*(_cell(row.get(key)) for key in columns))
        Terminal().print(table)

    def say(self, text: str) -> None:
        """A remark on the way (standard error, so that results can be piped); silent under ``--json``."""
        if not self.json:
            click.echo(text, err=True)

    @contextmanager
    def progress(self, title: str) -> Iterator[Callable[[int, int], None]]:
        """A progress bar: call what you get with (done, total). Nothing is drawn unless a person watches."""
        if self.json or not sys.stderr.isatty():
            yield lambda done, total: None  # noqa: ARG005
            return
        from rich.console import Console as Terminal
        from rich.progress import Progress

        with Progress(console=Terminal(stderr=True), transient=True) as bar:
            task = bar.add_task(title, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)

    def ask(self, question: str, *, option: str, hidden: bool = False) -> str:
        """Ask a person. :raises CommandError: when nobody is there to answer: the option has to be given."""
        if self.json or not sys.stdin.isatty():
            raise CommandError(f"缺少 {option}（当前不是交互终端，不能提问）。", status=2)
        return str(click.prompt(question, hide_input=hidden, confirmation_prompt=hidden, err=True))

    def services(
        self, *, queue: bool = False, owner: bool = False, system: bool = True
    ) -> AbstractContextManager["Services"]:
        """The services of the configured installation (see :func:`core.runtime.services.services`)."""
        from core.config import load_settings
        from core.runtime.services import services

        return services(load_settings(), queue=queue, owner=owner, system=system)

    @contextmanager
    def application(self, *, queue: bool = True, system: bool = True) -> Iterator["Flask"]:
        """The application in its context, on running services.

        :param queue: whether jobs may be posted (they wait for the relay otherwise).
        """
        import importlib

        with self.services(queue=queue, system=system) as found:
            _same_schema(found, self)
            # by name: the parts' own commands use this, and none of them may know the application's make-up
            app: Flask = importlib.import_module("core.app").create_app(found.settings)
            with app.app_context():
                yield app

    @contextmanager
    def tenant(self, slug: str) -> Iterator[None]:
        """The application bound to one tenant, acting as the operator. :raises CommandError: there is no such tenant."""
        import importlib

        # by name, as the application is
        with importlib.import_module("core.extension.cli").inside(self, slug):
            yield


def _same_schema(running: "Services", console: Console) -> None:
    """The database at the revision this code knows: brought there where it is our own, asked for where it is not."""
    import importlib

    from sqlalchemy import create_engine

    from core.database.migrate import current, head

    settings = running.settings
    engine = create_engine(settings.database_url)
    try:
        found = current(engine)
    finally:
        engine.dispose()
    if found == head():
        return
    if running.postgres is None:
        at = found or "空"
        raise CommandError(
            f"数据库版本是 {at}，程序需要 {head()}。请先运行 dangjian db upgrade。", status=MISCONFIGURED
        )
    console.say("正在建立或升级数据库 …")
    # by name: a command's shell knows nothing of plugins
    importlib.import_module("core.extension.installation").upgrade_all(settings.database_owner_url)


def command(*, permission: str) -> Callable[[Callable[Concatenate[Console, P], None]], Callable[P, None]]:
    """Give a click command its ``--json``, its :class:`Console`, and errors in plain words with an exit status.

    :param permission: who may run it: :data:`OPERATOR`, whoever can run programs as the product's user on the host and
        is answerable there. A command that does not say so cannot be written.
    :raises ValueError: it says something else: a tenant's permissions are for accounts, and no account runs a command.
    """
    if permission != OPERATOR:
        raise ValueError(f"a command is the operator's: permission=OPERATOR, not {permission!r}")
    return _command


def _command(function: Callable[Concatenate[Console, P], None]) -> Callable[P, None]:
    @click.option("--json", "as_json", is_flag=True, help="以 JSON 输出结果")
    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        context = click.get_current_context()
        console = Console(json=bool(kwargs.pop("as_json")), debug=bool(context.find_root().params.get("debug")))
        try:
            function(console, *args, **kwargs)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:  # a person gets a sentence; --debug gets the rest
            if console.debug:
                raise
            _report(console, *_in_words(error))

    run.__dict__["permission"] = OPERATOR
    return run


def _report(console: Console, message: str, status: int) -> None:
    if console.json:
        click.echo(json.dumps({"error": message}, ensure_ascii=False))
    else:
        click.secho(f"错误：{message}", fg="red", err=True)
    raise SystemExit(status)


def _in_words(error: Exception) -> tuple[str, int]:
    """The sentence and the exit status for an error."""
    from core.config import SettingError
    from core.policy.findings import Refused

    if isinstance(error, CommandError):
        return str(error), error.status
    if isinstance(error, Refused):
        return "".join([str(error), *dict.fromkeys(one.fix for one in error.findings if one.fix)]), FAILED
    if isinstance(error, SettingError):
        return str(error), MISCONFIGURED
    name = type(error).__name__
    if name in _OURS:
        return str(error), _OURS[name]
    if name in _FOREIGN:
        sentence, status = _FOREIGN[name]
        first_line = str(getattr(error, "orig", None) or error).strip().split("\n", 1)[0]
        return sentence.format(first_line), status
    return f"内部错误（{type(error).__name__}）：{error}。加 --debug 可看到详情。", FAILED


#: errors of ours that are sentences already; by name, so that a command that needs no database doesn't load one
_OURS = {
    "CannotPrepare": MISCONFIGURED,
    "UnsafeDatabase": MISCONFIGURED,
    "UnsafeSocketFolder": MISCONFIGURED,
    "SystemUserError": MISCONFIGURED,
    "ServerFailed": UNREACHABLE,
    "WorkbookRefused": FAILED,
}
_FOREIGN = {
    "OperationalError": ("数据库不可用：{}", UNREACHABLE),
    "ConnectionTimeout": ("数据库不可用：{}", UNREACHABLE),
    "ConnectionError": ("队列（Valkey）不可用：{}", UNREACHABLE),
    "PermissionError": ("没有权限：{}", FAILED),
    "FileNotFoundError": ("找不到文件：{}", FAILED),
}


_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}.*)?")


def _cell(value: Any) -> str:
    """A value as a person reads it: lists in one line, moments to the minute, truth in a word."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(map(str, value))
    text = str(value)
    return text[:16].replace("T", " ") if _MOMENT.fullmatch(text) else text
