"""The three views in a plain Python loop over NDJSON: what `duckdb.sql` says, with dictionaries, into CSV files.

Unlike the other contestants it parses JSON while the clock runs: there is nothing else that it could read.
"""

import csv
import datetime
import json
import os

from words import CHANNELS, INSTRUMENTS

EPOCH_MONDAY = 3
DAY_US = 86_400_000_000


def microseconds(text):
    moment = datetime.datetime.fromisoformat(text)
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def week(time):
    return (time // DAY_US + EPOCH_MONDAY) // 7


def month(time):
    moment = datetime.datetime.fromtimestamp(time // 1_000_000, datetime.timezone.utc)
    return moment.year * 12 + moment.month - 1


def is_named(customer):
    return not customer.startswith("anon:") and customer != "company:self"


class Interaction:
    __slots__ = (
        "first last events channel agent agent_at team team_at topic topic_at started queued answered ended outcome"
        " outcome_at held transferred reopened"
    ).split()

    def __init__(self):
        self.first, self.last, self.events, self.held = 1 << 62, -(1 << 62), 0, 0
        self.channel = self.agent = self.team = self.topic = self.outcome = None
        self.started = self.queued = self.answered = self.ended = None
        self.agent_at = self.team_at = self.topic_at = self.outcome_at = -(1 << 62)
        self.transferred = self.reopened = False

    def fold(self, kind, time, event):
        self.events += 1
        if time < self.first:
            self.first, self.channel = time, event.get("channel")
        if time > self.last:
            self.last = time
        agent, team, topic = event.get("agent"), event.get("team"), event.get("topic")
        if agent is not None and time > self.agent_at:
            self.agent, self.agent_at = agent, time
        if team is not None and time > self.team_at:
            self.team, self.team_at = team, time
        if topic is not None and time > self.topic_at:
            self.topic, self.topic_at = topic, time
        if kind in ("contact.ended", "visit.completed"):
            outcome = event["data"].get("outcome")
            if outcome is not None and time > self.outcome_at:
                self.outcome, self.outcome_at = outcome, time
        if kind == "contact.started":
            self.started = time if self.started is None else min(self.started, time)
        elif kind == "contact.queued":
            self.queued = time if self.queued is None else min(self.queued, time)
        elif kind == "contact.answered":
            self.answered = time if self.answered is None else min(self.answered, time)
        elif kind == "contact.ended":
            self.ended = time if self.ended is None else max(self.ended, time)
        elif kind == "contact.held":
            self.held -= time
        elif kind == "contact.resumed":
            self.held += time
        elif kind == "contact.transferred":
            self.transferred = True
        elif kind == "contact.reopened":
            self.reopened = True

    @property
    def wait(self):
        begin = self.started if self.queued is None else self.queued
        end = self.answered
        if end is None and self.outcome == "abandoned":
            end = self.ended
        return None if begin is None or end is None else end - begin

    @property
    def handle(self):
        return None if self.answered is None or self.ended is None else self.ended - self.answered - self.held


class Promise:
    def __init__(self):
        self.customer = self.channel = self.due = self.kept = self.broke = None
        self.made, self.due_at, self.waived = 1 << 62, -(1 << 62), False

    def fold(self, kind, time, customer, event):
        if time < self.made:
            self.made, self.customer, self.channel = time, customer, event.get("channel")
        due = event["data"].get("dueAt")
        if due is not None and time > self.due_at:
            self.due, self.due_at = microseconds(due), time
        if kind == "promise.kept":
            self.kept = time if self.kept is None else min(self.kept, time)
        elif kind == "promise.broken":
            self.broke = time if self.broke is None else min(self.broke, time)
        elif kind == "promise.waived":
            self.waived = True

    @property
    def fate(self):
        if self.waived:
            return None
        if self.kept is not None:
            return "promises_on_time" if self.due is None or self.kept <= self.due else "promises_late"
        return None if self.broke is None else "promises_broken"


FIGURES = (
    "contacts answered abandoned resolved transferred reopened waits wait_us handles handle_us"
    " promises_on_time promises_late promises_broken"
).split() + [name + end for name in INSTRUMENTS for end in ("", "_sum")]
FEATURES = CHANNELS + (
    "unresolved transferred complaints feedback feedback_sum purchases purchase_sum promises_late promises_broken"
).split()
LATEST = "feedback_last feedback_at purchase_first purchase_last status status_at".split()


class Views:
    def __init__(self):
        self.interactions, self.promises, self.consistency, self.churn = {}, {}, {}, {}

    def cell(self, channel, time):
        key = (channel, week(time))
        cell = self.consistency.get(key)
        if cell is None:
            cell = self.consistency[key] = dict.fromkeys(FIGURES, 0) | {"wait": [], "handle": []}
        return cell

    def features(self, customer, time):
        key = (customer, month(time))
        row = self.churn.get(key)
        if row is None:
            row = self.churn[key] = dict.fromkeys(FEATURES, 0) | dict.fromkeys(LATEST)
        return row

    def fold(self, event):
        kind, time = event["type"], microseconds(event["time"])
        customer, interaction = event.get("subject"), event.get("interaction")
        if customer is None:
            if kind in ("standard.declared", "belief.stated"):
                customer = "company:self"
            elif interaction is not None:
                customer = "anon:" + interaction
            else:
                customer = f"anon:{event['source']}/id:{event['id']}"
        if interaction is not None:
            row = self.interactions.get((customer, interaction))
            if row is None:
                row = self.interactions[customer, interaction] = Interaction()
            row.fold(kind, time, event)
        if kind.startswith("promise."):
            promise = self.promises.get(event["data"]["promise"])
            if promise is None:
                promise = self.promises[event["data"]["promise"]] = Promise()
            promise.fold(kind, time, customer, event)
        elif kind == "feedback.given":
            self.fold_feedback(time, customer, event)
        elif is_named(customer):
            self.fold_fact(kind, time, customer, event)

    def fold_feedback(self, time, customer, event):
        data = event["data"]
        cell, instrument, score = self.cell(event.get("channel"), time), data["instrument"], data["score"]
        cell[instrument] += 1
        cell[instrument + "_sum"] += score
        if is_named(customer):
            row, mille = self.features(customer, time), (score - data["min"]) * 1000 // (data["max"] - data["min"])
            row["feedback"] += 1
            row["feedback_sum"] += mille
            if row["feedback_at"] is None or time > row["feedback_at"]:
                row["feedback_last"], row["feedback_at"] = mille, time

    def fold_fact(self, kind, time, customer, event):
        if kind == "complaint.raised":
            self.features(customer, time)["complaints"] += 1
        elif kind == "purchase.made":
            row = self.features(customer, time)
            row["purchases"] += 1
            row["purchase_sum"] += event["data"]["amount"]
            row["purchase_first"] = min(row["purchase_first"] or time, time)
            row["purchase_last"] = max(row["purchase_last"] or time, time)
        elif kind == "relationship.changed":
            row = self.features(customer, time)
            if row["status_at"] is None or time > row["status_at"]:
                row["status"], row["status_at"] = event["data"]["status"], time

    def conclude(self):
        """What is known of an interaction or a promise only when all its events are."""
        for (customer, _), row in self.interactions.items():
            cell, wait, handle = self.cell(row.channel, row.first), row.wait, row.handle
            cell["contacts"] += row.started is not None
            cell["answered"] += row.answered is not None
            cell["abandoned"] += row.outcome == "abandoned"
            cell["resolved"] += row.outcome == "resolved"
            cell["transferred"] += row.transferred
            cell["reopened"] += row.reopened
            if wait is not None:
                cell["wait"].append(wait)
            if handle is not None:
                cell["handle"].append(handle)
            if is_named(customer):
                features = self.features(customer, row.first)
                features[row.channel] += 1
                features["unresolved"] += row.outcome == "unresolved"
                features["transferred"] += row.transferred
        for promise in self.promises.values():
            fate, cell = promise.fate, self.cell(promise.channel, promise.made)
            if fate is not None:
                cell[fate] += 1
            if fate in ("promises_late", "promises_broken") and is_named(promise.customer):
                time = promise.broke if promise.kept is None else promise.kept
                self.features(promise.customer, time)[fate] += 1


def quantile(values, tenths):
    """By rank: the least value that so many tenths are not above."""
    return values[-(-len(values) * tenths // 10) - 1] if values else None


def store(folder, name, header, rows):
    with open(f"{folder}/{name}.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
        file.flush()
        os.fsync(file.fileno())


def build(lines, folder):
    """Writes `timeline.csv`, `consistency.csv` and `churn.csv` from a file of NDJSON."""
    views = Views()
    with open(lines, "rb") as file:
        for line in file:
            views.fold(json.loads(line))
    views.conclude()
    facts = "events channel agent team topic started queued answered ended outcome transferred reopened".split()
    header = ["customer", "interaction", "first_time", "last_time", *facts, "wait_us", "handle_us"]
    store(folder, "timeline", header, (
        (*key, row.first, row.last, *(getattr(row, fact) for fact in facts), row.wait, row.handle)
        for key, row in views.interactions.items()
    ))
    for cell in views.consistency.values():
        for name in ("wait", "handle"):
            values = cell[name]
            values.sort()
            cell[name + "s"], cell[name + "_us"] = len(values), sum(values)
    quantiles = [(name, tenths) for name in ("wait", "handle") for tenths in (5, 9)]
    header = ["channel", "week", *FIGURES, *(f"{name}_p{tenths}0_us" for name, tenths in quantiles)]
    store(folder, "consistency", header, (
        (*key, *(cell[name] for name in FIGURES), *(quantile(cell[name], tenths) for name, tenths in quantiles))
        for key, cell in views.consistency.items()
    ))
    shown = FEATURES + [name for name in LATEST if not name.endswith("_at")]
    store(folder, "churn", ["customer", "month", *shown], (
        (*key, *(row[name] for name in shown)) for key, row in views.churn.items()
    ))
