"""Files that a plugin's pages need: those of its folder ``static``, and no others."""

import sys

import pytest
from flask import Flask

from core.extension.views import Pages


@pytest.fixture
def visit(tmp_path, monkeypatch):
    package = tmp_path / "sample_static"
    (package / "static").mkdir(parents=True)
    (package / "__init__.py").write_text("", "utf-8")
    (package / "plugin.toml").write_text("name", "utf-8")
    (package / "static" / "seal.svg").write_text("<svg/>", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    __import__("sample_static")
    app = Flask("bare", static_folder=None)
    app.register_blueprint(Pages("sample_static"), name="p_sample", url_prefix="/p/sample")
    yield app.test_client(), app
    del sys.modules["sample_static"]


def test_what_lies_in_the_folder_is_given_and_the_view_says_what_it_asks_for(visit):
    client, app = visit
    assert client.get("/p/sample/static/seal.svg").text == "<svg/>"
    assert app.view_functions["p_sample.static"].permission == "public"


@pytest.mark.parametrize("path", ["../plugin.toml", "%2e%2e/plugin.toml", "..%2fplugin.toml", "none.svg"])
def test_nothing_outside_of_it_is(visit, path):
    client, _ = visit
    assert client.get(f"/p/sample/static/{path}").status_code == 404


def test_a_plugin_without_the_folder_has_no_such_address():
    assert not Pages("core.extension.views").has_static_folder
