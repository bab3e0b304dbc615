"""This computer as a throw-away copy: what is done in it never reaches the real one.

An overlay over the whole file system, seen by one process at a time; needs root, and a kernel that
lets it mount one.
"""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

USER = "biologist"
SCREEN = "xvfb-run -a -s '-screen 0 1600x1000x24 +extension GLX'"


class Machine:
    """A copy of this computer whose changes lie in a folder."""

    def __init__(self, folder: Path) -> None:
        self.changes = folder / "changes"
        self._work, self._root = folder / "work", folder / "root"
        for made in (self.changes, self._work, self._root):
            made.mkdir(parents=True)

    @staticmethod
    def is_possible() -> bool:
        """Whether this computer can be copied so."""
        programs = ("unshare", "dpkg", "runuser", "xvfb-run", "xdotool")
        if sys.platform != "linux" or os.geteuid() != 0 or not all(map(shutil.which, programs)):
            return False
        return subprocess.run(["unshare", "-m", "true"], check=False).returncode == 0

    @property
    def home(self) -> Path:
        """Home of the user, as the real computer sees its changes."""
        return self.changes / "home" / USER

    def run(self, script: str, user: str = "root", timeout_s: float = 600) -> str:
        """Run a script of the shell; returns what it printed, and fails if it fails."""
        if user != "root":
            home = f"HOME=/home/{user} USER={user} PATH=/usr/bin:/bin LANG=C.UTF-8"
            inner = f"cd && {script}"
            script = f"runuser -u {user} -- env -i {home} sh -c {shlex.quote(inner)}"
        layers = f"lowerdir=/,upperdir={self.changes},workdir={self._work}"
        root = shlex.quote(str(self._root))
        enter = (
            f"mount -t overlay overlay -o {shlex.quote(layers)} {root} && "
            f"mount -t proc proc {root}/proc && "
            f"for part in dev sys; do mount --rbind /$part {root}/$part; done && "
            f"exec chroot {root} sh -c {shlex.quote(script)}"
        )
        done = subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", enter],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=timeout_s,
            check=False,
        )
        said = f"{script}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        assert done.returncode == 0, said
        return done.stdout

    def files(self) -> set[str]:
        """Paths of all files that were changed or made, and are still there."""
        found = (Path(at, name) for at, _, names in os.walk(self.changes) for name in names)
        there = (path for path in found if not stat.S_ISCHR(path.lstat().st_mode))  # not removed
        return {str(path.relative_to(self.changes)) for path in there}

    def close(self) -> None:
        """Forget the copy."""
        shutil.rmtree(self.changes.parent)
