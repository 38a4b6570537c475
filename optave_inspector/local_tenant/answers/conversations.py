"""Answers that judge a conversation: interaction, customerinteraction, insights and reception."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .answer import Answer
from .mood import mood, risk
from .topics import find_topic
from .wording import listed, vocabulary, words

if TYPE_CHECKING:
    from .asked import Asked, Turn

_GREETINGS = frozenset({"hi", "hello", "dear", "good", "welcome"})
_EMPATHY = frozenset({"sorry", "understand", "apologise", "apologize", "apologies", "appreciate"})
_URGENT = vocabulary("asap emergency immediately now today urgent urgently")
_OPENINGS = {
    "negative": "I am sorry for the trouble, and thank you for telling us.",
    "neutral": "Thank you for your message.",
    "positive": "Thank you for your kind words.",
}


def interaction(asked: Asked) -> Answer:
    """A reply to the customer, with the mood and the next step."""
    said = asked.last_customer_text or asked.content
    feeling = mood(asked.customer_text or asked.content)
    topic, keywords = find_topic(said)
    if not keywords:
        topic, keywords = find_topic(asked.text)
    greeting = f"Hello {asked.customer}." if asked.customer else "Hello."
    parts = [greeting, _OPENINGS[feeling.label], topic.reply]
    if asked.links:
        parts.append("You may find this useful: " + listed([f"{label} ({url})" for label, url in asked.links]) + ".")
    details = {
        "sentiment": feeling.as_json(),
        "topic": topic.name,
        "keywords": list(keywords),
        "nextSteps": [topic.next_step],
    }
    return Answer(" ".join(parts), details)


def customer_interaction(asked: Asked) -> Answer:
    """The customer's mood and the risk of losing them."""
    said = asked.customer_text or asked.content
    feeling, danger = mood(said), risk(said)
    topic, _ = find_topic(said)
    who = asked.customer or "The customer"
    because = f" because of {listed([repr(word) for word in danger.signals])}" if danger.signals else ""
    content = (
        f"{who} sounds {feeling.label} ({feeling.score:+.2f}). "
        f"The risk of losing them is {danger.level}{because}. The matter is a {topic.name}: {topic.next_step}"
    )
    details = {"sentiment": feeling.as_json(), "risk": danger.as_json(), "topic": topic.name}
    return Answer(content, details)


def insights(asked: Asked) -> Answer:
    """How the customer's mood went and how the agent did; suggests nothing."""
    customer = [turn for turn in asked.turns if turn.by_customer]
    agent = [turn for turn in asked.turns if not turn.by_customer]
    overall = mood(asked.customer_text)
    first = mood(customer[0].text) if customer else overall
    last = mood(customer[-1].text) if customer else overall
    trend = "rising" if last.score > first.score else "falling" if last.score < first.score else "level"
    performance = _performance(agent)
    did = [name for name in ("greeting", "empathy", "questions") if performance[name]]
    content = (
        f"Customer: {overall.label} ({overall.score:+.2f}), {trend} from the first message to the last. "
        f"Agent: {performance['messages']} of {len(asked.turns)} messages, "
        f"{performance['averageWords']} words each on average, "
        f"{'with ' + listed(did) if did else 'without greeting, empathy or questions'}; "
        f"score {performance['score']} of 100."
    )
    details = {"sentiment": overall.as_json() | {"trend": trend}, "agentPerformance": performance}
    return Answer(content, details)


def _performance(agent: list[Turn]) -> dict[str, int | bool]:
    spoken = [word for turn in agent for word in words(turn.text)]
    greeting = bool(agent) and not _GREETINGS.isdisjoint(words(agent[0].text)[:3])
    empathy = not _EMPATHY.isdisjoint(spoken)
    questions = any("?" in turn.text for turn in agent)
    return {
        "messages": len(agent),
        "averageWords": round(len(spoken) / len(agent)) if agent else 0,
        "greeting": greeting,
        "empathy": empathy,
        "questions": questions,
        "score": 40 + 20 * (greeting + empathy + questions) if agent else 0,
    }


def reception(asked: Asked) -> Answer:
    """Where a first contact goes, how urgent it is, and what to ask."""
    said = asked.customer_text or asked.text or asked.content
    topic, keywords = find_topic(said)
    urgent = not _URGENT.isdisjoint(words(said)) or risk(said).level == "high"
    confidence = round(min(0.4 + 0.2 * len(keywords), 0.95), 2) if keywords else 0.1
    why = (
        f"it speaks of {listed([repr(word) for word in keywords])}"
        if keywords
        else "nothing points to another department"
    )
    content = (
        f"Route to {topic.department} with {'high' if urgent else 'normal'} priority: {why}. "
        f"Ask the customer: {topic.question}"
    )
    routing = {
        "department": topic.department,
        "topic": topic.name,
        "priority": "high" if urgent else "normal",
        "confidence": confidence,
        "keywords": list(keywords),
    }
    return Answer(content, {"routing": routing, "question": topic.question})
