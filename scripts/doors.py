"""Rooms are entered by their doors: says which import climbs through which wall.

A door is a room's own package, or a sub-room's, listed here. From outside a room only doors may be
imported; inside a room modules import one another directly. A door names what may be had, and
short lists are kept short.
"""

import ast
import importlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from scripts.exceptions import Exceptions, load_exceptions  # noqa: E402

PACKAGE = "khachquen"
SUB_ROOMS = (
    "activate.audiences",
    "activate.campaigns",
    "activate.campaigns.accounts",
    "activate.campaigns.approving",
    "activate.campaigns.capping",
    "activate.campaigns.bounced",
    "activate.campaigns.channel_words",
    "activate.campaigns.claiming",
    "activate.campaigns.comparing",
    "activate.campaigns.counting",
    "activate.campaigns.leaving",
    "activate.campaigns.locking",
    "activate.campaigns.comparing",
    "activate.campaigns.machines",
    "activate.campaigns.networks",
    "activate.campaigns.making",
    "activate.campaigns.marking",
    "activate.campaigns.outcome_counts",
    "activate.campaigns.outcomes",
    "activate.campaigns.people",
    "activate.campaigns.resending",
    "activate.campaigns.planning",
    "activate.campaigns.repeating",
    "activate.campaigns.planning",
    "activate.campaigns.repeating",
    "activate.campaigns.resending",
    "activate.campaigns.routes",
    "activate.campaigns.report_counts",
    "activate.campaigns.report_figures",
    "activate.campaigns.report_kept",
    "activate.campaigns.report_letters",
    "activate.campaigns.running",
    "activate.campaigns.triggering",
    "activate.campaigns.trying_out",
    "activate.campaigns.variants",
    "activate.campaigns.winning",
    "activate.campaigns.wording",
    "activate.campaigns.domains",
    "activate.channels.email",
    "activate.channels.email.mailboxes",
    "activate.channels.email.reports",
    "activate.channels.email.records",
    "activate.channels.lines",
    "activate.channels.sms",
    "activate.channels.sms.gateways",
    "activate.channels.sms.hooks",
    "activate.channels.webhook",
    "activate.channels.zalo",
    "activate.channels.zalo.codes",
    "activate.channels.zalo.hooks",
    "activate.channels.zalo.requests",
    "activate.channels.zalo.writing",
    "activate.channels.email.signing",
    "activate.returned.boxes",
    "activate.returned.envelopes",
    "activate.returned.hooking",
    "activate.returned.hooks",
    "activate.returned.keeping",
    "activate.returned.knowing",
    "activate.returned.rules",
    "base.limits",
    "activate.confirmations",
    "activate.confirmations.counting",
    "activate.content",
    "activate.content.checking",
    "activate.content.finding",
    "activate.content.identity",
    "activate.content.images",
    "activate.content.making.wording",
    "activate.content.pieces",
    "activate.content.reading",
    "activate.content.retitling",
    "activate.content.sampling",
    "activate.content.shelving",
    "activate.content.starters",
    "activate.content.trying",
    "activate.content.writing",
    "activate.egress",
    "activate.webhooks",
    "activate.webhooks.campaigning",
    "activate.webhooks.owed",
    "activate.zalo",
    "activate.zalo.accounts",
    "activate.zalo.saying",
    "activate.zalo.sources",
    "activate.zalo.templates",
    "activate.zalo.tokens",
    "collect.enrichment",
    "collect.event",
    "collect.forms",
    "collect.forms.counting",
    "collect.forms.passes",
    "collect.importing",
    "collect.keys",
    "collect.protocols",
    "collect.rules",
    "collect.vocabulary",
    "collect.watching",
    "relate.lists",
    "relate.notes",
    "govern.consent",
    "govern.consent.links",
    "govern.consent.purposes",
    "govern.consent.samples",
    "govern.consent.standing",
    "govern.consent.states",
    "govern.consent.suppressing",
    "govern.tokens",
    "govern.waiting",
    "store.building",
    "store.engine",
    "store.eventlog",
    "store.jobs",
    "store.lake",
    "store.redrives",
    "store.touched",
    "understand.arrivals",
    "understand.attribution",
    "understand.metrics",
    "understand.quarantine",
    "understand.query",
    "understand.query.among",
    "understand.query.classes",
    "understand.query.classing",
    "understand.query.explaining",
    "understand.query.facts",
    "understand.query.fields",
    "understand.query.listing",
    "understand.query.operators",
    "understand.query.rule",
    "understand.query.sorting",
    "understand.query.templates",
    "understand.query.values",
    "understand.classes",
    "understand.classes.course",
    "understand.classes.data",
    "understand.classes.defining",
    "understand.classes.ideal",
    "understand.classes.moving",
    "understand.classes.people",
    "understand.classes.saying",
    "understand.segments",
    "understand.segments.asked",
    "understand.segments.asking",
    "understand.segments.catalogue",
    "understand.segments.explaining",
    "understand.segments.keeping",
    "understand.segments.members",
    "understand.segments.reading",
    "understand.segments.rules",
    "understand.timelines",
    "unify.catalogue",
    "unify.decisions",
    "unify.filling",
    "unify.households",
    "unify.identity",
    "unify.identity.ruleset",
    "unify.matching",
    "unify.mirror",
    "unify.mirror.turning",
    "unify.normalise",
    "unify.normalise.addresses",
    "unify.normalise.calendar",
    "unify.normalise.ordering",
    "unify.normalise.papers",
    "unify.normalise.reading",
    "unify.orders",
    "unify.profiles",
    "unify.profiles.reaching",
    "unify.profiles.choosing",
    "unify.profiles.saying",
    "unify.quality",
    "unify.quality.cleaning",
    "unify.quality.found",
    "unify.quality.plan",
    "unify.records",
    "unify.rulebook",
    "unify.rulebook.words",
    "unify.records.words",
    "unify.suggestions",
    "unify.suggestions.answering",
    "unify.suggestions.automatic",
    "unify.suggestions.found",
    "unify.suggestions.keeping",
    "unify.suggestions.people",
    "unify.suggestions.runs",
    "unify.rulebook",
    "unify.rulebook.words",
    "unify.traits",
    "unify.traits.declaring",
    "unify.traits.definition",
    "unify.traits.stored",
    "unify.traits.vault",
    "web.live",
)
ROOMS_OF_DOORS = ("flows",)  # each flow is one file, entered by its own name
WIDEST = 12


@dataclass(frozen=True, slots=True)
class Import:
    """One module naming another."""

    importer: str
    imported: str

    def __str__(self) -> str:
        return f"{self.importer} -> {self.imported}"


def room_of(module: str) -> str:
    """The room a module stands in.

    >>> room_of("khachquen.unify.profiles.reading"), room_of("khachquen.settings")
    ('unify', 'settings')
    """
    return module.split(".")[1] if "." in module else ""


def is_door(module: str, package: str = PACKAGE) -> bool:
    """Whether a module may be imported from outside its room.

    >>> is_door("khachquen.store"), is_door("khachquen.store.lake")
    (True, True)
    >>> is_door("khachquen.store.lake.manifest"), is_door("khachquen.settings")
    (False, True)
    >>> is_door("khachquen.flows.ingest"), is_door("khachquen.flows.ingest.steps")
    (True, False)
    """
    inner = module.removeprefix(f"{package}.")
    room, _, rest = inner.partition(".")
    return not rest or inner in SUB_ROOMS or (room in ROOMS_OF_DOORS and "." not in rest)


def list_imports(package: str = PACKAGE) -> list[Import]:
    """Every import between our own modules, those for the type checker included."""
    graph = grimp.build_graph(package, cache_dir=None)
    return [
        Import(importer, imported)
        for importer in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
    ]


def find_crossings(imports: Iterable[Import], exceptions: Exceptions) -> list[str]:
    """Sentences about imports that do not use a door."""
    problems = []
    for each in imports:
        package = each.imported.split(".")[0]
        if room_of(each.importer) == room_of(each.imported) or is_door(each.imported, package):
            continue
        if not exceptions.allows(str(each)):
            door = f"{package}.{room_of(each.imported)}"
            problems.append(f"{each} climbs through a wall; the door is {door}")
    return problems + exceptions.unused()


def list_doors(package: str = PACKAGE) -> list[str]:
    """Every door that exists: the rooms with something in them, and their sub-rooms."""
    source = Path(importlib.import_module(package).__file__ or "").parent
    rooms = sorted(p.parent.name for p in source.glob("*/__init__.py") if p.stat().st_size)
    inner = [name for name in SUB_ROOMS if (source / name.replace(".", "/")).is_dir()]
    return [f"{package}.{name}" for name in (*rooms, *inner)]


def names_of(door: str) -> list[str] | None:
    """The names in a door's ``__all__``, read without importing it; None: it has none."""
    base = Path(importlib.import_module(door.split(".", maxsplit=1)[0]).__file__ or "").parent
    source = base.joinpath(*door.split(".")[1:], "__init__.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return [str(name) for name in ast.literal_eval(node.value)]
    return None


def find_wide_doors(doors: Iterable[str], exceptions: Exceptions) -> list[str]:
    """Sentences about doors that list too many names to be called short."""
    problems = [
        f"{door} lists {len(names)} names; a door has at most {WIDEST}"
        for door in doors
        if len(names := names_of(door) or []) > WIDEST and not exceptions.allows(door)
    ]
    return problems + exceptions.unused()


def main() -> int:
    imports = list_imports()
    problems = find_crossings(imports, load_exceptions("doors.imports"))
    problems += find_wide_doors(list_doors(), load_exceptions("doors.wide"))
    print(f"{len(imports)} imports, {len(list_doors())} doors")
    for problem in problems:
        print(f"FAILED: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
