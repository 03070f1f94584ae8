"""What the codes of the flow are called. Codes are stored and never change; titles are shown."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

Words = Mapping[str, object]

STATES: Words = {
    "visitor": _l("来访"), "applicant": _l("入党申请人"), "activist": _l("入党积极分子"), "dev_object": _l("发展对象"),
    "reviewed": _l("已通过支委会审查"), "adopted": _l("支部大会已通过"), "probationary": _l("预备党员"),
    "conv_requested": _l("已申请转正"), "conv_voted": _l("转正已表决"), "full": _l("正式党员"), "archived": _l("已归档"),
}  # fmt: skip
SIDES: Words = {
    "deferred": _l("暂缓"), "suspended": _l("中止培养"), "withdrawn": _l("本人撤回申请"),
    "removed_from_pool": _l("已移出积极分子队伍"), "returned": _l("材料退回补充"), "not_approved": _l("未获批准"),
    "probation_extended": _l("延长预备期"), "probation_postponed": _l("推迟讨论转正"),
    "probation_cancelled": _l("已取消预备党员资格"), "not_recognised": _l("不予承认"), "transferred_out": _l("已转出"),
    "deceased": _l("已去世"), "direct_admission": _l("特殊情况直接接收"), "posthumous": _l("追认"),
    "removed": _l("已出党"),
}  # fmt: skip
SPECIALS: Words = {"": _l("一般程序"), "direct": _l("特殊情况直接接收"), "posthumous": _l("追认")}
SOURCES: Words = {
    "returned_youth": _l("返乡青年"), "veteran": _l("退役军人"), "nonpublic": _l("非公企业骨干"),
    "science": _l("科技能手"), "rich": _l("致富能手"), "returned_migrant": _l("返乡务工人员"), "village_officer": _l("村组干部"),
    "student": _l("学生"), "teacher": _l("教师"), "other": _l("其他"),
}  # fmt: skip
TRAITS: Words = {
    "front_line": _l("生产工作一线"), "new_field": _l("新兴领域"), "technical": _l("专业技术人员"), "key_post": _l("重点岗位"),
    "worker": _l("产业工人"), "farmer": _l("农民"), "intellectual": _l("高知识群体"), "student": _l("学生"),
}  # fmt: skip
PLACES: Words = {
    "unit": _l("工作、学习所在单位党组织"), "unit_locality": _l("单位所在地党组织"), "supervising": _l("单位主管部门党组织"),
    "residence": _l("居住地党组织"), "floating": _l("流动党员党组织"),
}  # fmt: skip
EXITS: Words = {"expelled": _l("开除党籍"), "advised_quit": _l("劝其退党"), "removed": _l("除名")}
CHANNELS: Words = {"paper": _l("本人递交"), "handed_on": _l("其他党组织转来"), "online": _l("网上登记后递交")}
TOPICS: Words = {
    "study_and_work": _l("学习工作经历"), "view_of_party": _l("对党的认识"), "motive": _l("入党动机"),
    "law_abidingness": _l("遵纪守法情况"), "family": _l("家庭情况"),
}  # fmt: skip
RECOMMENDATIONS: Words = {
    "member": _l("党员推荐"), "mass_body_merit": _l("群团组织推优"), "organisation": _l("组织推荐"), "mass": _l("群众推荐"),
    "self": _l("自荐"),
}  # fmt: skip
TWO_SIDES: Words = {"host": _l("流入地"), "origin": _l("流出地")}
OPINION_SIDES: Words = {
    "group": _l("党小组"), "contacts": _l("培养联系人"), "members": _l("党员"), "masses": _l("群众"), "community": _l("社区（村）"),
    "employer": _l("用工单位"),
}  # fmt: skip
POLL_STAGES: Words = {"object": _l("确定发展对象"), "review": _l("支委会审查前"), "conversion": _l("转正前")}
NOTICE_STAGES: Words = {
    "activist": _l("确定积极分子"), "object": _l("确定发展对象"), "acceptance": _l("接收预备党员"), "conversion": _l("转正"),
}  # fmt: skip
NAMED: Words = {"named": _l("确定为入党积极分子"), "not_named": _l("不确定"), "deferred": _l("暂缓")}
PROPOSED: Words = {"proposed": _l("拟确定为发展对象"), "keep_training": _l("继续培养"), "deferred": _l("暂缓")}
FILED: Words = {"filed": _l("已备案"), "returned": _l("退回补充")}
CONSENTED: Words = {
    "agreed": _l("同意"),
    "refused": _l("不同意"),
    "returned": _l("退回补充"),
    "filed": _l("备案（2014年细则）"),
}
REVIEWED: Words = {"continue": _l("继续培养"), "ready": _l("基本具备条件"), "remove": _l("建议移出")}
NOTICED: Words = {"clear": _l("无影响，列为发展对象"), "stop": _l("有影响，停止")}
OBJECTIONS: Words = {"unfounded": _l("不属实"), "no_bearing": _l("属实但不影响"), "unfit": _l("属实，不宜")}
CONCLUSIONS: Words = {"qualified": _l("合格"), "unqualified": _l("不合格"), "incomplete": _l("材料不全，补充审查")}
REVIEW_TOPICS: Words = {
    "line": _l("对党的路线方针政策的态度"), "history": _l("政治历史和在重大政治斗争中的表现"), "law": _l("遵纪守法和遵守社会公德情况"),
    "online": _l("网络言行"), "urgent": _l("急难险重任务中的表现"), "family": _l("家庭成员和主要社会关系的政治情况"),
}  # fmt: skip
REVIEW_WAYS: Words = {
    "talk": _l("同本人谈话"), "files": _l("查阅档案材料"), "units": _l("找有关单位和人员了解"), "letters": _l("函调或外调"),
}  # fmt: skip
REPLY_FROM: Words = {
    "household": _l("户籍所在地党组织"), "residence": _l("居住地（工作地）党组织"), "other": _l("其他单位"),
}  # fmt: skip
FAVOUR: Words = {"favourable": _l("无不良情况"), "negative": _l("有不同意见")}
MODES: Words = {"face": _l("集中面授"), "video": _l("视频")}
RATINGS: Words = {"above": _l("好于一般"), "average": _l("一般"), "below": _l("较差")}
SIX_CHECKS: Words = {
    "trained": _l("经过集中培训"), "year": _l("培养满一年"), "review": _l("政审合格"), "papers": _l("手续完备"),
    "rating": _l("政治、工作表现好于一般"), "agreed": _l("没有未查清的反映，党内外意见一致"),
}  # fmt: skip
QUALIFIED: Words = {"qualified": _l("合格，报上级党委"), "not_yet": _l("暂不上报")}
PREREVIEWED: Words = {"passed": _l("预审合格"), "not_mature": _l("条件不成熟"), "returned": _l("退回补充材料")}
RESOLUTION: Words = {
    "conduct": _l("申请人的主要表现"), "due": _l("应到会有表决权的党员数"), "present": _l("实到会有表决权的党员数"),
    "result": _l("表决结果"), "date": _l("通过决议的日期"), "signature": _l("支部书记签名"),
}  # fmt: skip
INTERVIEWERS: Words = {"committee": _l("党委委员"), "organiser": _l("组织员"), "other": _l("其他")}
RECOMMENDED: Words = {"yes": _l("同意接收"), "no": _l("不同意接收")}
AGREED: Words = {"agreed": _l("同意"), "refused": _l("不同意")}
APPROVED: Words = {"approved": _l("批准"), "not_approved": _l("不批准"), "returned": _l("退回补充材料")}
DECISIONS: Words = {
    "convert": _l("按期转正"),
    "extend": _l("延长预备期"),
    "cancel": _l("取消预备党员资格"),
    "postpone": _l("推迟讨论"),
}
BREACHES: Words = {
    "none": _l("无"), "light": _l("情节较轻的违纪"), "duties": _l("不履行党员义务、不具备党员条件"), "serious": _l("严重违纪违法"),
}  # fmt: skip
ARCHIVE: Words = {
    "form": _l("入党志愿书"), "letter": _l("入党申请书"), "training_form": _l("入党积极分子培养考察登记表"), "review": _l("政治审查材料"),
    "probation_form": _l("预备党员教育考察登记表"), "conversion_letter": _l("转正申请书"),
}  # fmt: skip
COSIGNED: Words = {"7": _l("确定发展对象"), "12": _l("支部委员会审查"), "23": _l("支部大会讨论转正")}
ON_ARRIVAL: Words = {
    "continue": _l("时间连续计算"),
    "restart": _l("重新培养"),
    "not_recognised": _l("手续不予承认，退为申请人"),
}
MEASURES: Words = {
    "talk": _l("提醒谈话"),
    "criticise": _l("批评教育"),
    "order": _l("责令纠正"),
    "discipline": _l("按纪律处分规定处理"),
}
ACTORS: Words = {
    "person": _l("本人"), "branch": _l("党支部"), "general": _l("党总支（下级党委）"), "committee": _l("基层党委"),
    "county": _l("县级组织部门"), "platform": _l("系统"),
}  # fmt: skip
