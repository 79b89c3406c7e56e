"""``handsel look``: saved frames, a robot's cameras, and whatever else may be given."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from handsel.agent.body import Body
from handsel.cli.main import main
from handsel.perception.frame_files import read_snapshot, write_frames
from handsel.sim.local import LocalRobot
from handsel.sim.noise import DepthNoise
from handsel.sim.scenes import named_scene
from handsel.sim.world import World
from PIL import Image

THINGS = {"red_block", "blue_bowl", "green_mug", "yellow_block", "white_plate"}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    world = World(named_scene("default"), noise=DepthNoise(), seed=3)
    robot = LocalRobot(world)
    observation, body = robot.observe(robot.info.cameras), Body(robot.info)
    spheres = body.spheres(observation.arms[body.arm.name], None)
    path = tmp_path_factory.mktemp("look") / "table.npz"
    write_frames(observation.frames, path, robot_spheres_W=spheres)
    return path


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main(["look", *map(str, arguments), "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def test_json_holds_the_scene(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scene = told(capsys, saved)
    things = {thing["name"]: thing for thing in scene["things"]}
    assert set(things) == THINGS
    np.testing.assert_allclose(things["red_block"]["X_WO"]["p"][:2], [0.42, -0.16], atol=0.01)
    assert scene["perceiver"] == "geometric" and scene["cameras"] == ["front", "wrist"]
    assert sum(scene["space"][share] for share in ("free", "solid", "unknown")) == pytest.approx(
        1.0, abs=1e-5
    )
    assert {"kind": "on", "subject": "red_block", "object": "table", "gap": None} in scene["relations"]
    assert scene["planes"][0]["name"] == "table"
    assert set(scene["trusted"]) <= THINGS and 0 < len(scene["keypoints"]) <= 40
    assert scene["files"] == {}


def test_a_person_gets_a_table(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["look", str(saved)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    for name in THINGS:
        assert name in out
    for word in ("kind", "colour", "place, cm", "plane: table", "keypoints: ", "unseen"):
        assert word in out
    assert len(out) < 4000


def test_png_frames_show_the_same_scene(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = told(capsys, saved, "--save", tmp_path / "again.json")
    assert first["files"] == {"save": str(tmp_path / "again.json")}
    assert len(read_snapshot([tmp_path / "again.json"]).robot_spheres_W) > 10
    again = told(capsys, tmp_path / "again.json")
    assert [thing["name"] for thing in again["things"]] == [thing["name"] for thing in first["things"]]
    for one, other in zip(first["things"], again["things"], strict=True):
        np.testing.assert_allclose(one["X_WO"]["p"], other["X_WO"]["p"], atol=0.002)


def test_the_picture_shows_something(saved: Path, tmp_path: Path) -> None:
    assert main(["look", str(saved), "--plot", str(tmp_path / "scene.png")]) == 0
    pixels = np.asarray(Image.open(tmp_path / "scene.png").convert("RGB"))
    assert min(pixels.shape[:2]) > 800 and pixels.std() > 20.0
    # Both camera pictures above, both maps below: none of the four quarters is blank.
    h, w = pixels.shape[0] // 2, pixels.shape[1] // 2
    for quarter in (pixels[:h, :w], pixels[:h, w:], pixels[h:, :w], pixels[h:, w:]):
        assert quarter.std() > 10.0


def test_without_the_robots_body_the_arm_may_be_seen_but_nothing_breaks(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_frames(read_snapshot([saved]).frames[:1], tmp_path / "front.npz")
    scene = told(capsys, tmp_path / "front.npz")
    assert scene["cameras"] == ["front"]


def test_a_simulated_robot_is_looked_through(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scene = told(capsys, "--scene", "blocks", "--seed", "4", "--save", tmp_path / "blocks.npz")
    names = {thing["name"] for thing in scene["things"]}
    assert {"red_block", "green_block", "blue_block", "yellow_block"} <= names
    again = told(capsys, tmp_path / "blocks.npz")
    del scene["files"], again["files"]
    assert again == scene


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "nothing to look at"),
        (("absent.npz",), "there is no file"),
        (("picture.jpg",), "ends in .json or .npz"),
        (("FRAMES", "--scene", "default"), "either these or files"),
        (("FRAMES", "--perceiver", "geometrik"), "did you mean 'geometric'"),
        (("FRAMES", "--perceiver", "oracle"), "oracle"),
        (("FRAMES", "--plot", "x.pdf"), "ends in .png"),
        (("FRAMES", "--plot", "/no/such/folder/x.png"), "does not exist"),
        (("FRAMES", "--save", "x.txt"), "ends in .json or .npz"),
        (("--scene", "kichen"), "did you mean 'kitchen'"),
        (("--scene", "default", "--robot", "pandas"), "did you mean 'panda'"),
    ],
)
def test_bad_input_is_a_sentence(
    arguments: tuple[str, ...], words: str, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(saved) if argument == "FRAMES" else argument for argument in arguments]
    assert main(["look", *given]) == 2
    out, err = capsys.readouterr()
    assert out == "" and words in err and err.count("\n") == 1


def test_frames_in_which_nothing_can_be_measured(saved: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    frames = [
        replace(frame, depth=np.full_like(frame.depth, np.nan)) for frame in read_snapshot([saved]).frames
    ]
    write_frames(frames, tmp_path / "blind.npz")
    assert main(["look", str(tmp_path / "blind.npz")]) == 2
