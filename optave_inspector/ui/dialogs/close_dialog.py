"""Close the connection with a code and a reason of the user's choice."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from ...protocol.close_codes import MAX_REASON_BYTES, CloseCode, close_problem, explain
from ..widgets.look import set_look

_SUGGESTED = (*(int(code) for code in CloseCode if explain(code).sendable), 4000)


class CloseDialog(QDialog):
    """Asks for code and reason, explains the code, and refuses what may not be sent. Call ``open()``.

    With ``any_code`` whatever fits into a close frame is let through with a warning: for the local tenant's faults, and
    for ours on purpose; ``sender`` is whose it is.
    """

    chosen = Signal(int, str)
    """The user pressed Close connection: code and reason."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        title: str = "Close the connection",
        any_code: bool = False,
        sender: str = "The local tenant",
    ) -> None:
        super().__init__(parent)
        self._any_code = any_code
        self._sender = sender
        self.setObjectName("closeDialog")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._code = QComboBox()
        self._reason = QLineEdit()
        self._used = QLabel()
        self._explanation = QLabel()
        self._problem = QLabel()
        self._buttons = QDialogButtonBox()
        self._build()
        self._code.currentTextChanged.connect(self._check)
        self._reason.textChanged.connect(self._check)
        self._buttons.accepted.connect(self._accept)
        self._buttons.rejected.connect(self.reject)
        self.finished.connect(self.deleteLater)
        self._check()

    @property
    def code(self) -> int:
        """The code as chosen or typed; 0 while none is there."""
        digits = self._code.currentText().split(" ", 1)[0]
        return int(digits) if digits.isdecimal() else 0

    @property
    def reason(self) -> str:
        """The reason as typed."""
        return self._reason.text()

    def _build(self) -> None:
        code_label, reason_label = QLabel("C&ode"), QLabel("&Reason")
        code_label.setBuddy(self._code)
        reason_label.setBuddy(self._reason)
        self._code.setObjectName("closeCodeCombo")
        self._code.setAccessibleName("Close code")
        self._code.setEditable(True)
        self._code.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._code.setToolTip("Choose a code or type a number")
        self._code.setMinimumContentsLength(34)
        self._code.addItems([f"{code} {explain(code).name}" for code in _SUGGESTED])
        self._code.setCompleter(None)
        self._reason.setObjectName("closeReasonEdit")
        self._reason.setAccessibleName("Close reason")
        self._reason.setPlaceholderText("Optional; the other side can read it")
        self._used.setObjectName("closeReasonUsed")
        self._used.setProperty("role", "muted")
        self._used.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._explanation.setObjectName("closeExplanation")
        self._explanation.setWordWrap(True)
        self._problem.setObjectName("closeProblem")
        self._problem.setProperty("role", "problem")
        self._problem.setWordWrap(True)
        send = self._buttons.addButton("Close connection", QDialogButtonBox.ButtonRole.AcceptRole)
        send.setObjectName("closeConfirmButton")
        send.setAccessibleName("Close the connection with this code")
        send.setProperty("kind", "primary")
        cancel = self._buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setObjectName("closeCancelButton")
        cancel.setAccessibleName("Keep the connection open")
        self._send = send
        grid = QGridLayout()
        grid.setVerticalSpacing(8)
        grid.addWidget(code_label, 0, 0)
        grid.addWidget(self._code, 0, 1)
        grid.addWidget(reason_label, 1, 0)
        grid.addWidget(self._reason, 1, 1)
        grid.addWidget(self._used, 2, 1)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(grid)
        layout.addWidget(self._explanation)
        layout.addWidget(self._problem)
        layout.addStretch(1)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(460)
        self.resize(500, 290)

    def _check(self) -> None:
        code, reason = self.code, self.reason
        typed = self._code.currentText().strip()
        if code:
            info = explain(code)
            problem = self._problem_of(code, reason)
            about = f"{code} {info.name}: {info.meaning}"
            advice = f"\nA client that receives it: {info.advice_sentence} ({info.source})"
            self._explanation.setText(about + (advice if info.on_wire else ""))
        else:
            problem = (
                "Type a code as a number, or choose one."
                if not typed
                else f"{typed} is not a close code: type a number."
            )
            self._explanation.setText("")
        used = len(reason.encode(errors="surrogatepass"))
        self._used.setText(f"{used} of {MAX_REASON_BYTES} bytes")
        set_look(self._used, "role", "problem" if used > MAX_REASON_BYTES else "muted")
        set_look(self._reason, "problem", used > MAX_REASON_BYTES)
        set_look(self._code, "problem", bool(problem) and used <= MAX_REASON_BYTES)
        warning = close_problem(code, reason) if code and not problem else ""
        if warning:
            problem_shown = f"⚠ {code} breaks the rules of RFC 6455. {self._sender} sends it all the same."
        else:
            problem_shown = f"⚠ {problem}" if problem else ""
        set_look(self._problem, "role", "warning" if warning else "problem")
        self._problem.setText(problem_shown)
        self._problem.setVisible(bool(problem_shown))
        self._send.setEnabled(not problem)

    def _problem_of(self, code: int, reason: str) -> str:
        if not self._any_code:
            return close_problem(code, reason)
        if not 0 < code <= 0xFFFF:
            return "A close code is a number from 1 to 65535."
        # A code that may be sent leaves only the reason to be judged.
        return close_problem(CloseCode.NORMAL_CLOSURE, reason)

    def _accept(self) -> None:
        if not self._send.isEnabled():
            return
        self.chosen.emit(self.code, self.reason)
        self.accept()
