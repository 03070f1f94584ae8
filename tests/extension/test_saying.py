"""Why a plugin can't be used is said in the words of whoever reads the page."""

import re

import pytest
from babel.messages.pofile import read_po
from packaging.version import Version

from core.extension import cli, condition, lifecycle
from core.extension.actions import refusal
from core.extension.arrangement import arrange
from core.extension.discovery import Found
from core.extension.host import Plugin
from core.extension.lifecycle import Installed, reasons_of
from core.extension.manifest import parse
from core.extension.saying import failed, said
from core.runtime.console import _in_words
from core.web.catalogues import FOLDER, ROOT

HEAD = 'name = "{}"\ntitle = "插件"\nversion = "1.0.0"\n{}\n'


def manifest(name: str, more: str = 'sdk = ">=1,<2"'):
    return parse(HEAD.format(name, more))


def arranged() -> list[str]:
    """Every sentence of the arrangement of plugins that do not fit."""
    given = [
        manifest("young", 'sdk = ">=9"'),
        manifest("ahead", 'sdk = ">=1,<2"\ncore_schema = "9999"'),
        manifest("needy", 'sdk = ">=1,<2"\nrequires = ["nobody"]'),
        manifest("newer", 'sdk = ">=1,<2"\nrequires = ["plain>=2"]'),
        manifest("plain"),
        manifest("rival", 'sdk = ">=1,<2"\nconflicts = ["plain"]'),
        manifest("round_a", 'sdk = ">=1,<2"\nrequires = ["round_b"]'),
        manifest("round_b", 'sdk = ">=1,<2"\nrequires = ["round_a"]'),
        manifest("follower", 'sdk = ">=1,<2"\nrequires = ["young"]'),
    ]
    found = arrange(given, sdk=Version("1.0.0"), core_schema="0025")
    return [problem for problems in found.refused.values() for problem in problems]


def stood() -> list[str]:
    """Every sentence of how a plugin's tables stand."""
    plugin = Plugin(
        "hall", Found("hall", "hall", "", None, None), manifest("hall", 'sdk = ">=1,<2"\nschema_serial = 2')
    )
    states = [None, ("installed", 1, ""), ("failed", 0, "division by zero"), ("held", 2, "")]
    made = [one and Installed("hall", "插件", "1.0.0", one[1], one[0], one[2]) for one in states]
    return [*reasons_of(None, None), *(problem for one in made for problem in reasons_of(plugin, one))]


OTHERS = [
    "two installed distributions claim this name: hall 1.0, dangjian-hall 2.0; uninstall all but one",
    "colour: is no key of a manifest",
    "titel: is no key of a manifest; did you mean 'title'?",
    "its package dangjian_hall is not there",
    "its table p_venue.booking lies outside the schema p_hall",
    "ValueError: it adds the column nickname to the table core.person, which is not hall's",
    "InvalidRequestError: Table 'p_venue.booking' is already defined for this MetaData instance. Specify more.",
    "what register_pages gives acts on the whole application, also where it is off (record …): use what holds",
    "its templates lie in templates/web, not in templates/hall",
    "register_permissions gives 'people.member.view', which is the core's",
    "register_jobs gives 'venue.tidy', as the plugin venue does",
    "register_jobs gives 'tidy', which does not begin with hall.",
    "its view /naked declares no permission: put @requires below the route",
    "it requires venue, which failed to start",
    "the check itself failed",
]


@pytest.mark.parametrize("problem", [*arranged(), *stood(), *OTHERS])
def test_what_an_operator_can_do_something_about_is_said_in_chinese(app, problem):
    with app.test_request_context("/"):
        text = said(problem)
    assert re.search(r"[一-鿿]", text), problem
    assert not re.search(r"\b(it|its|the|which|is)\b", text), text


def test_what_the_author_alone_can_mend_stays_as_it_is(app):
    with app.test_request_context("/"):
        assert said("register_jobs gave 7, which is no Job") == "register_jobs gave 7, which is no Job"


def test_every_word_of_the_operators_pages_is_in_the_catalogue():
    """A file that nobody named in babel.cfg would be Chinese in every language."""
    with (FOLDER / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        known = {one.id for one in read_po(file, locale="en") if one.string}
    for file in (ROOT / "tenants" / "operators").glob("*.py"):
        said = set(re.findall(r'\b_l?\(\s*"([^"]+)"', file.read_text("utf-8")))
        assert said <= known, (file.name, said - known)


def test_the_command_line_has_a_word_for_every_state():
    assert {*condition.STATES, *lifecycle.STATES} <= cli._STATES.keys()


def test_the_command_line_says_what_to_do_beside_why_it_refused():
    refused = refusal("插件“结对”需要它，不能停用。", fix="请先停用“结对”。")
    assert _in_words(refused) == ("插件“结对”需要它，不能停用。请先停用“结对”。", 1)


def test_why_tables_could_not_be_made_is_told_without_what_only_the_driver_says(app):
    with app.test_request_context("/"):
        text = said(failed("DataError: division by zero\n[SQL: SELECT 1/0]\n(Background on this error at: https://x)"))
    assert text.endswith("原因：DataError: division by zero\n[SQL: SELECT 1/0]")
    assert "换上改好的版本再升级数据库" in text
