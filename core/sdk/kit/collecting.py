"""The checks as pytest's items: one each, named by what must hold."""

import time
from pathlib import Path
from typing import Any

import pytest

from core.extension.discovery import Found, discover
from core.extension.version import SDK
from core.sdk.kit.contract import Check, checks
from core.sdk.kit.exempting import BadExemption, exemptions
from core.sdk.kit.ground import Ground, NotReady, standing
from core.sdk.kit.reporting import About, Result, write


class NotStarted(RuntimeError):
    """The product could not be started with the plugin; the first check says why."""


class Contract:
    """Puts the checks into the run, starts the ground once, and writes the report at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.name: str = config.getoption("dangjian_plugin")
        self.found = self._find()
        self.results: list[Result] = []
        self._report = config.getoption("dangjian_report")
        self._standing: Any = None
        self._ground: Ground | None = None
        self._broken = ""
        if config.args_source is not pytest.Config.ArgsSource.ARGS:
            config.args[:] = [str(Path(__file__).parent)]  # the contract alone: nothing is collected there
        self.wanted = self._wanted(
            [one.strip() for one in config.getoption("dangjian_checks").split(",") if one.strip()]
        )
        try:
            known = [one.code for one in checks()]
            self.exempt = exemptions(self.found.folder, known=known) if self.found.folder else {}
        except BadExemption as error:
            raise pytest.UsageError(str(error)) from None

    def _find(self) -> Found:
        installed = {one.name: one for one in discover()}
        if self.name not in installed:
            names = ", ".join(installed) or "none"
            raise pytest.UsageError(
                f"no plugin {self.name!r} is installed in this environment (there is {names}): run `pip install -e .` "
                'in its folder; its entry point in the group "dangjian.plugins" gives the name'
            )
        return installed[self.name]

    def _wanted(self, codes: list[str]) -> list[Check]:
        """The checks that were asked for; all of them when none was named."""
        known = {one.code: one for one in checks()}
        unknown = [one for one in codes if one not in known]
        if unknown:
            raise pytest.UsageError(f"there is no check {', '.join(unknown)}; there are {', '.join(known)}")
        return [one for one in known.values() if not codes or one.code in codes]

    def ground(self) -> Ground:
        """The ground, started when it is first asked for.

        :raises NotStarted: it could not be, now or when it was first asked for.
        """
        if self._broken:
            raise NotStarted(self._broken)
        if self._ground is None:
            self._standing = standing(self.name)
            try:
                self._ground = self._standing.__enter__()
            except Exception as error:
                self._standing, self._broken = None, f"{type(error).__name__}: {error}"
                raise
        return self._ground

    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Add the checks in front of whatever else was asked for."""
        parent = _Checks.from_parent(session, name=f"dangjian:{self.name}")
        items[:0] = [_CheckItem.from_parent(parent, name=one.sentence, check=one, contract=self) for one in self.wanted]

    def pytest_sessionfinish(self) -> None:
        """Stop what was started; write the report."""
        if self._standing is not None:
            self._standing.__exit__(None, None, None)
        if self._report:
            manifest = self.found.manifest
            title, version = (manifest.title, str(manifest.version)) if manifest else ("", "")
            write(Path(self._report), About(self.name, title, version, self.found.distribution, SDK), self.results)


class _Checks(pytest.Collector):
    """The plugin, whose checks they are."""

    def collect(self) -> list[pytest.Item | pytest.Collector]:
        return []


class Unmet(Exception):
    """Something does not hold."""

    def __init__(self, check: Check, problems: list[str]) -> None:
        super().__init__("\n".join([*problems, f"→ {check.advice}"]))
        self.problems = problems


class _CheckItem(pytest.Item):
    """One check."""

    def __init__(self, *, check: Check, contract: Contract, **given: Any) -> None:
        super().__init__(**given)
        self.check, self.contract = check, contract

    def runtest(self) -> None:
        began, worked = time.monotonic(), time.process_time()
        outcome = "failed"
        said: tuple[str, ...] = ()
        try:
            outcome, said = self._judge()
        except BaseException as error:  # an end of the process that a plugin asks for is told like any other failure
            said = (f"{type(error).__name__}: {error}",)
            raise
        finally:
            seconds, cpu = round(time.monotonic() - began, 3), round(time.process_time() - worked, 3)
            found = Result(self.check.code, self.check.sentence, outcome, seconds, tuple(said), cpu)
            self.contract.results.append(found)
        if outcome == "failed":
            raise Unmet(self.check, list(said))
        if outcome != "passed":
            pytest.skip(f"{outcome}: {' '.join(said)}")

    def _judge(self) -> tuple[str, tuple[str, ...]]:
        reason = self.contract.exempt.get(self.check.code)
        if reason is not None:
            return "exempt", (reason,)
        ground = self.contract.ground()
        if self.check.running and not ground.runs:
            return "not run", ("the plugin could not be started: see what failed above",)
        known = "not ready" in ground.known
        try:
            problems = self.check.look(ground)
        except NotReady as error:
            return ("not run" if known else "failed"), (str(error),)
        return ("failed" if problems else "passed"), tuple(problems)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, Unmet):
            return f"[{self.check.code}] {self.check.sentence}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return Path(__file__), None, f"[{self.check.code}] {self.check.sentence}"
