"""What can go wrong at a first start, each as a sentence and a way out."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from enum import Enum

from deepnoise_setup.words import size


class Kind(Enum):
    """What was wrong; decides what the window offers."""

    OFFLINE = "offline"
    CERTIFICATE = "certificate"
    FULL = "full"
    READ_ONLY = "read-only"
    BUSY = "busy"
    UNFIT = "unfit"
    BROKEN = "broken"


class Fault(Exception):  # noqa: N818 (the word of the whole setup)
    """Something that ends a first start; the message is shown as written."""

    def __init__(self, kind: Kind, message: str, cure: str) -> None:
        super().__init__(f"{message} {cure}")
        self.kind, self.message, self.cure = kind, message, cure

    def __reduce__(self) -> tuple[type[Fault], tuple[Kind, str, str]]:
        """Name the parts, so that a copy is whole."""
        return Fault, (self.kind, self.message, self.cure)


class Stopped(Exception):  # noqa: N818 (a request that was honoured, not a fault)
    """The user has stopped; what was downloaded is kept."""


# Words of uv and of the operating systems, the most telling first.
_SIGNS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (Kind.FULL, ("no space left", "os error 28", "os error 122", "os error 112", "disk quota")),
    (Kind.READ_ONLY, ("read-only file system", "permission denied", "os error 13", "os error 30")),
    (Kind.CERTIFICATE, ("certificate", "unknownissuer", "407 proxy")),
    (
        Kind.OFFLINE,
        (
            "dns error",
            "failed to fetch",
            "error sending request",
            "connection",
            "timed out",
            "timeout",
            "network",
            "failed to download",
            "request failed",
            "unexpected end of file",
            "hash mismatch",
        ),
    ),
    (Kind.UNFIT, ("no solution found", "no matching", "unsatisfiable", "no wheels")),
)


def offline() -> Fault:
    """Return the fault of a computer that reaches no internet."""
    return Fault(
        Kind.OFFLINE,
        "The internet cannot be reached.",
        "Check the connection, then go on: what was downloaded is kept.",
    )


def full(folder: object, free: int, need: int) -> Fault:
    """Return the fault of a disk without enough room; sizes in bytes."""
    return Fault(
        Kind.FULL,
        f"There is not enough room: {size(need)} are needed in {folder}, {size(free)} are free.",
        "Make room, or choose a folder on another disk.",
    )


def read_only(folder: object) -> Fault:
    """Return the fault of a folder that cannot be written."""
    return Fault(
        Kind.READ_ONLY,
        f"The folder {folder} cannot be written.",
        "Choose another folder, or ask whoever looks after this computer.",
    )


def busy(folder: object) -> Fault:
    """Return the fault of a folder that another setup works on."""
    return Fault(
        Kind.BUSY,
        f"DeepNoise is being set up already in {folder}.",
        "Wait for the other window, or close it.",
    )


def from_os(error: OSError, folder: object, free: int = 0, need: int = 0) -> Fault:
    """Return the fault that an error of the operating system stands for."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return full(folder, free, need)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
        return read_only(folder)
    return Fault(
        Kind.BROKEN,
        f"The folder {folder} cannot be used: {error.strerror or error}.",
        "Choose another folder.",
    )


def from_uv(lines: Sequence[str], folder: object, free: int = 0, need: int = 0) -> Fault:
    """Return the fault that the last words of `uv` stand for."""
    said = "\n".join(lines).lower()
    kind = next((k for k, signs in _SIGNS if any(sign in said for sign in signs)), Kind.BROKEN)
    if kind is Kind.FULL:
        return full(folder, free, need)
    if kind is Kind.READ_ONLY:
        return read_only(folder)
    if kind is Kind.OFFLINE:
        return offline()
    if kind is Kind.CERTIFICATE:
        return Fault(
            kind,
            "The connection is not trusted: a proxy of your institution may be in between.",
            "Ask its IT for the proxy's settings (HTTPS_PROXY) and certificate (SSL_CERT_FILE).",
        )
    if kind is Kind.UNFIT:
        return Fault(
            kind,
            "No parts were found that fit this computer.",
            "Its system or Python may be too old or too new; the log says which part is missing.",
        )
    last = next((line.strip() for line in reversed(lines) if line.strip()), "no word was said")
    return Fault(kind, f"Setting up has failed: {last}.", "Try again; the log holds the details.")
