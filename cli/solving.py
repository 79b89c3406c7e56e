"""What ``handsel solve`` does once its imports are paid for."""

import json
import math
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..core.errors import InputError, Retryable
from ..planners.problem_file import MAX_FILE, ProblemFile, loads
from ..planners.program import Program
from .solve import Solve

HAND = "hand"


def run_solve(command: Solve) -> int:
    """Solve a problem file and say what came out.

    Args:
        command: The arguments.

    Returns:
        0 where every stage is proven, 1 where one is not, 3 where one cannot be done.

    Raises:
        HandselError: If the file, its program or the robot cannot be used.
    """
    if command.plot is not None:
        check_plot(command.plot)
    if command.seed < 0:
        raise InputError(f"--seed is a whole number from 0, not {command.seed}")
    file = read_file(command.problem, command)
    if file.arms and command.plot is not None:
        raise InputError("--plot draws one hand or arm: leave it out for a problem with several arms")
    table = solved(file, command)
    code = 3 if table["failed"] else 0 if table["proved"] else 1
    if command.plot is not None:
        from .problem_picture import draw_problem

        draw_problem(file, table, command.plot)
    if command.json:
        picture = None if command.plot is None else str(command.plot)
        print(json.dumps({"success": code == 0, "exit_code": code, **table, "plot": picture}))
        return code
    show(file, table, Console(highlight=False, soft_wrap=False))
    if command.plot is not None:
        print(f"picture: {command.plot}")
    return code


def read_file(path: Path, command: Solve) -> ProblemFile:
    """Read a problem file and check that its program can be read.

    Raises:
        InputError: If there is no such file, or it is no problem file.
    """
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise InputError(f"the problem file {str(path)!r} {what}: examples lie in examples/problems/")
    if path.stat().st_size > MAX_FILE:
        raise InputError(f"{str(path)!r} is longer than {MAX_FILE} bytes: a problem has a page or two")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{str(path)!r} is no text in UTF-8") from error
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    file = loads(text, command.form)
    readable(file)
    return file


def readable(file: ProblemFile) -> Program:
    """Read the program, or say why it cannot be read.

    Raises:
        InputError: If it cannot.
    """
    try:
        return file.program()
    except Retryable as error:
        raise InputError(f"the program of {file.name!r} cannot be read: {error}") from error


def check_plot(path: Path) -> None:
    """Check that a picture can be written before anything is solved.

    Raises:
        InputError: If it cannot.
    """
    if path.suffix.lower() != ".png":
        raise InputError(f"--plot {str(path)!r}: expected a name that ends in .png")
    if not path.parent.is_dir():
        raise InputError(f"the folder of --plot {str(path)!r} does not exist")


def solved(file: ProblemFile, command: Solve) -> dict[str, Any]:
    """Solve for the robot that is asked for; plain values come back."""
    if file.arms:
        return solved_together(file, command)
    if command.robot == HAND:
        from ..planners.solve import solve

        return solve(file, seed=command.seed).table()
    from ..planners.joint_solve import solve_joints
    from ..robots.kinematics import Kinematics
    from ..robots.models import load_model

    kinematics = Kinematics(load_model(command.robot), file.X_WB)
    return solve_joints(file, kinematics, seed=command.seed).table()


def solved_together(file: ProblemFile, command: Solve) -> dict[str, Any]:
    """Solve a problem with several arms; plain values come back.

    Raises:
        InputError: If it is not said which arms these are.
    """
    if command.robot == HAND:
        raise InputError(f"{file.name!r} has {len(file.arms)} arms: say what they are, such as --robot panda")
    from ..planners.joint_arms.file_problem import solve_arms_file
    from ..robots.models import load_model

    return solve_arms_file(file, load_model(command.robot), seed=command.seed).table()


def show(file: ProblemFile, table: dict[str, Any], console: Console) -> None:
    """Print the answer for a person."""
    console.print(f"{file.name}: {file.words or 'no words'}", markup=False)
    for stage in table["stages"]:
        show_stage(stage, table["robot"], console)
    failed = table["failed"]
    if failed is None:
        said = "every stage is solved and proven" if table["proved"] else "solved, but not proven"
        console.print(f"{said} (robot {table['robot']}, seed {table['seed']})", markup=False)
        return
    console.print(f"{failed['stage']} cannot be done: {failed['text']}", style="red", markup=False)
    if failed["others"]:
        console.print("what could give instead:", markup=False)
        for other in failed["others"]:
            console.print(f"  {other}", markup=False)
    if failed["nearest"] is not None:
        rows = failed["nearest"]["relations"]
        console.print(relation_table("nearest to an answer", rows))


def show_stage(stage: dict[str, Any], robot: str, console: Console) -> None:
    """Print one stage that was solved."""
    way = stage["way"]
    title = f"{stage['stage']}: {stage['purpose']}" if stage["purpose"] else stage["stage"]
    if stage["relations"]:
        console.print(relation_table(title, stage["relations"]))
    else:
        console.print(title, markup=False)
    if "arms" in stage:
        show_arms(stage, console)
        return
    x, y, z = stage["pose"][:3]
    end = f"tool at {x:.3f} {y:.3f} {z:.3f} m, {room(stage)}"
    for one in stage["yielded"]:
        console.print(f"  gives way: {one['text']}", style="yellow", markup=False)
    if robot != HAND:
        joints = " ".join(f"{math.degrees(q):.1f}" for q in stage["joints"])
        end += (
            f"; joints {joints} degrees, {math.degrees(stage['limit_margin_rad']):.0f} degrees from a limit"
        )
    console.print(f"  end: {end}", markup=False)
    console.print(
        f"  way: {way['duration_s']:.2f} s, {room(way)}, relations broken by at most {way['violation']:.1g}; "
        f"solved in {1000 * sum(stage['cpu_s'].values()):.0f} ms",
        markup=False,
    )


def show_arms(stage: dict[str, Any], console: Console) -> None:
    """Print where several arms end a stage, and their way together."""
    for name, arm in stage["arms"].items():
        x, y, z = arm["pose"][:3]
        joints = " ".join(f"{math.degrees(q):.1f}" for q in arm["joints"])
        holds = f", holds {arm['holds']}" if arm["holds"] else ""
        console.print(
            f"  {name}: tool at {x:.3f} {y:.3f} {z:.3f} m{holds}; joints {joints} degrees", markup=False
        )
    way = stage["way"]
    clear = "nobody moves" if way["clearance_m"] is None else f"{way['duration_s']:.2f} s, {room(way)}"
    console.print(
        f"  way: {clear}, relations broken by at most {way['violation']:.1g}; "
        f"solved in {1000 * sum(stage['cpu_s'].values()):.0f} ms",
        markup=False,
    )


def room(part: dict[str, Any]) -> str:
    """Say how much room there is."""
    if part["clearance_m"] is None:
        return "nothing stands around"
    near = f" ({part['between']})" if part.get("between") else ""
    return f"clearance {1000 * part['clearance_m']:.0f} mm{near}"


def relation_table(title: str, rows: list[dict[str, Any]]) -> Table:
    """Lay out a residual table."""
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("line", justify="right")
    table.add_column("relation", overflow="fold")
    table.add_column("when")
    table.add_column("missed by", justify="right")
    table.add_column("")
    for row in rows:
        missed = amount(row["residual"], row["unit"])
        mark = "[green]holds[/green]" if row["met"] else "[red]broken[/red]"
        table.add_row(str(row["line"]), escape(row["text"]), row["when"], missed, mark)
    return table


def amount(value: float | None, unit: str) -> str:
    """Write a residual with its unit; what has room to spare is missed by nothing."""
    if value is None:
        return "no number"
    value = max(value, 0.0)
    match unit:
        case "m":
            return f"{round(1000 * value, 3):g} mm"
        case "rad":
            return f"{round(math.degrees(value), 3):g} deg"
    return f"{value:.3g}"
