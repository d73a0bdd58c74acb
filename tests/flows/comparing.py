"""A second process that is this one: what it is asked for is done at once, on this connection."""

from typing import Any

from khachquen.flows.comparing import DO


class Here:
    """Stands in for ``store.Beside``; ``asked`` is the jobs there were."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.waits = False
        self._given: Any = None

    def ask(self, *given: Any, **named: Any) -> None:
        self.asked.append(given)
        kind, *rest = given
        try:
            self._given = DO[kind](*rest, **named)
        except Exception as error:
            self._given = error

    def is_done(self) -> bool:
        return not self.waits

    def answer(self) -> Any:
        given, self._given = self._given, None
        if isinstance(given, Exception):
            raise given
        return given

    def close(self) -> None:
        self._given = None
