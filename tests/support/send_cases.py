#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Cases for qmail-send: send_cases.py NAME [wide]. See send_world.py."""
import fcntl
import os
import resource
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from send_world import (QUEUE, RECORDED, HOME, World, control, exists,  # noqa
                        message, path, read, split, write)

WIDE = "wide" in sys.argv[2:]
world = None


def begin(status="status: local 0/10 remote 0/20", **kw):
    global world
    if os.path.isfile(HOME + "/control/locals"):
        control("locals", "local.example\nl\n")
    world = World(wide=WIDE, **kw)
    if status:
        world.line(status)
    return world


def virtual(address):
    """As it arrives: qmail-todo has rewritten it, a submitter has not."""
    return (b"alice-v-" if WIDE else b"") + address


def mtime(kind, number):
    return int(os.stat(path(kind, number)).st_mtime)


def gone(number):
    return not any(exists(k, number) for k in
                   ("mess", "info", "local", "remote", "bounce"))


# ---- deliveries

def success():
    w = begin()
    n = w.arrive(local=[b"bob@local.example"])
    c = w.command("local")
    assert c == (0, b"%d/%d" % (n % split(), n), b"joe@a.example",
                 b"bob@local.example"), c
    w.line("new msg %d" % n)
    w.line("starting delivery 1: msg %d to local bob@local.example" % n)
    w.line("status: local 1/10 remote 0/20")
    w.report("local", 0, b"Kdid 1+0+0\n")
    w.line(r"delivery 1: success: did_1\+0\+0/")
    w.line("status: local 0/10 remote 0/20")
    w.line("end msg %d" % n)
    w.wait(lambda: gone(n), "removal")
    w.stop()


def no_recipients():
    w = begin()
    n = w.arrive()
    w.line("end msg %d" % n)
    w.wait(lambda: gone(n), "removal")
    w.stop()


def two_channels():
    """The message ends once, after both."""
    w = begin()
    n = w.arrive(local=[b"a@local.example"], remote=[b"b@r.example"])
    lc, rc = w.command("local"), w.command("remote")
    w.report("remote", rc[0], b"Kok\n")
    w.line("delivery .: success: ok/")
    w.wait(lambda: not exists("remote", n), "removal of remote")
    assert exists("info", n) and exists("local", n)
    w.report("local", lc[0], b"Kok\n")
    w.line("end msg %d" % n)
    w.wait(lambda: gone(n), "removal")
    assert [x for x in w.log if x.startswith("end")] == ["end msg %d" % n]
    w.stop()


def both_at_once():
    """Two last reports in one turn: still one end, one notice."""
    n = message(local=[b"a@l"], remote=[b"b@r"])
    w = begin()
    lc, rc = w.command("local"), w.command("remote")
    w.signal(signal.SIGSTOP)
    w.report("local", lc[0], b"Kok\n")
    w.report("remote", rc[0], b"Dno\n")
    w.signal(signal.SIGCONT)
    w.line("bounce msg %d qp .*" % n)
    w.line("end msg %d" % n)
    w.stop()
    assert len([x for x in w.log if x.startswith("end msg")]) == 1, w.log
    assert len(w.bounces()) == 1


def marks():
    """Each success is one byte in the chan file; the rest waits."""
    w = begin()
    n = w.arrive(local=[b"a@l", b"b@l", b"c@l"])
    got = {w.command("local")[3]: i for i in range(3)}
    w.report("local", got[b"b@l"], b"K\n")
    w.line("delivery 2: success: /")
    w.wait(lambda: read("local", n) == b"Ta@l\0Db@l\0Tc@l\0", "mark")
    w.report("local", got[b"a@l"], b"Zbusy\n")
    w.report("local", got[b"c@l"], b"Zbusy\n")
    w.line("delivery 3: deferral: busy/")
    w.stop()
    assert read("local", n) == b"Ta@l\0Db@l\0Tc@l\0"


def verp():
    w = begin()
    w.arrive(sender=b"list-@host.example-@[]", remote=[b"bob@r.example"])
    c = w.command("remote")
    assert c[2] == b"list-bob=r.example@host.example", c
    w.stop_with("remote", c)


def many():
    """A thousand at once, each answered, in any order."""
    control("concurrencyremote", "1000\n")
    w = begin("status: local 0/10 remote 0/1000", remote=2000)
    n = w.arrive(remote=[b"r%d@r.example" % i for i in range(1500)])
    w.wait(lambda: len(w.commands["remote"]) == 1000, "1000 commands")
    w.line("status: local 0/10 remote 1000/1000")
    w.no_more("remote", 1000)
    while len(w.log) < 3 or not w.log[-1].startswith("end msg"):
        w.commands["remote"].reverse()
        for c in w.commands["remote"]:
            w.report("remote", c[0], b"Kok\n")
        w.commands["remote"].clear()
        w.step(0.05)
    w.line("delivery 1500: success: ok/")
    w.line("end msg %d" % n)
    w.stop()


def zero():
    """Concurrency 0 stops a channel and nothing else."""
    control("concurrencylocal", "0\n")
    w = begin("status: local 0/0 remote 0/20")
    n = w.arrive(local=[b"a@local.example"], remote=[b"b@r.example"])
    c = w.command("remote")
    w.report("remote", c[0], b"Kok\n")
    w.wait(lambda: not exists("remote", n), "end of remote")
    w.no_command("local")
    w.stop()
    assert exists("local", n)


def greeting_limits():
    w = begin("status: local 0/3 remote 0/20", local=3)
    w.arrive(local=[b"%d@l" % i for i in range(5)])
    w.wait(lambda: len(w.commands["local"]) == 3, "3 commands")
    w.no_more("local", 3)
    for i in range(3):
        w.report("local", w.command("local")[0], b"Kok\n")
    w.wait(lambda: len(w.commands["local"]) == 2, "the rest")
    for i in range(2):
        w.report("local", w.command("local")[0], b"Kok\n")
    w.line("end msg .*")
    w.stop()


def turns():
    """A message with many recipients does not hold up the others."""
    w = begin("status: local 0/2 remote 0/20", local=2)
    big = w.arrive(local=[b"%d@l" % i for i in range(100)])
    first = w.command("local")
    second = w.command("local")
    small = w.arrive(local=[b"small@l"])
    w.line("new msg %d" % small)
    if not WIDE:
        w.line("info msg %d: .*" % small)
    while w.step(0.1):
        pass
    w.report("local", first[0], b"Kok\n")
    third = w.command("local")
    w.report("local", second[0], b"Kok\n")
    fourth = w.command("local")
    assert b"small@l" in (third[3], fourth[3]), (third, fourth)
    w.report("local", third[0], b"Zx\n")
    w.report("local", fourth[0], b"Zx\n")
    w.kill()
    assert exists("local", big)


# ---- schedule

def retries():
    """The next attempt stands in the mtime after an orderly exit."""
    old = message(local=[b"a@l"], remote=[b"b@r"], age=1000)
    birth = mtime("info", old)
    w = begin()
    for who in ("local", "remote"):
        w.report(who, w.command(who)[0], b"Zlater\n")
        w.line("delivery .: deferral: later/")
    w.stop()
    assert mtime("info", old) == birth
    now = time.time()
    for who, skip in (("local", 10), ("remote", 20)):
        due = mtime(who, old)
        # the attempt was made at age 1000 or a few seconds later
        assert due in (birth + (31 + skip) ** 2, birth + (32 + skip) ** 2)
        assert due > now
    w = begin()
    w.no_command("local")
    w.no_command("remote")
    w.stop()
    assert mtime("local", old) > now


def dying():
    control("queuelifetime", "100\n")
    n = message(remote=[b"b@r.example"], age=1000)
    w = begin()
    c = w.command("remote")
    w.report("remote", c[0], b"Zno route\n")
    w.line("delivery 1: failure: no_route/.*"
           "this_message_has_been_in_the_queue_too_long.*")
    w.line("bounce msg %d qp [0-9]+" % n)
    w.line("end msg %d" % n)
    text = w.bounces()[0][1]
    assert b"<b@r.example>:\nno route\n" in text, text
    assert b"this message has been in the queue too long" in text
    w.stop()


def alarm():
    n = message(remote=[b"b@r"], age=10, when=int(time.time()) + 5000)
    w = begin()
    w.no_command("remote")
    w.signal(signal.SIGALRM)
    c = w.command("remote")
    assert b"%d" % n in c[1]
    w.report("remote", c[0], b"Zlater\n")
    w.line("delivery 1: deferral: later/")
    w.stop()


def overdue_first():
    """Of what is due, the longest overdue comes first."""
    control("concurrencyremote", "1\n")
    now = int(time.time())
    numbers = [message(remote=[b"%d@r" % i], age=100, when=now - i * 100)
               for i in range(5)]
    w = begin("status: local 0/10 remote 0/1")
    got = []
    for _ in numbers:
        c = w.command("remote")
        got.append(c[3])
        w.report("remote", c[0], b"Kok\n")
    assert got == [b"%d@r" % i for i in (4, 3, 2, 1, 0)], got
    w.stop()


# ---- reports

def mangled():
    w = begin()
    n = w.arrive(local=[b"a@l", b"b@l", b"c@l"])
    for i in range(3):
        w.command("local")
    w.report("local", 0, b"Qwhat\n")
    w.line("delivery 1: report mangled, will defer")
    w.report("local", 1, b"")
    w.line("delivery 2: report mangled, will defer")
    w.report("local", 2, b"K" + b"x" * 30000)
    w.line("delivery 3: success: x{10000}|delivery 3: success: x{9999}")
    w.line("status: local 0/10 remote 0/20")
    w.stop()
    assert read("local", n) == b"Ta@l\0Tb@l\0Dc@l\0"


def out_of_range():
    w = begin()
    n = w.arrive(local=[b"a@l"])
    c = w.command("local")
    for number in (1, 77, 255):
        w.report("local", number, b"Kok\n")
        w.line("warning: internal error: delivery report out of range")
    w.report("remote", 0, b"Kok\n")
    w.line("warning: internal error: delivery report out of range")
    w.report("local", c[0], b"Kok\n")
    w.line("end msg %d" % n)
    w.report("local", c[0], b"Kok\n")
    w.line("warning: internal error: delivery report out of range")
    w.stop()


def in_pieces():
    """A report may come in any pieces, several in one."""
    w = begin()
    w.arrive(local=[b"a@l", b"b@l"])
    a, b = w.command("local"), w.command("local")
    head = 2 if WIDE else 1
    data = (a[0].to_bytes(head, "little") + b"Kone\n\0" +
            b[0].to_bytes(head, "little") + b"Ktwo\n\0")
    for byte in data[:-8]:
        w.put("local", bytes([byte]))
        w.step(0.01)
    w.put("local", data[-8:])
    w.line("delivery 1: success: one/")
    w.line("delivery 2: success: two/")
    w.line("end msg .*")
    w.stop()


def spawner_dies():
    w = begin()
    n = w.arrive(local=[b"a@l"], remote=[b"b@r"])
    w.command("local")
    c = w.command("remote")
    w.close("local")
    w.line(r"alert: oh no! lost spawn connection! dying\.\.\.")
    w.report("remote", c[0], b"Kok\n")
    w.line("delivery .: success: ok/")
    assert w.exit() == 0
    assert w.log[-1] == "status: exiting"
    assert read("local", n) == b"Ta@l\0"


def clean_dies():
    w = begin()
    w.close("clean")
    w.line(r"alert: oh no! lost qmail-clean connection! dying\.\.\.")
    assert w.exit() == 0


def clean_refuses():
    w = begin(clean=False)
    n = w.arrive(local=[b"a@l"])
    if not WIDE:
        w.wait(lambda: w.requests, "todo request")
        w.clean(w.requests[0])
    w.report("local", w.command("local")[0], b"Kok\n")
    w.line("end msg %d" % n)
    w.wait(lambda: "foop/%d" % n in w.requests, "request")
    w.put("clean", b"!")
    w.line("warning: qmail-clean unable to clean up foop/%d" % n)
    w.stop()


def clean_is_slow():
    """Nobody waits for qmail-clean."""
    w = begin(clean=False)
    if not WIDE:
        w.answer_clean = True
    for _ in range(3):
        w.arrive(local=[b"a@l"])
    w.commands["local"].clear()
    w.wait(lambda: any("local 3/10" in x for x in w.log), "three deliveries")
    w.answer_clean = False
    for i in range(3):
        w.report("local", i, b"Kok\n")
    for _ in range(3):
        w.line("end msg .*")
    foops = [r for r in w.requests if r.startswith("foop")]
    for r in foops:
        w.clean(r)
    w.stop()


# ---- notices

def bounce():
    control("virtualdomains", "virt.example:alice-v\n")
    w = begin()
    n = w.arrive(local=[virtual(b"info@virt.example"), b"x@local.example"],
                 sender=b"joe smith@a.example", body=b"Subject: y\n\nhi\n")
    w.report("local", w.command("local")[0], b"Dno\n\nuser\n\n")
    w.line("delivery 1: failure: no//user//")
    w.report("local", w.command("local")[0], b"Kok\n")
    qp = w.line("bounce msg %d qp [0-9]+" % n).split()[-1]
    w.line("end msg %d" % n)
    (env, text), = w.bounces()
    assert os.path.exists("%s/%s.env" % (RECORDED, qp))
    assert env == b"F\0Tjoe smith@a.example\0\0", env
    head, body = text.split(b"\n\n", 1)
    assert b"From: MAILER-DAEMON@local.example\n" in head, head
    assert b'To: "joe smith"@a.example\n' in head, head
    assert head.endswith(b"Subject: failure notice"), head
    assert head.startswith(b"Date: "), head
    assert body.startswith(b"Hi. This is the qmail-send program at "
                           b"local.example.\n"), body
    assert b"\n<info@virt.example>:\nno\n/user\n\n--- Below" in body, body
    assert body.endswith(b'\nReturn-Path: <"joe smith"@a.example>\n'
                         b"Subject: y\n\nhi\n"), body
    w.wait(lambda: gone(n), "removal")
    w.stop()


def double_bounce():
    w = begin()
    n = w.arrive(remote=[b"joe@r.example"], sender=b"")
    w.report("remote", w.command("remote")[0], b"Dno\n")
    w.line("bounce msg %d qp [0-9]+" % n)
    (env, text), = w.bounces()
    assert env == b"F#@[]\0Tpostmaster@local.example\0\0", env
    assert b"--- Below this line is the original bounce.\n" in text
    assert b"Return-Path: <>\n" in text
    w.line("end msg %d" % n)
    w.stop()


def triple_bounce():
    w = begin()
    n = w.arrive(remote=[b"joe@r.example"], sender=b"#@[]")
    w.report("remote", w.command("remote")[0], b"Dno\n")
    w.line("triple bounce: discarding bounce/%d" % n)
    w.line("end msg %d" % n)
    w.wait(lambda: gone(n), "removal")
    assert w.bounces() == []
    w.stop()


def verp_bounce():
    w = begin()
    w.arrive(remote=[b"joe@r.example"], sender=b"list-@host-@[]")
    w.report("remote", w.command("remote")[0], b"Dno\n")
    w.line("bounce msg .*")
    (env, text), = w.bounces()
    assert env == b"F\0Tlist-@host\0\0", env
    assert b"Return-Path: <list-@host>\n" in text
    w.stop()


def bounce_max():
    control("bouncemaxbytes", "20\n")
    w = begin()
    w.arrive(remote=[b"a@r"], body=b"Subject: y\n\n" + b"x" * 100 + b"\n")
    w.report("remote", w.command("remote")[0], b"Dno\n")
    w.line("end msg .*")
    text = w.bounces()[0][1]
    assert text.endswith(b"Return-Path: <joe@a.example>\nSubject: y\n\n"
                         b"xxxxxxxx\n--- The rest of the message was left "
                         b"out.\n"), text
    w.stop()


def bounce_size():
    """The file stops growing; what is left out is counted."""
    control("concurrencyremote", "100\n")
    w = begin("status: local 0/10 remote 0/100")
    count = 500
    n = w.arrive(remote=[b"r%d@r" % i for i in range(count)])
    report = b"D" + (b"x" * 99 + b"\n") * 30
    done = 0
    while done < count:
        w.wait(lambda: w.commands["remote"], "commands")
        while w.commands["remote"]:
            w.report("remote", w.commands["remote"].pop(0)[0], report)
            done += 1
            w.step(0)
    w.line("end msg %d" % n)
    text = w.bounces()[0][1]
    listed = text.count(b"\n<r")
    assert 330 < listed < 360, listed
    assert b"(%010d more recipients failed" % (count - listed) in text, \
        text[-400:]
    w.stop()


def bounce_refused():
    w = begin()
    write(RECORDED + "/exit", b"71\n")
    n = w.arrive(remote=[b"a@r"])
    w.report("remote", w.command("remote")[0], b"Dno\n")
    w.line("warning: trouble injecting bounce message, will try later")
    w.stop()
    assert exists("bounce", n) and exists("info", n) and exists("mess", n)
    assert not exists("remote", n)
    os.unlink(RECORDED + "/exit")
    w = begin()
    w.line("bounce msg %d qp [0-9]+" % n)
    w.line("end msg %d" % n)
    w.stop()


def bounce_no_program():
    w = begin(env={"QMAILQUEUE": "/nonexistent/queue"})
    n = w.arrive(remote=[b"a@r"])
    w.report("remote", w.command("remote")[0], b"Dno\n")
    w.line("warning: unable to start qmail-queue, will try later")
    m = w.arrive(remote=[b"b@r"])
    w.report("remote", w.command("remote")[0], b"Kok\n")
    w.line("end msg %d" % m)
    w.stop()
    assert exists("bounce", n)


def bounce_is_slow():
    """Deliveries go on while qmail-queue stands still."""
    script = RECORDED + "/slow"
    os.makedirs(RECORDED, exist_ok=True)
    os.mkfifo(RECORDED + "/gate")
    with open(script, "w") as out:
        out.write('#!/bin/sh\nread x <"%s/gate"\ncat >/dev/null\n'
                  "cat <&1 >/dev/null\n" % RECORDED)
    os.chmod(script, 0o755)
    w = begin(env={"QMAILQUEUE": script})
    n = w.arrive(remote=[b"a@r"], body=b"x" * 300000)
    w.report("remote", w.command("remote")[0], b"Dno\n")
    w.line("delivery 1: failure: no/")
    m = w.arrive(remote=[b"b@r"])
    w.report("remote", w.command("remote")[0], b"Kok\n")
    w.line("end msg %d" % m)
    w.signal(signal.SIGTERM)
    while w.step(0.1):
        pass
    assert w.process.poll() is None
    with open(RECORDED + "/gate", "w") as gate:
        gate.write("go\n")
    w.line("bounce msg %d qp .*" % n)
    w.line("end msg %d" % n)
    assert w.exit() == 0


def bounce_disk_full():
    """No text, no D mark; and nothing stands still meanwhile."""
    w = begin()
    n = w.arrive(remote=[b"a@r"])
    c = w.command("remote")
    os.chmod(QUEUE + "/bounce", 0o500)
    w.report("remote", c[0], b"Dno\n")
    w.line("delivery 1: failure: no/")
    w.line("alert: unable to append to bounce message; HELP! sleeping...")
    w.line("status: local 0/10 remote 0/20")
    assert read("remote", n) == b"Ta@r\0"
    m = w.arrive(remote=[b"b@r"])
    w.report("remote", w.command("remote")[0], b"Kok\n")
    w.line("end msg %d" % m)
    os.chmod(QUEUE + "/bounce", 0o700)
    w.line("bounce msg %d qp .*" % n)  # after ten seconds
    w.line("end msg %d" % n)
    w.stop()


# ---- signals

def term():
    """Running deliveries are waited for, nothing new is started."""
    control("concurrencylocal", "1\n")
    w = begin("status: local 0/1 remote 0/20")
    n = w.arrive(local=[b"a@l", b"b@l"])
    c = w.command("local")
    w.signal(signal.SIGTERM)
    while w.step(0.1):
        pass
    assert w.process.poll() is None
    w.report("local", c[0], b"Kok\n")
    w.line("status: local 0/1 remote 0/20 exitasap")
    assert w.exit() == 0
    assert not w.commands["local"]
    assert read("local", n) == b"Da@l\0Tb@l\0"
    if WIDE:
        assert w.told == b"SX", w.told


def term_twice():
    later = message(remote=[b"b@r"], age=10, when=int(time.time()) + 500)
    w = begin()
    due = mtime("remote", later)
    n = w.arrive(local=[b"a@l"])
    w.command("local")
    w.signal(signal.SIGTERM)
    w.step(0.2)
    w.signal(signal.SIGTERM)
    assert w.exit() == 0
    assert w.log[-1] == "status: exiting"
    assert read("local", n) == b"Ta@l\0"
    assert mtime("remote", later) == due


def hup():
    """virtualdomains is read again, by qmail-todo too."""
    w = begin()
    if WIDE:
        w.wait(lambda: w.told == b"S", "S")
    control("virtualdomains", "virt.example:alice-v\n")
    w.signal(signal.SIGHUP)
    if WIDE:
        w.wait(lambda: w.told == b"SH", "H")
    else:
        while w.step(0.1):
            pass
    w.arrive(local=[virtual(b"x@virt.example")])
    w.report("local", w.command("local")[0], b"Dno\n")
    w.line("end msg .*")
    assert b"\n<x@virt.example>:\n" in w.bounces()[0][1]
    w.stop()


def hup_fails():
    control("virtualdomains", "virt.example:alice-v\n")
    w = begin()
    os.unlink(HOME + "/control/virtualdomains")
    os.mkdir(HOME + "/control/virtualdomains")
    w.signal(signal.SIGHUP)
    w.line("alert: unable to reread control/virtualdomains")
    os.rename(HOME + "/control/locals", HOME + "/control/locals.old")
    os.mkdir(HOME + "/control/locals")
    w.signal(signal.SIGHUP)
    w.line("alert: unable to reread control/locals")
    w.arrive(local=[virtual(b"x@virt.example")])
    w.report("local", w.command("local")[0], b"Dno\n")
    w.line("end msg .*")
    assert b"\n<x@virt.example>:\n" in w.bounces()[0][1]
    w.stop()


# ---- start

def cannot_start(pattern):
    w = begin(None)
    w.line(pattern)
    assert w.exit() == 111
    return w


def mutex_busy():
    with open(QUEUE + "/lock/sendmutex", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        cannot_start("alert: cannot start: qmail-send is already running")


def no_mutex():
    os.unlink(QUEUE + "/lock/sendmutex")
    cannot_start("alert: cannot start: unable to open mutex")


def no_controls():
    os.mkdir(HOME + "/control/bouncefrom")
    cannot_start("alert: cannot start: unable to read controls")


def no_locals():
    os.unlink(HOME + "/control/locals")
    os.unlink(HOME + "/control/me")
    cannot_start("alert: cannot start: unable to read controls")


def no_queue():
    os.rename(QUEUE, HOME + "/elsewhere")
    cannot_start("alert: cannot start: unable to switch to queue directory")


def no_spawner():
    w = begin(None, remote=None)
    w.line(r"alert: cannot start: hath the daemon spawn no fire\?")
    assert w.exit() == 111


# ---- damage

def bad_info():
    n = message(remote=[b"a@r"])
    write(path("info", n), b"")
    m = message(remote=[b"b@r"])
    write(path("info", m), b"Fjoe@a.example")
    w = begin()
    w.line("warning: trouble opening remote/.*; will try again later")
    w.line("warning: trouble opening remote/.*; will try again later")
    k = w.arrive(remote=[b"c@r"])
    w.report("remote", w.command("remote")[0], b"Kok\n")
    w.line("end msg %d" % k)
    w.stop()
    assert read("remote", n) == b"Ta@r\0" and read("remote", m) == b"Tb@r\0"
    assert 100 < mtime("remote", n) - time.time() <= 123


def bad_info_old():
    """Past its lifetime it is mentioned once an hour."""
    n = message(remote=[b"a@r"], age=700000)
    write(path("info", n), b"X", int(time.time()) - 700000)
    w = begin()
    w.line("warning: trouble opening remote/.*; will try again later")
    w.stop()
    assert 3500 < mtime("remote", n) - time.time() <= 3600


def bad_chan():
    """Unknown letters, missing ends and empty files are kept."""
    a = message(remote=[b"a@r"])
    write(path("remote", a), b"Tok@r\0Xbad@r\0Tnever@r\0")
    w = begin()
    c = w.command("remote")
    w.line("warning: unknown record type in remote/%d/%d!" % (a % split(), a))
    w.report("remote", c[0], b"Kok\n")
    w.line("delivery 1: success: ok/")
    w.stop()
    assert read("remote", a) == b"Dok@r\0Xbad@r\0Tnever@r\0"
    b = message(remote=[b"a@r"])
    write(path("remote", b), b"Dok@r\0Tcut@r")
    write(path("remote", a), b"")
    w = begin()
    for _ in range(2):
        w.line("warning: trouble reading remote/.*; will try again later")
    w.stop()
    assert read("remote", b) == b"Dok@r\0Tcut@r" and exists("remote", a)
    assert exists("info", a) and exists("info", b)


def no_mess():
    """Without mess the message is finished."""
    n = message(local=[b"a@l"], remote=[b"b@r"], sender=b"joe b@x")
    os.unlink(path("mess", n))
    write(path("bounce", n), b"<c@r>:\nx\n\n")
    write(path("remote", n), b"Dd@r\0Tb@r\0")
    w = begin()
    w.line("warning: message %d from <joe_b@x> has no mess file.*" % n)
    w.line("warning: message %d was not delivered to local a@l" % n)
    w.line("warning: message %d was not delivered to remote b@r" % n)
    w.wait(lambda: gone(n), "removal")
    w.stop()
    assert not [x for x in w.log if "d@r" in x]


def redo():
    """What is in todo is not delivered before it is preprocessed again."""
    n = message(local=[b"old@l"])
    write(path("intd", n), b"u0\0p1\0Fjoe@a\0Tnew@local.example\0")
    os.link(path("intd", n), path("todo", n))
    w = begin()
    if WIDE:
        w.no_command("local")
    else:
        c = w.command("local")
        assert c[3] == b"new@local.example", c
        w.report("local", c[0], b"Kok\n")
        w.line("end msg %d" % n)
    w.stop()


def wrong_place():
    """Files in the wrong subdirectory do not exist for us."""
    n = message(remote=[b"a@r"])
    wrong = "%s/info/%d/%d" % (QUEUE, (n + 1) % split(), n)
    os.rename(path("info", n), wrong)
    w = begin()
    w.no_command("remote")
    w.stop()
    assert os.path.exists(wrong) and exists("remote", n)


# ---- qmail-todo

def todo_dies():
    w = begin()
    w.close("todo")
    w.line(r"alert: oh no! lost qmail-todo connection! dying\.\.\.")
    assert w.exit() == 0


def todo_mangled():
    w = begin()
    w.put("todo", b"Qx\0D1\0" + b"L" + b"x" * 20 + b"\n\0")
    for _ in range(2):
        w.line("warning: qmail-send unable to understand qmail-todo: report "
               "mangled")
    w.line("x{20}")
    w.put("todo", b"Z" * 30000 + b"\0Lstill here\n\0")
    w.line("warning: qmail-send unable to understand qmail-todo.*")
    w.line("still here")
    w.stop()


def backlog_and_new():
    """New mail does not wait for a long queue to be looked at."""
    control("concurrencylocal", "1\n")
    for i in range(300):
        message(local=[b"old%d@l" % i], age=5000)
    w = begin("status: local 0/1 remote 0/20")
    w.arrive(local=[b"new@l"])
    w.line("new msg .*")
    for i in range(20):
        c = w.command("local")
        w.report("local", c[0], b"Kok\n")
        if c[3].startswith(b"new@"):
            break
    assert i < 19, "new mail waits"
    w.kill()


def few_files():
    """Few descriptors: chan files are closed, and opened for the mark."""
    control("concurrencyremote", "200\n")
    resource.setrlimit(resource.RLIMIT_NOFILE, (150, 150))
    w = begin("status: local 0/10 remote 0/200", remote=250)
    for i in range(200):
        w.arrive(remote=[b"a%d@r" % i, b"b%d@r" % i])
    w.wait(lambda: len(w.commands["remote"]) == 200, "200 commands")
    ended = 0
    while ended < 200:
        while w.commands["remote"]:
            w.report("remote", w.commands["remote"].pop(0)[0], b"Kok\n")
        w.step(0.05)
        ended = len([x for x in w.log if x.startswith("end msg")])
    assert not [x for x in w.log if x.startswith("warning")]
    w.stop()


def main():
    try:
        globals()[sys.argv[1]]()
    finally:
        if world is not None:
            world.kill()


main()
