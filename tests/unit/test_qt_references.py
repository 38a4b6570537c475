"""The installed PySide6 keeps the references to None and True: a release that loses them aborts the app in minutes."""

import subprocess
import sys

PROGRAM = """
import sys
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

class Thing(QObject):
    happened = Signal(int)
    told = Signal(object, tuple)

app = QCoreApplication([])
thing = Thing()
timer = QTimer()
thing.happened.connect(lambda number: None)
thing.told.connect(lambda what, more: None)

def void_calls():
    thing.setObjectName("x")
    timer.setInterval(7)
    thing.killTimer(thing.startTimer(10_000))

def emits():
    thing.happened.emit(3)
    thing.told.emit("x", (1, 2))

# In small steps, for on a faulty release the process would abort before a long loop's end.
for name, work, value, rounds in (("None", void_calls, None, 2_000), ("True", emits, True, 2_000)):
    work()  # the first call fills PySide6's own tables
    before = sys.getrefcount(value)
    for done in range(1, rounds + 1):
        work()
        lost = before - sys.getrefcount(value)
        if abs(lost) > 50:
            print(f"{lost} references to {name} lost after {done} rounds")
            sys.stdout.flush()
            sys.exit(1)
print("sound")
"""


def test_no_reference_to_none_or_true_is_lost_over_thousands_of_calls() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=50, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "sound"), done.stdout + done.stderr
