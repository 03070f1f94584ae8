"""What is wrong with what a plugin brings is named with what would be right."""

from types import SimpleNamespace

import pytest
from sqlalchemy import literal, select

from core.database.model import Base
from core.extension import boot
from core.extension.checks import _places, _rules, _views
from core.extension.contributions import Slot
from core.extension.host import Host
from core.extension.views import Api, Pages
from core.notices.registry import DeadlineRule


def plugin(**brought):
    return SimpleNamespace(name="hall", brought=brought)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("unit:sides", "is 'unit:side'"),
        ("members:side", "'member:side'"),
        ("nowhere", "see docs/plugins/slots.md"),
    ],
)
def test_a_place_that_there_is_not_is_named_with_those_that_are_like_it(place, said):
    (found,) = _places(plugin(register_slots=(Slot(place=place, render=lambda _id: None),)))
    assert f"there is no slot {place!r}" in found
    assert said in found


def rule(columns: int) -> DeadlineRule:
    wanted = select(*(literal(number) for number in range(columns)))
    return DeadlineRule("hall.key", "归还钥匙", "应还", "规定", "hall.booking", "a", "b", wanted, ("room", "room_id"))


def test_a_to_do_whose_select_gives_other_columns_is_refused_at_the_start_and_not_at_night():
    assert list(_rules(plugin(register_deadlines=(rule(5),)))) == []
    (found,) = _rules(plugin(register_deadlines=(rule(4),)))
    assert "selects 4 columns; 5 are wanted: the subject's id, the unit's id" in found
    (found,) = _rules(plugin(register_deadlines=(SimpleNamespace(code="hall.x", open="SELECT 1"),)))
    assert "no select" in found


RECORDS = {
    "before_app_request": lambda pages: pages.before_app_request(lambda: "mine"),
    "after_app_request": lambda pages: pages.after_app_request(lambda answer: answer),
    "app_errorhandler": lambda pages: pages.app_errorhandler(404)(lambda _error: ("mine", 404)),
    "app_context_processor": lambda pages: pages.app_context_processor(dict),
    "app_template_filter": lambda pages: pages.add_app_template_filter(str, "e"),
    "record": lambda pages: pages.record(lambda state: state.app.view_functions.clear()),
    "register_blueprint": lambda pages: pages.register_blueprint(Pages(__name__)),
}


@pytest.mark.parametrize("what", RECORDS)
def test_pages_that_would_act_on_the_whole_application_are_refused_before_they_are_mounted(what):
    pages = Pages(__name__)
    pages.context_processor(dict)
    pages.before_request(lambda: None)
    brought = plugin(register_pages=(pages,), register_api=(Api(__name__, title="接口"),))
    assert list(_views(brought)) == []
    RECORDS[what](pages)
    (found,) = _views(brought)
    assert found.startswith("what register_pages gives ")


OTHERS_TABLE = """
from sqlalchemy.orm import Mapped
from core.sdk import Model, implements

@implements
def register_models():
    class Person(Model):
        __tablename__ = "person"
        __table_args__ = ({"schema": "core"%s},)
        nickname: Mapped[str]
    return (Person,)
"""


@pytest.mark.parametrize("more", ["", ', "extend_existing": True'])
def test_a_plugin_that_claims_the_table_of_another_is_set_aside_alone_and_the_table_stays_as_it_was(
    app, make_plugin, more
):
    person = Base.metadata.tables["core.person"]
    columns, mapped = dict(person.columns), set(Base.registry.mappers)
    host = Host()
    found = [make_plugin("rival", init=OTHERS_TABLE % more), make_plugin("sound")]
    boot.load(host, found, apply=lambda _plugin: None)
    assert {name: one.state for name, one in host.plugins.items()} == {"rival": "quarantined", "sound": "loaded"}
    assert "core.person" in str(host.plugins["rival"].problems)
    assert dict(person.columns) == columns
    assert set(Base.registry.mappers) == mapped
