# SPDX-License-Identifier: ISC
"""The world around qmail-send, scripted: spawners, qmail-clean, qmail-todo,
the logger, and a queue in $QMAILHOME. Everything happens in wait(), which
answers what is not the subject of a test by itself."""
import fcntl
import os
import re
import select
import signal
import subprocess
import time

HOME = os.environ["QMAILHOME"]
QUEUE = HOME + "/queue"
RECORDED = HOME + "/recorded"
LIMIT = 20  # seconds until a test that waits has failed

RECORDER = """#!/bin/sh
# takes the place of qmail-queue: keeps what it gets
cat >"%(dir)s/$$.msg"
cat <&1 >"%(dir)s/$$.env"
if [ -e "%(dir)s/exit" ]; then exit "$(cat "%(dir)s/exit")"; fi
exit 0
""" % {"dir": RECORDED}


def split():
    return len(os.listdir(QUEUE + "/mess"))


def path(kind, number):
    if kind in ("bounce", "todo", "intd"):
        return "%s/%s/%d" % (QUEUE, kind, number)
    return "%s/%s/%d/%d" % (QUEUE, kind, number % split(), number)


def write(name, data, mtime=None):
    with open(name, "wb") as out:
        out.write(data)
    os.chmod(name, 0o600)
    if mtime is not None:
        os.utime(name, (mtime, mtime))


def control(name, text):
    with open(HOME + "/control/" + name, "w") as out:
        out.write(text)


def records(letter, items):
    return b"".join(letter + item + b"\0" for item in items)


def message(local=(), remote=(), sender=b"joe@a.example", age=0,
            body=b"Subject: x\n\nhello\n", when=None, info=True):
    """A message in delivery; returns its number."""
    now = int(time.time())
    tmp = QUEUE + "/mess/0/.new"
    write(tmp, body)
    number = os.stat(tmp).st_ino
    os.rename(tmp, path("mess", number))
    os.chmod(path("mess", number), 0o644)
    if info:
        write(path("info", number), b"F" + sender + b"\0", now - age)
    for kind, rcpts in (("local", local), ("remote", remote)):
        if rcpts:
            write(path(kind, number), records(b"T", rcpts),
                  now - age if when is None else when)
    return number


def exists(kind, number):
    return os.path.exists(path(kind, number))


def read(kind, number):
    with open(path(kind, number), "rb") as data:
        return data.read()


class World:
    def __init__(self, wide=False, local=120, remote=120, env=None,
                 clean=True, wrap=()):
        self.wrap = list(wrap)
        self.wide, self.limits = wide, {"local": local, "remote": remote}
        self.answer_clean = clean
        self.env = dict(os.environ, **(env or {}))
        self.buffers, self.eof = {}, set()
        self.commands = {"local": [], "remote": []}
        self.requests, self.told = [], b""
        self.log, self.seen = [], 0
        self.status = None
        self.start()

    # ---- processes

    def start(self):
        ends = {}  # number in qmail-send -> (its end, our end)
        for fd in range(9 if self.wide else 7):
            r, w = os.pipe()
            reads = fd in (2, 4, 6, 8)
            ends[fd] = (r, w) if reads else (w, r)
        lifted = {fd: fcntl.fcntl(e[0], fcntl.F_DUPFD_CLOEXEC, 100)
                  for fd, e in ends.items()}

        def arrange():
            for fd, source in lifted.items():
                os.dup2(source, fd)
                os.set_inheritable(fd, True)

        os.makedirs(RECORDED, exist_ok=True)
        self.env.setdefault("QMAILQUEUE", RECORDED + "/queue")
        if not os.path.exists(RECORDED + "/queue"):
            with open(RECORDED + "/queue", "w") as out:
                out.write(RECORDER)
            os.chmod(RECORDED + "/queue", 0o755)
        argv = self.wrap + [os.environ["BIN"] + "/qmail-send"]
        if self.wide:
            argv.append("--wide")
        self.process = subprocess.Popen(
            argv, preexec_fn=arrange, env=self.env,
            pass_fds=[fd for fd in ends if fd > 2],
            stdin=None, stdout=None, stderr=None)
        for fd, (theirs, _) in ends.items():
            os.close(theirs)
            os.close(lifted[fd])
        ours = {fd: e[1] for fd, e in ends.items()}
        self.out = {"local": ours[2], "remote": ours[4], "clean": ours[6]}
        self.ins = {ours[0]: "log", ours[1]: "local", ours[3]: "remote",
                    ours[5]: "clean"}
        if self.wide:
            self.out["todo"] = ours[8]
            self.ins[ours[7]] = "todo"
        for fd in self.out.values():
            os.set_blocking(fd, False)
        for who in ("local", "remote"):
            self.greet(who)

    def greet(self, who):
        n = self.limits[who]
        if n is None:
            self.close(who)
        elif self.wide:
            self.put(who, bytes([n & 255, n >> 8]))
        else:
            self.put(who, bytes([n]))

    def put(self, who, data):
        while data:  # whoever writes must go on reading
            try:
                data = data[os.write(self.out[who], data):]
            except BlockingIOError:
                self.step(0.01)
            except BrokenPipeError:
                return

    def close(self, who):
        """The partner dies: both its ends."""
        if self.out.get(who) is not None:
            os.close(self.out[who])
            self.out[who] = None
        for fd, name in list(self.ins.items()):
            if name == who:
                os.close(fd)
                del self.ins[fd]

    def signal(self, number):
        self.process.send_signal(number)

    # ---- what comes from qmail-send

    def take_commands(self, who):
        data = self.buffers[who]
        head = 2 if self.wide else 1
        while True:
            parts = data[head:].split(b"\0", 3)
            if len(data) < head or len(parts) < 4:
                break
            number = int.from_bytes(data[:head], "little")
            self.commands[who].append((number, *parts[:3]))
            data = parts[3]
        self.buffers[who] = data

    def take_requests(self):
        *whole, rest = self.buffers["clean"].split(b"\0")
        self.buffers["clean"] = rest
        for request in whole:
            self.requests.append(request.decode())
            if self.answer_clean:
                self.clean(request.decode())

    def clean(self, request):
        verb, number = request.split("/")
        names = ("intd", "todo" if verb == "todo" else "mess")
        for kind in names:
            if exists(kind, int(number)):
                os.unlink(path(kind, int(number)))
        self.put("clean", b"+")

    def take(self, who, data):
        self.buffers[who] = self.buffers.get(who, b"") + data
        if who in self.commands:
            self.take_commands(who)
        elif who == "clean":
            self.take_requests()
        elif who == "todo":
            self.told += data
            self.buffers[who] = b""
            if b"X" in data:
                self.put("todo", b"X\0")
        else:
            *lines, self.buffers[who] = self.buffers[who].split(b"\n")
            self.log += [line.decode() for line in lines]

    def step(self, seconds):
        ready, _, _ = select.select(list(self.ins), [], [], seconds)
        for fd in ready:
            who = self.ins[fd]
            data = os.read(fd, 65536)
            if data:
                self.take(who, data)
            else:
                os.close(fd)
                del self.ins[fd]
        return bool(ready)

    # ---- what tests do

    def wait(self, condition, what):
        end = time.monotonic() + LIMIT
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(
                    "waited for %s; log:\n%s" % (what, "\n".join(self.log)))
            self.step(0.05)

    def line(self, pattern):
        """The next log line, after the last one asked for, that matches."""
        def found():
            for i in range(self.seen, len(self.log)):
                if re.fullmatch(pattern, self.log[i]):
                    self.seen, self.hit = i + 1, self.log[i]
                    return True
            return False
        self.wait(found, "log line " + pattern)
        return self.hit

    def command(self, who):
        """(number, mess, sender, recipient) of the next delivery."""
        self.wait(lambda: self.commands[who], "command to " + who)
        return self.commands[who].pop(0)

    def report(self, who, number, text):
        head = 2 if self.wide else 1
        self.put(who, number.to_bytes(head, "little") + text + b"\0")

    def no_command(self, who):
        """None comes while everything that is ready is handled."""
        while self.step(0.1):
            pass
        assert not self.commands[who], self.commands[who]

    def no_more(self, who, n):
        while self.step(0.1):
            pass
        assert len(self.commands[who]) == n, len(self.commands[who])

    def stop_with(self, who, command):
        """Stops with one delivery to be deferred on the way."""
        self.report(who, command[0], b"Zlater\n")
        self.line("delivery .*")
        self.stop()

    def arrive(self, local=(), remote=(), **kw):
        """A new message, by qmail-todo or for qmail-send to preprocess."""
        if self.wide:
            # qmail-todo does nothing before it is told to start
            self.wait(lambda: self.told, "S")
            number = message(local, remote, **kw)
            self.put("todo", b"Lnew msg %d\n\0D%d%d%d\0" % (
                number, bool(local), bool(remote), number))
            return number
        number = message(info=False, **{
            k: v for k, v in kw.items() if k != "sender"})
        data = b"u0\0p1\0F" + kw.get("sender", b"joe@a.example") + b"\0"
        write(path("intd", number), data + records(
            b"T", list(local) + list(remote)))
        os.link(path("intd", number), path("todo", number))
        self.pull()
        return number

    @staticmethod
    def pull():
        try:
            fd = os.open(QUEUE + "/lock/trigger", os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return  # nobody listens yet: the first scan will find it
        os.write(fd, b"\0")
        os.close(fd)

    def exit(self):
        """Waits for the end; returns the status."""
        self.wait(lambda: "log" not in self.ins.values(), "exit")
        return self.process.wait(LIMIT)

    def stop(self):
        self.signal(signal.SIGTERM)
        status = self.exit()
        assert status == 0, status
        assert self.log[-1] == "status: exiting", self.log[-1]

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for who in list(self.out):
            self.close(who)
        self.close("log")

    def bounces(self):
        """(envelope, message) of what the recorder took, oldest first."""
        names = [n for n in os.listdir(RECORDED) if n.endswith(".env")]
        names.sort(key=lambda n: os.stat(RECORDED + "/" + n).st_mtime_ns)
        out = []
        for name in names:
            with open(RECORDED + "/" + name, "rb") as env:
                with open(RECORDED + "/" + name[:-3] + "msg", "rb") as msg:
                    out.append((env.read(), msg.read()))
        # one that was cut off is refused by qmail-queue
        return [x for x in out if x[0].endswith(b"\0\0")]
