# SPDX-License-Identifier: ISC
"""A whole mail system for tests: a one-user instance in a folder of its own,
started by qmail-start, its log read from a pipe.

    system = Instance()
    number = system.send(["ok@local.example"])    # through qmail-queue
    system.start()
    system.wait(lambda: system.arrived(number, "ok"), "delivery")
    system.stop()

As root everything, this script included, becomes nobody.

Recipients at local.example: what stands before the @ is the name of a folder
of HOME/box; a Maildir there is made by box(name). What matters about a message
is its number, which stands in the field X-Ledger.
"""
import os
import pwd
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

BIN = os.environ["BIN"]
TESTBIN = os.environ.get("TESTBIN") or re.sub("/bin$", "/tests/bin", BIN)
MARK = "@(#)qward speaks the wide spawn protocol 1"
LIMIT_S = 60  # until a test that waits has failed
DAEMONS = ("qmail-send", "qmail-todo", "qmail-lspawn", "qmail-rspawn",
           "qmail-clean")

REMOTE = """#!/bin/sh
# plays qmail-remote: host sender recipient; notes what it delivered
number=$(sed -n 's/^X-Ledger: //p;/^$/q')
case $3 in
bad*) printf 'hthat is nobody here\\0Dgiving up\\0' ; exit 0 ;;
later*) if [ ! -e "$QMAILHOME/later" ]; then
	printf 'Zcome back later\\0'; exit 0; fi ;;
esac
mktemp "$QMAILHOME/remote/$number.$3.XXXXXX" >/dev/null || exit 111
printf 'rtaken\\0Kaccepted\\0'
"""


def memory():
    """A folder that is no disk, for what needs speed; else None."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None


def become_nobody():
    if os.getuid() == 0:
        user = pwd.getpwnam("nobody")
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)


class Instance:
    def __init__(self, controls=None, split=23, default="./Maildir/",
                 own_bin=False, home=None, folder=None):
        become_nobody()
        os.umask(0o022)
        self.home = home or tempfile.mkdtemp(
            prefix="qward-home-",
            dir=folder or os.environ.get("TMPDIR", "/var/tmp"))
        os.chmod(self.home, 0o755)
        self.queue = self.home + "/queue"
        self.default, self.numbers = default, 0
        self.env = dict(os.environ, QMAILHOME=self.home)
        for name in ("QMAILQUEUE", "QMAILREMOTE"):
            self.env.pop(name, None)
        self.process, self.pipe, self.lines, self.rest = None, None, [], b""
        if home is None:
            self.run("qmailctl", "init", "local.example", "--split",
                     str(split))
            self.make_users()
        for name, text in (controls or {}).items():
            self.control(name, text)
        if own_bin:
            self.make_bin()

    def run(self, program, *args, **kw):
        return subprocess.run([BIN + "/" + program, *args], env=self.env,
                              check=True, stdout=subprocess.DEVNULL, **kw)

    def make_users(self):
        ids = "%d:%d" % (os.getuid(), os.getgid())
        os.makedirs(self.home + "/box")
        os.makedirs(self.home + "/remote")
        with open(self.home + "/users/assign", "w") as out:
            out.write("+:owner:%s:%s/box:-::\n.\n" % (ids, self.home))
        self.run("qmail-newu")
        with open(self.home + "/users/qmail-remote", "w") as out:
            out.write(REMOTE)
        os.chmod(self.home + "/users/qmail-remote", 0o755)
        self.env["QMAILREMOTE"] = self.home + "/users/qmail-remote"
        self.box("postmaster")
        self.box("sender")

    def control(self, name, text):
        with open(self.home + "/control/" + name, "w") as out:
            out.write(str(text) + "\n")

    # ---- who gets mail ------------------------------------------------------

    def dotqmail(self, name, text):
        with open("%s/box/.qmail-%s" % (self.home, name), "w") as out:
            out.write(text)

    def box(self, name):
        """An address that is delivered to a Maildir."""
        folder = "%s/box/%s" % (self.home, name)
        for sub in ("tmp", "new", "cur"):
            os.makedirs(folder + "/" + sub, exist_ok=True)
        self.dotqmail(name, "./%s/\n" % name)

    def in_box(self, name):
        folder = "%s/box/%s/new/" % (self.home, name)
        out = []
        for entry in sorted(os.listdir(folder)):
            with open(folder + entry, "rb") as data:
                out.append(data.read())
        return out

    def empty_boxes(self):
        for name in os.listdir(self.home + "/box"):
            for sub in ("new", "tmp"):
                folder = "%s/box/%s/%s" % (self.home, name, sub)
                if os.path.isdir(folder):
                    for entry in os.listdir(folder):
                        os.unlink(folder + "/" + entry)
        for entry in os.listdir(self.home + "/remote"):
            os.unlink(self.home + "/remote/" + entry)

    def copies(self, number, name):
        """How often a message has arrived."""
        if "@" in name:
            start = "%d.%s." % (number, name)
            return sum(e.startswith(start)
                       for e in os.listdir(self.home + "/remote"))
        line = b"\nX-Ledger: %d\n" % number
        return sum(line in data for data in self.in_box(name))

    def arrived(self, number, name):
        return self.copies(number, name) > 0

    # ---- programs that are wrapped ------------------------------------------

    def make_bin(self):
        """HOME/bin with links to all programs, so that one can be changed."""
        os.makedirs(self.home + "/bin", exist_ok=True)
        for name in os.listdir(BIN):
            self.unwrap(name)

    def unwrap(self, name):
        path = "%s/bin/%s" % (self.home, name)
        if os.path.lexists(path):
            os.unlink(path)
        os.symlink(BIN + "/" + name, path)

    def wrap(self, name, script):
        """script: of sh, "$real" being the program."""
        path = "%s/bin/%s" % (self.home, name)
        if os.path.lexists(path):
            os.unlink(path)
        with open(path, "w") as out:
            out.write("#!/bin/sh\n# %s\nreal='%s/%s'\n%s\n" % (
                MARK, BIN, name, script))
        os.chmod(path, 0o755)

    # ---- mail ---------------------------------------------------------------

    def send(self, recipients, sender="sender@local.example", body="x\n",
             number=None):
        """Returns the number of the message; qmail-queue must accept it."""
        if number is None:
            self.numbers += 1
            number = self.numbers
        message = "X-Ledger: %d\nSubject: test\n\n%s" % (number, body)
        status = self.submit(message.encode(), sender, recipients)
        assert status == 0, "qmail-queue: exit %d" % status
        return number

    def submit(self, message, sender, recipients, program=None):
        """Runs qmail-queue; returns its exit status."""
        envelope = b"F" + sender.encode() + b"\0"
        envelope += b"".join(b"T" + r.encode() + b"\0" for r in recipients)
        r, w = os.pipe()
        with tempfile.TemporaryFile() as data:
            data.write(message)
            data.seek(0)
            with subprocess.Popen(
                    [program or BIN + "/qmail-queue"], stdin=data, stdout=r,
                    env=self.env) as p:
                os.close(r)
                os.write(w, envelope + b"\0")
                os.close(w)
                return p.wait(LIMIT_S)

    # ---- life ---------------------------------------------------------------

    def start(self, program=None):
        r, w = os.pipe()
        os.set_blocking(r, False)
        name = program or (
            self.home + "/bin/qmail-start"
            if os.path.exists(self.home + "/bin/qmail-start")
            else BIN + "/qmail-start")
        self.process = subprocess.Popen(
            [name, self.default], stdin=subprocess.DEVNULL, stdout=w, stderr=w,
            env=self.env, start_new_session=True)
        os.close(w)
        self.pipe, self.lines, self.rest = r, [], b""

    def start_up(self):
        self.start()
        self.line("status: .*")

    def read_log(self, seconds=0.0):
        """True while a process of this life is there."""
        if self.pipe is None:
            return False
        if not select.select([self.pipe], [], [], seconds)[0]:
            return True
        data = os.read(self.pipe, 1 << 20)
        if not data:
            os.close(self.pipe)
            self.pipe = None
            self.process.wait()
            return False
        *whole, self.rest = (self.rest + data).split(b"\n")
        self.lines += [line.decode("ascii", "replace") for line in whole]
        return True

    def wait(self, condition, what, limit=LIMIT_S):
        end = time.monotonic() + limit
        while not condition():
            if time.monotonic() > end:
                raise AssertionError("waited for %s; log:\n%s" % (
                    what, "\n".join(self.lines[-60:])))
            if not self.read_log(0.02) and self.pipe is None:
                time.sleep(0.02)

    def has_line(self, pattern):
        return any(re.fullmatch(pattern, line) for line in self.lines)

    def line(self, pattern):
        self.wait(lambda: self.has_line(pattern), "log line " + pattern)

    def processes(self, name):
        """Pids of programs of this life by their comm; they share a session.
        Without their own children, which have the same comm up to exec."""
        out = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/stat" % pid) as data:
                    text = data.read()
            except OSError:
                continue
            comm, fields = text.split("(", 1)[1].rsplit(")", 1)
            fields = fields.split()
            if (int(fields[3]) == self.process.pid and fields[0] != "Z" and
                    (name is None or comm == name[:15])):
                out.append((int(pid), int(fields[1])))
        pids = [pid for pid, _ in out]
        return [pid for pid, parent in out
                if name is None or parent not in pids]

    def signal(self, name, number):
        for pid in self.processes(name):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def is_over(self):
        return not self.read_log()

    def stop(self, limit=LIMIT_S):
        """TERM, and the end of every process."""
        if self.pipe is None:
            return
        self.signal("qmail-send", signal.SIGTERM)
        try:
            self.wait(self.is_over, "the end of all processes", limit)
        except AssertionError:
            self.kill()
            raise

    def kill(self):
        """All that is left of this life, at once."""
        for pid in self.processes(None) if self.process else []:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if self.pipe is not None:
            self.wait(self.is_over, "the end of killed processes")

    def remove(self):
        if self.pipe is not None:
            self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.remove()

    # ---- the queue ----------------------------------------------------------

    def check_queue(self, *options):
        """Fails unless every message is in a legal state; the daemons must
        not be at work."""
        p = subprocess.run([TESTBIN + "/queuestate", *options, self.queue],
                           stdout=subprocess.PIPE, text=True, check=False)
        assert p.returncode == 0, "illegal states:\n%s\nlog:\n%s" % (
            p.stdout, "\n".join(self.lines[-60:]))
        return p.stdout

    def files(self, kind):
        out = []
        for folder, _, names in os.walk("%s/%s" % (self.queue, kind)):
            out += [folder + "/" + name for name in names]
        return out

    def is_empty(self):
        return not (self.files("todo") or self.files("info"))


def main(scenarios):
    """scenarios: functions by name; runs those that were asked for."""
    # so that one who stops the test stops its daemons, too
    signal.signal(signal.SIGTERM, lambda *unused: sys.exit(1))
    for name in sys.argv[1:]:
        function, *args = name.split(":")
        scenarios[function](*args)
