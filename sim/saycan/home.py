"""What is in a home, by name: places, things, and the words that people ask for them with."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

YOU = "you"
"""Where the person is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuff:
    """A kind of thing in the home.

    Attributes:
        name: What it is called.
        home: Where it is as a rule.
        words: What it is asked for with besides.
        count: How many there are.
        common: Whether its name is a common noun that fits others, too.
    """

    name: str
    home: str
    words: frozenset[str] = frozenset()
    count: int = 1
    common: bool = False

    @property
    def called(self) -> frozenset[str]:
        """All words that it answers to, singular."""
        own = () if self.common else (self.name, *self.name.split())
        return frozenset(map(singular, (*self.words, *own)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The home.

    Attributes:
        places: Where one can go, but for the person.
        things: What is there, by name.
        spellings: Names by other spellings.
    """

    places: tuple[str, ...]
    things: Mapping[str, Stuff]
    spellings: Mapping[str, str]

    def name_of(self, said: str) -> str:
        """Give the one name of a thing that a plan spells somehow; names that are not known stay."""
        plain = re.sub(r"^(?:a|an|the|some)\s+", "", " ".join(said.lower().split()).strip(" ."))
        if plain in self.things:
            return plain
        return self.spellings.get(plain, plain.removesuffix(" can"))

    def stuff(self, name: str) -> Stuff:
        """Give a thing of a name, known or not; one that is not known has no words but its own."""
        return self.things.get(name) or Stuff(name=name, home=self.places[0])


@cache
def read_home() -> Home:
    """Read the home that comes with the package."""
    told = tomllib.loads(
        files("handsel.sim").joinpath("assets", "household.toml").read_text(encoding="utf-8")
    )
    things = {
        name: Stuff(
            name=name,
            home=one["home"],
            words=frozenset(one["words"]),
            count=one.get("count", 1),
            common=one.get("common", False),
        )
        for name, one in told["things"].items()
    }
    spellings = {other: name for name, one in told["things"].items() for other in one.get("also", ())}
    return Home(places=tuple(told["places"]), things=things, spellings=spellings)


def singular(word: str) -> str:
    """Take the plural's ending off a word; what is only said in the plural keeps it."""
    if word.endswith("chips") or not word.endswith("s") or word.endswith("ss"):
        return word
    return word[:-1]


def asked_words(instruction: str, home: Home) -> frozenset[str]:
    """Give the words of an instruction that choose among things, singular.

    Args:
        instruction: What the person says.
        home: What is there.
    """
    text = " ".join(singular(word) for word in re.findall(r"[a-z0-9]+", instruction.lower()))
    known = {word for one in home.things.values() for word in one.called} | {
        word for name in home.things for word in (name, *home.spellings)
    }
    return frozenset(word for word in known if re.search(rf"\b{re.escape(singular(word))}\b", text))
