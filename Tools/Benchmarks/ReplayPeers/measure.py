"""Runs a contestant on two cores and watches its memory from outside."""

import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

INTERVAL_SECONDS = 0.01


class Failure(Exception):
    """A contestant that did not come to its end; says which, and its last words."""


class MemoryWatch(threading.Thread):
    """The highest `RssAnon` of a process, looked at every 10 ms, and its `VmHWM` when last seen."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self.path, self.is_over = f"/proc/{process}/status", threading.Event()
        self.anonymous_kb = self.resident_kb = 0

    def run(self):
        while not self.is_over.is_set():
            try:
                text = pathlib.Path(self.path).read_text(encoding="ascii")
            except (FileNotFoundError, ProcessLookupError):
                return
            figures = dict(re.findall(r"(RssAnon|VmHWM):\s+(\d+)", text))
            self.anonymous_kb = max(self.anonymous_kb, int(figures.get("RssAnon", 0)))
            self.resident_kb = max(self.resident_kb, int(figures.get("VmHWM", 0)))
            self.is_over.wait(INTERVAL_SECONDS)

    def stop(self):
        self.is_over.set()
        self.join()


def two_cores():
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])


def bytes_on_disk(folder):
    return sum(path.stat().st_blocks * 512 for path in pathlib.Path(folder).rglob("*") if path.is_file())


def measure_peer(name, data, views):
    """A peer of `peer.py`: from when it is told to begin to when its views are on disk."""
    program = pathlib.Path(__file__).with_name("peer.py")
    environment = os.environ | {"POLARS_MAX_THREADS": "2", "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        [sys.executable, program, name, data, views], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env=environment, preexec_fn=two_cores,
    ) as child:
        if child.stdout.readline() != "ready\n":
            raise Failure(f"{name}: {last_line(child.communicate()[1])}")
        watch = MemoryWatch(child.pid)
        watch.start()
        print(file=child.stdin, flush=True)
        answer = child.stdout.readline()
        watch.stop()
        errors = child.communicate()[1]
    if not answer:
        raise Failure(f"{name}: {last_line(errors)}")
    return json.loads(answer) | {"anonymous_kb": watch.anonymous_kb, "bytes_on_disk": bytes_on_disk(views)}


def measure_command(name, command, views, environment):
    """A command, from its start to its end; its views are what is in the folder afterwards."""
    begun = time.monotonic()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env=os.environ | environment, preexec_fn=two_cores,
    ) as child:
        watch = MemoryWatch(child.pid)
        watch.start()
        errors = child.stderr.read()
        # Waited for here, as only this way tells the CPU time of this child alone.
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.monotonic() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
    if child.returncode != 0:
        raise Failure(f"{name}: exit code {child.returncode}: {last_line(errors)}")
    return {
        "seconds": seconds, "cpu_seconds": used.ru_utime + used.ru_stime,
        "resident_kb": max(watch.resident_kb, used.ru_maxrss), "anonymous_kb": watch.anonymous_kb,
        "bytes_on_disk": bytes_on_disk(views),
    }


def last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    # Commands say first what was wrong, and then how they are used; Python says it last.
    told = [line for line in lines if line.startswith(("Error:", "touchlog:"))]
    return (told or lines[-1:] or ["it said nothing"])[0]
