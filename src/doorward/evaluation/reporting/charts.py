"""Small charts as inline SVG: no script, no font, no outside address."""

from collections.abc import Sequence
from html import escape
from math import floor, isfinite, log10
from typing import Final

import msgspec

WIDTH: Final = 560
HEIGHT: Final = 320
_NAMES: Final = 205
"""Room for the names beside bars; with what stands behind a bar also where a phone's letters are larger."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 12, 12, 44
COLOURS: Final = ("#0b6e4f", "#1f4e9c", "#b3541e", "#7a3e9d", "#8a6d00", "#9c1f46", "#4a5568")
_DASHES: Final = ("", "7 3", "3 2", "9 3 2 3", "2 2", "12 4", "5 5")


class Series(msgspec.Struct, frozen=True):
    """A named line, or loose points where `joined` is False. Points that are not finite are left out."""

    name: str
    points: Sequence[tuple[float, float]]
    joined: bool = True


def line_chart(title: str, series: Sequence[Series], *, x: str, y: str, log_x: bool = False) -> str:
    """Draw series over a linear or logarithmic x axis; y begins at 0."""
    points = [point for one in series for point in _finite(one, log_x)]
    if not points:
        return f"<p>{escape(title)}: nothing to draw.</p>"
    low, high = min(px for px, _ in points), max(px for px, _ in points)
    top = max([1e-9, *(py for _, py in points)])
    top = 1.0 if 0.5 < top <= 1.0 else _round_up(top)
    high = high if high > low else low + 1

    def at(px: float, py: float) -> tuple[float, float]:
        across = (_x(px, log_x) - _x(low, log_x)) / (_x(high, log_x) - _x(low, log_x))
        return (
            _LEFT + across * (WIDTH - _LEFT - _RIGHT),
            HEIGHT - _BOTTOM - py / top * (HEIGHT - _TOP - _BOTTOM),
        )

    parts = [_axes(x, y)]
    for tick in _ticks(low, high, log_x):
        px, _ = at(tick, 0)
        parts.append(_tick(px, HEIGHT - _BOTTOM + 17, _shown(tick), "middle"))
        parts.append(f'<path class="grid" d="M{px:.1f} {_TOP}V{HEIGHT - _BOTTOM}"/>')
    for number in range(6):
        _, py = at(low, top * number / 5)
        parts.append(_tick(_LEFT - 6, py + 4, _shown(top * number / 5), "end"))
        parts.append(f'<path class="grid" d="M{_LEFT} {py:.1f}H{WIDTH - _RIGHT}"/>')
    for number, one in enumerate(series):
        parts.append(_drawn(one, [at(*point) for point in _finite(one, log_x)], number))
    return _figure(title, "".join(parts), HEIGHT, _legend(series))


def bar_chart(title: str, groups: Sequence[tuple[str, float]], *, percent: bool = False) -> str:
    """Draw one horizontal bar for each name."""
    if not groups:
        return f"<p>{escape(title)}: nothing to draw.</p>"
    height = 20 * len(groups) + 10
    most = max([1e-9, *(value for _, value in groups)])
    parts = []
    for number, (name, value) in enumerate(groups):
        y = 6 + 20 * number
        length = value / most * (WIDTH - _NAMES - 80)
        label = f"{value:.2%}" if percent else _shown(value)
        parts.append(_tick(_NAMES, y + 11, name, "end"))
        parts.append(f'<rect x="{_NAMES + 6}" y="{y}" width="{length:.1f}" height="14" fill="{COLOURS[0]}"/>')
        parts.append(_tick(_NAMES + 12 + length, y + 11, label, "start"))
    return _figure(title, "".join(parts), height)


def _finite(one: Series, log_x: bool) -> list[tuple[float, float]]:
    return [(x, y) for x, y in one.points if isfinite(x) and isfinite(y) and (x > 0 or not log_x)]


def _x(value: float, log_x: bool) -> float:
    return log10(value) if log_x else value


def _ticks(low: float, high: float, log_x: bool) -> list[float]:
    if log_x:
        found = [10.0**power for power in range(floor(log10(low)), floor(log10(high)) + 1)]
        return [tick for tick in found if low * 0.999 <= tick <= high * 1.001]
    step = _round_up((high - low) / 8)
    return [tick * step for tick in range(int(low / step), int(high / step) + 1) if tick * step >= low]


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10 … times a power of ten."""
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * 0.999)


def _shown(value: float) -> str:
    return f"{value:.4g}"


def _axes(x: str, y: str) -> str:
    middle = (HEIGHT - _BOTTOM + _TOP) / 2
    return (
        _tick((WIDTH + _LEFT) / 2, HEIGHT - 8, x, "middle")
        + f'<text class="tick" text-anchor="middle" transform="translate(14 {middle}) rotate(-90)">'
        f"{escape(y)}</text>"
    )


def _tick(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text class="tick" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _drawn(one: Series, places: Sequence[tuple[float, float]], number: int) -> str:
    colour = COLOURS[number % len(COLOURS)]
    if not one.joined:
        return "".join(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="none" stroke="{colour}" stroke-width="2"/>'
            for x, y in places
        )
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    dash = _DASHES[number % len(_DASHES)]
    return (
        f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
        if places
        else ""
    )


def _legend(series: Sequence[Series]) -> str:
    items = "".join(
        f'<li><svg class="key" viewBox="0 0 28 10" aria-hidden="true">{_sample(one, number)}</svg>'
        f"{escape(one.name)}</li>"
        for number, one in enumerate(series)
    )
    return f'<ul class="legend">{items}</ul>'


def _sample(one: Series, number: int) -> str:
    """What a series is drawn with."""
    return _drawn(one, [(1.0, 5.0), (27.0, 5.0)] if one.joined else [(14.0, 5.0)], number)


def _figure(title: str, inside: str, height: int, legend: str = "") -> str:
    return (
        f"<figure><h3>{escape(title)}</h3>"
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">{inside}</svg>{legend}</figure>'
    )
