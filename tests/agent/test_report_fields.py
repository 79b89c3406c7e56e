"""Value maps in a run's pictures: bytes that come back, surfaces that are where a level is, and drawings."""

import numpy as np
import pytest
from handsel.agent.report.field_looks import surface
from handsel.agent.report.field_panels import MOST, shown_fields
from handsel.agent.report.field_surfaces import show_fields
from handsel.agent.report.isosurface import isosurface
from handsel.agent.report.plan_picture import draw_plan
from handsel.agent.report.record import FieldRecord, RunRecord, StageRecord
from handsel.core.errors import InputError
from handsel.planners.field_data import read, written
from pydrake.geometry import Meshcat

LOWER, STEP = np.array([0.2, -0.4, 0.0]), np.array([0.05, 0.05, 0.04])
SHAPE = (15, 17, 12)
NODES = LOWER + STEP * np.stack(np.meshgrid(*map(np.arange, SHAPE), indexing="ij"), axis=-1)
CENTRE = np.array([0.5, 0.0, 0.2])
AWAY = np.linalg.norm(NODES - CENTRE, axis=-1)


def field(name: str, values: np.ndarray) -> FieldRecord:
    return FieldRecord(name=name, lower=LOWER, step=STEP, values=values)


FIELDS = (
    field("affordance", np.exp(-AWAY / 0.1)),
    field("avoidance", np.maximum(0.15 - AWAY, 0.0)),
    field("speed", np.where(AWAY < 0.2, 0.1, np.nan)),
    field("rotation", np.broadcast_to([0.0, 0.6, -0.8], (*SHAPE, 3)).copy()),
    field("grip", np.full(SHAPE, np.nan)),
)


def run(fields: tuple[FieldRecord, ...]) -> RunRecord:
    way = np.linspace([0.4, -0.3, 0.2], [0.6, 0.3, 0.25], 9)
    stage = StageRecord(
        name="stage_1", purpose="go", start=1.0, times=np.linspace(0.0, 2.0, 9), p_WG={"arm": way},
        clearance=np.full(9, 0.05), least=0.05, measured=(), act="", held=None, fields=fields,
    )  # fmt: skip
    return RunRecord(
        instruction="go", success=True, reason="", table_height=0.0, things=(), stages=(stage,),
        times=np.zeros(0), arms={},
    )  # fmt: skip


@pytest.mark.parametrize("one", FIELDS, ids=lambda one: one.name)
def test_a_field_comes_back_from_a_trace(one: FieldRecord) -> None:
    again = read(written(one.values))
    np.testing.assert_array_equal(np.isnan(again), np.isnan(one.values))
    width = np.nanmax(one.values) - np.nanmin(one.values) if np.isfinite(one.values).any() else 0.0
    np.testing.assert_allclose(again, one.values, atol=width / 508 + 1e-12)


def test_a_broken_field_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read(written(np.zeros((2, 2, 2))) | {"shape": [3, 3, 3]})


def test_a_ball_has_its_own_surface_and_area() -> None:
    vertices, faces = isosurface(-AWAY, -0.15, LOWER, STEP)
    radii = np.linalg.norm(vertices - CENTRE, axis=1)
    assert radii.min() > 0.15 - 0.006 and radii.max() < 0.15 + 1e-9
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    area = 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()
    assert area == pytest.approx(4.0 * np.pi * 0.15**2, rel=0.05)


def test_what_holds_everywhere_or_nowhere_has_no_surface() -> None:
    assert not len(surface(FIELDS[3])[1]) and not len(surface(FIELDS[4])[1])
    assert all(len(surface(one)[1]) for one in FIELDS[:3])


def test_maps_are_drawn_and_repeated_ones_once(tmp_path) -> None:  # type: ignore[no-untyped-def]
    record = run(FIELDS)
    assert [one.name for _, _, one in shown_fields(record)] == [one.name for one in FIELDS[:MOST]]
    draw_plan(record, tmp_path / "with.png")
    draw_plan(run(()), tmp_path / "without.png")
    assert (tmp_path / "with.png").stat().st_size > (tmp_path / "without.png").stat().st_size
    twice = RunRecord(
        instruction="go", success=True, reason="", table_height=0.0, things=(), times=np.zeros(0), arms={},
        stages=record.stages * 2,
    )  # fmt: skip
    assert len(shown_fields(twice)) == MOST


def test_surfaces_are_seen_while_their_stage_runs() -> None:
    meshcat = Meshcat()
    (first, *_) = shown = show_fields(meshcat, run(FIELDS))
    assert len(shown) == MOST and (first.begins, first.ends) == (1.0, 3.0)
    assert meshcat.HasPath(f"{first.path}/surface") and meshcat.HasPath(f"{first.path}/slice")
