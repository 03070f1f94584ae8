"""Pinyin of names: the surname's own reading, every reading searchable, an order that is the same everywhere."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.people.pinyin import MAX_READINGS, fold_query, name_keys, search_keys, sort_key
from core.people.surnames import COMPOUND, SURNAMES

names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12) | st.text(
    "王李单曾仇解查翟乐重行吕略阿买提·明", max_size=10
)


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("单雄信", "shanxiongxin"), ("曾国藩", "zengguofan"), ("仇英", "qiuying"), ("解缙", "xiejin"), ("查良镛", "zhaliangyong"),
        ("区志强", "ouzhiqiang"), ("覃海", "qinhai"), ("盖文", "gewen"), ("朴明", "piaoming"), ("任平", "renping"),
        ("华罗庚", "hualuogeng"), ("纪昀", "jiyun"), ("燕青", "yanqing"), ("尉明", "weiming"), ("宓明", "miming"),
        ("缪昌期", "miaochangqi"), ("乐毅", "yueyi"), ("召忽", "shaohu"), ("种师道", "chongshidao"), ("翟明", "zhaiming"),
        ("宁静", "ningjing"), ("哈明", "haming"), ("黑明", "heiming"), ("洗明", "xianming"), ("冼星海", "xianxinghai"),
        ("逄明", "pangming"), ("卜明", "buming"), ("薄明", "boming"), ("晁盖", "chaogai"), ("谌明", "chenming"),
        ("车明", "cheming"), ("句明", "gouming"), ("过明", "guoming"), ("阚泽", "kanze"), ("隗明", "weiming"),
        ("牟平", "muping"), ("那英", "naying"), ("能明", "naiming"), ("乜明", "nieming"), ("繁明", "poming"),
        ("佘太君", "shetaijun"), ("折明", "sheming"), ("沈明", "shenming"), ("眭明", "suiming"), ("盛明", "shengming"),
        ("员半千", "yunbanqian"), ("应明", "yingming"), ("於明", "yuming"), ("祭遵", "zhaizun"), ("臧明", "zangming"),
        ("訾明", "ziming"), ("郗明", "ximing"), ("莘明", "shenming"), ("幺明", "yaoming"), ("费明", "feiming"),
        ("都明", "duming"), ("秘明", "biming"), ("相明", "xiangming"), ("占明", "zhanming"), ("亓明", "qiming"),
        ("尉迟恭", "yuchigong"), ("万俟卨", "moqixie"), ("令狐冲", "linghuchong"), ("长孙无忌", "zhangsunwuji"),
        ("单于明", "chanyuming"), ("澹台灭明", "tantaimieming"), ("皇甫嵩", "huangfusong"), ("欧阳修", "ouyangxiu"),
        ("吕布", "lvbu"), ("阿卜杜·买买提", "abudumaimaiti"), ("单于", "shanyu"),
    ],
)  # fmt: skip
def test_a_name_is_read_with_the_reading_of_its_surname(name: str, pinyin: str) -> None:
    keys = name_keys(name)
    assert keys.pinyin == pinyin
    assert keys.search[0] == pinyin


@pytest.mark.parametrize("surname", [*SURNAMES, *COMPOUND])
def test_every_reading_of_a_surname_is_searchable_and_the_first_one_orders(surname: str) -> None:
    readings = (SURNAMES | COMPOUND)[surname]
    keys = name_keys(surname + "兰芳")
    for reading in readings:
        toneless = "".join(syllable[:-1] for syllable in reading.split())
        assert f"{toneless}lanfang" in keys.search
    first = readings[0].split()
    assert keys.sort.startswith("".join(s + c for s, c in zip(first, surname, strict=True)))


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("单雄信", ["shanxiongxin", "danxiongxin", "chanxiongxin", "sxx", "dxx", "cxx", "shanxx"]),
        ("曾乐", ["zengle", "zengyue", "cengle", "zl", "zy", "cl"]),
        ("覃行", ["qinxing", "tanhang", "qx", "th"]),
        ("吕绿", ["lvlv", "lyulyu", "ll"]),
        ("张小明", ["zhangxiaoming", "zhangxm", "zxm"]),
        ("尉迟恭", ["yuchigong", "ycg", "weichigong"]),
        ("Anna Schmidt", ["annaschmidt"]),
    ],
)
def test_every_way_to_spell_a_name_is_indexed(name: str, typed: list[str]) -> None:
    assert set(typed) <= set(search_keys(name))


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Zhang San", "zhangsan"), ("zhāng sān", "zhangsan"), ("Lü Bu", "lvbu"), ("lǚ bù", "lvbu"), ("xi'an", "xian"),
        ("ＺＨＡＮＧ", "zhang"), ("张·三", "张三"), ("  ", ""),
    ],
)  # fmt: skip
def test_what_a_user_types_is_folded_to_the_way_of_the_keys(typed: str, key: str) -> None:
    assert fold_query(typed) == key


def test_names_are_ordered_by_surname_then_tone_then_character_then_given_name() -> None:
    expected = ["曹操", "黎明", "李丽", "李立", "李明", "李明亮", "吕布", "单雄信", "王安", "翟明"]
    assert sorted(frozenset(expected), key=sort_key) == expected


def test_homophones_stay_together() -> None:
    ordered = sorted(["章平", "张明", "章明", "张平"], key=sort_key)
    assert [name[0] for name in ordered] in (["张", "张", "章", "章"], ["章", "章", "张", "张"])


def test_names_without_a_reading_stand_last() -> None:
    assert sorted(["𠮷明", "左明", "安明"], key=sort_key) == ["安明", "左明", "𠮷明"]


@pytest.mark.parametrize(
    "name", ["", "·", "  ", "𠮷", "\U000300f7", "\ue815", "😀", "Ω", "A", "李" * 300, "单曾解乐行重" * 50]
)
def test_no_name_is_too_odd_for_keys(name: str) -> None:
    keys = name_keys(name)
    assert len(keys.further) <= 3 * MAX_READINGS
    assert "" not in keys.search


@given(names)
def test_keys_never_fail_and_are_each_given_once(name: str) -> None:
    keys = search_keys(name)
    assert len(set(keys)) == len(keys) <= 3 * MAX_READINGS
    assert "" not in keys


@given(names, names)
def test_names_with_one_key_differ_in_case_and_separators_at_most(one: str, other: str) -> None:
    def bare(name: str) -> str:
        return "".join(fold_query(c) or c for c in name if c not in "·•・.-' \u3000")

    if sort_key(one) == sort_key(other):
        assert bare(one) == bare(other)


@given(st.lists(st.text("王李单曾仇解查翟乐安左阿买", min_size=2, max_size=4), max_size=8))
def test_the_order_of_the_database_is_the_order_of_python(few: list[str]) -> None:
    keys = [sort_key(name) for name in few]
    assert sorted(keys) == sorted(keys, key=lambda key: key.encode())


def test_nothing_of_pypinyin_is_loaded_before_a_name_needs_it_and_its_phrases_never() -> None:
    program = (
        "import sys, core.people.pinyin as p, core.people.rules\n"
        "before = [m for m in sys.modules if 'pypinyin' in m]\n"
        "p.sort_key('单雄信')\n"
        "print(before, 'pypinyin.phrases_dict' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] False"
