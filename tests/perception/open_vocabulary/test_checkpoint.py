"""An original checkpoint is found and read as tensors alone; what is wrong is said with its remedy."""

import pickle
from pathlib import Path

import pytest
import torch
from handsel.core.errors import InputError, MissingDependency
from handsel.perception.open_vocabulary import checkpoint
from handsel.perception.open_vocabulary.checkpoint import ENCODER, find_checkpoint, read_checkpoint
from handsel.perception.open_vocabulary.eyes import load_eyes
from handsel.perception.open_vocabulary.loading import find_weights
from handsel.perception.open_vocabulary.models import OpenVocabularyModels, read_models

TENSORS = {ENCODER: torch.arange(8.0).reshape(1, 2, 2, 2), "mask_decoder.iou_token.weight": torch.ones(1, 2)}


class Evil:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, trace: Path):
        self.trace = trace

    def __reduce__(self):
        return Path.touch, (self.trace,)


@pytest.fixture
def installed(monkeypatch):
    monkeypatch.setattr(checkpoint, "find_spec", lambda name: object())


@pytest.mark.parametrize("zipped", [True, False])
def test_tensors_are_read(tmp_path, zipped):
    path = tmp_path / "sam.pth"
    torch.save(TENSORS, path, _use_new_zipfile_serialization=zipped)
    found = read_checkpoint(path)
    assert found.keys() == TENSORS.keys()
    assert all(torch.equal(found[name], TENSORS[name]) for name in TENSORS)


@pytest.mark.parametrize("zipped", [True, False])
def test_nothing_else_is_unpickled(tmp_path, zipped):
    path, trace = tmp_path / "sam.pth", tmp_path / "trace"
    torch.save({**TENSORS, "evil": Evil(trace)}, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(InputError, match="could run code and is not read"):
        read_checkpoint(path)
    assert not trace.exists()
    pickle.loads(pickle.dumps(Evil(trace)))
    assert trace.exists()  # It would have worked.


def test_a_whole_pickled_model_is_refused(tmp_path):
    path = tmp_path / "sam.pth"
    torch.save(torch.nn.Linear(2, 2), path)
    with pytest.raises(InputError, match="could run code and is not read"):
        read_checkpoint(path)


@pytest.mark.parametrize("content", [[1], {"model": TENSORS}, {ENCODER: 3}, {ENCODER: torch.ones(2).int()}])
def test_what_is_no_table_of_tensors_is_refused(tmp_path, content):
    path = tmp_path / "sam.pth"
    torch.save(content, path)
    with pytest.raises(InputError, match="not a table of tensors"):
        read_checkpoint(path)


@pytest.mark.parametrize("content", [{}, {"vision_encoder.pos_embed": torch.ones(1)}])
def test_another_model_is_refused(tmp_path, content):
    path = tmp_path / "resnet.pth"
    torch.save(content, path)
    with pytest.raises(InputError, match=r"no original checkpoint of SAM.*folder or a hub id"):
        read_checkpoint(path)


@pytest.mark.parametrize("zipped", [True, False])
def test_damaged_files_are_refused(tmp_path, zipped):
    path = tmp_path / "sam.pth"
    torch.save(TENSORS, path, _use_new_zipfile_serialization=zipped)
    data = path.read_bytes()
    # Cut off at every place: a download that was broken off. Old files raised struct.error.
    for length in range(0, len(data) - 1, 7):
        path.write_bytes(data[:length])
        with pytest.raises(InputError, match=r"damaged; get it again|not a file of torch"):
            read_checkpoint(path)


@pytest.mark.parametrize("absent", ["segment_anything", "torchvision"])
def test_without_the_packages_the_line_that_installs_them_is_said(absent, monkeypatch):
    monkeypatch.setattr(checkpoint, "find_spec", lambda name: None if name == absent else object())
    with pytest.raises(MissingDependency, match=rf'{absent}; .*pip install "handsel\[segment-anything\]"'):
        find_checkpoint("./sam_vit_b_01ec64.pth")


@pytest.mark.parametrize(
    ("name", "source"),
    [("sam_vit_l_0b3195.pth", "sam_vit_l_0b3195.pth"), ("my own.pth", "sam_vit_b_01ec64.pth")],
)
@pytest.mark.usefixtures("installed")
def test_a_missing_file_is_told_how_to_get(tmp_path, name, source):
    with pytest.raises(MissingDependency, match="nothing is downloaded unasked") as caught:
        find_checkpoint(str(tmp_path / name))
    line = str(caught.value).split("to mend it: ")[1]
    assert line.startswith("curl -fL --create-dirs -o ") and line.endswith(f"/segment_anything/{source}")
    assert (f"'{tmp_path / name}'" if " " in name else str(tmp_path / name)) in line


@pytest.mark.usefixtures("installed")
def test_a_folder_is_refused_and_a_file_found(tmp_path, monkeypatch):
    (tmp_path / "folder.pth").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        find_checkpoint(str(tmp_path / "folder.pth"))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "sam.pth").touch()
    assert find_checkpoint("~/sam.pth") == tmp_path / "sam.pth"


@pytest.mark.usefixtures("installed")
def test_the_missing_file_is_said_before_any_model_is_loaded(tmp_path):
    import tiny

    detector = tiny.owlv2(tmp_path / "owl")
    (detector / "model.safetensors").write_bytes(b"broken")
    models = OpenVocabularyModels(
        detector=str(detector), segmenter=str(tmp_path / "sam.pth"), features=None, names=None
    )
    with pytest.raises(MissingDependency, match="there is no file"):
        load_eyes(models)


@pytest.mark.parametrize("role", ["detector", "features", "names"])
def test_only_the_segmenter_can_be_a_file(role):
    with pytest.raises(InputError, match=rf"{role} = .*only the segmenter can be a \.pth file"):
        find_weights(role, "./owl.pth")


@pytest.mark.parametrize("written", ["sam.pth", "./sam.pth"])
def test_a_file_counts_from_the_file_that_names_it(tmp_path, written):
    (tmp_path / "models.toml").write_text(f'segmenter = "{written}"\n')
    assert read_models(tmp_path / "models.toml").segmenter == str(tmp_path / "sam.pth")
