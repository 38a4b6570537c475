"""Answers that turn a conversation into another text: summarize and translate."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from .answer import Answer
from .wording import listed, matter, sentences, shorten

if TYPE_CHECKING:
    from .asked import Asked

_POINTS = 3
_LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "et": "Estonian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
    "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian",
    "lv": "Latvian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sv": "Swedish", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
_TAGS = {name.lower(): tag for tag, name in _LANGUAGES.items()}


def summarize(asked: Asked) -> Answer:
    """Who spoke, the sentences that carry the most of the matter, and the last word."""
    if not asked.turns:
        return Answer("The conversation has no messages yet.", {"messageCount": 0, "keyPoints": [], "participants": []})
    speakers = list(dict.fromkeys(turn.speaker for turn in asked.turns))
    points = _key_points(asked)
    count = len(asked.turns)
    opening = f"{listed(speakers)} exchanged {count} messages." if count > 1 else f"{speakers[0]} wrote one message."
    last = asked.turns[-1]
    content = f"{opening}\n\n" + "\n".join(f"- {point}" for point in points)
    if count > 1:
        content += f"\n\nThe last word is {last.speaker}'s: {shorten(last.text, 160)}"
    return Answer(content, {"messageCount": count, "keyPoints": points, "participants": speakers})


def _key_points(asked: Asked) -> list[str]:
    spoken = [(turn.speaker, sentence) for turn in asked.turns for sentence in sentences(turn.text)]
    weights = Counter(matter(asked.text))
    ranked = sorted(range(len(spoken)), key=lambda place: -sum(weights[word] for word in set(matter(spoken[place][1]))))
    return [f"{spoken[place][0]}: {shorten(spoken[place][1], 200)}" for place in sorted(ranked[:_POINTS])]


def translate(asked: Asked) -> Answer:
    """Says into which language; the text itself stays, with its formatting, for want of a dictionary."""
    tag = _target(asked)
    language = _LANGUAGES.get(tag.split("-")[0].lower(), tag)
    text = asked.content or "\n".join(f"{turn.speaker}: {turn.text}" for turn in asked.turns)
    content = f"Into {language} ({tag}). The local tenant has no dictionary, so the words stay as they are:\n\n{text}"
    return Answer(content, {"targetLanguage": tag, "characters": len(text)})


def _target(asked: Asked) -> str:
    for word in re.findall(r"[^\W\d_]+", asked.instruction.lower()):
        if word in _TAGS:
            return _TAGS[word]
    return asked.language or "en"
