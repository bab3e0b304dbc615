"""All parts of the window, made and connected once; the two hosts only arrange them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from napari.components import ViewerModel
from qtpy.QtWidgets import QWidget

from deepnoise_app.gui.background import Background
from deepnoise_app.gui.canvas import Canvas
from deepnoise_app.gui.demo_desk import DemoDesk, demo_screen
from deepnoise_app.gui.finder import Finder
from deepnoise_app.gui.first_steps import FirstSteps
from deepnoise_app.gui.garbage import Garbage
from deepnoise_app.gui.hearing import Hearing
from deepnoise_app.gui.help import has_page
from deepnoise_app.gui.job import Jobs, Starter
from deepnoise_app.gui.map_desk import MapDesk
from deepnoise_app.gui.mosaic_desk import MosaicDesk
from deepnoise_app.gui.mosaic_view import MosaicView
from deepnoise_app.gui.notice_bar import NoticeBar
from deepnoise_app.gui.opener import Opener
from deepnoise_app.gui.pack_desk import PackDesk
from deepnoise_app.gui.pack_strip import PackStrip
from deepnoise_app.gui.painter import Painter
from deepnoise_app.gui.plates_panel import PlatesPanel
from deepnoise_app.gui.preferences import Preferences
from deepnoise_app.gui.preload import Preload
from deepnoise_app.gui.quality_desk import QualityDesk
from deepnoise_app.gui.quality_panel import QualityPanel
from deepnoise_app.gui.results_desk import ResultsDesk
from deepnoise_app.gui.results_table import ResultsTable
from deepnoise_app.gui.results_tabs import ResultsTabs
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.run_replay import RunReplay
from deepnoise_app.gui.run_shelf import RunShelf
from deepnoise_app.gui.run_tidy import Tidying
from deepnoise_app.gui.runs_panel import RunsPanel
from deepnoise_app.gui.score_panel import ScorePanel
from deepnoise_app.gui.train_panel import TrainPanel
from deepnoise_app.gui.training_desk import TrainingDesk
from deepnoise_app.gui.view_panel import ViewPanel
from deepnoise_app.gui.why_box import WhyBox
from deepnoise_app.gui.why_desk import WhyDesk
from deepnoise_app.gui.why_layer import WhyLayer
from deepnoise_app.gui.workbench import Workbench
from deepnoise_app.runs.places import data_folder, runs_folder
from deepnoise_app.runs.process import start_detached
from deepnoise_app.session import Session


@dataclass(slots=True, eq=False, weakref_slot=True)
class Parts:
    """The facts, the verbs and the panels of one window."""

    session: Session
    background: Background
    jobs: Jobs
    workbench: Workbench
    painter: Painter
    desk: RunDesk
    mosaic: MosaicDesk
    canvas: Canvas
    mosaic_view: MosaicView
    notice: NoticeBar
    steps: FirstSteps
    plates: PlatesPanel
    view: ViewPanel
    score: ScorePanel
    why: WhyDesk
    why_layer: WhyLayer
    results: ResultsTable
    results_desk: ResultsDesk
    results_tabs: ResultsTabs
    training: TrainingDesk
    train: TrainPanel
    shelf: RunShelf
    runs_panel: RunsPanel
    quality_desk: QualityDesk
    finder: Finder
    maps: MapDesk
    tidying: Tidying
    quality: QualityPanel
    packing: PackDesk
    pack_strip: PackStrip
    preload: Preload
    demo: DemoDesk
    hearing: Hearing
    opener: Opener
    garbage: Garbage
    is_closed: bool = False

    @property
    def panels(self) -> tuple[tuple[str, QWidget], ...]:
        """The panels of work, in the order in which one needs them."""
        return (
            ("View", self.view),
            ("Quality", self.quality),
            ("Train", self.train),
            ("Score", self.score),
            ("Runs", self.runs_panel),
        )

    def open(self, paths: Sequence[Path]) -> None:
        """Open plates, score with a model, watch a run, take plate maps: whatever it is."""
        self.opener.open(paths)

    def close(self) -> None:
        """Let go of threads, watches and layers; trainings, scorings and packing go on."""
        if self.is_closed:
            return
        self.is_closed = True
        self.jobs.stop_what_does_not_last()
        self.jobs.close()
        self.mosaic.close()
        self.mosaic_view.close()
        self.why_layer.close()
        self.canvas.close()
        self.workbench.stop_opening()
        self.hearing.close()
        self.background.close()
        self.garbage.stop()


def assemble(
    viewer: ViewerModel,
    runs: Path | None = None,
    preferences: Preferences | None = None,
    start: Starter | None = None,
) -> Parts:
    """Make all parts around a viewer.

    Parameters
    ----------
    runs
        Folder of the runs, by default the user's own.
    start
        Starts the worker of a run folder, by default with the Python that the user prefers.
    """
    preferences = preferences or Preferences()
    session = Session()
    background = Background()
    jobs = Jobs(runs or runs_folder(), start or partial(_start, preferences))
    workbench = Workbench(session, background)
    painter = Painter(session, background, jobs)
    desk = RunDesk(session, background, jobs, workbench.show_plate)
    training = TrainingDesk(session, background, jobs, desk)
    finder = Finder(session, background, workbench)
    maps = MapDesk(session, background, workbench.complain, data_folder() / "plate-maps")
    quality = QualityDesk(session, background, jobs, desk, workbench)
    mosaic = MosaicDesk(session, background, workbench)
    canvas = Canvas(viewer, session, workbench)
    why = WhyDesk(session, background, jobs, desk)
    results = ResultsTable(session, desk, workbench)
    results_desk = ResultsDesk(session, background, workbench)
    packing = PackDesk(session, jobs, workbench)
    shelf = RunShelf(session, background, jobs, desk, preferences)
    opener = Opener(session, background, workbench, desk, shelf, results_desk, maps, preferences)
    replay = RunReplay(session, background, jobs, workbench, desk, training, results_desk, why)
    parts = Parts(
        session=session,
        background=background,
        jobs=jobs,
        workbench=workbench,
        painter=painter,
        desk=desk,
        mosaic=mosaic,
        canvas=canvas,
        mosaic_view=MosaicView(viewer, session, workbench, mosaic, canvas),
        notice=NoticeBar(session, workbench),
        steps=FirstSteps(session, demo_screen(), desk.score),
        plates=PlatesPanel(session, workbench, painter, finder, maps),
        view=ViewPanel(session, workbench),
        score=ScorePanel(session, desk, opener),
        why=why,
        why_layer=WhyLayer(viewer, session),
        results=results,
        results_desk=results_desk,
        results_tabs=ResultsTabs(session, workbench, results, desk, results_desk),
        training=training,
        train=TrainPanel(session, desk, training),
        shelf=shelf,
        runs_panel=RunsPanel(session, desk, training, shelf, replay),
        quality_desk=quality,
        finder=finder,
        maps=maps,
        tidying=Tidying(background, jobs),
        quality=QualityPanel(session, desk, quality, maps),
        packing=packing,
        pack_strip=PackStrip(session, packing),
        preload=Preload(background),
        demo=DemoDesk(session, background, workbench),
        hearing=Hearing(session),
        opener=opener,
        garbage=Garbage(background),
    )
    parts.view.add(WhyBox(session, desk, why))
    parts.plates.grid.approached.connect(mosaic.zoom_to)
    for name, panel in (*parts.panels, ("Plates", parts.plates), ("Results", parts.results_tabs)):
        has_page(panel, name.lower())
    desk.use(session.scoring)
    jobs.adopt()
    return parts


def _start(preferences: Preferences, run: Path) -> int:
    """Start the worker of a run with the Python that the user prefers."""
    return start_detached(run, preferences.worker_python or None)
