"""The operators' page of plugins: what is installed, how it does, what failed; nothing of any tenant's data."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import OPERATOR, requires
from core.database.migrate import head
from core.database.system import system_engine
from core.extension import condition
from core.extension.saying import said
from core.extension.version import SDK
from tenants.operators import actions
from tenants.operators.pages import bp

STATES = {
    "ok": (_l("正常"), "ok"),
    "held": (_l("运维人员已暂停"), "warn"),
    "waiting": (_l("数据表待建立"), "warn"),
    "failed": (_l("数据表建立失败"), "bad"),
    "incompatible": (_l("版本不相配"), "bad"),
    "quarantined": (_l("已隔离"), "bad"),
    "orphaned": (_l("程序已移除"), "bad"),
}


def _shown() -> dict[str, Any]:
    return {"states": STATES, "who": g.operator, "zone": clock.ZONE, "sdk": SDK, "core_schema": head(), "said": said}


@bp.get("/plugins")
@requires(OPERATOR)
def plugins() -> str:
    """Every plugin with its state, its tables and who uses it."""
    with system_engine().connect() as connection:
        found = condition.conditions(connection)
        connection.commit()
    return render_template("operator/plugins.html", plugins=found, **_shown())


@bp.get("/plugins/<name>")
@requires(OPERATOR)
def plugin(name: str) -> str:
    """One plugin: why it stands as it does, its health now, and its faults."""
    with system_engine().connect() as connection:
        found = next((one for one in condition.conditions(connection) if one.name == name), None)
        if found is None:
            abort(404)
        failed = condition.faults(connection, name)
        connection.commit()
    return render_template(
        "operator/plugin.html", found=found, faults=failed, health=condition.health(name), **_shown()
    )


@bp.post("/plugins/<name>/hold")
@requires(OPERATOR)
def hold_plugin(name: str) -> Response:
    """Hold it back for every tenant at once: it answers nowhere, its data stay."""
    if condition.hold(name):
        actions.note(g.operator, "plugin.held", subject=name, address=request.remote_addr)
        flash(_("已暂停：各单位从下一次请求起不再使用它，数据不变。"), "ok")
    return redirect(url_for("operator.plugin", name=name), 303)


@bp.post("/plugins/<name>/retry")
@requires(OPERATOR)
def retry_plugin(name: str) -> Response:
    """Let it work again where it is on."""
    if condition.retry(name):
        actions.note(g.operator, "plugin.retried", subject=name, address=request.remote_addr)
        flash(_("已恢复：启用它的单位从下一次请求起可以使用。"), "ok")
    return redirect(url_for("operator.plugin", name=name), 303)


@bp.post("/plugins/<name>/faults/clear")
@requires(OPERATOR)
def clear_faults(name: str) -> Response:
    """Forget the faults that were seen to, and let the paused hooks of this process be called again."""
    condition.forget_faults(name)
    actions.note(g.operator, "plugin.faults.cleared", subject=name, address=request.remote_addr)
    flash(_("已清除错误记录。"), "ok")
    return redirect(url_for("operator.plugin", name=name), 303)
