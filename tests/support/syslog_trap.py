#!/usr/bin/python3
# SPDX-License-Identifier: ISC
# usage: syslog_trap.py OUTPUT COMMAND...
# Root only. In a private mount namespace with a /dev of its own: listens on
# /dev/log while COMMAND runs, then writes each datagram as a line to OUTPUT.
import os
import socket
import subprocess
import sys


def private_dev(where):
    subprocess.run(["mount", "-t", "tmpfs", "none", where], check=True)
    for name, minor in (("null", 3), ("zero", 5), ("urandom", 9)):
        os.mknod(where + "/" + name, 0o20666, os.makedev(1, minor))
    os.symlink("/proc/self/fd", where + "/fd")
    subprocess.run(["mount", "--bind", where, "/dev"], check=True)


if os.environ.get("SYSLOG_TRAP") is None:
    os.environ["SYSLOG_TRAP"] = "1"
    os.execvp("unshare", ["unshare", "-m", sys.executable] + sys.argv)
private_dev(os.path.dirname(sys.argv[1]))
output = open(sys.argv[1], "wb")
trap = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
trap.bind("/dev/log")
# every datagram must fit the queue while the command runs: read alongside
command = subprocess.Popen(sys.argv[2:])
trap.settimeout(0.05)
while True:
    ended = command.poll() is not None
    try:
        output.write(trap.recv(4096).rstrip(b"\0") + b"\n")
    except socket.timeout:
        if ended:
            break
output.close()
sys.stdout.buffer.write(open(sys.argv[1], "rb").read())
sys.exit(command.returncode)
