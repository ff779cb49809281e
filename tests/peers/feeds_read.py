"""Reads a calendar, if there is one, and a feed as their libraries do: {"calendar": text, "feed": text} to what they found in them."""

import json
import sys

import feedparser
from icalendar import Calendar

asked = json.load(sys.stdin)
events = []
calendars = [Calendar.from_ical(asked["calendar"])] if "calendar" in asked else []
for calendar in calendars:
    assert not calendar.errors, calendar.errors
    assert "PRODID" in calendar and calendar["VERSION"] == "2.0"
for event in [event for calendar in calendars for event in calendar.walk("VEVENT")]:
    assert not event.errors, event.errors
    assert event["DTSTAMP"].dt.tzinfo is not None
    events.append([str(event["UID"]), str(event["SUMMARY"]), event["DTSTART"].dt.isoformat(), str(event["DESCRIPTION"])])

feed = feedparser.parse(asked["feed"].encode())
assert not feed.bozo, feed.get("bozo_exception")
assert feed.version == "atom10", feed.version
assert feed.feed.id and feed.feed.title and feed.feed.updated_parsed
entries = []
for entry in feed.entries:
    assert entry.summary and entry.updated_parsed >= entry.published_parsed
    entries.append([entry.id, entry.title, entry.link])
json.dump({"events": events, "entries": entries, "id": feed.feed.id}, sys.stdout)
