"""From the events of a run to what is drawn: one painter for every canvas.

It makes do with whatever events reach it: what it was never told of is not drawn.
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64
from ...planners.program import Program
from ..events import Event
from ..report.field_looks import COLORS, surface
from ..report.field_surfaces import sheet
from ..report.palette import stage_color, thing_color
from ..report.read_trace import read_fields, read_pose
from .beliefs import Beliefs, Believed
from .canvas import INK, ArmLook, BoardLine, Canvas
from .forms import thing_form
from .speaking import MET, NOT_MET, glyphs, read_program

EVERY = 0.2
"""Robot time between drawings of the executed path and the relations, [s]."""
MOST_POINTS = 2000
"""Points of the executed path; when there are more, every second one is left out."""
NAME, NUMBER, RESIDUAL = 0.026, 0.014, 0.020
"""Height of the letters of things' names, of keypoints and of residuals, [m]."""
OVER = 0.03
"""How far over a thing its name stands, [m]."""
WENT = "#26262b"
THIN, WIDE = 1.5, 4.0
VEIL = 0.10
"""Opacity of a map's surface: the scene is inside of it."""
LOST = 0.25
"""Opacity of what was lost."""
Data = Mapping[str, Any]


class Painter:
    """A subscriber that draws the run as it goes."""

    def __init__(self, canvas: Canvas):
        """Begin with an empty canvas.

        Args:
            canvas: Where to.
        """
        self._canvas = canvas
        self._forget()

    def on_event(self, event: Event) -> None:
        """Draw what an event tells."""
        data: Data = event.data
        self._canvas.at(event.time)
        match event.kind:
            case "begin":
                self._begin(data)
            case "scene":
                self._scene(data)
            case "joints":
                self._joints(data, event.time)
            case "thing_moved":
                self._move(str(data["thing"]), read_pose(data["X_WO"]))
            case "thing_lost":
                self._lost(str(data["thing"]))
            case "choice":
                self._clear_plans()
                self._say(str(data["subtask"]))
            case "program":
                self._program(str(data["text"]))
            case "plan":
                self._plan(data)
            case "fields":
                self._fields[int(data["index"])] = data
                if int(data["index"]) == self._focus:
                    self._show_fields()
            case "stage":
                self._stage(int(data["index"]))
            case "trouble" | "failure":
                self._say(str(data["reason"]), NOT_MET)
            case "verdict":
                self._say(str(data["reason"]), MET if data["success"] else NOT_MET)
            case "end":
                self._say(f"{data['outcome']}: {data['reason']}", MET if data["success"] else NOT_MET)
            case _:
                pass

    def close(self) -> None:
        """Tell the canvas that an episode has ended; what was drawn stays."""
        self._canvas.close()

    def _forget(self) -> None:
        self._beliefs = Beliefs()
        self._scene_told: Data | None = None
        self._hands: tuple[str, ...] = ()
        self._went: dict[str, list[Float64]] = {}
        self._drawn = -np.inf
        self._forget_plans()

    def _forget_plans(self) -> None:
        self._plans: dict[int, Data] = {}
        self._fields: dict[int, Data] = {}
        self._read: Program | None = None
        self._focus: int | None = None
        self._relations: set[str] = set()

    def _begin(self, data: Data) -> None:
        for path in ("things", "plan", "maps", "relations", "went"):
            self._canvas.clear(path)
        self._forget()
        looks = {
            str(arm["name"]): ArmLook(model=str(arm["model"]), X_WR=read_pose(arm["X_WR"]))
            for arm in data["robot"]["arms"]
        }
        self._hands = tuple(looks)
        self._canvas.arms(looks)
        self._say(str(data["instruction"]))

    def _scene(self, data: Data) -> None:
        """Draw the table and every thing anew; things of the last look that are gone go."""
        before = set(self._beliefs.things)
        self._scene_told = data
        self._beliefs.see(data)
        table = data["table"]
        lower, upper = np.array(table["lower"], dtype=float), np.array(table["upper"], dtype=float)
        height = float(table["height"]) - 1e-3
        corners = [(lower[0], lower[1]), (upper[0], lower[1]), (upper[0], upper[1]), (lower[0], upper[1])]
        flat = np.array([(x, y, height) for x, y in corners])
        self._canvas.mesh("table", flat, np.array([(0, 1, 2), (0, 2, 3)]), "#ccbda8")
        for name in before - set(self._beliefs.things):
            self._canvas.clear(_path("things", name))
        for name, thing in self._beliefs.things.items():
            self._thing(name, thing)
        self._draw_relations()

    def _thing(self, name: str, thing: Believed) -> None:
        path = _path("things", name)
        self._canvas.place(path, thing.X_WO)
        vertices, faces = thing_form(thing.told)
        self._canvas.mesh(f"{path}/form", vertices, faces, thing_color(str(thing.told["color"])))
        top = float(thing.X_WO.multiply(vertices.T)[2].max()) + OVER
        over = thing.X_WO.inverse() @ np.array([*thing.X_WO.translation()[:2], top])
        self._canvas.marks(f"{path}/name", over[None], [name], thing.X_WO, height=NAME)
        if thing.numbers:
            points = np.array([thing.parts[part] for part in thing.numbers])
            labels = [f"{number} {part}" for part, number in thing.numbers.items()]
            self._canvas.marks(f"{path}/keypoints", points, labels, thing.X_WO, height=NUMBER)

    def _move(self, name: str, X_WO: RigidTransform) -> None:
        self._beliefs.move(name, X_WO)
        if name in self._beliefs.poses:
            self._canvas.place(_path("things", name), X_WO)

    def _lost(self, name: str) -> None:
        thing = self._beliefs.things.get(name)
        if thing is not None:
            vertices, faces = thing_form(thing.told)
            path = f"{_path('things', name)}/form"
            self._canvas.mesh(path, vertices, faces, thing_color(str(thing.told["color"])), LOST)

    def _joints(self, data: Data, time: float) -> None:
        arm, X_WG = str(data["arm"]), read_pose(data["X_WG"])
        if arm not in self._hands:
            return
        self._canvas.arm(arm, np.array(data["q"], dtype=float), float(data["width"] or 0.0))
        moved = self._beliefs.sense(arm, X_WG, data["held"])
        if moved is not None:
            self._canvas.place(_path("things", moved), self._beliefs.poses[moved])
        went = self._went.setdefault(arm, [])
        if not went or float(np.linalg.norm(X_WG.translation() - went[-1])) > 1e-3:
            went.append(np.array(X_WG.translation()))
        if len(went) > MOST_POINTS:
            del went[1:-1:2]
        if arm == self._hands[-1] and not 0.0 <= time - self._drawn < EVERY:
            self._drawn = time
            self._draw_went()
            self._draw_relations()

    def _draw_went(self) -> None:
        for arm, went in self._went.items():
            if len(went) > 1:
                points = np.array(went)
                self._canvas.lines(_path("went", arm), points[:-1], points[1:], WENT, THIN)

    def _clear_plans(self) -> None:
        for path in ("plan", "maps", "relations"):
            self._canvas.clear(path)
        self._forget_plans()

    def _program(self, text: str) -> None:
        self._clear_plans()
        self._beliefs.remember("origin")
        self._beliefs.remember("start")
        if self._scene_told is not None and self._hands:
            self._read = read_program(text, self._scene_told, self._beliefs.held, self._hands)

    def _plan(self, data: Data) -> None:
        """Draw a planned stage's path; until one runs, the first one's relations are shown."""
        index = int(data["index"])
        self._plans[index] = data
        self._draw_path(index, THIN)
        if self._focus is None:
            self._focus = index
        if index == self._focus:
            self._draw_path(index, WIDE)
            self._draw_relations()

    def _draw_path(self, index: int, width: float) -> None:
        for arm, way in self._plans[index]["p_WG"].items():
            points = np.array(way, dtype=float).reshape(-1, 3)
            if len(points) > 1:
                path = f"plan/stage_{index + 1}/{_safe(arm)}"
                self._canvas.lines(path, points[:-1], points[1:], stage_color(index), width)

    def _stage(self, index: int) -> None:
        if self._focus in self._plans and self._focus != index:
            self._draw_path(self._focus, THIN)
        self._focus = index
        self._beliefs.remember("start")
        if index in self._plans:
            self._draw_path(index, WIDE)
        self._show_fields()
        self._draw_relations()

    def _show_fields(self) -> None:
        """Draw the maps of the stage in focus: of each its surface, and a slice at its way's height."""
        self._canvas.clear("maps")
        told = self._fields.get(-1 if self._focus is None else self._focus)
        if told is None:
            return
        ways = [np.array(way, dtype=float) for way in self._way().values() if len(way)]
        for field in read_fields(told):
            path = f"maps/{field.name}"
            vertices, faces = surface(field)
            if len(faces):
                self._canvas.mesh(f"{path}/surface", vertices, faces, COLORS[field.name], VEIL)
            middle = float(np.median(np.concatenate(ways)[:, 2])) if ways else float(field.lower[2]) + 0.1
            corners, flat, colors = sheet(field, middle)
            if len(flat):
                self._canvas.sheet(f"{path}/slice", corners, flat, colors)

    def _way(self) -> Mapping[str, Any]:
        plan = self._plans.get(-1 if self._focus is None else self._focus)
        return {} if plan is None else plan["p_WG"]

    def _draw_relations(self) -> None:
        """Draw the relations of the stage in focus as they are met now, and write them on the board."""
        plan = self._plans.get(-1 if self._focus is None else self._focus)
        if plan is None or self._focus is None:
            return
        stages = () if self._read is None else self._read.stages
        stage = next((one for one in stages if one.name == plan["stage"]), None)
        floor = 0.0 if self._scene_told is None else float(self._scene_told["table"]["height"])
        found = () if stage is None else glyphs(stage, self._beliefs.point, floor)
        head = f"{self._focus + 1}  {plan['purpose'] or plan['stage']}"
        board = [BoardLine(text=head, color=stage_color(self._focus))]
        shown: set[str] = set()
        for number, glyph in enumerate(found, start=1):
            path = f"relations/{glyph.kind}_{number}"
            shown.add(path)
            self._canvas.lines(f"{path}/line", *glyph.strokes(), glyph.color, WIDE)
            middle = glyph.points[:2].mean(axis=0)[None]
            self._canvas.marks(
                f"{path}/residual", middle, [f"{glyph.said}"], RigidTransform(), height=RESIDUAL
            )
            text = f"{glyph.kind} {glyph.text}   {glyph.said}"
            board.append(BoardLine(text=text, color=glyph.color, residual=glyph.residual))
        if not found:
            board += [_planned(relation) for relation in plan["relations"]]
        for path in self._relations - shown:
            self._canvas.clear(path)
        self._relations = shown
        self._canvas.board(board)

    def _say(self, text: str, color: str = INK) -> None:
        self._canvas.board([BoardLine(text=text, color=color)])


def _planned(relation: Data) -> BoardLine:
    """Give a relation as its plan has it: how it will be met."""
    residual = relation["residual"]
    said = "not a number" if residual is None else f"{float(residual):+.4f}"
    return BoardLine(
        text=f"planned {relation['text']}   {said}",
        color=MET if relation["met"] else NOT_MET,
        residual=residual,
    )


def _safe(name: str) -> str:
    """Make a name a part of a path."""
    return re.sub(r"[^\w.-]+", "_", name) or "_"


def _path(folder: str, name: str) -> str:
    return f"{folder}/{_safe(name)}"
