"""What is secret, and what is not: two corpora, of places where secrets stand, and of text that only sounds like it."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import orjson
import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

import namel3ss_dbg
from namel3ss_dbg.events.names import names_a_secret
from namel3ss_dbg.events.redaction import Redactor
from namel3ss_dbg.events.secrets import HINTS, MASK, Secrets, are_grave, find_hints, masked
from namel3ss_dbg.events.shapes import is_wordy
from tests.support.secrets import KINDS, corpus, filled, pieces

REDACTOR = Redactor()
PLACES, INNOCENT = corpus("places"), corpus("innocent")


def shown(value: object, redactor: Redactor = REDACTOR) -> str:
    """A trace's line that holds this value."""
    return redactor.encode({"event_type": "x", "inputs": {"a": value}}).decode()


class TestPlaces:
    """Each line of `places.txt`, filled with secrets that were made for it."""

    def test_there_are_enough_of_them(self):
        """At least 150 places and 30 kinds of secrets; every kind is somewhere."""
        assert len(PLACES) >= 150
        assert len(KINDS) >= 30
        assert [kind for kind in KINDS if not any(f"⟦{kind}⟧" in line for line in PLACES)] == []

    @pytest.mark.parametrize("line", PLACES)
    def test_no_piece_of_a_secret_survives(self, line):
        """Not eight letters of it, whether it stands alone, within JSON that is a text, in a list, or in an error."""
        text, secrets = filled(line, line)
        parts = {piece for secret in secrets for piece in pieces(secret)}

        assert secrets
        assert MASK in masked(text)
        for place in (text, f"so: {text}\nand on", [{"deep": text}], json.dumps({"text": text})):
            line_of_trace = shown(place)
            assert [part for part in parts if part in line_of_trace] == []
        error = REDACTOR.encode({"error": f"ValueError: {text}", "component_name": text}).decode()
        assert [part for part in parts if part in error] == []

    @pytest.mark.parametrize("line", [line for line in PLACES if re.match(r"(?!\W*-----)[^⟦\w]*\w{6}", line)])
    def test_what_is_before_it_stays(self, line):
        """A person can see what was masked, and where."""
        text, _ = filled(line, line)
        first = re.match(r"\W*\w{1,6}", text)

        assert first is not None
        assert masked(text).startswith(first[0])

    @given(st.sampled_from(PLACES), st.integers(0, 2**32), st.integers(0, 700))
    def test_nor_where_the_text_is_cut(self, line, seed, before):
        """Wherever a cut falls into it."""
        text, secrets = filled(line, seed)
        parts = {piece for secret in secrets for piece in pieces(secret, 10)}

        line_of_trace = shown(f"{'. ' * before}{text}{' .' * 10_000}", Redactor(max_payload_size=512))

        assert [part for part in parts if part in line_of_trace] == []

    def test_all_places_in_one_text(self):
        """Secrets do not hide behind each other."""
        made = [filled(line, line) for line in PLACES]

        line_of_trace = shown("\n".join(text for text, _ in made), Redactor(max_payload_size=1 << 20))

        parts = {piece for _, secrets in made for secret in secrets for piece in pieces(secret)}
        assert [part for part in parts if part in line_of_trace] == []


class TestInnocent:
    """Each line of `innocent.txt`."""

    def test_there_are_enough_of_them(self):
        """At least 300 different lines."""
        assert len(set(INNOCENT)) >= 300

    @pytest.mark.parametrize("line", INNOCENT)
    def test_nothing_is_masked(self, line):
        """What only looks or sounds like a secret comes out as it went in."""
        assert json.loads(shown(line))["inputs"] == {"a": line}
        assert masked(line) == line

    def test_nor_in_all_of_it(self):
        """Line after line, as one text."""
        text = "\n".join(INNOCENT)

        assert masked(text) == text

    def test_the_code_of_this_package_is_innocent(self):
        """Tens of thousands of lines that speak of tokens and secrets, none of which is one."""
        folder = Path(namel3ss_dbg.__file__).parent
        texts = {path: path.read_text("utf-8") for path in sorted(folder.rglob("*.py"))}

        assert sum(text.count("\n") for text in texts.values()) > 20_000
        assert [path.name for path, text in texts.items() if masked(text) != text] == []

    @pytest.mark.parametrize("word", ["basic-auth-v2", "input/output.", "HTTP/1.1", "nextToken", "token", "a.b.c:d"])
    def test_words_are_words(self, word):
        """However they are joined."""
        assert is_wordy(word)


class TestHints:
    def test_there_are_64_at_most(self):
        """With one more, looking for them takes several times as long."""
        assert len(HINTS) <= 64

    @pytest.mark.parametrize("line", PLACES)
    def test_every_place_has_one(self, line):
        """The quick look at a line of JSON misses nothing that a closer look would mask."""
        text, _ = filled(line, line)
        encoded = orjson.dumps({"inputs": {"a": text}})

        assert are_grave(find_hints(encoded), encoded)

    @given(st.lists(st.sampled_from(INNOCENT + PLACES), max_size=4), st.integers(0, 2**32))
    def test_the_quick_look_and_the_closer_one_agree(self, lines, seed):
        """What the quick look lets through, the closer one would not have changed."""
        text = " ".join(filled(line, seed)[0] for line in lines)
        encoded = orjson.dumps({"inputs": {"a": text}})

        assert are_grave(find_hints(encoded), encoded) or masked(text) == text

    @pytest.mark.parametrize(
        "text",
        [
            '{"tokens_used":12,"prompt_tokens":3}', "the token bucket", "primary_keys and keyboards",
            "compass, _passed", "https://example.org/a?b=c", "Key points: none",
        ],
    )  # fmt: skip
    def test_ordinary_text_needs_no_closer_look(self, text):
        """What is in every trace of a model costs nothing."""
        line = orjson.dumps({"inputs": {"a": text}})

        assert not are_grave(find_hints(line), line)


class TestNames:
    @pytest.mark.parametrize(
        "name",
        ["SecretAccessKey", "SMTP_PASS", "AccountKey", "db_pwd", "PGPASSWORD", "bot_token", "jwt_secret",
         "SECRET_KEY_BASE", "Ocp-Apim-Subscription-Key", "X-Amz-Security-Token", "xAuthToken", "csrf_token"],
    )  # fmt: skip
    def test_names_of_secrets(self, name):
        """Whatever style they are written in."""
        assert names_a_secret(name)

    @pytest.mark.parametrize(
        "name",
        ["eos_token", "pad_token", "next_page_token", "nextPageToken", "cost_per_token", "time_to_first_token", "pwd",
         "PWD", "OLDPWD", "second_pass", "bypass", "public_key", "foreign_key", "sort_key", "cookies", "tokenize",
         "secret_santa"],
    )  # fmt: skip
    def test_names_that_only_sound_like_it(self, name):
        """What they hold stays."""
        assert not names_a_secret(name)


class TestMore:
    def test_a_pattern_masks_what_it_finds(self):
        """Everywhere; of one with a group, what the group holds. In other lines nothing changes."""
        redactor = Redactor(extra_patterns=(re2.compile("ACME-[0-9]{4}"), re2.compile("PIN (?:is )?([0-9]+)")))

        line = shown({"b": "ACME-1234, ACME-12, PIN is 12 – Ünïcödé ACME-9999", "ACME-5555": 1}, redactor)

        assert json.loads(line)["inputs"]["a"] == {"b": f"{MASK}, ACME-12, PIN is {MASK} – Ünïcödé {MASK}", MASK: 1}

    @pytest.mark.parametrize("pattern", ['^"quoted"$', r"a\nb", "^é+$"])
    def test_a_pattern_sees_the_text_not_its_json(self, pattern):
        """Quotes, line breaks and anchors mean what they mean in the text."""
        text = {'^"quoted"$': '"quoted"', r"a\nb": "a\nb", "^é+$": "éé"}[pattern]

        assert json.loads(shown(text, Redactor(extra_patterns=(re2.compile(pattern),))))["inputs"] == {"a": MASK}

    def test_more_names_count_inside_texts(self):
        """There whatever follows them is masked, as under a key of that name."""
        redactor = Redactor(extra_keys=("IBAN", "customer"))

        line = shown('iban: DE12 and {"customer": "Ann Onymous", "n": 1} customer=x; the customer is king', redactor)

        assert json.loads(line)["inputs"]["a"] == (
            f'iban: {MASK} and {{"customer": "{MASK}", "n": 1}} customer={MASK}; the customer is {MASK}'
        )

    @given(st.text(max_size=300))
    def test_no_text_is_too_much(self, text):
        """Masking never fails, and a masked text stays as it is."""
        once = Secrets(("x",), (re2.compile("[0-9]{3}"),), ("abc",)).masked(text.encode("utf-8", "replace").decode())

        assert Secrets(("x",), (re2.compile("[0-9]{3}"),), ("abc",)).masked(once) == once


@pytest.mark.parametrize(
    "unit",
    ["password=", "token: ", "Bearer ", "://a:", "-----BEGIN " + "PRIVATE KEY-----\n", "api_key='", 'password: \\"',
     "cookie: a=", "Authorization: Digest ", "password=%s{", "secret_key_base=", "eyJaaaaaaaa.",
     "key\\\\\\", "sk-", "pwd_pass "],
)  # fmt: skip
def test_no_text_takes_time_that_grows_with_the_square(unit):
    """Texts that were made to mislead the patterns are read a few times at most."""
    text = (unit * (100_000 // len(unit) + 1))[:100_000]

    began = time.process_time()
    masked(text)

    assert time.process_time() - began < 1.0
