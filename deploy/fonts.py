"""Cut Unfold's fonts down to the icons and letters that Fleet shows: `python deploy/fonts.py`.

It writes static/unfold/fonts (740 kB become about 110), and templates/agreement/fonts for the PDF.
Run it after a new icon: tests/fleet/test_fonts.py says when.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
UNFOLD = next(Path(sys.prefix).glob("lib/python3*/site-packages/unfold"))
ICONS = "material-symbols/Material-Symbols-Outlined.woff2"
WEIGHTS = ("Regular", "Medium", "SemiBold", "Bold")
# Latin with the letters of Central and South-East Europe, punctuation, arrows, currency signs.
LETTERS = (
    "U+0020-007E,U+00A0-017F,U+0218-021B,U+2010-2026,U+202F,U+2030,U+2039,U+203A,U+20A0-20BF,"
    "U+2122,U+2190-2199,U+2212,U+2260,U+2264,U+2265,U+25A0-25CF,U+2713,U+2715"
)
# What people's names are written in: the agreement also has Greek and Cyrillic.
NAMES = f"{LETTERS},U+0180-024F,U+0259,U+0370-03FF,U+0400-04FF,U+1E00-1EFF"

_APPS = ("accounts", "audit", "cars", "contracts", "customers", "fleet", "notifications")
_MARKUP = re.compile(r"[a-z0-9_]+")  # in templates, scripts and styles an icon may stand anywhere
_CONTENT = re.compile(r"""content:\s*["']([a-z0-9_]+)["']""")  # in Unfold's styles, which name no icon elsewhere
_LITERAL = re.compile(r"""["']([a-z0-9_]+)["']""")  # in Python it is a text


def icons_known() -> dict[str, str]:
    """Return icon → glyph: the font draws an icon for its name, as a ligature of letters."""
    font = TTFont(UNFOLD / "static/unfold/fonts" / ICONS)
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    known = {}
    for table in font["GSUB"].table.LookupList.Lookup[0].SubTable:
        for first, ligatures in table.ligatures.items():
            for ligature in ligatures:
                known["".join(letters[part] for part in (first, *ligature.Component))] = ligature.LigGlyph
    return known


def icons_named() -> set[str]:
    """Return every icon that a template, script, style or Python file of ours or Unfold's may show."""
    known = set(icons_known())
    return {word for path, pattern in _sources() for word in pattern.findall(path.read_text())} & known


def _sources() -> Iterator[tuple[Path, re.Pattern[str]]]:
    for folder in (UNFOLD / "templates", UNFOLD / "contrib", ROOT / "templates"):
        yield from ((path, _MARKUP) for path in folder.rglob("*.html"))
    yield from ((path, _LITERAL) for path in (UNFOLD / "static").rglob("*.js") if path.stat().st_size < 40_000)
    yield from ((path, _CONTENT) for path in (UNFOLD / "static").rglob("*.css"))
    for ending in ("*.js", "*.css"):
        yield from ((path, _LITERAL) for path in (ROOT / "static/fleet").rglob(ending))
    yield from ((path, _LITERAL) for path in UNFOLD.rglob("*.py"))
    for app in _APPS:
        yield from ((path, _LITERAL) for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def icons_kept() -> set[str]:
    """Return the icons that the font in static/ can draw."""
    listed = ROOT / "static/unfold/fonts/material-symbols/icons.txt"
    return set(listed.read_text().split())


def main() -> None:
    target = ROOT / "static/unfold/fonts"
    for folder in ("material-symbols", "inter"):
        (target / folder).mkdir(parents=True, exist_ok=True)
    known, named = icons_known(), sorted(icons_named())
    letters = sorted({letter for name in named for letter in name})
    options = ["--flavor=woff2", "--layout-features=*", "--no-layout-closure"]
    glyphs = ",".join(known[name] for name in named)
    unicodes = ",".join(f"U+{ord(letter):04X}" for letter in letters)
    source = str(UNFOLD / "static/unfold/fonts" / ICONS)
    subset.main([source, f"--glyphs={glyphs}", f"--unicodes={unicodes}", *options, f"--output-file={target / ICONS}"])
    (target / "material-symbols/icons.txt").write_text("\n".join(named) + "\n")
    for weight in WEIGHTS:
        name = f"inter/Inter-{weight}.woff2"
        kept = ["--flavor=woff2", "--layout-features=kern,liga,calt,tnum,ccmp,mark", f"--unicodes={LETTERS}"]
        subset.main([str(UNFOLD / "static/unfold/fonts" / name), *kept, f"--output-file={target / name}"])
    for weight in ("Regular", "Medium", "SemiBold"):  # typst reads no woff2
        source = str(UNFOLD / f"static/unfold/fonts/inter/Inter-{weight}.woff2")
        kept = ["--flavor=", "--layout-features=kern,tnum,ccmp,mark", f"--unicodes={NAMES}", "--no-hinting"]
        target = ROOT / f"templates/agreement/fonts/Inter-{weight}.ttf"
        target.parent.mkdir(parents=True, exist_ok=True)
        subset.main([source, *kept, f"--output-file={target}"])


if __name__ == "__main__":
    main()
