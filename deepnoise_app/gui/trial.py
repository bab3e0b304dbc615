"""Starts Qt and OpenGL without a window, and says what draws.

Run as a process of its own: a Qt that cannot start ends the process that it is in.
"""

from __future__ import annotations

import json
import sys

from qtpy import API_NAME
from qtpy.QtCore import qVersion
from qtpy.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext


def look() -> dict[str, str]:
    """Return the Qt, and version and maker of its OpenGL; of OpenGL nothing where there is none."""
    found = {"qt": f"{API_NAME} {qVersion()}", "platform": QGuiApplication.platformName()}
    surface, context = QOffscreenSurface(), QOpenGLContext()
    surface.create()
    if not (context.create() and context.makeCurrent(surface)):
        return found
    from vispy.gloo import gl  # as napari draws

    asked = {"opengl": gl.GL_VERSION, "drawn by": gl.GL_RENDERER}
    found |= {name: str(gl.glGetParameter(what)) for name, what in asked.items()}
    context.doneCurrent()
    return found


if __name__ == "__main__":
    application = QGuiApplication(sys.argv[:1])
    sys.stdout.write(json.dumps(look()))
