"""As much of draccus as LeRobot's worker needs."""

from types import SimpleNamespace


class DecodingError(Exception):
    pass


utils = SimpleNamespace(DecodingError=DecodingError)


def decode(registry, said):
    said = dict(said)
    try:
        return registry.known[said.pop("type")](**said)
    except TypeError as error:
        raise DecodingError(str(error)) from error
