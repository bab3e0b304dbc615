"""The style of the standalone window: napari's but flatter, with a frame around the focus."""

from __future__ import annotations

from napari.qt import get_stylesheet
from napari.utils.theme import get_theme

from deepnoise_app.gui.icons import ICON_GREY

# The accent is seen on the ground of the theme: napari's own is too pale on the light one. A hint
# stands in an empty field; the page is what covers the canvas while nothing is open.
OWN = {
    "dark": {"accent": "#5b7fe0", "hint": "#b0b4ba", "page": "#1d2026"},
    "light": {"accent": "#3a62c8", "hint": "#4f5156", "page": "#f6f4f3"},
}
OURS = """
QTabBar, QTabBar::tab {{ border: none; background: transparent; }}
QTabBar::tab {{ padding: 6px 12px; margin: 0; color: {faint}; }}
QTabBar::tab:selected {{
  color: {text}; background: transparent; border-bottom: 2px solid {accent};
}}
QTabBar::tab:hover {{ color: {text}; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {line}; }}
QHeaderView, QHeaderView::section {{ background: {ground}; border: none; color: {faint}; }}
QHeaderView::section {{ padding: 4px 6px; border-bottom: 1px solid {line}; }}
QTreeView, QTableView {{ background: {ground}; border: none; }}
QListWidget {{ background: {ground}; border: 1px solid {line}; }}
QListWidget::indicator {{
  width: 13px; height: 13px; border: 1px solid {faint}; border-radius: 2px; background: {line};
}}
QListWidget::indicator:checked {{ image: url("theme_{name}:/check.svg"); background: {current}; }}
QDockWidget {{ color: {faint}; }}
QDockWidget::title {{ padding: 5px 6px; background: {ground}; }}
QMenuBar {{ padding: 2px; }}
QPushButton:default {{ border: 1px solid {accent}; }}
QPushButton:focus {{ border: 2px solid {faint}; padding: 2px; }}
QComboBox:focus {{ border: 2px solid {faint}; padding: 1px 8px 1px 6px; }}
QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {edge}; }}
QProgressBar {{ border: none; background: {line}; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {edge}; }}
QRangeSlider {{ qproperty-barColor: {edge}; }}
QLineEdit {{ placeholder-text-color: {hint}; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QTreeView::item {{ padding: 2px 0; }}
#welcome {{ background: {page}; }}
#welcome QLabel#formats {{ color: {faint}; }}
QLineEdit:focus {{ border: 2px solid {faint}; padding: 0px; }}
QAbstractSpinBox:focus {{ border: 1px solid {faint}; padding: 0px 9px; }}
QToolButton:focus {{ border: 2px solid {faint}; }}
QCheckBox:focus {{ background-color: {line}; border-radius: 2px; }}
QGraphicsView {{ border: 1px solid transparent; }}
QGraphicsView:focus {{ border: 1px solid {faint}; }}
QTabBar::tab:selected:focus {{ background: {line}; }}
"""


def style_of(theme: str) -> str:
    """Return the style sheet of a theme, `dark` or `light`."""
    colours = get_theme(theme)
    ours = OURS.format(
        name=theme,
        text=colours.text.as_hex(),
        faint=colours.icon.as_hex(),
        current=colours.current.as_hex(),
        edge=ICON_GREY,
        **OWN[theme],
        line=colours.foreground.as_hex(),
        ground=colours.background.as_hex(),
    )
    return str(get_stylesheet(theme)) + ours
