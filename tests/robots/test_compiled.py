"""Compiling works where no cache can be written."""

from collections.abc import Callable
from typing import Any

import pytest
from handsel.robots import compiled as module


def twice(x: float) -> float:
    return 2.0 * x


def test_without_a_writable_cache_it_compiles_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    njit = module.njit

    def no_locator(*, cache: bool = False, **options: Any) -> Callable[..., Any]:
        if cache:
            raise RuntimeError("cannot cache function 'twice': no locator available")
        return njit(**options)

    monkeypatch.setattr(module, "njit", no_locator)
    assert module.compiled(twice)(21.0) == 42.0
