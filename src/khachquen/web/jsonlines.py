"""A message as lines to read, the line with its mistake marked; every value as it was sent."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)
_CLOSES = {"{": "}", "[": "]"}
_LONE = re.compile("[\ud800-\udfff]")
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Line:
    """One line, the JSON path of what begins on it, and whether that is what was wrong."""

    text: str
    path: str = ""
    is_marked: bool = False


def read_lines(text: str, wrong: str) -> list[Line]:
    """The message line by line; marked is ``wrong``, or the nearest thing around it that is there.

    Nothing is marked when that is the message as a whole. What is no JSON stays as it came, marked
    where reading broke off.

    >>> [line.text for line in read_lines('{"a":[1.50],"b":{}}', "$.a[0]") if line.is_marked]
    ['    1.50']
    >>> [line.text for line in read_lines('{"a":1', "$") if line.is_marked]
    ['{"a":1']
    """
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return [
            Line(line, is_marked=number == error.lineno)
            for number, line in enumerate(text.split("\n"), 1)
        ]
    except (ValueError, RecursionError):
        return [Line(line) for line in text.split("\n")]
    lines = list(_laid_out(text))
    nearest = max((line.path for line in lines if _is_around(line.path, wrong)), key=len)
    if nearest == "$":
        return lines
    first = next(n for n, line in enumerate(lines) if line.path == nearest)
    lines[first] = Line(lines[first].text, nearest, is_marked=True)
    return lines


def lay_out(text: str) -> str:
    """The same message, one value a line; as it came where it is no JSON."""
    return "\n".join(line.text for line in read_lines(text, "$"))


@dataclass(slots=True)
class _Level:
    opened: str
    path: str
    index: int = 0
    key: str | None = field(default=None)

    def below(self) -> str:
        """The path of the value that comes next."""
        return f"{self.path}[{self.index}]" if self.opened == "[" else f"{self.path}.{self.key}"


def _laid_out(text: str) -> Iterator[Line]:
    levels: list[_Level] = []
    words, path = "", "$"
    tokens = [_readable(token) for token in _TOKEN.findall(text)]
    for number, sign in enumerate(tokens):
        before = tokens[number - 1] if number else ""
        after = tokens[number + 1] if number + 1 < len(tokens) else ""
        level = levels[-1] if levels else None
        if sign in _CLOSES:
            words += sign
            here = level.below() if level else "$"
            levels.append(_Level(sign, here))
            if after != _CLOSES[sign]:
                yield Line(words, here)
                words = _INDENT * len(levels)
        elif sign in _CLOSES.values():
            levels.pop()
            if before not in _CLOSES:
                yield Line(words, path)
                words = _INDENT * len(levels)
            words += sign
            path = level.path if level else "$"
        elif sign == ",":
            assert level is not None
            yield Line(words + sign, path)
            level.index, level.key = level.index + 1, None
            words = _INDENT * len(levels)
        elif sign == ":":
            words += ": "
        elif level and level.opened == "{" and level.key is None:
            level.key = str(json.loads(sign))
            words += sign
            path = level.below()
        else:
            words += sign
            path = level.below() if level else "$"
    yield Line(words, path)


def _readable(token: str) -> str:
    """A text without the escapes some clients write for every letter beyond ASCII."""
    if "\\u" not in token:
        return token
    words = json.dumps(json.loads(token), ensure_ascii=False)
    return token if _LONE.search(words) else words


def _is_around(path: str, wrong: str) -> bool:
    """Whether a path is the wrong one or holds it."""
    return path == "$" or wrong == path or wrong.startswith((f"{path}.", f"{path}["))
