"""``handsel web``: one page on this machine to talk to the arm, watch it, and stop it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """Serve one page for this machine's browser: chat, camera, 3-D view, plan, plots, past runs, stop.

    It listens on 127.0.0.1 only and prints its address, which carries a secret. It ends with Ctrl-C.

    Attributes:
        scene: Name of a scene (see ``handsel scenes``) or path of a scene file.
        seed: Seed of everything that is left to chance.
        robot: Name of the arm, or path of a description of one's own; the scene's where none is given.
        mind: Who understands: ``rules``, ``model`` or ``program``; see ``handsel run --help``.
        base_url: Address of an OpenAI-compatible server, for ``--mind model``.
        model: Name of the model on that server, or another way to name one; see ``handsel run --help``.
        perceiver: Who sees.
        noise: Whether the cameras' depth is as noisy as a real camera's.
        runs: Folder of all runs, past and to come.
        memory: File of what is remembered from run to run, or ``none``; one beside the runs where
            none is given.
        port: Where the page is served; 0 for any free port.
        view: Show in 3-D, too, what the agent sees and plans.
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
    port: int = 8421
    view: bool = True

    def execute(self) -> int:
        """Serve; the imports behind it take most of a second."""
        from .web_session import serve_page

        return serve_page(self)
