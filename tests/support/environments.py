"""Virtual environments of their own, for what shows only after an installation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]

_SOURCES = ("namel3ss_dbg", "dap_adapter", "pyproject.toml", "README.md", "LICENSE")


def copy_of_sources(folder: Path) -> Path:
    """What a build needs, where it may leave things behind."""
    folder.mkdir(parents=True)
    for name in _SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


def build_wheel(folder: Path) -> Path:
    """The wheel of the sources as they are."""
    sources = copy_of_sources(folder / "sources")
    _run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, sources], folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


class Environment:
    """A fresh virtual environment, and a folder that it works in."""

    def __init__(self, folder: Path, *, sees: Environment | None = None) -> None:
        """An empty environment, or one that sees what was installed in another: to install it again takes its time."""
        self.folder = folder / "work"
        self.folder.mkdir(parents=True)
        self.bin = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        venv.create(folder / "venv", with_pip=True, symlinks=os.name != "nt")
        if sees is not None:
            (self.packages / "others.pth").write_text(f"{sees.packages}\n")

    @property
    def packages(self) -> Path:
        """The folder that holds what is installed."""
        return Path(self.run("python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())

    def pip(self, *arguments: str | Path) -> str:
        """Run pip."""
        return self.run("python", "-m", "pip", "--disable-pip-version-check", *arguments)

    def python(self, program: str) -> str:
        """What a program prints."""
        return self.run("python", "-W", "error", "-c", program)

    def run(self, command: str, *arguments: str | Path) -> str:
        """What one of the environment's own commands prints; it must succeed."""
        return _run([self.bin / command, *arguments], self.folder)

    def has(self, command: str) -> bool:
        """Whether the environment has a command of this name."""
        return shutil.which(command, path=str(self.bin)) is not None


def _run(command: list[str | Path], folder: Path) -> str:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout
