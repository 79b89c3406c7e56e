"""What is drawn of a run told by hand: where, in which colour, and that it is on the page and in the log."""

import base64
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from handsel.agent.events import Event
from handsel.agent.plain import plain, thing_json
from handsel.agent.viewer.canvas import BoardLine
from handsel.agent.viewer.forms import thing_form
from handsel.agent.viewer.lettering import MOST_LETTERS, letters
from handsel.agent.viewer.meshcat_canvas import MeshcatCanvas, rods
from handsel.agent.viewer.painter import Painter
from handsel.agent.viewer.speaking import MET, NOT_MET
from handsel.core.errors import InputError
from pydrake.math import RigidTransform

from .scenes import make_thing
from .viewer_events import BLOCK, BOWL, told


class Noted:
    """A canvas that keeps what is on it."""

    def __init__(self) -> None:
        self.on: dict[str, tuple[Any, ...]] = {}
        self.poses: dict[str, RigidTransform] = {}
        self.boards: list[tuple[BoardLine, ...]] = []
        self.time = 0.0
        self.closed = 0

    def at(self, time: float) -> None:
        self.time = time

    def arms(self, arms: Any) -> None:
        self.on["arm"] = tuple(arms)

    def arm(self, name: str, q: Any, width: float) -> None:
        self.on[f"arm/{name}"] = (q, width)

    def mesh(self, path: str, vertices: Any, faces: Any, color: str, opacity: float = 1.0) -> None:
        assert faces.max() < len(vertices), path
        self.on[path] = (vertices, faces, color, opacity)

    def sheet(self, path: str, vertices: Any, faces: Any, colors: Any) -> None:
        self.on[path] = (vertices, faces, colors)

    def place(self, path: str, X_WP: RigidTransform) -> None:
        self.poses[path] = X_WP

    def marks(self, path: str, p_P: Any, labels: Any, X_WP: Any, *, height: float) -> None:
        self.on[path] = (p_P, tuple(labels))

    def lines(self, path: str, starts: Any, ends: Any, color: str, width: float) -> None:
        self.on[path] = (starts, ends, color, width)

    def board(self, lines: Any) -> None:
        self.boards.append(tuple(lines))

    def clear(self, path: str) -> None:
        self.on = {
            name: what for name, what in self.on.items() if name != path and not name.startswith(path + "/")
        }

    def close(self) -> None:
        self.closed += 1


def painted(events: tuple[Event, ...]) -> Noted:
    canvas = Noted()
    painter = Painter(canvas)
    for event in events:
        painter.on_event(event)
    painter.close()
    return canvas


def until(kind: str, number: int) -> tuple[Event, ...]:
    """Give the run up to and with the n-th event of a kind."""
    events = told()
    at = [k for k, event in enumerate(events) if event.kind == kind][number]
    return events[: at + 1]


def test_relations_are_measured_where_things_are_now() -> None:
    begun, ended = painted(until("joints", 1)), painted(told())
    away = float(np.linalg.norm((BLOCK - BOWL)[:2]))
    first = next(board for board in begun.boards[::-1] if len(board) == 3)
    last = next(board for board in ended.boards[::-1] if len(board) == 3)
    goal, along = first[1:]
    assert goal.residual == pytest.approx(away - 0.02, abs=1e-6) and goal.color == NOT_MET
    assert along.residual == pytest.approx(0.01, abs=1e-6) and along.color == NOT_MET
    assert last[1].residual == pytest.approx(-0.02, abs=1e-6) and last[1].color == MET
    assert last[2].residual == pytest.approx(0.01 - 0.18, abs=1e-6) and last[2].color == MET
    assert "-20 mm" in last[1].text


def test_glyphs_run_between_the_points_that_relations_speak_of() -> None:
    begun = painted(until("joints", 1))
    starts, ends, color, _ = begun.on["relations/goal_1/line"]
    np.testing.assert_allclose(starts[0], BLOCK, atol=1e-6)
    np.testing.assert_allclose(ends[0], BOWL, atol=1e-6)
    assert len(starts) == 3 and color == NOT_MET, "a shaft and two barbs"
    starts, ends, _, _ = begun.on["relations/along_2/line"]
    np.testing.assert_allclose([starts[0], ends[-1]][0], BLOCK - [0.0, 0.0, 0.02], atol=1e-6)
    assert begun.on["relations/goal_1/residual"][1][0].endswith("mm")


def test_what_is_held_goes_with_the_hand_and_its_keypoints_below_it() -> None:
    canvas = painted(told())
    np.testing.assert_allclose(canvas.poses["things/red_block"].translation(), [0.55, 0.2, 0.2], atol=1e-6)
    np.testing.assert_allclose(canvas.poses["things/blue_bowl"].translation(), BOWL, atol=1e-6)
    p_O, labels = canvas.on["things/red_block/keypoints"]
    np.testing.assert_allclose(p_O, [[0.0, 0.0, 0.0]], atol=1e-6)
    assert labels == ("1 center",)
    assert canvas.on["things/red_block/name"][1] == ("red_block",)
    assert canvas.on["things/red_block/form"][2] == "#d1382f" and canvas.closed == 1


def test_paths_planned_and_executed() -> None:
    canvas = painted(told())
    starts, ends, _, width = canvas.on["plan/stage_2/arm"]
    assert len(starts) == 8 and width > canvas.on["plan/stage_1/arm"][3], (
        "the running stage's is the wide one"
    )
    starts, ends, _, _ = canvas.on["went/arm"]
    np.testing.assert_allclose([starts[0], ends[-1]], [[*BLOCK], [0.55, 0.2, 0.2]], atol=1e-6)


def test_maps_are_seen_while_their_stage_runs() -> None:
    assert not any(path.startswith("maps") for path in painted(until("stage", 0)).on)
    canvas = painted(told())
    vertices = canvas.on["maps/avoidance/surface"][0]
    away = np.linalg.norm(vertices - BOWL, axis=1)
    # Beyond what is avoided the map is 0: its surface is at most a cell's diagonal outside.
    assert 0.15 < away.mean() < 0.27 and away.max() < 0.2 + 0.07 * 3.0**0.5
    assert canvas.on["maps/avoidance/surface"][3] < 0.5
    assert "maps/avoidance/slice" in canvas.on and "maps/speed/surface" not in canvas.on


def test_a_new_try_clears_the_plan_and_a_new_run_clears_all() -> None:
    events = told()
    again = painted((*events, next(event for event in events if event.kind == "choice")))
    assert not [path for path in again.on if path.split("/")[0] in ("plan", "maps", "relations")]
    assert "went/arm" in again.on and "things/red_block/form" in again.on
    anew = painted((*events, events[0]))
    assert set(anew.on) <= {"arm", "arm/arm", "table"}


def test_whatever_was_left_out_is_missed_by_nobody() -> None:
    events = told()
    for kind in {event.kind for event in events}:
        painted(tuple(event for event in events if event.kind != kind))


def test_what_is_lost_is_faint_and_what_is_gone_is_gone() -> None:
    events = told()
    lost = Event(number=99, time=9.0, wall=9.0, kind="thing_lost", data={"thing": "red_block", "X_WO": None})
    assert painted((*events, lost)).on["things/red_block/form"][3] < 0.5
    scene = next(event for event in events if event.kind == "scene")
    bowl = [thing for thing in scene.data["things"] if thing["name"] == "blue_bowl"]  # type: ignore[attr-defined]
    gone = Event(
        number=99, time=9.0, wall=9.0, kind="scene", data=dict(scene.data) | {"things": bowl, "keypoints": []}
    )
    paths = painted((*events, gone)).on
    assert "things/red_block/form" not in paths and "things/blue_bowl/form" in paths


@pytest.mark.parametrize(
    ("name", "volume"),
    [("red_block", 0.04**3), ("red_bowl", None)],
)
def test_forms_are_as_large_as_things_are(name: str, volume: float | None) -> None:
    thing = make_thing(name, 0.5, 0.1, yaw=0.4)
    written = thing_json(thing)
    vertices, faces = thing_form(written)
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    size = float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)
    if volume is None:
        r, R, h, w = 0.067, 0.071, 0.06, 0.004

        def cone(low: float, top: float, height: float) -> float:
            return math.pi * height * (low * low + low * top + top * top) / 3.0

        volume = cone(r, R, h) - cone(r - w, R - w, h - w)
    assert size == pytest.approx(volume, rel=0.02), "closed, and outside is outside"
    assert np.ptp(vertices, axis=0) == pytest.approx([*np.ptp(vertices, axis=0)[:2], thing.size[2]], rel=1e-6)
    written_ball = plain(thing_json(make_thing("red_ball", 0.5, 0.1)))
    assert thing_form(written_ball)[0].shape[1] == 3  # type: ignore[arg-type]


def test_letters_are_upright_and_long_lines_are_cut() -> None:
    vertices, faces = letters("Ll")
    assert len(faces) and vertices[:, 1].min() >= 0.0 and vertices[:, 1].max() <= 1.0
    low = vertices[vertices[:, 1] < 0.4]
    high = vertices[vertices[:, 1] > 0.75]
    assert np.ptp(low[:, 0]) > np.ptp(high[high[:, 0] < 0.2][:, 0]), "an L stands on its foot"
    assert letters("x" * 500)[0][:, 0].max() == letters("x" * (MOST_LETTERS - 3) + "...")[0][:, 0].max()
    assert not len(letters("")[1]) and not len(letters(" ")[1])


def test_rods_are_round_their_lines() -> None:
    starts, ends = np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]), np.array([[0.0, 0.0, 2.0], [1.0, 1.0, 1.0]])
    vertices, faces = rods(starts, ends, 0.01)
    assert vertices.shape == (16, 3) and faces.shape == (16, 3) and faces.max() == 15
    np.testing.assert_allclose(np.linalg.norm(vertices[:8, :2], axis=1), 0.01)
    assert np.isfinite(vertices).all()


def test_the_page_has_every_path_and_so_has_its_copy() -> None:
    canvas = MeshcatCanvas()
    painter = Painter(canvas)
    for event in told():
        painter.on_event(event)
    expected = (
        "table", "things/red_block/form", "things/red_block/keypoints/labels", "things/blue_bowl/name/points",
        "plan/stage_1/arm", "plan/stage_2/arm", "went/arm", "relations/goal_1/line",
        "relations/goal_1/residual/labels", "relations/along_2/line", "maps/avoidance/surface",
        "maps/avoidance/slice", "board/0",
    )  # fmt: skip
    assert [path for path in expected if not canvas.meshcat.HasPath(path)] == []
    assert not canvas.meshcat.HasPath("board/1"), "the verdict is one line, the relations' are gone"
    page = canvas.meshcat.StaticHtml()
    held = b"".join(base64.b64decode(part) for part in re.findall(r"base64,([A-Za-z0-9+/=]+)", page))
    assert [path for path in expected if f"/drake/{path}".encode() not in held] == []
    assert re.search(rb"/drake/arm/arm\S*/panda_link5", held), "the arm stands there"
    painter.on_event(told()[2])
    assert not canvas.meshcat.HasPath("plan") and not canvas.meshcat.HasPath("relations")


def test_the_page_is_for_this_machine_only() -> None:
    canvas = MeshcatCanvas()
    assert canvas.address.startswith("http://127.0.0.1:")
    port = int(canvas.address.rsplit(":", 1)[1])
    listening = [
        line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")
    ]  # fmt: skip
    assert listening == [f"0100007F:{port:04X}"]
    with pytest.raises(InputError, match=f"port {port}"):
        MeshcatCanvas(port)


def test_the_log_holds_the_same_and_is_read_back(tmp_path: Path) -> None:
    pytest.importorskip("rerun")
    from handsel.agent.viewer.rerun_canvas import TIMELINE, RerunCanvas
    from rerun.chunk import RrdReader

    path = tmp_path / "run.rrd"
    painter = Painter(RerunCanvas(path))
    for event in told():
        painter.on_event(event)
    painter.close()
    del painter
    chunks = RrdReader(path).stream().to_chunks()
    paths = {chunk.entity_path for chunk in chunks}
    for one in (
        "/things/red_block/form", "/things/red_block/keypoints", "/relations/goal_1/line", "/went/arm",
        "/plan/stage_2/arm", "/maps/avoidance/surface", "/board", "/residuals/1", "/arm/arm/panda_link5",
    ):  # fmt: skip
        assert one in paths, f"{one} is missing of {sorted(paths)}"
    assert any(TIMELINE in chunk.timeline_names for chunk in chunks)
    assert any(re.fullmatch(r"/arm/arm/panda_hand/\d+", one) for one in paths), "the arm has a body"


def test_a_log_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("rerun")
    from handsel.agent.viewer.rerun_canvas import RerunCanvas

    with pytest.raises(InputError, match="cannot be written"):
        RerunCanvas(tmp_path / "nowhere" / "run.rrd")
