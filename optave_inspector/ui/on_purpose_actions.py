"""What this side may do against the rules, on purpose: behind a switch of each session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..client.made_frames import MadeFrame, close_payload
from ..errors import InspectorError
from ..protocol.states import ConnectionState
from .actions import make_action
from .dialogs.close_dialog import CloseDialog
from .dialogs.frame_dialog import FrameDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction

    from .session_view import SessionView


class OnPurposeActions(QObject):
    """Frames by hand, any close code, reset, half-close, unread, unanswered pings: enabled by the switch while open."""

    switched = Signal(bool)

    def __init__(self, view: SessionView) -> None:
        super().__init__(view)
        self._view = view
        self._session = view.bridge.session
        self._dialog: FrameDialog | None = None
        self.switch = self._action(
            "invalidFramesAction", "&Send invalid frames", self._switch,
            "Let this session send frames and ends that break RFC 6455; all of it is marked in the log", checkable=True,
        )  # fmt: skip
        self.frame = self._action(
            "frameByHandAction", "&Frame by hand…", self.show_frame, "Send any opcode, bits and bytes, masked or not"
        )
        self.close = self._action(
            "closeAnyCodeAction", "&Close with any code…", self._ask_close,
            "Send a close frame with any code, also with one that must not be sent",
        )  # fmt: skip
        self.reset = self._action("resetTcpAction", "&Reset TCP", self._reset, "End TCP by a reset (RST)")
        self.half_close = self._action(
            "halfCloseAction", "&Half-close TCP", self._half_close,
            "End this direction of TCP (FIN) without a close frame, and go on reading; not under TLS",
        )  # fmt: skip
        self.stop_reading = self._action(
            "stopReadingAction", "Stop r&eading", self._stop_reading,
            "Read nothing more from TCP until this is switched off or the connection ends", checkable=True,
        )  # fmt: skip
        self.leave_pings = self._action(
            "leavePingsAction", "Leave &pings unanswered", self._leave_pings,
            "Send no pongs until this is switched off or the connection ends", checkable=True,
        )  # fmt: skip
        view.bridge.stateChanged.connect(self._enable)
        self._enable()

    def all(self) -> list[QAction]:
        """In the order of the menu, without the switch."""
        return [self.frame, self.close, self.reset, self.half_close, self.stop_reading, self.leave_pings]

    def show_frame(self) -> FrameDialog:
        """Show the dialog for frames by hand beside the window."""
        if self._dialog is None:
            self._dialog = FrameDialog(self._view.window())
            self._dialog.sendAsked.connect(self._send)
            self._enable()
        self._dialog.show()
        self._dialog.activateWindow()
        return self._dialog

    def switch_off(self) -> None:
        """Keep to the rules from now on."""
        if self.switch.isChecked():
            self.switch.trigger()

    def _action(
        self, name: str, text: str, slot: Callable[[], object], tip: str, *, checkable: bool = False
    ) -> QAction:
        return make_action(self, name, text, slot, tip=tip, checkable=checkable)

    def _switch(self) -> None:
        on = self.switch.isChecked()
        if not on:
            for toggle in (self.stop_reading, self.leave_pings):
                if toggle.isChecked():
                    toggle.trigger()
            if self._dialog is not None:
                self._dialog.close()
        self._enable()
        self.switched.emit(on)

    def _enable(self) -> None:
        state = self._session.state
        on, is_open = self.switch.isChecked(), state is ConnectionState.OPEN
        there = is_open or state is ConnectionState.CLOSING
        for action in self.all():
            action.setEnabled(on and is_open)
        self.frame.setEnabled(on)
        self.reset.setEnabled(on and there)
        if not there:
            self.stop_reading.setChecked(False)
            self.leave_pings.setChecked(False)
        if self._dialog is not None:
            self._dialog.set_ready(on and there)

    def _ask_close(self) -> None:
        dialog = CloseDialog(self._view.window(), title="Close with any code", any_code=True, sender="The inspector")
        dialog.chosen.connect(lambda code, reason: self._send(MadeFrame(8, close_payload(code, reason))))
        dialog.open()

    def _send(self, frame: MadeFrame) -> None:
        self._view.bridge.start(self._session.send_made(frame), "frame by hand")

    def _reset(self) -> None:
        self._now(self._session.reset)

    def _half_close(self) -> None:
        self._now(self._session.half_close)

    def _stop_reading(self) -> None:
        on = self.stop_reading.isChecked()
        self._now(lambda: self._session.stop_reading(on))

    def _leave_pings(self) -> None:
        on = self.leave_pings.isChecked()
        self._now(lambda: self._session.leave_pings(on))

    def _now(self, do: Callable[[], None]) -> None:
        try:
            do()
        except InspectorError as error:
            self._view.bridge.warned.emit("error", f"{error}")
            self._enable()
