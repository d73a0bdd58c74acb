"""Whoever fits BG/NBD to the demo's orders finds the parameters the shop was made with."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from functools import cache
from math import exp, lgamma, log

import numpy as np
import pytest

from khachquen.demo import BUYING, customer_of
from tests.demo.shop import ZONE, year_of_the_shop

Point = list[float]


@cache
def repeat_buying() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, t_x and T of every customer: days merged, in weeks."""
    days: dict[int, set[date]] = defaultdict(set)
    year = year_of_the_shop()
    for order in year.orders:
        number = customer_of(order.message_id)
        if number is not None:
            days[number].add(order.day)
    today = (year.until + ZONE).date()
    rows = [
        (len(bought) - 1, (max(bought) - min(bought)).days / 7, (today - min(bought)).days / 7)
        for bought in days.values()
    ]
    x, t_x, age = np.array(rows, dtype=float).T
    return x, t_x, age


def log_likelihood(logs: Point) -> float:
    """Fader, Hardie, Lee (2005), equation 6, negative."""
    r, alpha, a, b = (exp(value) for value in logs)
    x, t_x, age = repeat_buying()
    counts = np.arange(int(x.max()) + 1)
    gamma_rx = np.array([lgamma(r + n) for n in counts])[x.astype(int)]
    beta_alive = np.array([lgamma(b + n) - lgamma(a + b + n) for n in counts])[x.astype(int)]
    constant = r * log(alpha) - lgamma(r) + lgamma(a + b) - lgamma(b)
    alive = -(r + x) * np.log(alpha + age)
    gone = np.where(
        x > 0, log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x), -np.inf
    )
    each = constant + gamma_rx + beta_alive + np.logaddexp(alive, gone)
    return -float(each.sum())


def nelder_mead(of: Callable[[Point], float], start: Point, rounds: int) -> Point:
    """The simplex method of 1965, without frills."""
    corners = [start] + [
        [value + (0.5 if place == at else 0.0) for place, value in enumerate(start)]
        for at in range(len(start))
    ]
    ranked = sorted((of(corner), corner) for corner in corners)
    for _ in range(rounds):
        worst_value, worst = ranked[-1]
        centre = [sum(c[i] for _, c in ranked[:-1]) / len(start) for i in range(len(start))]

        def step(factor: float, away: Point = worst, middle: Point = centre) -> tuple[float, Point]:
            point = [m + factor * (m - w) for m, w in zip(middle, away, strict=True)]
            return of(point), point

        reflected = step(1.0)
        if reflected[0] < ranked[0][0]:
            ranked[-1] = min(step(2.0), reflected)
        elif reflected[0] < ranked[-2][0]:
            ranked[-1] = reflected
        else:
            contracted = step(-0.5)
            if contracted[0] < worst_value:
                ranked[-1] = contracted
            else:
                best = ranked[0][1]
                halved = [[(c + b) / 2 for c, b in zip(p, best, strict=True)] for _, p in ranked]
                ranked = [(of(point), point) for point in halved]
        ranked.sort()
    return ranked[0][1]


def test_the_parameters_can_be_found_again() -> None:
    """Two purchases on one day count once, so the fit sees slightly fewer quick returns."""
    fitted = nelder_mead(log_likelihood, [0.0, 1.0, 0.0, 0.5], rounds=220)
    r, alpha, a, b = (exp(value) for value in fitted)
    assert r == pytest.approx(BUYING.r, rel=0.15)
    assert alpha == pytest.approx(BUYING.alpha, rel=0.2)
    assert r / alpha == pytest.approx(BUYING.r / BUYING.alpha, rel=0.1)
    assert a / (a + b) == pytest.approx(BUYING.a / (BUYING.a + BUYING.b), rel=0.1)
