#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""A scripted SMTP server for tests of qmail-remote.

usage: smtpsink.py PORTFILE TRANSCRIPT [RULE...] [--address ADDR] [--port N]
                   [--peers]

Writes its port to PORTFILE, appends all it is sent to TRANSCRIPT and serves
until it is killed. RULE is "WORD=REPLY": the answer to commands that begin
with WORD (GREETING, EHLO, HELO, MAIL, RCPT, DATA, END, QUIT); "\\n" in REPLY
separates lines, "close" instead of a reply closes the connection. A RCPT rule
"RCPT:ADDRESS=REPLY" is for one recipient, "GREETING:ADDRESS=REPLY" for
connections to that address of ours ("--address ::" listens on all of both
families). With --peers the transcript has lines "CONNECT ADDRESS" and "FROM
ADDRESS" for each.
"""
import socket
import sys

DEFAULT = {
    "GREETING": "220 sink ESMTP", "EHLO": "250-sink\\n250-PIPELINING\\n"
    "250-8BITMIME\\n250 SIZE 0", "HELO": "250 sink", "MAIL": "250 ok",
    "RCPT": "250 ok", "DATA": "354 go", "END": "250 taken", "QUIT": "221 bye"}


class Closed(Exception):
    pass


class Session:
    def __init__(self, connection, rules, transcript):
        self.connection, self.rules = connection, rules
        self.file = connection.makefile("rb")
        self.transcript = transcript

    def reply(self, word, detail=""):
        text = self.rules.get(f"{word}:{detail}", self.rules.get(word))
        if text is None:
            text = "502 what"
        if text == "close":
            raise Closed
        lines = text.split("\\n")
        data = "".join(line + "\r\n" for line in lines)
        self.connection.sendall(data.encode("latin-1"))
        return lines[-1][:3]

    def line(self):
        line = self.file.readline()
        if not line:
            raise Closed
        self.transcript.write(line)
        self.transcript.flush()
        return line

    def data(self):
        if self.reply("DATA") != "354":
            return
        while self.line() != b".\r\n":
            pass
        self.reply("END")

    def run(self, peers):
        here = self.connection.getsockname()[0].removeprefix("::ffff:")
        if peers:
            there = self.connection.getpeername()[0]
            self.transcript.write(f"CONNECT {here}\nFROM {there}\n".encode())
            self.transcript.flush()
        self.reply("GREETING", here)
        while True:
            text = self.line().decode("latin-1").strip()
            word = text[:4].upper()
            if word == "DATA":
                self.data()
            elif word == "RCPT":
                self.reply(word, text[text.find("<") + 1:text.rfind(">")])
            else:
                self.reply(word)
            if word == "QUIT":
                raise Closed


def take_option(words, name, default):
    if name not in words:
        return default
    at = words.index(name)
    value = words[at + 1]
    del words[at:at + 2]
    return value


def main():
    words = sys.argv[3:]
    address = take_option(words, "--address", "127.0.0.1")
    port = int(take_option(words, "--port", "0"))
    peers = "--peers" in words
    if peers:
        words.remove("--peers")
    rules = dict(DEFAULT, **dict(w.split("=", 1) for w in words))
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    server = socket.create_server((address, port), family=family,
                                  dualstack_ipv6=address == "::")
    with open(sys.argv[1], "w", encoding="ascii") as f:
        f.write(f"{server.getsockname()[1]}\n")
    with open(sys.argv[2], "ab") as transcript:
        while True:
            connection, _ = server.accept()
            try:
                Session(connection, rules, transcript).run(peers)
            except (Closed, OSError):
                pass
            connection.close()


if __name__ == "__main__":
    main()
