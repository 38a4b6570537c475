"""No secret leaves: canaries in every place that one may stand in; and nothing else changes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from optave_inspector.capture.entry import EntryKind
from optave_inspector.capture.json_paths import PathError
from optave_inspector.capture.redaction import RedactionRules, Redactor, preview
from optave_inspector.capture.store import CaptureStore
from optave_inspector.protocol.codec import peek

if TYPE_CHECKING:
    from pathlib import Path

    from optave_inspector.capture.entry import Entry

MakeEntry = Callable[..., "Entry"]


def jwt(part: str) -> str:
    def coded(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{coded({'alg': 'HS256', 'typ': 'JWT'})}.{coded({'sub': part, 'exp': 1})}.{coded(part * 3)}"


JWT = jwt("canary")
OPAQUE = "canary-0paque-7f3a9b2c"
PHRASE = 'canary phrase/with "quotes" and ü'


def redacted(
    entry_of: MakeEntry, payload: bytes | str, rules: RedactionRules | None = None, **fields: object
) -> tuple[str, Entry]:
    data = payload.encode() if isinstance(payload, str) else payload
    redactor = Redactor(rules, fields.pop("known", ()))  # type: ignore[arg-type]
    done = redactor.redact(entry_of(1, data, **fields), data)
    return done.payload.decode("utf-8", "surrogateescape"), done.entry


IN_TEXT = [
    "wss://ws-a.example/?OptaveTraceChatSessionId=1&Authorization={}",
    "wss://ws-a.example/?Authorization={}&x=1",
    "POST /token?grant_type=client_credentials&client_id=me&client_secret={}",
    "https://h/?access_token={}#x",
    "https://h/#access_token={}&state=1",
    "https://h/?cod%65={}",
    "https://h/?access%5Ftoken={}",
    "https://h/?ticket={}",
    "client_secret={}&grant_type=client_credentials",
    "client_secret%3D{}",
    "grant_type=refresh_token&refresh_token={}",
    "https://user:{}@h/",
    "GET / HTTP/1.1\r\nAuthorization: Bearer {}\r\nHost: h\r\n",
    "authorization: {}",
    "Proxy-Authorization: Basic {}\n",
    "Authorization: AWS4-HMAC-SHA256 Credential=x, Signature={}",
    "Sec-WebSocket-Protocol: optave-v1, {}",
    "Sec-WebSocket-Protocol: optave-v1,{}",
    "Cookie: a=b; session={}",
    'Cookie: a="b"; session={}',
    "Set-Cookie: session={}; HttpOnly",
    "the token is Bearer {} and so on",
    "password: {}",
    "my passphrase = {}",
    "{{'access_token': '{}'}}",
    "{{'client_secret': b'{}'}}",
    "api_key={}",
    "X-Api-Key: {}",
    'x\u0000{{\\"client_secret\\":\\"{}\\"}}',
    '{{"client_secret":"{}"',
    '{{"a":1 "password":"{}"}}',
    '{{password: "{}"}}',
    '[{{"client_secret":"{}"}}, {{]',
    '{{"client_secret":"{}',
    'data: {{"access_token":"{}"}}\n\n',
]


@pytest.mark.parametrize("form", IN_TEXT)
@pytest.mark.parametrize("secret", [JWT, OPAQUE])
@pytest.mark.parametrize("kind", [EntryKind.TEXT, EntryKind.BINARY, EntryKind.STATE, EntryKind.CLOSE, EntryKind.RAW])
def test_no_secret_is_left_in_text(entry_of: MakeEntry, form: str, secret: str, kind: EntryKind) -> None:
    text = form.format(secret)
    clean, entry = redacted(entry_of, text, kind=kind, summary=text[:199])
    for place in (clean, entry.summary):
        assert secret not in place
        assert "canary" not in place
    assert "‹" in clean
    before, after = form.format("\0\0").split("\0\0")
    shared = before if not any(word in form for word in ("Credential", "ookie", "user:")) else ""
    assert clean.startswith(shared)
    assert clean.endswith(after) or after[:1] in {";", "#"}


def members(secret: Any) -> list[Any]:
    return [
        *({key: secret} for key in ("client_secret", "access_token", "refresh_token", "id_token", "password", "token")),
        *({key: secret} for key in ("clientSecret", "ACCESS-TOKEN", "apiKey", "x-api-key", "userPassword", "jwt")),
        {"Authorization": secret},
        {"authorization": f"Bearer {secret}"},
        {"headers": {"Cookie": f"a={secret}"}},
        {"headers": [{"name": "Cookie", "value": f"a={secret}"}]},
        {"headers": [{"value": secret, "comment": "x", "name": "X-Api-Key"}]},
        {"headers": [["Set-Cookie", f"a={secret}"]]},
        {"Set-Cookie": [f"a={secret}", f"b={secret}"]},
        {"Sec-WebSocket-Protocol": f"optave-v1, {secret}"},
        {"Sec-WebSocket-Protocol": ["optave-v1", secret]},
        {"credentials": {"deep": [{"er": secret}]}},
        {"postData": f"client_secret={quote(str(secret))}&x=1"},
        {"body": json.dumps({"client_secret": secret})},
        {"body": json.dumps({"body": json.dumps({"refresh_token": secret})})},
        {"url": f"wss://h/?Authorization={quote(str(secret))}"},
    ]


@pytest.mark.parametrize("value", members(PHRASE) + members(JWT) + members(OPAQUE) + members("canary:ü"))
@pytest.mark.parametrize("ascii_only", [True, False])
def test_no_secret_is_left_in_json(entry_of: MakeEntry, value: Any, ascii_only: bool) -> None:
    text = json.dumps({"before": ["x", 1.50, None], "in": value, "after": "y"}, ensure_ascii=ascii_only, indent=1)
    clean, _ = redacted(entry_of, text)
    assert "canary" not in clean
    again = json.loads(clean)
    assert again["before"] == ["x", 1.50, None]
    assert again["after"] == "y"


@pytest.mark.parametrize(
    "text",
    [
        '{"client\\u005fsecret":"canary"}',
        '{"\\u0063lient_secret":"canary"}',
        '{"a":"https://h/?access_token\\u003dcanary0paque"}',
        '{"a":"' + JWT.replace("e", "\\u0065", 1) + '"}',
        '{"a":"' + "".join(f"\\u{ord(letter):04x}" for letter in f"Bearer {JWT}") + '"}',
        '\ufeff{"password":"canary"}',
        ' \n[{"password":"canary"}]',
        '{"password":"canary","password":"canary"}',
        '{"a":{"password":"canary"},"a":1}',
        '"access_token=canary"',
    ],
)
def test_no_spelling_hides_a_secret(entry_of: MakeEntry, text: str) -> None:
    clean, _ = redacted(entry_of, text)
    assert "canary" not in clean
    assert "\\u0065yJ" not in clean
    assert "‹" in clean
    json.loads(clean.removeprefix("\ufeff"))


@pytest.mark.parametrize("filler", ["plain words, ", 'a \\"quote\\" ', "\\u00fc\\ud83d\\ude00"])
def test_no_length_hides_a_secret(entry_of: MakeEntry, filler: str) -> None:
    long = filler * (2_200_000 // len(filler))
    text = f'{{"a":"{long} Bearer {JWT} {long} password=canary {long}","token":"{OPAQUE}"}}'
    clean, _ = redacted(entry_of, text)
    assert clean == text.replace(JWT, "‹token-1›").replace("=canary", "=‹password-1›").replace(OPAQUE, "‹token-2›")


def test_a_number_under_a_secret_key_becomes_a_text(entry_of: MakeEntry) -> None:
    clean, _ = redacted(entry_of, '{"password": 1234, "token":null,"secret":true, "x": 5, "jwt": 482913}')
    assert clean == '{"password": "‹password-1›", "token":null,"secret":true, "x": 5, "jwt": "‹token-1›"}'


def test_times_and_counts_of_tokens_stay(entry_of: MakeEntry) -> None:
    text = '{"timingsMs":{"token":1.5},"usage":{"token":1200}}'
    assert redacted(entry_of, text)[0] == text


def test_equal_secrets_stay_equal_however_they_stand(entry_of: MakeEntry) -> None:
    text = json.dumps(
        {
            "url": f"wss://h/?Authorization={quote(PHRASE, safe='')}",
            "Authorization": f"Bearer {PHRASE}",
            "token": PHRASE,
            "other": JWT,
            "again": f"Bearer {JWT}",
            "Sec-WebSocket-Protocol": f"optave-v1,{JWT}",
        }
    )
    clean, _ = redacted(entry_of, text, kind=EntryKind.HANDSHAKE)
    assert json.loads(clean) == {
        "url": "wss://h/?Authorization=‹token-1›",
        "Authorization": "Bearer ‹token-1›",
        "token": "‹token-1›",
        "other": "‹token-2›",
        "again": "Bearer ‹token-2›",
        "Sec-WebSocket-Protocol": "optave-v1,‹token-2›",
    }


def test_placeholders_are_numbered_as_secrets_first_appear_over_all_entries(entry_of: MakeEntry) -> None:
    redactor = Redactor()
    seen = []
    for number, secret in enumerate(["b", "a", "b", "c"], 1):
        payload = f'{{"token":"{secret}","password":"{secret}{secret}"}}'.encode()
        seen.append(redactor.redact(entry_of(number, payload), payload).payload.decode())
    assert seen == [
        '{"token":"‹token-1›","password":"‹password-1›"}',
        '{"token":"‹token-2›","password":"‹password-2›"}',
        '{"token":"‹token-1›","password":"‹password-1›"}',
        '{"token":"‹token-3›","password":"‹password-3›"}',
    ]
    assert redactor.different == 6


def test_an_opaque_token_of_a_handshake_is_recognised_wherever_it_is_echoed(entry_of: MakeEntry) -> None:
    redactor = Redactor()
    handshake = json.dumps({"request": {"Sec-WebSocket-Protocol": f"optave-v1, {OPAQUE}"}}).encode()
    redactor.redact(entry_of(1, handshake, kind=EntryKind.HANDSHAKE), handshake)
    reason = b"\x03\xf0unknown " + OPAQUE.encode()
    closed = redactor.redact(
        entry_of(2, reason, kind=EntryKind.CLOSE, summary=f"policy · unknown {OPAQUE[:10]}…"), reason
    )
    assert closed.payload == b"\x03\xf0unknown " + "‹token-1›".encode()
    assert closed.entry.summary == "policy · unknown ‹token-1›…"


@pytest.mark.parametrize("form", ["{}", "x{}y", '{{"text":"so {} it is"}}', "%22{}%22"])
def test_secrets_that_the_caller_knows_go_wherever_they_stand(entry_of: MakeEntry, form: str) -> None:
    clean, entry = redacted(entry_of, form.format("hunter2!"), known=["hunter2!"], summary="hunt hunter2! hunter…")
    assert "hunter" not in clean
    assert entry.summary != "hunt hunter2! hunter…"
    assert redacted(entry_of, form.format("hunter2%21"), known=["hunter2!"])[0].count("hunter") == 0


def test_what_is_masked_already_and_placeholders_stay_as_they_are(entry_of: MakeEntry) -> None:
    text = json.dumps(
        {
            "url": "wss://h/?Authorization=••••&x=1",
            "request": {
                "Sec-WebSocket-Protocol": "optave-v1, •••• (212 characters)",
                "Authorization": "Bearer ‹token-7›",
                "Cookie": "•••• (5 characters)",
            },
            "password": "‹password-3›",
            "body": "client_secret=‹secret-1›",
        },
        ensure_ascii=False,
    )
    payload = text.encode()
    entry = entry_of(1, payload, kind=EntryKind.HANDSHAKE)
    done = Redactor().redact(entry, payload)
    assert done.payload is payload
    assert done.entry is entry
    assert done.removals == []


ORDINARY = [
    "I forgot my password",
    "The tokens are in the box.",
    "Ask the bearer of this letter; basic understanding is enough.",
    "the secret of good tea",
    "eye-catching.example.org and ewe-milk.shop.example",
    "How do I change my password? It says that cookies are off",
    '{"text":"they said: sign here = there","ticket":"12","signature":"Kind regards","code":1011}',
    '{"tokens":{"prompt":12,"completion":15},"maxTokens":100}',
    "https://example.org/?page=2&sort=code",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays_as_it_is(entry_of: MakeEntry, text: str) -> None:
    assert redacted(entry_of, text)[0] == text


@pytest.mark.parametrize("text", ["Anna@müller-söhne.de", "anna.b+c@x.example.org", "o'neil@x.io", "anna%40x.io"])
def test_mail_addresses_go_where_asked(entry_of: MakeEntry, text: str) -> None:
    rules = RedactionRules(mail_addresses=True)
    for payload in (f"write to {text}.", json.dumps({"a": f"<{text}>"}), json.dumps({text: 1})):
        assert text.partition("@")[0].partition("%")[0] not in redacted(entry_of, payload, rules)[0]
        assert redacted(entry_of, payload)[0] == payload


@pytest.mark.parametrize(
    "number",
    [
        "+49 30 1234567",
        "+1 (212) 555-0199",
        "0049301234567",
        "030/123 45 67",
        "(030) 1234567",
        "212-555-0199",
        "089 1234-567",
    ],
)
def test_phone_numbers_go_where_asked(entry_of: MakeEntry, number: str) -> None:
    rules = RedactionRules(phone_numbers=True)
    for form in ("call {}.", "tel:{}", '{{"a":"{}"}}', "Tel. {}, thanks", "{}"):
        text = form.format(number.replace("/", "\\/") if form.startswith("{{") else number)
        clean = redacted(entry_of, text, rules)[0]
        assert clean == form.format("‹phone-1›")


@pytest.mark.parametrize(
    "text",
    [
        '{"id":"0190b3aa-7000-7000-8000-000000000001","t":1767323045678}',
        "01900000-7000-7000-8000-000000000001",
        "2026-01-02T03:04:05.678901+00:00 took 0.01234567 s",
        "2026-01-02 03:04:05",
        "192.168.100.200:443 and 10.0.0.1",
        "CASE-2026-004817 of 04.05.2026",
        "3.14159265358979",
    ],
)
def test_times_and_identifiers_are_no_phone_numbers(entry_of: MakeEntry, text: str) -> None:
    assert redacted(entry_of, text, RedactionRules(phone_numbers=True))[0] == text


def test_names_go_as_whole_words_in_any_case(entry_of: MakeEntry) -> None:
    rules = RedactionRules(names=("Anna Müller", "Acme", " ", "C++"))
    clean, _ = redacted(entry_of, "ANNA MÜLLER, anna\nmüller; Acme's Acmeville acme. C++!", rules)
    assert clean == "‹name-1›, ‹name-1›; ‹name-2›'s Acmeville ‹name-2›. ‹name-3›!"
    escaped, _ = redacted(entry_of, '{"a":"Anna M\\u00fcller","b":"\\u0041cme \\/ Anna\\nM\\u00dcLLER"}', rules)
    assert escaped == '{"a":"‹name-1›","b":"‹name-2› \\/ ‹name-1›"}'


def test_json_paths_take_whole_members(entry_of: MakeEntry) -> None:
    text = (
        '{"a": {"b": ["x", {"c": 1.5e3, "d": null}], "e": true}, "list":[{"m":"1","n":2},{"m":"3"}], "x y":"z", "":"0"}'
    )
    for path, expected in {
        "$.a.b": text.replace('"x"', '"‹value-1›"', 1).replace("1.5e3", '"‹value-2›"'),
        "a.b[1].c": text.replace("1.5e3", '"‹value-1›"'),
        "$.a.e": text.replace("true", '"‹value-1›"'),
        "$.list[*].m": text.replace('"1"', '"‹value-1›"').replace('"3"', '"‹value-2›"'),
        "$.list[1]": text.replace('"3"', '"‹value-1›"'),
        "$..n": text.replace("2}", '"‹value-1›"}'),
        "$['x y']": text.replace('"z"', '"‹value-1›"'),
        '$[""]': text.replace('"0"', '"‹value-1›"'),
        "$.*": None,
        "$.nothing.here": text,
        "$.a.b[7]": text,
    }.items():
        clean, _ = redacted(entry_of, text, RedactionRules(json_paths=(path,)))
        if expected is not None:
            assert clean == expected, path
    everything, _ = redacted(entry_of, text, RedactionRules(json_paths=("$.*",)))
    assert everything.count("‹value-") == 8
    assert json.loads(everything)["a"]["b"][1]["d"] is None


@pytest.mark.parametrize("path", ["", "$", " ", ".a", "$a", "$.a[", "$.a[x]", "$.a..", "$.a b", "$.a[-1]", "$.'a'"])
def test_a_path_that_makes_no_sense_is_said(path: str) -> None:
    with pytest.raises(PathError) as caught:
        Redactor(RedactionRules(json_paths=(path,)))
    assert caught.value.hint


def test_what_the_log_shows_of_a_message_goes_with_it(entry_of: MakeEntry) -> None:
    content = "Please call me back under the number that I gave you " * 8
    text = json.dumps(
        {
            "headers": {"correlationId": "corr-1", "traceId": "trace-1", "action": "interaction"},
            "action": "interaction",
            "payload": {"session": {}, "request": {"attributes": {"content": content}}},
        }
    )
    seen = peek(text.encode(), is_text=True)
    assert seen.summary.startswith("Please call me")
    fields = {"summary": seen.summary, "correlation_id": seen.correlation_id, "action": seen.action}
    clean, entry = redacted(
        entry_of, text, RedactionRules(json_paths=("$.payload.request", "$.headers.correlationId")), **fields
    )
    assert "Please" not in clean
    assert entry.summary.startswith("‹value-")
    assert entry.correlation_id.startswith("‹value-")
    assert entry.action == seen.action == "interaction"


def test_fields_and_notes_are_looked_through_too(entry_of: MakeEntry) -> None:
    payload = b"{}"
    entry = entry_of(3, payload, summary=f"got {JWT[:60]}…", correlation_id=f"Bearer {OPAQUE}", action="adjust")
    done = Redactor().redact(entry, payload, f"my client_secret={OPAQUE}")
    assert "canary" not in done.entry.correlation_id
    assert "eyJ" not in done.entry.summary
    assert done.note == "my client_secret=‹token-2›" or "canary" not in (done.note or "")
    assert [removal.place for removal in done.removals] == ["correlation_id", "summary", "note"]
    assert entry.correlation_id == f"Bearer {OPAQUE}", "the capture's own entry must not change"


def test_any_text_gets_the_placeholders_of_the_export() -> None:
    redactor = Redactor()
    assert redactor.clean(f"Bearer {JWT} and password=x1") == "Bearer ‹token-1› and password=‹password-1›"
    assert redactor.clean(f"again {JWT}") == "again ‹token-1›"
    assert redactor.clean("") == ""
    assert redactor.clean("nothing in here") == "nothing in here"


def test_a_preview_lists_each_removal_before_anything_leaves(
    tmp_path: Path, entry_of: MakeEntry, fill: Callable[..., None]
) -> None:
    store = CaptureStore.create(tmp_path / "a.optave-capture")
    payloads = [f'{{"token":"{OPAQUE}","x":["{JWT}","{JWT} {JWT}"]}}'.encode(), b"plain", f"Bearer {JWT}".encode()]
    fill(store, [(entry_of(number, payload), payload) for number, payload in enumerate(payloads, 1)])
    store.set_bookmark(2, f"see {JWT}")
    told: list[tuple[int, int]] = []
    found = list(preview(store, Redactor(), None, lambda done, total: told.append((done, total))))
    assert [(each.number, each.place, each.kind, each.placeholder, each.count) for each in found] == [
        (1, "payload $.token", "token", "‹token-1›", 1),
        (1, "payload $.x[0]", "token", "‹token-2›", 1),
        (1, "payload $.x[1]", "token", "‹token-2›", 2),
        (2, "note", "token", "‹token-2›", 1),
        (3, "payload", "token", "‹token-2›", 1),
    ]
    assert told[-1] == (3, 3)
    assert [each.number for each in preview(store, Redactor(), [3])] == [3]
    store.close()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
ALL_RULES = RedactionRules(True, True, ("Anna", "Ü"), ("$..a", "$.x[*]"))


@settings(max_examples=300, deadline=None)
@given(st.binary())
@example(b'{"token":"')
@example(b'"' * 1_000)
@example(b"[" * 20_000)
@example(b'{"a":' * 2_000)
@example(b'[["a@b.de",' * 2_000)
@example(b'{"token":"\\')
@example(b'\xff{"password":"\xff\xfe"}')
def test_any_bytes_can_be_redacted(data: bytes) -> None:
    from optave_inspector.capture.entry import Entry

    for kind in (1, 2, 8, 16, 18):
        Redactor(ALL_RULES, ["known secret"]).redact(Entry(1, 1, 0, kind, 1, 1, len(data), 1), data, "note")


@settings(max_examples=300, deadline=None)
@given(JSON, st.booleans(), st.sampled_from([None, 0, 1]))
def test_json_stays_json_and_only_secrets_change(value: Any, ascii_only: bool, indent: int | None) -> None:
    from optave_inspector.capture.entry import Entry

    whole = {"token": OPAQUE, "rest": value, "last": f"Bearer {JWT}"}
    try:
        data = json.dumps(whole, ensure_ascii=ascii_only, indent=indent).encode()
    except UnicodeEncodeError:
        return
    done = Redactor().redact(Entry(1, 1, 0, 1, 1, 1, len(data), 1), data)
    text = data.decode()
    assert done.payload.decode() == text.replace(OPAQUE, "‹token-1›").replace(JWT, "‹token-2›")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*IN_TEXT[:20], "plain words, ünd mehr ", "\n", "{}"]), max_size=6), st.booleans())
def test_nothing_but_the_canary_goes(pieces: list[str], is_json: bool) -> None:
    from optave_inspector.capture.entry import Entry

    text = "\n".join(piece.format(JWT) for piece in pieces)
    data = (json.dumps({"text": text}) if is_json else text).encode()
    done = Redactor().redact(Entry(1, 1, 0, 1, 1, 1, len(data), 1), data)
    assert JWT.encode() not in done.payload
    if JWT not in text:
        assert done.payload == data
