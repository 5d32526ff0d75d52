"""The weather stations and the timetable."""

STATIONS = {
    "Oslo": {"temperature": 16, "sky": "cloudy"},
    "Bergen": {"temperature": 9, "sky": "heavy rain"},
    "Trondheim": {"temperature": 12, "sky": "rain"},
}
DEPARTURES = {"Oslo": "09:10", "Bergen": "08:25", "Trondheim": "08:02"}

SILENT_CALLS = 2
"""So many calls in a row the station of Bergen does not answer."""

calls: dict[str, int] = {}


def get_forecast(city: str, day: str) -> dict[str, object]:
    """What the station of a town says about a day."""
    calls[city] = calls.get(city, 0) + 1
    if city == "Bergen" and calls[city] <= SILENT_CALLS:
        raise TimeoutError(f"the weather station of {city} did not answer")
    return {"city": city, "day": day, **STATIONS[city]}


def find_train(to: str, day: str) -> dict[str, object]:
    """The first train of a day."""
    return {"to": to, "day": day, "departs": DEPARTURES[to]}
