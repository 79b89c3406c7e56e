"""Files that torch wrote: arrays of numbers are read, and nothing in them is run."""

import os
import pickle
import zipfile

import numpy as np
import pytest
from handsel.sim.public.apart.benchside.torch_arrays import read_array


def written(tmp_path, content: bytes):
    path = tmp_path / "states"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("archive/data.pkl", content)
        packed.writestr("archive/version", "3")
    return path


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_an_array_is_read_as_it_was(tmp_path, kind):
    array = np.random.default_rng(0).normal(size=(50, 7)).astype(kind)
    found = read_array(written(tmp_path, pickle.dumps(array, protocol=2)))
    assert found.dtype == np.float64 and np.array_equal(found, array)


class Runs:
    def __reduce__(self):
        return os.mkdir, (os.environ["HANDSEL_TEST_FOLDER"],)


def test_what_is_no_part_of_an_array_is_not_run(tmp_path, monkeypatch):
    folder = tmp_path / "made"
    monkeypatch.setenv("HANDSEL_TEST_FOLDER", str(folder))
    path = written(tmp_path, pickle.dumps([np.zeros(2), Runs()], protocol=2))
    with pytest.raises(ValueError, match="states is no array"):
        read_array(path)
    assert not folder.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x02.",
        pickle.dumps([1.0, 2.0], protocol=2),
        pickle.dumps(np.array([1, 2]), protocol=2),
        pickle.dumps(np.array([1.0, np.nan]), protocol=2),
        pickle.dumps(np.array(["a", None], dtype=object), protocol=2),
        pickle.dumps(np.zeros((3, 3), order="F") + np.arange(3), protocol=2)[:-9],
        pickle.dumps(np.asfortranarray(np.eye(3) + 1.0), protocol=2),
        pickle.dumps(np.dtype("f8"), protocol=2),
    ],
)
def test_what_is_no_array_of_numbers_is_refused(tmp_path, content):
    with pytest.raises(ValueError, match="states is no array"):
        read_array(written(tmp_path, content))


def test_what_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "states"
    path.write_bytes(b"plain")
    with pytest.raises(ValueError, match="states is no array"):
        read_array(path)
