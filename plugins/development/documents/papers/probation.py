"""Papers of probation, conversion and the archive, and the sheet of the whole process: D29 to D36."""

from plugins.development.documents.form import Box, F, Grid, Line, Paper, Row, Sheet, Text
from plugins.development.documents.papers.frame import HEAD, OVER, UNIT_POST, opinion

PAPERS = (
    Paper(
        29, "d29_oath", "入党宣誓登记表", (20,),
        (
            F("宣誓日期", "oath.on", "2026年10月1日"), F("宣誓地点", "oath.place", "县革命纪念馆"), F("领誓人", "oath.leader", "刘志强"), F("主持人", "oath.host", "李卫东"),
            F("人数", "cases.count", "3"),
            F("名单", "cases*", of=(
                F("姓名", "case.name", "陈建国"), F("性别", "case.sex", "男"), F("出生年月", "case.birth_month", "1996年3月"), F("批准日期", "case.approved_on", "2026年9月10日"),
                F("支部", "unit.short", "前进村党支部"),
            ), least=5),
        ),
        (
            Row(("宣誓日期", "宣誓地点")),
            Row(("主持人", "领誓人")),
            Row(("宣誓人数=人数", "组织单位=上级党委")),
            Grid("名单", (("姓名", "姓名", 24), ("性别", "性别", 14), ("出生年月", "出生年月", 28), ("批准为预备党员日期", "批准日期", 34), ("所在党支部", "支部", 34), ("本人签名", "", 22)),
                 "宣誓人名单", 11),
            Line("入党誓词：我志愿加入中国共产党，拥护党的纲领，遵守党的章程，履行党员义务，执行党的决定，严守党的纪律，保守党的秘密，对党忠诚，积极工作，为共产主义奋斗终身，"
                 "随时准备为党和人民牺牲一切，永不叛党。", size=12, before=14),
            Line("主持人签名：　　　　　　　　　　　　　　　　　　年　　月　　日", before=20),
        ),
        collective=True,
    ),
    Paper(
        30, "d30_probation_form", "预备党员教育考察登记表", (21,),
        (
            UNIT_POST,
            F("预备期起", "case.adopted_on", "2026年8月20日"), F("预备期满", "case.expiry_on", "2027年8月20日"), F("入党介绍人", "sponsors.people", "李卫东、王秀英"), F("宣誓日期", "oath.on", "2026年10月1日"),
            F("考察", "probation_review*", of=(F("日期", "on", "2027年2月20日"), F("介绍人意见", "sponsor_opinion", "积极参加组织生活。"), F("支部意见", "branch_opinion", "同意继续考察。")), least=2),
            F("汇报", "probation_report*", of=(F("日期", "on", "2027年1月5日"), F("主题", "theme", "半年来的思想工作情况"), F("听取人", "reader", "李卫东"), F("意见", "comment", "继续努力")), least=3),
            F("服务", "service*", of=(F("日期", "on", "2027年3月5日"), F("内容", "title", "学雷锋志愿服务"), F("时长", "hours", "4")), least=3),
        ),
        (
            *HEAD,
            Row(("预备期起", "预备期满")),
            Row(("入党介绍人", "宣誓日期")),
            Grid("汇报", (("日期", "日期", 30), ("汇报主题", "主题", 62), ("听取人", "听取人", 24), ("意见", "意见", 40)), "本人汇报情况"),
            Grid("考察", (("考察日期", "日期", 28), ("入党介绍人意见", "介绍人意见", 64), ("党支部意见", "支部意见", 64)), "半年考察情况", 26),
            Grid("服务", (("日期", "日期", 34), ("实践和志愿服务", "内容", 92), ("时长（小时）", "时长", 30)), "实践锻炼和志愿服务情况"),
            opinion("党支部综合意见", "", "党支部书记签名：", height=40),
            Line("注：本表为随案登记页，正式的《预备党员教育考察登记表》按中央组织部统一制定的式样填写。", size=10.5),
        ),
        over=OVER, kinds=("sponsor_change", "extension"),
    ),
    Paper(
        31, "d31_conversion_letter", "转正申请书登记表", (22,),
        (
            UNIT_POST,
            F("预备期起", "case.adopted_on", "2026年8月20日"), F("预备期满", "case.expiry_on", "2027年8月20日"), F("申请书日期", "conversion_letter.signed", "2027年8月1日"),
            F("收到日期", "conversion_letter.on", "2027年8月2日"), F("接收人", "conversion_letter.receiver", "李卫东"),
        ),
        (
            *HEAD,
            Row(("预备期起", "预备期满")),
            Row(("申请书日期", "收到日期")),
            Row(("接收人",)),
            Box("附件", "□ 本人书面转正申请书　　　□ 预备党员教育考察登记表　　　□ 其他：", 22),
            Box("党支部意见", "", 46, "党支部书记签名：　　　　　　（盖章）"),
            Line("注：预备党员预备期满，应当主动向党组织提出书面转正申请；党组织应当及时讨论其能否转为正式党员。", size=10.5),
        ),
        over=OVER, kinds=("extension",),
    ),
    Paper(
        32, "d32_conversion_opinions", "预备党员转正意见表", (23,),
        (
            UNIT_POST,
            F("预备期满", "case.expiry_on", "2027年8月20日"), F("收到日期", "conversion_letter.on", "2027年8月2日"),
            F("意见", "conversion_opinion*", of=(F("征求对象", "side", "党小组"), F("人数", "asked", "6"), F("同意人数", "agree", "6"), F("意见", "text", "同意按期转正。"), F("日期", "on", "2027年8月10日")), least=4),
            F("审查日期", "conversion_review.on", "2027年8月18日"), F("审查结论", "conversion_review.decision", "按期转正"), F("审查意见", "conversion_review.opinions", "该同志认真履行党员义务，同意按期转正。"),
            F("公示开始", "notice[stage=conversion].on", "2027年8月12日"), F("公示结束", "notice[stage=conversion].end", "2027年8月18日"), F("公示地点", "notice[stage=conversion].location", "村务公开栏"),
        ),
        (
            *HEAD,
            Row(("转正申请收到日期=收到日期", "预备期满")),
            Grid("意见", (("征求对象", "征求对象", 26), ("征求人数", "人数", 20), ("同意人数", "同意人数", 20), ("主要意见", "意见", 62), ("日期", "日期", 28)), "征求党小组、党员、群众意见情况", 16),
            opinion("支部委员会审查意见", "{审查结论|　　}。{审查意见| }", "党支部书记签名：", "审查日期", 48),
            Sheet("预备党员转正公示"),
            Text("根据《中国共产党发展党员工作细则》，拟讨论{姓名}同志（{性别}，{出生日期}出生）转为中共正式党员，其预备期至{预备期满|　　　　年　　月　　日}届满。现予公示。"),
            Text("公示时间：{公示开始|　　　　年　　月　　日}至{公示结束|　　　　年　　月　　日}。公示地点：{公示地点}。"),
            Text("公示期间，如有不同意见，请以书面或口头形式向{上级党委}反映。"),
            Text("{党支部}（盖章）", "right", before=30),
            Text("{公示开始|　　　　年　　月　　日}", "right"),
        ),
        over=OVER, kinds=("notice_result",),
    ),
    Paper(
        33, "d33_extension", "延长预备期通知", (23, 24),
        (
            F("大会日期", "conversion_meeting[decision=extend].on", "2027年8月25日"),
            F("延长月数", "extension.months/conversion_meeting[decision=extend].months", "6"), F("延长理由", "extension.note/conversion_meeting[decision=extend].conduct", "参加组织生活不够经常，需要继续教育考察。"),
            F("批准日期", "extension.on", "2027年9月10日"), F("批准文号", "extension.number", "青党〔2027〕10号"), F("新预备期满", "case.expiry_on", "2028年2月20日"),
            F("批准党委", lambda dossier: dossier.organ("extension"), "中共青山镇委员会"),
        ),
        (
            Text("{批准文号| }", "center", 14),
            Text("{姓名}同志：", "flat"),
            Text("{大会日期|　　　　年　　月　　日}，{党支部}党员大会讨论了你的转正问题，并报{批准党委}批准，决定延长你的预备期{延长月数|＿＿}个月，至{新预备期满|　　　　年　　月　　日}届满。"),
            Text("理由：{延长理由}"),
            Text("希望你正确对待，努力改进，继续接受党组织的教育和考察。延长预备期满后，党组织将及时讨论你能否转为正式党员。"),
            Text("{批准党委}（盖章）", "right", before=30),
            Text("{批准日期|　　　　年　　月　　日}", "right"),
        ),
    ),
    Paper(
        33, "d33_cancellation", "取消预备党员资格通知", (23, 24),
        (
            F("大会日期", "conversion_meeting[decision=cancel].on", "2027年8月25日"),
            F("批准日期", "cancellation.on", "2027年9月10日"), F("取消理由", "cancellation.note/conversion_meeting[decision=cancel].conduct", "不履行党员义务，不具备党员条件。"), F("批准文号", "cancellation.number", "青党〔2027〕11号"),
            F("批准党委", lambda dossier: dossier.organ("cancellation"), "中共青山镇委员会"),
        ),
        (
            Text("{批准文号| }", "center", 14),
            Text("{姓名}同志：", "flat"),
            Text("经{大会日期|　　　　年　　月　　日}{党支部}党员大会讨论决定，并报{批准党委}批准，自{批准日期|　　　　年　　月　　日}起取消你的预备党员资格。"),
            Text("理由：{取消理由}"),
            Text("如对本决定有不同意见，可以按照党章规定提出申诉。"),
            Text("{批准党委}（盖章）", "right", before=30),
            Text("{批准日期|　　　　年　　月　　日}", "right"),
        ),
    ),
    Paper(
        34, "d34_conversion_approval", "预备党员转正审批表", (24,),
        (
            UNIT_POST,
            F("预备期起", "case.adopted_on", "2026年8月20日"), F("预备期满", "case.expiry_on", "2027年8月20日"), F("大会日期", "conversion_meeting.on", "2027年8月25日"), F("大会意见", "conversion_meeting.decision", "按期转正"),
            F("委员数", "conversion_approval.size", "9"), F("到会委员", "conversion_approval.present", "9"), F("赞成委员", "conversion_approval.in_favour", "9"),
            F("审批日期", "conversion_approval.on", "2027年9月15日"), F("审批结果", "conversion_approval.result", "批准"), F("审批意见", "conversion_approval.note", "批准转为中共正式党员。"),
            F("审批文号", "conversion_approval.number", "青党〔2027〕9号"), F("党龄起算", "conversion_approval.standing", "2027年8月20日"),
            F("谈话日期", "talk_after.on", "2027年9月18日"), F("谈话人", "talk_after.interviewers", "李卫东"), F("谈话情况", "talk_after.text", "勉励其继续发挥先锋模范作用。"), F("已宣布", "talk_after.announced", "是", "是否在党员大会上宣布"),
        ),
        (
            *HEAD,
            Row(("预备期起", "预备期满")),
            Row(("支部大会日期=大会日期", "支部大会意见=大会意见")),
            Row(("委员数", "到会委员", "赞成委员")),
            opinion("上级党委审批意见", "{审批结果|　　}。{审批意见| }", "党委书记签名：", "审批日期", 46),
            Row(("审批文号", "党龄起算日期=党龄起算")),
            Row(("谈话人", "谈话日期"), 12),
            Row(("已在党员大会上宣布=已宣布",), 12),
            Box("转正后谈话记录", "谈话情况", 48, "谈话人签名：　　　　　本人签名：", "谈话日期"),
        ),
        over=OVER, kinds=("extension", "postponement"),
    ),
    Paper(
        35, "d35_archive", "党员材料归档目录", (25,),
        (
            UNIT_POST,
            F("归档日期", "archive_list.on", "2027年9月25日"), F("归档地点", "archive_list.place", "县委组织部干部人事档案室"), F("接收人", "archive_list.receiver", "何平"), F("页数", "archive_list.pages", "68"),
            F("材料", lambda dossier: dossier.archive_items(), of=(F("序号", "", "1"), F("材料名称", "", "入党志愿书"), F("形成日期", "", "2026年8月5日"), F("是否归档", "", "已归档"))),
        ),
        (
            *HEAD,
            Row(("归档日期", "归档地点")),
            Row(("接收人", "总页数=页数")),
            Grid("材料", (("序号", "序号", 14), ("材料名称", "材料名称", 68), ("形成日期", "形成日期", 34), ("份（页）数", "", 20), ("是否归档", "是否归档", 20)), "归档材料", 10),
            Line("移交人签名：　　　　　　　　　　　　　接收人签名：　　　　　　　　　　　　年　　月　　日", before=24),
        ),
        over=OVER, kinds=("application", "form_filled", "half_year_review", "political_review", "probation_review", "conversion_letter"),
    ),
    Paper(
        36, "d36_whole_process", "发展党员全程纪实表", tuple(range(1, 26)),
        (
            UNIT_POST,
            F("步骤", lambda dossier: dossier.whole_process(), of=(
                F("序号", "", "1"), F("步骤", "", "递交入党申请书"), F("完成日期", "", "2025年3月2日"), F("办理组织", "", "党支部"), F("办理情况", "", "递交入党申请书：本人递交"),
                F("依据", "", "第1条办理记录"), F("异常", "", "无"),
            )),
        ),
        (
            Row(("姓名", "性别", "出生日期"), 7),
            Row(("申请日期", "积极分子日期", "发展对象日期"), 7),
            Grid("步骤", (("序号", "序号", 12), ("步骤", "步骤", 54), ("完成日期", "完成日期", 30), ("办理组织", "办理组织", 26), ("办理情况", "办理情况", 68), ("依据", "依据", 30), ("提示和超时", "异常", 41)), height=5),
            Line("注：本表由办理记录自动形成，记录只增不改，更正和补录另行登记。“提示和超时”列出办理时规则给出的提示及继续办理的理由。", size=10.5, before=4),
            Line("党支部书记签名：　　　　　　　　　　　上级党委组织员签名：　　　　　　　　　　　　年　　月　　日", before=8),
        ),
        over="{党支部}　　上级党委：{上级党委}", kinds=("*",), landscape=True,
    ),
)  # fmt: skip
