"""What an operator may turn."""

from dataclasses import dataclass
from math import log2


@dataclass(frozen=True, slots=True)
class Settings:
    """Bars are probabilities that two records are one person.

    From ``join_at`` records come together by themselves, from ``ask_at`` a person is asked. Blocks
    of more than ``largest_block`` records are no evidence (a shop's own phone). All records are
    compared with all up to ``everybody_below``; above it at most ``pairs_a_record`` pairs for each
    record, or ``least_pairs``. Below ``learn_from`` rows weights are not learned, and they are
    learned from ``learn_most`` at most. Threads and processes change the time, never the answer.
    """

    join_at: float = 0.9
    ask_at: float = 0.3
    largest_cluster: int = 100
    largest_block: int = 100
    everybody_below: int = 1_500
    pairs_a_record: int = 8
    least_pairs: int = 2_000_000
    learn_from: int = 300
    learn_most: int = 150_000
    seed: int = 1
    threads: int = 2
    processes: int = 2
    memory: str = "3GB"

    @staticmethod
    def odds_bits(probability: float) -> float:
        """A probability as bits of odds.

        >>> Settings.odds_bits(0.5)
        0.0
        """
        return log2(probability / (1 - probability))
