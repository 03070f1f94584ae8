"""Opening an account for a member, from the member's page."""

from uuid import UUID

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.access.gate import requires
from core.config import Settings
from core.database import transaction
from core.identity.actions import create_account
from core.identity.inviting import hand_out
from core.identity.queries import account_of_person
from core.people.pages.site import bp, crumbs, found_or_404
from core.people.queries.single import Found
from core.policy.findings import Finding, Refused, Severity

#: Declared beside the other permissions of accounts, in core.identity.pages.site.
OPEN = "identity.account.open"
STANDINGS = ("formal", "probationary", "suspended", "holding")


def _address(token: str) -> str:
    settings: Settings = current_app.extensions["dangjian.settings"]
    if settings.public_url:
        return f"{settings.public_url.rstrip('/')}/t/{g.tenant.slug}/link/{token}"
    return url_for("identity.link", token=token, _external=True)


def open_for(found: Found, *, login: str, email: str, phone: str) -> tuple[UUID, str | None]:
    """Open an account for a member; its id, and the link to hand over when it was not mailed.

    :raises Refused: no longer on the roster, or what an account may not be.
    """
    if found.values["standing"] not in STANDINGS:
        raise Refused([Finding("ID.15", Severity.BLOCK, "", _("已不在册的人不能开通账号。"), code="E_STATE")])
    with transaction():
        made = create_account(
            login=login, display_name=found.values["name"], email=email, phone=phone, person_id=UUID(str(found.id))
        )
        return made, hand_out(account_id=made, address=_address)


@bp.route("/people/<uuid:person_id>/account", methods=["GET", "POST"])
@requires(OPEN)
def account(person_id: UUID) -> str | Response | tuple[str, int]:
    """Open an account for a member and hand out its invitation; whoever has one already is shown so."""
    found = found_or_404(person_id, OPEN)
    held = account_of_person(person_id)
    given = {name: request.form.get(name, "").strip() for name in ("login", "email", "phone")}
    context = {
        "found": found,
        "person": found.values,
        "crumbs": [*crumbs(found.place), (found.values["name"], url_for("people.member", person_id=person_id))],
        "held": held,
        "given": given,
        "link": None,
    }
    if request.method == "GET" or held is not None:
        return render_template("people/account.html", findings=(), **context)
    try:
        _made, link = open_for(found, **given)
    except Refused as refused:
        return render_template("people/account.html", findings=refused.findings, **context), 422
    if link is None:
        flash(_("账号已开通，链接已发到登记的电子邮箱。"), "ok")
        return redirect(url_for("people.account", person_id=person_id), 303)
    return render_template(
        "people/account.html", findings=(), **{**context, "held": account_of_person(person_id), "link": link}
    )
