"""What a conversation is about, who deals with it, and what is usually said next."""

from __future__ import annotations

from dataclasses import dataclass

from .wording import vocabulary, words


@dataclass(frozen=True, slots=True)
class Topic:
    """One subject that customers write about."""

    name: str
    department: str
    keywords: frozenset[str]
    reply: str
    """A sentence for the customer."""
    next_step: str
    """What the agent does next."""
    question: str
    """What to ask while too little is known."""


def _topic(name: str, department: str, keywords: str, reply: str, next_step: str, question: str) -> Topic:
    return Topic(name, department, vocabulary(keywords), reply, next_step, question)


TOPICS = (
    _topic(
        "refund",
        "Billing",
        "refund refunded refunds money reimburse reimbursed chargeback return returned returning",
        "I have looked at your refund and will tell you today when the money leaves us.",
        "Check the payment and start the refund.",
        "Which order or payment is it about?",
    ),
    _topic(
        "billing",
        "Billing",
        "bill billed billing charge charged charges invoice invoiced overcharged pay paid payment price prices",
        "I am checking each line of your invoice and will correct what is wrong.",
        "Compare the invoice with the contract.",
        "What is the number of the invoice?",
    ),
    _topic(
        "delivery",
        "Logistics",
        "arrive arrived courier deliver delivered delivery order ordered package parcel ship shipped shipping "
        "track tracking",
        "I am asking the carrier where your order is and will send you the new date.",
        "Look up the shipment and ask the carrier.",
        "What is the number of the order?",
    ),
    _topic(
        "access",
        "Technical support",
        "access account email locked login logged log password passcode reset signin username verify",
        "I have a way back into your account: follow the link that I send you, and choose a new password.",
        "Verify the customer and send a reset link.",
        "Which address do you sign in with?",
    ),
    _topic(
        "technical fault",
        "Technical support",
        "app bug crash crashed crashes device error freezes install offline screen update website wifi works",
        "Let us find the fault together: please restart the device first and tell me what the screen says.",
        "Take down the device, the version and the error text.",
        "Which device and which version do you use?",
    ),
    _topic(
        "cancellation",
        "Customer retention",
        "cancel cancelled cancelling contract leave leaving subscription terminate unsubscribe",
        "I am sorry that you think of leaving; I can end the contract for you, or show you a plan that fits better.",
        "Read the contract's terms and offer an alternative.",
        "What made you decide to leave?",
    ),
    _topic(
        "appointment",
        "Scheduling",
        "appointment appointments book booked booking calendar date meet meeting reschedule schedule visit",
        "I have two times free for you and will hold both until you choose.",
        "Offer two times.",
        "Which day suits you best?",
    ),
    _topic(
        "product question",
        "Sales",
        "buy catalogue compare feature features interested model offer plan plans product products purchase upgrade",
        "I will gladly show you what fits your needs and what it costs.",
        "Ask for the needs and offer what fits.",
        "What do you want to use it for?",
    ),
)

GENERAL = _topic(
    "general question",
    "Customer service",
    "",
    "I am looking into it and will come back to you with an answer.",
    "Find out what the customer needs.",
    "How can we help you?",
)


def find_topic(text: str) -> tuple[Topic, tuple[str, ...]]:
    """The topic with the most keywords in ``text`` and these keywords; the general one where there are none."""
    spoken = dict.fromkeys(words(text))
    found = [(topic, tuple(word for word in spoken if word in topic.keywords)) for topic in TOPICS]
    best = max(found, key=lambda pair: len(pair[1]))
    return best if best[1] else (GENERAL, ())
