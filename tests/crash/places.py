"""Every place a process is made to die at: between any two steps, and in the middle of writes."""

from khachquen.flows import accept, ingest
from khachquen.flows.ingest import read_from_log

WEB = (
    *(f"after {step.__name__}" for step in accept.STEPS),
    "before the group is written",
    "in the middle of the group",
    "before the group is synced",
    "before the acknowledgement",
    "before the file head is written",
    "in the middle of the file head",
    "before the file head is synced",
)
ENGINE = (
    f"after {read_from_log.__name__}",
    *(f"after {step.__name__}" for step in (*ingest.STEPS, *ingest.COMMIT)),
    "after commit",
    "joined file written",
    "joined file listed",
    "joined files retired",
    "joining committed",
    "retired file deleted",
    "log file let go",
)
PLACES = (*WEB, *ENGINE)
