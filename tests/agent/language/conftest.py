"""The server that answers as it is told, one for each test."""

from collections.abc import Iterator

import pytest

from .servers import Server


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    yield one
    one.close()
