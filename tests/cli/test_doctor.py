"""The doctor finds what is missing and names what mends it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from handsel.cli import doctor

ROOT = Path(__file__).resolve().parent.parent.parent


def test_libraries_that_load_are_good_and_others_name_their_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SYSTEM_LIBRARIES", {"libc.so.6": "libc6", "libnot.so.9": "libnot9"})
    good, bad = doctor.libraries()
    assert good.good and not bad.good
    assert "apt-get install" in bad.remedy and bad.remedy.endswith("libnot9")


def test_packages_are_those_of_the_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    needs = ["numpy>=2.0", "no-such-package>=1", "torchless>=2 ; extra == 'models'", "x ; extra == 'test'"]
    monkeypatch.setattr("importlib.metadata.requires", lambda name: needs)
    found = {finding.subject: finding for finding in doctor.packages()}
    assert set(found) == {"numpy", "no-such-package", "torchless"}
    assert found["numpy"].good
    assert not found["no-such-package"].good and found["no-such-package"].needed
    assert not found["torchless"].needed and "handsel[models]" in found["torchless"].remedy


def test_an_attempt_that_fails_says_why() -> None:
    def broken() -> str:
        raise RuntimeError("no display driver")

    finding = doctor.attempt("cameras", broken, "mend it")
    assert (finding.good, finding.detail, finding.remedy) == (False, "no display driver", "mend it")


def test_json_is_one_object_and_the_code_says_whether_all_is_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = doctor.Finding(subject="drake", good=False, detail="not installed", remedy="pip install drake")
    monkeypatch.setattr(doctor, "examine", lambda: iter([missing]))
    assert doctor.Doctor(json=True).execute() == 1
    told = json.loads(capsys.readouterr().out)
    assert told["healthy"] is False and told["findings"][0]["remedy"] == "pip install drake"


def test_the_set_up_reads_the_same_table() -> None:
    command = [sys.executable, str(ROOT / "tools" / "missing_libraries.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= set(doctor.SYSTEM_LIBRARIES.values())


def test_this_machine_is_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.Doctor(json=True).execute() == 0, capsys.readouterr().out
