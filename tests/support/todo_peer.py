#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Plays qmail-send and qmail-clean for qmail-todo: todo_peer.py SCENARIO.

Runs $BIN/qmail-todo in the home $QMAILHOME. Exit 0 when the scenario holds.
"""
import os
import re
import select
import shlex
import subprocess
import sys
import time

HOME = os.environ['QMAILHOME']
QUEUE = HOME + '/queue'
LIMIT_S = 20
SPLIT_TODO = os.path.isdir(QUEUE + '/todo/0')
SPLIT = len([d for d in os.listdir(QUEUE + '/mess') if d.isdigit()])
OWNER = os.stat(HOME)


def path(kind, mid):
    split = kind in ('mess', 'info', 'local', 'remote') or (
        SPLIT_TODO and kind in ('todo', 'intd'))
    middle = '%d/' % (mid % SPLIT) if split else ''
    return '%s/%s/%s%d' % (QUEUE, kind, middle, mid)


def create(name, data, mode=0o644):
    with open(name, 'wb') as f:
        f.write(data)
    os.chown(name, OWNER.st_uid, OWNER.st_gid)
    os.chmod(name, mode)


def envelope(sender, recipients, uid=1002, pid=15261):
    out = b'u%d\0p%d\0F%s\0' % (uid, pid, sender)
    return out + b''.join(b'T%s\0' % r for r in recipients)


def submit(mid, data, body=b'hello\n'):
    """As qmail-queue does, but with a number of our own choice."""
    create(path('mess', mid), body)
    create(path('intd', mid), data)
    os.link(path('intd', mid), path('todo', mid))


def read(kind, mid):
    with open(path(kind, mid), 'rb') as f:
        return f.read()


def exists(kind, mid):
    return os.path.exists(path(kind, mid))


def pull():
    fd = os.open(QUEUE + '/lock/trigger', os.O_WRONLY | os.O_NONBLOCK)
    os.write(fd, b'\0')
    os.close(fd)


class Todo:
    """qmail-todo with its pipes. clean: function of a request, gives the
    answer; None ends the connection."""

    def __init__(self, clean=None, wrap=()):
        self.clean = clean or clean_up
        in_r, self.to = os.pipe()
        self.records_fd, out_w = os.pipe()
        self.requests_fd, req_w = os.pipe()
        ans_r, self.answers = os.pipe()
        fds = {0: in_r, 1: out_w, 3: req_w, 4: ans_r}
        high = {n: os.dup2(fd, 50 + n) for n, fd in fds.items()}

        def child():
            for n, fd in high.items():
                os.dup2(fd, n)

        self.process = subprocess.Popen(
            list(wrap) + [os.environ['BIN'] + '/qmail-todo'],
            preexec_fn=child, stdin=in_r, stdout=out_w,
            pass_fds=(3, 4) + tuple(high.values()), close_fds=True)
        for fd in list(fds.values()) + list(high.values()):
            os.close(fd)
        self.pending = b''
        self.requests = b''
        self.got = []
        self.asked = []
        self.eof = False
        self.reading = True

    def say(self, letter):
        os.write(self.to, letter)

    def serve(self, timeout=0.2):
        """Waits for whatever comes and answers qmail-clean's part."""
        fds = [self.requests_fd] + ([self.records_fd] if self.reading else [])
        ready = select.select(fds, [], [], timeout)[0]
        if self.records_fd in ready:
            data = os.read(self.records_fd, 65536)
            self.eof = self.eof or not data
            self.pending += data
            *whole, self.pending = self.pending.split(b'\0')
            self.got += whole
        if self.requests_fd in ready:
            self.requests += os.read(self.requests_fd, 65536)
            *whole, self.requests = self.requests.split(b'\0')
            for request in whole:
                self.asked.append(request)
                answer = self.clean(request)
                if answer is None:
                    os.close(self.answers)
                    os.close(self.requests_fd)
                    self.requests_fd = os.open('/dev/null', os.O_RDONLY)
                    self.answers = -1
                    self.serve_clean_gone()
                    return
                os.write(self.answers, answer)

    def serve_clean_gone(self):
        self.requests_fd = os.open(QUEUE + '/lock/trigger',
                                   os.O_RDONLY | os.O_NONBLOCK)

    def wait(self, what):
        """Until what() holds."""
        end = time.monotonic() + LIMIT_S
        while not what():
            assert time.monotonic() < end, (self.got, self.asked)
            self.serve()

    def wait_record(self, record):
        self.wait(lambda: record in self.got)

    def close(self):
        for fd in (self.to, self.records_fd, self.requests_fd, self.answers):
            os.close(fd)

    def stop(self):
        self.say(b'X')
        self.wait_record(b'X')
        assert self.process.wait(LIMIT_S) == 0
        assert self.got[-2:] == [
            b'Lstatus: qmail-todo stop processing asap\n', b'X'], self.got


def clean_up(request):
    m = re.fullmatch(rb'todo/(?:(\d+)/)?(\d+)', request)
    assert m and (m.group(1) is not None) == SPLIT_TODO, request
    mid = int(m.group(2))
    assert m.group(1) is None or int(m.group(1)) == mid % SPLIT
    for kind in ('intd', 'todo'):
        # all files of the message are there before todo goes
        assert exists('info', mid)
        if exists(kind, mid):
            os.unlink(path(kind, mid))
    return b'+'


def done(mid, flags):
    return b'D%s%d' % (flags, mid)


# ---- scenarios ---------------------------------------------------------------

def one():
    submit(457, envelope(b'ann@a.example', [
        b'bob@r.example', b'info@virt.example', b'nohost']))
    t = Todo()
    t.say(b'S')
    t.wait_record(done(457, b'11'))
    assert t.got == [
        b'Lnew msg 457\n',
        b'Linfo msg 457: bytes 6 from <ann@a.example> qp 15261 uid 1002\n',
        b'D11457'], t.got
    assert t.asked == [b'todo/20/457' if SPLIT_TODO else b'todo/457'], t.asked
    assert read('info', 457) == b'Fann@a.example\0'
    assert read('remote', 457) == b'Tbob@r.example\0'
    assert read('local', 457) == (
        b'Talice-v-info@virt.example\0Tnohost@local.example\0')
    for kind in ('info', 'local', 'remote'):
        st = os.stat(path(kind, 457))
        assert st.st_mode & 0o7777 == 0o600 and st.st_uid == OWNER.st_uid
    assert not exists('todo', 457) and not exists('intd', 457)
    t.stop()


def trigger():
    t = Todo()
    t.say(b'S')
    for mid, flags in ((5, b'01'), (6, b'10'), (7, b'00')):
        rcpt = {b'01': [b'x@r.example'], b'10': [b'x@local.example'],
                b'00': []}[flags]
        t.wait(trigger_is_open)
        submit(mid, envelope(b'', rcpt))
        pull()
        t.wait_record(done(mid, flags))
        assert exists('local', mid) == (flags[:1] == b'1')
        assert exists('remote', mid) == (flags[1:] == b'1')
    assert b'Linfo msg 5: bytes 6 from <> qp 15261 uid 1002\n' in t.got
    t.stop()


def trigger_is_open():
    try:
        os.close(os.open(QUEUE + '/lock/trigger',
                         os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True


def many():
    for mid in range(1, 501):
        submit(mid, envelope(b's%d@a.example' % mid, [b'x@local.example']))
    t = Todo()
    t.say(b'S')
    t.wait(lambda: len([r for r in t.got if r[:1] == b'D']) == 500)
    assert sorted(t.got[2::1], key=len)  # records are whole
    assert len(t.asked) == len(set(t.asked)) == 500
    t.stop()


def waits_for_start():
    submit(457, envelope(b'', [b'x@r.example']))
    t = Todo()
    t.say(b'H')
    t.serve(0.3)
    assert t.got == [] and not trigger_is_open() and not exists('info', 457)
    t.stop()
    assert exists('todo', 457)


def stale():
    """Files of an earlier message 457 do not become part of this one."""
    create(path('info', 457), b'Fold@a.example\0', 0o600)
    create(path('local', 457), b'Told@local.example\0', 0o600)
    create(path('remote', 457), b'Told@r.example\0', 0o600)
    create(path('bounce', 457), b'<old@r.example>:\nno\n\n', 0o600)
    submit(457, envelope(b'ann@a.example', [b'new@local.example']))
    t = Todo()
    t.say(b'S')
    t.wait_record(done(457, b'10'))
    assert read('info', 457) == b'Fann@a.example\0'
    assert read('local', 457) == b'Tnew@local.example\0'
    assert not exists('remote', 457) and not exists('bounce', 457)
    t.stop()


def damaged():
    bad = {
        11: b'u1\0p2\0Fann@a.example\0Tbob@r.example',
        12: b'u1\0p2\0Fann@a.example\0Qx\0',
        13: b'',
        14: b'u1\0p2\0Tbob@r.example\0',
        15: b'Fa\0Fb\0',
        16: b'u1\0p2\0Fann@a.example\0T' + b'x' * 70000 + b'@r.example\0',
    }
    for mid, data in bad.items():
        submit(mid, data)
    create(path('todo', 17), envelope(b'', [b'x@r.example']))  # no mess
    create(QUEUE + '/todo/0012' if not SPLIT_TODO else
           QUEUE + '/todo/12/0012', b'')
    submit(100, envelope(b'', [b'x@r.example']))
    t = Todo()
    t.say(b'S')
    t.wait_record(done(100, b'01'))
    f = {mid: path('todo', mid)[len(QUEUE) + 1:].encode() for mid in bad}
    want = {b'Lwarning: qmail-todo: trouble reading %s\n' % f[mid]
            for mid in (11, 13, 14, 15, 16)}
    want.add(b'Lwarning: qmail-todo: unknown record type in %s\n' % f[12])
    want.add(b'Lwarning: qmail-todo: unable to stat mess/17/17\n')
    t.wait(lambda: want <= set(t.got))
    before = len(t.got)
    for mid in range(101, 106):  # no new complaint with each new message
        t.wait(trigger_is_open)
        submit(mid, envelope(b'', [b'x@r.example']))
        pull()
        t.wait_record(done(mid, b'01'))
    assert not [r for r in t.got[before:] if b'warning' in r], t.got[before:]
    for mid in bad:
        assert read('todo', mid) == bad[mid]
        for kind in ('info', 'local', 'remote'):
            assert not exists(kind, mid), (kind, mid)
    os.unlink(path('todo', 11))  # a repair is noticed with the next scan
    create(path('todo', 11), bad[11] + b'\0')
    pull()
    t.wait_record(done(11, b'01'))
    t.stop()


def hup():
    t = Todo()
    t.say(b'S')
    t.wait(trigger_is_open)
    create(HOME + '/control/locals', b'new.example\n')
    t.say(b'H')
    submit(5, envelope(b'', [b'x@new.example']))
    pull()
    t.wait_record(done(5, b'10'))
    os.unlink(HOME + '/control/virtualdomains')
    os.mkdir(HOME + '/control/virtualdomains')
    create(HOME + '/control/locals', b'newer.example\n')
    t.say(b'H')
    t.wait_record(b'Lalert: qmail-todo: unable to reread '
                  b'control/virtualdomains\n')
    submit(6, envelope(b'', [b'x@new.example']))
    submit(7, envelope(b'', [b'x@newer.example']))
    pull()
    t.wait_record(done(6, b'10'))
    t.wait_record(done(7, b'01'))
    t.stop()


def clean_refuses():
    t = Todo(clean=lambda request: b'!')
    submit(457, envelope(b'', [b'x@r.example']))
    t.say(b'S')
    t.wait(lambda: any(b'qmail-clean unable to clean up todo/' in r
                       for r in t.got))
    assert not [r for r in t.got if r[:1] == b'D']
    assert exists('todo', 457) and read('info', 457) == b'F\0'
    t.stop()
    again = Todo()
    again.say(b'S')
    again.wait_record(done(457, b'01'))
    again.stop()


def clean_dies():
    t = Todo(clean=lambda request: None)
    submit(457, envelope(b'', [b'x@r.example']))
    t.say(b'S')
    t.wait(lambda: t.eof)
    assert t.process.wait(LIMIT_S) == 111
    assert t.got[-1] == (b'Lalert: qmail-todo: oh no! lost qmail-clean '
                         b'connection! dying...\n'), t.got
    assert exists('todo', 457)
    again = Todo()
    again.say(b'S')
    again.wait_record(done(457, b'01'))
    again.stop()


def send_dies():
    t = Todo()
    t.say(b'S')
    t.wait(trigger_is_open)
    os.close(t.to)
    assert t.process.wait(LIMIT_S) == 0
    t = Todo()
    t.say(b'S')
    t.wait(trigger_is_open)
    os.close(t.records_fd)
    assert t.process.wait(LIMIT_S) == 111


def slow_send():
    """A full pipe holds nothing up but the reports."""
    for mid in range(1, 3001):
        submit(mid, envelope(b's' * 900 + b'@a.example', [b'x@r.example']))
    t = Todo()
    t.say(b'S')
    t.reading = False
    t.wait(lambda: len(t.asked) > 200)
    seen = -1
    while seen != len(t.asked):  # until it waits for us
        seen = len(t.asked)
        for _ in range(5):
            t.serve(0.1)
    t.say(b'H')
    assert seen < 3000
    t.reading = True
    t.wait(lambda: len([r for r in t.got if r[:1] == b'D']) == 3000)
    t.stop()


def long_sender():
    submit(457, envelope(b's' * 60000, [b'x@r.example']))
    t = Todo()
    t.say(b'S')
    t.wait_record(done(457, b'01'))
    assert len(t.got[1]) == 9999 and t.got[1].endswith(b's\n')
    assert read('info', 457) == b'F' + b's' * 60000 + b'\0'
    t.stop()


def many_recipients():
    rcpts = [b'r%d@%s' % (i, (b'r.example', b'local.example')[i % 2])
             for i in range(100000)]
    submit(457, envelope(b'', rcpts))
    t = Todo()
    t.say(b'S')
    t.wait_record(done(457, b'11'))
    assert read('remote', 457) == b''.join(b'T%s\0' % r for r in rcpts[0::2])
    assert read('local', 457) == b''.join(b'T%s\0' % r for r in rcpts[1::2])
    t.stop()


def no_trigger():
    os.unlink(QUEUE + '/lock/trigger')
    create(QUEUE + '/lock/trigger', b'')
    submit(457, envelope(b'', [b'x@r.example']))
    t = Todo()
    t.say(b'S')
    t.wait_record(done(457, b'01'))
    warnings = [r for r in t.got if b'trigger' in r]
    assert len(warnings) == 1, t.got
    cpu = os.times().children_user
    t.serve(0.5)
    t.stop()
    assert os.times().children_user - cpu < 0.3


# ---- walks -------------------------------------------------------------------

KILLWALK = os.environ.get('TESTBIN', '') + '/killwalk'
WALK = {  # flags, the files at the end, sender and recipients
    457: (b'11', {'info': b'Fann@a.example\0', 'remote': b'Tbob@r.example\0',
                  'local': b'Tjoe@local.example\0', 'bounce': None},
          b'ann@a.example', [b'bob@r.example', b'joe@local.example']),
    480: (b'10', {'info': b'F\0', 'remote': None,
                  'local': b'Tjoe@local.example\0', 'bounce': None},
          b'', [b'joe@local.example']),
    12: (b'00', {'info': b'F#@[]\0', 'remote': None, 'local': None,
                 'bounce': None}, b'#@[]', []),
}
if os.environ.get('WALK_GROUP'):  # enough to be synced as a whole
    WALK.update((mid, WALK[457]) for mid in range(100, 120))


def fill_queue():
    for kind in ('mess', 'intd', 'todo', 'info', 'local', 'remote', 'bounce'):
        for mid in WALK:
            if exists(kind, mid):
                os.unlink(path(kind, mid))
    for mid, (_, _, sender, recipients) in WALK.items():
        submit(mid, envelope(sender, recipients))
    create(path('info', 457), b'Fold\0', 0o600)
    create(path('remote', 480), b'Told\0', 0o600)
    create(path('bounce', 480), b'<old>:\n\n', 0o600)


def check_reported(t):
    """What is reported is out of todo and whole."""
    for mid, (flags, files, _, _) in WALK.items():
        n = t.got.count(done(mid, flags))
        assert n <= 1, (mid, t.got)
        if exists('todo', mid):
            assert n == 0, (mid, t.got)
            continue
        for kind, want in files.items():
            assert exists(kind, mid) == (want is not None), (kind, mid)
            assert want is None or read(kind, mid) == want, (kind, mid)


def walk_once(action):
    """One run in which something happens, and one that repairs it."""
    fill_queue()
    t = Todo(wrap=[KILLWALK] + action)
    finish(t)
    check_reported(t)
    t.close()
    again = recover()
    first = {r for r in t.got if r[:1] == b'D'}
    assert not first & set(again.got), (first, again.got)
    return t


def recover():
    """A restart brings everything where it belongs."""
    left = [mid for mid in WALK if exists('todo', mid)]
    t = Todo()
    t.say(b'S')
    t.wait(lambda: len([r for r in t.got if r[:1] == b'D']) == len(left))
    t.stop()
    check_reported(t)
    assert not [mid for mid in WALK if exists('todo', mid)]
    t.close()
    return t


def run_wrapped():
    t = Todo(wrap=shlex.split(os.environ['WRAP']))
    finish(t)
    assert len([r for r in t.got if r[:1] == b'D']) == len(WALK), t.got


def check_whole():
    assert not [mid for mid in WALK if exists('todo', mid)]
    recover()


def finish(t):
    """Until it has reported all, complains, or is gone."""
    stopped = False
    try:
        t.say(b'S')
        end = time.monotonic() + LIMIT_S
        while not t.eof:
            assert time.monotonic() < end, t.got
            t.serve(0.05)
            words = b''.join(r for r in t.got if r[:1] == b'L')
            if not stopped and (
                    len([r for r in t.got if r[:1] == b'D']) == len(WALK) or
                    b'warning: ' in words or b'alert: ' in words):
                stopped = True
                t.say(b'X')
    except BrokenPipeError:
        pass
    t.process.wait(LIMIT_S)


def trace():
    """The calls of an undisturbed run, with their numbers; without those of
    the loader and of the C library's start."""
    out = HOME + '/trace'
    # a process that is traced cannot be searched for leaks
    os.environ['ASAN_OPTIONS'] = 'detect_leaks=0'
    if walk_once(['-o', out]).process.returncode == 77:
        print('skip')
        sys.exit(0)
    with open(out) as f:
        lines = [line.split() for line in f]
    os.unlink(out)
    calls = [(int(n), name) for n, name, _ in lines]
    first = min(n for n, name in calls if name == 'umask')
    assert len(calls) > first + 50
    return calls[first - 1:]


def kill_walk():
    for n, _ in trace():
        for when in ('-b', '-a'):
            walk_once([when, str(n)])


def errno_walk():
    for n, name in trace():
        if name in ('exit_group', 'close', 'brk', 'munmap'):
            continue
        for errno in ('EIO', 'ENOSPC', 'EACCES', 'EINTR'):
            walk_once(['-e', '%d:%s' % (n, errno)])


def short_walk():
    for n, name in trace():
        if name in ('read', 'write'):
            walk_once(['-r', str(n)])


def main():
    globals()[sys.argv[1]]()


if __name__ == '__main__':
    main()
