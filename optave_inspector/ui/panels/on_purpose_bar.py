"""The bar that says that this session may break the rules, for as long as it may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

if TYPE_CHECKING:
    from ..on_purpose_actions import OnPurposeActions

_WORDS = (
    "⚠ Invalid frames are on: this session may break RFC 6455 on purpose. "
    "The log marks it as “hand”, and is:on-purpose finds it."
)


class OnPurposeBar(QFrame):
    """Hidden while the switch is off."""

    def __init__(self, actions: OnPurposeActions) -> None:
        super().__init__()
        self.setObjectName("onPurposeBar")
        self.setAccessibleName("Invalid frames are on")
        self.setProperty("bar", "warning")
        words = QLabel(_WORDS)
        words.setObjectName("onPurposeWords")
        words.setWordWrap(True)
        by_hand = QPushButton("Frame by hand…")
        by_hand.setObjectName("onPurposeFrameButton")
        by_hand.setAccessibleName("Send a frame by hand")
        by_hand.setToolTip(actions.frame.toolTip())
        by_hand.clicked.connect(actions.show_frame)
        off = QPushButton("Switch off")
        off.setObjectName("onPurposeOffButton")
        off.setAccessibleName("Switch invalid frames off")
        off.setToolTip("Keep to the rules from now on")
        off.clicked.connect(actions.switch_off)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 5, 8, 5)
        layout.addWidget(words, 1)
        layout.addWidget(by_hand)
        layout.addWidget(off)
        self.setVisible(False)
        actions.switched.connect(self.setVisible)
