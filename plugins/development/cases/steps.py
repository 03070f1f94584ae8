"""What acts wait for, which may be repeated, and the titles under which rules are listed for a step. Pure."""

#: Kind → the step that must be done before, for acts that complete no step.
BASE = {
    "recommendation": 1, "filing_request": 3, "contact_change": 5, "half_year_review": 5, "thought_report": 3, "training": 3,
    "entrust_agreement": 3, "host_report": 3, "service": 1, "opinion": 3, "poll_result": 3, "cosign": 7, "consent_request": 7,
    "consent": 7, "notice": 3, "objection": 3, "objection_conclusion": 3, "sponsor_change": 9, "self_statement": 3, "relation": 1,
    "inquiry_letter": 3, "inquiry_reply": 3, "department_opinion": 3, "household_opinion": 3, "joint_review": 7, "inspection": 8,
    "prereview_request": 12, "form_issue": 13, "form_void": 13, "deliberation": 15, "probation_report": 17,
    "conversion_opinion": 17, "conversion_review": 17, "conversion_meeting": 17, "postponement": 17, "extension": 17,
    "cancellation": 17, "talk_after": 24, "suspend": 1, "withdraw": 1, "remove_from_pool": 3, "transfer_out": 1, "transfer_in": 1,
    "not_recognised": 3, "return_papers": 3,
}  # fmt: skip
#: Kinds that complete a step and may come again while it is complete.
REPEATS = frozenset({"course", "probation_review", "branch_review", "political_review"})
#: Kinds that are taken at any time, also after the end.
TIMELESS = frozenset(
    {"correction_note", "accountability_mark", "unit_merged", "not_recognised", "talk_after", "deceased", "posthumous",
     "direct_admission", "filing_up", "membership_ended"}
)  # fmt: skip
#: Kind → the step behind which it makes no sense any more: what they would take back has been decided on.
UNTIL = {
    "filing_request": 7, "consent_request": 8, "consent": 8, "self_statement": 17, "inspection": 17, "cosign": 24,
    "political_review": 17, "branch_review": 17, "prereview_request": 13, "form_issue": 17, "form_void": 17,
    "postponement": 24, "conversion_review": 24,
}  # fmt: skip
#: Kinds that show that somebody was in touch with the person during the training (E25).
CONTACT = frozenset(
    {"talk", "recommendation", "activist_meeting", "contacts", "contact_change", "half_year_review", "thought_report", "training",
     "host_report", "service", "opinion", "poll_result", "course", "resume", "transfer_in"}
)  # fmt: skip
#: Step → the rules that are looked at, with what each asks for.
CHECKS = {
    1: (("G1.1", "年满18周岁"), ("G1.2", "有本人签名的申请书"), ("G1.3", "向应当受理的党组织提出"), ("G1.4", "不在五年内不得重新入党的期间")),
    2: (("G2.1", "收到申请书一个月内谈话"),),
    3: (("G2.2", "谈话记录完整"), ("G3.1", "有党员、群团、组织或群众推荐"), ("G3.3", "递交申请书满规定的月数"), ("G3.4", "团员经团组织推优")),
    4: (("G4.1", "及时报上级党委备案"),),
    5: (("G5.1", "1至2名正式党员"), ("G5.3", "流入地、流出地各一名")),
    6: (("G5.1", "有培养联系人"),),
    7: (("G7.1", "培养教育考察满一年"), ("G7.2", "半年考察次数足够"), ("G7.3", "听取小组、联系人、党员、群众意见"),
        ("G7.4", "有社区（村）意见"), ("G7.5", "民意测评通过"), ("G7.6", "有发展名额")),
    8: (("S1-15", "流出地已会签"), ("G8.1", "上级党委同意"), ("G8.2", "公示不少于规定的工作日"), ("G8.3", "两地同时公示"),
        ("G8.4", "公示反映都有结论"), ("G8.5", "公示期满")),
    9: (("G9.1", "两名正式党员并经本人同意"), ("G9.2", "不在留党察看期"), ("G9.3", "不在处分影响期")),
    10: (("G10.1", "有书面政审结论"), ("G10.2", "政审合格"), ("G10.3", "户籍地、居住地党组织意见"), ("G10.4", "两地部门意见齐全"),
         ("G10.5", "县级政审联审")),
    11: (("G11.1", "培训不少于3天或24学时"),),
    12: (("G12.1", "经过集中培训"), ("G12.2", "培养满一年"), ("G12.3", "政审合格"), ("G12.4", "手续完备"), ("G12.5", "表现好于一般"),
         ("G12.6", "没有未查清的反映"), ("G12.7", "双边考察和测评"), ("G12.8", "半数以上委员到会并过半数同意")),
    13: (("S1-15", "流出地已会签"), ("G13.1", "由有审批权限的党委预审"), ("G13.2", "三个月内不离开本单位"), ("G13.3", "有发展名额")),
    14: (("G14.1", "已发放入党志愿书"),),
    15: (("G15.1", "预审后一个月内"), ("G15.2", "支部正式党员不少于规定人数"), ("G15.3", "过半数有表决权的党员到会"),
         ("G15.4", "无记名逐个投票"), ("G15.5", "本人和介绍人到会"), ("G15.7", "决议完整"), ("G10.6", "政审结论在有效期内")),
    16: (("G16.1", "由党委委员或组织员谈话"),),
    17: (("G13.1", "由有审批权限的党委审批"), ("G16.1", "已谈话"), ("G17.1", "党总支（下级党委）已审议"), ("G17.2", "集体讨论、逐个表决"),
         ("G17.3", "决议后三个月内"), ("G17.4", "注明预备期起止")),
    18: (), 19: (("G19.1", "及时编入"),), 20: (("G20.1", "批准后一个月内"),), 21: (),
    22: (("G22.1", "书面转正申请，期满前后递交"),),
    23: (("G23.1", "预备期已满"), ("G22.1", "有书面转正申请"), ("G23.2", "期满后及时讨论"), ("G23.3", "听取意见并经支委会审查"),
         ("G23.4", "已宣誓"), ("G23.8", "转正测评通过"), ("G21.1", "预备期每半年考察")),
    24: (("S1-15", "流出地已会签"), ("G13.1", "由有审批权限的党委审批"), ("G24.1", "决议后三个月内")),
    25: (("G25.1", "六种材料齐全"),),
}  # fmt: skip
