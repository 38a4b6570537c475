"""Reading queries, and saying what is wrong with them."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from optave_inspector.capture.query import QueryError, parse
from optave_inspector.capture.query.parse import DEEPEST, MOST_TERMS
from optave_inspector.capture.query.terms import KEYS


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("", ""),
        (" \n\t ", ""),
        ("dir:in", "dir:in"),
        ("  DIR:In   AND action:Adjust ", "dir:in action:Adjust"),
        ("direction:in correlation:9f", "dir:in corr:9f"),
        ("a and b or c", "a b or c"),
        ("a (b or c)", "a (b or c)"),
        ("a (b c) d", "a b c d"),
        ("a or (b or c)", "a or b or c"),
        ("((a))", "a"),
        ("not a", "-a"),
        ("NOT not a", "--a"),
        ("not(a or b)", "-(a or b)"),
        ("-(a b)", "-(a b)"),
        ("not a b", "-a b"),
        ("(a)(b)", "a b"),
        ('"a"', "a"),
        ('"a b"', '"a b"'),
        ('"and" "OR" "not"', '"and" "OR" "not"'),
        ('"-a" "/b/" "c:d"', '"-a" "/b/" "c:d"'),
        (r'"say \"hi\" \\ \u0041"', r'"say \"hi\" \\ A"'),
        ('"\n\u2028"', r'"\n\u2028"'),
        ("don't", "don't"),
        ("[x] {y} 3.14 a,b $5", "[x] {y} 3.14 a,b $5"),
        ('action:"adjust"', "action:adjust"),
        ('action:"two words"', 'action:"two words"'),
        ('action:"*" action:*', 'action:"*" action:*'),
        ('summary:">1"', 'summary:">1"'),
        ("summary:a=b:c", "summary:a=b:c"),
        ("$.url:/a/b", "$.url:/a/b"),
        ("time>12:40:03", "time>12:40:03"),
        ('time:"2026-01-02 12:40"', 'time:"2026-01-02 12:40"'),
        ("IS:Tool-Made", "is:tool-made"),
        ("$.payload.state:x", "payload.state:x"),
        ("$.state:x", "$.state:x"),
        ('$["a b"][0][*].*:x', '$["a b"][0][*][*]:x'),
        ('payload["state"]:x', "payload.state:x"),
        ('$.a:"5" $.a:5 $.a:"x"', '$.a:"5" $.a:5 $.a:x'),
        ('$.a="true" $.a=true $.a>"7"', '$.a="true" $.a=true $.a>"7"'),
        ("$:x", "$:x"),
        ("/a b/", "/a b/"),
        ("/a/SI", None),
        ("/a/si", "/a/is"),
        (r"/[/]\//m", r"/[/]\//m"),
    ],
)
def test_the_normal_form_is_read_as_the_same_query(text: str, normal: str | None) -> None:
    if normal is None:
        with pytest.raises(QueryError):
            parse(text)
        return
    query = parse(text)
    assert str(query) == normal
    assert parse(normal) == query
    assert hash(parse(normal)) == hash(query)
    assert repr(query) == f"parse({normal!r})"


def test_queries_differ_by_what_they_ask() -> None:
    asked = ["", "a", "-a", "a b", "a or b", "action:a", "action=a", "$.a:5", '$.a:"5"', "/a/", "/a/i"]
    assert len({parse(text) for text in asked}) == len(asked)
    assert parse("") != ""
    assert parse("").is_empty
    assert not parse("a").is_empty


@pytest.mark.parametrize(
    ("text", "marked", "sentence", "hint"),
    [
        ("acton:adjust", "acton", "There is no key “acton”.", "Did you mean action?"),
        ("dir:in  szie>1kB", "szie", "There is no key “szie”.", "Did you mean size?"),
        ("zzzzz:1", "zzzzz", "There is no key “zzzzz”.", "$.zzzzz"),
        ("12:40", "12", "There is no key “12”.", "quotes"),
        ("kind:clsoe", "clsoe", "kind is never “clsoe”.", "Did you mean close?"),
        ('is:"new"', '"new"', "is is never “new”.", "orphan, late"),
        ("dir>in", ">", "dir has no order.", "dir:in"),
        ("corr:", "corr:", "A value is missing after “corr:”.", "without a space"),
        ("corr: 9f", "corr:", "A value is missing after “corr:”.", "without a space"),
        ('corr:""', '""', "Nothing stands between the quotes.", 'corr=""'),
        ('$.a:""', '""', "Nothing stands between the quotes.", '$.a=""'),
        ('""', '""', "Nothing stands between the quotes.", "text"),
        ("size>10xB", "xB", "“xB” is no unit that is known here.", "kB, MB"),
        ("size>big", "big", "“big” is no size.", "size>10kB"),
        ("latency>2", "2", "“2” needs a unit.", "ms, s, min"),
        ("code:1e3", "1e3", "“1e3” is no whole number.", "code:1011"),
        ("code:10.5", "10.5", "“10.5” is no whole number.", "code:1011"),
        ("code:abc", "abc", "“abc” is no whole number.", "code:1011"),
        ("time>noon", "noon", "“noon” is no time.", "12:40"),
        ("time>25:00", "25:00", "A day has 24 hours", "12:40"),
        ("time:2026-02-30", "2026-02-30", "There is no day 2026-02-30.", "2026-01-31"),
        ("size:>10kB", ":>", "There is no operator “:>”.", "Write size>10kB."),
        ("size==10kB", "==", "There is no operator “==”.", "- before a term"),
        ("size > 10kB", ">", "A key is missing before “>”.", "without spaces"),
        ("[a:b", "[a", "“[a” is neither a key nor a path.", '"[a:b"'),
        ("a..b:1", "..b", "The path cannot be read from “..b” on.", "payload.results[0].text"),
        ("a.:1", ".", "The path ends with a dot.", "payload"),
        (r'$["\x"]:1', r'"\x"', "no string as JSON writes it", "backslash"),
        ('"open', '"open', "The closing quote is missing.", '\\"'),
        (r'"C:\path"', r"\p", "A backslash begins an escape here", r"\\"),
        ('a"b"', '"', '“"” stands right after “a”.', "space"),
        ("f(x)", "(", "“(” stands right after “f”.", "space"),
        ("/a/ib", "b", "A regular expression has no flag “b”.", "quotes"),
        ("/auth/token/x", "t", "A regular expression has no flag “t”.", '"/auth/token"'),
        ("/open", "/open", "The closing slash", "slash"),
        ("//", "//", "The regular expression is empty.", '"//"'),
        ("/a(b/", "(", "The regular expression is wrong here", "\\"),
        ("x /a**/", "*", "The regular expression is wrong here", "\\"),
        ("dir:in /(a+)+b/", "/(a+)+b/", "could take forever", "(a+)+"),
        ("a and", "and", "After “and” a term is missing.", '"and"'),
        ("or b", "or", "Before “or” a term is missing.", '"or"'),
        ("a and or b", "or", "Before “or” a term is missing.", '"or"'),
        ("not", "not", "After “not” a term is missing.", '"not"'),
        ("a -", "-", "Nothing stands right after the minus sign.", '"-"'),
        ("(-)", "-", "Nothing stands right after the minus sign.", '"-"'),
        ("()", "()", "Nothing stands between the parentheses.", "term"),
        ("a (", "(", "Nothing stands between the parentheses.", "term"),
        ("(a", "(", "The closing parenthesis is missing.", ")"),
        ("a)", ")", "A closing parenthesis has no opening one.", "out"),
        (")", ")", "A closing parenthesis has no opening one.", "out"),
    ],
)
def test_an_error_has_its_place_and_says_what_would_be_right(text: str, marked: str, sentence: str, hint: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    error = caught.value
    assert sentence in error.sentence
    assert hint in error.hint
    assert text[error.start : error.end] == marked


def test_too_many_terms_are_refused_and_not_handed_to_sqlite() -> None:
    assert len(list(parse("a " * MOST_TERMS).node.leaves())) == MOST_TERMS
    with pytest.raises(QueryError, match="at most 100 terms") as caught:
        parse("a " * MOST_TERMS + "last")
    assert caught.value.start == 2 * MOST_TERMS


@pytest.mark.parametrize("deeper", ["({})", "-{}", "not {}", "(b {} or c)"])
def test_too_deep_queries_are_refused(deeper: str) -> None:
    text = "a"
    for _ in range(DEEPEST):
        text = deeper.format(text)
    parse(text)
    for _ in range(2_000):
        text = deeper.format(text)
    with pytest.raises(QueryError, match="levels deep"):
        parse(text)


def test_a_path_of_very_many_steps_is_refused() -> None:
    with pytest.raises(QueryError, match="at most 64 steps"):
        parse("$" + ".a" * 65 + ":1")


def test_every_example_of_the_table_can_be_read() -> None:
    for key in KEYS.values():
        assert str(parse(key.example)) == key.example


PIECES = [
    *'()"\\/-:=<>.[]*$ \n', "and", "or", "not", "size", "latency>", "time:", "is:", "payload.state", "code:",
    "10kB", "2s",
    "12:40", "2026-01-02T", "/a+/", "(?", "[^", "{9999999999}", "\\u00", "e9", "é", "\ud800", "x" * 50, "9" * 40,
    "(?L)a",
    "a++",
]  # fmt: skip


@settings(deadline=None)
@given(text=st.text() | st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example(text="/(?L)a/")
@example(text="/a{99999999999999}/")
@example(text="/" + "(" * 900 + ")" * 900 + "/")
@example(text="/[[a]/")
@example(text="/[[:a:]--b]/")
@example(text="/\ud800/")
@example(text="time>9999-12-31 time>0001-01-01")
@example(text="size>" + "9" * 5000)
@example(text="$.a:" + "9" * 5000)
@example(text="$.a:1e999999999")
@example(text="$[99999999999]:1")
@example(text='$["\ud800"]:x')
def test_whatever_is_typed_there_is_a_query_or_a_query_error(text: str) -> None:
    query = error = None
    try:
        query = parse(text)
    except QueryError as raised:
        error = raised
    if query is None:
        assert error is not None
        assert 0 <= error.start <= error.end <= len(text)
        assert error.sentence
        return
    again = parse(str(query))
    assert again == query
    assert str(again) == str(query)
    where, parameters = query.sql()
    assert where.count("?") == len(parameters)
