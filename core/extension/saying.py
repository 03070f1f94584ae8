"""Why a plugin can't be used, in the words of whoever looks at it.

The host and the kit speak English to authors, in logs and on the command line of a developer. Pages are read by operators
and administrators: what is about versions, requirements, tables and holds is said in their language; what only the author
can mend stays as it is.
"""

import re
from typing import Any, Final

from flask_babel import lazy_gettext as _l

#: The sentences of :mod:`core.extension.arrangement`, :mod:`~core.extension.discovery`, :mod:`~core.extension.lifecycle` and
#: :mod:`~core.extension.checks` that people can do something about.
_SAID: Final[tuple[tuple[str, Any], ...]] = (
    (
        r"its code is not installed here; its data are",
        _l("它的程序不在这台服务器上，数据还在。请重新安装它的程序；不再使用的，导出后清除它的数据。"),
    ),
    (r"an operator holds it back; retry it .*", _l("运维人员暂停了它。")),
    (r"its tables are not made yet: run .*", _l("它的数据表还没有建立。")),
    (
        r"its tables could not be brought up to date: (?P<why>.*?)(?:\s*\(Background on this error at: .*)?",
        _l("它的数据表没有建立或升级成功，已全部退回，请把原因告诉作者，换上改好的版本再升级数据库。原因：%(why)s"),
    ),
    (
        r"its tables are at (?P<have>\d+), its code needs (?P<need>\d+): .*",
        _l("它的数据表是第 %(have)s 版，程序需要第 %(need)s 版。"),
    ),
    (
        r"it is made for SDK (?P<need>.*); this installation has (?P<have>.*)",
        _l("它需要 SDK %(need)s，本平台是 %(have)s。请安装适合本平台的版本，或升级平台。"),
    ),
    (
        r"it needs the core's schema (?P<need>.*); this installation has (?P<have>.*)",
        _l("它需要核心数据库版本 %(need)s，本平台是 %(have)s。请先升级平台。"),
    ),
    (
        r"it requires the plugin (?P<name>\S+), which is not installed",
        _l("它需要插件 %(name)s，这里没有安装。请先安装那个插件。"),
    ),
    (
        r"it requires the plugin (?P<name>\S+), which cannot be used",
        _l("它需要插件 %(name)s，而那个插件不能使用。请先解决那个插件的问题。"),
    ),
    (r"it requires (?P<name>.+), which failed to start", _l("它需要的插件 %(name)s 没有启动成功。")),
    (
        r"it requires (?P<need>.+); (?P<have>\S+) is installed",
        _l("它需要 %(need)s，这里安装的是 %(have)s。请安装合适的版本。"),
    ),
    (
        r"it requires itself in a circle: (?P<circle>.*)",
        _l("插件互相需要，成了环：%(circle)s。请联系作者去掉其中一个依赖。"),
    ),
    (r"it cannot be used beside the plugin (?P<name>.*)", _l("它不能与插件 %(name)s 同时使用。请卸载其中一个。")),
    (
        r"two installed distributions claim this name: (?P<names>.*); uninstall .*",
        _l("安装的发行包 %(names)s 用了同一个名称，请只保留一个，卸载其余的。"),
    ),
    (
        r"(?P<key>\w+): is no key of a manifest(?:; did you mean .*)?",
        _l("它的 plugin.toml 中有不认识的项 %(key)s，请联系作者改正。"),
    ),
    (r"its package (?P<name>\S+) is not there", _l("找不到它的程序包 %(name)s。")),
    (r"its plugin\.toml cannot be read: (?P<why>.*)", _l("它的 plugin.toml 不能读取：%(why)s")),
    (r"its view (?P<view>.+) declares no permission: .*", _l("它的页面 %(view)s 没有声明权限，请联系作者改正。")),
    (
        r"(?P<hook>\w+) gives (?P<name>.+), which is the core's",
        _l("它冒用了平台自己的名称 %(name)s（%(hook)s），请联系作者改名。"),
    ),
    (
        r"(?P<hook>\w+) gives (?P<name>.+), as the plugin (?P<other>\S+) does",
        _l("名称 %(name)s 已被插件 %(other)s 使用（%(hook)s）。请联系作者改名，或卸载其中一个。"),
    ),
    (
        r"(?P<hook>\w+) gives (?P<name>.+), which does not begin with \S+",
        _l("名称 %(name)s 没有以插件自己的名称开头（%(hook)s），请联系作者改名。"),
    ),
    (
        r"its table (?P<table>\S+) lies outside the schema (?P<schema>\S+)",
        _l("它的数据表 %(table)s 不在自己的模式 %(schema)s 中，请联系作者改正。"),
    ),
    (
        r"(?:\w+: )?it adds the column (?P<column>\S+) to the table (?P<table>\S+), which is not \S+",
        _l("它改动了不属于它的数据表 %(table)s（%(column)s），请联系作者改正。"),
    ),
    (
        r"(?:\w+: )?Table '(?P<table>\S+)' is already defined for this MetaData instance\..*",
        _l("它声明的数据表 %(table)s 已经有了，是别的插件或平台的。请联系作者改名，或卸载其中一个。"),
    ),
    (
        r"what (?P<hook>\w+) gives acts on the whole application, .*",
        _l("它要作用于整个平台，而不只是自己的页面（%(hook)s），请联系作者改正。"),
    ),
    (
        r"its templates lie in templates/(?P<where>.+), not in templates/\S+",
        _l("它的模板放在 templates/%(where)s，会顶替平台或别的插件的模板。请联系作者改正。"),
    ),
    (r"the check itself failed", _l("检查本身出了错。")),
)
_PATTERNS: Final = tuple((re.compile(pattern, re.DOTALL), said) for pattern, said in _SAID)


def failed(problem: str) -> str:
    """The sentence of a plugin whose tables could not be made. :param problem: why not, as the installation noted it."""
    return f"its tables could not be brought up to date: {problem}"


def said(problem: str) -> str:
    """A problem in the words of whoever looks at a page; as it is when it is for the author alone."""
    for pattern, sentence in _PATTERNS:
        found = pattern.fullmatch(problem)
        if found:
            return str(sentence) % found.groupdict()
    return problem
