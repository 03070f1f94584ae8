"""The administrator's tab 插件: what each plugin does and holds, switching it, setting it up, its data, its history."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Flask, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import may, requires
from core.access.roles import ROLES
from core.audit.models import AuditEvent
from core.audit.queries import COLUMNS, event_of
from core.database.read import rows
from core.extension import actions, impact, tasks
from core.extension.actions import title_of
from core.extension.condition import degraded
from core.extension.host import host
from core.extension.lifecycle import Standing, brings, standing_of, standings
from core.extension.settings import declared, has_secret, setting
from core.health import DEGRADED
from core.policy.findings import Finding, Refused
from core.web import help as handbook
from core.web.settings_sections import Section, add_section, sections
from core.web.shell import render

bp = Blueprint("plugins", __name__, template_folder="templates", url_prefix="/settings/plugins")
VIEW, EDIT = "settings.view", "settings.edit"
Page = str | Response | tuple[str, int]
STATES: Mapping[str, tuple[Any, str, Any]] = {
    "enabled": (_l("已启用"), "ok", None),
    "disabled": (_l("已停用"), "plain", _l("数据原样保留，看不到也不起作用。")),
    "installed": (_l("未启用"), "plain", None),
    "purged": (_l("未启用"), "plain", _l("数据已清除。")),
    "purging": (_l("正在清除数据"), "warn", None),
    "available": (_l("尚未安装完成"), "warn", _l("程序已在服务器上，数据表还没有建立。请运维人员完成安装。")),
    "incompatible": (_l("不能使用"), "bad", _l("与本平台的版本或其他插件不相配。请联系运维人员。")),
    "quarantined": (_l("已隔离"), "bad", _l("插件的程序有问题，平台没有运行它；其他功能不受影响。请联系运维人员。")),
    "orphaned": (
        _l("程序已移除"),
        "bad",
        _l("插件的程序已不在服务器上，数据还在。可以导出、停用和清除；需要继续使用请联系运维人员。"),
    ),
}
#: In place of what is said of an incompatible one whose package is faulty.
_UNREADABLE: Final = (_l("不能使用"), "bad", _l("安装包有错误，平台没有运行它；其他功能不受影响。请联系运维人员。"))
#: Privacy classes in words (00-conventions 0.4).
CLASSES: Mapping[str, tuple[Any, str]] = {
    "P0": (_l("公开信息"), "plain"),
    "P1": (_l("工作信息"), "plain"),
    "P2": (_l("个人信息"), "info"),
    "P3": (_l("敏感个人信息（加密保存）"), "warn"),
    "P4": (_l("仅限本人和指定人员的内容"), "bad"),
}
KINDS: Mapping[str, Any] = {"export": _l("导出数据"), "import": _l("导入数据"), "purge": _l("清除数据")}
ENDS: Mapping[str, tuple[Any, str]] = {
    "waiting": (_l("等待中"), "info"),
    "running": (_l("进行中"), "info"),
    "done": (_l("已完成"), "ok"),
    "failed": (_l("没有完成"), "bad"),
}
_HISTORY = (
    select(*COLUMNS)
    .where(AuditEvent.kind.like("plugin.%"), AuditEvent.detail["plugin"].astext == bindparam("plugin"))
    .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
    .limit(20)
)


def _found(name: str) -> Standing:
    found = standing_of(name)
    if found is None:
        abort(404)
    return found


def _state(one: Standing) -> tuple[Any, str, Any]:
    """A plugin's state in words: (what, tone, what it means)."""
    return _UNREADABLE if one.unreadable else STATES[one.state]


def _words() -> dict[str, Any]:
    return {"state_of": _state, "classes": CLASSES, "may_edit": may(EDIT), "zone": clock.ZONE}


@bp.get("/")
@requires(VIEW)
def listed() -> str:
    """Every plugin as a card."""
    return render("plugins/list.html", plugins=standings(), sections=sections(), **_words())


@bp.get("/<name>")
@requires(VIEW)
def one(name: str) -> str:
    """Everything about one plugin."""
    return _one(name)


def _one(name: str, findings: Sequence[Finding] = ()) -> str:
    found = _found(name)
    loaded = found.plugin if found.plugin and found.plugin.state == "loaded" else None
    work = tasks.tasks_of(name)
    return render(
        "plugins/one.html",
        found=found,
        findings=findings,
        counted=impact.impact(name),
        brings=brings(loaded) if loaded else (),
        permissions=_permissions(found),
        needs=_named(found.needs),
        needed_by=_named(found.needed_by),
        settings=[(one.title, _shown(name, one)) for one in declared(loaded)] if loaded else (),
        tasks=work,
        busy=any(task.busy for task in work),
        kinds=KINDS,
        ends=ENDS,
        history=[event_of(row) for row in rows(_HISTORY, plugin=name)],
        **_words(),
    )


def _named(names: Sequence[str]) -> str:
    """Plugins by what people call them."""
    return "、".join(title_of(host(), name) for name in names)


def _permissions(found: Standing) -> list[tuple[str, str]]:
    """What people may be allowed to do, and which roles are from the start: (title, roles)."""
    given = found.plugin.brought.get("register_permissions", ()) if found.plugin else ()
    return [
        (str(one.title), "、".join(str(_(ROLES[role].title)) for role in one.roles if role in ROLES)) for one in given
    ]


def _shown(name: str, one: Any) -> str:
    """A setting's value in words; of a secret only whether there is one."""
    if one.secret:
        return str(_("已设置（不显示）")) if has_secret(name, one.key) else ""
    value = setting(name, one.key)
    if one.type == "flag":
        return str(_("是") if value else _("否"))
    if one.type == "choice":
        return str(dict(one.choices).get(value, ""))
    return "" if value is None else str(value)


@bp.route("/<name>/enable", methods=["GET", "POST"])
@requires(EDIT)
def enable(name: str) -> Page:
    """Say what comes with it, then switch it on, with what it requires."""
    found = _found(name)
    held: Sequence[Finding] = ()
    if request.method == "POST":
        try:
            switched = actions.enable(name=name)
        except Refused as refused:
            held = refused.findings
        else:
            more = _named([one for one in switched if one != name])
            said = _("已启用“%(title)s”。", title=found.title)
            flash(said + (_("同时启用了它需要的：%(more)s。", more=more) if more else ""), "ok")
            return redirect(url_for("plugins.one", name=name), 303)
    page = render(
        "plugins/enable.html",
        found=found,
        findings=held,
        permissions=_permissions(found),
        brings=brings(found.plugin) if found.plugin else (),
        needed=[one for one in standings() if one.name in found.needs and one.state != "enabled"],
        kept="、".join(str(CLASSES[code][0]) for code in found.manifest.data_classes) if found.manifest else "",
        **_words(),
    )
    return (page, 422) if held else page


@bp.route("/<name>/disable", methods=["GET", "POST"])
@requires(EDIT)
def disable(name: str) -> Page:
    """Say what it touches, then switch it off."""
    found = _found(name)
    held: Sequence[Finding] = ()
    if request.method == "POST":
        try:
            actions.disable(name=name)
        except Refused as refused:
            held = refused.findings
        else:
            flash(_("已停用“%(title)s”，数据原样保留。", title=found.title), "ok")
            return redirect(url_for("plugins.one", name=name), 303)
    page = render("plugins/disable.html", found=found, findings=held, counted=impact.impact(name), **_words())
    return (page, 422) if held else page


@bp.route("/<name>/settings", methods=["GET", "POST"])
@requires(EDIT)
def configure(name: str) -> Page:
    """The form made from what the plugin declares. A secret is never shown: left empty, it stays."""
    found = _found(name)
    if found.plugin is None or found.plugin.state != "loaded" or not declared(found.plugin):
        abort(404)
    held: Sequence[Finding] = ()
    given: dict[str, Any] = {}
    if request.method == "POST":
        given = _given(found)
        try:
            actions.save_settings(name=name, given=given)
        except Refused as refused:
            held = refused.findings
        else:
            flash(_("已保存。"), "ok")
            return redirect(url_for("plugins.one", name=name), 303)
    page = render("plugins/settings.html", found=found, findings=held, fields=_fields(found, given, held), **_words())
    return (page, 422) if held else page


def _given(found: Standing) -> dict[str, Any]:
    """What the form says; a box that is not ticked says no, a secret to be taken away says nothing at all."""
    given: dict[str, Any] = {}
    for one in declared(found.plugin) if found.plugin else ():
        if one.type == "flag":
            given[one.key] = request.form.get(one.key, "")
        elif one.secret and request.form.get(f"{one.key}.remove"):
            given[one.key] = None
        elif one.key in request.form:
            given[one.key] = request.form[one.key]
    return given


_INPUTS = {"long_text": "textarea", "number": "number", "flag": "checkbox", "date": "date", "choice": "select"}


def _fields(found: Standing, given: Mapping[str, Any], findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The declared settings as ``forms.field`` takes them."""
    made = []
    for one in declared(found.plugin) if found.plugin else ():
        kept = has_secret(found.name, one.key) if one.secret else None
        value = "" if one.secret else given.get(one.key, setting(found.name, one.key))
        made.append(
            {
                "name": one.key,
                "label": one.title,
                "kind": "password" if one.secret else _INPUTS.get(one.type, "text"),
                "value": value,
                "help": " ".join(filter(None, [str(one.help), _("已设置；留空则不改。") if kept else ""])),
                "options": one.choices,
                "required": one.type in ("number", "choice"),
                "autocomplete": "new-password" if one.secret else "off",
                "wide": one.type == "long_text",
                "errors": [finding.message for finding in findings if finding.field == one.key],
                "kept": kept,
            }
        )
    return made


@bp.post("/<name>/export")
@requires(EDIT)
def export(name: str) -> Page:
    """Order an archive of everything it holds."""
    _found(name)
    try:
        tasks.order_export(name=name)
    except Refused as refused:
        return _one(name, refused.findings), 422
    flash(_("已开始导出，完成后可在本页下载。"), "ok")
    return redirect(url_for("plugins.one", name=name, _anchor="data"), 303)


@bp.post("/<name>/import")
@requires(EDIT)
def bring_back(name: str) -> Page:
    """Order an archive to be read back."""
    _found(name)
    given = request.files.get("file")
    content = given.read() if given else b""
    if not content:
        flash(_("没有选择文件。"), "bad")
        return redirect(url_for("plugins.one", name=name, _anchor="data"), 303)
    try:
        tasks.order_import(name=name, content=content)
    except Refused as refused:
        return _one(name, refused.findings), 422
    flash(_("已开始导入，结果见本页。"), "ok")
    return redirect(url_for("plugins.one", name=name, _anchor="data"), 303)


@bp.get("/<name>/archives/<uuid:task_id>")
@requires(EDIT)
def archive(name: str, task_id: UUID) -> Response:
    """The archive that an export made."""
    found = tasks.task(task_id)
    if found is None or found.plugin != name or found.file_id is None or found.kind == "import":
        abort(404)
    return redirect(url_for("files.download", file_id=found.file_id), 303)


@bp.route("/<name>/purge", methods=["GET", "POST"])
@requires(EDIT)
def purge(name: str) -> Page:
    """Say what goes, ask for the name and about the export, then have it removed for good."""
    found = _found(name)
    held: Sequence[Finding] = ()
    if request.method == "POST":
        form = request.form
        try:
            tasks.order_purge(
                name=name, typed=form.get("typed", ""), export=form.get("export", ""), still=form.get("still", "")
            )
        except Refused as refused:
            held = refused.findings
        else:
            flash(_("已开始清除“%(title)s”的数据。", title=found.title), "ok")
            return redirect(url_for("plugins.one", name=name, _anchor="data"), 303)
    made = [task for task in tasks.tasks_of(name) if task.kind == "export" and task.state == "done"]
    page = render(
        "plugins/purge.html",
        found=found,
        findings=held,
        said={finding.field: [finding.message] for finding in held},
        counted=impact.impact(name),
        last=made[0] if made else None,
        still=tasks.STILL,
        data=request.form,
        **_words(),
    )
    return (page, 422) if held else page


def register(app: Flask) -> None:
    """Add the pages, the tab and the help."""
    app.register_blueprint(bp)
    add_section(app, Section(_l("插件"), "plugins.listed", VIEW, "connections", order=20, within=("plugins.",)))
    handbook.add(app, "plugins.", "office/plugins")
    app.extensions.setdefault(DEGRADED, []).append(lambda: degraded(host(app)))
