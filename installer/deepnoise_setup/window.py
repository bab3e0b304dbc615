"""The first-start window: draws pages, and lets a thread do the work."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import filedialog, ttk
from typing import Literal

from deepnoise_setup import look, pages
from deepnoise_setup.errand import Ended, Errand, Work
from deepnoise_setup.faults import Fault, Stopped
from deepnoise_setup.installation import make
from deepnoise_setup.pages import Bar, Do, Page
from deepnoise_setup.places import NAME, Places
from deepnoise_setup.progress import Phase, Progress
from deepnoise_setup.removal import UserFolders, remove

WIDTH, HEIGHT, WRAP = 680, 300, 500
POLL_MS = 100
READY_MS = 900


class SetupWindow:
    """Sets up, repairs or removes; `run` returns when the window is closed.

    Parameters
    ----------
    first
        The page to begin with.
    """

    def __init__(self, places: Places, first: Page, work: Work | None = None) -> None:
        self.places = places
        self._errand = Errand(work or self._make)
        self._closing = False
        self.root = tk.Tk(className="DeepNoise")
        self.root.title("DeepNoise")
        self.root.protocol("WM_DELETE_WINDOW", self._on_close)
        self._build()
        self.show(first)
        self.root.after(POLL_MS, self._poll)

    def run(self) -> None:
        """Show the window until it is closed."""
        self.root.mainloop()

    # Building -------------------------------------------------------------------------------

    def _build(self) -> None:
        root = self.root
        self._fonts = look.fonts(root)  # Tk forgets fonts that nobody holds
        look.style(root, self._fonts)
        root.resizable(width=False, height=False)
        icons = [tk.PhotoImage(file=str(file)) for file in self._icon_files()]
        if icons:
            root.iconphoto(True, *icons)
        root.columnconfigure(0, weight=1)
        root.rowconfigure(0, weight=1)
        frame = ttk.Frame(root, padding=(28, 26, 28, 22))
        frame.grid(sticky="nsew")
        frame.columnconfigure(1, weight=1, minsize=WRAP)
        self._icon = next((one for one in icons if one.width() == 96), None)
        if self._icon is not None:
            ttk.Label(frame, image=self._icon).grid(
                row=0, column=0, rowspan=8, padx=(0, 26), sticky="n"
            )
        self._title = ttk.Label(frame, style="Title.TLabel")
        self._text = ttk.Label(frame, wraplength=WRAP, justify="left")
        self._bar = ttk.Progressbar(frame, maximum=1.0)
        self._details = ttk.Label(frame, style="Quiet.TLabel", wraplength=WRAP)
        self._note = ttk.Label(frame, style="Quiet.TLabel", wraplength=WRAP, justify="left")
        self._ticked = tk.BooleanVar(root)
        self._option = ttk.Checkbutton(frame, variable=self._ticked)
        self._buttons = ttk.Frame(frame)
        parts = (self._title, self._text, self._bar, self._details, self._option, self._note)
        for row, (part, above) in enumerate(zip(parts, (0, 8, 18, 6, 10, 12), strict=True)):
            part.grid(row=row, column=1, sticky="ew", pady=(above, 0))
        frame.rowconfigure(len(parts), weight=1)
        self._buttons.grid(row=len(parts), column=0, columnspan=2, sticky="sew", pady=(20, 0))
        x, y = ((root.winfo_screenwidth() - WIDTH) // 2, (root.winfo_screenheight() - HEIGHT) // 3)
        root.minsize(WIDTH, HEIGHT)
        root.geometry(f"+{max(0, x)}+{max(0, y)}")
        root.bind("<Return>", lambda _: self._press_first())
        root.bind("<Escape>", lambda _: self._on_close())

    def _icon_files(self) -> list[Path]:
        return sorted(self.places.payload.glob("icons/*.png"), key=lambda p: -p.stat().st_size)

    # Showing --------------------------------------------------------------------------------

    def show(self, page: Page) -> None:
        """Draw a page; buttons are made anew only where they differ."""
        before = getattr(self, "page", None)
        self.page = page
        self._title.configure(
            text=page.title, style="Fault.TLabel" if page.is_fault else "Title.TLabel"
        )
        self._text.configure(text=page.text)
        for part, text in (
            (self._details, page.details),
            (self._note, page.note),
            (self._option, page.option),
        ):
            part.configure(text=text)
            part.grid() if text else part.grid_remove()
        self._show_bar(page)
        if before is None or before.choices != page.choices:
            self._show_choices(page.choices)

    def _show_bar(self, page: Page) -> None:
        if page.bar is Bar.NONE:
            self._bar.stop()
            self._bar.grid_remove()
            return
        self._bar.grid()
        busy = page.bar is Bar.BUSY
        mode: Literal["determinate", "indeterminate"] = "indeterminate" if busy else "determinate"
        if str(self._bar.cget("mode")) != mode:
            self._bar.stop()
            self._bar.configure(mode=mode)
            if busy:
                self._bar.start(20)
        if not busy:
            self._bar.configure(value=page.share)

    def _show_choices(self, choices: tuple[Do, ...]) -> None:
        for old in self._buttons.winfo_children():
            old.destroy()
        for number, choice in enumerate(choices):
            kind = "First.TButton" if number == 0 and choice is not Do.STOP else "TButton"
            button = ttk.Button(
                self._buttons, text=choice.value, style=kind, command=self._command(choice)
            )
            aside = choice in (Do.FOLDER, Do.COPY)
            button.pack(side="left" if aside else "right", padx=(0, 0) if aside else (10, 0))
            if number == 0:
                button.focus_set()

    def _command(self, choice: Do) -> Callable[[], None]:
        verbs = {
            Do.SET_UP: self._begin,
            Do.GO_ON: self._begin,
            Do.TRY_AGAIN: self._begin,
            Do.STOP: self._on_stop,
            Do.FOLDER: self._on_folder,
            Do.COPY: self._on_copy,
            Do.REPAIR: self._on_repair,
            Do.REMOVE: self._on_remove,
            Do.LATER: self._on_close,
            Do.CLOSE: self._on_close,
        }
        return verbs[choice]

    def _press_first(self) -> None:
        if self.page.choices and self.page.choices[0] is not Do.STOP:
            self._command(self.page.choices[0])()

    # Doing ----------------------------------------------------------------------------------

    def _make(self, tell: Callable[[Progress], None], should_stop: Callable[[], bool]) -> None:
        make(self.places, tell, should_stop)

    def _begin(self) -> None:
        if not self._errand.under_way:
            self.show(pages.working(Progress()))
            self._errand.begin()

    def _poll(self) -> None:
        for said in self._errand.news():
            if isinstance(said, Ended):
                self._on_end(said.error)
            elif said.phase is Phase.READY or not self._errand.is_stopping:
                self.show(pages.working(said))
        if self._closing and not self._errand.under_way:
            self.root.destroy()
        else:
            self.root.after(POLL_MS, self._poll)

    def _on_end(self, error: Exception | None) -> None:
        if error is None:
            self.root.after(READY_MS, self.root.destroy)
        elif isinstance(error, Stopped):
            self.show(pages.stopped())
        elif isinstance(error, Fault):
            self.show(pages.failed(error, self.places.log))

    def _on_stop(self) -> None:
        self._errand.stop()
        self.show(pages.stopping())

    def _on_close(self) -> None:
        if self._errand.under_way:
            self._closing = True
            self._on_stop()
        else:
            self.root.destroy()

    def _on_folder(self) -> None:
        found = filedialog.askdirectory(parent=self.root, title="Folder for the parts of DeepNoise")
        if found:
            self.choose(Path(found))

    def choose(self, folder: Path) -> None:
        """Use another folder from now on; it is remembered in the settings of the user."""
        chosen = folder if folder.name == NAME else folder / NAME
        pointer = self.places.pointer
        try:
            pointer.parent.mkdir(parents=True, exist_ok=True)
            pointer.write_text(f"{chosen}\n", encoding="utf-8")
        except OSError:
            pass  # a home that cannot be written: it is asked again next time
        self.places = Places(self.places.payload, chosen, pointer)
        self.show(pages.welcome(self.places))

    def _on_copy(self) -> None:
        log = self.places.log
        said = log.read_text("utf-8", errors="replace")[-20_000:] if log.is_file() else ""
        self.root.clipboard_clear()
        self.root.clipboard_append(f"{self.page.text}\n\n{said}")

    def _on_repair(self) -> None:
        self._remove(None, self._begin)

    def _on_remove(self) -> None:
        everything = self._ticked.get()
        user = UserFolders.of() if everything else None
        self._remove(user, lambda: self.show(pages.removed(everything)))

    def _remove(self, user: UserFolders | None, then: Callable[[], None]) -> None:
        pointer = self.places.pointer
        kept = pointer.read_text("utf-8") if pointer.is_file() else ""
        try:
            remove(self.places, user)
        except Fault as fault:
            self.show(pages.failed(fault, self.places.log))
            return
        if kept and then == self._begin:
            pointer.parent.mkdir(parents=True, exist_ok=True)
            pointer.write_text(kept, encoding="utf-8")
        then()
