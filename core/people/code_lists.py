"""The code lists of the roster with their labels and common spellings (annexe C, 02-roster 2.1 and 2.2)."""

import re
from collections.abc import Iterable
from typing import Final

MALE: Final = "1"
FEMALE: Final = "2"

#: GB/T 2261.1. 0 and 9 may come with an import; a member has 1 or 2.
SEX: Final = {"1": "男", "2": "女", "0": "未知", "9": "未说明"}
SEX_SPELLINGS: Final = {
    "男性": "1", "男子": "1", "m": "1", "male": "1", "女性": "2", "女子": "2", "f": "2", "female": "2",
    "先生": "1", "女士": "2", "01": "1", "02": "2",
    "未知的性别": "0", "未知性别": "0", "不详": "0", "未说明的性别": "9", "未说明性别": "9",
}  # fmt: skip

#: GB 3304 as annexe C has it; 97 and 98 for people outside the 56.
ETHNIC: Final = {
    "01": "汉族", "02": "蒙古族", "03": "回族", "04": "藏族", "05": "维吾尔族", "06": "苗族", "07": "彝族",
    "08": "壮族",
    "09": "布依族", "10": "朝鲜族", "11": "满族", "12": "侗族", "13": "瑶族", "14": "白族", "15": "土家族",
    "16": "哈尼族",
    "17": "哈萨克族", "18": "傣族", "19": "黎族", "20": "傈僳族", "21": "佤族", "22": "畲族", "23": "高山族",
    "24": "拉祜族",
    "25": "水族", "26": "东乡族", "27": "纳西族", "28": "景颇族", "29": "柯尔克孜族", "30": "土族", "31": "达斡尔族",
    "32": "仫佬族", "33": "羌族", "34": "布朗族", "35": "撒拉族", "36": "毛南族", "37": "仡佬族", "38": "锡伯族",
    "39": "阿昌族", "40": "普米族", "41": "塔吉克族", "42": "怒族", "43": "乌孜别克族", "44": "俄罗斯族",
    "45": "鄂温克族",
    "46": "德昂族", "47": "保安族", "48": "裕固族", "49": "京族", "50": "塔塔尔族", "51": "独龙族", "52": "鄂伦春族",
    "53": "赫哲族", "54": "门巴族", "55": "珞巴族", "56": "基诺族", "97": "其他", "98": "外国血统中国籍人士",
}  # fmt: skip
ETHNIC_SPELLINGS: Final = {
    **{name.removesuffix("族"): code for code, name in ETHNIC.items()},
    "蒙": "02", "维": "05", "鲜": "10", "朝": "10", "哈萨": "17", "僳僳": "20", "傈傈": "20", "栗僳": "20",
    "佘": "22", "畬": "22", "拉祐": "24", "柯": "29", "达斡": "31", "达翰尔": "31", "木佬": "32", "毛难": "36",
    "乌兹别克": "43", "崩龙": "46", "裕故": "48",
    "汉人": "01", "漢": "01",
    "其它": "97", "其他民族": "97", "其他少数民族": "97", "未识别民族": "97", "未识别": "97", "未定族称": "97",
    "穿青人": "97", "革家人": "97", "僜人": "97", "夏尔巴人": "97",
    **{
        letters: f"{at:02d}"
        for at, letters in enumerate(
            ["ha", "mg", "hu", "za", "ug", "mh", "yi", "zh", "by", "cs", "ma", "do", "ya", "ba", "tj", "hn", "kz", "da", "li", "ls", "va", "sh", "gs", "lh", "su", "dx", "nx", "jp", "kg", "tu", "du", "ml", "qi", "bl", "sl", "mn", "gl", "xb", "ac", "pm", "ta", "nu", "uz", "rs", "ew", "de", "bn", "yg", "gi", "tt", "dr", "or", "hz", "mb", "lb", "jn"],
            1,
        )
    },  # the letter codes of GB 3304
    "外国血统": "98", "外国血统中国籍": "98", "外国血统的中国籍人士": "98", "入籍": "98", "外国人入中国籍": "98",
    "入中国籍": "98",
}  # fmt: skip

#: GB/T 6864, first level.
DEGREE: Final = {"1": "名誉博士", "2": "博士", "3": "硕士", "4": "学士"}
DEGREE_SPELLINGS: Final = {
    "博士学位": "2", "硕士学位": "3", "学士学位": "4", "双学士": "4", "专业硕士": "3", "工程硕士": "3",
    "双学士学位": "4",
    "名誉博士学位": "1", "mba": "3", "emba": "3", "mpa": "3",
}  # fmt: skip


def reduce_degree(plain: str) -> Iterable[str]:
    """What to look up for a degree with its discipline: 工学博士 is a 博士."""
    for name in ("博士", "硕士", "学士"):
        if re.fullmatch(f".{{1,8}}{name}(学位)?", plain) and "双" not in plain and "名誉" not in plain:
            yield name


FORMAL: Final = "01"
PROBATIONARY: Final = "02"

#: GB/T 4762, the two codes a member may have.
PERSON_TYPE: Final = {"01": "正式党员", "02": "预备党员"}
PERSON_TYPE_SPELLINGS: Final = {
    "正式": "01", "中共党员": "01", "中共正式党员": "01", "党员": "01", "中国共产党党员": "01", "已转正": "01",
    "正式党员(转正)": "01",
    "预备": "02", "中共预备党员": "02", "中国共产党预备党员": "02", "预备期党员": "02", "预备期": "02", "未转正": "02",
    "正式中共党员": "01", "中共预备": "02",
}  # fmt: skip
_BRACKETED: Final = re.compile(r"(.+?)\((.+)\)")


def reduce_person_type(plain: str) -> Iterable[str]:
    """What to look up for a kind with a remark: 预备党员(2026年转正) and 中共党员(预备) are 预备, 正式(已停止党籍) is neither."""
    found = _BRACKETED.fullmatch(plain)
    if not found or re.search("已转正|停止|出党|除名|去世|死亡|转出|取消|延长|失联", found[2]):
        return
    said, remark = found.groups()
    probationary, formal = "预备" in remark, "正式" in remark
    if said in ("中共党员", "党员"):
        if probationary is not formal:
            yield "预备" if probationary else "正式"
    elif not (probationary and "正式" in said) and not (formal and "预备" in said):
        yield said


#: GB/T 2261.2.
MARITAL: Final = {
    "10": "未婚", "20": "已婚", "21": "初婚", "22": "再婚", "23": "复婚", "30": "丧偶", "40": "离婚", "90": "未说明",
}  # fmt: skip
MARITAL_SPELLINGS: Final = {
    "单身": "10", "未": "10", "已": "20", "结婚": "20", "有配偶": "20", "离异": "40", "丧": "30", "离": "40", "未说明的婚姻状况": "90",
    "不详": "90",
}  # fmt: skip

#: GB/T 2261.3, first level.
HEALTH: Final = {"1": "健康或良好", "2": "一般或较弱", "3": "有慢性病", "6": "有残疾"}
HEALTH_SPELLINGS: Final = {
    "健康": "1", "良好": "1", "一般": "2", "较弱": "2", "较差": "2", "慢性病": "3", "患有慢性病": "3", "残疾": "6",
}  # fmt: skip

HOUSEHOLD: Final = {"rural": "农业户口", "urban": "非农业户口", "resident": "居民户口"}
HOUSEHOLD_SPELLINGS: Final = {
    "农业": "rural", "农村户口": "rural", "农村": "rural", "农业家庭户口": "rural",
    "非农业": "urban", "非农": "urban", "非农户口": "urban", "城镇": "urban", "城镇户口": "urban", "城镇居民": "urban",
    "非农业家庭户口": "urban", "居民": "resident", "居民家庭户口": "resident",
}  # fmt: skip

#: 党籍状态 (02-roster 2.2); ``holding`` is somebody imported without a branch (R2.14).
MEMBERSHIP_STATE: Final = {
    "probationary": "预备", "formal": "正式", "suspended": "停止党籍", "removed": "出党", "died": "死亡",
    "transferred_out": "转出", "holding": "待编入支部",
}  # fmt: skip
MEMBERSHIP_STATE_SPELLINGS: Final = {
    "正常": "formal", "在册": "formal", "预备期": "probationary", "停籍": "suspended", "已停止党籍": "suspended",
    "已出党": "removed", "已故": "died", "去世": "died", "逝世": "died", "已去世": "died", "已转出": "transferred_out",
}  # fmt: skip

START_REASON: Final = {
    "developed": "发展", "readmitted": "重新入党", "restored": "恢复党籍",
    "restored_after_suspension": "停止党籍后恢复",
    "transferred_in": "转入", "whole_unit_in": "整建制转入", "imported": "名册导入",
    "direct": "特殊情况直接接收", "posthumous": "追认",
}  # fmt: skip
START_REASON_SPELLINGS: Final = {
    "发展党员": "developed", "新发展": "developed", "重新入": "readmitted", "恢复": "restored",
    "停止后恢复": "restored_after_suspension",
    "组织关系转入": "transferred_in", "导入": "imported",
}  # fmt: skip

END_REASON: Final = {
    "expelled": "开除党籍", "quit_removed": "退党除名", "advised_out": "劝退",
    "advised_refused_removed": "劝而不退除名",
    "self_withdrawn_removed": "自行脱党除名", "lost_removed": "失联除名", "probation_cancelled": "取消预备党员资格",
    "not_recognised": "不予承认", "suspended": "停止党籍", "died": "死亡", "transferred_out": "转出",
    "whole_unit_out": "整建制转出",
}  # fmt: skip
END_REASON_SPELLINGS: Final = {
    "开除": "expelled", "退党": "quit_removed", "劝而不退": "advised_refused_removed",
    "自行脱党": "self_withdrawn_removed",
    "失联": "lost_removed", "取消预备": "probation_cancelled", "取消预备资格": "probation_cancelled",
    "不予承认党员身份": "not_recognised",
    "停籍": "suspended", "去世": "died", "病故": "died", "逝世": "died", "组织关系转出": "transferred_out",
}  # fmt: skip

#: 党员分类: dated, many to a member.
CLASS_TAG: Final = {
    "rural": "农村", "community": "社区", "gov": "机关", "institution": "事业单位", "soe": "国有企业",
    "nonpublic": "非公企业",
    "social_org": "社会组织", "student": "学生", "retired": "离退休", "laid_off": "下岗失业", "selfemp": "个体工商户",
    "floating_out": "流动（流出）", "floating_in": "流动（流入）", "overseas": "出国（境）",
    "pre1949": "新中国成立前入党",
    "hardship": "生活困难", "disabled": "残疾", "village_cadre": "村干部", "demo_household": "示范户",
    "medal50": "已颁发“光荣在党50年”纪念章",
}  # fmt: skip
CLASS_TAG_SPELLINGS: Final = {
    "农民": "rural", "乡村": "rural", "农": "rural", "农业": "rural", "农牧渔民": "rural", "街道社区": "community",
    "城市社区": "community",
    "居民": "community", "党政机关": "gov", "机关单位": "gov", "机关干部": "gov", "事业": "institution", "国企": "soe",
    "国有": "soe",
    "公有制企业": "soe", "非公": "nonpublic", "非公有制企业": "nonpublic", "两新": "nonpublic",
    "民营企业": "nonpublic", "私营企业": "nonpublic",
    "社团": "social_org", "两新组织": "nonpublic", "新社会组织": "social_org", "大学生": "student", "退休": "retired",
    "离休": "retired",
    "老干部": "retired", "下岗": "laid_off", "失业": "laid_off", "下岗职工": "laid_off", "待业": "laid_off",
    "个体": "selfemp",
    "流出": "floating_out", "流动": "floating_out", "外出": "floating_out", "外出流动": "floating_out",
    "流动(外出)": "floating_out",
    "流入": "floating_in", "流动(流入)": "floating_in", "流动(流出)": "floating_out", "出国": "overseas",
    "出境": "overseas", "出国境": "overseas",
    "出国出境": "overseas", "出国(境)": "overseas", "建国前": "pre1949", "建国前入党": "pre1949",
    "建国前老": "pre1949", "新中国成立前": "pre1949",
    "困难": "hardship", "贫困": "hardship", "生活困难户": "hardship", "村两委干部": "village_cadre",
    "村两委": "village_cadre",
    "光荣在党50年": "medal50", "已颁光荣在党50年纪念章": "medal50", "光荣在党50年纪念章": "medal50",
    "党员示范户": "demo_household", "科技示范户": "demo_household",
}  # fmt: skip
#: 党员分类 that only say what the member is not.
NOT_RURAL_SPELLINGS: Final = frozenset({"非农", "非农村", "非农业", "非农党员", "非农村党员", "城镇", "城镇党员"})

#: 工作岗位: the eight groups of the statistics bulletin. A tenant may add its own below them.
POST: Final = {
    "worker": "工人", "farmer": "农牧渔民", "professional": "专业技术人员", "manager": "企事业单位管理人员",
    "official": "党政机关工作人员", "student": "学生", "other": "其他职业人员", "retired": "离退休人员",
}  # fmt: skip
_POST_NAMES: Final = {
    "worker": "工勤技能人员 工人(工勤技能人员) 工人工勤技能 工人(工勤技能) 工勤人员 职工 企业职工 务工人员 外出务工"
    " 务工 农民工 服务人员 驾驶员 司机 保安",
    "farmer": "农民 牧民 渔民 务农 农业人员 农林牧渔民 种植户 养殖户 村民 村干部 农村党员 村支书 村主任",
    "professional": "专业技术 企事业单位专业技术人员 社会组织专业技术人员 企事业社会组织专业技术人员"
    " 企事业单位、社会组织专业技术人员"
    " 事业单位专业技术人员 企业专业技术人员 技术人员 专技人员 教师 医生 医师 护士 工程师 会计 律师 科研人员 教授"
    " 讲师 医务人员 农艺师",
    "manager": "管理人员 企业管理人员 事业单位管理人员 社会组织管理人员 企事业社会组织管理人员"
    " 企事业单位、社会组织管理人员 企业负责人 经理 厂长"
    " 企业主 私营企业主 事业单位工作人员 企业经营管理人员 经营管理人员 国企管理人员",
    "official": "机关工作人员 党政机关人员 机关干部 公务员 参公人员 机关 行政人员 国家机关工作人员 机关单位工作人员"
    " 乡镇干部",
    "student": "大学生 在校学生 高校学生 研究生在读 在校生 中学生",
    "other": "其他 其它 其他人员 其他职业 其它人员 无业 待业 失业 下岗 自由职业 自由职业者 个体工商户 个体户 个体"
    " 社区工作者 军人 现役军人 家务 无"
    " 下岗失业人员 待业人员 灵活就业 灵活就业人员 个体经营 社区干部",
    "retired": "离退休 退休 离休 退休人员 离休人员 离退休干部 退休干部 退休职工 退休教师 退休工人 离休干部 已退休"
    " 退职 内退",
}  # fmt: skip
POST_SPELLINGS: Final = {name: code for code, names in _POST_NAMES.items() for name in names.split()}


def reduce_remark(plain: str) -> Iterable[str]:
    """What to look up for a spelling with a remark: 男(M)."""
    yield re.sub(r"\(.*\)$", "", plain)


def reduce_post(plain: str) -> Iterable[str]:
    """What to look up for a post nobody listed: anything retired is retired; a kind of member is taken as the kind."""
    if "退休" in plain or "离休" in plain:
        yield "离退休人员"
    if re.search("(教授|讲师|教师|老师|研究员|医师|医生|护士|护师|药师|工程师|会计师|律师)$", plain):
        yield "专业技术人员"
    for suffix in ("党员", "人员", "岗位", "岗"):
        yield plain.removesuffix(suffix)
