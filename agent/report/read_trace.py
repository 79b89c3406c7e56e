"""From a trace to what its pictures need."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from pydrake.common.eigen_geometry import Quaternion
from pydrake.math import RigidTransform

from ...core.errors import InputError
from ...planners.field_data import read as read_field
from ..trace import read_trace
from .record import ArmRecord, FieldRecord, Look, Measured, RunRecord, SeenThing, StageRecord

Line = Mapping[str, Any]


def read_run(path: Path) -> RunRecord:
    """Read a run.

    Args:
        path: The trace; one that breaks off in the middle gives the run up to there.

    Returns:
        The run.

    Raises:
        InputError: If the trace does not begin like one, or nothing was seen in it.
    """
    lines: tuple[Line, ...] = read_trace(path)
    begin = next((line for line in lines if line["kind"] == "begin"), None)
    scenes = [line for line in lines if line["kind"] == "scene"]
    if begin is None or not scenes:
        raise InputError(f"{path} holds no run whose things were seen: there is nothing to draw")
    end = next((line for line in lines if line["kind"] == "end"), {})
    arms = {arm["name"]: _arm(arm, lines) for arm in begin["robot"]["arms"]}
    first = next(iter(arms))
    return RunRecord(
        instruction=begin["instruction"],
        success=bool(end.get("success", False)),
        reason=str(end.get("reason", "the trace breaks off")),
        table_height=float(scenes[0]["table"]["height"]),
        things=tuple(_thing(thing) for thing in scenes[0]["things"]),
        stages=tuple(_stages(lines)),
        times=np.array([line["t"] for line in _joints(first, lines)], dtype=float),
        arms=arms,
        looks=tuple(
            Look(time=line["t"], poses={thing["name"]: read_pose(thing["X_WO"]) for thing in line["things"]})
            for line in scenes[1:]
        ),
    )


def _joints(arm: str, lines: tuple[Line, ...]) -> list[Line]:
    """Give an arm's samples; the arms are sampled at the same moments."""
    return [line for line in lines if line["kind"] == "joints" and line["arm"] == arm]


def _arm(told: Line, lines: tuple[Line, ...]) -> ArmRecord:
    joints = _joints(told["name"], lines)
    return ArmRecord(
        model=told["model"],
        X_WR=read_pose(told["X_WR"]),
        q=np.array([line["q"] for line in joints], dtype=float).reshape(len(joints), -1),
        width=np.array([line["width"] or 0.0 for line in joints], dtype=float),
        p_WG=np.array([line["X_WG"]["p"] for line in joints], dtype=float).reshape(-1, 3),
        held=tuple(line["held"] for line in joints),
    )


def read_pose(written: Line) -> RigidTransform:
    """Read a pose as the trace writes it: quaternion (w, x, y, z) and position, [m]."""
    wxyz = np.array(written["wxyz"], dtype=float)
    return RigidTransform(Quaternion(wxyz / np.linalg.norm(wxyz)), np.array(written["p"], dtype=float))


def _thing(written: Line) -> SeenThing:
    return SeenThing(
        name=written["name"],
        kind=written["kind"],
        color=written["color"],
        X_WO=read_pose(written["X_WO"]),
        size=np.array(written["size"], dtype=float),
    )


def _stages(lines: tuple[Line, ...]) -> Iterator[StageRecord]:
    """Give the stages that ran, each by its latest plan; where nothing moved, those of the last one."""
    ran = any(line["kind"] == "stage" for line in lines)
    ran = ran and not any(line["kind"] == "end" and not line["moved"] for line in lines)
    plans: dict[int, Line] = {}
    fields: dict[int, Line] = {}
    held: dict[str, str | None] = {}
    for line in lines:
        match line["kind"]:
            case "choice":
                plans.clear()
                fields.clear()
            case "plan":
                plans[line["index"]] = line
            case "fields":
                fields[line["index"]] = line
            case "joints":
                held[line["arm"]] = line["held"]
            case "stage" if ran:
                carried = next((thing for thing in held.values() if thing is not None), None)
                yield _stage(plans[line["index"]], line["t"], carried, fields.get(line["index"]))
    if not ran:
        start = 0.0
        for index in sorted(plans):
            yield _stage(plans[index], start, None, fields.get(index))
            start += float(plans[index]["duration"])


def read_fields(told: Line | None) -> Iterator[FieldRecord]:
    """Read the value maps that an event tells, if there is one.

    Raises:
        InputError: If its numbers cannot be read.
    """
    if told is not None:
        lower, step = (np.array(told[key], dtype=float) for key in ("lower", "step"))
        for name, values in told["fields"].items():
            yield FieldRecord(name=name, lower=lower, step=step, values=read_field(values))


def _stage(plan: Line, start: float, held: str | None, fields: Line | None) -> StageRecord:
    relations = tuple(
        Measured(text=one["text"], residual=one["residual"] or 0.0, tolerance=one["tolerance"])
        for one in plan["relations"]
    )
    return StageRecord(
        name=plan["stage"],
        purpose=plan["purpose"],
        start=start,
        times=np.array(next((one["times"] for one in plan["motion"].values()), [0.0]), dtype=float),
        p_WG={name: np.array(p, dtype=float).reshape(-1, 3) for name, p in plan["p_WG"].items()},
        clearance=np.array([value for value in plan["clearances"] if value is not None], dtype=float),
        least=float(plan["clearance"]),
        measured=relations,
        act=plan["act"],
        held=held,
        fields=tuple(read_fields(fields)),
    )
