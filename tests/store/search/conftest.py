from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.search.conversations import Turn, Zoo


@pytest.fixture
def zoo(tmp_path: Path) -> Iterator[Zoo]:
    """Two conversations, not indexed."""
    zoo = Zoo(tmp_path)
    zoo.conversation("lions").say(Turn("feed the lions", ["They had lunch."], ["3 lions fed"]))
    zoo.conversation("lions").say(Turn("and the bears?", ["No bears here."]))
    zoo.conversation("bears").say(Turn("wash the bears", ["All bears are clean."]))
    yield zoo
    zoo.index.close()
