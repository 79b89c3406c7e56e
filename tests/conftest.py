"""What every test can count on: no network, no display, one thread, a cache of its own only where it asks."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

# Read once by the numeric libraries, so it has to stand before any of them is imported.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
os.environ.setdefault("MPLBACKEND", "Agg")
# A model hub is never asked; what tests need they make themselves.
os.environ.setdefault("HF_HUB_OFFLINE", "1")

LOCAL = ("127.", "localhost", "::1", "0.0.0.0")


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(LOCAL):
            raise AssertionError(f"a test tried to reach {address!r}; tests are offline")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", local_only)


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the checkout."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """An empty folder that is the working directory meanwhile."""
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)
