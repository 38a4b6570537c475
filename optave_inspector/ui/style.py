"""The style sheet, made from a theme. Widgets ask for a look by a dynamic property, never by colours of their own.

Properties: ``kind`` on QPushButton and QToolButton (``primary``, ``quiet``, ``danger``, ``warning``), ``chip`` and ``headline`` on
QLabel (``ok``, ``warning``, ``error``, ``neutral``), ``role`` on QLabel (``muted``, ``title``, ``section``, ``problem``,
``warning``, ``ok``), ``card`` and ``bar`` on QFrame, ``problem`` (true) on input fields, ``compact`` (true) on QToolButton.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resources import resource

if TYPE_CHECKING:
    from .theme import Theme


def style_sheet(theme: Theme) -> str:
    """The application's style sheet."""
    t = theme
    shade = "dark" if theme.dark else "light"
    down, up, right = (resource(f"icons/chevron-{where}-{shade}.svg").as_posix() for where in ("down", "up", "right"))
    check, tick = (resource(f"icons/{name}-{shade}.svg").as_posix() for name in ("check", "tick"))
    return f"""
QMainWindow, QDialog {{ background: {t.window}; }}
QMainWindow::separator {{ background: {t.window}; width: 6px; height: 6px; }}
QMainWindow::separator:hover {{ background: {t.border}; }}
QFrame[card="true"] {{ background: {t.panel}; border: 1px solid {t.border}; border-radius: 7px; }}
QFrame[card]:focus {{ border-color: {t.accent}; }}
QFrame[card="docked"] {{ background: {t.panel}; border: 1px solid {t.border}; border-top: none;
  border-bottom-left-radius: 7px; border-bottom-right-radius: 7px; }}
QFrame[dockTitle="true"] {{ background: {t.panel}; border: 1px solid {t.border}; border-bottom: none;
  border-top-left-radius: 7px; border-top-right-radius: 7px; }}
QDockWidget {{ border: none; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QLabel {{ background: transparent; }}
QLabel[role="muted"] {{ color: {t.muted}; }}
QLabel[role="title"] {{ font-weight: 600; }}
QLabel[role="problem"] {{ color: {t.error}; }}
QLabel[role="warning"] {{ color: {t.warning}; }}
QLabel[role="ok"] {{ color: {t.ok}; }}
QLabel[headline="ok"] {{ color: {t.ok}; font-weight: 600; }}
QLabel[headline="warning"] {{ color: {t.warning}; font-weight: 600; }}
QLabel[headline="error"] {{ color: {t.error}; font-weight: 600; }}
QLabel[headline="neutral"] {{ color: {t.text}; font-weight: 600; }}
QLabel[counter="sent"] {{ color: {t.sent}; }}
QLabel[counter="received"] {{ color: {t.received}; }}
QLabel[found="true"], QCheckBox[found="true"], QRadioButton[found="true"], QPushButton[found="true"] {{
  background: {t.selection}; color: {t.selection_text}; border-radius: 4px; }}
QLabel[role="section"] {{ color: {t.muted}; font-weight: 600; padding-top: 4px; }}
QLabel[chip="ok"] {{ color: {t.ok}; background: {t.ok_back}; border-radius: 9px; padding: 2px 9px; font-weight: 600; }}
QLabel[chip="warning"] {{ color: {t.warning}; background: {t.warning_back}; border-radius: 9px; padding: 2px 9px; font-weight: 600; }}
QLabel[chip="error"] {{ color: {t.error}; background: {t.error_back}; border-radius: 9px; padding: 2px 9px; font-weight: 600; }}
QLabel[chip="alarm"] {{ color: {t.panel}; background: {t.error}; border-radius: 4px; padding: 2px 9px; font-weight: 700; }}
#topBar[production="true"] {{ border-bottom: 2px solid {t.error}; }}
QLabel[chip="neutral"] {{ color: {t.muted}; background: {t.neutral_back}; border-radius: 9px; padding: 2px 9px; font-weight: 600; }}
QToolButton[chip="neutral"] {{ color: {t.muted}; background: {t.neutral_back}; border: 1px solid {t.neutral_back}; border-radius: 9px; padding: 1px 8px; font-weight: 600; }}
QToolButton[chip="warning"] {{ color: {t.warning}; background: {t.warning_back}; border: 1px solid {t.warning_back}; border-radius: 9px; padding: 1px 8px; font-weight: 600; }}
QToolButton[chip]:hover, QToolButton[chip]:focus {{ border-color: {t.accent}; }}
QFrame[bar="ok"] {{ background: {t.ok_back}; border: 1px solid {t.ok}; border-radius: 7px; }}
QFrame[bar="warning"] {{ background: {t.warning_back}; border: 1px solid {t.warning}; border-radius: 7px; }}
QFrame[bar="error"] {{ background: {t.error_back}; border: 1px solid {t.error}; border-radius: 7px; }}
QFrame[bar="neutral"] {{ background: {t.neutral_back}; border: 1px solid {t.border}; border-radius: 7px; }}

QPushButton, QToolButton {{ background: {t.panel}; color: {t.text}; border: 1px solid {t.border}; border-radius: 5px; padding: 4px 10px; }}
QToolButton {{ padding: 4px 7px; }}
QPushButton:hover, QToolButton:hover {{ background: {t.neutral_back}; }}
QPushButton:pressed, QToolButton:pressed, QPushButton:checked, QToolButton:checked {{ background: {t.selection}; color: {t.selection_text}; }}
QPushButton:focus, QToolButton:focus {{ border: 1px solid {t.accent}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {t.disabled}; background: {t.window}; }}
QPushButton[kind="primary"] {{ background: {t.accent}; color: {t.accent_text}; border: 1px solid {t.accent}; font-weight: 600; }}
QPushButton[kind="primary"]:hover {{ border: 1px solid {t.text}; }}
QPushButton[kind="primary"]:focus, QToolButton[kind="primary"]:focus {{ border: 2px solid {t.text}; padding: 3px 9px; }}
QPushButton[kind="primary"]:disabled {{ background: {t.neutral_back}; color: {t.disabled}; border: 1px solid {t.border}; }}
QPushButton[kind="quiet"], QToolButton[kind="quiet"] {{ background: transparent; border: 1px solid transparent; }}
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover {{ background: {t.neutral_back}; }}
QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus {{ border: 1px solid {t.accent}; }}
QToolButton[kind="warning"] {{ color: {t.warning}; border: 1px solid {t.warning}; }}
QToolButton[kind="warning"]:checked {{ background: {t.warning_back}; color: {t.warning}; font-weight: 600; }}
QToolButton[kind="warning"]:focus {{ border: 2px solid {t.warning}; padding: 3px 6px; }}
QToolButton[tight="true"] {{ padding: 4px 3px; }}
QToolButton[compact="true"] {{ padding: 0px; }}
QPushButton[joined="left"] {{ border-top-right-radius: 0; border-bottom-right-radius: 0; }}
QToolButton[joined="right"] {{ border-top-left-radius: 0; border-bottom-left-radius: 0; border-left: none; padding: 0 6px; }}
QToolButton[kind="primary"] {{ background: {t.accent}; color: {t.accent_text}; border: 1px solid {t.accent}; border-left: 1px solid {t.accent_text}; }}
QPushButton[fold="true"] {{ text-align: left; background: transparent; border: 1px solid transparent; color: {t.muted};
  font-weight: 600; padding: 3px 0; }}
QPushButton[fold="true"]:focus {{ border: 1px solid {t.accent}; }}
QPushButton[kind="danger"] {{ color: {t.error}; border: 1px solid {t.error}; }}
QPushButton[kind="danger"]:focus {{ border: 2px solid {t.error}; padding: 3px 9px; }}
QPushButton[kind="danger"]:hover {{ background: {t.error_back}; }}
QToolButton::menu-indicator, QPushButton::menu-indicator {{ image: none; width: 0px; }}

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {{
  background: {t.base}; color: {t.text}; border: 1px solid {t.border}; border-radius: 5px; padding: 3px 6px;
  selection-background-color: {t.selection}; selection-color: {t.selection_text}; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {{ border: 1px solid {t.accent}; }}
QLineEdit[problem="true"], QPlainTextEdit[problem="true"], QSpinBox[problem="true"], QComboBox[problem="true"] {{ border: 1px solid {t.error}; }}
QPlainTextEdit[bare="true"] {{ background: transparent; color: {t.muted}; border: none; padding: 0; }}
QLineEdit:read-only {{ background: {t.panel}; color: {t.muted}; }}
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QPlainTextEdit:disabled {{ color: {t.disabled}; }}
QComboBox {{ padding-right: 2px; }}
QComboBox::drop-down {{ border: none; width: 20px; subcontrol-position: right center; }}
QComboBox::down-arrow {{ image: url("{down}"); width: 14px; height: 14px; }}
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::down-button {{ border: none; width: 16px; }}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {{ image: url("{up}"); width: 11px; height: 11px; }}
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {{ image: url("{down}"); width: 11px; height: 11px; }}
QTreeView::branch:has-children:closed {{ image: url("{right}"); }}
QTreeView::branch:has-children:open {{ image: url("{down}"); }}
QComboBox QAbstractItemView {{ background: {t.panel}; border: 1px solid {t.border}; selection-background-color: {t.selection};
  selection-color: {t.selection_text}; outline: none; }}
QRadioButton, QCheckBox {{ background: transparent; spacing: 6px; padding: 1px; border: 1px solid transparent; border-radius: 4px; }}
QRadioButton:focus, QCheckBox:focus {{ border: 1px solid {t.accent}; }}
QRadioButton::indicator, QCheckBox::indicator, QListWidget::indicator {{ width: 13px; height: 13px; background: {t.base}; border: 1px solid {t.muted}; }}
QRadioButton::indicator {{ border-radius: 7px; }}
QCheckBox::indicator, QListWidget::indicator {{ border-radius: 3px; }}
QRadioButton::indicator:checked {{ border: 4px solid {t.accent}; border-radius: 7px; width: 7px; height: 7px; }}
QCheckBox::indicator:checked, QListWidget::indicator:checked {{ background: {t.accent}; border: 1px solid {t.accent}; image: url("{check}"); }}
QRadioButton::indicator:disabled, QCheckBox::indicator:disabled {{ background: {t.window}; border: 1px solid {t.border}; }}

QTableView, QTreeView, QListView {{ background: {t.base}; alternate-background-color: {t.alternate}; border: 1px solid transparent;
  gridline-color: {t.border}; selection-background-color: {t.selection}; selection-color: {t.selection_text}; outline: none; }}
QTableView:focus, QTreeView:focus, QListView:focus {{ border: 1px solid {t.accent}; border-radius: 3px; }}
QHeaderView {{ background: {t.panel}; border: none; }}
QHeaderView::section {{ background: {t.panel}; color: {t.muted}; border: none; border-bottom: 1px solid {t.border}; padding: 3px 6px; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {t.border}; }}
QTabWidget#sessionTabs::pane {{ border: none; }}
QTabWidget#sessionTabs::tab-bar {{ left: 8px; }}
QTabBar {{ background: transparent; }}
QTabBar::tab {{ background: transparent; color: {t.muted}; border: none; border-bottom: 2px solid transparent; padding: 4px 10px; }}
QTabBar::tab:selected {{ color: {t.text}; border-bottom: 2px solid {t.accent}; }}
QTabBar::tab:focus {{ color: {t.accent}; }}
QTabBar::tab:hover {{ color: {t.text}; }}
QScrollArea {{ background: transparent; border: none; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {t.border}; border-radius: 4px; min-height: 28px; min-width: 28px; margin: 1px; }}
QScrollBar::handle:hover {{ background: {t.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QMenuBar {{ background: {t.window}; color: {t.text}; }}
QMenuBar::item {{ padding: 4px 9px; background: transparent; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {t.neutral_back}; }}
QMenu {{ background: {t.panel}; color: {t.text}; border: 1px solid {t.border}; padding: 4px; }}
QMenu::item {{ padding: 5px 22px 5px 26px; border-radius: 4px; }}
QMenu::indicator {{ width: 12px; height: 12px; left: 7px; }}
QMenu::indicator:checked {{ image: url("{tick}"); }}
QMenu::right-arrow {{ image: url("{right}"); width: 12px; height: 12px; right: 6px; }}
QMenu::item:selected {{ background: {t.selection}; color: {t.selection_text}; }}
QMenu::item:disabled {{ color: {t.disabled}; }}
QMenu::separator {{ height: 1px; background: {t.border}; margin: 4px 8px; }}
QToolTip {{ background: {t.panel}; color: {t.text}; border: 1px solid {t.border}; padding: 4px; }}
QSplitter::handle {{ background: transparent; }}
QSplitter::handle:hover {{ background: {t.border}; }}
QProgressBar {{ background: {t.neutral_back}; border: none; border-radius: 3px; max-height: 5px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 3px; }}
"""
