"""``handsel mcp``: the robot as a server of the Model Context Protocol."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Mcp:
    """Serve the skills, the scene and the camera's picture to any MCP client, over standard input and output.

    Every instruction goes through the same agent and its checks; a stop is always taken.

    Attributes:
        scene: Name of a scene (see ``handsel scenes``) or path of a scene file.
        seed: Seed of everything that is left to chance.
        robot: Name of the arm, or path of a description of one's own; the scene's where none is given.
        mind: Who understands: ``rules``, ``model`` or ``program``; see ``handsel run --help``.
        base_url: Address of an OpenAI-compatible server, for ``--mind model``.
        model: Name of the model on that server, or another way to name one; see ``handsel run --help``.
        perceiver: Who sees.
        noise: Whether the cameras' depth is as noisy as a real camera's.
        runs: Folder of all runs.
        memory: File of what is remembered from run to run, or ``none``; one beside the runs where
            none is given.
        http: Serve on 127.0.0.1 over streamable HTTP instead, with a token that is printed.
        port: Where, for ``--http``; 0 for any free port.
    """

    scene: str = "default"
    seed: int = 0
    robot: str | None = None
    mind: str = "rules"
    base_url: str | None = None
    model: str | None = None
    perceiver: str = "geometric"
    noise: bool = True
    runs: Path = Path("runs")
    memory: str | None = None
    http: bool = False
    port: int = 8422

    def execute(self) -> int:
        """Serve; the imports behind it take most of a second."""
        from .mcp_session import serve_tools

        return serve_tools(self)
