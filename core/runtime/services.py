"""The services a process needs: embedded ones started (or joined), external ones checked, secrets made or asked for."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from core.config import Settings, missing
from core.runtime.postgres import EmbeddedPostgres
from core.runtime.roles import CannotPrepare, may_prepare, prepare_database
from core.runtime.secrets import SecretStore, random_key
from core.runtime.valkey import EmbeddedValkey


@dataclass(frozen=True, slots=True)
class Services:
    """What runs for the product now; a member is None where an external service is used."""

    settings: Settings  #: completed: every URL and secret is filled in
    postgres: EmbeddedPostgres | None
    valkey: EmbeddedValkey | None

    def ensure(self) -> list[str]:
        """Start embedded servers again that have died. :returns: the names of those."""
        servers = (("postgres", self.postgres), ("valkey", self.valkey))
        return [name for name, server in servers if server is not None and server.ensure()]


@contextmanager
def services(settings: Settings, *, queue: bool = True, owner: bool = True, system: bool = True) -> Iterator[Services]:
    """Everything the product stands on, for as long as the block runs.

    Embedded PostgreSQL and Valkey are used where no URL is set. The last process of a data directory stops them.

    :param queue: whether Valkey is needed (a database command does without).
    :param owner: whether the owner's URL is needed (migrations).
    :param system: whether the system role's URL is needed (schedule, tenants).
    :raises core.config.SettingError: production lacks a secret.
    :raises core.runtime.roles.CannotPrepare: the external database's role can't prepare what is missing.
    """
    settings = replace(settings, data_dir=settings.data_dir.expanduser().absolute())
    settings = with_secrets(settings)
    with ExitStack() as stack:
        postgres = valkey = None
        if not settings.database_url and not settings.database_admin_url:
            postgres = stack.enter_context(EmbeddedPostgres(settings.data_dir))
        settings = with_database(settings, postgres, owner=owner, system=system)
        if queue and not settings.redis_url:
            valkey = stack.enter_context(EmbeddedValkey(settings.data_dir))
            settings = replace(settings, redis_url=valkey.url)
        yield Services(settings, postgres, valkey)


def with_secrets(settings: Settings) -> Settings:
    """The settings with the signing and the master key; made once in the data directory, except in production."""
    if settings.production:
        return settings
    store = SecretStore(settings.data_dir)
    return replace(
        settings,
        secret_key=settings.secret_key or store.get_or_make("secret_key"),
        master_key=settings.master_key or store.get_or_make("master_key", random_key),
    )


def with_database(settings: Settings, postgres: EmbeddedPostgres | None, *, owner: bool, system: bool) -> Settings:
    """The settings with the URLs of the roles needed; roles and database are made where we may make them.

    :raises core.config.SettingError: in production, where only what is configured is used.
    :raises CannotPrepare: the external role may not make what is missing.
    """
    needed = {"database_url": True, "database_owner_url": owner, "database_system_url": system}
    absent = [name for name, wanted in needed.items() if wanted and not getattr(settings, name)]
    if settings.production:
        if absent:
            raise missing(absent[0])
        return settings
    if all(getattr(settings, name) for name in needed):
        return settings
    admin = settings.database_admin_url if postgres is None else postgres.admin_url
    if not admin and not may_prepare(settings.database_url):
        if not absent:
            return settings
        raise CannotPrepare(
            "DANGJIAN_DATABASE_URL 的角色不能建立角色和数据库，又没有设置 DANGJIAN_DATABASE_OWNER_URL 与 "
            "DANGJIAN_DATABASE_SYSTEM_URL。请先运行：dangjian db init --admin-url postgresql://postgres@HOST/postgres"
        )
    return prepared(settings, admin_url=admin or settings.database_url)


def prepared(settings: Settings, *, admin_url: str, reset_passwords: bool = False) -> Settings:
    """The settings with the three roles' URLs, after making whatever is missing with the administrator's role."""
    urls = prepare_database(admin_url, secrets=SecretStore(settings.data_dir), reset_passwords=reset_passwords)
    return replace(
        settings, database_url=urls.app, database_owner_url=urls.owner, database_system_url=urls.system,
        database_admin_url=admin_url,
    )  # fmt: skip
