"""The code host: changes, scanners, tests, and the merge button."""

CHANGES = {
    4242: {
        "title": "Search orders by customer",
        "author": "sam",
        "diff": '+ query = "SELECT * FROM orders WHERE customer = " + request.args["customer"]\n+ rows = db.execute(query)',
    }
}


def fetch_change(change: int) -> dict[str, object]:
    """Title and text of a change."""
    return {"change": change, **CHANGES[change]}


async def scan_secrets(change: int) -> dict[str, object]:
    """Passwords and keys in a change."""
    return {"scanner": "secrets", "findings": [word for word in ("password", "api_key") if word in _diff(change)]}


async def scan_queries(change: int) -> dict[str, object]:
    """Database queries that users can bend."""
    bent = "SELECT" in _diff(change) and "+ request" in _diff(change)
    return {"scanner": "queries", "findings": ["SQL injection in orders.py, line 12"] if bent else []}


async def run_tests(change: int) -> dict[str, object]:
    """How many tests pass."""
    return {"passed": 318, "failed": 0, "change": change}


def comment(change: int, text: str) -> dict[str, object]:
    """A comment on the change."""
    return {"change": change, "commented": True, "text": text}


def merge(change: int) -> dict[str, object]:
    """The change is in."""
    return {"change": change, "merged": True}


def _diff(change: int) -> str:
    return str(CHANGES[change]["diff"])
