"""A search engine that knows what it is asked for, and nothing else."""

PAGES = {
    "heat pumps old houses": [
        {"title": "Are heat pumps worth it?", "text": "Many owners are content. Opinions differ."},
        {"title": "Ten facts about heat pumps", "text": "Experts recommend them. Number seven will surprise you."},
        {"title": "Heat pumps: the big test", "text": "We asked owners of old houses. They are content."},
    ],
    "heat pump field study kwh": [
        {
            "title": "Field study of 77 houses",
            "text": "Annual factor 3.1: 68 % less energy than gas, 9,400 kWh a year.",
        },
    ],
}


def web_search(query: str, page: int) -> dict[str, object]:
    """One page of results."""
    pages = PAGES.get(query, [])
    found = pages[page - 1 : page]
    figures = sum("kWh" in result["text"] for result in found)
    return {"query": query, "results": found, "figures": figures, "page": page}
