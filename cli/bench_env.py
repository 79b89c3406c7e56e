"""``handsel bench-env``: the environments of public benchmarks, made by one line."""

from dataclasses import dataclass
from typing import Annotated, Literal

import tyro


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchEnv:
    """Make the Python environment of a public benchmark, or say where it is.

    Attributes:
        do: ``create`` builds what is missing, ``where`` prints the folder, ``list`` says which there are.
        name: The benchmark, such as ``metaworld``; all of them for ``list``.
    """

    do: Annotated[Literal["create", "list", "where"], tyro.conf.Positional]
    name: Annotated[str, tyro.conf.Positional] = ""

    def execute(self) -> int:
        """Do it; ``where`` gives 1 where the environment is not there."""
        from ..core.errors import InputError
        from ..sim.public.environments import RECIPES, create, environment_of, is_ready

        if self.do == "list":
            for name, recipe in RECIPES.items():
                state = "ready" if is_ready(name) else "not made"
                print(f"{name:<14} {state:<9} {recipe.licence:<12} {environment_of(name)}")
            return 0
        if not self.name:
            raise InputError(f"bench-env {self.do} needs the name of a benchmark: {', '.join(RECIPES)}")
        if self.do == "where":
            print(environment_of(self.name))
            return 0 if is_ready(self.name) else 1
        create(self.name, lambda line: print(line, flush=True))
        return 0
