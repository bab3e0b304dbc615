"""The Train panel: choose a recipe and what is held out, see what it takes, train, watch."""

from __future__ import annotations

from html import escape

from qtpy.QtCore import QSignalBlocker, Qt, QTimer
from qtpy.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from deepnoise_app.gui.callout import LINK, Callout, quiet_label, say
from deepnoise_app.gui.curves import Curves
from deepnoise_app.gui.hold_out_list import HoldOutList
from deepnoise_app.gui.narrow_combo import narrow_combo
from deepnoise_app.gui.notice_bar import DetailsDialog
from deepnoise_app.gui.panel_body import bring_forward, column, icon_button, line, scroll
from deepnoise_app.gui.plain import plain
from deepnoise_app.gui.recipe_form import RecipeForm
from deepnoise_app.gui.recipe_question import may_replace
from deepnoise_app.gui.run_desk import RunDesk
from deepnoise_app.gui.run_strip import RunStrip
from deepnoise_app.gui.start_choice import StartChoice
from deepnoise_app.gui.training_desk import Division, TrainingDesk
from deepnoise_app.gui.words import count, duration, sentence, training_plan
from deepnoise_app.session import Notice, Session

NO_PLATE = "Open a screen of at least two experiments whose wells are known."
AT_WORK = "A training is at work: stop it, or wait until it is done."
HELD_OUT = "Never learned from; how well their wells are named is the model's accuracy."
UNASKED = "Press <i>Check</i> to see how long it takes and what it learns from."
OTHER = "Other file…"
MAKE_AFTER_MS = 200
MORE = f" <a href='more' style='color: {LINK}'>More…</a>"


class TrainPanel(QWidget):
    """The recipe of the next training, what it would take, and the training that goes on."""

    def __init__(
        self,
        session: Session,
        desk: RunDesk,
        training: TrainingDesk,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = desk
        self._training = training
        self._saved = 0
        self._build()
        self._connect()
        self._show_recipe()
        self._show_plan()
        self._show_run()

    def _build(self) -> None:
        self.recipes = narrow_combo("Recipe", "How the training goes; every setting is below")
        self.about = quiet_label("What the recipe is for")
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.start = StartChoice()
        self.held_out = HoldOutList()
        self.refusal = Callout("Why the experiments cannot be divided so")
        self.form = RecipeForm(self._session.recipe)
        self.plan = quiet_label("What the training would take")
        self.check = icon_button("mdi6.timer-outline", "Check", "Find out what the training takes")
        self.hindrance = Callout("What speaks against the training")
        self.button = icon_button("mdi6.school-outline", "Train", NO_PLATE)
        self.button.setMinimumHeight(36)
        self.reason = quiet_label("Why no training can begin")
        self.run = RunStrip(self._session, self._desk, "train")
        self.curves = Curves()
        # Once the click that began the run has been answered: plots take a while to make.
        self._making = QTimer(self, singleShot=True, interval=MAKE_AFTER_MS)
        self._making.timeout.connect(self.curves.prepare)
        self.lights = QCheckBox("Show held-out wells on the plate while it trains")
        self.lights.setToolTip("After each epoch the plate shows which held-out wells are right")
        self.lights.setAccessibleName(self.lights.text())
        self.use = icon_button("mdi6.check", "Use this model", "Score with the model of this run")
        choices = QFormLayout()
        choices.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        choices.addRow("Recipe", self.recipes)
        choices.addRow(self.about)
        choices.addRow("Start from", self.start)
        self.watching = column((self.run, self.curves, self.lights, self.use, line()))
        self.dividing = column((
            line(), QLabel("<b>Held out</b>"), quiet_label("What held out means", HELD_OUT),
            self.held_out, self.refusal,
        ))  # fmt: skip
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setSpacing(8)
        layout.addWidget(self.watching)
        layout.addLayout(choices)
        for widget in (
            self.dividing, line(), self.form,
            line(), self.plan, self.check, self.hindrance, self.button, self.reason,
        ):  # fmt: skip
            layout.addWidget(widget)
        layout.addStretch(1)
        self._area = scroll(self, body)

    def _connect(self) -> None:
        events = self._session.events
        self.recipes.activated.connect(self._on_recipe)
        self.about.linkActivated.connect(lambda _: self._on_more())
        self.start.value_changed.connect(self._training.start_from)
        self.held_out.value_changed.connect(self._training.hold_out)
        self.form.value_changed.connect(self._training.edit)
        self.check.clicked.connect(self._on_check)
        self.button.clicked.connect(self._on_train)
        self.lights.toggled.connect(self._training.show_held_out)
        self.use.clicked.connect(self._on_use)
        for fact in (events.recipe, events.recipe_name, events.screens, events.notice):
            fact.connect(self._show_recipe)
        for fact in (events.training_plan, events.screens, events.notice):
            fact.connect(self._show_plan)
        events.runs.connect(self._show_run)
        events.held_out_shown.connect(self._show_run)
        events.front.connect(self._on_front)

    # What is shown --------------------------------------------------------------------------

    def _show_recipe(self) -> None:
        """Show the recipe; also when something was refused, so that it goes back to what is so."""
        self._show_recipes()
        recipe = self._session.recipe
        self.form.set_value(recipe)
        self.start.set_value(recipe.start_from)
        division = self._division
        self.held_out.set_value(division.plates, division.held_out)
        self.held_out.setVisible(bool(division.plates))
        self.dividing.setVisible(bool(self._session.screens))
        self.refusal.say(plain(division.refusal))

    def _show_recipes(self) -> None:
        shipped, name = self._training.recipes(), self._session.recipe_name
        with QSignalBlocker(self.recipes):
            self.recipes.clear()
            for one in shipped:
                self.recipes.addItem(one, one)
            if name not in shipped:
                self.recipes.addItem(name, name)
            self.recipes.addItem(OTHER)
            self.recipes.setCurrentIndex(self.recipes.findData(name))
        first, _, more = shipped.get(name, "").partition("\n\n")
        say(self.about, escape(first) + (MORE if more else ""))

    def _show_plan(self) -> None:
        plan, ready = self._session.training_plan, self._is_ready
        asking = self._training.is_checking
        self.check.setText("Checking…" if asking else "Check")
        self.check.setEnabled(ready and not asking)
        notes = [str(plan["refusal"])] if "refusal" in plan else plan.get("notes", [])
        self.hindrance.say("<br>".join(escape(sentence(note)) for note in notes))
        if not plan or "refusal" in plan:
            say(self.plan, UNASKED if ready and not plan else "")
        else:
            say(self.plan, training_plan(plan))
        self._show_button()

    @property
    def _division(self) -> Division:
        return self._training.division()

    @property
    def _is_ready(self) -> bool:
        return bool(self._division.held_out)

    def _show_button(self) -> None:
        view, ready = self.run.view, self._is_ready
        at_work = view is not None and not view.status.is_over
        self.button.setEnabled(ready and not at_work)
        self.button.setText(self._promise())
        self.button.setAccessibleName(self.button.text())
        self.button.setToolTip("Learn from all labelled experiments that are not held out")
        say(self.reason, AT_WORK if at_work else NO_PLATE if not self._division.plates else "")

    def _promise(self) -> str:
        """Say what pressing the button does."""
        plan, division = self._session.training_plan, self._division
        if "seconds" in plan:
            return f"Train on {count(plan['wells'], 'well')}, {duration(plan['seconds'])}"
        experiments = len(division.plates) - len(division.held_out)
        return f"Train on {count(experiments, 'experiment')}" if division.held_out else "Train"

    def _show_run(self) -> None:
        view = self.run.view
        if view is not None and self.watching.isHidden():
            self._area.verticalScrollBar().setValue(0)  # there it is shown
        self.watching.setVisible(view is not None)
        if view is not None and not self.curves.lines and not self._making.isActive():
            self._making.start()
        self.curves.show_epochs(view.status.epochs if view is not None else ())
        saved = [one.what for one in view.status.saved] if view is not None else []
        self.use.setVisible("model" in saved)
        if len(saved) != self._saved:
            self._saved = len(saved)
            self._offer_starts()
        with QSignalBlocker(self.lights):
            self.lights.setChecked(self._session.held_out_shown)
        self._show_button()

    def _offer_starts(self) -> None:
        self.start.offer(self._desk.models())

    # What the user does ---------------------------------------------------------------------

    def _on_recipe(self, at: int) -> None:
        name = self.recipes.itemData(at)
        if name is None:
            name, _ = QFileDialog.getOpenFileName(self, "Recipe", "", "Recipes (*.toml *.json)")
        if name and may_replace(self, self._training, name):
            self._training.choose(name)
        else:
            self._show_recipes()

    def _on_more(self) -> None:
        name = self._session.recipe_name
        text = self._training.recipes().get(name, "")
        DetailsDialog(Notice(f"Recipe {name}", details=text), self).open()

    def _on_check(self) -> None:
        self._training.check()
        self._show_plan()

    def _on_train(self) -> None:
        self._training.train()

    def _on_use(self) -> None:
        if self.run.view is not None:
            self._training.use_model(self.run.view.path)

    def _on_front(self, panel: str) -> None:
        if panel == "Train":
            bring_forward(self)

    def showEvent(self, event: object) -> None:  # noqa: N802 (Qt's name)
        """Offer also the models that were trained since the panel was last seen."""
        self._offer_starts()
        super().showEvent(event)  # type: ignore[arg-type]
