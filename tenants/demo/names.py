"""Invented people and units for the two small demonstration tenants: always the same, so that two demos look alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from core.calendar_arithmetic import add_months

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文单仇解查"
_GIVEN = "文华建国志强丽秀英敏静洁明亮海燕晓东春梅立新永康子涵思远雨晴佳怡浩然嘉欣俊杰玉兰桂芳振宇"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_EDUCATION = ("研究生", "大学本科", "大学本科", "大学本科", "大学专科", "中等专科")


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented member."""

    name: str
    sex: str
    id_no: str
    birth: date
    education: str
    person_type: str
    join_date: date
    regular_date: date | None
    phone: str
    address: str


def people(count: int, *, seed: int, youngest: int, oldest: int, place: str, as_of: date) -> Iterator[Invented]:
    """``count`` invented members between two ages; phones and numbers are of ranges that no real person has.

    :param youngest: age in years of the youngest; at least 20.
    """
    dice = Random(seed)  # noqa: S311  (invented data, no secret)
    for serial in range(count):
        birth = as_of - timedelta(days=dice.randint(youngest * 366, oldest * 365))
        sex = dice.choice("男女")
        latest = as_of - timedelta(days=40)
        usual = birth + timedelta(days=dice.randint(19 * 366, max(youngest, 20) * 366))
        # one in fifteen joined within the last year
        joined = latest - timedelta(days=dice.randint(0, 300)) if serial % 15 == 7 else min(usual, latest)
        regular = add_months(joined, 12)
        formal = regular <= as_of
        yield Invented(
            name=dice.choice(_SURNAMES) + "".join(dice.choice(_GIVEN) for _ in range(dice.choice((1, 2, 2)))),
            sex=sex,
            id_no=id_number(birth, serial * 2 % 998 + (1 if sex == "男" else 2), seed),
            birth=birth,
            education=dice.choice(_EDUCATION),
            person_type="正式党员" if formal else "预备党员",
            join_date=joined,
            regular_date=regular if formal else None,
            phone=f"199001{seed % 10}{serial:04d}",
            address=f"{place}{dice.randint(1, 60)}栋{dice.randint(101, 1801)}室",
        )


def id_number(birth: date, order: int, seed: int) -> str:
    """A number of the right form in a region that issues none (710000 + ``seed`` mod 100)."""
    digits = f"7100{seed % 100:02d}{birth:%Y%m%d}{order:03d}"
    return digits + _CHECKS[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11]
