#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""aiosmtpd as the far side: keeps each message as a file.

usage: aiosmtpd_sink.py ADDRESS PORTFILE FOLDER

Writes its port to PORTFILE. A message becomes FOLDER/N with the lines "FROM
address" and "TO address" before its bytes; recipients that begin with "later"
or "never" are refused. Serves until it is killed.
"""
import asyncio
import os
import sys

from aiosmtpd.smtp import SMTP


class Keep:
    def __init__(self, folder):
        self.folder, self.n = folder, 0

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address.startswith("later"):
            return "450 4.2.1 come back"
        if address.startswith("never"):
            return "550-5.1.1 there is\r\n550 5.1.1 nobody"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, _server, _session, envelope):
        self.n += 1
        path = os.path.join(self.folder, str(self.n))
        with open(path + ".new", "wb") as f:
            f.write(f"FROM {envelope.mail_from}\n".encode())
            for to in envelope.rcpt_tos:
                f.write(f"TO {to}\n".encode())
            f.write(envelope.content)
        os.rename(path + ".new", path)
        return "250 kept"


async def main():
    address, portfile, folder = sys.argv[1:]
    handler = Keep(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="far.example"), address, 0)
    with open(portfile, "w", encoding="ascii") as f:
        f.write(f"{server.sockets[0].getsockname()[1]}\n")
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
