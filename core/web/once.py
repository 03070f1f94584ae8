"""A form that is sent twice does its work once.

``forms.form`` gives each form a token. The first transaction of the request that carries it writes the token down; a
second request with the same token waits for that transaction and then does nothing but lead to where the first one led.
A request that ends with anything but a redirect (a form shown again, a file) frees its token: it may be sent again.
"""

import time
from uuid import UUID, uuid4

from flask import Flask, flash, g, has_request_context, redirect, request
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from werkzeug.wrappers import Response

from core.database import tenant_id, transaction
from core.database.session import TenantSession, at_transaction_start
from core.web.models import FormSent

#: The name of the hidden field.
FIELD = "once"
#: How long a second sending waits to learn where the first one led.
_LOOKS, _PAUSE = 40, 0.05


class AlreadySent(Exception):
    """This very form has done its work before."""


def field() -> Markup:
    """The hidden field with a new token."""
    return Markup('<input type="hidden" name="once" value="{}">').format(uuid4())


def _token() -> UUID | None:
    try:
        return UUID(request.form.get(FIELD, ""))
    except ValueError:
        return None


def _write_down(session: TenantSession) -> None:
    """Claim the request's token in the transaction that now begins, if it is the request's first."""
    if not has_request_context() or "form_token" not in g or g.get("form_claimed"):
        return
    g.form_claimed = True
    claim = insert(FormSent).values(tenant_id=tenant_id(), id=g.form_token).on_conflict_do_nothing()
    if not session.execute(claim.returning(FormSent.id)).all():
        raise AlreadySent


def _settle(response: Response) -> Response:
    """Note where the form led, or free its token."""
    if not g.get("form_claimed") or g.get("form_repeated"):
        return response
    token, done = g.form_token, 300 <= response.status_code < 400
    with transaction() as session:
        if done:
            session.execute(update(FormSent).where(FormSent.id == token).values(location=response.location))
        else:
            session.execute(delete(FormSent).where(FormSent.id == token))
    return response


def _again(_error: AlreadySent) -> Response:
    g.form_repeated = True
    flash(_("这份表单已经提交过，没有重复保存。"), "info")
    for _look in range(_LOOKS):
        with transaction() as session:
            where: str | None = session.scalar(select(FormSent.location).where(FormSent.id == g.form_token))
        if where:
            return redirect(where, 303)
        time.sleep(_PAUSE)
    return redirect(f"{request.script_root}/", 303)


def register(app: Flask) -> None:
    """Heed the tokens of every form that is posted."""

    @app.before_request
    def read() -> None:
        if request.method == "POST" and "tenant" in g and request.endpoint and not request.path.startswith("/api/"):
            token = _token()
            if token is not None:
                g.form_token = token

    if _write_down not in at_transaction_start:
        at_transaction_start.append(_write_down)
    app.after_request(_settle)
    app.register_error_handler(AlreadySent, _again)
    app.jinja_env.globals["once_field"] = field
