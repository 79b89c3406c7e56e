"""The scene of ``docs/programs.md``, read from the page."""

from pathlib import Path

from handsel.planners.read import Vocabulary

PAGE = (Path(__file__).parents[2] / "docs" / "programs.md").read_text(encoding="utf-8")


def vocabulary(
    hands: tuple[str, ...] = ("arm",), held: dict[str, str] | None = None, *, maps: bool = False
) -> Vocabulary:
    """Make the page's vocabulary."""
    listed = PAGE.split("```text\n")[1].split("```")[0].strip().splitlines()
    things = {name: tuple(parts.split()) for name, parts in (line.split(":") for line in listed)}
    return Vocabulary(
        things=things,
        groups={"mug": ("mug_1", "mug_2"), "block": ("red_block",)},
        keypoints={7: ("cup", "opening"), 8: ("mug_1", "handle"), 9: ("mug_2", "handle")},
        hands=hands,
        containers=frozenset({"cup", "mug_1", "mug_2"}),
        held=held or {},
        maps=maps,
    )
