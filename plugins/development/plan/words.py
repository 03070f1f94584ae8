"""The words of plans and registers. Codes are stored; titles are shown."""

from flask_babel import lazy_gettext as _l

#: State → (its name, the tone of its badge).
STATES = {
    "draft": (_l("编制中"), "info"),
    "submitted": (_l("待审批"), "warn"),
    "approved": (_l("已批准"), "ok"),
    "adjusted": (_l("已调整"), "brand"),
    "closed": (_l("已结束"), "plain"),
}
CHANGES = {
    "made": _l("编制计划"), "split": _l("下达名额"), "edited": _l("修改计划"), "submitted": _l("提交审批"), "returned": _l("退回修改"),
    "approved": _l("批准计划"), "adjusted": _l("年中调整"), "supplement": _l("追加名额"), "closed": _l("年度结束"),
    "carried": _l("上年结转"),
}  # fmt: skip
SUPPLEMENTS = {
    "requested": (_l("待批准"), "warn"),
    "approved": (_l("已批准"), "ok"),
    "refused": (_l("未批准"), "plain"),
}
#: What a structure target counts.
TARGETS = {
    "women": _l("女性"), "under35": _l("35岁及以下"), "high_school": _l("高中及以上"), "college": _l("大专及以上"), "ethnic": _l("少数民族"),
    "farmer": _l("农民"), "worker": _l("产业工人"), "intellectual": _l("高知识群体"), "front_line": _l("生产工作一线"),
    "technical": _l("专业技术人员"), "new_field": _l("新兴领域"), "nonpublic": _l("非公有制经济组织"),
}  # fmt: skip
PRIORITIES = {
    "key_post": _l("关键岗位"), "technical": _l("技术领域"), "front_line": _l("一线骨干"), "young": _l("优秀青年"),
    "new_field": _l("新兴领域"), "other": _l("其他"),
}  # fmt: skip
COLOURS = {
    "": (_l("正常"), "ok"),
    "blue": (_l("蓝色"), "info"),
    "yellow": (_l("黄色"), "warn"),
    "orange": (_l("橙色"), "bad"),
    "red": (_l("红色"), "brand"),
}
COLOUR_SAYS = {
    "": _l("今年已有接收和新确定的积极分子"),
    "blue": _l("今年没有确定积极分子"),
    "yellow": _l("今年没有发展党员"),
    "orange": _l("连续两年没有发展党员"),
    "red": _l("三年以上没有发展党员"),
}
LEVELS = {"committee": _l("党委重点管理"), "county": _l("县级重点管理")}
CHECKED = {
    "corrected": (_l("已整改"), "ok"),
    "partly": (_l("部分整改"), "warn"),
    "none": (_l("未整改"), "bad"),
}
FAULTS = {
    "overrun": _l("未经批准超名额发展"), "procedure": _l("违反程序"), "conditions": _l("降低标准发展"), "late": _l("无正当理由超过时限"),
    "false": _l("弄虚作假、隐瞒情况"), "papers": _l("材料遗失或不全"), "ballot": _l("表决不符合规定"), "form": _l("志愿书管理不严"),
    "other": _l("其他"),
}  # fmt: skip
MATTERS = {
    "open": (_l("调查中"), "warn"),
    "concluded": (_l("已有结论"), "brand"),
    "closed": (_l("已结案"), "plain"),
}
FINDINGS = {"founded": _l("属实，有责任"), "unfounded": _l("不属实或没有责任")}
HANDLINGS = {
    "none": _l("不追究"), "talk": _l("提醒谈话"), "criticism": _l("批评教育"), "order": _l("责令改正"), "admonition": _l("诫勉"),
    "organisational": _l("组织处理"), "discipline": _l("移送纪检机关"), "not_recognised": _l("不予承认，另行处理责任人"),
}  # fmt: skip
FORMS = {
    "received": (_l("未发放"), "info"),
    "issued": (_l("已发放"), "warn"),
    "used": (_l("已使用"), "ok"),
    "voided": (_l("已作废"), "plain"),
}
BUCKETS = {
    "1年以下": _l("1年以下"), "1至2年": _l("1至2年"), "3至4年": _l("3至4年"), "5至7年": _l("5至7年"), "8至10年": _l("8至10年"),
    "10年以上": _l("10年以上"),
}  # fmt: skip
