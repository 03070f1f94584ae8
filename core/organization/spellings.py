"""Every spelling of a code seen in workbooks, and what a unit's full name tells about it."""

import re
import unicodedata
from enum import StrEnum
from typing import TypeVar

from core.organization.codes import Domain, PostCode, Subtype, UnitMode, UnitType
from core.organization.labels import label

Code = TypeVar("Code", bound=StrEnum)

_TYPE_SPELLINGS: dict[UnitType, str] = {
    UnitType.COMMITTEE: "党委 基层党委 委员会 党的委员会 党委会 基层委员会 党的基层委员会 党组织委员会 机关党委",
    UnitType.WORK_COMMITTEE: "党工委 工委 工作委员会 党的工作委员会",
    UnitType.GENERAL_BRANCH: "党总支 总支 党总支部 总支部 总支部委员会 党总支委 党总支部委员会 总支委",
    UnitType.BRANCH: "党支部 支部 支部委员会 党支部委员会 基层党支部 支委会 支委",
    UnitType.GROUP: "党小组 小组",
}

_SUBTYPE_SPELLINGS: dict[Subtype, str] = {
    Subtype.STANDALONE: "单独 单独党支部 单独组建 独立 独立党支部 独立组建 单建 单位单独组建",
    Subtype.JOINT: "联合 联合党支部 联合组建 联建",
    Subtype.TEMPORARY: "临时 临时党支部 临时党组织",
    Subtype.FLOATING: "流动 流动党员 流动党员党支部 流动党支部 流动党员支部",
    Subtype.RETIRED: "离退休 离退休党支部 老干部 老干部党支部 离退休干部党支部 退休 退休党支部 退休支部",
    Subtype.STAY_BEHIND: "留守 留守党支部",
    Subtype.FUNCTIONAL: "功能型 功能型党支部 功能型党组织 功能性 功能性党支部",
}

_DOMAIN_SPELLINGS: dict[Domain, str] = {
    Domain.VILLAGE: "村 农村 行政村 建制村 村级 乡镇 镇 乡 村委会 村民委员会",
    Domain.COMMUNITY: "社区 居委会 城市社区 居民委员会 街道 街道社区 社区居委会",
    Domain.GOV: "机关 党政机关 国家机关 机关单位 党群机关 行政机关 政府机关",
    Domain.INSTITUTION: "事业 事业单位 公立医院 医院 科研院所 科研单位",
    Domain.SOE: "国企 国有企业 公有制企业 公有企业 国有 国有控股企业 央企 集体企业",
    Domain.NONPUBLIC: "非公企业 非公 非公有制企业 民营企业 私营企业 民企 两新 外资企业 非公有制经济组织",
    Domain.ENTERPRISE: "企业 公司",
    Domain.SOCIAL_ORG: "社会组织 社团 社会团体 民办非企业 民办非企业单位 行业协会 社会服务机构 基金会",
    Domain.SCHOOL: "学校 高校 中小学 中学 小学 高等学校 大学 幼儿园 院校",
    Domain.OTHER: "其他 其它",
}

_UNIT_MODE_SPELLINGS: dict[UnitMode, str] = {
    UnitMode.SAME_AS_PARENT: "与上级党组织相同 与上级相同 同上级",
    UnitMode.LEGAL_ENTITY: "法人单位 法人 法人单位建立党组织",
    UnitMode.JOINT: "联合党组织 联合 联合单位",
}

_POST_SPELLINGS: dict[PostCode, str] = {
    PostCode.SECRETARY: "书记 党委书记 总支书记 党总支书记 支部书记 党支部书记 支书 第一书记",
    PostCode.DEPUTY_SECRETARY: "副书记 党委副书记 总支副书记 党总支副书记 支部副书记 党支部副书记",
    PostCode.ORGANISATION: "组织委员 组委",
    PostCode.PUBLICITY: "宣传委员 宣委",
    PostCode.DISCIPLINE: "纪检委员 纪律检查委员 纪检 纪委书记",
    PostCode.UNITED_FRONT: "统战委员",
    PostCode.YOUTH: "青年委员",
    PostCode.MASSES: "群工委员 群众工作委员 群团委员",
    PostCode.PRODUCTION: "生产（经济）委员 生产委员 经济委员 生产/经济委员",
    PostCode.SECRECY: "保密委员",
    PostCode.GROUP_LEADER: "党小组组长 党小组长 小组长 组长",
    PostCode.DEPUTY_GROUP_LEADER: "党小组副组长 副组长 党小组副组长",
    PostCode.ORGANISER: "组织员",
    PostCode.ORGANISATION_CLERK: "组织干事",
    PostCode.GUIDE: "党建工作指导员 党建指导员",
    PostCode.FULL_TIME_SECRETARY: "专职党务秘书 党务秘书",
}

#: Endings of a unit's full name, longest first, with the type they tell.
_NAME_ENDINGS: tuple[tuple[str, UnitType], ...] = (
    ("党小组", UnitType.GROUP),
    ("总支部委员会", UnitType.GENERAL_BRANCH),
    ("总支委员会", UnitType.GENERAL_BRANCH),
    ("总支部", UnitType.GENERAL_BRANCH),
    ("总支", UnitType.GENERAL_BRANCH),
    ("支部委员会", UnitType.BRANCH),
    ("支部", UnitType.BRANCH),
    ("工作委员会", UnitType.WORK_COMMITTEE),
    ("党工委", UnitType.WORK_COMMITTEE),
    ("委员会", UnitType.COMMITTEE),
    ("党委", UnitType.COMMITTEE),
)

_SUBTYPE_WORDS: tuple[tuple[str, Subtype], ...] = (
    ("联合", Subtype.JOINT),
    ("临时", Subtype.TEMPORARY),
    ("流动党员", Subtype.FLOATING),
    ("离退休", Subtype.RETIRED),
    ("老干部", Subtype.RETIRED),
    ("退休", Subtype.RETIRED),
    ("留守", Subtype.STAY_BEHIND),
    ("功能型", Subtype.FUNCTIONAL),
)

#: The end of a name that may follow the type: "中共…支部（第一）" and the like.
_TAIL = re.compile(r"\([^()]*\)$")


def plain(text: str) -> str:
    """``text`` as it is compared: full width made half width, no spaces of any kind."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _index(spellings: dict[Code, str]) -> dict[str, Code]:
    found: dict[str, Code] = {}
    for code, words in spellings.items():
        for word in (code.value, label(code), *words.split()):
            found.setdefault(plain(word).lower(), code)
    return found


_TYPES = _index(_TYPE_SPELLINGS)
_SUBTYPES = _index(_SUBTYPE_SPELLINGS)
_DOMAINS = _index(_DOMAIN_SPELLINGS)
_UNIT_MODES = _index(_UNIT_MODE_SPELLINGS)
_POSTS = _index(_POST_SPELLINGS)


#: What cells of these columns hold, for knowing a column by its cells.
SPELLINGS_OF_TYPES = frozenset(word for words in _TYPE_SPELLINGS.values() for word in words.split())
SPELLINGS_OF_SUBTYPES = frozenset(word for words in _SUBTYPE_SPELLINGS.values() for word in words.split())
SPELLINGS_OF_DOMAINS = frozenset(word for words in _DOMAIN_SPELLINGS.values() for word in words.split())


def type_from_text(text: str) -> UnitType | None:
    """The unit type a workbook's cell means, by code, label or any known spelling; None when none of them."""
    return _TYPES.get(plain(text).lower()) or _TYPES.get(_TAIL.sub("", plain(text)).lower())


def subtype_from_text(text: str) -> Subtype | None:
    """The branch subtype a cell means, or None."""
    return _SUBTYPES.get(plain(text).lower())


def domain_from_text(text: str) -> Domain | None:
    """The field of society a cell means, or None."""
    return _DOMAINS.get(plain(text).lower())


def unit_mode_from_text(text: str) -> UnitMode | None:
    """The unit mode a cell means, or None."""
    return _UNIT_MODES.get(plain(text).lower())


def post_from_text(text: str) -> PostCode | None:
    """The post a cell means, or None."""
    return _POSTS.get(plain(text).lower())


def type_from_name(full_name: str) -> UnitType | None:
    """The unit type told by the end of a full name, such as 中共…总支部委员会; None when the name does not tell."""
    name = _TAIL.sub("", plain(full_name))
    for ending, unit_type in _NAME_ENDINGS:
        if name.endswith(ending):
            return unit_type
    return None


def subtype_from_name(full_name: str) -> Subtype | None:
    """The branch subtype told by a word in the full name (联合, 离退休, …), or None."""
    name = plain(full_name)
    return next((subtype for word, subtype in _SUBTYPE_WORDS if word in name), None)


#: Ways to end a name, with the ending they are compared by; longest first.
_SAME_ENDINGS = (
    (re.compile("(党总支部委员会|总支部委员会|总支委员会|党总支部|党总支|总支部|总支)$"), "总支"),
    (re.compile("(党支部委员会|支部委员会|党支部|支部)$"), "支部"),
    (re.compile("(党的工作委员会|工作委员会|党工委|工委)$"), "工委"),
    (re.compile("(党的委员会|委员会|党委|(?<=[省市县区州旗镇乡])委)$"), "委员会"),
)


def name_keys(text: str, *, region: str = "") -> tuple[str, ...]:
    """The spellings under which a unit's name is looked for.

    As given, without 中共, with the usual ending, and without the ``region`` (清源县) that people leave out at home.
    """
    name = plain(text).lower()
    if not name:
        return ()
    short = name.removeprefix("中国共产党").removeprefix("中共")
    usual = short
    for pattern, ending in _SAME_ENDINGS:
        usual, changed = pattern.subn(ending, short)
        if changed:
            break
    local = usual.removeprefix(region) if region else usual
    found = (name, short, usual, usual if local in _BARE else local)
    return tuple(dict.fromkeys(found))


#: What is left of a name that is nothing but the region and an ending: such a name keeps its region.
_BARE = frozenset({"", *(ending for _, ending in _SAME_ENDINGS)})


def region_of(root_name: str) -> str:
    """What a root's name begins with, as names below it do: 中共清源县委员会 → 清源县, 中共清源大学委员会 → 清源大学."""
    short = plain(root_name).lower().removeprefix("中国共产党").removeprefix("中共")
    found = re.fullmatch("(.+[省市县区州旗镇乡])(委员会|党委|委|工作委员会|党工委)", short) or re.fullmatch(
        "(.{2,}?)(委员会|党委|工作委员会|党工委|党?总支部?委员会|党?总支部?|党?支部委员会|党?支部)", short
    )
    return found[1] if found else ""
