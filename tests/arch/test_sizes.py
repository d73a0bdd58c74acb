"""The size budgets hold, and a function or module over budget is named."""

from pathlib import Path

from scripts import sizes
from scripts.exceptions import Exceptions
from scripts.sizes import Size


def test_the_code_is_within_its_budgets() -> None:
    assert sizes.main() == 0


def test_a_function_is_measured_without_its_docstring(tmp_path: Path) -> None:
    file = tmp_path / "hoa.py"
    file.write_text(
        'class Hoa:\n    def greet(self):\n        """One.\n\n        Two.\n        """\n'
        "        return 1\n\n\nasync def wave():\n    def hand():\n        pass\n    return hand\n"
    )
    module, functions = sizes.measure_module(file, "hoa.py")
    assert module == Size("hoa.py", 13)
    assert functions == [
        Size("hoa.py::Hoa.greet", 2),
        Size("hoa.py::wave", 4),
        Size("hoa.py::wave.hand", 2),
    ]


def test_what_is_too_long_is_named_unless_it_has_a_reason() -> None:
    long, short = Size("a.py::long", 61), [Size(f"a.py::f{n}", 3) for n in range(20)]
    found = sizes.find_problems([long, *short], "function", 30, 60, Exceptions("sizes.functions"))
    assert found == ["a.py::long has 61 lines; a function may have 60"]
    excused = Exceptions("sizes.functions", {"a.py::long": "a table of cases"})
    assert sizes.find_problems([long, *short], "function", 30, 60, excused) == []


def test_many_long_ones_are_refused_even_when_none_is_too_long() -> None:
    found = sizes.find_problems(
        [Size("a.py::f", 3), Size("a.py::g", 31)], "function", 30, 60, Exceptions("sizes.functions")
    )
    assert found == ["9 of 10 functions should have at most 30 lines; it is 31 now"]
