"""What plugin authors rely on changes only where somebody looked at it."""

import re

from core.extension import reference as hooks
from core.extension.hooks import Hooks
from core.extension.points import points_of
from core.sdk import reference
from core.sdk.surface import REVIEWED, main, names, surface, undocumented


def test_the_surface_of_the_sdk_is_the_one_that_was_reviewed():
    assert surface() == REVIEWED.read_text("utf-8"), (
        "core.sdk has changed. Look at `python -m core.sdk.surface`; if it is meant, raise core.extension.version.SDK "
        "where the change asks for it, and accept it with `python -m core.sdk.surface --write`"
    )


def test_an_added_name_shows_and_is_accepted_by_the_command(monkeypatch, tmp_path, capsys):
    import core.sdk

    reviewed = tmp_path / "surface.txt"
    monkeypatch.setattr("core.sdk.surface.REVIEWED", reviewed)
    assert main(["--write"]) == 0
    assert main([]) == 0

    def brew(cups: int = 1) -> None:
        """Make tea."""

    monkeypatch.setattr(core.sdk, "brew", brew, raising=False)
    monkeypatch.setattr(core.sdk, "__all__", [*core.sdk.__all__, "brew"])
    assert main([]) == 1
    assert "+function core.sdk.brew(cups: int = 1) -> None" in capsys.readouterr().out
    assert main(["--write"]) == 0
    assert main([]) == 0


def test_everything_a_plugin_may_import_says_what_it_is():
    assert undocumented() == []
    assert len(list(names())) > 100


def test_the_page_of_what_a_plugin_may_import_is_up_to_date():
    assert reference.main([]) == 0, "run: python -m core.sdk.reference --write"


def test_the_page_tells_of_every_name_and_holds_no_path_of_ours():
    page = reference.page()
    for name, _value in names():
        assert f"\n### {name.rpartition('.')[2]}\n" in page, name
    assert "core.notices." not in page
    assert " at 0x" not in page


def test_what_the_signatures_of_extension_points_name_can_be_imported_by_a_plugin():
    """Or by anybody: of typing, the standard library, the language."""
    import core.sdk

    known = {*core.sdk.__all__, "Sequence", "Mapping", "Iterable", "Iterator", "Any", "UUID", "None"}
    for name in points_of(Hooks):
        said = re.findall(r"\b[A-Z]\w+", hooks.signature(name))
        assert set(said) <= known, (name, said)
