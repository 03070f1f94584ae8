"""Every component with believable data: the page that tests look at. Served by tests only."""

from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Blueprint, Flask, Response, abort, flash, render_template
from flask_babel import gettext as _
from marshmallow import Schema, fields, validate

from core.policy.findings import Finding, Refused, Severity
from core.web import forms
from core.web.shell import render
from core.web.tables import Column, Listing, ListView, badge, pattern

bp = Blueprint("gallery", __name__, template_folder=str(Path(__file__).parent / "templates"))

FINDINGS = (
    Finding("R2.03", Severity.BLOCK, "sex", "性别填的是“女”，与公民身份号码第17位（单数为男）不一致。", "核对身份证件后改正性别或号码。", "党员信息采集填写说明第3项"),
    Finding("R2.07", Severity.BLOCK, "regular_date", "转正日期 2019-05-01 早于入党日期满一年的 2019-06-30。", "最早可填 2019-06-30。", "发展党员工作细则第三十二条"),
    Finding("R2.11", Severity.WARN, "join_date", "入党时年满18周岁差 12 天。", "如确属实，请写明理由。", "党章第一条"),
    Finding("R2.20", Severity.INFO, "", "此人 2026-06-30 满五十年党龄。", None, None),
)  # fmt: skip

PEOPLE = (
    ("欧阳修远", "男", "汉族", "1968-03-12", "中共清河县青山镇柳树沟村支部委员会", "正式党员", "1990-07-01", 36, "农牧渔民"),
    ("单雄信", "男", "汉族", "1975-11-02", "中共清河县青山镇柳树沟村支部委员会", "正式党员", "1998-06-18", 28, "农牧渔民"),
    ("曾玉兰", "女", "土家族", "1999-08-21", "中共清河县第一中学总支部委员会", "预备党员", "2026-03-05", 0, "专业技术人员"),
    ("古丽米热·阿卜杜热合曼", "女", "维吾尔族", "1985-01-30", "中共清河县人民医院委员会第三支部委员会", "正式党员", "2008-12-11", 17, "专业技术人员"),
    ("仇和平", "男", "汉族", "1949-09-30", "中共清河县城关街道幸福社区支部委员会", "正式党员", "1971-07-01", 55, "离退休人员"),
    ("解晓东", "男", "回族", "1991-05-17", None, "停止党籍", "2013-06-20", 13, None),
)  # fmt: skip

_TONES = {"正式党员": "ok", "预备党员": "info", "停止党籍": "bad"}


def _badge(text: str) -> Any:
    return badge(text, _TONES[text])


COLUMNS = (
    Column("name", "姓名", kind="name", sort=True, fixed=True),
    Column("sex", "性别", kind="state"),
    Column("ethnic", "民族"),
    Column("birth", "出生日期", kind="date", sort=True),
    Column("unit", "所在党支部", kind="long"),
    Column("standing", "党籍状态", kind="state", show=_badge),
    Column("join_date", "入党日期", kind="date", sort=True),
    Column("years", "党龄", kind="number", sort=True),
    Column("post", "工作岗位", shown=False),
)


class PersonSchema(Schema):
    """A few fields of every kind."""

    name = fields.Str(required=True, metadata={"label": "姓名", "group": "基本情况", "autocomplete": "off"})
    sex = fields.Str(
        required=True,
        validate=validate.OneOf(["1", "2"], ["男", "女"]),
        metadata={"label": "性别", "widget": "radio", "group": "基本情况"},
    )
    ethnic = fields.Str(metadata={"label": "民族", "choices": [("01", "汉族"), ("15", "土家族")], "group": "基本情况"})
    id_no = fields.Str(
        metadata={"label": "公民身份号码", "help": "18 位；末位可为 X。", "group": "基本情况", "inputmode": "text"}
    )
    join_date = fields.Date(
        required=True, metadata={"label": "加入党组织日期", "help": "支部大会通过之日。", "group": "党籍"}
    )
    regular_date = fields.Date(metadata={"label": "转正日期", "group": "党籍"})
    term = fields.Integer(metadata={"label": "任期", "unit": "年", "group": "党籍"})
    lost = fields.Boolean(metadata={"label": "失联党员", "group": "党籍"})
    note = fields.Str(metadata={"label": "备注", "widget": "textarea", "group": "其他"})
    paper = fields.Raw(metadata={"label": "依据文件", "widget": "file", "accept": ".pdf,.docx", "group": "其他"})


def _form() -> forms.Form:
    typed = {
        "name": "欧阳修远",
        "sex": "2",
        "ethnic": "01",
        "join_date": "1990年7月",
        "regular_date": "1991-07-01",
        "term": 5,
    }
    errors = {"join_date": ["请填写完整的年月日，例如 1990-07-01。"]}
    return forms.make(PersonSchema(), data=typed, errors=errors, findings=FINDINGS)


def listing(rows: int = 6, total: int | None = 20_135, **filters: Any) -> Listing:
    """A list as a page makes it."""
    view = ListView.of_request("members", COLUMNS, default_sort="name")
    held = [(f"0198c0de-0000-7000-8000-{i:012d}", *PEOPLE[i % len(PEOPLE)]) for i in range(rows)]
    return Listing(
        view,
        held,
        total=total,
        title="党员名册",
        link=pattern("gallery.person", "person_id"),
        filters=filters,
        export_url="#export",
        unit="人",
    )


TREE = [
    {
        "id": 1, "title": "中共清河县委员会", "url": "#1", "icon": "building-community", "note": "20,135", "children": [
            {"id": 2, "title": "中共清河县青山镇委员会", "url": "#2", "icon": "building", "note": "1,204", "present": True, "children": [
                {"id": 3, "title": "中共清河县青山镇柳树沟村支部委员会", "url": "#3", "icon": "users-group", "note": "46"},
                {"id": 4, "title": "中共清河县青山镇中心小学支部委员会", "url": "#4", "icon": "users-group", "note": "换届逾期", "tone": "bad"},
            ]},
            {"id": 5, "title": "中共清河县第一中学总支部委员会", "url": "#5", "icon": "building", "note": "118", "more": "/branch"},
        ],
    }
]  # fmt: skip

EVENTS = [
    {"date": "2026-11-03", "title": "党组织关系转入", "text": "由中共青石市委机关工作委员会转入柳树沟村支部", "who": "王秀兰", "tone": "info"},
    {"date": "2019-06-30", "title": "转为正式党员", "text": "县委组织部 清组〔2019〕41号", "tone": "ok", "url": "#doc"},
    {"date": "2018-06-30", "title": "接收为预备党员", "tone": "brand"},
]  # fmt: skip


@bp.get("/")
def home() -> str:
    """The home page with data."""
    return render_template(
        "web/home.html",
        figures=[("党员", "20,135", "#m", "比上月 +12", ""), ("预备党员", "412", "#p"), ("党支部", "744", "#b"), ("换届逾期", "9", "#o", "最早 2026-08-15", "bad"), ("失联党员", "31", "#l", "", "warn")],
        due=[
            {"title": "换届到期", "unit": "中共清河县青山镇中心小学支部委员会", "due": "已过 98 天", "tone": "bad", "url": "#1"},
            {"title": "预备期满，可讨论转正：曾玉兰", "unit": "第一中学总支部", "due": "还有 3 天", "tone": "warn", "url": "#2"},
            {"title": "满五十年党龄：仇和平", "unit": "幸福社区支部", "due": "11月28日", "url": "#3"},
        ],
        units=[{"title": "中共清河县委员会", "url": "#u", "facts": [("下级组织", "825"), ("党员", "20,135"), ("书记", "李国强"), ("届满", "2031-10-20")]}],
        shortcuts=[("登记党员", "user-plus", "#a"), ("导入名册", "file-import", "#b"), ("组织变动", "arrows-split", "#c"), ("党员名册", "users", "#d")],
        recent=EVENTS[:2],
    )  # fmt: skip


@bp.get("/gallery")
def components() -> str:
    """Everything on one page."""
    flash("已保存 12 名党员的党组织关系。", "ok")
    return render(
        "gallery.html",
        listing=listing(q=("搜索", "ozxy"), standing=("党籍状态", "正式党员")),
        form=_form(),
        findings=FINDINGS,
        tree_nodes=TREE,
        events=EVENTS,
    )


@bp.get("/members")
def members() -> str:
    """A list page as parts write it."""
    return render("gallery_list.html", fragment="results", listing=listing(50))


@bp.get("/members/<uuid:person_id>")
def person(person_id: str) -> str:
    """Where a row leads."""
    return render("gallery_person.html", person_id=person_id, events=EVENTS)


@bp.get("/branch")
def branch() -> str:
    """The children of a tree node."""
    return render("gallery_branch.html", nodes=TREE[0]["children"][0]["children"])


@bp.get("/sign-in")
def sign_in() -> str:
    """The sign-in page after a wrong password."""
    return render("web/sign_in.html", action="#", login="wangxl", error="账号或密码不正确，请重新输入。")


@bp.get("/settings")
def settings() -> str:
    """Tenant settings."""
    return render("web/settings.html", form=_form(), action="#", facts=[("代号", "qinghe"), ("党员", "20,135")])


@bp.get("/error/<int:status>")
def error(status: int) -> Response:
    """Any HTTP error."""
    abort(status)


@bp.get("/refused")
def refused() -> str:
    """An act the rules refuse."""
    raise Refused(FINDINGS[:2])


@bp.get("/broken")
def broken() -> str:
    """A defect."""
    raise RuntimeError("broken on purpose")


def register(app: Flask, navigation: ModuleType) -> None:
    """Put the gallery into ``app``."""
    app.register_blueprint(bp)
    item = navigation.Item
    navigation.add(
        app,
        item(label="首页", icon="home", endpoint="gallery.home", phone=1, order=1),
        item(label="组织", icon="sitemap", endpoint="gallery.components", group="组织", phone=2),
        item(
            label="党员名册",
            icon="users",
            endpoint="gallery.members",
            group="党员",
            phone=3,
            within=("gallery.person",),
        ),
        item(label="导入", icon="file-import", endpoint="gallery.sign_in", group="管理"),
        item(
            label="组织设置",
            icon="settings",
            endpoint="gallery.settings",
            group="管理",
            phone=4,
            permission="tenant.settings",
        ),
    )
    navigation.of(app).search_endpoint = "gallery.members"
    navigation.of(app).help_endpoint = "gallery.refused"
    assert _
