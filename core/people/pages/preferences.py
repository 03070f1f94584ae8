"""What an account chooses for its lists."""

from typing import Any

from flask import redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import actor, requires
from core.database import transaction
from core.identity.actions import rights_changed
from core.identity.models import Account
from core.people.pages.columns import all_columns
from core.people.pages.listing import PREFERENCE
from core.people.pages.site import VIEW, bp
from core.web.carrying import grouped


@bp.post("/people/columns")
@requires(VIEW)
def columns() -> Response:
    """Keep the chosen columns for this account, and go back to the list."""
    known = {column.key for column in all_columns(clock.today())}
    chosen = [key for key in dict.fromkeys(request.form.getlist("col")) if key in known]
    with transaction() as session:
        account = session.scalars(select(Account).where(Account.id == actor().account_id).with_for_update()).one()
        account.preferences = {**account.preferences, PREFERENCE: chosen}
        rights_changed()  # every worker reads the account anew
    kept = [(k, v) for k, v in request.form.items(multi=True) if k not in ("col", "csrf_token", "page") and v]
    values: dict[str, Any] = grouped(kept)
    return redirect(url_for("people.members", **values), 303)
