"""Draws the pictures of the README from real output: `python docs/pictures/draw.py`."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

HERE = Path(__file__).parent
APP = HERE.parents[1] / "examples" / "flaky_weather"
QUESTION = '{"input": "Where should the four of us hike on Saturday?"}'
NIGHT = TerminalTheme(
    (22, 27, 34),
    (201, 209, 217),
    [
        (22, 27, 34),
        (255, 123, 114),
        (126, 231, 135),
        (242, 204, 96),
        (121, 192, 255),
        (210, 168, 255),
        (86, 211, 224),
        (201, 209, 217),
    ],
    [
        (110, 118, 129),
        (255, 123, 114),
        (126, 231, 135),
        (242, 204, 96),
        (121, 192, 255),
        (210, 168, 255),
        (86, 211, 224),
        (255, 255, 255),
    ],
)
SVG = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>{lines}</defs>
<rect width="{width}" height="{height}" rx="8" fill="#161b22" />
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    """Trace the example and draw two of its views."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(APP, folder, dirs_exist_ok=True)
        run(folder, "trace", "app.ai", "--run-args", QUESTION)
        draw("replay", run(folder, "replay", "trace.jsonl"), most=34)
        draw("analyze", run(folder, "analyze", "trace.jsonl"), most=40)


def run(folder: str, command: str, *arguments: str) -> str:
    """What a command prints in colour on a screen of 100 columns."""
    color = () if command == "trace" else ("--color", "always")
    words = [sys.executable, "-m", "namel3ss_dbg", "debug", command, *arguments, *color]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True, env={"COLUMNS": "100"})
    return f"$ namel3ss debug {command} {arguments[0]}\n{done.stdout}"


def draw(name: str, output: str, *, most: int) -> None:
    """Write what a terminal shows as a picture."""
    console = Console(record=True, width=100, file=io.StringIO(), force_terminal=True)
    for text in output.splitlines()[:most]:
        console.print(Text.from_ansi(text), no_wrap=True, crop=True)
    console.save_svg(str(HERE / f"{name}.svg"), theme=NIGHT, code_format=SVG, unique_id=name)


if __name__ == "__main__":
    main()
