"""What pytest learns from this distribution: the option that runs the conformance kit, and fixtures for a plugin's own tests.

It imports nothing of the product until one of them is used, so that other suites in the same environment are left as they
were; the kit itself is :mod:`core.sdk.kit`.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest

_NAME = "dangjian_plugin"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("dangjian", "conformance kit of dangjian's plugins")
    group.addoption(
        "--dangjian-plugin", metavar="NAME", dest=_NAME, help="run the conformance kit on an installed plugin"
    )
    group.addoption(
        "--dangjian-checks",
        metavar="CODES",
        default="",
        help="of the kit's checks these alone, by their codes: leaks,plans",
    )
    group.addoption("--dangjian-report", metavar="FOLDER", help="write the kit's report there (report.json, report.md)")
    parser.addini(_NAME, "the plugin that the dangjian_… fixtures start the product with")


def pytest_configure(config: pytest.Config) -> None:
    """Bring the kit's checks in when they are asked for."""
    if config.getoption(_NAME):
        contract: Any = import_module("core.sdk.kit.collecting").Contract(config)
        config.pluginmanager.register(contract, "dangjian-kit")


@pytest.fixture(scope="session")
def dangjian_ground(pytestconfig: pytest.Config) -> Iterator[Any]:
    """The product on a database of its own, with the plugin (:class:`core.sdk.kit.ground.Ground`); started once."""
    name = pytestconfig.getoption(_NAME) or pytestconfig.getini(_NAME)
    if not name:
        pytest.fail('say which plugin is tested: dangjian_plugin = "name" in [tool.pytest.ini_options]', pytrace=False)
    with import_module("core.sdk.kit.ground").standing(name) as ground:
        yield ground


@pytest.fixture
def dangjian_app(dangjian_ground: Any) -> Any:
    """The Flask application, the plugin loaded."""
    return dangjian_ground.app


@pytest.fixture
def dangjian_tenant(dangjian_ground: Any) -> Any:
    """A fresh tenant that uses the plugin (:class:`core.sdk.kit.ground.Place`)."""
    return dangjian_ground.place()


@pytest.fixture
def dangjian_other_tenant(dangjian_ground: Any) -> Any:
    """Another tenant that uses the plugin, whose data must never be seen in the first."""
    return dangjian_ground.place()


@pytest.fixture
def dangjian_client(dangjian_ground: Any, dangjian_tenant: Any) -> Callable[..., Any]:
    """``dangjian_client("branch_secretary")``: a client of the tenant, signed in with that role on its root unit."""

    def client(role: str = "tenant_admin") -> Any:
        return dangjian_ground.client(dangjian_tenant, role)

    return client


@pytest.fixture
def dangjian_inside(dangjian_ground: Any, dangjian_tenant: Any) -> Iterator[Any]:
    """Work inside the tenant, as a job does."""
    with dangjian_ground.inside(dangjian_tenant):
        yield dangjian_tenant
