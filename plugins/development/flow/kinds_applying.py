"""Steps 1 and 2: the application and the first talk."""

from flask_babel import lazy_gettext as _l

from plugins.development.flow import words
from plugins.development.flow.kinds import Kind, check, checks, choice, day, lines, people, text

KINDS = (
    Kind(
        code="application", title=_l("递交入党申请书"), step=1, day=_l("收到申请书的日期"), actor="branch", closes=True,
        documents=("D1",),
        fields=(
            day("signed", _l("申请书落款日期"), required=True),
            choice("channel", _l("递交方式"), words.CHANNELS, default=lambda _h, _d: "paper"),
            choice("place", _l("向哪一类党组织提出"), words.PLACES),
            check("employed", _l("有工作或学习单位")),
            check("employer_has_unit", _l("所在单位有党组织")),
            choice("exit_kind", _l("曾经离开党组织"), words.EXITS, hint=_l("没有的不填")),
            day("exit_date", _l("离开的日期")),
            text("receiver", _l("接收人")),
        ),
    ),
    Kind(
        code="talk", title=_l("入党申请谈话"), step=2, day=_l("谈话日期"), closes=True, documents=("D2",),
        fields=(
            people("interviewers", _l("谈话人"), required=True, most=3),
            text("place", _l("谈话地点")),
            checks("topics", _l("谈话内容"), words.TOPICS, required=True),
            check("basics_introduced", _l("介绍了党的基本知识、党员标准和入党条件")),
            lines("view", _l("谈话人意见")),
            lines("record", _l("谈话记录"), sealed=True, most=4000),
        ),
    ),
)  # fmt: skip
