"""Scripted eyes over real depth: masks become things in the right place, with the right names."""

from dataclasses import replace

import numpy as np
import pytest
import tiny
from handsel.core.errors import InputError
from handsel.perception.open_vocabulary.eyes import Detection
from handsel.perception.open_vocabulary.models import VARIABLE, OpenVocabularyModels
from handsel.perception.open_vocabulary.perceiver import OpenVocabularyPerceiver
from handsel.perception.perceiver import PERCEIVERS
from handsel.perception.scene import Scene
from household import Truth, random_table, thing
from scripted import NO_ROBOT, Namer, Script, frames_of


class Nothing:
    """Detects nothing."""

    def detect(self, rgb, words):
        return ()


def _see(things: list[Truth], words: list[str | None], seed: int = 0, **options) -> tuple[Scene, Script]:
    frames = frames_of(things, np.random.default_rng(seed))
    script = Script(frames, things, words)
    asked = options.pop("asked", [word for word in words if word] or ["mug"])
    perceiver = OpenVocabularyPerceiver(words=asked, eyes=script.eyes(options.pop("names", None)))
    return perceiver.perceive(frames, robot_spheres_W=NO_ROBOT, **options), script


@pytest.mark.parametrize("seed", range(3))
def test_random_tables(seed):
    rng = np.random.default_rng([17, seed])
    truths = random_table(rng, 6)
    scene, _ = _see(truths, [one.kind for one in truths], seed)
    assert sorted(one.name for one in scene.things) == sorted(f"{t.color}_{t.kind}" for t in truths)
    for truth in truths:
        found = scene.thing(f"{truth.color}_{truth.kind}")
        assert np.linalg.norm(found.center - truth.middle) < 0.008
        assert found.on == "table" and found.confidence > 0.8
    assert scene.perceiver == "open_vocabulary"
    assert not any("detections" in warning for warning in scene.warnings)


def test_touching_blocks_of_one_colour_come_apart_by_their_masks():
    rng = np.random.default_rng(4)
    left = thing("block", "red", 0.5, 0.0, rng)
    right = thing("block", "red", 0.5, 2.05 * left.radius, rng)
    scene, _ = _see([left, right], ["block", "block"])
    assert [one.name for one in scene.things] == ["red_block_1", "red_block_2"]
    middles = sorted([left.middle, right.middle], key=lambda p: p @ scene.directions.right)
    for one, middle in zip(scene.things, middles, strict=True):
        assert np.linalg.norm(one.center - middle) < 0.006


def test_a_word_that_no_kind_knows_names_a_thing():
    truth = thing("box", "blue", 0.5, 0.0, np.random.default_rng(2))
    scene, _ = _see([truth], ["juice carton box opener"])
    (one,) = scene.things
    assert one.name == "blue_juice_carton_box_opener" and one.name.isidentifier()
    assert np.linalg.norm(one.center - truth.middle) < 0.006


def test_what_the_detector_overlooks_is_still_a_thing():
    rng = np.random.default_rng(6)
    truths = [thing("mug", "green", 0.45, 0.15, rng), thing("block", "red", 0.55, -0.1, rng)]
    scene, _ = _see(truths, ["mug", None])
    assert sorted(one.name for one in scene.things) == ["green_mug", "red_block"]


def test_a_thing_is_found_once_though_one_view_overlooks_it():
    rng = np.random.default_rng(7)
    truths = [thing("mug", "green", 0.45, 0.15, rng), thing("can", "red", 0.55, -0.1, rng)]
    frames = frames_of(truths, rng)
    script = Script(frames, truths, ["mug", "can"])
    script._pictures[frames[1].rgb.tobytes()] = []
    scene = OpenVocabularyPerceiver(eyes=script.eyes()).perceive(frames, robot_spheres_W=NO_ROBOT)
    assert sorted(one.name for one in scene.things) == ["green_mug", "red_can"]
    for truth in truths:
        found = scene.thing(f"{truth.color}_{truth.kind}")
        assert np.linalg.norm(found.center - truth.middle) < 0.006


def test_word_and_shape_that_disagree_are_doubted():
    truth = thing("can", "red", 0.5, 0.0, np.random.default_rng(3))
    scene, _ = _see([truth], ["mug"])
    (one,) = scene.things
    assert one.kind == "mug" and "it looks like a mug but has the shape of a can" in one.doubts
    assert one.confidence <= 0.5


def test_the_colour_is_measured_and_not_what_was_asked_for():
    truth = thing("block", "blue", 0.5, 0.0, np.random.default_rng(3))
    scene, _ = _see([truth], ["red block"])
    assert scene.things[0].name == "blue_block"
    assert "red was asked for, but it looks blue" in scene.things[0].doubts


def test_a_detection_of_nothing_is_left_out_and_said():
    truth = thing("block", "red", 0.5, 0.0, np.random.default_rng(3))
    frames = frames_of([truth])
    script = Script(frames, [truth], ["block"])
    script.extra = (Detection(word="mug", score=0.8, box=(20.0, 180.0, 70.0, 230.0)),)
    perceiver = OpenVocabularyPerceiver(words=("block", "mug"), eyes=script.eyes())
    scene = perceiver.perceive(frames, robot_spheres_W=NO_ROBOT)
    assert [one.name for one in scene.things] == ["red_block"]
    assert any("nothing above the table behind them: mug (2)" in warning for warning in scene.warnings)


def test_a_detection_that_the_namer_takes_for_nothing_is_left_out_and_said():
    rng = np.random.default_rng(6)
    truths = [thing("mug", "green", 0.45, 0.15, rng), thing("block", "red", 0.55, -0.1, rng)]
    scene, _ = _see(truths, ["mug", "bowl"], names=Namer("mug"))
    assert any("look like nothing to the picture-text model: bowl" in warning for warning in scene.warnings)
    # It stands there all the same: the geometry says what it is.
    assert sorted(one.name for one in scene.things) == ["green_mug", "red_block"]


def test_names_stay_with_things():
    rng = np.random.default_rng(9)
    left, right = thing("block", "red", 0.5, -0.2, rng), thing("block", "red", 0.5, 0.1, rng)
    before, _ = _see([left, right], ["block", "block"])
    moved = thing("block", "red", 0.6, 0.25, np.random.default_rng(9))
    after, _ = _see([moved, right], ["block", "block"], previous=before)
    assert after.thing("red_block_2").center == pytest.approx(right.middle, abs=0.006)


def test_each_view_is_encoded_once():
    truths = random_table(np.random.default_rng(21), 2)
    frames = frames_of(truths)
    script, namer = Script(frames, truths, [one.kind for one in truths]), Namer(*(t.kind for t in truths))
    perceiver = OpenVocabularyPerceiver(eyes=script.eyes(namer))
    first = perceiver.perceive(frames, robot_spheres_W=NO_ROBOT)
    assert script.calls == {"detect": 2, "encode": 2, "masks": 2, "describe": 2, "compare": 0}
    asked, misses = namer.calls, perceiver.memory.misses
    again = perceiver.perceive(frames, robot_spheres_W=NO_ROBOT)
    assert script.calls == {"detect": 2, "encode": 2, "masks": 2, "describe": 2, "compare": 0}
    assert (namer.calls, perceiver.memory.misses) == (asked, misses) and perceiver.memory.hits >= 8
    assert [(a.name, *a.center) for a in first.things] == [(b.name, *b.center) for b in again.things]
    # Other words are another question, but the pictures stay encoded.
    perceiver.words = [*perceiver.words, "stapler"]
    perceiver.perceive(frames, robot_spheres_W=NO_ROBOT)
    assert (script.calls["detect"], script.calls["encode"], script.calls["describe"]) == (4, 2, 2)


def test_keypoints_lie_on_surfaces_and_are_at_most_forty():
    truths = random_table(np.random.default_rng(33), 7)
    scene, _ = _see(truths, [one.kind for one in truths])
    assert [point.number for point in scene.keypoints] == list(range(1, len(scene.keypoints) + 1))
    assert len(scene.keypoints) <= 40
    semantic = [point for point in scene.keypoints if point.part.startswith("point_")]
    assert len(semantic) >= 3
    for point in semantic:
        one = scene.thing(point.thing)
        assert point.p_W == pytest.approx(one.parts[point.part])
        assert np.linalg.norm(one.cloud - point.p_W, axis=1).min() < 0.004


def test_an_empty_table_has_no_things():
    rng = np.random.default_rng(0)
    frames = tuple(
        replace(frame, rgb=frame.rgb - rng.integers(0, 4, frame.rgb.shape, np.uint8))
        for frame in frames_of([], rng)
    )
    eyes = replace(Script((), (), ()).eyes(), detector=Nothing())
    scene = OpenVocabularyPerceiver(eyes=eyes).perceive(frames, robot_spheres_W=NO_ROBOT)
    assert scene.things == () and scene.keypoints == ()
    assert not any("detections" in warning for warning in scene.warnings)


@pytest.mark.parametrize(("words", "match"), [((), "no word"), ((" ",), "no word"), ("mug", "several texts")])
def test_words_have_to_be_words(words, match):
    script = Script((), (), ())
    with pytest.raises(InputError, match=match):
        OpenVocabularyPerceiver(words=words, eyes=script.eyes())


def test_no_frame_is_refused():
    with pytest.raises(InputError, match="no camera frame"):
        OpenVocabularyPerceiver(eyes=Script((), (), ()).eyes()).perceive((), robot_spheres_W=NO_ROBOT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    tiny.grounding_dino(root / "detector")
    tiny.sam2(root / "segmenter")
    tiny.dinov2(root / "features")
    tiny.siglip(root / "names")
    roles = ("detector", "segmenter", "features", "names")
    text = "".join(f'{role} = "./{role}"\n' for role in roles) + "least_score = 0.05\n"
    (root / "models.toml").write_text(text)
    return root


def test_random_weights_run_end_to_end_through_the_registry(folder, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(folder / "models.toml"))
    truths = random_table(np.random.default_rng(2), 3)
    frames = frames_of(truths)
    perceiver = PERCEIVERS.load("open_vocabulary")()
    scene = perceiver.perceive(frames, robot_spheres_W=NO_ROBOT)
    assert isinstance(perceiver, OpenVocabularyPerceiver)
    # Random weights name nonsense, but depth still tells that something stands there.
    assert len(scene.things) >= 1 and len(scene.keypoints) <= 40
    assert len({one.name for one in scene.things}) == len(scene.things)
    misses = perceiver.memory.misses
    again = perceiver.perceive(frames, robot_spheres_W=NO_ROBOT)
    assert perceiver.memory.misses == misses
    assert [one.name for one in again.things] == [one.name for one in scene.things]


def test_optional_models_may_be_left_out(folder):
    models = OpenVocabularyModels(
        detector=str(folder / "detector"), segmenter=str(folder / "segmenter"), features=None, names=None
    )
    truths = random_table(np.random.default_rng(2), 2)
    scene = OpenVocabularyPerceiver(models).perceive(frames_of(truths), robot_spheres_W=NO_ROBOT)
    assert not any(point.part.startswith("point_") for point in scene.keypoints)
