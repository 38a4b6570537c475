"""What is answered: made from the request, always the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.local_tenant.answers.mood import mood, risk
from optave_inspector.local_tenant.answers.table import answer
from optave_inspector.local_tenant.answers.topics import find_topic
from optave_inspector.local_tenant.answers.wording import listed, sentences, shorten
from optave_inspector.protocol.actions import Action

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def conversation(*messages, names=("Jane", "Sam")):
    people = [
        {"participantId": "u", "displayName": names[0], "role": "user"},
        {"participantId": "o", "displayName": names[1], "role": "operator"},
    ]
    said = [{"participantId": who, "content": text} for who, text in messages]
    return {"scope": {"conversations": [{"participants": people, "messages": said}]}}


def answered(action, *parts, **request):
    for part in parts:
        request |= part
    return answer(action, {"session": {}, "request": request})


LATE = conversation(
    ("u", "My delivery is late and I am angry."), ("o", "Hello, sorry! Which order?"), ("u", "Order 12.")
)


@pytest.mark.parametrize("action", list(Action))
@given(value=JSON)
def test_no_payload_makes_an_answer_fail(action, value):
    names = ("attributes", "connections", "resources", "scope", "settings")
    for payload in (value, {"request": value, "session": value}, {"request": dict.fromkeys(names, value)}):
        given_ = answer(action, payload)
        assert isinstance(given_.content, str)


@pytest.mark.parametrize("action", list(Action))
@given(content=JSON, who=JSON)
def test_no_conversation_makes_an_answer_fail(action, content, who):
    scope = {
        "conversations": [content, {"participants": [who, {"participantId": "u", "role": who}], "messages": [content]}],
        "interactions": [{"content": content, "role": who}, who],
    }
    offers = {"offers": [content, {"id": who, "name": content}], "links": [content, {"url": content}]}
    first = answered(action, scope=scope, resources=offers)
    assert first == answered(action, scope=scope, resources=offers)


@pytest.mark.parametrize("action", list(Action))
def test_an_answer_is_no_longer_than_asked(action):
    whole = answered(action, LATE, attributes={"content": "text " * 30, "instruction": "change"})
    short = answered(
        action, LATE, attributes={"content": "text " * 30, "instruction": "change"}, settings={"maxResponseLength": 20}
    )
    assert len(whole.content) > 20 >= len(short.content)
    assert short.content.endswith("…")


@pytest.mark.parametrize("limit", [0, -5, 0.5, "20", None, True, False])
def test_a_limit_that_is_none_shortens_nothing(limit):
    assert answered(Action.SUMMARIZE, LATE, settings={"maxResponseLength": limit}) == answered(Action.SUMMARIZE, LATE)


@pytest.mark.parametrize(
    ("instruction", "text", "expected"),
    [
        ("Make it shorter, please", "One thing. Two things. Three things.", "One thing. Two things."),
        ("more formal", "Hi, I'm sure we can't. It's ok!", "Good day, I am sure we cannot. It is ok."),
        ("friendlier", "Your parcel comes.", "Hi Jane, good to hear from you! Your parcel comes."),
        ("apologise", "It is late.", "We are sorry for the trouble. It is late."),
        ("as bullet points", "One. Two.", "- One.\n- Two."),
        ("shorter and friendlier", "A b. C d.", "Hi Jane, good to hear from you! A b."),
    ],
)
def test_adjust_follows_the_instruction(instruction, text, expected):
    given_ = answered(Action.ADJUST, LATE, attributes={"content": text, "instruction": instruction})
    assert given_.content == expected
    assert given_.details["changes"]


def test_adjust_adds_the_next_step_when_asked_for_more():
    given_ = answered(Action.ADJUST, LATE, attributes={"content": "Hello.", "instruction": "more detail"})
    assert given_.content.startswith("Hello. ")
    assert "carrier" in given_.content


def test_adjust_says_when_it_knows_no_way():
    given_ = answered(Action.ADJUST, attributes={"content": "Hello.", "instruction": "as a poem"})
    assert given_.content == "Hello.\n\n(Asked for: as a poem)"
    assert "knows no way" in given_.details["changes"][0]


def test_elevate_mends_a_draft_and_says_what():
    draft = "i am  SORRY ABOUT THIS!!! we will send it"
    given_ = answered(Action.ELEVATE, LATE, attributes={"content": draft})
    assert given_.content == "Hello Jane, I am sorry about this! We will send it."
    assert len(given_.details["feedback"]) == 5
    assert given_.details["score"] == 40


def test_elevate_adds_empathy_for_an_unhappy_customer():
    given_ = answered(Action.ELEVATE, LATE, attributes={"content": "Hello Jane. It comes tomorrow."})
    assert "sorry" in given_.content


def test_elevate_finds_nothing_in_a_good_draft():
    given_ = answered(
        Action.ELEVATE, conversation(("u", "Hi")), attributes={"content": "Hello Jane. It comes tomorrow."}
    )
    assert (given_.details["score"], given_.details["feedback"]) == (100, ["Nothing to mend."])
    assert answered(Action.ELEVATE, attributes={"content": "it comes"}).content == "Hello, It comes."


def test_interaction_replies_to_the_customer_by_name_mood_and_matter():
    links = {
        "resources": {
            "links": [{"label": "Tracking", "url": "https://x/t"}, {"label": "", "url": ""}, {"url": "https://x/h"}]
        }
    }
    given_ = answered(Action.INTERACTION, LATE, links)
    assert given_.content.startswith("Hello Jane. I am sorry")
    assert "Tracking (https://x/t) and https://x/h (https://x/h)" in given_.content
    assert given_.details["topic"] == "delivery"
    assert given_.details["sentiment"]["label"] == "negative"
    assert given_.details["nextSteps"]


def test_interaction_looks_at_the_whole_conversation_when_the_last_message_says_little():
    given_ = answered(Action.INTERACTION, conversation(("u", "My invoice!"), ("u", "Hello?")))
    assert given_.details["topic"] == "billing"
    assert answered(Action.INTERACTION, conversation(("u", "Hm."), names=("", ""))).content.startswith(
        "Hello. Thank you"
    )


def test_customerinteraction_gives_mood_and_risk():
    given_ = answered(
        Action.CUSTOMER_INTERACTION, conversation(("u", "This is terrible. I want to cancel and call my lawyer."))
    )
    assert given_.details["sentiment"]["label"] == "negative"
    assert given_.details["risk"] == {"level": "high", "score": 9, "signals": ["cancel", "lawyer"]}
    assert "'cancel' and 'lawyer'" in given_.content
    calm = answered(Action.CUSTOMER_INTERACTION, conversation(("u", "All good, thank you.")))
    assert (calm.details["risk"]["level"], calm.details["sentiment"]["label"]) == ("low", "positive")


def test_insights_sees_the_trend_and_how_the_agent_did():
    given_ = answered(
        Action.INSIGHTS,
        conversation(("u", "This is terrible."), ("o", "Hello, I am sorry. What happened?"), ("u", "Great, thanks!")),
    )
    assert given_.details["sentiment"]["trend"] == "rising"
    assert given_.details["agentPerformance"] == {
        "messages": 1, "averageWords": 6, "greeting": True, "empathy": True, "questions": True, "score": 100,
    }  # fmt: skip
    falling = answered(Action.INSIGHTS, conversation(("u", "Great."), ("o", "Ok."), ("u", "Terrible.")))
    assert falling.details["sentiment"]["trend"] == "falling"
    assert "without greeting" in falling.content
    assert answered(Action.INSIGHTS).details["agentPerformance"]["score"] == 0


@pytest.mark.parametrize(
    ("said", "department", "priority"),
    [
        ("I was charged twice on my invoice", "Billing", "normal"),
        ("The app crashed, I need it now", "Technical support", "high"),
        ("I want to cancel my contract, call my lawyer", "Customer retention", "high"),
        ("When can I book an appointment?", "Scheduling", "normal"),
        ("blue", "Customer service", "normal"),
    ],
)
def test_reception_routes_by_what_is_said(said, department, priority):
    given_ = answered(Action.RECEPTION, conversation(("u", said)))
    assert (given_.details["routing"]["department"], given_.details["routing"]["priority"]) == (department, priority)
    assert department in given_.content
    assert given_.details["question"] in given_.content


def test_summarize_names_speakers_and_keeps_the_points_in_order():
    given_ = answered(Action.SUMMARIZE, LATE)
    assert given_.content.startswith("Jane and Sam exchanged 3 messages.")
    assert given_.details["messageCount"] == 3
    assert "delivery is late" in given_.details["keyPoints"][0]
    assert given_.content.endswith("The last word is Jane's: Order 12.")
    assert answered(Action.SUMMARIZE, conversation(("u", "One."))).content == "Jane wrote one message.\n\n- Jane: One."
    assert "no messages" in answered(Action.SUMMARIZE, conversation()).content


def test_interactions_count_as_messages():
    interactions = [
        {"role": "System", "name": "", "content": "Call began."},
        {"role": "user", "name": "Bo", "content": "Refund!"},
    ]
    given_ = answered(Action.SUMMARIZE, scope={"interactions": interactions})
    assert given_.details["participants"] == ["system", "Bo"]


@pytest.mark.parametrize(
    ("parts", "tag", "language"),
    [
        ({"settings": {"overrideOutputLanguage": "fr-CA"}}, "fr-CA", "French"),
        ({"attributes": {"content": "Hi", "instruction": "Translate to German, please"}}, "de", "German"),
        ({"settings": {"overrideOutputLanguage": "tlh"}}, "tlh", "tlh"),
        ({}, "en", "English"),
    ],
)
def test_translate_says_into_which_language(parts, tag, language):
    given_ = answered(Action.TRANSLATE, LATE, parts)
    assert given_.details["targetLanguage"] == tag
    assert given_.content.startswith(f"Into {language} ({tag}).")


def test_translate_keeps_the_formatting_and_takes_the_session_language():
    payload = {
        "session": {"channel": {"language": "es"}},
        "request": {"attributes": {"content": "# Title\n\n- **one**"}},
    }
    given_ = answer(Action.TRANSLATE, payload)
    assert given_.content.endswith("\n\n# Title\n\n- **one**")
    assert given_.details["targetLanguage"] == "es"


def test_recommend_ranks_the_offers_by_the_conversation():
    offers = [
        "Gift card",
        {"id": 7, "title": "Express", "description": "delivery within an order"},
        {"colour": "red"},
        5,
    ]
    given_ = answered(Action.RECOMMEND, LATE, resources={"offers": offers})
    ranking = given_.details["recommendations"]
    assert [(judged["rank"], judged["name"]) for judged in ranking] == [
        (1, "Express"),
        (2, "Gift card"),
        (3, "Offer 3"),
        (4, "Offer 4"),
    ]
    assert (ranking[0]["id"], ranking[0]["matches"]) == (7, ["delivery", "order"])
    assert given_.content.startswith("1. Express: the conversation speaks of delivery and order.")


def test_recommend_without_offers_says_so():
    assert "no offers" in answered(Action.RECOMMEND, LATE).content


@pytest.mark.parametrize(
    ("said", "label", "signals"),
    [
        ("This is great", "positive", ("great",)),
        ("This is not good", "negative", ("not good",)),
        ("No problem at all", "positive", ("not problem",)),
        ("Good and bad", "neutral", ("good", "bad")),
        ("The table", "neutral", ()),
    ],
)
def test_mood_counts_words_and_turns_denied_ones_round(said, label, signals):
    assert (mood(said).label, mood(said).signals) == (label, signals)


def test_risk_grows_with_words_of_leaving_up_to_ten():
    assert risk("hello").level == "low"
    assert risk("refund").level == "medium"
    assert risk("cancel lawyer chargeback competitor refund").score == 10


def test_the_topic_with_the_most_keywords_wins():
    assert find_topic("refund my order, where is the package and the courier")[0].name == "delivery"


def test_shortened_text_ends_between_words_where_it_can():
    assert shorten("one two three", 9) == "one two…"
    assert shorten("onetwothree", 5) == "onet…"
    assert shorten("one", 3) == "one"


def test_sentences_end_in_every_script():
    assert sentences("One. Two!\n\nThree 你好。再见？Ok") == ["One.", "Two!", "Three 你好。", "再见？", "Ok"]


def test_a_list_reads_as_a_sentence():
    assert (listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])) == (
        "",
        "a",
        "a and b",
        "a, b and c",
    )
