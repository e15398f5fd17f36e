#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Counts system calls per message in traces of strace -f.

usage: count_calls.py MESSAGES DAEMON-TRACE INJECTION-TRACE PID...

PID: the daemons, still running, that DAEMON-TRACE was taken from. A call that
was interrupted by another process ("<... resumed>") counts once. Prints a line
for each program, and the sum of the daemons' side.
"""
import re
import sys

messages, trace, inject = int(sys.argv[1]), sys.argv[2], sys.argv[3]
names = {}
for pid in sys.argv[4:]:
    with open(f"/proc/{pid}/comm") as f:
        names[pid] = f"{f.read().strip()}"


def count(path, name_of):
    calls, syncs, execs, failing_unlinks, comm = {}, {}, 0, 0, {}
    for line in open(path, errors="replace"):
        pid, text = line.split(None, 1)
        if text.startswith("<... "):
            failing_unlinks += "unlink" in text and "= -1" in text
            continue
        name = comm.get(pid) or name_of(pid)
        hit = re.match(r'execve\("[^"]*/([^"/]+)"', text)
        if hit and "= -1" not in text:
            comm[pid] = name = hit.group(1)
            execs += 1
        calls[name] = calls.get(name, 0) + 1
        if re.match(r"f(data)?sync\(", text):
            syncs[name] = syncs.get(name, 0) + 1
        if text.startswith("unlink") and "= -1" in text:
            failing_unlinks += 1
    return calls, syncs, failing_unlinks, execs


daemon = count(trace, lambda pid: names.get(pid, "children before exec"))
client = count(inject, lambda pid: "inject")
total = 0
for calls, syncs in ((daemon[0], daemon[1]), (client[0], client[1])):
    for name in sorted(calls):
        if name == "inject":
            continue
        print(f"{name:22} {calls[name] / messages:7.1f} calls "
              f"{syncs.get(name, 0) / messages:5.1f} syncs a message")
print(f"daemon side together: {sum(daemon[0].values()) / messages:.1f} calls, "
      f"{daemon[2]} failing unlinks, {daemon[3] / messages:.1f} programs "
      "executed")
