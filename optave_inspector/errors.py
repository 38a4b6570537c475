"""The base of the errors that are shown to the user as they are."""


class InspectorError(Exception):
    """An error that the user can act on.

    ``str(error)`` is a whole sentence for the message bar; ``hint`` says what to do next.
    Programming errors are never of this class.
    """

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint

    @property
    def sentence(self) -> str:
        """What went wrong, in words."""
        return str(self.args[0])

    def __str__(self) -> str:
        return f"{self.sentence} {self.hint}".strip()
