"""Frame files: what is written is read again, and whatever else a file may hold is refused with a reason."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from frame_arrays import plain_arrays, saved
from handsel.core.camera import CameraFrame, CameraModel
from handsel.core.errors import InputError
from handsel.perception import frame_npz
from handsel.perception.frame_files import read_frames, read_snapshot, write_frames
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydrake.math import RigidTransform, RollPitchYaw


def random_frame(
    rng: np.random.Generator, name: str = "front", width: int = 24, height: int = 18
) -> CameraFrame:
    depth = rng.uniform(0.3, 3.0, (height, width)).astype(np.float32)
    depth[rng.random(depth.shape) < 0.2] = np.nan
    return CameraFrame(
        camera=name,
        time=float(rng.uniform(0.0, 100.0)),
        rgb=rng.integers(0, 256, (height, width, 3), dtype=np.uint8),
        depth=depth,
        model=CameraModel(width=width, height=height, fx=30.1, fy=30.7, cx=11.3, cy=8.9),
        X_WC=RigidTransform(RollPitchYaw(*rng.uniform(-1.5, 1.5, 3)), rng.uniform(-1, 1, 3)),
    )


def assert_same(one: CameraFrame, other: CameraFrame) -> None:
    assert (one.camera, one.time, one.model) == (other.camera, other.time, other.model)
    np.testing.assert_array_equal(one.rgb, other.rgb)
    np.testing.assert_array_equal(one.depth.view(np.uint32), other.depth.view(np.uint32))
    np.testing.assert_array_equal(one.X_WC.GetAsMatrix4(), other.X_WC.GetAsMatrix4())


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 4))
@settings(max_examples=15, deadline=None)
def test_npz_keeps_every_bit(tmp_path_factory: pytest.TempPathFactory, seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    frames = [random_frame(rng, f"camera {k}") for k in range(count)]
    spheres = rng.uniform(0.0, 1.0, (5, 4))
    path = tmp_path_factory.mktemp("npz") / "frames.npz"
    write_frames(frames, path, robot_spheres_W=spheres)
    snapshot = read_snapshot([path])
    for one, other in zip(frames, snapshot.frames, strict=True):
        assert_same(one, other)
    np.testing.assert_array_equal(snapshot.robot_spheres_W, spheres)


def test_png_keeps_depth_to_half_a_quantum(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    near = random_frame(rng, "front")
    far = replace(random_frame(rng, "wrist eye/2"), depth=np.full((18, 24), 12.3456, np.float32))
    spheres = np.array([[0.1, 0.2, 0.3, 0.05]])
    write_frames([near, far], tmp_path / "table.json", robot_spheres_W=spheres)
    snapshot = read_snapshot([tmp_path / "table.json"])
    for frame, read, quantum in zip((near, far), snapshot.frames, (1e-4, 1e-3), strict=True):
        assert (read.camera, read.time, read.model) == (frame.camera, frame.time, frame.model)
        np.testing.assert_array_equal(read.rgb, frame.rgb)
        np.testing.assert_array_equal(np.isnan(read.depth), np.isnan(frame.depth))
        assert np.nanmax(np.abs(read.depth - frame.depth)) <= 0.5 * quantum + 1e-6
        assert read.X_WC.IsNearlyEqualTo(frame.X_WC, 1e-12)
    np.testing.assert_allclose(snapshot.robot_spheres_W, spheres)


def test_a_depth_beyond_sixteen_bits_is_not_written_away(tmp_path: Path) -> None:
    far = replace(random_frame(np.random.default_rng(0)), depth=np.full((18, 24), 70.0, np.float32))
    with pytest.raises(InputError, match=r"70 m does not fit.*npz"):
        write_frames([far], tmp_path / "far.json")


def test_several_files_make_one_sight(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    one, other = random_frame(rng, "front"), random_frame(rng, "side", 10, 8)
    other = replace(other, model=replace(other.model, cx=4.0, cy=3.0))
    write_frames([one], tmp_path / "a.npz")
    write_frames([other], tmp_path / "b.json")
    assert [frame.camera for frame in read_frames([tmp_path / "a.npz", tmp_path / "b.json"])] == [
        "front",
        "side",
    ]
    assert read_snapshot([tmp_path / "a.npz"]).robot_spheres_W.shape == (0, 4)


# What other programs write.


def test_one_camera_needs_no_prefix_and_no_name(tmp_path: Path) -> None:
    arrays = plain_arrays(np.random.default_rng(3))
    arrays["depth"][0, :3] = [0.0, -1.0, np.inf]
    (frame,) = read_frames([saved(tmp_path / "one.npz", **arrays)])
    assert (frame.camera, frame.time) == ("camera", 0.0)
    assert (frame.model.fx, frame.model.fy, frame.model.cx, frame.model.cy) == (9.0, 9.5, 3.5, 2.5)
    assert np.isnan(frame.depth[0, :3]).all() and np.isfinite(frame.depth[0, 3:]).all()


def test_whole_numbers_take_their_scale(tmp_path: Path) -> None:
    arrays = plain_arrays(np.random.default_rng(4))
    units = np.full((6, 8), 750, np.uint16)
    units[0, 0] = 0
    arrays |= {"depth": units, "depth_scale": np.array(0.001), "camera": np.array("kinect")}
    (frame,) = read_frames([saved(tmp_path / "mm.npz", **arrays)])
    assert frame.camera == "kinect"
    assert np.isnan(frame.depth[0, 0]) and np.allclose(frame.depth[1:], 0.75)


def test_a_pose_of_few_digits_is_mended(tmp_path: Path) -> None:
    X_WC = RigidTransform(RollPitchYaw(0.3, -0.7, 2.0), [1.0, 0.2, 0.7])
    arrays = plain_arrays(np.random.default_rng(5)) | {"X_WC": np.round(X_WC.GetAsMatrix4(), 4)}
    (frame,) = read_frames([saved(tmp_path / "rounded.npz", **arrays)])
    assert frame.X_WC.IsNearlyEqualTo(X_WC, 2e-4)
    R = frame.X_WC.rotation().matrix()
    assert np.abs(R @ R.T - np.eye(3)).max() < 1e-12


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rgb": None}, "lacks rgb"),
        ({"K": None}, "lacks K"),
        ({"rgb": np.zeros((6, 8, 3))}, "colours are float64"),
        ({"rgb": np.zeros((6, 8, 4), np.uint8)}, r"\(6, 8, 4\)"),
        ({"depth": np.ones((5, 8), np.float32)}, "registered"),
        ({"depth": np.full((6, 8), 850.0, np.float32)}, "850 m.*millimetres by mistake"),
        ({"depth": np.full((6, 8), 850, np.uint16)}, "without a scale"),
        ({"depth": np.full((6, 8), 850, np.uint16), "depth_scale": 1.0}, "not in metres"),
        ({"depth": np.full((6, 8), 850, np.uint16), "depth_scale": 1e-6}, "too small"),
        ({"depth": np.full((6, 8), 850, np.uint16), "depth_scale": -0.001}, "above 0"),
        ({"depth": np.full((6, 8), "far")}, "depth is <U3"),
        ({"X_WC": np.diag([1.0, 1.0, 1.1, 1.0])}, "no rigid pose"),
        ({"X_WC": np.diag([1.0, 1.0, -1.0, 1.0])}, "mirrors"),
        ({"X_WC": np.eye(3)}, "4 x 4"),
        ({"X_WC": np.full((4, 4), np.nan)}, "finite"),
        ({"X_WC": np.full((4, 4), "x")}, "expected numbers"),
        ({"K": np.eye(3) * 2.0}, "expected \\[\\[fx"),
        ({"K": np.array([[9.0, 0, 300.0], [0, 9.0, 2.5], [0, 0, 1.0]])}, "another picture size"),
        ({"K": np.array([[-9.0, 0, 3.0], [0, 9.0, 2.5], [0, 0, 1.0]])}, "focal lengths"),
        ({"time": np.array(np.nan)}, "time is nan"),
        ({"camera": np.array("")}, "no name of a camera"),
        ({"labels": np.zeros((6, 8))}, "no array 'labels' is known"),
        ({"distortion": np.zeros(3)}, "3 distortion coefficients"),
        ({"robot_spheres": np.zeros((3, 3))}, "x, y, z, radius"),
        ({"robot_spheres": np.full((1, 4), np.nan)}, "not finite"),
    ],
)
def test_arrays_that_are_not_what_they_have_to_be(
    change: dict[str, object], words: str, tmp_path: Path
) -> None:
    path = saved(tmp_path / "bad.npz", **(plain_arrays(np.random.default_rng(0)) | change))
    with pytest.raises(InputError, match=words) as caught:
        read_frames([path])
    assert "bad.npz" in str(caught.value)


class Trap:
    """Unpickled, it would leave a file behind."""

    def __init__(self, mark: Path):
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.mark,))


def test_a_pickle_is_not_opened(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    trapped = np.empty(1, object)
    trapped[0] = Trap(mark)
    arrays: dict[str, Any] = plain_arrays(np.random.default_rng(0)) | {"depth": trapped}
    np.savez(tmp_path / "trap.npz", **arrays)
    with pytest.raises(InputError, match="cannot be read"):
        read_frames([tmp_path / "trap.npz"])
    assert not mark.exists()


def test_an_archive_that_would_fill_the_memory_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_npz, "MOST_BYTES", 1 << 20)
    np.savez_compressed(tmp_path / "bomb.npz", rgb=np.zeros((1 << 10, 1 << 10, 3), np.uint8))
    assert (tmp_path / "bomb.npz").stat().st_size < 10_000
    with pytest.raises(InputError, match="bytes in all"):
        read_frames([tmp_path / "bomb.npz"])


def test_a_header_that_promises_too_much_is_told(tmp_path: Path) -> None:
    header = io.BytesIO()
    promised = {"descr": "|u1", "fortran_order": False, "shape": (1 << 50,)}
    np.lib.format.write_array_header_1_0(header, promised)
    with zipfile.ZipFile(tmp_path / "liar.npz", "w") as archive:
        archive.writestr("rgb.npy", header.getvalue())
    with pytest.raises(InputError, match="cannot be read"):
        read_frames([tmp_path / "liar.npz"])


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive at all", b"\x93NUMPY"])
def test_a_broken_archive_is_told(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"no \.npz archive"):
        read_frames([path])


def test_a_foreign_member_is_told(tmp_path: Path) -> None:
    path = saved(tmp_path / "foreign.npz", **plain_arrays(np.random.default_rng(0)))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("notes.txt", "hello")
    with pytest.raises(InputError, match="no array"):
        read_frames([path])


# JSON.


def json_file(folder: Path, **change: object) -> Path:
    rng = np.random.default_rng(7)
    Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)).save(folder / "c.png")
    Image.fromarray(np.full((6, 8), 700, np.uint16)).save(folder / "d.png")
    frame = {
        "camera": "front",
        "color": "c.png",
        "depth": "d.png",
        "depth_scale": 0.001,
        "intrinsics": {"fx": 9.0, "fy": 9.0, "cx": 3.5, "cy": 2.5},
        "X_WC": np.eye(4).tolist(),
    }
    frame = {key: value for key, value in (frame | change).items() if value is not None}
    path = folder / "frame.json"
    path.write_text(json.dumps({"format": "handsel-frames", "version": 1, "frames": [frame]}))
    return path


def test_json_by_hand(tmp_path: Path) -> None:
    (frame,) = read_frames([json_file(tmp_path)])
    assert np.allclose(frame.depth, 0.7) and frame.model.width == 8
    pose = {"wxyz": [0.5, -0.5, 0.5, -0.5], "xyz": [1.0, 2.0, 3.0]}
    (frame,) = read_frames([json_file(tmp_path, X_WC=pose)])
    np.testing.assert_allclose(frame.X_WC.rotation().ToQuaternion().wxyz(), pose["wxyz"], atol=1e-12)


def png(folder: Path, name: str, array: np.ndarray) -> str:
    Image.fromarray(array).save(folder / name)
    return name


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"color": None}, "frames.0.color: field required"),
        ({"colour": "c.png"}, "frames.0.colour: extra inputs"),
        ({"depth_scale": float("nan")}, "depth_scale"),
        ({"depth_scale": 1.0}, "millimetres by mistake"),
        ({"X_WC": {"wxyz": [1.0, 1.0, 0.0, 0.0], "xyz": [0, 0, 0]}}, "length 1.414"),
        ({"X_WC": (2.0 * np.eye(4)).tolist()}, "no rigid pose"),
        (
            {"intrinsics": {"fx": 9.0, "fy": 9.0, "cx": 3.5, "cy": 2.5, "width": 640}},
            "intrinsics are for 640",
        ),
        ({"color": "absent.png"}, "no picture 'absent.png'"),
        ({"color": "/etc/hostname"}, "beside or below"),
        ({"color": "../c.png"}, "beside or below"),
        ({"color": "d.png"}, "expected 8-bit red"),
        ({"depth": "c.png"}, "expected 16-bit gray"),
        ({"depth": "frame.json"}, "no readable PNG"),
        ({"distortion": [0.1, 0.2]}, "2 distortion coefficients"),
    ],
)
def test_json_that_is_wrong(change: dict[str, object], words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        read_frames([json_file(tmp_path, **change)])


def test_eight_bit_depth_and_huge_pictures_are_refused(tmp_path: Path) -> None:
    path = json_file(tmp_path, depth=png(tmp_path, "eight.png", np.full((6, 8), 70, np.uint8)))
    with pytest.raises(InputError, match="mode L; expected 16-bit"):
        read_frames([path])
    path = json_file(tmp_path, color=png(tmp_path, "huge.png", np.zeros((1, 20_000_000, 3), np.uint8)))
    with pytest.raises(InputError, match="more than"):
        read_frames([path])


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": "other"}', '"\\ud800"', "[" * 100_000])
def test_json_that_is_none_of_ours(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"x\.json"):
        read_frames([path])


def test_paths_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no file"):
        read_frames([tmp_path / "absent.npz"])
    with pytest.raises(InputError, match=r"ends in \.json or \.npz"):
        read_frames([tmp_path / "picture.png"])
    with pytest.raises(InputError, match="no file was given"):
        read_frames([])
    with pytest.raises(InputError, match="no frame to write"):
        write_frames([], tmp_path / "x.npz")
    twice = [random_frame(np.random.default_rng(0), "front") for _ in range(2)]
    with pytest.raises(InputError, match=r"two frames are of camera 'front'.*front_2"):
        write_frames(twice, tmp_path / "x.npz")
    write_frames(twice[:1], tmp_path / "x.npz")
    with pytest.raises(InputError, match="two frames"):
        read_frames([tmp_path / "x.npz"] * 2)
    with pytest.raises(InputError, match="cannot be written"):
        write_frames([random_frame(np.random.default_rng(0))], tmp_path / "absent" / "x.npz")


# The page says how files look: what it shows is what is read.

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "perception.md").read_text(encoding="utf-8")


def block(language: str, holding: str) -> str:
    """Give the one code block of the page in a language that holds some words."""
    blocks = [part for part in PAGE.split("```") if part.startswith(language + "\n") and holding in part]
    assert len(blocks) == 1
    return blocks[0].removeprefix(language + "\n")


def test_the_pages_json_is_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    for name, width, height in (("front", 640, 480), ("wrist", 424, 240)):
        png(tmp_path, f"{name}-color.png", rng.integers(0, 256, (height, width, 3), dtype=np.uint8))
        png(tmp_path, f"{name}-depth.png", np.full((height, width), 800, np.uint16))
    (tmp_path / "table.json").write_text(block("json", "handsel-frames"))
    snapshot = read_snapshot([tmp_path / "table.json"])
    front, wrist = snapshot.frames
    assert (front.camera, front.model.width) == ("front", 640)
    assert (wrist.camera, wrist.model.width) == ("wrist", 424)
    # The front camera looks down at the table ahead of it, as the page says.
    forward = front.X_WC.rotation().matrix()[:, 2]
    np.testing.assert_allclose(forward, np.array([-0.75, 0.0, -0.75]) / np.hypot(0.75, 0.75), atol=1e-3)
    assert wrist.X_WC.rotation().matrix()[2, 2] == pytest.approx(-1.0, abs=1e-6)
    assert len(snapshot.robot_spheres_W) == 1


def test_the_pages_npz_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rgb = np.zeros((480, 640, 3), np.uint8)
    depth = np.full((480, 640), 0.8, np.float32)
    exec(block("python", "np.savez"), {"rgb": rgb, "depth": depth, "X_WC": np.eye(4)})
    (frame,) = read_frames([tmp_path / "front.npz"])
    assert (frame.camera, frame.model.fx) == ("front", 615.0)
