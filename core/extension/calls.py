"""Calling plugins: only those that are enabled, one by one, each within its budget, none able to spoil the rest."""

import logging
import time
from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

import pluggy

from core.extension.breaker import Breaker
from core.extension.budget import OverBudget, begin, end, number
from core.extension.faults import Fault, fault_of
from core.extension.points import Call, Point

log = logging.getLogger(__name__)
#: The most a call may take where its point sets no limit and somebody waits.
_GUARDED = frozenset({Call.SLOT, Call.VETO, Call.FILTER})
#: What a plugin may raise that is no Exception; its own classes besides. The core's pass: they end the request or job.
_CAUGHT = (Exception, OverBudget, SystemExit, GeneratorExit)
_PASSING = ("builtins", "core.", "_pytest.")
#: A call that took so many times its budget was stuck where nothing reaches it: it is not tried five times over.
_STUCK = 3


@dataclass(frozen=True, slots=True)
class Implementation:
    """One plugin's implementation of one extension point."""

    plugin: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]


class Calls:
    """Calls the implementations of a plugin manager.

    :param manager: holds the implementations, registered under the plugins' names.
    :param points: every known extension point.
    :param tell: called with each failure.
    :param savepoint: a context manager that undoes what is written inside it when it is left by an exception.
    """

    def __init__(
        self,
        manager: pluggy.PluginManager,
        points: dict[str, Point],
        *,
        tell: Callable[[Fault], None],
        savepoint: Callable[[], Any],
    ) -> None:
        self.breaker = Breaker()
        self._manager = manager
        self._points = points
        self._tell = tell
        self._savepoint = savepoint
        self._found: dict[tuple[str, frozenset[str]], tuple[Implementation, ...]] = {}

    def forget(self) -> None:
        """Look the implementations up anew: plugins were registered or taken away."""
        self._found.clear()

    def implementations(self, hook: str, enabled: frozenset[str]) -> tuple[Implementation, ...]:
        """The implementations of enabled plugins, in the order pluggy would call them."""
        found = self._found.get((hook, enabled))
        if found is None:
            if len(self._found) > 5000:  # one entry per hook and set of plugins; tenants share most sets
                self._found.clear()
            caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
            found = self._found[hook, enabled] = tuple(
                Implementation(impl.plugin_name, impl.function, tuple(impl.argnames))
                for impl in reversed(caller.get_hookimpls())
                if impl.plugin_name in enabled
            )
        return found

    def each(
        self, hook: str, enabled: frozenset[str], tenant: int | None, /, **given: Any
    ) -> Iterator[tuple[str, Any]]:
        """Call every enabled plugin's implementation; gives (plugin, result) of those that answered.

        What one raises is caught, told and counted; it never reaches the caller. ``None`` is no answer.
        """
        implementations = self.implementations(hook, enabled)
        if not implementations:
            return
        point = self._points[hook]
        for found in implementations:
            arguments = {name: given[name] for name in found.arguments}
            done, result = self.one(found.plugin, hook, point, tenant, found.function, arguments)
            if done and result is not None:
                yield found.plugin, result

    def one(
        self,
        plugin: str,
        hook: str,
        point: Point,
        tenant: int | None,
        function: Callable[..., Any],
        arguments: dict[str, Any],
    ) -> tuple[bool, Any]:
        """Call one function of a plugin under the policy of its point; says whether it went well, and its result."""
        key = (plugin, hook, tenant)
        if not self.breaker.lets(key):
            return False, None
        started = time.monotonic()
        try:
            # what it sets in the context ends with it
            if point.call not in _GUARDED:
                result = copy_context().run(function, **arguments)
            else:
                with self._savepoint():
                    call = number()
                    try:
                        begin(call, point.budget_ms / 1000)
                        result = copy_context().run(function, **arguments)
                    finally:
                        end(call)
        except BaseException as error:
            if not isinstance(error, _CAUGHT) and type(error).__module__.startswith(_PASSING):
                raise
            limit = point.budget_ms / 1000
            self._failed(key, error, stuck=bool(limit) and time.monotonic() - started > _STUCK * limit)
            return False, None
        self.breaker.succeeded(key)
        return True, result

    def _failed(self, key: tuple[str, str, int | None], error: BaseException, *, stuck: bool) -> None:
        plugin, hook, tenant = key
        opened = self.breaker.failed(key, at_once=stuck)
        log.error("plugin %s failed in %s (tenant %s)%s", plugin, hook, tenant, ": breaker open" if opened else "",
                  exc_info=error)  # fmt: skip
        try:
            self._tell(fault_of(error, plugin=plugin, hook=hook, tenant=tenant))
        except Exception:
            log.exception("the failure of plugin %s could not be recorded", plugin)
