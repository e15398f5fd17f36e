#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Goes through the system calls of one daemon in a running mail system:

    system_walk.py kill:qmail-send:7 errno:qmail-todo:25 ...

kill: KILL before every 7th system call; errno: every 25th fails, for four
reasons. The first point is taken from the time, so that samples differ from
run to run; FIRST=n fixes it. After each point the system is stopped, every
state of the queue must be a legal one, and a restart must bring everything
where it belongs: nothing accepted is lost, nothing arrives again but what was
in flight.
"""
import os
import re
import signal
import subprocess
import sys
import time

import instance

ERRORS = ("ENOSPC", "EIO", "EINTR", "EMFILE")
QUIET_S = 0.25  # without a line in the log: nothing more will come


class Walk:
    def __init__(self, program):
        self.system = instance.Instance(own_bin=True)
        self.program = program
        self.trace = self.system.home + "/trace"
        for name in ("one", "two", "more"):
            self.system.box(name)
        self.system.dotqmail("bad", "|exit 100\n")
        self.system.dotqmail(
            "later", "|test -e ../later || exit 111\n./later/\n")
        for sub in ("tmp", "new", "cur"):
            os.makedirs(self.system.home + "/box/later/" + sub)
        self.doubles = self.runs = 0

    # ---- what is sent and must arrive ---------------------------------------

    def send_all(self):
        s = self.system
        if os.path.exists(s.home + "/later"):
            os.unlink(s.home + "/later")
        s.empty_boxes()
        many = s.send(["one@local.example", "bad@local.example",
                       "two@local.example", "later@local.example",
                       "a@r.example", "bad@r.example", "later@r.example"])
        plain = s.send(["more@local.example"])
        bounce = s.send(["bad@local.example"], sender="")
        self.due = [(many, "one"), (many, "two"), (many, "later"),
                    (many, "a@r.example"), (many, "later@r.example"),
                    (plain, "more")]
        self.notices = [
            ("sender", many, b"<bad@local.example>:"),
            ("sender", many, b"<bad@r.example>:"),
            ("postmaster", bounce, b"<bad@local.example>:"),
        ]

    def has_notice(self, box, number, text):
        line = b"\nX-Ledger: %d\n" % number
        return any(text in data and line in data
                   for data in self.system.in_box(box))

    def has_all(self):
        return (all(self.system.arrived(*d) for d in self.due) and
                all(self.has_notice(*n) for n in self.notices))

    # ---- one point ----------------------------------------------------------

    def disturbed_life(self, options):
        s = self.system
        s.wrap(self.program, "exec '%s/killwalk' %s \"$real\" \"$@\"" % (
            instance.TESTBIN, options))
        s.start()
        self.until_quiet()
        open(s.home + "/later", "w").close()
        s.signal("qmail-send", signal.SIGALRM)
        self.until_quiet()
        if s.pipe is not None:
            s.signal("qmail-send", signal.SIGTERM)
        try:
            s.wait(s.is_over, "end", 10)
        except AssertionError:
            print("%s of %s: does not end" % (options, self.program))
            raise
        s.unwrap(self.program)

    def until_quiet(self):
        s = self.system
        seen, since = -1, time.monotonic()
        while s.read_log(0.01):
            if len(s.lines) != seen:
                seen, since = len(s.lines), time.monotonic()
            if time.monotonic() - since > QUIET_S:
                return
            if self.has_all() and s.is_empty():
                return

    def in_flight(self):
        """Deliveries of which the queue may not know the result."""
        running, last = set(), None
        for line in self.system.lines:
            m = re.match(r"starting delivery (\d+)", line)
            if m:
                running.add(m.group(1))
            m = re.match(r"delivery (\d+)", line)
            if m:
                running.discard(m.group(1))
                last = m.group(1)
        marks = sum("will be delivered twice" in line
                    for line in self.system.lines)
        # at a kill one result may be logged and not yet marked
        return len(running) + (last is not None) + marks

    def recover(self, allowed):
        s = self.system
        s.check_queue("-q")
        open(s.home + "/later", "a").close()
        s.start()
        s.line("status: .*")
        s.signal("qmail-send", signal.SIGALRM)
        s.wait(lambda: s.is_empty() and self.has_all(),
               "everything that was accepted", 30)
        s.stop()
        s.check_queue("-q", "-e")
        extra = sum(s.copies(*d) - 1 for d in self.due)
        assert extra <= allowed, "%d arrived again, %d were in flight:\n%s" % (
            extra, allowed, "\n".join(s.lines))
        self.doubles += extra

    def point(self, options, more=0):
        self.send_all()
        self.disturbed_life(options)
        first_life = self.system.lines
        try:
            self.recover(self.in_flight() + more)
        except AssertionError:
            print("%s of %s\nfirst life:\n%s\n" % (
                options, self.program, "\n".join(first_life)))
            subprocess.run(["find", self.system.queue, "-type", "f"],
                           check=False)
            raise
        self.runs += 1

    def count(self):
        self.point("-o '%s'" % self.trace)
        with open(self.trace) as data:
            return sum(1 for line in data)

    def walk(self, form, step, more):
        total = self.count()
        step = int(step)
        at = int(os.environ.get("FIRST", 1 + int(time.time()) % step))
        first, start = at, time.time()
        while at <= total:
            self.point(form % at, more)
            at += step
        print("%s: %d of %d calls from %d, %d arrived twice, %.1f s" % (
            self.program, (total - first) // step + 1, total, first,
            self.doubles, time.time() - start))

    def close(self):
        self.system.remove()


def kill(program, step):
    w = Walk(program)
    try:
        w.walk("-b %d", step, 0)
    finally:
        w.close()


def errno(program, step):
    # what fails may be the news of a delivery that was made
    for i, error in enumerate(ERRORS):
        os.environ["FIRST"] = str(1 + (int(time.time()) + i) % int(step))
        w = Walk(program)
        try:
            w.walk("-e %d:" + error, step, 1)
        finally:
            w.close()


if __name__ == "__main__":
    if subprocess.run([instance.TESTBIN + "/killwalk", "true"],
                      stderr=subprocess.DEVNULL).returncode != 0:
        print("skip")
        sys.exit(0)
    instance.main({"kill": kill, "errno": errno})
