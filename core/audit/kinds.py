"""What kinds of acts there are, in words: each part declares its own beside the verbs that record them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

#: Groups of kinds by the first word of their names: how the filter sorts them.
GROUPS = MappingProxyType(
    {
        "access": "权限与拒绝",
        "archives": "档案",
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
        "plugin": "插件",
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
    :param of: what it is done to, where that is a table of the part's own: the table's name, and what a row of it is
        called in Chinese. One kind that says it is enough for the table.
    """

    name: str
    title: str
    keep: bool = False
    of: tuple[str, str] | None = None

    @property
    def group(self) -> str:
        """The first word of the name."""
        return self.name.partition(".")[0]


_known: dict[str, Kind] = {}
#: Every declared kind by its name: a live, read-only view.
KINDS: Mapping[str, Kind] = MappingProxyType(_known)
_subjects: dict[str, str] = {}
#: What a row is called, by its table: a live, read-only view.
SUBJECTS: Mapping[str, str] = MappingProxyType(_subjects)


def declare(name: str, title: str, *, keep: bool = False) -> str:
    """Declare a kind of act and return its name; declaring the very same again changes nothing.

    :raises ValueError: the name is declared with another meaning.
    """
    found = Kind(name, title, keep)
    if _known.setdefault(name, found) != found:
        raise ValueError(f"audit kind {name} is declared twice")
    return name


def hang(kind: Kind) -> None:
    """Put in a kind that somebody else declared; it replaces one of the same name."""
    _known[kind.name] = kind
    if kind.of:
        declare_subject(*kind.of)


def declare_subject(table: str, title: str) -> None:
    """Say what a row of ``table`` is called where the record names what was acted on."""
    _subjects[table] = title


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
for _name, _title, _keep in (
    ("access.delegated", "委托职权", True),
    ("access.delegation_ended", "结束委托", True),
    ("access.ended", "结束授权", True),
    ("access.extended", "延长授权", True),
    ("access.granted", "授权", True),
    ("access.grants.exported", "导出授权清单", False),
    ("access.role.changed", "修改角色", True),
    ("access.role.created", "新建角色", True),
    ("access.role.removed", "删除角色", True),
    ("archives.disposal_decided", "批准档案销毁", True),
    ("archives.disposal_proposed", "提出档案销毁", True),
    ("archives.held", "暂缓销毁档案", True),
    ("documents.printed", "打印文书", False),
    ("documents.template_added", "上传文书模板", False),
    ("documents.template_refused", "文书模板被退回", False),
    ("documents.template_used", "启用文书模板", False),
    ("files.added", "上传附件", False),
    ("files.damaged", "附件损坏", True),
    ("files.opened", "打开附件", False),
    ("files.purged", "清除附件", True),
    ("files.removed", "删除附件", True),
    ("files.swept", "清理无主附件", False),
    ("identity.account.created", "开通账号", True),
    ("identity.account.dropped", "删除账号", True),
    ("identity.account.state", "启用或停用账号", True),
    ("identity.display.chosen", "修改显示设置", False),
    ("identity.email.set", "设置邮箱", False),
    ("identity.passkey.added", "添加通行密钥", False),
    ("identity.passkey.removed", "删除通行密钥", False),
    ("identity.password.changed", "修改密码", False),
    ("identity.phone.set", "设置手机号码", False),
    ("identity.recovery_codes.made", "生成恢复码", False),
    ("identity.second_factor.reset", "重置第二验证方式", False),
    ("identity.sessions.ended", "结束登录", False),
    ("identity.sign_in.refused", "登录失败", False),
    ("identity.signed_in", "登录", False),
    ("identity.signed_out", "退出登录", False),
    ("identity.token.issued", "签发接口令牌", False),
    ("identity.token.revoked", "吊销接口令牌", False),
    ("identity.totp.dropped", "停用动态口令", False),
    ("identity.totp.enrolled", "启用动态口令", False),
    ("notices.calendar.closed", "停用日历订阅", False),
    ("notices.calendar.opened", "开通日历订阅", False),
    ("notices.deadline.nudged", "催办事项", False),
    ("notices.deadline.snoozed", "推迟提醒", False),
    ("notices.notice.corrected", "更正通知", True),
    ("notices.notice.nudged", "催办通知", False),
    ("notices.notice.passed", "转发通知", True),
    ("notices.notice.published", "发布通知", True),
    ("notices.notice.withdrawn", "撤回通知", True),
    ("plugin.configured", "设置插件", False),
    ("plugin.disabled", "停用插件", False),
    ("plugin.enabled", "启用插件", False),
    ("people.exported", "导出党员名册", False),
    ("people.keys.added", "启用新的字段密钥", False),
    ("people.keys.rotated", "更换字段密钥", False),
    ("tenant.created", "建立单位", True),
    ("people.imported", "导入党员", True),
    ("people.import.download", "下载党员导入文件", False),
    ("people.import.cancelled", "取消党员导入", False),
    ("people.import.reason", "说明党员导入的疑问", False),
    ("people.import.undone", "撤销党员导入", True),
    ("organization.imported", "导入党组织", True),
    ("organization.import.download", "下载党组织导入文件", False),
    ("organization.import.cancelled", "取消党组织导入", False),
    ("organization.import.reason", "说明党组织导入的疑问", False),
    ("organization.import.undone", "撤销党组织导入", True),
):
    declare(_name, _title, keep=_keep)
for _table, _title in (
    ("access_grant", "授权"),
    ("access_role", "角色"),
    ("account", "账号"),
    ("api_token", "接口令牌"),
    ("body", "班子届次"),
    ("covered_unit", "覆盖单位"),
    ("deadline", "待办事项"),
    ("disposal_list", "档案销毁清册"),
    ("document", "文书"),
    ("document_print", "批量打印"),
    ("document_template", "文书模板"),
    ("feedback_item", "投诉建议"),
    ("identity_provider", "单点登录来源"),
    ("import_run", "导入"),
    ("notice", "通知"),
    ("person", "党员"),
    ("plugin_setting", "插件设置"),
    ("plugin_task", "插件数据任务"),
    ("plugin_use", "插件"),
    ("policy_value", "规则参数"),
    ("post_holding", "任职"),
    ("stored_file", "附件"),
    ("unit", "党组织"),
    ("unit_change", "组织变动"),
    ("webhook_endpoint", "推送地址"),
):
    declare_subject(_table, _title)
