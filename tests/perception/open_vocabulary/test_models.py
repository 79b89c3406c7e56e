"""Which weights: defaults, or a TOML file."""

import pytest
from handsel.core.errors import InputError, UnknownName
from handsel.perception.open_vocabulary.models import (
    VARIABLE,
    OpenVocabularyModels,
    chosen_models,
    is_folder,
    read_models,
)


def test_a_file_is_read(tmp_path):
    path = tmp_path / "models.toml"
    path.write_text(
        'detector = "./owl"\nsegmenter = "a/b"\nnames = ""\nleast_score = 0.3\nwords = ["tape"]\n'
    )
    models = read_models(path)
    assert models.detector == str(tmp_path / "owl")
    assert (models.segmenter, models.names, models.least_score) == ("a/b", None, 0.3)
    assert models.words == ("tape",)
    assert models.features == OpenVocabularyModels().features


@pytest.mark.parametrize(
    ("text", "error", "match"),
    [
        ('detectr = "x/y"', UnknownName, "did you mean 'detector'"),
        ("detector = 3", InputError, "expected a text"),
        ('detector = ""', InputError, "expected a folder or a hub id"),
        ("least_score = true", InputError, "between 0 and 1"),
        ("least_score = 1.5", InputError, "between 0 and 1"),
        ("detector = ", InputError, "not TOML"),
        ('words = "mug"', InputError, "a list of texts"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, error, match):
    path = tmp_path / "models.toml"
    path.write_text(text)
    with pytest.raises(error, match=match):
        read_models(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"cannot read .*absent\.toml"):
        read_models(tmp_path / "absent.toml")


def test_the_environment_names_the_file(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert chosen_models() == OpenVocabularyModels()
    (tmp_path / "m.toml").write_text('features = ""\n')
    monkeypatch.setenv(VARIABLE, str(tmp_path / "m.toml"))
    assert chosen_models().features is None


def test_folders_and_ids_are_told_apart():
    assert all(map(is_folder, ("/a", "./a", "../a", "~/a")))
    assert not is_folder("facebook/dinov2-small")
