"""What plugin authors rely on changes only where somebody looked at it."""

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
