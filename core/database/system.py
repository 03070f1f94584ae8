"""The system role's own engine: lists tenants and relays the outbox; never used to serve a request's data."""

from flask import current_app
from sqlalchemy import Engine

from core.database.engine import make_engine


class NoSystemRole(RuntimeError):
    """A command needs the system role, and its address is not set."""


def system_engine() -> Engine:
    """The engine of role ``dangjian_system``, made on first use.

    :raises NoSystemRole: when DANGJIAN_DATABASE_SYSTEM_URL is not set.
    """
    engine: Engine | None = current_app.extensions.get("dangjian.system_engine")
    if engine is None:
        settings = current_app.extensions["dangjian.settings"]
        url = settings.database_system_url
        if not url:
            raise NoSystemRole("缺少设置 DANGJIAN_DATABASE_SYSTEM_URL（系统角色 dangjian_system）。")
        engine = current_app.extensions["dangjian.system_engine"] = make_engine(
            url, prepare=settings.database_prepare, pool_size=1, max_overflow=2
        )
    return engine
