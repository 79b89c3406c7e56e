"""What a person sees while it works, and at the end."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from ..agent.episode import Episode, StageReport
from ..agent.events import Event
from ..agent.memory.mark import MARK

PLAN_KEYS = ("purpose", "act", "relations", "clearance", "cpu", "duration")


class Progress:
    """A subscriber that tells a person what happens, on the terminal's error stream."""

    def __init__(self, console: Console):
        """Begin to show that something goes on.

        Args:
            console: Where to; without a terminal only whole lines are written.
        """
        self._console = console
        self._planned: dict[int, StageReport] = {}
        self._status: Status = console.status("starting the world")
        self._status.start()

    def on_event(self, event: Event) -> None:
        """Tell of what matters to a person."""
        data: Mapping[str, Any] = event.data
        match event.kind:
            case "scene" if data["why"] == "to begin":
                names = [thing["name"] for thing in data["things"]]
                self._say("saw", ", ".join(names) or "nothing on the table")
                self._status.update("understanding")
            case "scene":
                self._status.update("judging")
            case "choice":
                self._planned.clear()
            case "subtasks":
                for text in data["texts"]:
                    self._say("will", text)
                self._status.update("planning")
            case "program" if str(data["text"]).startswith(MARK):
                self._say("recalls", str(data["text"]).partition("\n")[0].removeprefix(MARK))
            case "refusal":
                self._say("again", f"the program was refused by {data['by']}: {data['reason']}")
            case "plan":
                self._planned[int(data["index"])] = StageReport(
                    subtask="",
                    retries=0,
                    name=data["stage"],
                    **{
                        key: data[key]
                        for key in ("purpose", "act", "relations", "clearance", "cpu", "duration")
                    },
                )
                self._status.update(f"planning: {escape(data['purpose'] or data['stage'])}")
            case "stage":
                self._say("does", data["purpose"] or data["name"])
                self._status.update(f"moving: {escape(data['purpose'] or data['name'])}")
            case "trouble" | "failure":
                self._say("trouble", data["reason"])
            case "verdict":
                self._say("judged", data["reason"])
            case _:
                pass

    @property
    def planned(self) -> tuple[StageReport, ...]:
        """The stages of the latest plan."""
        return tuple(self._planned[index] for index in sorted(self._planned))

    def close(self) -> None:
        """Take the sign of life away."""
        self._status.stop()

    def tell(self, word: str, text: str) -> None:
        """Write a line about what is going on besides the episode."""
        self._say(word, text)

    def show(self, doing: str) -> None:
        """Show what is going on besides the episode."""
        self._status.update(doing)
        self._status.start()

    def _say(self, word: str, text: str) -> None:
        self._console.print(f"[dim]{word:>8}[/]  {escape(text)}")


def show_episode(
    console: Console, episode: Episode, stages: tuple[StageReport, ...], verdict: str, folder: str
) -> None:
    """Print the stages, the verdict and the folder.

    Args:
        console: Where to.
        episode: What happened.
        stages: The stages as they ran, or as they would run.
        verdict: The outcome in a word or two.
        folder: The run folder.
    """
    if stages:
        console.print()
    for number, stage in enumerate(stages, start=1):
        _show_stage(console, number, stage)
    color = "green" if episode.success else "red" if episode.exit_code == 1 else "yellow"
    console.print(f"\n[bold {color}]{verdict}[/]: {escape(episode.reason)}")
    for option in episode.options:
        console.print(f"  {escape(option)}")
    console.print(f"run folder: {escape(folder)}")


def _show_stage(console: Console, number: int, stage: StageReport) -> None:
    """Print one stage: what it was, how near it came to anything, how well its relations hold."""
    planned = sum(stage.cpu.values())
    act = f" ({stage.act})" if stage.act and stage.act != stage.purpose else ""
    console.print(f"[bold]{number:>2}  {escape(stage.purpose or stage.name)}[/]{escape(act)}")
    console.print(
        f"    clearance {1000 * stage.clearance:.1f} mm, "
        f"{stage.duration:.1f} s of motion, {planned:.2f} s of planning"
    )
    for relation in stage.relations:
        mark = "[green]holds[/]" if relation["met"] else "[red]broken[/]"
        residual = max(float(relation["residual"] or 0.0), 0.0)
        console.print(
            f"    {mark} {escape(str(relation['text']))}  "
            f"[dim]residual {residual:.1e}, tolerance {relation['tolerance']:g}[/]"
        )
