/* SPDX-License-Identifier: ISC */
#include "qmail/control_schema.h"

#include "base/ascii.h"
#include "base/num.h"
#include "fmt/ip.h"

enum { LABEL_MAX = 63, DOMAIN_MAX = 253 };

static bool
is_label_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       ascii_is_digit(c) || c == '-' || c == '_';
}

/* Labels of RFC 1035 with the underscore that is in use. */
static bool
is_host(struct span value)
{
	size_t label = 0;

	if (value.n == 0 || value.n > DOMAIN_MAX)
		return false;
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
		} else if (!is_label_char(value.p[i]) || ++label > LABEL_MAX) {
			return false;
		}
	}
	return label > 0;
}

/* A host or a suffix with its dot. */
static bool
is_host_or_suffix(struct span value)
{
	(void)span_take_prefix(&value, SPAN("."));
	return is_host(value);
}

static bool
is_number(struct span value)
{
	uint64_t number;

	return num_parse_u64(value, INT32_MAX, &number);
}

static bool
has_colon(struct span value)
{
	return span_find(value, ':', 0) < value.n;
}

static bool
has_at(struct span value)
{
	return span_find(value, '@', 0) < value.n;
}

static bool
has_no_at(struct span value)
{
	return value.n > 0 && !has_at(value);
}

static bool
is_address(struct span value)
{
	struct ip ip;

	return ip_parse(value, &ip);
}

static bool
is_address_or_port(struct span value)
{
	uint16_t port;
	struct ip ip;

	return ip_parse_port(value, &ip, &port);
}

static bool
is_network(struct span value)
{
	unsigned bits;
	struct ip ip;

	return ip_parse_network(value, &ip, &bits);
}

enum {
	SEND = CONTROL_BY_SEND,
	SMTPD = CONTROL_BY_SMTPD,
	QMTPD = CONTROL_BY_QMTPD,
	REMOTE = CONTROL_BY_REMOTE,
	INJECT = CONTROL_BY_INJECT,
	QMQPC = CONTROL_BY_QMQPC,
	LSPAWN = CONTROL_BY_LSPAWN,
	NEWMRH = CONTROL_BY_NEWMRH,
	CTL = CONTROL_BY_QMAILCTL,
	TCPSERVER = CONTROL_BY_TCPSERVER,
	ALL = SEND | SMTPD | QMTPD | REMOTE | INJECT | QMQPC,
};

#define NOTHING    CONTROL_OR_NOTHING, NULL
#define LITERAL(x) CONTROL_OR_LITERAL, x
#define ME         CONTROL_OR_ME, NULL
#define ME_OR_NAME CONTROL_OR_ME_OR_NAME, NULL
#define EACH_RUN   CONTROL_AT_EACH_RUN
#define START      CONTROL_AT_START

const struct control_row control_schema[] = {
    {"badmailfrom", CONTROL_LIST, NOTHING, SMTPD, EACH_RUN, has_at,
        "envelope senders and @domains that are refused"},
    {"bouncefrom", CONTROL_LINE, LITERAL("MAILER-DAEMON"), SEND, START,
        has_no_at, "user part of the From of bounces"},
    {"bouncehost", CONTROL_LINE, ME_OR_NAME, SEND, START, is_host,
        "host part of the From of bounces"},
    {"bouncemaxbytes", CONTROL_INT, LITERAL("0"), SEND, START, is_number,
        "bytes of the original copied into a bounce, 0 for all"},
    {"concurrencyincoming", CONTROL_INT, NOTHING, CTL, CONTROL_AT_SERVICE,
        is_number, "simultaneous SMTP sessions"},
    {"concurrencylocal", CONTROL_INT, LITERAL("10"), SEND, START, is_number,
        "simultaneous local deliveries"},
    {"concurrencyremote", CONTROL_INT, LITERAL("20"), SEND, START, is_number,
        "simultaneous remote deliveries"},
    {"databytes", CONTROL_INT, LITERAL("0"), SMTPD | QMTPD, EACH_RUN, is_number,
        "largest message accepted in bytes, 0 for no limit"},
    {"defaultdelivery", CONTROL_TEXT, LITERAL("./Mailbox"), CTL,
        CONTROL_AT_SERVICE, NULL,
        ".qmail text for users without a .qmail file"},
    {"defaultdomain", CONTROL_LINE, ME_OR_NAME, INJECT, EACH_RUN, is_host,
        "added to host names without a dot"},
    {"defaulthost", CONTROL_LINE, ME_OR_NAME, INJECT, EACH_RUN, NULL,
        "added to addresses without a host"},
    {"domainbindings", CONTROL_MAP, NOTHING, REMOTE, EACH_RUN, has_colon,
        "local address, and HELO name, per sender"},
    {"doublebouncehost", CONTROL_LINE, ME_OR_NAME, SEND, START, is_host,
        "host that gets double bounces"},
    {"doublebounceto", CONTROL_LINE, LITERAL("postmaster"), SEND, START,
        has_no_at, "user that gets double bounces"},
    {"envnoathost", CONTROL_LINE, ME_OR_NAME, SEND, START, is_host,
        "host of recipients without @"},
    {"helohost", CONTROL_LINE, ME, REMOTE, EACH_RUN, is_host,
        "name given to remote SMTP servers"},
    {"idhost", CONTROL_LINE, ME_OR_NAME, INJECT, EACH_RUN, is_host,
        "right side of new Message-IDs"},
    {"localiphost", CONTROL_LINE, ME, SMTPD, EACH_RUN, is_host,
        "takes the place of this host's [address] in recipients"},
    {"locals", CONTROL_LIST, ME, SEND, CONTROL_AT_HUP, is_host,
        "domains that are delivered locally"},
    {"maxhops", CONTROL_INT, LITERAL("100"), SMTPD, EACH_RUN, is_number,
        "Received fields after which a message is a loop"},
    {"me", CONTROL_LINE, NOTHING, ALL, EACH_RUN, is_host, "name of this host"},
    {"moreipme", CONTROL_LIST, NOTHING, SMTPD | REMOTE, EACH_RUN, is_network,
        "further addresses that are this host"},
    {"morercpthosts", CONTROL_LIST, NOTHING, NEWMRH, CONTROL_AT_COMPILE,
        is_host_or_suffix, "source of morercpthosts.cdb"},
    {"morercpthosts.cdb", CONTROL_CDB, NOTHING, SMTPD | QMTPD, EACH_RUN, NULL,
        "further domains accepted by SMTP"},
    {"mxps", CONTROL_INT, LITERAL("0"), REMOTE, EACH_RUN, is_number,
        "non-zero: obey QMTP priorities of MX records"},
    {"notipme", CONTROL_LIST, NOTHING, SMTPD | REMOTE, EACH_RUN, is_network,
        "addresses that are not this host"},
    {"outgoingip", CONTROL_LIST, NOTHING, REMOTE, EACH_RUN, is_address,
        "local addresses of outgoing connections"},
    {"percenthack", CONTROL_LIST, NOTHING, SEND, START, is_host,
        "domains in which user%host means user@host"},
    {"plusdomain", CONTROL_LINE, ME_OR_NAME, INJECT, EACH_RUN, is_host,
        "added to host names that end in +"},
    {"qmqpservers", CONTROL_LIST, NOTHING, QMQPC, EACH_RUN, is_address_or_port,
        "addresses of QMQP servers"},
    {"queuelifetime", CONTROL_INT, LITERAL("604800"), SEND, START, is_number,
        "seconds a message may stay in the queue"},
    {"rcptcheck", CONTROL_INT, LITERAL("0"), SMTPD, EACH_RUN, is_number,
        "non-zero: refuse unknown recipients during SMTP"},
    {"rcpthosts", CONTROL_LIST, NOTHING, SMTPD | QMTPD, EACH_RUN,
        is_host_or_suffix, "domains accepted by SMTP"},
    {"smtpgreeting", CONTROL_LINE, ME, SMTPD, EACH_RUN, NULL,
        "first line of the SMTP server"},
    {"smtplisten", CONTROL_LIST, NOTHING, CTL, CONTROL_AT_SERVICE, has_colon,
        "addresses and ports of the SMTP service"},
    {"smtproutes", CONTROL_MAP, NOTHING, REMOTE, EACH_RUN, has_colon,
        "relays for domains"},
    {"tcp.smtp", CONTROL_TEXT, NOTHING, CTL, CONTROL_AT_COMPILE, NULL,
        "source of tcp.smtp.cdb"},
    {"tcp.smtp.cdb", CONTROL_CDB, NOTHING, TCPSERVER, EACH_RUN, NULL,
        "access rules of the SMTP service"},
    {"timeoutconnect", CONTROL_INT, LITERAL("60"), REMOTE, EACH_RUN, is_number,
        "seconds to wait for a connection"},
    {"timeoutlocal", CONTROL_INT, LITERAL("0"), LSPAWN, START, is_number,
        "seconds a local delivery may run, 0 for no limit"},
    {"timeoutremote", CONTROL_INT, LITERAL("1200"), REMOTE, EACH_RUN, is_number,
        "seconds to wait for a remote server"},
    {"timeoutsmtpd", CONTROL_INT, LITERAL("1200"), SMTPD, EACH_RUN, is_number,
        "seconds to wait for an SMTP client"},
    {"virtualdomains", CONTROL_MAP, NOTHING, SEND, CONTROL_AT_HUP, has_colon,
        "domains and addresses handled by a local user"},
};

const size_t control_schema_rows =
    sizeof(control_schema) / sizeof(control_schema[0]);

const struct control_row *
control_schema_find(struct span name)
{
	for (size_t i = 0; i < control_schema_rows; i++) {
		if (span_eq(span_cstr(control_schema[i].name), name))
			return &control_schema[i];
	}
	return NULL;
}
