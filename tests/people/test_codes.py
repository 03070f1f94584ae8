"""Code lists of the roster: names and codes in every common spelling (annexe C)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.people.codes import (
    COLLEGE_AND_ABOVE,
    LISTS,
    NOT_RURAL,
    SENIOR_SECONDARY_AND_ABOVE,
    education_band,
    label,
    parse,
    parse_class_tags,
)

NATIONALITIES = """
    汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇
    柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京
    塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺
"""


@pytest.mark.parametrize(("number", "name"), list(enumerate(NATIONALITIES.split(), start=1)))
def test_a_nationality_is_known_with_and_without_its_last_word(number: int, name: str) -> None:
    code = f"{number:02d}"
    assert [parse("ethnic", text) for text in (name, f"{name}族", f" {name}　族", code, number, float(number))] == [
        code
    ] * 6
    assert label("ethnic", code) == f"{name}族"


def test_there_are_56_nationalities_and_two_more_codes() -> None:
    assert len(NATIONALITIES.split()) == 56
    assert list(LISTS["ethnic"].labels)[-2:] == ["97", "98"]


@pytest.mark.parametrize(
    ("list_name", "text", "code"),
    [
        ("sex", "男", "1"), ("sex", "女性", "2"), ("sex", "１", "1"), ("sex", 2.0, "2"), ("sex", "M", "1"),
        ("sex", " 男 ", "1"), ("sex", "未说明", "9"),
        ("ethnic", "其他", "97"), ("ethnic", "穿青人", "97"), ("ethnic", "外国血统中国籍", "98"), ("ethnic", "乌兹别克族", "43"),
        ("person_type", "正式党员", "01"), ("person_type", "中共党员", "01"), ("person_type", "预备", "02"),
        ("person_type", "中共预备党员", "02"), ("person_type", "1", "01"), ("person_type", 2, "02"),
        ("marital", "已婚", "20"), ("marital", "离异", "40"), ("marital", "丧偶", "30"), ("marital", "再婚", "22"),
        ("membership_state", "停止党籍", "suspended"), ("membership_state", "正式党员", "formal"),
        ("membership_state", "预备党员", "probationary"), ("membership_state", "去世", "died"),
        ("start_reason", "恢复党籍", "restored"), ("start_reason", "整建制转入", "whole_unit_in"),
        ("end_reason", "自行脱党", "self_withdrawn_removed"), ("end_reason", "劝而不退除名", "advised_refused_removed"),
        ("end_reason", "开除党籍", "expelled"),
        ("post", "农牧渔民", "farmer"), ("post", "专业技术人员", "professional"), ("post", "机关工作人员", "official"),
        ("post", "工人", "worker"), ("post", "离退休人员", "retired"), ("post", "事业单位管理人员", "manager"),
        ("post", "退休中学老师", "retired"), ("post", "学生党员", "student"), ("post", "工人（工勤技能人员）", "worker"),
        ("degree", "硕士学位", "3"), ("household", "非农", "urban"), ("health", "健康", "1"),
    ],
)  # fmt: skip
def test_a_text_stands_for_its_code(list_name: str, text: object, code: str) -> None:
    assert parse(list_name, text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("研究生", "10"), ("研究生教育", "10"), ("在职研究生", "10"), ("中央党校研究生", "10"),
        ("博士", "11"), ("博士研究生毕业", "11"), ("博士研究生肄业", "13"), ("研究生（博士）", "11"),
        ("硕士研究生", "14"), ("硕士", "14"), ("硕士研究生结业", "15"), ("研究生班", "17"),
        ("大学本科", "20"), ("本科", "20"), ("大学", "20"), ("大学本科毕业", "21"), ("本科肄业", "23"), ("大学学历", "20"),
        ("全日制大学本科", "20"), ("在职大学", "20"), ("省委党校大学", "20"), ("函授本科", "20"), ("本科及以上", "20"),
        ("大学普通班毕业", "28"),
        ("大学专科", "30"), ("大专", "30"), ("专科", "30"), ("大专毕业", "31"), ("高职", "30"), ("电大大专", "30"), ("大专文化", "30"),
        ("中等职业教育", "40"), ("中职", "40"), ("中等专科", "41"), ("中专", "41"), ("中专毕业", "41"), ("中师", "41"), ("中专肄业", "43"),
        ("职业高中", "44"), ("职高", "44"), ("技工学校", "47"), ("技校", "47"),
        ("普通高中", "60"), ("高中", "60"), ("高中毕业", "61"), ("高中文化程度", "60"), ("高中(中专)", "60"),
        ("初中", "70"), ("初中毕业", "71"), ("初级中学", "70"), ("初中及以下", "70"),
        ("小学", "80"), ("小学毕业", "81"), ("小学肄业", "83"), ("小学文化", "80"),
        ("文盲", "90"), ("其他", "90"),
        ("72", "73"), ("82", "83"), (21, "21"), ("６０", "60"), (" 大　专 ", "30"),
    ],
)  # fmt: skip
def test_an_education_is_known_by_every_common_name(text: object, code: str) -> None:
    assert parse("education", text) == code


@pytest.mark.parametrize(
    ("list_name", "text"), [(name, text) for name in LISTS for text in ("天书", "", "  ", None, "9" * 300)]
)
def test_what_stands_for_nothing_gives_nothing(list_name: str, text: object) -> None:
    assert parse(list_name, text) is None


@pytest.mark.parametrize(
    ("list_name", "code"), [(name, code) for name, codes in LISTS.items() for code in codes.labels]
)
def test_every_code_and_every_label_stands_for_itself(list_name: str, code: str) -> None:
    assert parse(list_name, code) == code
    assert parse(list_name, label(list_name, code)) == code


@pytest.mark.parametrize(
    ("code", "band", "senior_secondary", "college"),
    [
        ("10", "10", True, True), ("19", "10", True, True), ("28", "20", True, True), ("33", "30", True, True),
        ("40", "40", True, False), ("49", "40", True, False), ("60", "60", True, False), ("63", "60", True, False),
        ("70", "70", False, False), ("83", "80", False, False), ("90", "90", False, False),
    ],
)  # fmt: skip
def test_an_education_rolls_up_to_its_band(code: str, band: str, senior_secondary: bool, college: bool) -> None:
    assert education_band(code) == band
    assert (code in SENIOR_SECONDARY_AND_ABOVE) is senior_secondary
    assert (code in COLLEGE_AND_ABOVE) is college


def test_no_education_has_no_band() -> None:
    assert education_band(None) is None
    assert education_band("00") is None


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("农村", ("rural",)),
        ("农村党员", ("rural",)),
        ("非农", (NOT_RURAL,)),
        ("农村、流出", ("rural", "floating_out")),
        ("离退休，困难；残疾", ("retired", "hardship", "disabled")),
        ("农村/农村党员", ("rural",)),
        ("流动(流入)", ("floating_in",)),
        ("两新组织", ("nonpublic",)),
        ("", ()),
        (" 、 ", ()),
        ("农村、外星", None),
    ],
)
def test_class_tags_are_read_together_or_not_at_all(text: str, tags: tuple[str, ...] | None) -> None:
    assert parse_class_tags(text) == tags


def test_a_tenant_adds_its_own_posts_below_the_eight_groups() -> None:
    posts = LISTS["post"].extended({"tea_farmer": "茶农"}, {"种茶": "tea_farmer"})
    assert (posts.parse("茶农"), posts.parse("种茶"), posts.parse("工人")) == ("tea_farmer", "tea_farmer", "worker")
    assert parse("post", "茶农") is None


@given(st.sampled_from(sorted(LISTS)), st.text(max_size=12) | st.floats() | st.integers() | st.none())
def test_a_list_gives_one_of_its_codes_or_nothing_and_never_fails(list_name: str, text: object) -> None:
    code = parse(list_name, text)
    assert code is None or code in LISTS[list_name].labels
    assert parse(list_name, text) == code
