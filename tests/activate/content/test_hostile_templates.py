"""Templates that mean harm: none reaches an object, a file or the environment, none outlives its
limits, and the next wording is rendered as if nothing had been."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from khachquen.activate.content import Reader, render_batch
from khachquen.activate.content.rendering import Worker
from tests.activate.content.wordings import TODAY, hoa, raw, version


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    made = Worker(wall_s=8)
    yield made
    made.close()


_CLIMBS = (
    "''.__class__", "person.__class__", "person.__class__.__mro__", "person['__class__']",
    "person.name.__class__", "person.name.format", "person.keys", "person.items", "shop.__init__",
    "person.__init__.__globals__", "self", "context", "globals", "env", "environ", "os.environ",
    "request", "settings.SECRET_KEY", "config", "loader", "template", "forloop", "__builtins__",
    "person | attr: '__class__'", "person.name | map: '__class__'", "person | inspect", "person",
    "person.name | base64_decode", "'{0.__class__}' | format: person", "person.name | safe",
    "'x' | where: '__class__'", "person.name.first.__class__", "order.__dict__", "links.__module__",
    "today.__class__", "'' | size.__class__", "(1..3).__class__", "nil.__class__",
    "person.name | split: '' | map: 'encode'", "shop | json", "person | to_json", "'a' | t",
)  # fmt: skip
_TAGS = (
    "include '/etc/passwd'", "render '/etc/passwd'", "include 'secret.key'", "layout 'x'",
    "extends 'x'", "import os", "liquid assign a = 1", "tablerow i in (1..9)", "increment a",
    "cycle 'a'", "echo person", "raw", "javascript", "stylesheet", "section 'x'", "schema",
    "ifchanged", "macro a", "call a", "with person", "exec 'ls'", "python", "load os", "block a",
)  # fmt: skip


@pytest.mark.parametrize("form", ["{{ %s }}", "{%% if %s %%}x{%% endif %%}{{ %s }}"])
@pytest.mark.parametrize("climb", _CLIMBS)
def test_nothing_of_an_object_can_be_reached(worker: Worker, climb: str, form: str) -> None:
    source = form % ((climb,) * form.count("%s"))
    made = render_batch(raw(source), [Reader(1, {"name": "Hoa"})], today=TODAY, worker=worker)[0]
    for leak in (
        "<class",
        "&lt;class",
        "__",
        "object at",
        "method",
        "function",
        str(Path.cwd()),
        "PATH",
    ):
        assert leak not in made.html.replace("__class__", "") or made.problems


@pytest.mark.parametrize("tag", _TAGS)
def test_there_are_no_tags_but_ours(worker: Worker, tag: str) -> None:
    made = render_batch(raw(f"{{% {tag} %}}"), [hoa()], today=TODAY, worker=worker)[0]
    assert made.problems[0].code == "content.cannot_render"
    assert made.html == ""


_HEAVY = {
    "a loop of a thousand million": "{% for i in (1..1000000000) %}a{% endfor %}",
    "an empty loop": "{% for i in (1..1000000000) %}{% endfor %}",
    "loops in loops": "{% for a in (1..999) %}{% for b in (1..999) %}{% for c in (1..999) %}"
    "{% endfor %}{% endfor %}{% endfor %}",
    "loops beside loops": "{% for a in (1..9999) %}{{ a | times: a | money }}{% endfor %}" * 200,
    "doubling": "{% assign a = 'x' %}" + "{% assign a = a | append: a %}" * 60,
    "doubling by replace": "{% assign a = 'xx' %}" + "{% assign a = a | replace: 'x', a %}" * 12,
    "laughs by capture": "{% capture a %}ha{% endcapture %}"
    + "{% capture a %}{{ a }}{{ a }}{{ a }}{{ a }}{% endcapture %}" * 30,
    "laughs in many names": "".join(
        f"{{% assign a{n} = 'ha' %}}" + f"{{% assign a{n} = a{n} | append: a{n} %}}" * 16
        for n in range(40)
    ),
    "large numbers": "{% assign a = 999999999 %}" + "{% assign a = a | times: a %}" * 40,
    "a number as words": "{{ '1e999999999' | plus: 1 | round }}{{ '9' | round: 999999999 }}",
    "a giant text": "x" * 3_000_000,
    "a long end": "{{ 'a' | truncate: 999999999, 'x' }}{{ 'a' | date: 'x' }}",
    "deep": "{% if true %}" * 400 + "x" + "{% endif %}" * 400,
    "deep brackets": "{{ person" + "[person" * 3000 + "]" * 3000 + " }}",
    "a giant reach": "{% for i in (1..9999) %}{% for j in (i..9223372036854775807) %}x{% endfor %}"
    "{% endfor %}",
    "backwards": "{% for i in (1..9999999999999999999) reversed %}{{ i }}{% endfor %}",
}


@pytest.mark.parametrize("name", _HEAVY)
def test_a_poisoned_template_costs_its_own_messages_only(worker: Worker, name: str) -> None:
    render_batch(version(), [hoa()], today=TODAY, worker=worker)  # the process stands
    began = time.process_time()
    poisoned = render_batch(
        raw(_HEAVY[name]), [hoa(n) for n in range(5)], today=TODAY, worker=worker
    )
    assert [one.reader_id for one in poisoned] == [0, 1, 2, 3, 4]
    for one in poisoned:
        assert one.problems or len(one.html) < 1_100_000
    fine = render_batch(version(), [hoa()], today=TODAY, worker=worker)[0]
    assert "Chào Chị Hoa" in fine.html
    assert time.process_time() - began < 2  # ours; the other process has limits of its own


def test_what_the_process_dies_of_is_found_and_the_others_get_their_mail(worker: Worker) -> None:
    people = [hoa(n) for n in range(8)]
    people[5] = hoa(5, name="x" * 80_000_000)  # more than the process may hold
    made = render_batch(version(), people, today=TODAY, worker=worker)
    assert [one.reader_id for one in made] == list(range(8))
    assert [one.reader_id for one in made if one.problems] == [5]


def test_the_process_has_no_secret_and_no_file(worker: Worker) -> None:
    render_batch(version(), [hoa()], today=TODAY, worker=worker)
    process = worker._process
    assert process is not None
    told = Path(f"/proc/{process.pid}/environ").read_bytes()
    names = {one.partition(b"=")[0] for one in told.split(b"\0") if one}
    assert names <= {b"PYTHONPATH", b"LC_ALL"}
    limits = Path(f"/proc/{process.pid}/limits").read_text()
    held = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()[1:]}
    assert (held["Max open files"], held["Max file size"], held["Max processes"]) == ("0", "0", "0")
    assert held["Max address space"].isdigit()
