"""The report needs nothing but itself, shows what the summary says, and lets no text become markup."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from handsel.sim.records import way_and_cost
from handsel.sim.report.page import page, write_report
from handsel.sim.report.svg import Bar, distribution, nice, rates, rows_that_fit
from handsel.sim.suite import total

from .runs import KINDS, record


def summary(*successes: bool) -> dict[str, Any]:
    episodes = [record(number, success) for number, success in enumerate(successes)]
    return {
        **{"suite": "relations", "seed": 5, "mind": "rules", "perceiver": "geometric", "noise": True},
        **{"camera_error": [0.0, 0.0], "disturbed": False, "ablate": ["maps"], "command": "handsel eval <x>"},
        **total(episodes, KINDS),
        "metrics": {"collisions": 2} | way_and_cost(episodes),
        "episodes": episodes,
    }


def test_the_page_takes_nothing_from_elsewhere_and_text_stays_text(tmp_path: Path) -> None:
    told = page(summary(True, False, True, False), tmp_path, tmp_path)
    assert "<b>task" not in told and "&lt;b&gt;task" in told and "handsel eval &lt;x&gt;" in told
    assert not re.search(r"https?:|src=|url\(|@import|<script|<link", told)
    assert "default-src 'none'" in told and "prefers-color-scheme: dark" in told
    assert told.count("<table") == told.count("</table>") == 1


def test_every_drawing_is_whole_and_says_what_it_is(tmp_path: Path) -> None:
    told = page(summary(True, False, True), tmp_path, tmp_path)
    drawings = re.findall(r"<svg.*?</svg>", told, re.S)
    assert len(drawings) == 8
    for one in drawings:
        root = ElementTree.fromstring(one)
        assert root.get("aria-label")
        for part in root.iter("rect"):
            assert float(part.get("width", "-1")) >= 0.0 and float(part.get("x", "-1")) >= 0.0
    for title in ("Done, by kind", "Why the others failed", "Residuals", "Clearance", "Time lines"):
        assert title in told


def test_only_what_is_there_is_linked(tmp_path: Path) -> None:
    place = tmp_path / "run" / "episode-0001"
    place.mkdir(parents=True)
    (place / "video.mp4").touch()
    write_report(summary(True, False, False), tmp_path / "run", tmp_path / "sub.html")
    told = (tmp_path / "sub.html").read_text()
    assert re.findall('href="(.*?)"', told) == ["run/episode-0001/video.mp4"]


def test_the_oracle_and_what_is_left_out_are_said_first(tmp_path: Path) -> None:
    told = page(summary(True) | {"perceiver": "oracle"}, tmp_path, tmp_path)
    head = told[: told.index("</header>")]
    assert "it was given the true poses" in head and "Left out: maps" in head
    assert "There are none." in told


def test_a_summary_of_another_suite_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    row = {"what": "recall", "asked": 0.99, "measured": None, "count": 0, "unit": "%", "met": None}
    bare = {"suite": "saycan", "success_rate": 1.0, "interval": (0.2, 1.0), "rows": [row | {"least": True}]}
    told = page(bare | {"episodes": [{"episode": 3, "success": False, "cause": "no"}]}, tmp_path, tmp_path)
    assert "recall" in told and "99.0 %" in told and ">no<" in told


def test_bars_are_as_long_as_their_shares() -> None:
    bar = Bar(label="pour", share=0.25, low=0.1, high=0.5, note="25 % of 8")
    root = ElementTree.fromstring(rates([bar], "rates"))
    assert [part.get("width") for part in root.iter("rect")] == ["440.0", "110.0"]
    whisker = next(part for part in root.iter("path"))
    assert whisker.get("d", "").startswith("M44.0 ") and "H220.0" in whisker.get("d", "")


@pytest.mark.parametrize("limit", [None, (1.0, "tolerated")])
def test_a_distribution_shows_every_value_once(limit: tuple[float, str] | None) -> None:
    values = [-1.0, 0.0, 0.2, 0.2, 0.9, 1.0, *[0.5] * 200, 50.0]
    root = ElementTree.fromstring(distribution(values, "m", "spread", limit))
    told = [part.text or "" for part in root.iter("title")][1:]
    assert sum(int(text.partition(":")[0]) for text in told) == len(values)
    assert any("more than" in text for text in told)


def test_axes_end_at_round_numbers() -> None:
    assert [nice(value) for value in (0.0, 0.07, 1.0, 1.05, 2.1, 95.0)] == [1.0, 0.08, 1.0, 1.25, 2.5, 100.0]


def test_rare_causes_are_one_row() -> None:
    assert rows_that_fit([("a", 1), ("b", 5), ("c", 2)], 2) == [("b", 5), ("2 other causes", 3)]
