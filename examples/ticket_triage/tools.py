"""The inbox, the help centre, and the telephone of whoever is on call."""

TICKETS = [
    {"subject": "Wrong address", "body": "Our invoice of May still shows the old address.", "customer": 1204},
    {"subject": "URGENT!!", "body": "The checkout of our shop is down since 02:10, nobody can pay.", "customer": 4711},
    {"subject": "Idea", "body": "A dark mode would be nice.", "customer": 88},
]

ARTICLES = {
    "invoice": "Change your billing address",
    "payment": "Ways to pay",
    "dark mode": "What we are working on",
}


def open_tickets() -> list[dict[str, object]]:
    """The tickets of the night, oldest first."""
    return TICKETS


def search_help(query: str) -> dict[str, str]:
    """The article that fits best."""
    return {"query": query, "title": ARTICLES.get(query, "How to reach us")}


def page_engineer(text: str) -> dict[str, object]:
    """Ring until somebody picks up."""
    return {"called": "on-call", "text": text, "answered": True}
