"""RulesMind: canonical steps, ranking, programs, bad input."""

import time
from itertools import islice

import numpy as np
import pytest
from handsel.agent.mind import Candidate, Subtask
from handsel.agent.rules import lexicon, places
from handsel.agent.rules.mind import RulesMind
from handsel.agent.rules.step import RELATIONS, Step
from handsel.core.errors import CannotDo, HandselError, InputError, NeedsAnswer, Retryable, UnknownName
from handsel.perception.scene import Scene
from handsel.planners.read import Vocabulary, read
from handsel.skills.skill import SkillSpec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from .scenes import SCENES, kitchen, make_scene, make_thing

NAMES = st.sampled_from(["red_block", "mug_1", "blue_bowl", "thing_12", "on_top"])
LENGTHS = st.integers(1, 400).map(lambda number: number / 1000.0)
MIND = RulesMind()


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """Draw any step."""
    extra = {
        "slowly": draw(st.booleans()),
        "upright": draw(st.booleans()),
        "avoid": tuple(draw(st.lists(st.tuples(NAMES, LENGTHS), max_size=2))),
    }
    if draw(st.booleans()):
        return Step(skill="pick", thing=draw(NAMES), **extra)
    relation = draw(st.sampled_from(RELATIONS))
    reference = draw(NAMES)
    if relation == "between":
        reference = f"{reference},{draw(NAMES)}"
    if relation == "at":
        reference = f"{draw(st.floats(-0.9, 0.9)):.3f},{draw(st.floats(-0.9, 0.9)):.3f}".replace(
            "-0.000", "0.000"
        )
    distance = draw(st.none() | LENGTHS)
    return Step(
        skill="place", thing=draw(NAMES), relation=relation, reference=reference, distance=distance, **extra
    )


@given(steps())
@settings(max_examples=300, deadline=None)
def test_canonical_text_reads_back(step: Step) -> None:
    assert Step.read(step.text) == step


@pytest.mark.parametrize(
    "text",
    ["", "put", "put a", "put a in", "put a in b c", "pick up", "pick up a b", "put a over b", "put a at x y",
     "put a between b", "put a in b; quickly", "put a in b; avoid c", "put a in b; distance", "carry a in b"],
)  # fmt: skip
def test_other_text_is_no_step(text: str) -> None:
    with pytest.raises(InputError, match="canonical"):
        Step.read(text)


def test_rank_gives_one_to_what_is_asked() -> None:
    candidates = (
        Candidate(skill="pick", arguments={"thing": "red_block"}),
        Candidate(
            skill="place", arguments={"thing": "red_block", "relation": "on", "reference": "blue_bowl"}
        ),
        Candidate(
            skill="place", arguments={"thing": "red_block", "relation": "in", "reference": "blue_bowl"}
        ),
        Candidate(
            skill="place", arguments={"thing": "blue_bowl", "relation": "in", "reference": "red_block"}
        ),
    )
    subtask = Subtask(text="put red_block in blue_bowl; slowly")
    ranking = MIND.rank(subtask, candidates, kitchen())
    assert ranking.scores == (0.0, 0.0, 1.0, 0.0)
    assert ranking.method == "grammar"
    assert MIND.candidate(subtask) == candidates[2]


def test_a_missing_skill_is_refused() -> None:
    with pytest.raises(CannotDo, match="place"):
        MIND.decompose("put the ball in the blue bowl", kitchen(), (SkillSpec(name="pick", purpose="Pick."),))


@pytest.mark.parametrize("relation", [r for r in RELATIONS if r not in ("between", "at", "behind")])
@pytest.mark.parametrize("variant", range(3))
def test_every_variant_is_read_and_differs(relation: str, variant: int) -> None:
    scene = make_scene(
        make_thing("red_block", 0.5, -0.2),
        make_thing("white_bowl", 0.5, 0.1),
        make_thing("white_tray", 0.52, -0.02, size=(0.12, 0.12, 0.02)),
    )
    reference = "white_tray" if relation == "on" else "white_bowl"
    text = f"put red_block {relation} {reference}; keep upright; avoid white_tray 0.02"
    if relation == "on":
        text = text.replace("; avoid white_tray 0.02", "")
    program = MIND.write(text, scene, ("no",) * variant)
    assert len(read(program, Vocabulary.of(scene)).stages) == 2
    assert variant == 0 or program != MIND.write(text, scene, ("no",) * (variant - 1))


def test_variants_end() -> None:
    with pytest.raises(Retryable, match="no other program"):
        MIND.write("pick up red_block", kitchen(), ("no",) * 4)


def test_unknown_thing_in_a_step() -> None:
    with pytest.raises(UnknownName):
        MIND.write("pick up elephant", kitchen(), ())
    with pytest.raises(UnknownName):
        MIND.write("pick up red_block; avoid elephant 0.1", kitchen(), ())


def test_manners_reach_the_program() -> None:
    program = read(
        MIND.write("put yellow_ball in blue_bowl; slowly; keep upright; avoid green_mug 0.15", kitchen(), ()),
        Vocabulary.of(kitchen()),
    )
    for stage in program.stages:
        assert [(item.thing, item.distance) for item in stage.avoid] == [("green_mug", 0.15)]
        assert stage.slow
    assert len(program.stages[1].along) == 1
    assert [item.thing for item in program.stages[1].releases] == ["yellow_ball"]


def test_what_is_held_is_not_grasped_again() -> None:
    scene = make_scene(
        make_thing("red_block", 0.5, 0.0, on="hand", bottom=0.2), make_thing("blue_bowl", 0.5, 0.2)
    )
    (step,) = MIND.decompose("put the red block in the bowl", scene, ())
    text = MIND.write(step.text, scene, ())
    assert "grasp" not in text
    assert read(text, Vocabulary.of(scene, held={"arm": "red_block"})).stages[0].releases


def spot_of(
    scene: Scene, thing: str, relation: str, reference: str, least: float | None = None
) -> np.ndarray:
    """First free spot beside a thing."""
    way = {"left of": scene.directions.left, "behind": scene.directions.behind, "next to": None}[relation]
    return next(places.beside(scene, scene.thing(thing), scene.thing(reference), way, least))


def test_spots_beside() -> None:
    scene = make_scene(make_thing("red_block", 0.35, -0.3), make_thing("blue_can", 0.5, 0.0))
    left = spot_of(scene, "red_block", "left of", "blue_can")
    # Can 3 cm, block's circle 2.83 cm, gap 5 cm, toward the person's left, which is -y.
    assert left == pytest.approx([0.5, -(0.03 + 0.05 + 0.02 * np.sqrt(2.0))], abs=1e-6)
    assert spot_of(scene, "red_block", "behind", "blue_can")[0] < 0.5 - 0.09
    far = spot_of(scene, "red_block", "left of", "blue_can", 0.1)
    assert far[1] == pytest.approx(left[1] - 0.05, abs=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_spots_are_free(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spots = rng.permutation([(x, y) for x in (0.35, 0.5, 0.65) for y in (-0.3, -0.1, 0.1, 0.3)])[:7]
    kinds = ("red_block", "blue_bowl", "green_can", "pink_box", "gray_mug", "cyan_ball", "black_bottle")
    scene = make_scene(
        *(make_thing(n, *xy, yaw=rng.uniform(0, 3)) for n, xy in zip(kinds, spots, strict=True))
    )
    block = scene.thing("red_block")
    for other in kinds[1:]:
        for spot in islice(places.beside(scene, block, scene.thing(other), None, None), 12):
            moved = make_thing("red_block", *spot)
            assert min(places.gap(moved, scene.thing(name)) for name in kinds[1:]) >= places.TIGHT_ROOM - 1e-9
            assert places.gap(moved, scene.thing(other)) <= 0.14


def test_gap_of_boxes_and_discs() -> None:
    a, b = make_thing("red_block", 0.4, 0.0), make_thing("blue_block", 0.5, 0.0)
    assert places.gap(a, b) == pytest.approx(0.06)
    turned = make_thing("blue_block", 0.5, 0.0, yaw=np.pi / 4)
    assert places.gap(a, turned) == pytest.approx(0.1 - 0.02 - 0.02 * np.sqrt(2.0))
    can, ball = make_thing("red_can", 0.4, 0.3), make_thing("red_ball", 0.43, 0.34)
    assert places.gap(can, ball) == 0.0
    assert places.gap(can, make_thing("red_ball", 0.5, 0.3)) == pytest.approx(0.1 - 0.03 - 0.025)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\n", "...", "a" * 10_000, "put " * 600, "pick up the red\x00 block", "pick up \x1b[31m it",
     "pick up the \u202ered block", "please", "😀", "pick up the ❤ block", "\ufeff", "1 2 3",
     "; ; ;", "and then and"],
)  # fmt: skip
def test_bad_text_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        MIND.decompose(text, kitchen(), ())


@given(st.text(max_size=200))
@example(")")  # punctuation alone leaves no piece to read
@example("²")  # a digit, but no number
@settings(max_examples=60, deadline=None)
def test_any_text_ends_in_an_error_of_ours(text: str) -> None:
    with pytest.raises(HandselError):
        MIND.decompose(text, kitchen(), ())


WORDS = sorted({word for phrase in lexicon._fixed() for word in phrase})


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9))
@settings(max_examples=60, deadline=None)
def test_known_words_in_any_order_do_no_harm(words: list[str]) -> None:
    try:
        found = MIND.decompose(" ".join(words), kitchen(), ())
    except (InputError, CannotDo, NeedsAnswer):
        return
    for step in found:
        assert Step.read(step.text).thing in {thing.name for thing in kitchen().things}


def test_a_relation_picks_out_a_vague_reference() -> None:
    scene = make_scene(
        make_thing("red_block", 0.5, -0.2, on="blue_bowl", inside="blue_bowl", bottom=0.005),
        make_thing("green_block", 0.35, -0.35),
        make_thing("blue_bowl", 0.5, -0.2),
        make_thing("pink_bowl", 0.5, 0.3),
        make_thing("white_plate", 0.55, 0.09),
    )
    # Another block and another bowl: "in the bowl" tells which block, "next to the plate" tells which bowl.
    (step,) = MIND.decompose("put the block in the bowl next to the plate", scene, ())
    assert step.text == "put red_block next to white_plate"


def test_a_full_bowl() -> None:
    size = (0.05, 0.05, 0.05)
    inside = [
        make_thing(f"red_block_{n}", 0.5, 0.0, size=size, on="blue_bowl", inside="blue_bowl")
        for n in range(1, 5)
    ]
    scene = make_scene(
        make_thing("blue_bowl", 0.5, 0.0), make_thing("green_block", 0.4, -0.3, size=size), *inside
    )
    with pytest.raises(CannotDo, match="full"):
        MIND.decompose("put the green block in the bowl", scene, ())


def test_a_full_table() -> None:
    crowd = [
        make_thing(
            f"red_block_{n}", 0.30 + 0.07 * (n // 12), -0.40 + 0.07 * (n % 12), size=(0.06, 0.06, 0.06)
        )
        for n in range(84)
    ]
    scene = make_scene(make_thing("blue_block", 0.30, 0.47), *crowd)
    with pytest.raises(CannotDo, match="no free place"):
        MIND.decompose("put the blue block next to red_block_40", scene, ())


@pytest.mark.parametrize(
    ("slip", "word"), [("blokc", "block"), ("yelow", "yellow"), ("boowl", "bowl"), ("plaet", "plate")]
)
def test_slips_are_mended(slip: str, word: str) -> None:
    found = [one.value for row in lexicon.read(slip, frozenset()).at(0).values() for one in row]
    assert set(found) == {word}


@pytest.mark.parametrize("word", ["bell", "plane", "boll", "clock", "cake", "barn", "rad", "flock"])
def test_other_words_are_not_mended(word: str) -> None:
    assert lexicon.read(word, frozenset()).unknown == (word,)


def test_things_of_unheard_kinds_have_names() -> None:
    scene = make_scene(
        make_thing("red_teapot", 0.5, 0.0, kind="teapot", size=(0.1, 0.1, 0.1)),
        make_thing("red_block", 0.5, 0.3),
    )
    (step,) = MIND.decompose("pick up the teapot", scene, ())
    assert step.text == "pick up red_teapot"


def test_understanding_is_quick() -> None:
    scene = SCENES["kitchen"]()
    MIND.decompose("pick up the ball", scene, ())
    start = time.process_time()
    for _ in range(20):
        MIND.understand("put the red block in the blue bowl and keep 5 cm away from the mug", scene)
    assert (time.process_time() - start) / 20 < 0.02


def test_two_readings_are_asked_about() -> None:
    scene = make_scene(
        make_thing("red_block", 0.36, 0.2, on="blue_bowl", inside="blue_bowl", bottom=0.005),
        make_thing("blue_bowl", 0.36, 0.2),
        make_thing("white_plate", 0.6, -0.1),
        make_thing("green_block", 0.6, 0.3),
        make_thing("pink_bowl", 0.6, -0.3),
    )
    # "in the bowl" may tell where the block is or, with "next to the plate", where it goes.
    with pytest.raises(NeedsAnswer, match="more than one way") as caught:
        MIND.decompose("put a block in the bowl next to the plate", scene, ())
    assert set(caught.value.options) == {
        "put red_block next to white_plate",
        "put 1 of red_block, green_block in pink_bowl",
    }
