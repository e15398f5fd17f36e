#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""A name server that misbehaves as told, over UDP and TCP.

usage: dnssink.py PORTFILE LOG RULE...

RULE is "NAME TYPE=ANSWER[,ANSWER...]"; NAME in small letters, TYPE a mnemonic
or "*". ANSWER is one of

    10 mx.example     MX        192.0.2.1   A         2001:db8::1   AAAA
    @target           CNAME     *COUNT      that many MX records mN.example
    nx servfail refused formerr             these codes
    drop              no answer at all
    noedns            FORMERR to questions with EDNS, else the other answers
    tc                truncated over UDP, else the other answers
    short             half of the message
    junk              bytes that are no message
    foreign           records of another name besides
Everything unknown is NXDOMAIN; a name with other types is NODATA. LOG gets a
line "udp|tcp NAME TYPE [edns]" for each question.
"""
import ipaddress
import os
import select
import socket
import struct
import sys

TYPES = {"A": 1, "CNAME": 5, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28}
CODES = {"formerr": 1, "servfail": 2, "nx": 3, "refused": 5}


def name(text):
    out = b""
    for label in text.strip(".").split("."):
        if label:
            out += bytes([len(label)]) + label.encode()
    return out + b"\0"


def record(owner, kind, data):
    return owner + struct.pack(">HHIH", TYPES[kind], 1, 60, len(data)) + data


class Server:
    def __init__(self, rules, log):
        self.rules, self.log = {}, log
        for rule in rules:
            left, right = rule.split("=", 1)
            host, kind = left.split(" ")
            self.rules[host, kind] = right.split(",")

    def find(self, host, kind):
        for key in ((host, kind), (host, "*")):
            if key in self.rules:
                return self.rules[key]
        if any(h == host for h, _ in self.rules):
            return []
        return ["nx"]

    def records(self, owner, answers):
        out = []
        for a in answers:
            if a.startswith("@"):
                out.append(record(owner, "CNAME", name(a[1:])))
                target = a[1:].lower()
                # as a recursive server would, add what the alias leads to
                rest = self.rules.get((target, self.kind), [])
                out += self.records(name(target), rest)
            elif a.startswith("*"):
                for i in range(int(a[1:])):
                    out.append(record(owner, "MX", struct.pack(">H", i) +
                                      name(f"m{i}.a-longer-name.example")))
            elif " " in a:
                preference, host = a.split(" ")
                out.append(record(owner, "MX", struct.pack(
                    ">H", int(preference)) + name(host)))
            elif a == "foreign":
                out.append(record(name("other.example"), "MX",
                                  struct.pack(">H", 0) + name("evil.example")))
                out.append(record(name("other.example"), "A",
                                  bytes([127, 0, 0, 66])))
            elif a not in CODES and a not in ("noedns", "tc", "short"):
                ip = ipaddress.ip_address(a)
                out.append(record(owner, "A" if ip.version == 4 else "AAAA",
                                  ip.packed))
        return out

    def reply(self, query, transport):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1"))
            at += 1 + query[at]
        kind = struct.unpack(">H", query[at + 1:at + 3])[0]
        question = query[12:at + 5]
        host = ".".join(labels).lower()
        self.kind = next((k for k, v in TYPES.items() if v == kind), "?")
        edns = query[11] > 0
        print(transport, host, self.kind, *(["edns"] if edns else []),
              file=self.log, flush=True)
        answers = self.find(host, self.kind)
        if "drop" in answers:
            return None
        if "junk" in answers:
            return query[:2] + b"\xff" * 40
        code = next((CODES[a] for a in answers if a in CODES), 0)
        if "noedns" in answers and edns:
            code, answers = 1, []
        records = self.records(b"\xc0\x0c", answers)
        flags = 0x8180 | code
        if transport == "udp" and ("tc" in answers or
                                   len(b"".join(records)) > 1100):
            flags, records = flags | 0x0200, []
        out = query[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0)
        out += question + b"".join(records)
        return out[:len(out) // 2] if "short" in answers else out

    def tcp(self, connection):
        connection.settimeout(5)
        try:
            size = connection.recv(2, socket.MSG_WAITALL)
            query = connection.recv(struct.unpack(">H", size)[0],
                                    socket.MSG_WAITALL)
            answer = self.reply(query, "tcp")
            if answer is not None:
                connection.sendall(struct.pack(">H", len(answer)) + answer)
        except (OSError, struct.error):
            pass
        connection.close()


def bind():
    while True:
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind(tcp.getsockname())
            return tcp, udp
        except OSError:
            tcp.close()


def main():
    tcp, udp = bind()
    with open(sys.argv[2], "w", encoding="ascii") as log:
        server = Server(sys.argv[3:], log)
        with open(sys.argv[1] + ".new", "w", encoding="ascii") as f:
            f.write(f"{tcp.getsockname()[1]}\n")
        os.rename(sys.argv[1] + ".new", sys.argv[1])
        while True:
            ready, _, _ = select.select([tcp, udp], [], [])
            if udp in ready:
                query, peer = udp.recvfrom(4096)
                answer = server.reply(query, "udp")
                if answer is not None:
                    udp.sendto(answer, peer)
            if tcp in ready:
                server.tcp(tcp.accept()[0])


if __name__ == "__main__":
    main()
