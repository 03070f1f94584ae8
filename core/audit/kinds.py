"""What kinds of acts there are, in words: each part declares its own beside the verbs that record them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

#: Groups of kinds by the first word of their names: how the filter sorts them.
GROUPS = MappingProxyType(
    {
        "access": "权限与拒绝",
        "audit": "审计",
        "documents": "文书",
        "events": "事件与推送",
        "feedback": "投诉建议",
        "files": "附件",
        "identity": "账号与登录",
        "importing": "导入",
        "mail": "邮件",
        "notices": "通知",
        "organization": "党组织",
        "people": "党员",
        "policy": "规则参数",
        "privacy": "个人信息",
        "tenant": "单位",
        "webhooks": "事件与推送",
    }
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of act.

    :param name: ``<part>.<object>.<what was done>``, such as ``people.member.revealed``.
    :param title: what was done, in Chinese.
    :param keep: whether archives need it: such events outlive the retention period.
    """

    name: str
    title: str
    keep: bool = False

    @property
    def group(self) -> str:
        """The first word of the name."""
        return self.name.partition(".")[0]


_known: dict[str, Kind] = {}
#: Every declared kind by its name: a live, read-only view.
KINDS: Mapping[str, Kind] = MappingProxyType(_known)


def declare(name: str, title: str, *, keep: bool = False) -> str:
    """Declare a kind of act and return its name; declaring the very same again changes nothing.

    :raises ValueError: the name is declared with another meaning.
    """
    found = Kind(name, title, keep)
    if _known.setdefault(name, found) != found:
        raise ValueError(f"audit kind {name} is declared twice")
    return name


def title_of(name: str) -> str:
    """The Chinese title; the name itself for what a part that is gone had recorded."""
    known = _known.get(name)
    return known.title if known else name


def group_title(name: str) -> str:
    """The title of a group."""
    return GROUPS.get(name, name)


declare("audit.change", "修改数据")
declare("audit.exported", "导出审计记录")
declare("audit.removed", "清理到期的审计记录", keep=True)
declare("audit.check.failed", "审计校验未通过", keep=True)
declare("access.refused", "无权访问被拒")
declare("access.not_found", "访问不存在或无权查看的对象")
declare("access.rule_refused", "不符合规定被退回")
