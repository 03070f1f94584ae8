"""The columns of a member roster as units write them: headings, and what their cells look like."""

import re
from typing import Final

from core.people.codes import LISTS
from core.spreadsheets.fields import FieldSpec, Kind

_SURNAMES: Final = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧肖尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒"
    "屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉"
    "钮龚程嵇邢裴陆荣翁荀甄曲封芮储靳邴松井段富巫乌焦巴弓隗山谷车侯宓蓬全班仰秋仲宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶黎蓟薄印宿白怀"
    "蒲台从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳姬申扶堵冉宰郦雍桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习艾鱼容向古"
    "易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩聂晁勾敖融冷訾辛阚那简饶空曾沙乜养鞠须丰巢关蒯相查后荆红游竺权覃"
)
#: The branch in 财务处支部党员花名册（2026年） or in 党支部名称：财务处支部.
_IN_TITLE = re.compile(
    r"^[（(]?[\d一二三四五六七八九十]+[)）、.．\s]+([^:：]{2,60}?(?<!总)支部(?:委员会)?)$|"
    r"^(?!关于)(?:\d{4}年(?:度|\d+月)?)?[-\s]*([^:：]{2,60}?(?<!总)支部(?:委员会)?)[-\s]*(?:[（(].*[)）])?[-\s]*(?:\d{4}年(?:度|\d+月)?)?"
    r"[-\s]*(?:(?:全体)?(?:在册)?(?:正式|预备)?(?:党员|党籍|成员|人员)|花?名册|名单|台账|信息|基本|情况|统计|采集|登记)\S*$"
    r"|(?:党支部|支部|党组织|单位)(?:名称|全称)?(?:[（(].{0,6}[)）])?\s*[:：]\s*([^\s:：]{2,60}?(?<!总)支部(?:委员会)?)"
    r"(?:[（(](?:盖章|公章)[)）])?(?=\s|$)"
)
#: What stands for the date of becoming a formal member while there is none.
_NOT_YET = frozenset(
    [
        "预备期",
        "预备期内",
        "预备",
        "预备党员",
        "待转正",
        "未转正",
        "尚未转正",
        "暂未转正",
        "未到期",
        "未满",
        "未满一年",
        "未到转正期",
    ]
)
_NAME = re.compile(f"[{_SURNAMES}][㐀-鿿]{{1,3}}|[㐀-鿿]{{1,8}}[·•][㐀-鿿·•]{{1,12}}")


def _spellings(name: str) -> frozenset[str]:
    """Names of a list's codes, for knowing a column by its cells (codes alone are too short to tell)."""
    return frozenset(LISTS[name].labels.values())


FIELDS: Final = (
    FieldSpec(
        "name", "姓名", ("党员姓名", "名字", "姓 名", "本人姓名", "人员姓名", "党员名称", "Name", "Full Name", "Chinese Name"), required=True, pattern=_NAME,
        never=("书记", "委员", "组长", "单位", "支部"), rule="2.1", example="张三",
    ),
    FieldSpec(
        "id_no", "公民身份号码",
        ("身份证号", "身份证号码", "身份证", "公民身份证号", "公民身份证号码", "居民身份证号", "居民身份证号码", "身份号码",
         "证件号码", "证件号", "居民身份证", "公民身份证", "有效证件号码", "身份证件号码", "身份证编号",
         "ID Number", "ID No", "ID Card", "ID Card No", "ID Card Number", "Identity Number", "Identity Card No", "身份证件号"),
        kind=Kind.NUMBER_TEXT, required=True, private=True, rule="R2.01",
        pattern=re.compile(r"\s*\d{17}[\dXx]\s*|\d{15}"), never=("类型", "地址", "住址"), example="350525198001010018",
        help="18位，必须是文本格式",
    ),
    FieldSpec(
        "sex", "性别", ("性 别", "男女", "Gender", "Sex"), kind=Kind.CODE, rule="2.1",
        values=frozenset({"男", "女", "男性", "女性"}), example="男",
    ),
    FieldSpec(
        "ethnic", "民族", ("民 族", "族别", "族", "民族成份", "民族成分", "Ethnicity", "Ethnic", "Ethnic Group"), kind=Kind.CODE, values=_spellings("ethnic"), rule="2.1", example="汉族"
    ),
    FieldSpec(
        "birth", "出生日期",
        ("出生年月", "出生年月日", "生日", "出生时间", "出生", "生年月日", "出生日", "档案出生日期", "出生年份",
         "Date of Birth", "Birth Date", "Birthday", "DOB", "Birth"),
        kind=Kind.DATE, private=False, rule="R2.03", never=("地", "政治"), example="1980-01-01",
    ),
    FieldSpec("native_place", "籍贯", ("籍 贯", "祖籍", "出生地"), rule="2.1", never=("日期",)),
    FieldSpec(
        "education", "学历",
        ("文化程度", "最高学历", "学 历", "文化", "教育程度", "全日制学历", "现学历", "学历层次", "受教育程度",
         "Education", "Education Level", "最高学历学位", "学历学位"),
        kind=Kind.CODE, values=_spellings("education"), rule="2.1", never=("学位", "院校"), example="大学本科",
    ),
    FieldSpec("degree", "学位", ("最高学位", "学位名称", "Degree"), kind=Kind.CODE, values=_spellings("degree"), rule="2.1"),
    FieldSpec(
        "person_type", "人员类别",
        ("党员类别", "党员类型", "人员类型", "党员身份", "是否正式党员", "正式/预备", "正式或预备", "政治面貌", "党员性质", "党员状态",
         "类别", "Member Type", "Membership Type", "Type", "Category", "Membership"),
        kind=Kind.CODE, values=_spellings("person_type") | {"正式", "预备", "中共党员", "中共预备党员"}, rule="R2.07",
        example="正式党员",
    ),
    FieldSpec(
        "branch", "所在党支部",
        ("所在支部", "所属党支部", "所属支部", "党支部", "支部", "党支部名称", "支部名称", "所在党组织", "所属党组织", "党组织名称",
         "组织关系所在党支部", "组织关系所在支部", "所在党支部名称", "所在基层党组织", "组织关系所在单位", "所在党支部全称", "党组织全称",
         "党支部全称", "支部全称", "所在党支部代码", "党组织", "所在党组织名称", "所在党组织全称", "所属党组织名称", "隶属党支部", "隶属支部",
         "党员所在支部", "现所在党支部", "Party Branch", "Branch", "Branch Name"),
        required=True, from_outside=True, in_title=_IN_TITLE, rule="R2.14", pattern=re.compile(r".{2,60}支部(委员会)?([(（].+[)）])?"),
        never=("书记", "上级", "委员", "职务"), example="中共清源县青溪镇兴田村支部委员会",
    ),
    FieldSpec(
        "group", "所在党小组", ("党小组", "所属党小组", "党小组名称", "小组", "所在小组"), rule="R2.14",
        pattern=re.compile(r".{1,40}党小组"), never=("组长",),
    ),
    FieldSpec(
        "superior", "上级党组织",
        ("党委", "所属党委", "所在党委", "上级党委", "基层党委", "二级党委", "党总支", "所属党总支", "所在党总支", "党总支名称", "党委名称",
         "上级党组织名称", "上级党组织全称", "所属上级党组织", "所在党委名称", "所属党委名称"),
        rule="R2.14", never=("书记", "委员"), aside=True, help="只用来辨认同名的党支部",
    ),
    FieldSpec(
        "join_date", "加入党组织日期",
        ("入党时间", "入党日期", "入党年月", "加入中共党组织日期", "加入党组织时间", "加入组织日期", "加入中国共产党日期", "何时入党",
         "入党年月日", "加入中共组织日期", "加入中共组织时间", "加入中国共产党时间", "加入党组织年月", "加入组织时间", "参加党组织日期", "加入中共时间", "入党", "加入党组织的日期", "吸收为预备党员日期",
         "接收预备党员日期", "入预备日期", "接收为预备党员日期", "接收为预备党员时间", "成为预备党员时间", "成为预备党员日期", "入党年月日期",
         "Date of Joining", "Date Joined", "Join Date", "Joining Date", "Date of Joining the Party", "Date of Admission"),
        kind=Kind.DATE, rule="R2.05", never=("转正", "申请", "积极分子"), example="2001-06-30",
    ),
    FieldSpec(
        "regular_date", "转为正式党员日期",
        ("转正时间", "转正日期", "转正年月", "转为正式党员时间", "转正式党员日期", "预备党员转正日期", "预备期满转正日期", "按期转正日期",
         "何时转正", "转正", "转正式党员时间", "转为正式党员年月", "转为中共正式党员日期", "成为中共正式党员日期", "预备期满转正时间", "转正式日期", "转正年月日", "成为正式党员日期", "成为正式党员时间", "转正式时间",
         "Date of Full Membership", "Full Member Since", "Regular Date", "Full Membership Date"),
        kind=Kind.DATE, rule="R2.06", fillers=_NOT_YET, example="2002-06-30",
    ),
    FieldSpec(
        "post", "工作岗位", ("岗位", "职业", "岗位类别", "工作岗位类别", "从事职业", "职业类别", "党员职业", "Occupation", "Post"), kind=Kind.CODE,
        values=_spellings("post"), rule="2.1", example="农牧渔民",
    ),
    FieldSpec(
        "phone", "联系电话",
        ("手机", "手机号", "手机号码", "电话", "电话号码", "联系方式", "移动电话", "联系手机", "本人电话", "联系号码", "手机电话",
         "Mobile", "Mobile Phone", "Mobile Number", "Phone", "Phone Number", "Telephone", "Tel", "Cell", "Cellphone", "Contact Number"),
        kind=Kind.NUMBER_TEXT, private=True, optional=True, rule="R2.08", pattern=re.compile(r"1[3-9]\d{9}"), example="13800000000",
        never=("紧急", "单位", "办公", "家属", "家庭", "备用", "短号"),
    ),
    FieldSpec(
        "address", "家庭住址", ("住址", "家庭地址", "现住址", "居住地址", "常住地址", "地址", "现居住地", "户籍地址", "通讯地址", "Address", "Home Address"),
        private=True, rule="2.1", never=("邮箱", "单位"), example="清源县青溪镇兴田村12号",
    ),
    FieldSpec(
        "class_tags", "党员分类", ("分类", "党员类群", "类群", "党员分类标签", "人群类别", "行业分类", "农村非农"), kind=Kind.CODE,
        rule="2.1", values=frozenset({"农村", "非农", "社区", "机关", "离退休", "学生", "流动"}), example="农村",
        help="几个分类之间用顿号隔开",
    ),
    FieldSpec(
        "employer", "工作单位", ("单位", "单位名称", "工作单位及职务", "所在单位", "单位职务", "工作单位名称", "Employer", "Work Unit", "Company"),
        never=("性质", "党组织", "党支部"),
    ),
    FieldSpec("former_name", "曾用名", ("原名", "曾用姓名")),
    FieldSpec("work_start", "参加工作日期", ("参加工作时间", "工作时间", "参工时间"), kind=Kind.DATE, optional=True, rule="2.1"),
    FieldSpec("marital", "婚姻状况", ("婚姻", "婚姻状态", "婚否"), kind=Kind.CODE, values=_spellings("marital"), rule="2.1"),
    FieldSpec("household", "户籍类型", ("户口类型", "户口性质", "户籍性质"), kind=Kind.CODE, rule="2.1"),
    FieldSpec("skills", "特长", ("专长", "技能特长", "个人特长"), never=("备注",)),
    FieldSpec("remark", "备注", ("说明", "附注", "其他说明", "Remark", "Remarks", "Note", "Notes")),
)  # fmt: skip
