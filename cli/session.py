"""What ``handsel run`` does once its imports are paid for."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from subprocess import Popen
from typing import Any

from rich.console import Console

from ..agent.agent import Agent
from ..agent.episode import Episode, check_instruction
from ..agent.events import Subscriber
from ..agent.memory.keeper import Keeper
from ..agent.memory.memory import MEMORY, Memory, memory_named
from ..agent.memory.mind import with_memory
from ..agent.mind import Mind
from ..agent.minds import make_mind
from ..agent.report.folder import RunFolder, finish_replay, start_replay
from ..agent.report.plan_picture import draw_plan
from ..agent.report.read_trace import read_run
from ..core.errors import HandselError, InputError, NeedsAnswer
from ..perception.perceiver import PERCEIVERS, Perceiver
from ..robots.models import load_model
from ..robots.remote import RemoteRobot
from ..robots.robot import Robot
from ..sim.scene_files import find_scene
from ..sim.scenes import SceneSpec
from ..sim.start import start_world
from .chat_teller import Breaker
from .ctrl_c import noted
from .dialogue import answered, ask, can_ask
from .kernels import COMPILING, compiled_before
from .progress import Progress, show_episode
from .rehearsal import PLANNED, Rehearsal
from .run import Run
from .viewing import viewing

QUESTIONS = 5
"""How often a person is asked back before the run gives up."""
VERDICTS = {
    "done": "done and verified",
    "failed": "failed",
    "refused": "not done",
    "question": "a question",
    "answered": "answered, nothing to do",
    "stopped": "stopped",
}


def run_session(command: Run) -> int:
    """Run one instruction from words to run folder.

    Args:
        command: The arguments.

    Returns:
        The exit code.

    Raises:
        HandselError: If it cannot begin.
    """
    began = time.monotonic()
    text = check_instruction(command.text)
    scene = chosen_scene(command)
    mind, perceiver = chosen_mind(command), chosen_perceiver(command)
    folder = RunFolder(command.out) if command.out else RunFolder.beside_others(text)
    memory = chosen_memory(command, folder)
    console = Console(file=sys.stderr, highlight=False, soft_wrap=True, quiet=command.json)
    progress = Progress(console)
    if not compiled_before():
        progress.tell("compiles", COMPILING)
    try:
        with (
            viewing(command.view, command.rerun, console) as watchers,
            world(command, scene, folder) as robot,
        ):
            acting: Robot = Rehearsal(robot) if command.dry_run else robot
            kept = () if command.dry_run or memory is None else (Keeper(memory),)
            mind = with_memory(mind, memory, robot)
            episode = converse(
                command, acting, mind, perceiver, folder, progress, console, text, (*kept, *watchers)
            )
            child = start_replay(folder.path) if episode.moved else None
            if command.view is not None and can_ask():
                progress.close()
                console.input("the view stays open until Enter is pressed ")
            progress.show("drawing the plan, encoding the video")
        notes = report(folder, episode, child)
    finally:
        progress.close()
        if memory is not None:
            memory.close()
    if command.json:
        print(json.dumps(answer(command, episode, folder, time.monotonic() - began, notes)))
    else:
        conclude(command, episode, progress, folder, notes)
    return episode.exit_code


def chosen_scene(command: Run) -> SceneSpec:
    """Find the scene that was named, with the robot that was named.

    Raises:
        InputError: If there is no such scene or robot.
    """
    scene = find_scene(command.scene)
    if command.robot:
        scene = replace(scene, robot=command.robot)
    # A wrong name is told now, not by the world's process later.
    load_model(scene.robot)
    return scene


def chosen_mind(command: Run) -> Mind:
    """Make the mind.

    Raises:
        UnknownName: If there is none of that name.
        InputError: If a model is wanted and not named, or there is no program at a path.
    """
    if command.mind != "model":
        if command.base_url or command.model or command.text_only or command.record or command.asking:
            raise InputError(
                "--base-url, --model, --text-only, --record and --asking belong to --mind model, "
                "which is not asked for"
            )
        return make_mind(command.mind)
    from ..agent.asking import read_asking
    from ..agent.language.models import make_model
    from ..agent.model.mind import ModelMind

    return ModelMind(
        make_model(
            command.model or "",
            base_url=command.base_url,
            pictures=not command.text_only,
            seed=command.seed,
            record=command.record,
        ),
        asking=None if command.asking is None else read_asking(command.asking),
    )


def chosen_memory(command: Run, folder: RunFolder) -> Memory | None:
    """Open the memory: the one that is named, else the one beside the run's folder.

    Raises:
        InputError: If the file cannot be used; it stays as it is.
    """
    beside = folder.path.parent / MEMORY
    return memory_named(str(beside) if command.memory is None else command.memory)


def chosen_perceiver(command: Run) -> Perceiver:
    """Make the perceiver.

    Raises:
        UnknownName: If there is none of that name.
        InputError: If the oracle is wanted: a run has no way to the world's truth.
    """
    return PERCEIVERS.load(command.perceiver)()


@contextmanager
def world(command: Run, scene: SceneSpec, folder: RunFolder) -> Iterator[RemoteRobot]:
    """Run a world meanwhile; its video is written when it closes."""
    robot, _ = start_world(
        scene,
        seed=command.seed,
        video=folder.video,
        # Whoever watches wants to see it at its own speed.
        paced=command.view is not None,
        noise=command.noise,
    )
    with robot:
        yield robot


def converse(
    command: Run,
    robot: Robot,
    mind: Mind,
    perceiver: Perceiver,
    folder: RunFolder,
    progress: Progress,
    console: Console,
    text: str,
    watchers: tuple[Subscriber, ...] = (),
) -> Episode:
    """Carry the instruction out, asking the person back where somebody sits there.

    Returns:
        The last episode: one that ended in a question only where nobody answers.
    """
    for asked in range(QUESTIONS + 1):
        subscribers: tuple[Subscriber, ...] = (*folder.subscribers(), progress, *watchers)
        agent = Agent(robot, mind, perceiver, seed=command.seed)
        breaker = Breaker(agent.interrupt)
        agent.subscribers = (*subscribers, breaker)
        with noted(breaker.pull):
            episode = agent.run(text)
        if episode.outcome != "question" or command.json or not can_ask() or asked == QUESTIONS:
            return episode
        question = NeedsAnswer(episode.reason, episode.options)
        text = check_instruction(answered(text, question, ask(question, console)))
        progress.show("looking")
    raise AssertionError("the loop returns")


def report(folder: RunFolder, episode: Episode, child: "Popen[str] | None") -> list[str]:
    """Draw what can be drawn.

    Args:
        folder: The run folder, its trace closed.
        episode: What happened.
        child: The process that makes the animation, or None where nothing moved.

    Returns:
        What could not be made, one sentence each; a missing picture does not undo a task.
    """
    notes: list[str] = []
    if not episode.moved:
        folder.video.unlink(missing_ok=True)
    try:
        record = read_run(folder.trace)
        if record.stages:
            draw_plan(record, folder.path / "plan.png")
        if child is not None:
            finish_replay(child)
    except HandselError as error:
        notes.append(str(error))
    return notes


def answer(
    command: Run, episode: Episode, folder: RunFolder, wall: float, notes: list[str]
) -> dict[str, Any]:
    """Give the one JSON object."""
    told = episode.to_json()
    told["timings"]["total"] = round(wall, 3)
    planned = command.dry_run and episode.exit_code == 0
    return told | {
        "outcome": "planned" if planned else episode.outcome,
        "scene": command.scene,
        "folder": str(folder.path),
        "files": list(folder.files()),
        "notes": notes,
    }


def conclude(command: Run, episode: Episode, progress: Progress, folder: RunFolder, notes: list[str]) -> None:
    """Tell a person how it ended."""
    planned = command.dry_run and episode.exit_code == 0
    stages = progress.planned if planned else episode.stages
    verdict = PLANNED if planned else VERDICTS[episode.outcome]
    console = Console(highlight=False, soft_wrap=True)
    show_episode(console, episode, stages, verdict, str(folder.path))
    for note in notes:
        console.print(f"note: {note}", markup=False)
