"""The member list as a page: an ordinary Jinja template over the rows, with the same controls as the product's page."""

from datetime import date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask_wtf.csrf import generate_csrf

from bench.floor.access import Asking
from bench.floor.reads import Listed
from core.people.codes import LISTS

NAVIGATION = (
    ("", (("/", "home", "首页"),)),
    (
        "组织",
        (
            ("/units/", "sitemap", "组织架构"),
            ("/terms", "calendar-due", "换届"),
            ("/vacancies", "user-exclamation", "书记空缺"),
            ("/officers", "id", "班子成员"),
            ("/changes", "git-branch", "组织变动"),
        ),
    ),
    ("党员", (("/people/", "users", "党员名册"), ("/people/doubts", "user-question", "疑似问题"))),
    ("管理", (("/imports/", "file-import", "导入"), ("/settings/", "settings", "单位设置"))),
)
HEADS = (
    ("name", "姓名", "-name"),
    ("state", "性别", ""),
    ("number", "年龄", "age"),
    ("state", "民族", ""),
    ("state", "学历", ""),
    ("state", "党籍状态", ""),
    ("text", "所在党支部", "unit"),
    ("date", "入党日期", "join_date"),
    ("number", "党龄", ""),
    ("text", "党员分类", ""),
    ("state", "联系电话", ""),
)
COLUMNS = (
    ("sex", "性别", True),
    ("age", "年龄", True),
    ("birth", "出生日期", False),
    ("ethnic", "民族", True),
    ("education", "学历", True),
    ("standing", "党籍状态", True),
    ("unit", "所在党支部", True),
    ("join_date", "入党日期", True),
    ("regular_date", "转正日期", False),
    ("party_age", "党龄", True),
    ("political_birthday", "政治生日", False),
    ("class_tags", "党员分类", True),
    ("post", "工作岗位", False),
    ("phone", "联系电话", True),
    ("id_no", "公民身份号码", False),
    ("former_name", "曾用名", False),
    ("native_place", "籍贯", False),
    ("degree", "学位", False),
    ("employer", "工作单位", False),
    ("work_start", "参加工作日期", False),
    ("marital", "婚姻状况", False),
    ("no_post", "无职党员", False),
    ("lost_since", "失联日期", False),
    ("birth_by_id", "证件出生日期", False),
    ("remark", "备注", False),
)
LABELS = SimpleNamespace(
    sex=LISTS["sex"].labels,
    ethnic=LISTS["ethnic"].labels,
    education=LISTS["education"].labels,
    standing=LISTS["membership_state"].labels,
    tag=LISTS["class_tag"].labels,
)
_EDUCATION = ("10", "20", "30", "40", "60", "70", "80", "90")
CHOICES = SimpleNamespace(
    standing=[("all", "全部人员"), *LISTS["membership_state"].labels.items()],
    sex=[("1", "男"), ("2", "女")],
    age=[("-35", "35岁及以下"), ("36-45", "36–45岁"), ("46-55", "46–55岁"), ("56-60", "56–60岁"), ("61-", "61岁及以上"),
         ("80-", "80岁及以上")],
    education=[("college", "大专及以上"), ("senior_secondary", "高中及以上"),
               *((code, LISTS["education"].labels[code]) for code in _EDUCATION)],
    tag=[*LISTS["class_tag"].labels.items()],
    ethnic=[("minority", "少数民族"), *LISTS["ethnic"].labels.items()],
    party_age=[("-9", "9年及以下"), ("10-19", "10–19年"), ("20-29", "20–29年"), ("30-39", "30–39年"), ("40-49", "40–49年"),
               ("50-", "50年及以上")],
    post=[*LISTS["post"].labels.items()],
    month=[("now", "本月"), *((str(n), f"{n}月") for n in range(1, 13))],
    yes=[("1", "是")],
)  # fmt: skip


def page(slug: str, asking: Asking, found: Listed) -> str:
    """The page."""
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()

    def years(since: date) -> int:
        return today.year - since.year - ((today.month, today.day) < (since.month, since.day))

    return render_template(
        "people.html",
        slug=slug,
        name=asking.name,
        token=generate_csrf(),
        today=f"{today.year}年{today.month}月{today.day}日",
        above=found.above,
        found=found,
        args=request.args,
        query=request.query_string.decode(),
        navigation=NAVIGATION,
        heads=HEADS,
        columns=COLUMNS,
        choices=CHOICES,
        labels=LABELS,
        years=years,
    )
