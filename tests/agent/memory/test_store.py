"""The store against a plain list, its bounds, its file, and other processes."""

import sqlite3
from pathlib import Path

import pytest
from handsel.agent.memory.memory import Memory, memory_named
from handsel.agent.memory.schema import VERSION
from handsel.agent.memory.store import Bounds
from handsel.agent.memory.writing import read_things, things_text
from handsel.agent.plain import thing_json
from handsel.core.errors import InputError
from hypothesis import given, settings
from hypothesis import strategies as st

from ..scenes import kitchen

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
DOINGS = st.lists(
    st.one_of(
        st.tuples(st.just("begin"), WORDS),
        st.tuples(st.just("say"), WORDS),
        st.tuples(st.just("plan"), st.lists(WORDS, max_size=4)),
        st.tuples(st.just("act"), st.sampled_from(["red_block", "yellow_ball"]), st.booleans()),
        st.tuples(st.just("end"), st.sampled_from(["done", "failed"]), WORDS),
        st.tuples(st.just("reopen")),
    ),
    max_size=40,
)
KEPT = 4
SEEN = {name: things_text([thing_json(kitchen().thing(name))]) for name in ("red_block", "yellow_ball")}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(doings=DOINGS)
def test_it_holds_what_a_list_would(doings: list[tuple], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("memory") / "memory.sqlite"
    bounds = Bounds(episodes=KEPT)
    memory, number = Memory(path, bounds=bounds), 0
    model: list[dict] = []
    for what, *told in doings:
        if what == "begin":
            number = memory.begin(told[0])
            one = {"number": number, "instruction": told[0], "said": [("person", told[0])]}
            model.append(one | {"subtasks": (), "outcome": "broken off", "reason": "", "acts": []})
            model = model[-KEPT:]
        elif what == "reopen":
            memory.close()
            memory = Memory(path, bounds=bounds)
        elif model:
            _write(memory, number, model[-1], what, told)
    with memory:
        past = memory.episodes(100)
        names = ("number", "instruction", "subtasks", "outcome", "reason")
        assert [{name: getattr(one, name) for name in names} for one in past] == [
            {name: one[name] for name in names} for one in model
        ]
        assert [list(one.said) for one in past] == [one["said"] for one in model]
        acts = [(one["number"], *act) for one in model for act in one["acts"]]
        assert [(act.episode, act.thing, act.success) for act in memory.moved(failed=True)] == acts
        assert [(act.episode, act.thing) for act in memory.moved()] == [a[:2] for a in acts if a[2]]
        done = [one["number"] for one in model if one["outcome"] == "done"]
        last = memory.last_success()
        assert (None if last is None else last.number) == (done[-1] if done else None)
        for name in SEEN:
            place = memory.place_before(name)
            assert (place is not None) == any(act[1] == name for act in acts)


def _write(memory: Memory, number: int, one: dict, what: str, told: list) -> None:
    if what == "say":
        memory.say(number, "person", told[0])
        one["said"].append(("person", told[0]))
    elif what == "plan":
        memory.plan(number, told[0])
        one["subtasks"] = tuple(told[0])
    elif what == "act":
        name, success = told
        memory.act(
            number,
            subtask="s",
            skill="place",
            arguments={"thing": name},
            seen=SEEN[name],
            thing=name,
            success=success,
            reason="",
        )
        one["acts"].append((name, success))
    else:
        memory.end(number, *told)
        one["outcome"], one["reason"] = told
        one["said"].append(("robot", told[1]))


def test_things_come_back_as_they_were_seen() -> None:
    scene = kitchen()
    seen = read_things(things_text([thing_json(thing) for thing in scene.things]))
    assert [one.name for one in seen] == [thing.name for thing in scene.things]
    for one, thing in zip(seen, scene.things, strict=True):
        assert one.may_be(thing)
        assert abs(one.place.p_WO - thing.center).max() < 1e-4 and one.place.on == thing.on


def test_the_file_does_not_grow_beyond_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with Memory(path, bounds=Bounds(size=300_000)) as memory:
        for number in range(200):
            episode = memory.begin(f"instruction {number}")
            memory.look(episode, 0.0, "to begin", "[" + "1," * 5_000 + "1]")
        kept = memory.episodes(1_000)
        assert 5 < len(kept) < 60 and kept[-1].instruction == "instruction 199"
        numbers = [one.number for one in kept]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert path.stat().st_size < 450_000


@pytest.mark.parametrize("content", [b"not a database at all", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_broken_file_is_refused_and_stays(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    path.write_bytes(content)
    with pytest.raises(InputError, match="--memory FILE"):
        Memory(path)
    assert path.read_bytes() == content


def test_a_damaged_page_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with Memory(path) as memory:
        for _ in range(20):
            memory.look(memory.begin("x"), 0.0, "", "[" + "1," * 3_000 + "1]")
    content = bytearray(path.read_bytes())
    content[4096 * 2 : 4096 * 12] = b"\xab" * (4096 * 10)
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"damaged|cannot be used"):
        Memory(path)
    assert path.read_bytes() == bytes(content)


def test_a_newer_file_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    Memory(path).close()
    with sqlite3.connect(path) as link:
        link.execute(f"PRAGMA user_version = {VERSION + 1}")
    link.close()
    with pytest.raises(InputError, match="newer handsel"):
        Memory(path)
    assert path.exists()


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as link:
        link.execute("CREATE TABLE mine (x)")
    link.close()
    before = path.read_bytes()
    with pytest.raises(InputError, match="some other database"):
        Memory(path)
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        Memory(tmp_path / "no" / "memory.sqlite")
    with pytest.raises(InputError, match="cannot be opened"):
        Memory(tmp_path / "none.sqlite", write=False)


def test_two_read_while_one_writes(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with Memory(path) as writer, Memory(path, write=False) as one, Memory(path, write=False) as other:
        for number in range(20):
            writer.begin(f"{number}")
            assert [len(reader.episodes(100)) for reader in (one, other)] == [number + 1] * 2
        with pytest.raises(InputError, match=r"readonly|read-only"):
            one.begin("x")


def test_hostile_content_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with Memory(path) as memory:
        episode = memory.begin("x")
        for seen in ("{", "[[1]]", "[]", '[["a","b","c",[1,2],"d",null,[0,0,0],[1,0,0,0]]]'):
            memory.act(
                episode, subtask="", skill="", arguments={}, seen=seen, thing="a", success=True, reason=""
            )
            with pytest.raises(InputError, match="the memory holds"):
                memory.moved(limit=1)


def test_the_names_of_memories(tmp_path: Path) -> None:
    assert memory_named("none") is None
    with memory_named("episode") as kept:  # type: ignore[union-attr]
        assert kept.name == "episode"
    with memory_named(str(tmp_path / "m.sqlite")) as kept:  # type: ignore[union-attr]
        assert kept.name == str(tmp_path / "m.sqlite")
