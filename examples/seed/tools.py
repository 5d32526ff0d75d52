"""The documentation that `tool_app.ai` searches."""

PAGES = {
    "Tracing": "namel3ss debug trace records what an app does.",
    "Replay": "namel3ss debug replay walks through a recording, forwards and backwards.",
    "Analysis": "namel3ss debug analyze says where time, tokens and money went.",
}


def search_docs(query: str, limit: int) -> list[dict[str, str]]:
    """The pages that share a word with the query."""
    words = {word.strip("?.,").lower() for word in query.split()}
    found = [
        {"title": title, "text": text}
        for title, text in PAGES.items()
        if words & set(f"{title} {text}".lower().replace(".", "").split())
    ]
    return found[:limit]
