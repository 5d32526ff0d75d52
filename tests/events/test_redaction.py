"""What of a payload reaches a line: nothing secret, nothing too big, and always JSON."""

from __future__ import annotations

import datetime
import json
import time
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.events.redaction import MASK, Redactor
from tests.support.objects import ANY_OBJECT, AttrsPoint, DataPoint, NamedPoint

REDACTOR = Redactor()

# In two parts each, so that nothing in this file looks like a key.
SECRET_TEXTS = [
    "sk" + "-abcdefghijklmnopqrstuvwx",
    "sk" + "-proj-AbC_123-456789012345",
    "sk" + "-ant-api03-abcdefghijklmnop",
    "sk" + "_live_abcdefghijklmnop1234",
    "rk" + "_test_abcdefghijklmnop1234",
    "AKIA" + "IOSFODNN7EXAMPLE",
    "ASIA" + "IOSFODNN7EXAMPLE",
    "ghp" + "_abcdefghijklmnopqrstuvwxyz0123456789",
    "gho" + "_abcdefghijklmnopqrstuvwxyz0123456789",
    "github" + "_pat_11ABCDEFG0123456789_abcdefghijk",
    "glpat" + "-abcdefghij0123456789",
    "xoxb" + "-123456789012-abcdefghij",
    "AIza" + "SyA-1234567890abcdefghijklmnopqrstu",
    "hf" + "_abcdefghijklmnopqrstuvwxyz0123456789",
    "npm" + "_abcdefghijklmnopqrstuvwxyz0123456789",
    "SG" + ".abcdefghijklmnop12.abcdefghijklmnop12345",
    "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN " + "PRIVATE KEY-----\nMIIEowIBAAKCAQEA that is torn",
]
SCHEMED_TEXTS = [
    "Bearer abcdef.0123456789",
    "bearer abcdef0123456789",
    "BEARER abcdef0123456789",
    "Basic dXNlcjpwYXNzd29yZA==",
]
SECRET_KEYS = [
    "api_key", "apiKey", "API_KEY", "x-api-key", "openai_api_key", "openaiApiKey", "password", "Password", "PASSWORD",
    "userPassword", "db_password", "passwd", "passphrase", "PASSPHRASE", "secret", "client_secret", "clientSecret",
    "secret_key", "aws_secret_access_key", "access_key", "private_key", "token", "Token", "TOKEN", "auth_token",
    "authToken", "access_token", "accessToken", "githubToken", "refresh_token", "id_token", "session_token",
    "authorization", "Authorization", "AUTHORIZATION", "proxy-authorization", "cookie", "Cookie", "COOKIE",
    "Set-Cookie", "credential", "credentials", "CREDENTIALS",
]  # fmt: skip
INNOCENT_KEYS = [
    "tokens", "tokens_used", "max_tokens", "prompt_tokens", "tokenizer", "key", "keys", "keyboard", "monkey",
    "primary_key", "password_policy", "secretary", "cookies_enabled", "author", "authority", "passage", "compass",
]  # fmt: skip
INNOCENT_TEXTS = [
    "the basic idea is simple", "Basic understanding", "a bearer of good news", "task-management-and-planning-board",
    "see https://example.org/a?b=c", "mail me at ann@example.org", "http://localhost:8080/path@v2", "sk-learn",
    "xoxo", "the token bucket algorithm", "my password is not here", "eyJ is how they begin", "SG.1", "AKIA",
    "risk-averse-investment-strategies", "PRIVATE KEEP OUT", "12:30@noon", "Ünïcödé → ok 🎉",
]  # fmt: skip


def line_of(record: dict[str, Any], redactor: Redactor = REDACTOR) -> dict[str, Any]:
    """The record as it stands in a trace."""
    line = redactor.encode(record)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    return json.loads(line)


def size(value: Any) -> int:
    """How many bytes JSON takes for it, without blanks."""
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "backslashreplace"))


def kept(payload: Any, redactor: Redactor = REDACTOR) -> Any:
    """What a trace holds of these inputs."""
    return line_of({"event_type": "x", "inputs": payload}, redactor)["inputs"]


def _depth(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inside), default=0)


class TestSecrets:
    @pytest.mark.parametrize("secret", SECRET_TEXTS)
    def test_a_text_that_looks_secret_is_masked(self, secret):
        """Only the secret goes, whether it stands alone, in a sentence, or deep inside."""
        assert kept({"a": secret}) == {"a": MASK}
        if "torn" not in secret:
            assert kept({"a": [{"b": f"so, {secret} it is"}]}) == {"a": [{"b": f"so, {MASK} it is"}]}
        assert line_of({"error": secret})["error"] == MASK
        assert secret not in REDACTOR.encode({"metadata": {"stack": f"x\n{secret}"}}).decode()

    @pytest.mark.parametrize("text", SCHEMED_TEXTS)
    def test_a_credential_keeps_its_scheme(self, text):
        """`Bearer` and `Basic` still say what it was."""
        assert kept({"header": f"{text} sent"}) == {"header": f"{text.split()[0]} {MASK} sent"}

    def test_a_credential_after_a_tab_or_newline(self):
        """White space of any kind may stand between a scheme and its credential."""
        assert kept({"a": "Bearer\tabcdef0123456789", "b": "basic\nabcdef0123456789"}) == {
            "a": f"Bearer\t{MASK}",
            "b": f"basic\n{MASK}",
        }

    def test_a_password_in_an_address(self):
        """User and password go, the address stays."""
        assert kept({"url": "postgres://ann:hunter2@db:5432/x"}) == {"url": f"postgres://{MASK}@db:5432/x"}

    @pytest.mark.parametrize("key", SECRET_KEYS)
    def test_what_stands_under_a_secret_name_is_masked(self, key):
        """Whatever the value is: a text, a number, or a whole object."""
        assert kept({key: "hunter2"}) == {key: MASK}
        assert kept({"a": [{key: {"value": "hunter2"}}]}) == {"a": [{key: MASK}]}
        assert kept({key: 1234}) == {key: MASK}

    @pytest.mark.parametrize("value", [None, True, False, ""])
    def test_what_says_only_whether_there_is_a_secret_stays(self, value):
        """That a password is missing is worth seeing, and no secret."""
        assert kept({"password": value}) == {"password": value}

    @pytest.mark.parametrize("record", [AttrsPoint(1, "hunter2"), DataPoint(1, "hunter2"), NamedPoint(1, "hunter2")])
    def test_fields_of_objects_have_names_too(self, record):
        """A field called `password` is masked in whatever kind of object it is."""
        assert kept({"record": record}) == {"record": {"x": 1, "password": MASK}}

    @pytest.mark.parametrize("key", INNOCENT_KEYS)
    def test_an_innocent_name_is_left_alone(self, key):
        """Names that only resemble secret ones do not hide anything."""
        assert kept({key: "hunter2"}) == {key: "hunter2"}

    @pytest.mark.parametrize("text", INNOCENT_TEXTS)
    def test_innocent_text_is_left_alone(self, text):
        """Texts that only resemble secrets come out as they went in."""
        assert kept({"a": text}) == {"a": text}

    def test_headers_are_pairs_and_records_too(self):
        """A name counts wherever programs put it: before a value, or beside it."""
        value = "hunter2"

        assert kept(
            {"h": [("Authorization", value), (b"cookie", b"a=b"), ["x-api-key", value], ("Accept", value)]}
        ) == {"h": [["Authorization", MASK], ["cookie", MASK], ["x-api-key", MASK], ["Accept", value]]}
        assert kept({"env": [{"name": "API_KEY", "value": value}, {"name": "PORT", "value": "80"}]}) == {
            "env": [{"name": "API_KEY", "value": MASK}, {"name": "PORT", "value": "80"}]
        }
        assert kept({"names": ["password", "username"]}) == {"names": ["password", "username"]}

    def test_more_names_may_be_secret(self):
        """Names that a person adds count without case, in the quick path too."""
        redactor = Redactor(extra_keys=("Kundennummer",))

        assert kept({"KUNDENNUMMER": "1", "kundennummer": "2", "x": "3"}, redactor) == {
            "KUNDENNUMMER": MASK,
            "kundennummer": MASK,
            "x": "3",
        }
        assert kept({"a": SECRET_TEXTS[0], "b": SECRET_TEXTS[5]}, redactor) == {"a": MASK, "b": MASK}

    @pytest.mark.parametrize("secret", ["correct horse", 'with "quotes" \\ and\nlines', "schlüssel"])
    def test_known_secrets_never_appear(self, secret):
        """A value that is known to be secret is masked wherever it stands, however JSON writes it."""
        redactor = Redactor(known_secrets=("", secret, secret + " battery"))

        assert kept({"a": f"<{secret}>", f"{secret}": f"{secret} battery"}, redactor) == {"a": f"<{MASK}>", MASK: MASK}
        assert kept({"a": "abc"}, redactor) == {"a": "abc"}

    def test_what_is_concealed_later_never_appears_from_then_on(self):
        """A program may learn of its secrets while it runs."""
        redactor = Redactor(known_secrets=("first one",))
        assert kept({"a": "first one, second one"}, redactor) == {"a": f"{MASK}, second one"}

        redactor.conceal(["second one", "first one"])

        assert kept({"a": "first one, second one"}, redactor) == {"a": f"{MASK}, {MASK}"}
        assert redactor.without_secrets("a second one") == f"a {MASK}"

    def test_known_secrets_in_all_that_they_are_written_in(self):
        """Also within JSON that is itself a text, in an address, and with its letters escaped."""
        secret = "".join(["Zé", ' "x"', "\n/y+z"])
        redactor = Redactor(known_secrets=(secret,))
        once = json.dumps({"a": secret}, ensure_ascii=False)
        texts = [once, json.dumps({"a": secret}), f"https://x.org/?p={quote(secret, safe='')}", quote_plus(secret)]

        shown = kept({"a": texts}, redactor)["a"]

        assert shown == [f'{{"a": "{MASK}"}}', f'{{"a": "{MASK}"}}', f"https://x.org/?p={MASK}", MASK]

    def test_a_known_secret_longer_than_the_look_ahead(self):
        """It is known in pieces, so that a cut within it shows none of it."""
        secret = "".join(f"{number:04x}z" for number in range(4_000))

        shown = kept({"a": f"{'x' * 200} {secret}"}, Redactor(max_payload_size=256, known_secrets=(secret,)))["a"]

        assert set(shown.partition("…")[0]) <= set("x *")

    def test_masking_can_be_switched_off(self):
        """Whoever wants everything gets everything."""
        redactor = Redactor(mask_secrets=False, known_secrets=("hunter2",), extra_keys=("x",))

        assert kept({"password": "hunter2", "x": SECRET_TEXTS[0]}, redactor) == {
            "password": "hunter2",
            "x": SECRET_TEXTS[0],
        }

    @given(st.sampled_from(SECRET_TEXTS[:-2]), st.integers(0, 600), st.integers(256, 400))
    def test_a_cut_never_leaves_half_a_secret(self, secret, before, limit):
        """Wherever a text is cut, no piece of a secret remains that is long enough to mean something."""
        shown = kept({"a": f"{'x' * before} {secret} {'y' * 10_000}"}, Redactor(max_payload_size=limit))["a"]

        assert secret[:12] not in shown

    def test_half_a_secret_beyond_the_look_ahead_is_not_shown(self):
        """Masking makes a text shorter; what then comes into view must not be the first half of another secret."""
        secret = "ghp_" + "a" * 36
        text = " ".join([secret] * 2_000)

        assert "ghp_" not in json.dumps(kept({"a": text}, Redactor(max_payload_size=16_384)))

    def test_masking_takes_no_time_that_grows_with_the_square(self):
        """A text made to mislead the patterns is read once, not once from each of its words."""
        text = "eyJ-" * 40_000 + "Bearer " * 20_000

        began = time.process_time()
        kept({"a": text}, Redactor(max_payload_size=300_000))

        assert time.process_time() - began < 1.0


class TestSize:
    def test_a_long_text_says_how_much_is_missing(self):
        """The beginning stays, then stands how many characters are missing; the metadata says how big it was."""
        line = line_of({"inputs": {"a": "x" * 20_000}, "metadata": {"source": {"line": 1}}})

        assert line["inputs"]["a"] == "x" * 16_377 + "…[+3623 chars]"
        assert line["metadata"] == {"source": {"line": 1}, "clipped": {"inputs": {"bytes": 20_008, "kept": 16_401}}}

    def test_a_long_list_and_a_big_object_say_so(self):
        """Containers keep their first members, and say how many they had more."""
        record = {"inputs": {"list": list(range(10_000))}, "outputs": {f"key{n}": n for n in range(10_000)}}

        line = line_of(record)

        left_out = 10_000 - len(line["inputs"]["list"]) + 1
        assert line["inputs"]["list"][-1] == f"…[+{left_out} items]"
        assert line["outputs"]["…"] == f"[+{10_000 - len(line['outputs']) + 1} keys]"
        assert line["metadata"]["clipped"] == {
            name: {"bytes": size(record[name]), "kept": size(line[name])} for name in ("inputs", "outputs")
        }
        assert line["inputs"]["list"][:-1] == list(range(10_000 - left_out))

    def test_payloads_are_measured_each_for_itself(self):
        """A huge input does not cost the output anything."""
        line = line_of({"inputs": {"a": "x" * 100_000}, "outputs": {"b": "y" * 16_000}})

        assert line["outputs"] == {"b": "y" * 16_000}

    def test_a_long_line_of_small_payloads_is_kept_whole(self):
        """What fits is not changed although the whole line is longer than one payload may be."""
        record = {key: {"a": "x" * 9_000} for key in ("inputs", "outputs", "metadata")}

        assert line_of(record) == record

    @pytest.mark.parametrize(
        "payload",
        [
            {"a": "x" * 50_000},
            {"a": "日本語" * 20_000},
            {"a": "日本語" * 1_000_000},
            {"a": ["x" * 9_000, "y" * 9_000]},
            {"a": {"deep": {"er": "x" * 50_000}}, "b": 1},
            {"a": list(range(20_000))},
            {"a": "x" * 20_000, "b": {"c": [1.5] * 100}},
        ],
    )
    def test_how_big_it_was_is_exact(self, payload):
        """For JSON values it is the size of their JSON, in bytes."""
        line = line_of({"inputs": payload})

        assert line["metadata"]["clipped"]["inputs"] == {"bytes": size(payload), "kept": size(line["inputs"])}

    def test_how_big_a_huge_text_was_is_estimated(self):
        """Where its letters take differently many bytes, it is near enough, and costs next to nothing."""
        payload = {"a": "naïve 東京 " * 1_000_000}

        began = time.process_time()
        (clipped,) = line_of({"inputs": payload})["metadata"]["clipped"].values()

        assert time.process_time() - began < 0.05
        assert abs(clipped["bytes"] - size(payload)) < 0.01 * size(payload)

    def test_how_big_it_was_of_what_json_refuses(self):
        """Then it is at least what the texts in it take, and a ring is gone through once."""
        ring: list[Any] = ["x" * 30_000]
        ring += [ring, ring]

        (clipped,) = line_of({"inputs": {"ring": ring}})["metadata"]["clipped"].values()

        assert 30_000 <= clipped["bytes"] < 31_000

    def test_what_is_too_deep_counts_as_cut(self):
        """What stands below forty levels is missing, and the metadata says that something is."""
        nest: Any = "x"
        for _ in range(60):
            nest = {"in": nest}

        assert set(line_of({"inputs": nest | {1: "JSON refuses this key"}})["metadata"]["clipped"]) == {"inputs"}

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=400) | st.binary(max_size=40),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=40), inner),
            max_leaves=120,
        ),
        st.integers(256, 2_000),
    )
    def test_no_payload_is_much_longer_than_it_may(self, payload, limit):
        """The limit holds for any payload, up to the notes on what is missing; a second time it is the same line."""
        redactor = Redactor(max_payload_size=limit)
        line = redactor.encode({"inputs": {"a": payload}})

        shown = json.loads(line)
        assert size(shown["inputs"]) <= limit + 160 + 24 * _depth(shown["inputs"])
        assert line == redactor.encode({"inputs": {"a": payload}})
        assert ("clipped" in shown.get("metadata", {})) == ("[+" in line.decode())

    @given(st.text(st.sampled_from('\\"\n\t\x00\x1fuabn0é日🎉'), max_size=600), st.integers(0, 120))
    def test_a_cut_is_never_inside_an_escape(self, text, more):
        """Whatever the characters are that JSON escapes, what is left is a beginning of the text."""
        shown = kept({"a": text + "x" * 20_000}, Redactor(max_payload_size=256 + more))["a"]

        assert (text + "x" * 20_000).startswith(shown.rpartition("…[+")[0])
        assert size(shown) <= 256 + more + 20

    def test_bytes_count_not_characters(self):
        """Text outside ASCII takes more than a byte for each character, and is cut between characters."""
        shown = kept({"a": "日本語" * 10_000}, Redactor(max_payload_size=1_000))["a"]

        assert len(shown.encode()) < 1_100
        assert shown.startswith("日本語日本語")
        assert "\ufffd" not in shown

    @pytest.mark.parametrize("path", [("a",), ("b", "c")])
    def test_a_hundred_megabytes_are_no_burden(self, path):
        """What a huge text costs depends on what is kept, unless it lies deep inside: then it is encoded once."""
        payload: Any = "x" * 100_000_000
        for key in reversed(path[1:]):
            payload = {key: payload}

        began = time.process_time()
        line = REDACTOR.encode({"inputs": {path[0]: payload}})

        assert time.process_time() - began < (0.1 if len(path) == 1 else 1.0)
        assert len(line) < 17_000


class TestWhatJsonRefuses:
    """Nothing that a program may have in its hands makes a trace fail."""

    @pytest.mark.parametrize("name", ANY_OBJECT)
    def test_any_object_at_all(self, name):
        """It becomes valid JSON of a bounded size, quickly, wherever it stands."""
        value = ANY_OBJECT[name]()
        for record in (
            {"inputs": {"a": value}},
            {"outputs": {"a": {"b": [value]}}, "component_name": "c"},
            {"inputs": value},
            {"error": value},
            {"inputs": {"password": value}},
        ):
            began = time.process_time()
            line = REDACTOR.encode({"event_type": "x", **record})

            assert time.process_time() - began < 1.0
            assert len(line) < 60_000
            json.loads(line)

    def test_numbers_that_json_does_not_have(self):
        """NaN and the infinities become null, as in every other JSON writer; integers beyond 64 bits say their size."""
        values = [float("nan"), float("inf"), 2**64, 2**64 - 1, -(2**63)]

        assert kept({"a": values}) == {"a": [None, None, "<an integer of 65 bits>", 2**64 - 1, -(2**63)]}

    def test_the_quick_path_and_the_walk_agree(self):
        """Whether a line was walked or not, the same value looks the same in it."""
        values = {
            "nan": float("nan"), "date": datetime.datetime(2025, 1, 2, tzinfo=datetime.UTC), "id": uuid.UUID(int=1),
            "point": DataPoint(1, ""), "set": {1, 2}, "tuple": (1, 2), "bytes": b"abc", "path": Path("x"),
        }  # fmt: skip

        walked = kept({**values, 1: "a key that only the walk takes"})

        assert kept(values) == {key: value for key, value in walked.items() if key != "1"}

    def test_a_surrogate_is_shown_as_an_escape(self):
        """Half a character is no text, but can be seen."""
        assert kept({"a": "x\ud83dy"}) == {"a": "x\\ud83dy"}

    def test_what_is_too_deep_is_named(self):
        """Below forty levels stands what would have come."""
        nest: Any = 1
        for _ in range(500):
            nest = {"in": nest}

        assert b"<dict below 40 levels>" in REDACTOR.encode({"inputs": nest})

    def test_keys_that_become_equal_are_counted(self):
        """When two keys have one name in JSON, one value is lost, and the trace says so."""
        assert kept({1: "a", "1": "b"}) == {"1": "b", "…": "[+1 keys]"}

    def test_the_record_itself_is_not_changed(self):
        """Clipping and masking make copies: the program goes on with what it has."""
        payload = {"password": "hunter2", "long": ["x" * 100_000]}
        record = {"inputs": payload}

        REDACTOR.encode(record)

        assert record == {"inputs": {"password": "hunter2", "long": ["x" * 100_000]}}
