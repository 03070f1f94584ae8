"""What a plugin writes down for the whole process, put back when the tests that loaded it are over."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

#: Module-level registries of the core: mappings, lists and sets that parts and plugins add to at the start.
REGISTRIES = (
    "core.access.permissions._known",
    "core.access.subjects._finders",
    "core.access.subjects._lists",
    "core.audit.kinds._known",
    "core.documents.registry._known",
    "core.events.registry.SUBSCRIBERS",
    "core.events.registry._kinds",
    "core.extension.hanging.HUNG",
    "core.extension.host.KNOWN",
    "core.files.purposes._known",
    "core.identity.sessions.ENROLMENT",
    "core.importing.kinds._kinds",
    "core.jobs.registry.DAILY",
    "core.jobs.registry.KINDS",
    "core.jobs.registry.PERIODIC",
    "core.notices.kinds._known",
    "core.policy.rulesets._known",
    "core.privacy.registry._known",
    "core.tenancy.sealed.COLUMNS",
    "core.tenancy.sealed.COUNTS",
    "core.tenancy.sealed.RESEALERS",
)


def _registry(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(sys.modules[module], attribute)


@contextmanager
def kept() -> Iterator[None]:
    """Every registry holds afterwards what it held before. The application must have been made."""
    before = {name: copy(_registry(name)) for name in REGISTRIES}
    yield
    for name, held in before.items():
        registry = _registry(name)
        registry.clear()
        if isinstance(registry, list):
            registry.extend(held)
        else:
            registry.update(held)
