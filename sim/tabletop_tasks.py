"""The tasks of the suite ``tabletop``: what a person says, what stands there, what has to be so afterwards.

In each task the same things stand in other places for each seed, so that a program of
relations that was written for one layout has to hold in the others, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Region = tuple[tuple[float, float], tuple[float, float]]
"""Least and largest x and y of a thing's middle, [m]."""
ANYWHERE: Region = ((0.38, -0.30), (0.66, 0.30))
LEFT: Region = ((0.38, -0.31), (0.64, -0.10))
RIGHT: Region = ((0.38, 0.10), (0.64, 0.31))
MIDDLE: Region = ((0.40, -0.12), (0.60, 0.12))
TABLETOP = "handsel.sim.tabletop_judge:judge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One thing of a task.

    Attributes:
        color: Its colour; with the kind it is its identifier.
        kind: What it is.
        region: Where it may stand.
        size: Its sizes, [m]; drawn where empty.
        yaw: Least and largest turn, [rad].
        on: Identifier of what it stands on, or None for the table.
        apart: Room about it, [m]; the suite's own where None.
    """

    color: str
    kind: str
    region: Region = ANYWHERE
    size: Mapping[str, float] = field(default_factory=dict)
    yaw: tuple[float, float] = (-3.1, 3.1)
    on: str | None = None
    apart: float | None = None

    @property
    def id(self) -> str:
        """Its identifier, such as ``red_block``."""
        return f"{self.color}_{self.kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that has to be so afterwards; ``tabletop_judge`` measures it.

    Attributes:
        what: Name of the measurement.
        things: Whose.
        numbers: What it is compared with, SI.
    """

    what: str
    things: tuple[str, ...]
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TabletopTask:
    """One task.

    Attributes:
        instruction: What the person says.
        things: What stands there; the first ones have a part in it.
        moved: Things that are meant to be moved.
        checks: What has to be so afterwards, where the suite's own judge measures.
        reference: What another judge takes for the reference, where it measures.
        others: What another judge takes for the further things.
        judge: Who measures.
        free: Places where nothing else is put: by a thing, how far along x and y from its middle, [m].
        special: What the layout needs besides: ``grains`` in the first thing, ``away`` from the third,
            ``front`` free before the first.
    """

    instruction: str
    things: tuple[Placed, ...]
    moved: tuple[str, ...]
    checks: tuple[Check, ...] = ()
    reference: str | None = None
    others: tuple[str, ...] = ()
    judge: str = TABLETOP
    free: tuple[tuple[str, float, float], ...] = ()
    special: str = ""


def _p(name: str, region: Region = ANYWHERE, **more: object) -> Placed:
    color, kind = name.split("_")
    return Placed(color=color, kind=kind, region=region, **more)  # type: ignore[arg-type]


def _c(what: str, *things: str, by: tuple[float, ...] = ()) -> Check:
    return Check(what=what, things=things, numbers=by)


SIDE = {"side": 0.042}
ALONG, ACROSS = (-0.2, 0.2), (1.35, 1.75)
"""A tray lies along x, or across."""
SIDES = ((0.16, 0.0), (-0.16, 0.0), (0.0, 0.17), (0.0, -0.17))
"""Places about a plate, along x and y from its middle, [m]."""
JUDGES, RELATIONS = "handsel.sim.judges:judge", "handsel.sim.relation_judges:judge"

TASKS: Mapping[str, TabletopTask] = {
    "put_in": TabletopTask(
        instruction="Put the red block in the blue bowl.",
        things=(_p("red_block"), _p("blue_bowl"), _p("yellow_ball"), _p("green_can")),
        moved=("red_block",),
        reference="blue_bowl",
        judge=JUDGES,
    ),
    "tidy": TabletopTask(
        instruction="Tidy up: both blocks belong on the tray.",
        things=(
            _p("gray_tray", ((0.44, 0.12), (0.56, 0.20)), yaw=ALONG),
            _p("red_block", LEFT),
            _p("blue_block", LEFT),
            _p("orange_can", ((0.40, -0.12), (0.60, -0.02))),
        ),
        moved=("red_block", "blue_block"),
        checks=(_c("within", "red_block", "gray_tray"), _c("within", "blue_block", "gray_tray")),
    ),
    "stack_three": TabletopTask(
        instruction="Build a tower: the green block at the bottom, on it the red one, on top the yellow one.",
        things=(
            _p("red_block", size=SIDE),
            _p("green_block", size={"side": 0.046}),
            _p("yellow_block", size={"side": 0.038}),
            _p("white_plate"),
        ),
        moved=("red_block", "yellow_block"),
        reference="green_block",
        others=("yellow_block",),
        judge=RELATIONS,
    ),
    "sort": TabletopTask(
        instruction="The ball goes into the bowl and the can onto the plate.",
        things=(_p("orange_ball"), _p("white_bowl", RIGHT), _p("green_can"), _p("blue_plate", LEFT)),
        moved=("orange_ball", "green_can"),
        checks=(_c("within", "orange_ball", "white_bowl"), _c("on", "green_can", "blue_plate")),
    ),
    "row": TabletopTask(
        instruction="Line up the three blocks side by side, from left to right: red, green, blue.",
        things=(
            _p("green_block", MIDDLE, size=SIDE),
            _p("red_block", size=SIDE),
            _p("blue_block", size=SIDE),
            _p("yellow_can", ((0.60, -0.31), (0.68, 0.31))),
        ),
        moved=("red_block", "green_block", "blue_block"),
        free=(("green_block", 0.0, -0.09), ("green_block", 0.0, 0.09)),
        checks=(_c("row", "red_block", "green_block", "blue_block"),),
    ),
    "upright": TabletopTask(
        instruction="Carry the open bottle onto the plate, and keep it upright all the way.",
        things=(_p("green_bottle", LEFT), _p("white_plate", RIGHT), _p("red_block", MIDDLE)),
        moved=("green_bottle",),
        checks=(_c("on", "green_bottle", "white_plate"), _c("upright", "green_bottle", by=(0.175,))),
    ),
    "put_on": TabletopTask(
        instruction="Put the orange can on the white plate, but stay at least 15 cm away from the green mug.",
        things=(
            _p("orange_can", ((0.38, -0.36), (0.58, -0.29))),
            _p("white_plate", ((0.38, 0.29), (0.56, 0.35))),
            _p("green_mug", ((0.46, -0.03), (0.60, 0.03))),
        ),
        moved=("orange_can",),
        reference="white_plate",
        others=("green_mug",),
        judge="handsel.sim.household_judges:stay_away",
        special="away",
    ),
    "pour": TabletopTask(
        instruction="Pour what is in the mug into the bowl, then put the mug down again.",
        things=(_p("blue_mug", apart=0.05), _p("white_bowl", ((0.40, -0.26), (0.60, 0.26)), apart=0.09)),
        moved=("blue_mug",),
        reference="white_bowl",
        judge=RELATIONS,
        special="grains",
    ),
    "open_drawer": TabletopTask(
        instruction="Open the drawer.",
        things=(_p("brown_drawer", ((0.28, 0.08), (0.34, 0.22)), yaw=(-0.4, 0.1)), _p("red_can", LEFT)),
        moved=("brown_drawer",),
        judge=RELATIONS,
        special="front",
    ),
    "pick": TabletopTask(
        instruction="Lift the ball and hold it up for me.",
        things=(_p("yellow_ball"), _p("red_block"), _p("green_bowl"), _p("blue_can")),
        moved=("yellow_ball",),
        judge=JUDGES,
    ),
    "next_to": TabletopTask(
        instruction="Set the mug down next to the plate.",
        things=(
            _p("white_plate", ((0.46, 0.04), (0.54, 0.12))),
            _p("red_mug", ((0.38, -0.31), (0.64, -0.20))),
            _p("green_can", ((0.38, -0.31), (0.64, -0.20))),
        ),
        moved=("red_mug",),
        reference="white_plate",
        free=tuple(("white_plate", *place) for place in SIDES),
        judge=JUDGES,
    ),
    "left_of": TabletopTask(
        instruction="I want the green block to the left of the bowl.",
        things=(_p("red_bowl", ((0.42, -0.08), (0.58, 0.02))), _p("green_block", RIGHT), _p("yellow_can")),
        moved=("green_block",),
        free=(("red_bowl", 0.0, -0.15), ("red_bowl", 0.0, -0.18)),
        checks=(_c("beside", "green_block", "red_bowl", by=(0.0, -1.0)),),
    ),
    "between": TabletopTask(
        instruction="Put the block between the can and the bottle.",
        things=(
            _p("red_can", ((0.46, -0.26), (0.54, -0.16))),
            _p("green_bottle", ((0.46, 0.10), (0.54, 0.20))),
            _p("yellow_block", ((0.60, -0.30), (0.66, 0.30)), size=SIDE),
            _p("orange_ball", ((0.38, -0.10), (0.40, 0.10))),
        ),
        moved=("yellow_block",),
        checks=(_c("between", "yellow_block", "red_can", "green_bottle"),),
    ),
    "in_front": TabletopTask(
        instruction="Place the can in front of the brown box.",
        things=(
            _p("brown_box", ((0.38, -0.20), (0.50, 0.20))),
            _p("blue_can"),
            _p("red_block"),
            _p("white_bowl"),
        ),
        moved=("blue_can",),
        free=(("brown_box", 0.12, 0.0), ("brown_box", 0.16, 0.0)),
        checks=(_c("beside", "blue_can", "brown_box", by=(1.0, 0.0)),),
    ),
    "shift": TabletopTask(
        instruction="Move the orange can ten centimetres to the right.",
        things=(_p("orange_can", ((0.42, -0.24), (0.60, 0.04))), _p("red_block"), _p("white_plate")),
        moved=("orange_can",),
        free=(("orange_can", 0.0, 0.10),),
        checks=(_c("moved", "orange_can", by=(0.0, 0.10, 0.025)),),
    ),
    "in_turn": TabletopTask(
        instruction="First put the red block on the plate, after that put the yellow ball in the bowl.",
        things=(_p("red_block"), _p("white_plate", RIGHT), _p("yellow_ball"), _p("blue_bowl", LEFT)),
        moved=("red_block", "yellow_ball"),
        checks=(_c("on", "red_block", "white_plate"), _c("within", "yellow_ball", "blue_bowl")),
    ),
    "clear": TabletopTask(
        instruction="I need the plate. Put what is on it onto the tray.",
        things=(
            _p("gray_tray", ((0.44, 0.12), (0.56, 0.20)), yaw=ALONG),
            _p("white_plate", LEFT),
            _p("green_can", on="white_plate"),
            _p("red_block"),
        ),
        moved=("green_can",),
        checks=(_c("within", "green_can", "gray_tray"),),
    ),
    "thirsty": TabletopTask(
        instruction="I am thirsty. Put what one drinks from about 12 cm closer to me.",
        things=(
            _p("blue_mug", ((0.38, -0.24), (0.48, 0.24))),
            _p("red_block"),
            _p("yellow_ball"),
            _p("white_plate"),
        ),
        moved=("blue_mug",),
        free=(("blue_mug", 0.12, 0.0),),
        checks=(_c("moved", "blue_mug", by=(0.12, 0.0, 0.035)),),
    ),
    "all_red": TabletopTask(
        instruction="Everything that is red goes onto the white tray.",
        things=(
            _p("white_tray", ((0.44, -0.20), (0.56, -0.12)), yaw=ALONG),
            _p("red_block", RIGHT),
            _p("red_can", RIGHT),
            _p("blue_block"),
            _p("green_can"),
        ),
        moved=("red_block", "red_can"),
        checks=(_c("within", "red_block", "white_tray"), _c("within", "red_can", "white_tray")),
    ),
    "swap": TabletopTask(
        instruction="The red can and the blue can should change places.",
        things=(_p("red_can", LEFT), _p("blue_can", RIGHT), _p("white_plate", ((0.58, -0.10), (0.66, 0.10)))),
        moved=("red_can", "blue_can"),
        checks=(
            _c("where", "red_can", "blue_can", by=(0.03,)),
            _c("where", "blue_can", "red_can", by=(0.03,)),
        ),
    ),
}
"""Twenty tasks by kind. Where another judge measures, the kind is what that judge calls it."""
