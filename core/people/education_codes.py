"""学历 GB/T 4658: codes, bands, and how workbooks spell them (annexe C).

A spelling that says no ending (大学本科) gives the band's own code (20); one that says 毕业, 结业 or 肄业 gives the
exact code. 中专, 职高 and 技校 give 41, 44 and 47, because the band 40 would lose which school it was.
"""

import re
from collections.abc import Iterable
from typing import Final

EDUCATION: Final[dict[str, str]] = {
    "10": "研究生", "11": "博士研究生毕业", "12": "博士研究生结业", "13": "博士研究生肄业",
    "14": "硕士研究生毕业", "15": "硕士研究生结业", "16": "硕士研究生肄业",
    "17": "研究生班毕业", "18": "研究生班结业", "19": "研究生班肄业",
    "20": "大学本科", "21": "大学本科毕业", "22": "大学本科结业", "23": "大学本科肄业", "28": "大学普通班毕业",
    "30": "大学专科", "31": "大学专科毕业", "32": "大学专科结业", "33": "大学专科肄业",
    "40": "中等职业教育", "41": "中等专科毕业", "42": "中等专科结业", "43": "中等专科肄业",
    "44": "职业高中毕业", "45": "职业高中结业", "46": "职业高中肄业",
    "47": "技工学校毕业", "48": "技工学校结业", "49": "技工学校肄业",
    "60": "普通高中", "61": "普通高中毕业", "62": "普通高中结业", "63": "普通高中肄业",
    "70": "初中", "71": "初中毕业", "73": "初中肄业",
    "80": "小学", "81": "小学毕业", "83": "小学肄业",
    "90": "其他",
}  # fmt: skip

#: Every code → the band it rolls up to.
BAND_OF: Final[dict[str, str]] = {code: f"{code[0]}0" for code in EDUCATION}

SENIOR_SECONDARY_AND_ABOVE: Final = frozenset(code for code in EDUCATION if "10" <= code <= "63")
COLLEGE_AND_ABOVE: Final = frozenset(code for code in EDUCATION if "10" <= code <= "33")

#: How a school is called: (code without an ending, codes of 毕业 结业 肄业, names).
_SCHOOLS: Final = (
    ("11", ("11", "12", "13"), "博士研究生 博士 博士生 博研 博士后 研究生(博士) 博士学位 研究生博士 博士学位研究生"),
    ("14", ("14", "15", "16"), "硕士研究生 硕士 硕士生 硕研 研究生(硕士) 硕士学位 研究生硕士 硕士学位研究生"),
    ("17", ("17", "18", "19"), "研究生班"),
    ("10", ("10", "10", "10"), "研究生"),
    ("20", ("21", "22", "23"), "大学本科 本科 大学 大本 学士 双学士 本科生 学士学位 本科(学士) 专升本 专接本"),
    ("28", ("28", "28", "28"), "大学普通班 大普"),
    ("30", ("31", "32", "33"), "大学专科 专科 大专 高职 高专 高职高专 高等职业 高职(专科) 专科(高职) 大学大专 大专生"),
    ("40", ("40", "40", "40"), "中等职业 中职 职校 职业学校 中等职业学校"),
    ("41", ("41", "42", "43"), "中等专科 中专 中等专业 中等专业学校 中师 中等师范 职业中专 中专生 中等专科学校"),
    ("44", ("44", "45", "46"), "职业高中 职高 职中 职业中学"),
    ("47", ("47", "48", "49"), "技工学校 技校 技工 中技 中等技校"),
    ("60", ("61", "62", "63"), "普通高中 高中 普高 普通高级中学 高级中学 高中生 综合高中"),
    ("70", ("71", "73", "73"), "初中 初级中学 普通初中 初中生"),
    ("80", ("81", "83", "83"), "小学 高小 初小 完小 小学生"),
)  # fmt: skip
_ENDINGS: Final = ("毕业", "结业", "肄业")
_OTHERS: Final = (
    "其它 无 文盲 半文盲 文盲半文盲 文盲或半文盲 不识字 识字很少 未上学 未上过学 无学历 扫盲班 私塾 学前 学前教育"
)
_LEGACY: Final = {"72": "73", "82": "83"}

_BEFORE = re.compile(
    r"^(全日制|非全日制|在职|在读|函授|自考|自学考试|电大|广播电视大学|国家开放大学|开放大学|成人|成教|业余|网络|远程|夜大"
    r"|(中央|省委|市委|县委|省|市)?党校|委培|定向|[三四五]年制|成人高考|成人高等|中央|省|市|统招|普通高等教育|普通)"
)
_AFTER = re.compile(
    r"(文化程度|文化水平|文化|学历|程度|教育|水平|在读|及以上|及以下|或以上|或以下|以上|以下|阶段|(?<=本科)学士(学位)?|(?<=大学)学士(学位)?|(?<=研究生)(硕士|博士)(学位)?)$"
)
_DIVIDERS = re.compile(r"[/、,;()|]|或")


def spellings() -> dict[str, str]:
    """Every spelling made of a school's name and an ending → its code."""
    table = dict(_LEGACY)
    table.update(dict.fromkeys(_OTHERS.split(), "90"))
    for plain, ended, names in _SCHOOLS:
        for name in names.split():
            table[name] = plain
            table.update({name + ending: code for ending, code in zip(_ENDINGS, ended, strict=True)})
    return table


def reduce_spelling(plain: str) -> Iterable[str]:
    """What to look up for a spelling that is unknown as it stands: its parts, without 全日制, 在职, 学历 and the like."""
    for part in (plain, *_DIVIDERS.split(plain)):
        text = part
        for _ in range(3):
            yield text
            text = _AFTER.sub("", text)
            yield text
            text = _BEFORE.sub("", text)
