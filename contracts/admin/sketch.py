"""A car seen from above, its nose to the left: each panel is a shape that can be pressed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from cars.models import Damage

VIEW_BOX: Final = "0 0 236 132"
_P: Final = Damage.Panel
_SHAPES: Final = {
    _P.FRONT_BUMPER: "M20 12 C8 18 3 40 3 66 C3 92 8 114 20 120 L20 12 Z",
    _P.FRONT_RIGHT_WING: "M22 11 L66 6 L66 30 L22 34 Z",
    _P.FRONT_RIGHT_DOOR: "M68 6 L114 5 L114 30 L68 30 Z",
    _P.REAR_RIGHT_DOOR: "M116 5 L160 6 L160 30 L116 30 Z",
    _P.REAR_RIGHT_WING: "M162 6 L214 11 L214 34 L162 30 Z",
    _P.BONNET: "M22 36 L66 32 C62 54 62 78 66 100 L22 96 Z",
    _P.WINDSCREEN: "M68 32 L92 38 L92 94 L68 100 C64 78 64 54 68 32 Z",
    _P.ROOF: "M94 38 L150 38 L150 94 L94 94 Z",
    _P.REAR_WINDOW: "M152 38 L176 32 C180 54 180 78 176 100 L152 94 Z",
    _P.BOOT: "M178 32 L214 36 L214 96 L178 100 C182 78 182 54 178 32 Z",
    _P.FRONT_LEFT_WING: "M22 98 L66 102 L66 126 L22 121 Z",
    _P.FRONT_LEFT_DOOR: "M68 102 L114 102 L114 127 L68 126 Z",
    _P.REAR_LEFT_DOOR: "M116 102 L160 102 L160 126 L116 127 Z",
    _P.REAR_LEFT_WING: "M162 102 L214 98 L214 121 L162 126 Z",
    _P.REAR_BUMPER: "M216 12 C228 18 233 40 233 66 C233 92 228 114 216 120 L216 12 Z",
}
_ELSEWHERE: Final = (_P.SIDE_WINDOW, _P.WHEEL, _P.MIRROR, _P.LIGHT, _P.INTERIOR, _P.OTHER)


@dataclass(frozen=True)
class Part:
    """A panel, how it is drawn ("" = beside the sketch), and the marks it already has."""

    key: str
    name: Any
    path: str
    marks: str


def parts(damages: Iterable[Damage]) -> Iterator[Part]:
    """Yield every panel with what is known of it."""
    known: dict[str, list[str]] = {}
    for damage in damages:
        known.setdefault(damage.panel, []).append(str(damage.get_kind_display()))
    for panel in (*_SHAPES, *_ELSEWHERE):
        yield Part(panel.value, panel.label, _SHAPES.get(panel, ""), ", ".join(known.get(panel.value, [])))
