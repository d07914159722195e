"""Two plain pictures of a load: lines over time, as SVG."""

from collections.abc import Mapping, Sequence
from typing import Final

_WIDE, _HIGH, _LEFT, _TOP, _LOW = 760, 260, 60, 30, 40
_COLOURS: Final = ("#2563eb", "#dc2626", "#059669", "#9333ea")


def lines(title: str, unit: str, seconds: Sequence[float], series: Mapping[str, Sequence[float]]) -> str:
    """Return an SVG with one line per series; every series has a value per second."""
    most = max((max(values, default=0) for values in series.values()), default=0) * 1.1 or 1
    last = max(seconds, default=1) or 1
    width, height = _WIDE - _LEFT - 20, _HIGH - _TOP - _LOW

    def place(second: float, value: float) -> str:
        return f"{_LEFT + second / last * width:.1f},{_TOP + height - value / most * height:.1f}"

    drawn = [
        f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="'
        + " ".join(place(second, value) for second, value in zip(seconds, values, strict=True))
        + '"/>'
        f'<text x="{_LEFT + 10 + 150 * number}" y="{_HIGH - 6}" fill="{colour}">{name}</text>'
        for number, ((name, values), colour) in enumerate(zip(series.items(), _COLOURS, strict=False))
    ]
    grid = [
        f'<line x1="{_LEFT}" x2="{_WIDE - 20}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d1d5db"/>'
        f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#6b7280">{most * part:.0f}</text>'
        for part in (0, 0.25, 0.5, 0.75, 1)
        if (y := _TOP + height - part * height) is not None
    ]
    ends = f'<text x="{_WIDE - 20}" y="{_HIGH - 24}" text-anchor="end" fill="#6b7280">{last:.0f} s</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" font-family="sans-serif">'
        f'<rect width="{_WIDE}" height="{_HIGH}" fill="white"/>'
        f'<text x="{_LEFT}" y="18" font-size="14">{title} ({unit})</text>{"".join(grid)}{"".join(drawn)}{ends}</svg>\n'
    )
