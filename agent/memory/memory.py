"""Questions to the memory: where things were, what was moved, what succeeded, which programs worked."""

import re
from collections.abc import Sequence
from pathlib import Path

from ...core.errors import InputError
from ...perception.scene import Scene
from .likeness import ALIKE, likeness, names_in, normalised
from .records import HAND, Act, PastEpisode, PastProgram, Place, Seen, seen_thing
from .store import Row, Store
from .writing import read_arguments, read_names, read_things

MEMORY = "memory.sqlite"
"""What the file is called where none is named."""
NONE, EPISODE = "none", "episode"
"""Names of no memory, and of one that ends with what it was made for."""
LATEST_PROGRAMS = 500
"""How many programs, latest first, are compared with a step."""
STILL = 0.02
"""Things that are this near to where they were lie where they lay, [m]."""
PLACED = re.compile(r"\bvec\(\s*([^,()]*(?:\([^()]*\))?[^,()]*),\s*([^,()]*(?:\([^()]*\))?[^,()]*),")
ZERO = re.compile(r"[+-]?0*(?:\.0*)?\Z")
_ACT = "SELECT episode, id, subtask, skill, arguments, thing, seen, success, reason FROM acts "
_EPISODE = (
    "SELECT id, began, instruction, robot, mind, perceiver, seed, subtasks, outcome, reason FROM episodes "
)


class Memory(Store):
    """A store that answers."""

    def last_number(self) -> int:
        """Give the number of the latest episode, 0 where there was none."""
        return int(self.rows("SELECT COALESCE(MAX(id), 0) FROM episodes")[0][0])

    def episodes(self, limit: int = 20, *, before: int | None = None) -> tuple[PastEpisode, ...]:
        """Give the latest episodes, oldest of them first.

        Args:
            limit: Most of them.
            before: Only those with a smaller number.
        """
        rows = self.rows(
            _EPISODE + "WHERE ? IS NULL OR id < ? ORDER BY id DESC LIMIT ?", (before, before, limit)
        )
        return tuple(self._episode(row) for row in reversed(rows))

    def last_success(self) -> PastEpisode | None:
        """Give the latest episode that was done and verified."""
        rows = self.rows(_EPISODE + "WHERE outcome = 'done' ORDER BY id DESC LIMIT 1")
        return self._episode(rows[0]) if rows else None

    def moved(
        self, *, after: int = 0, before: int | None = None, failed: bool = False, limit: int = 200
    ) -> tuple[Act, ...]:
        """Give what was moved, in the order in which it was.

        Args:
            after: Only of episodes with a greater number.
            before: Only of episodes with a smaller number.
            failed: Whether also what moved although the step did not happen as it should.
            limit: Most of them, the latest.
        """
        rows = self.rows(
            _ACT + "WHERE episode > ? AND (? IS NULL OR episode < ?) AND (success OR ?) "
            "ORDER BY id DESC LIMIT ?",
            (after, before, before, failed, limit),
        )
        return tuple(_act(row) for row in reversed(rows))

    def place_before(self, thing: str) -> Place | None:
        """Tell where a thing was before it was moved last; where a hand had it then, before it was taken.

        Args:
            thing: Its name.

        Returns:
            The place, or None where it is not known to have been moved.
        """
        for row in self.rows(_ACT + "WHERE thing = ? ORDER BY id DESC LIMIT 50", (thing,)):
            place = _act(row).before.place
            if place.on != HAND:
                return place
        return None

    def last_seen(self, thing: str) -> Seen | None:
        """Give a thing as it was seen last, by its name, within the latest looks."""
        for (text,) in self.rows("SELECT things FROM looks ORDER BY id DESC LIMIT 200"):
            for seen in read_things(text):
                if seen.name == thing:
                    return seen
        return None

    def programs_like(self, subtask: str, scene: Scene, robot: str = "") -> tuple[PastProgram, ...]:
        """Find programs that worked for a like step, written for the things of now; the likeliest first.

        A program counts where its step has the same words, about things of the same kinds and about
        the same sizes, and where it did not fail when it was carried out last. One that puts
        something at a measured place counts only where everything lies as it lay then.

        Args:
            subtask: The step.
            scene: What is there now.
            robot: The robot's name; any robot's programs count where empty.
        """
        names = names_in(subtask, (thing.name for thing in scene.things))
        wanted = normalised(subtask, names)
        rows = self.rows(
            "SELECT p.episode, e.began, e.instruction, p.subtask, p.text, p.names, p.things, p.success "
            "FROM programs p JOIN episodes e ON e.id = p.episode WHERE ? = '' OR e.robot = ? "
            "ORDER BY p.id DESC LIMIT ?",
            (robot, robot, LATEST_PROGRAMS),
        )
        found: list[tuple[float, PastProgram]] = []
        settled: set[str] = set()
        for row in rows:
            past_names = read_names(row[5])
            score = likeness(wanted, normalised(row[3], past_names))
            if score < ALIKE or row[4] in settled:
                continue
            settled.add(row[4])
            if row[7] and (text := fitted(row[4], past_names, names, read_things(row[6]), scene)):
                found.append((score, _program(row, text)))
        found.sort(key=lambda pair: -pair[0])
        return tuple(program for _, program in found)

    def _episode(self, row: Row) -> PastEpisode:
        said = self.rows("SELECT who, words FROM sayings WHERE episode = ? ORDER BY id", (row[0],))
        return PastEpisode(
            number=int(row[0]),
            began=float(row[1]),
            instruction=str(row[2]),
            said=tuple((str(who), str(words)) for who, words in said),
            robot=str(row[3]),
            mind=str(row[4]),
            perceiver=str(row[5]),
            seed=int(row[6]),
            subtasks=read_names(row[7]),
            outcome=str(row[8]),
            reason=str(row[9]),
        )


def fitted(
    text: str, past_names: Sequence[str], names: Sequence[str], past: Sequence[Seen], scene: Scene
) -> str:
    """Write a program of before for the things of now.

    Args:
        text: The program.
        past_names: The things of its step, in order.
        names: Those that stand in their places now.
        past: Everything that was seen before it.
        scene: What is there now.

    Returns:
        The program with the names of now; nothing where it does not fit.
    """
    then, now = {one.name: one for one in past}, {thing.name: thing for thing in scene.things}
    if len(past_names) != len(names):
        return ""
    swap = dict(zip(past_names, names, strict=True))
    spoken = names_in(text, then)
    swap |= {name: name for name in spoken if name not in swap}
    if len(set(swap.values())) < len(swap) or any(name not in now for name in swap.values()):
        return ""
    if not all(old in then and _alike(then[old], seen_thing(now[new])) for old, new in swap.items()):
        return ""
    if _at_a_place(text) and not _lies_as_then(past, scene, swap):
        return ""
    return re.sub(r"\w+", lambda word: swap.get(word[0], word[0]), text)


def memory_named(name: str, *, episode: Path | None = None) -> Memory | None:
    """Open the memory that a name means.

    Args:
        name: ``none``, ``episode`` or a file.
        episode: Where one for a single episode lies; nowhere but in this process where None.

    Raises:
        InputError: If the file cannot be used.
    """
    if name == NONE:
        return None
    return Memory(episode if name == EPISODE else Path(name).expanduser())


def _alike(then: Seen, now: Seen) -> bool:
    """Whether a program for one thing may be one for another: kind and size; the colour does not matter."""
    return then.kind == now.kind and bool((abs(then.size - now.size) <= STILL).all())


def _at_a_place(text: str) -> bool:
    """Whether a program has a measured place, or a way aside, in it."""
    return any(not (ZERO.match(x.strip()) and ZERO.match(y.strip())) for x, y in PLACED.findall(text))


def _lies_as_then(past: Sequence[Seen], scene: Scene, swap: dict[str, str]) -> bool:
    now = {thing.name: thing for thing in scene.things}
    if len(past) != len(now) or any(old != new for old, new in swap.items()):
        return False
    return all(
        one.name in now
        and one.may_be(now[one.name])
        and bool((abs(one.place.p_WO - now[one.name].center) <= STILL).all())
        for one in past
    )


def _act(row: Row) -> Act:
    seen = read_things(row[6])
    if not seen:
        raise InputError(f"the memory holds an act, {row[2]!r}, that moved nothing")
    return Act(
        episode=int(row[0]),
        number=int(row[1]),
        subtask=str(row[2]),
        skill=str(row[3]),
        arguments=read_arguments(row[4]),
        thing=str(row[5]),
        before=seen[0],
        after=seen[1] if len(seen) > 1 else None,
        success=bool(row[7]),
        reason=str(row[8]),
    )


def _program(row: Row, text: str) -> PastProgram:
    past = read_things(row[6])
    names = read_names(row[5])
    return PastProgram(
        episode=int(row[0]),
        began=float(row[1]),
        instruction=str(row[2]),
        subtask=str(row[3]),
        text=text,
        names=names,
        things=tuple(one for name in names for one in past if one.name == name),
    )
