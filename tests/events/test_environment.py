"""Which values of the environment never may appear."""

from __future__ import annotations

from pathlib import Path

import pytest

from namel3ss_dbg.events.environment import secrets_of, secrets_within

RANDOM = "a1B2c3D4e5F6g7H8"


@pytest.mark.parametrize(
    "name",
    ["OPENAI_API_KEY", "GITHUB_TOKEN", "DB_PASSWORD", "PGPASSWORD", "AWS_SECRET_ACCESS_KEY", "SECRET_KEY_BASE",
     "FERNET_KEY", "SMTP_PASS", "MYSQL_PWD", "JWT_SECRET", "SENTRY_DSN", "APP_CREDENTIALS", "github_token", "GH_PAT"],
)  # fmt: skip
def test_a_variable_that_is_called_like_a_secret(name):
    """Its value is one."""
    assert secrets_of({name: RANDOM, "HOME": "/root", "LANG": RANDOM}) == (RANDOM,)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_TOKEN", "short"),
        ("USE_TOKEN", "disabled"),
        ("DB_PASSWORD", "password"),
        ("SECRET_KEY", "Development"),
        ("MAX_KEY", "123456789"),
        ("PUBLIC_KEY", RANDOM),
        ("PWD", "/srv/a1B2c3D4e5F6g7H8"),
        ("OLDPWD", "/srv/a1B2c3D4e5F6g7H8"),
        ("TOKENIZERS_PARALLELISM", "false-and-true"),
        ("SSH_AUTH_SOCK", "/tmp/ssh-XXXX/agent.1"),  # noqa: S108 - never opened
        ("MODEL", "gpt-4o-mini-2024-07-18"),
    ],
)
def test_what_may_stand_anywhere_by_chance(name, value):
    """Short values, words and numbers are left alone, and so is what no name calls secret."""
    assert secrets_of({name: value}) == ()


def test_a_path_to_a_secret_is_none(tmp_path: Path):
    """A file that is there may be named; a value that only begins like a path is a secret."""
    variables = {"GOOGLE_APPLICATION_CREDENTIALS": str(tmp_path), "A_KEY": f"/{RANDOM}"}

    assert secrets_of(variables) == (f"/{RANDOM}",)


def test_passwords_in_addresses():
    """The password is secret, as it is and decoded; the address is not, and one that is none does no harm."""
    variables = {
        "DATABASE_URL": "postgres://ann:p%40ssw0rd-1@db/x",
        "API_KEY_URL": "https://example.org/keys",
        "BROKEN_URL": "http://[a:b@c",
    }

    assert secrets_of(variables) == ("p%40ssw0rd-1", "p@ssw0rd-1")


def test_variables_that_a_person_names():
    """They are secret whatever they look like, from four characters on; `*` names several."""
    variables = {"ACME_PIN": "1234", "ACME_X": "123", "CITY": "Paris", "OTHER": "London"}

    assert secrets_of(variables, ["ACME_*", "CITY"]) == ("1234", "Paris")


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        (RANDOM, (RANDOM,)),
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", ("3f2504e0-4f89-11d3-9a0c-0305e82c3301",)),
        ("postgres://ann:hunter22@db/x", ("hunter22",)),
        ("http://localhost:11434", ()),
        ("gpt-4o-mini-2024-07-18", ()),
        ("claude-3-5-sonnet-20241022", ()),
        ("mistral7binstruct", ()),
        ("us-east-1", ()),
        ("Amsterdam", ()),
        ("/usr/bin", ()),
        ("", ()),
    ],
)
def test_what_a_program_uses_of_the_environment(value, secret):
    """Only what looks random is masked wherever it stands: a model's name is not."""
    assert secrets_within(value) == secret
