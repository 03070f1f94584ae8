"""What revision the shipped files lead to is read without Alembic, and says the same."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from core.database.migrate import configuration, head
from core.extension.installation import _newest


def test_the_head_is_the_one_alembic_finds() -> None:
    assert head() == ScriptDirectory.from_config(configuration()).get_current_head()


@pytest.mark.parametrize(
    ("files", "newest"),
    [
        (['revision = "1"\ndown_revision = None', "revision: str = '2'\ndown_revision: str | None = '1'"], "2"),
        (['revision = "1"\ndown_revision = None', 'revision = "2"\ndown_revision = "1"\nx = 1 +'], None),
        (['revision = "1"\ndown_revision = None', 'revision = "1" + "a"\ndown_revision = "1"'], None),
        (['revision = "1"\ndown_revision = None', 'revision = "2"\ndown_revision = None'], None),
        (['revision = "1"\ndown_revision = None', 'revision = "2"\ndown_revision = ("1",)'], None),
        (['revision = "1"\ndown_revision = None', "# nothing"], None),
        ([], None),
    ],
)
def test_a_plugins_newest_revision_is_told_only_where_it_is_plain(
    files: list[str], newest: str | None, tmp_path: Path
) -> None:
    for number, text in enumerate(files):
        (tmp_path / f"{number}.py").write_text(text)
    assert _newest(tmp_path) == newest
