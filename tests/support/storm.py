#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Many messages injected by 8 processes into a running mail system:

    storm.py calm:5000          all are delivered exactly once
    storm.py kills:5000:20      the same, a daemon killed 20 times on the way
    storm.py soak:60            for 60 s every daemon in turn, with HUPs

Duplicates are bounded by the deliveries in flight at the kills.
"""
import os
import random
import signal
import subprocess
import time

import instance
import ledger

CONCURRENCY = 100
WRITERS = 8


class Storm:
    def __init__(self, messages):
        self.system = s = instance.Instance(
            {"concurrencylocal": CONCURRENCY}, folder=instance.memory())
        s.box("load")
        self.accepted = s.home + "/accepted"
        self.messages, self.allowed, self.delivered = messages, 0, 0
        self.injector, self.writers = None, WRITERS

    def inject(self):
        s = self.system
        self.injector = subprocess.Popen(
            [instance.TESTBIN + "/inject", instance.BIN + "/qmail-queue",
             "queue", str(self.writers), str(self.messages), "1024", self.accepted,
             "sender@local.example", "load@local.example"],
            env=s.env, stdout=subprocess.DEVNULL, start_new_session=True)

    def stop_injecting(self):
        """All of its processes."""
        if self.injector is not None:
            try:
                os.killpg(self.injector.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.injector.wait()

    def injected(self):
        try:
            with open(self.accepted) as data:
                return sum(1 for line in data)
        except FileNotFoundError:
            return 0

    def arrived(self):
        folder = self.system.home + "/box/load/new"
        return len(os.listdir(folder))

    def life(self, until, what):
        """Runs until a condition holds."""
        self.system.wait(until, what, 300)

    def is_done(self):
        return (self.injector.poll() is not None and
                self.system.is_empty() and self.arrived() >= self.messages)

    def note_in_flight(self):
        """After a life that was ended by force."""
        started = done = 0
        for line in self.system.lines:
            started += line.startswith("starting delivery ")
            done += line.startswith("delivery ")
        # one result may be logged and not yet marked
        self.allowed += started - done + 1

    def finish(self):
        s = self.system
        if self.injector is not None:
            assert self.injector.wait() == 0, "the injector failed"
        s.stop()
        s.check_queue("-q", "-e")
        balance = ledger.main([self.accepted, s.home + "/box/load",
                               "--doubles", str(self.allowed)])
        print("%d were in flight at kills" % self.allowed)
        assert balance == 0
        assert self.injected() == self.messages


def with_storm(messages, body):
    storm = Storm(int(messages))
    try:
        body(storm)
        storm.finish()
    finally:
        storm.stop_injecting()
        storm.system.remove()


def calm(messages):
    def body(storm):
        begin = time.monotonic()
        storm.system.start_up()
        storm.inject()
        storm.life(storm.is_done, "the end of the storm")
        took = time.monotonic() - begin
        print("%d messages in %.1f s, %.0f/s" % (
            storm.messages, took, storm.messages / took))
        peak = max(int(line.split("/")[0].split()[-1])
                   for line in storm.system.lines
                   if line.startswith("status: local"))
        print("up to %d deliveries at a time" % peak)
        assert peak <= CONCURRENCY

    with_storm(messages, body)


def kills(messages, times):
    def body(storm):
        s, times_left = storm.system, int(times)
        step = storm.messages // (times_left + 1)
        s.start_up()
        storm.inject()
        for i in range(times_left):
            storm.life(lambda: storm.arrived() >= (i + 1) * step,
                       "%d arrivals" % ((i + 1) * step))
            os.kill(s.process.pid, signal.SIGKILL)
            s.wait(s.is_over, "the end after a kill")
            storm.note_in_flight()
            s.check_queue("-q") if storm.injector.poll() is not None else None
            s.start_up()
        storm.life(storm.is_done, "the end of the storm")

    with_storm(messages, body)


def soak(seconds):
    """Injection goes on all the time; each of the daemons is killed."""
    def body(storm):
        s, end = storm.system, time.monotonic() + int(seconds)
        dice = random.Random(int(time.time()))
        storm.messages, storm.writers = 1000000, 2
        s.start_up()
        storm.inject()
        lives = 0
        while time.monotonic() < end:
            pause = time.monotonic() + 0.5
            storm.life(lambda: time.monotonic() > pause, "a moment")
            s.signal("qmail-send", signal.SIGHUP)
            name = dice.choice(instance.DAEMONS)
            for pid in s.processes(name)[:1]:
                os.kill(pid, signal.SIGKILL)
            s.wait(s.is_over, "the end after a kill")
            storm.note_in_flight()
            s.start_up()
            lives += 1
        storm.stop_injecting()
        print("%d lives, %d messages, %d waiting" % (
            lives, storm.injected(), storm.injected() - storm.arrived()),
            flush=True)
        storm.life(s.is_empty, "the end of the soak")
        storm.messages, storm.injector = storm.injected(), None

    with_storm(1, body)


if __name__ == "__main__":
    instance.main({"calm": calm, "kills": kills, "soak": soak})
