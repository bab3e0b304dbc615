"""A web server on this computer that serves a folder, and can be made to stall and to lie."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

GOOGLE = "/storage/v1/b/"


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder; `mood` says what it does to paths that end in `touchy`."""

    mood = ""
    touchy = ("c/0/0/0",)
    asked: list[str] = []  # noqa: RUF012 (one list for all requests of a test)

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        if self.mood and self.path.endswith(self.touchy):
            getattr(self, f"_{self.mood}")()
        else:
            super().do_GET()

    def translate_path(self, path: str) -> str:
        """Take the paths of Google's object store as well: a bucket is a folder."""
        bucket, _, name = path.partition("?")[0].removeprefix(GOOGLE).partition("/o/")
        return super().translate_path(f"/{bucket}/{unquote(name)}" if GOOGLE in path else path)

    def end_headers(self) -> None:
        self.send_header("ETag", '"1"')
        super().end_headers()

    def _stall(self) -> None:
        time.sleep(3)

    def _truncate(self) -> None:
        content = Path(self.translate_path(self.path)).read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])

    def _shorten(self) -> None:
        """Claim that half of the file is all of it."""
        content = Path(self.translate_path(self.path)).read_bytes()
        self._send(content[: len(content) // 2])

    def _lie(self) -> None:
        self._send(b"<html>Please sign in</html>")

    def _fail(self) -> None:
        self.send_error(503)

    def _forbid(self) -> None:
        self.send_error(403)

    def _elsewhere(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/secret/zarr.json")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, type[Handler]]]:
    """Serve a folder; gives the address, and the handler whose mood can be changed."""

    class Own(Handler):
        asked: list[str] = []  # noqa: RUF012

    made = ThreadingHTTPServer(("127.0.0.1", 0), partial(Own, directory=str(folder)))
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{made.server_port}", Own
    finally:
        made.shutdown()
        made.server_close()
        thread.join()
