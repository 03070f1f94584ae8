"""What the verbs of access share."""

from collections.abc import Callable

from flask import abort
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import NoResultFound

from core.api.verbs import Verbs

bp = Verbs("access_api", "core.access.api", title=_l("授权"))


def or_404(act: Callable[[], object]) -> None:
    """Do a verb; 404 for what the tenant does not have."""
    try:
        act()
    except NoResultFound:
        abort(404)
