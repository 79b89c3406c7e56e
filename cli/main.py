"""The command line: ``handsel run``, ``chat``, ``replay``, ``look``, ``eval`` and those beside them.

The arguments are dataclasses of plain types, and whatever is heavy is imported
by the command that needs it, so that ``--help`` answers at once.
"""

from collections.abc import Sequence
from typing import Annotated

import tyro

from .bench_env import BenchEnv
from .calibrate import Calibrate
from .chat import Chat
from .doctor import Doctor
from .eval import Eval
from .guard import guarded
from .look import Look
from .mcp import Mcp
from .models import Models
from .plugins import Plugins
from .replay import Replay
from .run import Run
from .scenes import Scenes
from .solve import Solve
from .web import Web

Command = (
    Annotated[Run, tyro.conf.subcommand("run")]
    | Annotated[Chat, tyro.conf.subcommand("chat")]
    | Annotated[Replay, tyro.conf.subcommand("replay")]
    | Annotated[Web, tyro.conf.subcommand("web")]
    | Annotated[Mcp, tyro.conf.subcommand("mcp")]
    | Annotated[Look, tyro.conf.subcommand("look")]
    | Annotated[Eval, tyro.conf.subcommand("eval")]
    | Annotated[Solve, tyro.conf.subcommand("solve")]
    | Annotated[Doctor, tyro.conf.subcommand("doctor")]
    | Annotated[Models, tyro.conf.subcommand("models")]
    | Annotated[Calibrate, tyro.conf.subcommand("calibrate")]
    | Annotated[Scenes, tyro.conf.subcommand("scenes")]
    | Annotated[BenchEnv, tyro.conf.subcommand("bench-env")]
    | Annotated[Plugins, tyro.conf.subcommand("plugins")]
)
PLAIN = (tyro.conf.OmitSubcommandPrefixes, tyro.conf.OmitArgPrefixes, tyro.conf.FlagCreatePairsOff)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: Arguments without the program's name; those of the process where None.

    Returns:
        The exit code: 0 done, 1 tried and failed, 2 bad input, 3 cannot be done, 4 needs an answer.
    """
    command = tyro.cli(
        Command,
        prog="handsel",
        description="Tell a robot arm what to do in plain language, and it is done.",
        args=argv,
        config=PLAIN,
    )
    return guarded(command.execute, as_json=getattr(command, "json", False) is True)
