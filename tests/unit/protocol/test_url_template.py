"""URL templates."""

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from optave_inspector.protocol.url_template import (
    DEFAULT_AUTH_TEMPLATE,
    DEFAULT_TEMPLATE,
    HTTP_SCHEMES,
    UrlTemplate,
    UrlTemplateError,
)


def refusal(text: str, **values: str) -> UrlTemplateError:
    with pytest.raises(UrlTemplateError) as caught:
        UrlTemplate.parse(text).expand(values)
    assert str(caught.value).endswith(".")
    return caught.value


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "The URL is empty"),
        ("  \n", "The URL is empty"),
        ("ws-acme.oco.optave.tech", "must begin with wss:// or ws://"),
        ("wss:host", "must begin with"),
        ("://host", "must begin with"),
        ("1ws://host", "must begin with"),
        ("http://host", "begins with http://"),
        ("{scheme}://host", "written out, not with a field"),
        ("{url}", "written out, not with a field"),
        ("wss://", "has no host"),
        ("wss:///path", "has no host"),
        ("wss://:8765", "has no host"),
        ("wss://?x=1", "has no host"),
        ("wss://user@host", "user name or password"),
        ("wss://user:{secret}@host", "user name or password"),
        ("wss://host#part", "fragment"),
        ("wss://host/{a}#{b}", "fragment"),
        ("wss://host:99999", "port must be a number"),
        ("wss://host:0", "port must be a number"),
        ("wss://host:http", "port must be a number"),
        ("wss://host:1{port}x", "port must be a number"),
        ("wss://[::1", "no name and no IP address"),
        ("wss://[nonsense]", "no name and no IP address"),
        ("wss://ho%73t", "The host must not have a percent sign"),
        ("wss://ho st", "a space"),
        ("wss://host/a b", "a space"),
        ("wss://host/\tx", "a tab"),
        ("wss://höst", "the character ö"),
        ("wss://host\\path", "a backslash"),
        ("wss://host/\u202e", "U+202E"),
        ('wss://host/"', 'the character "'),
        ("wss://host/%zz", "two hexadecimal digits"),
        ("wss://host/%4", "two hexadecimal digits"),
        ("wss://{{tenant}.host", "braces"),
        ("wss://{tenant}}.host", "braces"),
        ("wss://{}.host", "braces"),
        ("wss://{{}}.host", "braces"),
        ("wss://{a b}.host", "braces"),
        ("wss://{1a}.host", "braces"),
        ("wss://{tenant.host", "braces"),
        ("wss://tenant}.host", "braces"),
        ("wss://{{{tenant}}}.host", "braces"),
    ],
)
def test_a_template_that_makes_no_url_is_refused_in_words(text: str, part: str) -> None:
    error = refusal(text)
    assert part in str(error)
    assert error.field == ""


@pytest.mark.parametrize(
    "value",
    [
        "a/b",
        "a?b",
        "a#b",
        "a@b",
        "a:b",
        "a b",
        "a\n",
        "a%41",
        "a\\b",
        "a;b",
        "ä",
        "a\x00",
        "\u2024",
        "a&b",
        "a=b",
        "{x}",
    ],
)
@pytest.mark.parametrize(
    "text", ["wss://ws-{tenant}.host", "wss://{tenant}", "wss://host/{tenant}", "wss://host?x={tenant}"]
)
def test_a_value_that_would_change_the_url_is_refused_by_its_fields_name(text: str, value: str) -> None:
    error = refusal(text, tenant=value)
    assert error.field == "tenant"
    assert str(error).startswith("tenant must not have ")


def test_what_is_wrong_with_a_value_is_named() -> None:
    assert "a slash" in str(refusal("wss://{t}", t="a/b"))
    assert "a space" in str(refusal("wss://{t}", t=" a"))
    assert "U+0000" in str(refusal("wss://{t}", t="\x00"))
    assert "xn--" in str(refusal("wss://{t}", t="münchen"))


@pytest.mark.parametrize("values", [{}, {"tenant": ""}, {"Tenant": "acme"}])
def test_a_missing_value_is_named(values: dict[str, str]) -> None:
    error = refusal("wss://{{tenant}}.host", **values)
    assert str(error) == "tenant is missing."
    assert error.field == "tenant"


@pytest.mark.parametrize("value", [".", "..", ".a", "a.", "a..b"])
def test_dots_may_not_leave_a_label_or_path_segment_empty(value: str) -> None:
    for text in ("wss://host.{tld}", "wss://host/{tld}"):
        assert refusal(text, tld=value).field == "tld"


def test_a_dot_is_allowed_only_where_a_field_is_a_whole_label() -> None:
    assert UrlTemplate.parse("wss://x.{tld}/p").expand({"tld": "co.uk"}) == "wss://x.co.uk/p"
    assert UrlTemplate.parse("wss://{host}:1").expand({"host": "127.0.0.1"}) == "wss://127.0.0.1:1"
    for text in ("wss://ws-{t}.host", "wss://{t}-ws.host", "wss://{t}{u}"):
        error = refusal(text, t="evil.com", u="x")
        assert error.field == "t"
        assert "must not have a dot" in str(error)


@pytest.mark.parametrize(
    ("text", "value", "part"),
    [
        ("wss://ws-{t}.host", "a-", "hyphen"),
        ("wss://{t}.host", "-a", "hyphen"),
        ("wss://ws-{t}.host", "x" * 61, "longer than 63"),
        ("wss://{t}.host", "x." * 126 + "x", "longer than 253"),
    ],
)
def test_a_host_that_cannot_be_is_refused_by_the_field_at_fault(text: str, value: str, part: str) -> None:
    error = refusal(text, t=value)
    assert error.field == "t"
    assert part in str(error)


def test_a_host_that_cannot_be_without_any_field_is_the_urls_fault() -> None:
    for text in ("wss://a..b", "wss://-a", "wss://" + "x" * 64):
        error = refusal(text)
        assert error.field == ""
        assert str(error).endswith("Look at the URL.")


@pytest.mark.parametrize("value", ["0", "65536", "x", "-1", "8 0", "٨", "000001"])
def test_a_port_must_be_a_number(value: str) -> None:
    assert refusal("ws://127.0.0.1:{port}", port=value).field == "port"


def test_a_field_that_is_part_of_a_port_is_named_too() -> None:
    assert UrlTemplate.parse("ws://h:1{port}").expand({"port": "80"}) == "ws://h:180"
    for text in ("ws://h:1{port}", "ws://h:{port}{port}"):
        assert refusal(text, port="99999").field == "port"


def test_both_brace_forms_and_white_space_in_them_name_fields_once_in_order() -> None:
    template = UrlTemplate.parse(" wss://ws-{{ tenant }}.{zone}.optave.{{tld}}/{tenant}?z={ zone }\n")
    assert template.fields == ("tenant", "zone", "tld")
    url = template.expand({"tenant": "acme", "zone": "oco", "tld": "tech", "unused": "/"})
    assert url == "wss://ws-acme.oco.optave.tech/acme?z=oco"


def test_the_documented_templates_expand() -> None:
    values = {"tenant": "acme", "tld": "tech"}
    assert UrlTemplate.parse(DEFAULT_TEMPLATE).expand(values) == "wss://ws-acme.oco.optave.tech"
    auth = UrlTemplate.parse(DEFAULT_AUTH_TEMPLATE, HTTP_SCHEMES)
    assert auth.fields == ("tenant", "tld")
    assert auth.expand(values) == "https://acme.oco.optave.tech/auth/oauth2/token"


@pytest.mark.parametrize(
    "url",
    [
        "ws://127.0.0.1:8765",
        "ws://[::1]:8765/",
        "ws://localhost:8765/socket?x=1&y=%20z",
        "wss://ws-incubator.oco.optave.tech/",
        "wss://host.",
        "wss://a_b.host/~p;q=1,2(3)[4]!*'",
    ],
)
def test_a_url_without_fields_is_a_template_that_stays_as_it_is(url: str) -> None:
    template = UrlTemplate.parse(url)
    assert template.fields == ()
    assert template.expand({}) == url


def test_the_scheme_is_written_small() -> None:
    assert UrlTemplate.parse("WSS://Host/Path").expand({}) == "wss://Host/Path"


def test_other_schemes_are_refused_by_the_ones_asked_for() -> None:
    with pytest.raises(UrlTemplateError, match="must begin with https:// or http://"):
        UrlTemplate.parse("wss://host", HTTP_SCHEMES)


PIECES = st.lists(
    st.sampled_from(
        ["wss://", "ws://", "{{a}}", "{b}", "{", "}", ":", "/", "?", "#", "@", ".", "-", "[", "]", "%", "x", "1"]
    )
    | st.text(max_size=2),
    max_size=10,
).map("".join)
VALUES = st.text(max_size=6) | st.text("ab1.-", max_size=6)


@given(st.text() | PIECES | PIECES.map("wss://{}".format), VALUES, VALUES)
@example("wss://{a}.{b}", "[", "]")
@example("wss://{a}:{b}", "1", "1")
def test_nothing_but_the_own_error_comes_out_and_fields_never_change_the_structure(text: str, a: str, b: str) -> None:
    try:
        template = UrlTemplate.parse(text)
        url = template.expand({"a": a, "b": b})
    except UrlTemplateError as error:
        refused = error
    else:
        assert_same_structure(text, template.fields, url)
        return
    assert str(refused).endswith(".")
    assert refused.field == "" or refused.field in UrlTemplate.parse(text).fields


def assert_same_structure(text: str, fields: tuple[str, ...], url: str) -> None:
    parts = urlsplit(url)
    assert parts.scheme in ("ws", "wss")
    assert parts.hostname
    assert parts.username is None
    assert not parts.fragment
    plain = UrlTemplate.parse(text).expand(dict.fromkeys(fields, "1"))
    assert url.count("/") == plain.count("/")
    assert url.count("?") == plain.count("?")
