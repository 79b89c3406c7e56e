"""Labels of a picture cover neither each other nor markers, and stay in the picture."""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from handsel.cli import labels, problem_picture
from handsel.cli.labels import Label, Labels, letters
from handsel.planners.problem_file import loads
from handsel.planners.solve import solve
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

PROBLEMS = Path(__file__).parents[2] / "examples" / "problems"


def shared(one: Bbox, other: Bbox) -> float:
    """Area in which two boxes overlap, [px^2]."""
    box = Bbox.intersection(one, other)
    return 0.0 if box is None else box.width * box.height


def canvas() -> tuple[FigureCanvasAgg, Labels]:
    figure = Figure(figsize=(6, 6), dpi=100)
    drawn = FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    figure.draw_without_rendering()
    return drawn, Labels(axes=axes, halo="white")


@pytest.mark.parametrize("seed", range(4))
def test_crowded_points_have_labels_that_can_be_read(seed: int) -> None:
    drawn, board = canvas()
    points = 0.5 + 0.04 * np.random.default_rng(seed).normal(size=(9, 2))
    for number, at in enumerate(points):
        board.markers.append(at)
        board.wanted.append(Label(at=at, text=f"teapot.handle_{number}", color="black"))
    notes = board.place(drawn.get_renderer())
    assert sum(len(note.get_text().splitlines()) for note in notes) == 9
    boxes = [letters(note, drawn.get_renderer()) for note in notes]
    assert max(shared(one, other) for one, other in combinations(boxes, 2)) == 0.0
    inside = board.axes.get_window_extent()
    assert all(shared(box, inside) > 0.99 * box.width * box.height for box in boxes)


def test_a_label_at_the_edge_stays_inside() -> None:
    drawn, board = canvas()
    board.wanted.append(Label(at=np.array([0.99, 0.99]), text="the_thing.in_the_corner", color="black"))
    (note,) = board.place(drawn.get_renderer())
    box = letters(note, drawn.get_renderer())
    assert shared(box, board.axes.get_window_extent()) > 0.99 * box.width * box.height


def test_what_is_at_one_place_is_one_label() -> None:
    drawn, board = canvas()
    for text in ("pen.tip", "cup.opening", "pen.tip"):
        board.wanted.append(Label(at=np.array([0.4, 0.4]), text=text, color="black"))
    board.wanted.append(Label(at=np.array([0.4, 0.4]), text="wall", color="red"))
    assert [note.get_text() for note in board.place(drawn.get_renderer())] == ["pen.tip\ncup.opening", "wall"]


@pytest.mark.parametrize("name", ["pen_reorient", "pour_tilt", "stack", "two_stages", "upright_carry"])
def test_pictures_of_problems_have_no_label_on_another(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names of keypoints that lie close together were written across each other."""
    file = loads((PROBLEMS / f"{name}.toml").read_text())
    table = json.loads(json.dumps(solve(file, seed=0).table()))
    notes: list[list[Annotation]] = []
    place = Labels.place

    def watched(self: Labels, renderer: object) -> list[Annotation]:
        notes.append(place(self, renderer))  # type: ignore[arg-type]
        return notes[-1]

    monkeypatch.setattr(labels.Labels, "place", watched)
    problem_picture.draw_problem(file, table, tmp_path / "picture.png")
    assert len(notes) == 2 and len(notes[0]) > 2
    for view in notes:
        drawn = view[0].figure.canvas  # type: ignore[union-attr]
        boxes = [letters(note, drawn.get_renderer()) for note in view]  # type: ignore[arg-type]
        assert max((shared(one, other) for one, other in combinations(boxes, 2)), default=0.0) == 0.0
