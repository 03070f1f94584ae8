"""Wrong use of a command in plain words: to a person with the usage line, to a program as JSON; always with an exit status."""

import json
import re
from collections.abc import Sequence

import click

#: What click says of a value, and how we say it.
_SAID: Sequence[tuple[str, str]] = (
    (r"(?:File|Path|Directory) '(.*)' does not exist\.", "找不到“{0}”。请核对路径。"),
    (r"File '(.*)' is a directory\.", "“{0}”是文件夹，不是文件。"),
    (r"Directory '(.*)' is a file\.", "“{0}”是文件，不是文件夹。"),
    (r"(?:File|Path|Directory) '(.*)' is not (?:readable|writable)\.", "没有读写“{0}”的权限。"),
    (r"'(.*)' does not match the formats? '?%Y-%m-%d.*", "“{0}”不是日期，请写成 2026-07-01 这样。"),
    (r"'(.*)' is not one of (.*)\.", "“{0}”不在可选的值之内：{1}。"),
    (r"'?(.*?)'? is not in the range (.*)\.", "“{0}”超出范围：{1}。"),
    (r"'(.*)' is not a valid (?:integer|float|number).*", "“{0}”不是数字。"),
    (r"No such command '(.*)'\.(.*)", "没有命令“{0}”。"),
    (r"Got unexpected extra arguments? \((.*)\)", "多出的参数：{0}。"),
    (r"Option '(.*)' requires an argument\.", "选项 {0} 后面缺少值。"),
    (r"Missing command\.", "请写明要执行哪个命令。"),
)


def in_words(error: click.ClickException) -> str:
    """One Chinese sentence for what click found wrong; its own words where we have none."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return "请写明要执行哪个命令。"
    if isinstance(error, click.MissingParameter):
        found = error.param
        if isinstance(found, click.Option):
            return f"缺少选项 {found.opts[-1]}。"
        return f"缺少参数 {found.make_metavar(error.ctx) if found and error.ctx else error.param_hint or ''}。"
    if isinstance(error, click.NoSuchOption):
        near = f"相近的有 {'、'.join(error.possibilities)}。" if error.possibilities else ""
        return f"没有选项 {error.option_name}。{near}"
    message = error.message
    for pattern, sentence in _SAID:
        match = re.fullmatch(pattern, message, re.DOTALL)
        if match:
            message = sentence.format(*match.groups())
            break
    if isinstance(error, click.BadParameter) and error.param is not None:
        name = error.param.opts[-1] if isinstance(error.param, click.Option) else error.param.human_readable_name
        return f"{name}：{message}"
    return message


def report(error: click.ClickException, *, as_json: bool) -> int:
    """Say it. :returns: the exit status."""
    message = in_words(error)
    if as_json:
        click.echo(json.dumps({"error": message}, ensure_ascii=False))
    elif isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
    else:
        usage = error.ctx.get_usage() + "\n" if isinstance(error, click.UsageError) and error.ctx else ""
        click.echo(f"{usage}错误：{message}", err=True)
    return error.exit_code
