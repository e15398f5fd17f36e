#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Recorded cases of a reference qmail: runs them against our programs.

  vectors.py run --bin DIR [--only REGEX] FAMILY.txt   run the cases
  vectors.py pack DIR FAMILY.txt                       folders -> bundle
  vectors.py unpack FAMILY.txt DIR                     bundle -> folders

What a case consists of is described in tests/data/README.md. run prints one
block for each case that fails and "passed N failed N skipped N"; its exit
status is 0 when nothing failed.
"""
import argparse
import calendar
import os
import re
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
import time

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
MONTH = "|".join(MONTHS).encode()
KEPT_ENV = re.compile(
    rb"^(QMAIL[A-Z]*|MAIL[A-Z]*|NAME|USER|LOGNAME|RELAYCLIENT|DATABYTES|PROTO|"
    rb"TCP[A-Z]*|NEWSENDER|SENDER|DTLINE)=")
HIDDEN_ENV = (b"QMAILQUEUE=", b"QMAILHOME=")


# ---- escaped text and bundles ------------------------------------------------

def escape(data):
    """Bytes as printable text: newline is \\n, backslash is doubled."""
    out = []
    for byte in data:
        if byte == 0x5c:
            out.append("\\\\")
        elif byte == 0x0a:
            out.append("\\n")
        elif 32 <= byte < 127:
            out.append(chr(byte))
        else:
            out.append("\\x%02x" % byte)
    return "".join(out).encode()


def unescape(text):
    def one(match):
        code = match.group(1)
        if code == b"n":
            return b"\n"
        if code == b"\\":
            return b"\\"
        return bytes([int(code[1:], 16)])
    return re.sub(rb"\\(n|\\|x[0-9a-fA-F]{2})", one, text)


def read_file(path):
    with open(path, "rb") as f:
        return f.read()


def write_file(path, data, mode=0o644):
    with open(path, "wb") as f:
        f.write(data)
    os.chmod(path, mode)


def load_bundle(path):
    """{case: {file: bytes}} in the order of the bundle: a line of it is
    CASE/FILE, a tab and the escaped content."""
    cases = {}
    for line in read_file(path).splitlines():
        name, data = line.split(b"\t", 1)
        case, file = name.decode().split("/", 1)
        cases.setdefault(case, {})[file] = unescape(data)
    return cases


def pack(top, path):
    with open(path, "wb") as out:
        for folder, subs, files in sorted(os.walk(top)):
            subs.sort()
            for name in sorted(files):
                full = os.path.join(folder, name)
                out.write(os.path.relpath(full, top).encode() + b"\t" +
                          escape(read_file(full)) + b"\n")


def unpack(path, top):
    for case, files in load_bundle(path).items():
        for name, data in files.items():
            full = os.path.join(top, case, name)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            write_file(full, data)


def lines_of(data):
    lines = (data or b"").split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return lines


# ---- masking -----------------------------------------------------------------

class Mask:
    """Hides what differs from run to run. A time is hidden only if it lies in
    the time of the run, so a wrong clock shows."""

    def __init__(self, start, end, root):
        self.low, self.high = int(start) - 2, int(end) + 2
        self.root = root.encode()
        host = re.escape(os.uname().nodename.encode())
        self.rules = [
            (rb"((?:^|\n)(?:Resent-)?Date: )(\d{1,2}) (" + MONTH +
             rb") (\d{4}) (\d\d):(\d\d):(\d\d) ([+-]\d{4})(?=\n|$)", self.date),
            (rb"<(\d{14})\.\d+\.qmail@",
             self.parsed("%Y%m%d%H%M%S", 1, b"<@STAMP@.@PID@.qmail@")),
            (rb"(From [^\n]*? )((?:Sun|Mon|Tue|Wed|Thu|Fri|Sat) (?:" +
             MONTH + rb") \d\d \d\d:\d\d:\d\d \d{4})(?=\n|$)",
             self.parsed("%a %b %d %H:%M:%S %Y", 2, rb"\1@CTIME@")),
            (rb"<\d+\.(\d{9,11})@", self.seconds(b"<@PID@.@TIME@@")),
            (rb"\b(\d{9,11})\.(?:P)?\d+\." + host + rb"\b",
             self.seconds(b"@MAILDIRNAME@")),
            (rb"-(\d{9,11})\.\d+", self.seconds(b"-@TIME@.@PID@")),
        ]

    def is_near(self, when):
        return self.low <= when <= self.high

    def date(self, m):
        zone = m[8]
        shift = (int(zone[1:3]) * 60 + int(zone[3:5])) * 60
        if zone[:1] == b"-":
            shift = -shift
        try:
            when = calendar.timegm((int(m[4]), MONTHS.index(m[3].decode()) + 1,
                                    int(m[2]), int(m[5]), int(m[6]),
                                    int(m[7]))) - shift
        except ValueError:
            return m[0]
        return m[1] + b"@DATE@ " + zone if self.is_near(when) else m[0]

    def parsed(self, form, group, text):
        def rule(m):
            try:
                when = calendar.timegm(time.strptime(m[group].decode(), form))
            except ValueError:
                return m[0]
            return m.expand(text) if self.is_near(when) else m[0]
        return rule

    def seconds(self, text):
        return lambda m: text if self.is_near(int(m[1])) else m[0]

    def __call__(self, data):
        data = data.replace(self.root, b"@ROOT@")
        for pattern, rule in self.rules:
            data = re.sub(pattern, rule, data)
        return re.sub(rb"((?:^|\n|: )qp )\d+(?=\n|$)", rb"\1@PID@", data)


# ---- file trees and databases ------------------------------------------------

def build_tree(root, manifest, substitute):
    """Creates what a manifest lists; modes last, from the bottom up."""
    later = []
    for line in lines_of(manifest):
        if not line or line.startswith(b"#"):
            continue
        fields = line.split(b"\t")
        mode, kind = int(fields[0], 8), fields[1]
        path = os.path.join(root.encode(), unescape(fields[2]))
        values = dict(x.split(b"=", 1) for x in fields[3:])
        if kind == b"d":
            os.makedirs(path, exist_ok=True)
        elif kind == b"f":
            write_file(path, substitute(unescape(values.get(b"data", b""))))
        elif kind == b"l":
            os.symlink(substitute(unescape(values[b"to"])), path)
        later.append((path, kind, mode, values))
    for path, kind, mode, values in reversed(later):
        if kind == b"l":
            continue
        if b"own" in values:
            uid, gid = values[b"own"].split(b":")
            os.chown(path, int(uid), int(gid))
        os.chmod(path, mode)
        if b"age" in values:
            when = time.time() - int(values[b"age"])
            os.utime(path, (when, when))


def dump_tree(top, mask):
    out = []

    def visit(folder, prefix):
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            shown = escape(mask(prefix + name))
            status = os.lstat(path)
            mode = stat.S_IMODE(status.st_mode)
            kind, value = b"o", b""
            if stat.S_ISDIR(status.st_mode):
                kind = b"d"
            elif stat.S_ISLNK(status.st_mode):
                kind = b"l"
                value = b"\tto=" + escape(mask(os.readlink(path)))
            elif stat.S_ISREG(status.st_mode):
                kind = b"f"
                value = b"\tdata=" + escape(mask(read_file(path)))
            out.append(b"%04o\t%s\t%s%s" % (mode, kind, shown, value))
            if kind == b"d":
                visit(path, prefix + name + b"/")

    if os.path.isdir(top):
        visit(top.encode(), b"")
    out.sort(key=lambda line: line.split(b"\t")[2])
    return b"".join(line + b"\n" for line in out)


def cdb_records(data, end):
    pos = 2048
    while pos < end:
        klen, dlen = struct.unpack_from("<II", data, pos)
        key = pos + 8
        yield pos, data[key:key + klen], data[key + klen:key + klen + dlen]
        pos = key + klen + dlen


def cdb_finds(data, key, wanted):
    """True when the hash tables lead from key to the record at wanted."""
    value = 5381
    for byte in key:
        value = ((value * 33) & 0xffffffff) ^ byte
    table, slots = struct.unpack_from("<II", data, 8 * (value & 255))
    for i in range(slots):
        slot = table + 8 * (((value >> 8) + i) % slots)
        found, pos = struct.unpack_from("<II", data, slot)
        if pos == 0:
            return False
        if found == value and pos == wanted:
            return True
    return False


def dump_cdb(path):
    data = read_file(path)
    end = min(struct.unpack_from("<I", data, 8 * i)[0] for i in range(256))
    out, lost = [], 0
    for pos, key, value in cdb_records(data, end):
        out.append(b"+%d,%d:%s->%s\n" % (len(key), len(value), escape(key),
                                        escape(value)))
        lost += not cdb_finds(data, key, pos)
    if lost:
        out.append(b"UNREACHABLE %d\n" % lost)
    return b"".join(out) + b"\n"


def split_header(message):
    if message.startswith(b"\n"):
        return b"", message
    end = message.find(b"\n\n")
    return (message, b"") if end < 0 else (message[:end + 1], message[end + 1:])


# ---- one case ----------------------------------------------------------------

RECORDER = """#!/bin/sh
{ printf "prog %%s\\0" "%(name)s"
for a in "$@"; do printf "arg %%s\\0" "$a"; done
env -0 | LC_ALL=C sort -z | sed -z "s/^/env /"
} >"%(root)s/exec"
cat >"%(root)s/exec-stdin"
"""

CHECKER = """#!/bin/sh
{ cat <&3; for a in "$@"; do printf "arg %%s\\0" "$a"; done; } >"%s/fd3"
exit %s
"""


class Runner:
    def __init__(self, bindir):
        self.is_root = os.geteuid() == 0
        self.bindir = os.path.abspath(bindir)
        self.base = tempfile.mkdtemp(prefix="qward-vectors-")
        os.chmod(self.base, 0o755)
        self.root = os.path.join(self.base, "r")
        self.home = os.path.join(self.base, "qmail")
        self.work = os.path.join(self.root, "work")
        # copies, so that users without access to the build can run them
        self.bin = os.path.join(self.base, "bin")
        shutil.copytree(self.bindir, self.bin)
        os.chmod(self.bin, 0o755)
        os.mkdir(self.home)

    def close(self):
        shutil.rmtree(self.base, ignore_errors=True)

    def has(self, program):
        return os.path.exists(os.path.join(self.bin, program))

    def lacks_rights(self, case):
        if "passwd" in case and not is_inside_namespace():
            return True
        wants_root = "uid" in case or b"\town=" in case.get("home", b"")
        return wants_root and not self.is_root

    def substitute(self, data):
        return data.replace(b"@ROOT@", self.root.encode()).replace(
            b"@QMAIL@", self.home.encode())

    def make_home(self, case):
        shutil.rmtree(self.home)
        os.mkdir(self.home)
        for folder in ("control", "users"):
            os.mkdir(os.path.join(self.home, folder))
        for name, data in case.items():
            if name.startswith(("control/", "users/")):
                write_file(os.path.join(self.home, name), data)
        stubs = [s.decode() for s in lines_of(case.get("stubs"))]
        bindir = os.path.join(self.home, "bin")
        if not stubs:
            os.symlink(self.bin, bindir)
            return
        os.mkdir(bindir)
        for name in os.listdir(self.bin):
            if name not in stubs:
                os.symlink(os.path.join(self.bin, name),
                           os.path.join(bindir, name))
        for name in stubs:
            text = RECORDER % {"name": name, "root": self.root}
            write_file(os.path.join(bindir, name), text.encode(), 0o755)

    def make_stubs(self, case):
        """A queue that keeps what it gets, and a password checker."""
        status = case.get("qq-exit", b"0").strip().decode()
        script = "#!/bin/sh\n"
        if "qq-error" in case:
            error = os.path.join(self.root, "qq-error")
            write_file(error, case["qq-error"].rstrip(b"\n"))
            script += 'cat "%s" >&6\n' % error
        if status == "-1":
            script += "kill -9 $$\n"
            status = "0"
        script += 'cat >"%s/msg"\ncat <&1 >"%s/env"\nexit %s\n' % (
            self.work, self.work, status)
        write_file(os.path.join(self.root, "qq"), script.encode(), 0o755)
        status = case.get("checker-exit", b"0").strip().decode()
        write_file(os.path.join(self.root, "checker"),
                   (CHECKER % (self.work, status)).encode(), 0o755)

    def environment(self, case):
        env = {b"PATH": b"/bin:/usr/bin", b"TZ": b"UTC", b"LC_ALL": b"C",
               b"QMAILQUEUE": (self.root + "/qq").encode(),
               b"QMAILHOME": self.home.encode()}
        for line in lines_of(case.get("env")):
            name, value = self.substitute(unescape(line)).split(b"=", 1)
            env[name] = value
        return env

    def become(self, case):
        if "uid" not in case:
            return None
        uid, gid = [int(x) for x in case["uid"].strip().split(b":")]

        def change():
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
        return change

    def execute(self, case):
        """Exit status of the program, or "timeout"."""
        program = case["prog"].strip().decode()
        argv = [case.get("argv0", program.encode()).strip()]
        argv += [self.substitute(unescape(a))
                 for a in lines_of(case.get("args"))]
        stdin = os.path.join(self.root, "stdin")
        write_file(stdin, self.substitute(case.get("stdin", b"")))
        home = os.path.join(self.root, "home")
        with open(stdin, "rb") as source, \
                open(self.root + "/out", "wb") as out, \
                open(self.root + "/err", "wb") as err:
            child = subprocess.Popen(
                argv, executable=os.path.join(self.home, "bin", program),
                stdin=source, stdout=out, stderr=err,
                env=self.environment(case), preexec_fn=self.become(case),
                cwd=home if "home" in case else self.work, close_fds=True)
            try:
                return child.wait(timeout=20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
                return "timeout"

    def execute_with_passwd(self, case):
        """The same with another /etc/passwd, in a mount namespace of ours."""
        if "passwd" not in case:
            return self.execute(case)
        path = os.path.join(self.root, "passwd")
        write_file(path, self.substitute(case["passwd"]))
        subprocess.check_call(["mount", "--bind", path, "/etc/passwd"])
        try:
            return self.execute(case)
        finally:
            subprocess.check_call(["umount", "/etc/passwd"])

    def run(self, case):
        """{name of the expectation: bytes} of what the program did."""
        if os.path.isdir(self.root):
            shutil.rmtree(self.root)
        os.makedirs(self.work)
        os.chmod(self.root, 0o755)
        os.chmod(self.work, 0o777)
        self.make_home(case)
        if "home" in case:
            home = os.path.join(self.root, "home")
            os.mkdir(home)
            os.chmod(home, 0o755)
            build_tree(self.root, case["home"], self.substitute)
        self.make_stubs(case)
        start = time.time()
        status = self.execute_with_passwd(case)
        mask = Mask(start, time.time(), self.root)
        return self.results(case, status, mask)

    def results(self, case, status, mask):
        program = case["prog"].strip().decode()
        out = mask(read_file(self.root + "/out"))
        err = mask(read_file(self.root + "/err"))
        if program in ("qmail-pop3d", "qmail-popup"):
            out = re.sub(rb"(^|\n)-ERR [^\r\n]*", rb"\1-ERR @TEXT@", out)
        got = {"expect-exit": b"%d\n" % status if status != "timeout"
               else b"timeout\n",
               "expect-stdout": out, "stderr": err, "both": out + err}
        self.add_queued(got, mask)
        if "home" in case:
            got["expect-tree"] = dump_tree(self.root + "/home", mask)
        self.add_recorded(got, mask)
        for tool, name in (("qmail-newu", "users/cdb"),
                           ("qmail-newmrh", "control/morercpthosts.cdb")):
            path = os.path.join(self.home, name)
            if program == tool and os.path.exists(path):
                got["expect-cdb"] = dump_cdb(path)
        return got

    def add_queued(self, got, mask):
        if not os.path.exists(self.work + "/msg"):
            return
        header, body = split_header(read_file(self.work + "/msg"))
        got["expect-header"], got["expect-body"] = mask(header), mask(body)
        envelope = b""
        if os.path.exists(self.work + "/env"):
            envelope = read_file(self.work + "/env")
        if envelope.endswith(b"\0"):
            got["expect-envelope"] = b"".join(
                escape(mask(x)) + b"\n" for x in envelope.split(b"\0")[:-1])
        else:
            got["expect-envelope"] = b"BROKEN " + escape(envelope) + b"\n"

    def add_recorded(self, got, mask):
        path = self.root + "/exec"
        if os.path.exists(path):
            records = []
            for record in read_file(path).split(b"\0")[:-1]:
                if record.startswith(b"env "):
                    if not KEPT_ENV.match(record[4:]) or \
                            record[4:].startswith(HIDDEN_ENV):
                        continue
                records.append(escape(mask(record)) + b"\n")
            got["expect-exec"] = b"".join(records)
            got["expect-exec-stdin"] = mask(read_file(path + "-stdin")) \
                if os.path.exists(path + "-stdin") else b""
        path = self.work + "/fd3"
        if os.path.exists(path):
            got["expect-fd3"] = b"".join(
                escape(mask(x)) + b"\n"
                for x in read_file(path).split(b"\0")[:-1])


# ---- judging -----------------------------------------------------------------

def rule_holds(rule, got):
    """One line of expect-stderr."""
    err = got["stderr"]
    if rule == b"empty":
        return err == b""
    if rule == b"nonempty":
        return err != b""
    kind, value = rule.split(b"=", 1)
    if kind == b"dsn":
        return b"(#" + value + b")" in got["both"]
    if kind == b"prefix":
        return err.startswith(value)
    return kind == b"equals" and err == unescape(value)


def differences(case, got):
    """(name, wanted, got) of everything that is not as expected."""
    bad = []
    for name in sorted(n for n in case if n.startswith("expect-")):
        want = case[name]
        if name == "expect-stderr":
            bad += [(name, rule, got["stderr"]) for rule in lines_of(want)
                    if not rule_holds(rule, got)]
        elif name == "expect-stdout-re":
            if not re.fullmatch(want.rstrip(b"\n"), got["expect-stdout"],
                                re.S):
                bad.append((name, want, got["expect-stdout"]))
        elif got.get(name) != want:
            bad.append((name, want, got.get(name, b"(absent)")))
    for name in ("envelope", "exec", "fd3"):
        expect = "expect-" + name
        if expect in got and expect not in case and \
                "ignore-" + name not in case:
            bad.append((expect, b"(absent)", got[expect]))
    return bad


def run_bundle(args):
    """(passed, failed, skipped) after running the cases of one bundle."""
    family = os.path.splitext(os.path.basename(args.bundle))[0]
    optional = args.optional.split(",")
    count = {"passed": 0, "failed": 0, "skipped": 0}
    runner = Runner(args.bin)
    try:
        for name, case in load_bundle(args.bundle).items():
            label = "%s/%s" % (family, name)
            if args.only and not re.search(args.only, label):
                continue
            program = case["prog"].strip().decode()
            if not runner.has(program):
                missing = "skipped" if program in optional else "failed"
                count[missing] += 1
                print("%s %s: no %s" % (missing, label, program))
            elif runner.lacks_rights(case):
                count["skipped"] += 1
            else:
                bad = differences(case, runner.run(case))
                count["failed" if bad else "passed"] += 1
                if bad:
                    print("FAIL %s: %s" % (label, case.get(
                        "desc", b"").decode(errors="replace").strip()))
                for what, want, got in bad:
                    print("  %s\n    want %r\n    got  %r" % (
                        what, want[:2000], got[:2000]))
    finally:
        runner.close()
    return count


def is_inside_namespace():
    return "QWARD_VECTORS_INNER" in os.environ


def enter_namespace():
    """As root, where it is allowed: go on where mounts are nobody else's."""
    unshare = ["unshare", "-m", "--propagation", "private"]
    if os.geteuid() != 0 or is_inside_namespace() or subprocess.run(
            unshare + ["true"], stderr=subprocess.DEVNULL).returncode != 0:
        return
    os.environ["QWARD_VECTORS_INNER"] = "1"
    os.execvp("unshare", unshare + [sys.executable] + sys.argv)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("run")
    verb.add_argument("--bin", required=True, help="the programs")
    verb.add_argument("--only", default="", help="cases that match")
    verb.add_argument("--optional", default="",
                      help="programs that may be missing, with commas")
    verb.add_argument("bundle")
    verb = verbs.add_parser("pack")
    verb.add_argument("folder")
    verb.add_argument("bundle")
    verb = verbs.add_parser("unpack")
    verb.add_argument("bundle")
    verb.add_argument("folder")
    args = parser.parse_args()
    if args.verb == "pack":
        pack(args.folder, args.bundle)
    elif args.verb == "unpack":
        unpack(args.bundle, args.folder)
    else:
        enter_namespace()
        count = run_bundle(args)
        print("passed %(passed)d failed %(failed)d skipped %(skipped)d" % count)
        sys.exit(1 if count["failed"] or not count["passed"] +
                 count["skipped"] else 0)


if __name__ == "__main__":
    main()
