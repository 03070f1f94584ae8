"""What codes are called."""

from flask_babel import lazy_gettext as _l

from plugins.development.flow.words import OBJECTIONS, POLL_STAGES

KINDS = {
    "accept": _l("接收预备党员票决"),
    "convert": _l("预备党员转正票决"),
    "approve": _l("党委审批票决"),
    "convert_approve": _l("党委审批转正票决"),
    "poll": _l("民意测评"),
}
PROPOSALS = {
    "accept": _l("同意接收为预备党员"),
    "convert": _l("同意按期转为正式党员"),
    "extend": _l("同意延长预备期"),
    "cancel": _l("同意取消预备党员资格"),
    "postpone": _l("同意推迟讨论转正"),
    "poll": _l("赞成发展"),
}
#: Which proposals a ballot of a kind may have; the first is the usual one.
OF_KIND = {
    "accept": ("accept",),
    "convert": ("convert", "extend", "cancel", "postpone"),
    "approve": ("accept",),
    "convert_approve": ("convert", "extend", "cancel", "postpone"),
    "poll": ("poll",),
}
WAYS = {"paper": _l("纸质票"), "phone": _l("手机投票"), "mixed": _l("手机与纸质票并用")}
STATES = {
    "draft": (_l("准备中"), "plain"),
    "open": (_l("投票中"), "warn"),
    "counting": (_l("计票中"), "info"),
    "sealed": (_l("已出结果"), "ok"),
    "void": (_l("已作废"), "bad"),
}
OUTCOMES = {
    "adopted": (_l("通过"), "ok"),
    "not_adopted": (_l("未通过"), "bad"),
    "pass": (_l("通过（80%以上）"), "ok"),
    "defer": (_l("暂缓（60%以上、不到80%）"), "warn"),
    "refuse": (_l("不予发展（不到60%）"), "bad"),
    "invalid": (_l("无效，须重新测评"), "bad"),
}
#: The five reasons for not being due (section 6.1), then the two for having no vote.
EXCLUSIONS = {
    "ill_will": _l("因病不能表达本人意志"),
    "abroad": _l("自费出国半年以上"),
    "custody": _l("被拘留或服刑，未受留党察看以上处分"),
    "bedridden": _l("年老卧床或长期生病，生活不能自理"),
    "away": _l("外出半年以上，组织关系应转未转"),
}
WITHOUT_VOTE = {"watch": _l("留党察看，没有表决权"), "custody_law": _l("被依法留置、逮捕，权利中止")}
CHOICES = {"y": _l("赞成"), "n": _l("反对"), "a": _l("弃权")}
SIDES = {"": _l("本地"), "host": _l("流入地"), "origin": _l("流出地")}
NOTICE_STAGES = {
    "object": _l("拟列为发展对象公示"),
    "activist": _l("入党积极分子公示"),
    "acceptance": _l("拟接收预备党员公示"),
    "conversion": _l("预备党员转正公示"),
}
NOTICE_STATES = {
    "draft": (_l("未发布"), "plain"),
    "running": (_l("公示中"), "warn"),
    "concluded": (_l("已办结"), "ok"),
    "void": (_l("已撤销"), "bad"),
}
FEEDBACK_STATES = {
    "new": (_l("未处理"), "warn"),
    "support": (_l("没有异议"), "plain"),
    "objection": (_l("调查中"), "bad"),
    "concluded": (_l("已有结论"), "ok"),
    "dismissed": (_l("与公示无关"), "plain"),
}
VERDICTS = OBJECTIONS
BEFORE = POLL_STAGES
SEXES = {"1": _l("男"), "2": _l("女")}
