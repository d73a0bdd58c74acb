"""How often people buy: the BG/NBD model (Fader, Hardie, Lee 2005), drawn forwards.

A customer buys at a rate lambda per week, lambda ~ Gamma(r, alpha); after every repeat purchase
they leave for good with probability p, p ~ Beta(a, b). Whoever fits the model to the demo's orders
(days merged, weeks as unit) should find these numbers again.
"""

from typing import NamedTuple

from khachquen.demo.draw import Dice


class BgNbd(NamedTuple):
    """The four parameters; ``alpha`` in weeks."""

    r: float
    alpha: float
    a: float
    b: float


BUYING = BgNbd(r=0.9, alpha=8.0, a=0.9, b=2.6)


class Habit(NamedTuple):
    """One customer's own: purchases a week, and the chance to leave after a repeat purchase."""

    weekly_rate: float
    leaving: float


def draw_habit(dice: Dice, model: BgNbd = BUYING) -> Habit:
    """How one customer will buy."""
    return Habit(dice.gammavariate(model.r, 1 / model.alpha), dice.betavariate(model.a, model.b))


def next_purchase(dice: Dice, habit: Habit, purchases: int) -> float | None:
    """Weeks until the next purchase after ``purchases`` of them; None when the customer leaves."""
    if purchases > 1 and dice.chance(habit.leaving):
        return None
    return dice.wait(1 / habit.weekly_rate) if habit.weekly_rate > 1e-9 else None
