"""``/api/v1/plugins``: the tenant's plugins for programs: what there is, switching, settings, what they hold."""

from typing import Any
from uuid import UUID

from flask import Flask, Response, abort, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.access.gate import requires
from core.api import fields, setup
from core.api.answers import answer, match, tag_of
from core.api.shapes import Answer, Shape, listing
from core.api.verbs import Verbs
from core.extension import actions, tasks
from core.extension.impact import impact
from core.extension.lifecycle import STATES, Standing, standing_of, standings
from core.extension.manifest import DATA_CLASSES
from core.extension.settings import declared, has_secret, setting
from core.files.api import UploadShape, one_file
from core.policy.findings import Finding, Refused, Severity

bp = Verbs("plugins_api", __name__, title=_l("插件"))
VIEW, EDIT = "settings.view", "settings.edit"


class PluginShape(Answer):
    """A plugin as the tenant sees it."""

    name = fields.Text(required=True)
    title = fields.Text(required=True)
    summary = fields.Text(required=True, most=2000)
    version = fields.Text(required=True)
    state = fields.Choice(STATES, _l("处于哪一步"), required=True)
    configured = fields.Flag(_l("是否保存过设置"), required=True)
    data_classes = fields.Many(fields.Choice(DATA_CLASSES), required=True)
    permissions = fields.Many(fields.Text(), required=True)
    egress = fields.Many(fields.Text(_l("与哪些外部系统往来")), required=True)
    requires = fields.Many(fields.Text(), required=True)
    needed_by = fields.Many(fields.Text(_l("已启用而需要它的插件")), required=True)


class PluginsShape(Answer):
    """All of them."""

    items = fields.Many(fields.Nested(PluginShape), required=True)


class SwitchedShape(Answer):
    """What was switched on, in order; empty when all was on already."""

    enabled = fields.Many(fields.Text(), required=True)


class OwnShape(Answer):
    """What the plugin itself says of it."""

    what = fields.Text(required=True)
    count = fields.Whole(required=True, most=10**12)
    becomes = fields.Text(required=True)


class ImpactShape(Answer):
    """What switching off or purging would touch."""

    plugin = fields.Text(required=True)
    tables = fields.Mapped(keys=fields.Text(), values=fields.Whole(most=10**12), required=True)
    kept = fields.Mapped(keys=fields.Text(), values=fields.Whole(most=10**12), required=True)
    records = fields.Whole(required=True, most=10**12)
    files = fields.Whole(required=True, most=10**12)
    bytes = fields.Whole(required=True, most=10**15)
    held = fields.Whole(_l("注明不得销毁的文件"), required=True)
    dependants = fields.Many(fields.Text(), required=True)
    jobs = fields.Whole(required=True)
    deadlines = fields.Whole(required=True)
    settings = fields.Whole(required=True)
    silent = fields.Flag(_l("插件现在不能自己说明"), required=True)
    own = fields.Many(fields.Nested(OwnShape), required=True)


class SettingShape(Answer):
    """A setting; of a secret only whether there is one."""

    key = fields.Text(required=True)
    title = fields.Text(required=True)
    type = fields.Choice(("text", "long_text", "number", "flag", "date", "choice"), required=True)
    secret = fields.Flag(required=True)
    is_set = fields.Flag(_l("密钥是否已设置"), required=True)
    value = fields.Raw(required=True, allow_none=True)
    choices = fields.Many(fields.Text(), required=True)


class SettingsShape(Answer):
    """All settings of a plugin."""

    items = fields.Many(fields.Nested(SettingShape), required=True)


class SettingsBody(Shape):
    """New values by key; what is left out stays, and ``null`` takes a secret away."""

    values = fields.Mapped(
        keys=fields.Text(least=1), values=fields.Raw(allow_none=True), required=True,
        metadata={"description": _l("设置项与值；没有写的不变，密钥写 null 则删除")},
    )  # fmt: skip


class TaskShape(Answer):
    """A piece of work on what a plugin holds."""

    id = fields.Id(required=True)
    kind = fields.Choice(("export", "import", "purge"), _l("导出、导入或清除"), required=True)
    state = fields.Choice(("waiting", "running", "done", "failed"), required=True)
    done = fields.Whole(_l("已处理的记录和文件"), most=10**12, required=True)
    total = fields.Whole(most=10**12, required=True)
    problem = fields.Text(_l("没有完成的原因，没有则为空"), most=1000, required=True)
    file_id = fields.Id(_l("导出的压缩包，用 /files/{file_id}/content 下载"), allow_none=True, required=True)
    started_by = fields.Text(required=True)
    started_at = fields.Moment(required=True)
    finished_at = fields.Moment(allow_none=True, required=True)


class PurgeBody(Shape):
    """What must be said before everything goes, as the page asks it."""

    typed = fields.Text(_l("照写插件的名称或代码，以示确认"), least=1, required=True)
    export = fields.Choice(
        {tasks.HAVE: _l("已经导出过"), tasks.FIRST: _l("先导出再清除"), tasks.NONE: _l("不需要导出")},
        _l("清除之前是否导出数据"), required=True,
    )  # fmt: skip
    still = fields.Text(_l("还有事项没有办完时，须写“仍要清除”"), load_default="")


def _shown(one: Standing) -> dict[str, Any]:
    manifest = one.manifest
    return {
        "name": one.name, "title": one.title, "summary": manifest.summary if manifest else "", "version": one.version,
        "state": one.state, "configured": one.configured,
        "data_classes": list(manifest.data_classes) if manifest else [],
        "permissions": list(manifest.permissions) if manifest else [],
        "egress": list(manifest.egress) if manifest else [],
        "requires": list(one.needs), "needed_by": list(one.needed_by),
    }  # fmt: skip


def _found(name: str) -> Standing:
    found = standing_of(name)
    if found is None:
        abort(404)
    return found


@bp.get("/plugins", summary=_l("插件列表"), gives=PluginsShape)
@requires(VIEW)
def list_plugins() -> Response:
    """Every plugin the tenant may hear of."""
    return answer({"items": [_shown(one) for one in standings()]})


@bp.get("/plugins/<name>", summary=_l("一个插件"), gives=PluginShape)
@requires(VIEW)
def one_plugin(name: str) -> Response:
    """One plugin."""
    return answer(_shown(_found(name)))


@bp.get("/plugins/<name>/impact", summary=_l("停用或清除插件会影响什么"), gives=ImpactShape)
@requires(VIEW)
def plugin_impact(name: str) -> Response:
    """What it holds and carries."""
    _found(name)
    return answer(impact(name).as_dict())


@bp.post("/plugins/<name>/enable", summary=_l("启用插件，连同它需要的"), gives=SwitchedShape)
@requires(EDIT)
def enable_plugin(name: str) -> Response:
    """Switch it on; what is on already stays as it is."""
    _found(name)
    return answer({"enabled": list(actions.enable(name=name))})


@bp.post("/plugins/<name>/disable", summary=_l("停用插件，数据保留"), gives=PluginShape)
@requires(EDIT)
def disable_plugin(name: str) -> Response:
    """Switch it off."""
    _found(name)
    actions.disable(name=name)
    return answer(_shown(_found(name)))


def _settings(name: str) -> list[dict[str, Any]]:
    found = _found(name)
    known = declared(found.plugin) if found.plugin and found.plugin.state == "loaded" else ()
    return [
        {
            "key": one.key, "title": str(one.title), "type": one.type, "secret": one.secret,
            "is_set": has_secret(name, one.key), "value": None if one.secret else _plain(setting(name, one.key)),
            "choices": [value for value, _ in one.choices],
        }
        for one in known
    ]  # fmt: skip


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


@bp.get("/plugins/<name>/settings", summary=_l("插件的设置"), gives=SettingsShape, tagged=True)
@requires(VIEW)
def plugin_settings(name: str) -> Response:
    """Every declared setting with its value in force; secrets are never given."""
    found = _settings(name)
    return answer({"items": found}, tag=tag_of(found))


@bp.patch(
    "/plugins/<name>/settings", summary=_l("修改插件的设置"), takes=SettingsBody, gives=SettingsShape, changes="tag"
)
@requires(EDIT)
def change_settings(name: str, tag: str, body: dict[str, Any]) -> Response:
    """Set the given values; all of them or none."""
    match(tag, tag_of(_settings(name)))
    wrong = [key for key, value in body["values"].items() if not isinstance(value, str | int | bool | None)]
    if wrong:
        raise Refused(
            [
                Finding(
                    "PL.05",
                    Severity.BLOCK,
                    key,
                    f"“{key}”须为文字、整数，或 true（是）、false（否）。",
                    code="E_FORMAT",
                )
                for key in wrong
            ]
        )
    actions.save_settings(name=name, given=body["values"])
    now = _settings(name)
    return answer({"items": now}, tag=tag_of(now))


def _task(one: tasks.TaskView) -> dict[str, Any]:
    kept = ("id", "kind", "state", "done", "total", "problem", "started_at", "finished_at")
    given = {name: getattr(one, name) for name in kept}
    return {**given, "file_id": None if one.kind == "import" else one.file_id, "started_by": one.started_by_name}


def _one_task(name: str, task_id: UUID) -> tasks.TaskView:
    _found(name)
    found = tasks.task(task_id)
    if found is None or found.plugin != name:
        abort(404)
    return found


def _ordered(name: str, task_id: UUID) -> Response:
    place = url_for("plugins_api.plugin_task", name=name, task_id=task_id)
    return answer(_task(_one_task(name, task_id)), 201, location=place)


@bp.get("/plugins/<name>/tasks", summary=_l("插件数据的导出、导入和清除记录"), gives=listing(TaskShape))
@requires(VIEW)
def plugin_tasks(name: str) -> Response:
    """The newest ten pieces of work."""
    _found(name)
    return answer({"items": [_task(one) for one in tasks.tasks_of(name)], "next": None})


@bp.get("/plugins/<name>/tasks/<uuid:task_id>", summary=_l("一次导出、导入或清除的进展"), gives=TaskShape)
@requires(VIEW)
def plugin_task(name: str, task_id: UUID) -> Response:
    """How far it is."""
    return answer(_task(_one_task(name, task_id)))


@bp.post("/plugins/<name>/export", summary=_l("导出插件的全部数据"), gives=TaskShape, creates=True)
@requires(EDIT)
def export_plugin(name: str) -> Response:
    """Order an archive of everything it holds; a job makes it."""
    _found(name)
    return _ordered(name, tasks.order_export(name=name))


@bp.post(
    "/plugins/<name>/import", summary=_l("导入插件的数据"), uploads=UploadShape, gives=TaskShape, creates=True,
    says=_l("须为本平台导出的压缩包；插件须已停用且没有数据。"),
)  # fmt: skip
@requires(EDIT)
def import_plugin(name: str) -> Response:
    """Order an archive to be read back."""
    _found(name)
    content = one_file()[1]
    if not content:
        raise Refused([Finding("PL.06", Severity.BLOCK, "file", _("文件是空的。"), code="E_REQUIRED")])
    return _ordered(name, tasks.order_import(name=name, content=content))


@bp.post(
    "/plugins/<name>/purge", summary=_l("清除插件的全部数据"), takes=PurgeBody, gives=TaskShape, creates=True,
    says=_l("清除后不能恢复；会清除什么见 /plugins/{name}/impact。"),
)  # fmt: skip
@requires(EDIT)
def purge_plugin(name: str, body: dict[str, Any]) -> Response:
    """Order everything it holds of the tenant to be removed for good."""
    _found(name)
    return _ordered(name, tasks.order_purge(name=name, **body))


def register(app: Flask) -> None:
    """Add the verbs."""
    setup.add(app, bp)
