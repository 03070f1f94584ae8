"""What is wrong with a manifest, and which plugins can be used together: said before any code of theirs is imported."""

import sys
from importlib.metadata import EntryPoint

import pytest
from packaging.version import Version

from core.extension import discovery
from core.extension.arrangement import arrange
from core.extension.manifest import BadManifest, parse
from tests.extension.conftest import manifest_text


def arranged(*given):
    return arrange([parse(one) for one in given], sdk=Version("1.4.0"), core_schema="0025")


def refused(*given):
    return {name: list(why) for name, why in arranged(*given).refused.items()}


def test_each_plugin_comes_after_those_it_requires():
    found = arranged(
        manifest_text("zeta"), manifest_text("alpha", requires='["zeta>=1"]'), manifest_text("mid", requires='["alpha"]')
    )  # fmt: skip
    assert [one.name for one in found.order] == ["zeta", "alpha", "mid"]
    assert found.refused == {}


def test_a_circle_is_refused_whole_and_named_and_the_others_stay():
    found = arranged(
        manifest_text("a", requires='["b"]'), manifest_text("b", requires='["c"]'), manifest_text("c", requires='["a"]'),
        manifest_text("outside"), manifest_text("hanging", requires='["c"]'),
    )  # fmt: skip
    assert [one.name for one in found.order] == ["outside"]
    assert all("in a circle" in found.refused[name][0] for name in "abc")
    assert found.refused["hanging"] == ("it requires the plugin c, which cannot be used",)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"sdk": '">=2"'}, "it is made for SDK >=2; this installation has 1.4.0"),
        ({"core_schema": '"0026"'}, "it needs the core's schema 0026; this installation has 0025"),
        ({"requires": '["nobody"]'}, "it requires the plugin nobody, which is not installed"),
        ({"requires": '["plain>=2"]'}, "it requires plain>=2; 1.0 is installed"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_is_there(more, why):
    assert refused(manifest_text("plain"), manifest_text("young", **more)) == {"young": [why]}


def test_of_two_that_conflict_neither_is_used_whichever_says_so():
    found = refused(manifest_text("one", conflicts='["other"]'), manifest_text("other"))
    assert set(found) == {"one", "other"}
    assert found["other"] == ["it cannot be used beside the plugin one"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (manifest_text("hall", permision='["hall.view"]'), "did you mean 'permissions'?"),
        (manifest_text("hall", wholly='"new"'), "wholly: is no key of a manifest"),
        (manifest_text("People"), "must be lower-case letters"),
        (manifest_text("people"), "is a name of the product's own"),
        (manifest_text("hall", permissions='["care.view"]'), "must begin with hall."),
        (manifest_text("hall", version='"new"'), "is not a version such as 1.0.2"),
        (manifest_text("hall", data_classes='["P9"]'), "'P9' is not among"),
        (manifest_text("hall", schema_serial='"1"'), "must be a whole number"),
        (manifest_text("hall", jobs='"yes"'), "must be true or false"),
        (manifest_text("hall", requires='["care>>1"]'), "is no requirement such as"),
        ("name = ", "is not valid TOML"),
    ],
)
def test_a_manifest_that_says_something_unknown_or_wrong_is_refused(text, said):
    with pytest.raises(BadManifest) as found:
        parse(text)
    assert any(said in one for one in found.value.problems), found.value.problems


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(BadManifest) as found:
        parse('name = "hall"\nwholly = "new"\nversion = "new"\n')
    assert [one.partition(":")[0] for one in found.value.problems] == ["wholly", "title", "version", "sdk"]


def entry(name, module):
    return EntryPoint(name, module, discovery.GROUP)


def test_two_distributions_of_one_name_are_both_refused_and_none_is_imported(make_plugin, monkeypatch):
    first, second = make_plugin("hall", init="raise SystemExit"), make_plugin("hall", init="raise SystemExit")
    points = [entry("hall", first.module), entry("hall", second.module)]
    monkeypatch.setattr(discovery, "entry_points", lambda **_: points)
    found = discovery.discover()
    said = f"two installed distributions claim this name: {first.module}, {second.module}; uninstall all but one"
    assert [one.problems for one in found] == [(said,)] * 2
    assert [one.manifest for one in found] == [None, None]
    assert not {first.module, second.module} & sys.modules.keys()


def test_what_was_installed_under_another_name_or_without_its_manifest_is_said_so(make_plugin, monkeypatch):
    named, bare = make_plugin("hall"), make_plugin("bare")
    (bare.folder / "plugin.toml").unlink()
    points = [entry("room", named.module), entry("bare", bare.module), entry("gone", "no_such_package")]
    monkeypatch.setattr(discovery, "entry_points", lambda **_: points)
    problems = {one.name: one.problems for one in discovery.discover()}
    assert problems["room"] == ("its entry point is called room, its manifest hall",)
    assert problems["bare"] == ("its package has no plugin.toml",)
    assert problems["gone"] == ("its package no_such_package is not there",)
