"""One measured figure and what it is measured against."""

from dataclasses import dataclass

HIGHER, LOWER = "higher", "lower"


@dataclass(frozen=True, slots=True)
class Figure:
    """``ratio`` is value / baseline; ``better`` says whether "higher" or "lower" is good."""

    name: str
    work: str
    value: float
    unit: str
    baseline: float
    baseline_name: str
    better: str

    def as_dict(self) -> dict[str, object]:
        """As ``khachquen bench --json`` prints it."""
        return {
            "name": self.name,
            "work": self.work,
            "value": round(self.value, 3),
            "unit": self.unit,
            "baseline": round(self.baseline, 3),
            "baseline_name": self.baseline_name,
            "ratio": round(self.value / self.baseline, 3) if self.baseline else None,
            "better": self.better,
        }


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of the values lie (nearest rank).

    >>> percentile([4.0, 1.0, 3.0, 2.0], 0.5)
    2.0
    """
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * int(share * 1000) // 1000) - 1)]
