"""The report of a run: which checks the plugin passed, as JSON for programs and Markdown for people."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from core.sdk.kit.contract import checks


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one check.

    :param outcome: passed | failed | exempt | not run (the plugin could not be started).
    :param said: what was wrong, or the reason of the exemption.
    :param cpu: seconds this process worked for it, which a busy machine hardly changes; ``seconds`` passed on the clock.
    """

    code: str
    sentence: str
    outcome: str
    seconds: float
    said: tuple[str, ...] = ()
    cpu: float = 0.0


@dataclass(frozen=True, slots=True)
class About:
    """What the report is about."""

    plugin: str
    title: str
    version: str
    distribution: str
    sdk: str


def write(folder: Path, about: About, results: Sequence[Result]) -> None:
    """Write ``report.json`` and ``report.md``."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = {"about": asdict(about), "conforms": conforms(results), "results": [asdict(one) for one in results]}
    (folder / "report.json").write_text(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", "utf-8")
    (folder / "report.md").write_text(_markdown(about, results), "utf-8")


def conforms(results: Sequence[Result]) -> bool:
    """Whether nothing failed and every check there is was run or exempted; a run of some says nothing of the rest."""
    asked = {one.code for one in results}
    return all(one.code in asked for one in checks()) and all(one.outcome in ("passed", "exempt") for one in results)


def _not_yet(results: Sequence[Result]) -> str:
    some = len({one.code for one in results}) < len(checks())
    return (
        "some checks only." if some and {one.outcome for one in results} <= {"passed"} else "**it does not conform.**"
    )


def _markdown(about: About, results: Sequence[Result]) -> str:
    lines = [
        f"# {about.title or about.plugin} {about.version}",
        "",
        f"Plugin `{about.plugin}` of {about.distribution or 'an unknown distribution'}, held to SDK {about.sdk}: "
        + ("**it conforms.**" if conforms(results) else _not_yet(results)),
        "",
        "| check | what must hold | outcome | seconds |",
        "| --- | --- | --- | --- |",
        *(f"| `{one.code}` | {one.sentence} | {one.outcome} | {one.seconds:.1f} |" for one in results),
    ]
    for one in results:
        if one.said:
            lines += ["", f"## {one.code}: {one.outcome}", "", *(f"- {text}" for text in one.said)]
    return "\n".join(lines) + "\n"
