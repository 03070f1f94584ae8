"""The tenant's rules of signing in: which roles need a second factor, how long a session lives."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import requires
from core.database import transaction
from core.identity.pages.roles import role_choices
from core.identity.pages.site import RULES, bp
from core.identity.policy import ABSOLUTE, IDLE, SECOND_FACTOR
from core.identity.sessions import rights_changed, sign_in_rules
from core.policy.actions import set_value
from core.policy.findings import Refused
from core.policy.registry import Value
from core.web.settings_sections import sections


@bp.route("/settings/sign-in", methods=["GET", "POST"])
@requires(RULES)
def rules() -> str | Response | tuple[str, int]:
    """Show and set the rules; each is a policy value with its date and history."""
    now = sign_in_rules()
    hours, minutes = int(now.absolute.total_seconds() // 3600), int(now.idle.total_seconds() // 60)
    choices = role_choices()
    if request.method == "GET":
        start = {"roles": ",".join(sorted(now.roles)), "hours": str(hours), "minutes": str(minutes), "reason": ""}
        return render_template("identity/rules.html", given=start, choices=choices, findings=(), sections=sections())
    given = {
        "roles": ",".join(sorted(set(request.form.getlist("roles")) & {code for code, _title in choices})),
        "hours": request.form.get("hours", ""),
        "minutes": request.form.get("minutes", ""),
        "reason": request.form.get("reason", ""),
    }
    wanted: dict[str, Value] = {
        SECOND_FACTOR.key: given["roles"],
        ABSOLUTE.key: _whole(given["hours"]),
        IDLE.key: _whole(given["minutes"]),
    }
    before: dict[str, Value] = {
        SECOND_FACTOR.key: ",".join(sorted(now.roles)), ABSOLUTE.key: hours, IDLE.key: minutes,
    }  # fmt: skip
    try:
        with transaction():
            for key, value in wanted.items():
                if value != before[key]:
                    today = clock.today()
                    set_value(key=key, value=value, effective_from=today, reason=given["reason"], as_of=today)
            rights_changed()
    except Refused as refused:
        return (
            render_template(
                "identity/rules.html", given=given, choices=choices, findings=refused.findings, sections=sections()
            ),
            422,
        )
    flash(_("登录安全规则已保存，从现在起执行。"), "ok")
    return redirect(url_for("identity.rules"), 303)


def _whole(text: str) -> Value:
    return int(text) if text.isdecimal() and len(text) < 7 else text + " "
