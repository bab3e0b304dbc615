"""What `uv` has found to fit this computer: parts and their sizes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# Unpacked, the parts take so many times the room of their downloads (measured: 2.0).
UNPACKED = 2.1


@dataclass(frozen=True, slots=True)
class Lock:
    """Bytes to download for each part, by `name==version`."""

    sizes: dict[str, int]

    @classmethod
    def read(cls, file: Path) -> Lock:
        """Read a `pylock.toml`; a part whose size is not told counts nothing."""
        packages = tomllib.loads(file.read_text(encoding="utf-8")).get("packages", [])
        return cls({_label(package): _size(package) for package in packages})

    @property
    def total(self) -> int:
        """Bytes of the whole download."""
        return sum(self.sizes.values())

    def of(self, labels: Iterable[str]) -> int:
        """Bytes of some parts; those of another lock count nothing."""
        return sum(self.sizes.get(label, 0) for label in set(labels))

    def label(self, name: str) -> str:
        """Return `name==version` of a part by its name alone."""
        return next((one for one in self.sizes if one.split("==")[0] == name), name)


def _label(package: dict[str, object]) -> str:
    return f"{package.get('name')}=={package.get('version', '')}"


def _size(package: dict[str, object]) -> int:
    """Return the size of the largest file: the one with compiled code, where there is one."""
    wheels = package.get("wheels")
    found = wheels if isinstance(wheels, list) else []
    return max((int(wheel.get("size", 0)) for wheel in found), default=0)
