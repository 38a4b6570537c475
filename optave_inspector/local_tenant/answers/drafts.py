"""Work on a text that the agent already has: adjust and elevate."""

from __future__ import annotations

import re
from collections.abc import Callable

from .answer import Answer
from .asked import Asked
from .mood import mood
from .topics import find_topic
from .wording import sentences, vocabulary, words

_LONG_FORMS = {
    "can't": "cannot",
    "won't": "will not",
    "don't": "do not",
    "doesn't": "does not",
    "didn't": "did not",
    "isn't": "is not",
    "aren't": "are not",
    "i'm": "I am",
    "i've": "I have",
    "i'll": "I will",
    "we're": "we are",
    "we've": "we have",
    "we'll": "we will",
    "you're": "you are",
    "it's": "it is",
    "that's": "that is",
    "hi": "good day",
    "hey": "good day",
}
_GREETINGS = frozenset({"hi", "hello", "dear", "hey", "good", "welcome", "greetings"})
_SORRY = frozenset({"sorry", "apologise", "apologize", "apologies", "understand"})


def adjust(asked: Asked) -> Answer:
    """The given text, changed as far as words of the instruction are understood."""
    wanted = set(words(asked.instruction))
    text = asked.content
    changes: list[str] = []
    for keywords, change, description in _CHANGES:
        changed = change(text, asked) if wanted & keywords else text
        if changed != text:
            changes.append(description)
            text = changed
    if not changes:
        text = f"{text}\n\n(Asked for: {asked.instruction})" if asked.instruction else text
        changes.append("kept the text: the local tenant knows no way to change it as asked")
    return Answer(text, {"changes": changes})


def elevate(asked: Asked) -> Answer:
    """The agent's draft without its slips, with what was mended and a score of the draft from 0 to 100."""
    text = asked.content
    feedback: list[str] = []
    for change, description in _MENDS:
        mended = change(text, asked)
        if mended != text:
            feedback.append(description)
            text = mended
    score = max(100 - 12 * len(feedback), 10)
    return Answer(text, {"feedback": feedback or ["Nothing to mend."], "score": score})


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shorter(text: str, _asked: Asked) -> str:
    parts = sentences(text)
    return " ".join(parts[: max((len(parts) + 1) // 2, 1)])


def _formal(text: str, _asked: Asked) -> str:
    def long_form(match: re.Match[str]) -> str:
        short = match[0]
        form = _LONG_FORMS.get(short.lower().replace("’", "'"))
        if form is None:
            return short
        return _capitalised(form) if short[0].isupper() else form

    return re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)?", long_form, text).replace("!", ".")


def _friendly(text: str, asked: Asked) -> str:
    greeting = f"Hi {asked.customer}, good to hear from you!" if asked.customer else "Hi there, good to hear from you!"
    return f"{greeting} {text}"


def _sorry(text: str, _asked: Asked) -> str:
    return f"We are sorry for the trouble. {text}"


def _longer(text: str, asked: Asked) -> str:
    return f"{text} {find_topic(asked.text or text)[0].reply}"


def _points(text: str, _asked: Asked) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences(text))


_Change = Callable[[str, Asked], str]
_CHANGES: tuple[tuple[frozenset[str], _Change, str], ...] = (
    (vocabulary("brief briefer concise condense crisp short shorten shorter"), _shorter, "made it shorter"),
    (vocabulary("formal polite politer professional serious"), _formal, "made it more formal"),
    (vocabulary("detail detailed details elaborate expand longer"), _longer, "added what happens next"),
    (vocabulary("apologise apologize apology empathetic empathy sorry"), _sorry, "added an apology"),
    (vocabulary("casual friendlier friendly kind kinder warm warmer"), _friendly, "made it friendlier"),
    (vocabulary("bullet bullets bulleted list points"), _points, "turned it into points"),
)


def _one_space(text: str, _asked: Asked) -> str:
    return re.sub(r"[ \t]{2,}", " ", text)


def _calm(text: str, _asked: Asked) -> str:
    quiet = re.sub(r"([!?])\1+", r"\1", text)
    return re.sub(r"\b[A-Z]{4,}(?:\s+[A-Z]{2,})+\b", lambda match: match[0].lower(), quiet)


def _capitals(text: str, _asked: Asked) -> str:
    text = re.sub(r"\bi\b(?!\.)", "I", text)
    return re.sub(r"(^|[.!?]\s+)([^\W\d_])", lambda match: match[1] + match[2].upper(), text)


def _full_stop(text: str, _asked: Asked) -> str:
    return text if not text or text[-1] in ".!?…:)。！？" else f"{text}."


def _greeting(text: str, asked: Asked) -> str:
    if not _GREETINGS.isdisjoint(words(text)[:2]):
        return text
    return f"Hello {asked.customer}, {text}" if asked.customer else f"Hello, {text}"


def _empathy(text: str, asked: Asked) -> str:
    if mood(asked.customer_text).label != "negative" or not _SORRY.isdisjoint(words(text)):
        return text
    return f"{text} I am sorry for the trouble this has caused you."


_MENDS: tuple[tuple[_Change, str], ...] = (
    (_one_space, "Removed doubled spaces."),
    (_calm, "Calmed down capitals and doubled marks, which read as shouting."),
    (_capitals, "Began each sentence with a capital letter."),
    (_full_stop, "Ended the last sentence with a full stop."),
    (_greeting, "Added a greeting."),
    (_empathy, "Added empathy, since the customer is unhappy."),
)
