# SPDX-License-Identifier: ISC
# Whole mail hosts that talk SMTP to each other: deliveries, deferrals, bounces.
# Host a (127.0.0.2) sends, host b (127.0.0.3) is the far side.
load ../support/home
load ../support/world

setup() {
	needs tcpserver multilog
	world_create
	host_create a joe
	host_create b bob
	listen_at a 127.0.0.2
	listen_at b 127.0.0.3
	printf '%s\n' "b.example:127.0.0.3:${port[b]}" \
	    "refused.example:127.0.0.3:${port[b]}" |
	    edit a/control/smtproutes
	echo "a.example:127.0.0.2:${port[a]}" | edit b/control/smtproutes
}

teardown() { world_destroy; }

# post SUBJECT FROM TO...: through sendmail on host a
post() {
	local subject=$1 from=$2
	shift 2
	letter "$subject" | on a sendmail -f "$from" -- "$@"
}

# the one message that waits in the queue of host a
waiting() { as_owner find "$world/a/queue/remote" -type f; }

@test "network: a message crosses, and both logs tell it" {
	start a b
	post over joe@a.example bob@b.example
	wait_for 10 arrived b bob '^Subject: over'
	[ "$(count b bob)" -eq 1 ]
	file=$(as_owner grep -rl '^Subject: over' "$(folder b bob)")
	[ "$(as_owner head -n 2 "$file")" = $'Return-Path: <joe@a.example>\nDelivered-To: bob@b.example' ]
	as_owner grep -q '^Received: from unknown (HELO a.example) (127.0.0.1)$' "$file"
	as_owner grep -q '^  by 0 with ESMTP; ' "$file"
	wait_for 10 logged a 'delivery 1: success: 127\.0\.0\.3_accepted_message\./Remote_host_said:_250_ok_[0-9]+_qp_[0-9]+/$'
	qp=$(as_owner sed -n 's/.*Remote_host_said:_250_ok_[0-9]*_qp_\([0-9]*\).*/\1/p' "$world/a/log/send/current")
	logged b "info msg [0-9]+: bytes [0-9]+ from <joe@a.example> qp $qp uid "
	wait_for 10 queue_is_empty a
	wait_for 10 queue_is_empty b
}

@test "network: several recipients, each once" {
	echo ./Maildir/ | edit b/people/bob/.qmail-default
	start a b
	post many joe@a.example bob@b.example bob-{1..20}@b.example joe@a.example
	all() { [ "$(count b bob)" -eq 21 ]; }
	wait_for 20 all
	[ "$(as_owner grep -rh '^Delivered-To' "$(folder b bob)" | sort -u | wc -l)" -eq 21 ]
	wait_for 10 arrived a joe '^Subject: many'
	wait_for 10 queue_is_empty a
}

@test "network: down, then up: deferred, delivered after ALRM" {
	start a
	post later joe@a.example bob@b.example
	wait_for 10 logged a 'delivery 1: deferral: .*\(#4\.4\.1\)/$'
	start b
	on a qmailctl flush
	wait_for 10 arrived b bob '^Subject: later'
	wait_for 10 queue_is_empty a
	[ "$(count b bob)" -eq 1 ]
}

@test "network: a deferred message waits for its time across a restart" {
	start a
	post timed joe@a.example bob@b.example
	wait_for 10 logged a 'delivery 1: deferral: '
	on a qmailctl stop
	start b
	# the time of the next attempt is the mtime of the recipient file
	due=$(as_owner stat -c %Y "$(waiting)")
	[ "$due" -gt "$(date +%s)" ]
	start a
	on a qmailctl stop
	[ "$(count b bob)" -eq 0 ]
	as_owner touch -d '1 minute ago' "$(waiting)"
	start a
	wait_for 10 arrived b bob '^Subject: timed'
	wait_for 10 queue_is_empty a
}

@test "network: a refused recipient comes back to the sender" {
	start a b
	post refused joe@a.example bob@refused.example
	wait_for 10 arrived a joe '^Subject: failure notice'
	file=$(as_owner grep -rl '^Subject: failure notice' "$(folder a joe)")
	as_owner head -n 1 "$file" | grep -qx 'Return-Path: <>'
	as_owner grep -qx 'Hi. This is the qmail-send program at a.example.' "$file"
	as_owner grep -qx '<bob@refused.example>:' "$file"
	as_owner grep -qx '127.0.0.3 does not like recipient.' "$file"
	as_owner grep -q '^Remote host said: 553 .*(#5\.7\.1)$' "$file"
	as_owner grep -qx -e '--- Below this line is a copy of the message.' "$file"
	as_owner grep -qx 'Subject: refused' "$file"
	wait_for 10 queue_is_empty a
}

@test "network: what the far side accepts and cannot deliver, it sends back" {
	start a b
	post astray joe@a.example nobody-here@b.example
	wait_for 10 arrived a joe '^Hi. This is the qmail-send program at b.example.'
	as_owner grep -rqx '<nobody-here@b.example>:' "$(folder a joe)"
	wait_for 10 logged b '^@[0-9a-f]* bounce msg [0-9]+ qp [0-9]+'
	wait_for 10 queue_is_empty b
}

@test "network: a bounce that bounces goes to the postmaster" {
	start a b
	post double gone@a.example bob@refused.example
	inbox=$world/a/alias/Maildir/new
	wait_for 10 as_owner grep -rqs '^Subject: failure notice' "$inbox"
	as_owner grep -rqx 'Return-Path: <#@\[\]>' "$inbox"
	as_owner grep -rqx 'Delivered-To: postmaster@a.example' "$inbox"
	as_owner grep -rqx -e '--- Below this line is the original bounce.' "$inbox"
	as_owner grep -rqx '<gone@a.example>:' "$inbox"
	wait_for 10 queue_is_empty a
}

@test "network: a double bounce that bounces is discarded" {
	echo gone-too | edit a/control/doublebounceto
	start a b
	post triple gone@a.example bob@refused.example
	wait_for 10 logged a 'triple bounce: discarding bounce/[0-9]+$'
	wait_for 10 queue_is_empty a
	[ -z "$(as_owner ls "$world/a/queue/bounce")" ]
}

@test "network: VERP names the recipient on the wire, its bounce goes to the list" {
	echo ./Maildir/ | edit a/people/joe/.qmail-list-default
	start a b
	post verp joe-list-@a.example-@'[]' bob@b.example far@refused.example
	wait_for 10 arrived b bob '^Return-Path: <joe-list-bob=b.example@a.example>'
	wait_for 10 arrived a joe '^<far@refused.example>:'
	arrived a joe '^Delivered-To: joe-list-@a.example'
}

@test "network: a list with an owner: bounces go there, also one by one" {
	printf '&bob@b.example\n&far@refused.example\n' | edit a/people/joe/.qmail-list
	echo ./Maildir/ | edit a/people/joe/.qmail-list-owner
	start a b
	post owner someone@b.example joe-list@a.example
	wait_for 10 arrived b bob '^Return-Path: <joe-list-owner@a.example>'
	wait_for 10 arrived a joe '^<far@refused.example>:'
	arrived a joe '^Delivered-To: joe-list-owner@a.example'
	# with -owner-default each subscriber gets an address of his own
	echo ./Maildir/ | edit a/people/joe/.qmail-list-owner-default
	post owners someone@b.example joe-list@a.example
	wait_for 10 arrived b bob '^Return-Path: <joe-list-owner-bob=b.example@a.example>'
}

@test "network: a bounce does not show the prefix of a virtual domain" {
	printf 'v.example:joe-v\nonly@w.example:joe-only\n' | edit a/control/virtualdomains
	printf 'v.example\nw.example\n' | as_owner tee -a "$world/a/control/rcpthosts" >/dev/null
	start a b
	post virtual joe@a.example x@v.example only@w.example
	wait_for 10 arrived a joe '^<x@v.example>:'
	arrived a joe '^<only@w.example>:'
	! arrived a joe 'joe-v-x@v.example|joe-only-only@'
}

@test "network: mail that goes in a circle ends" {
	echo "&joe@b.example" | edit a/people/joe/.qmail
	echo "&joe@a.example" | edit b/alias/.qmail-joe
	start a b
	post circle sender@refused.example joe@a.example
	wait_for 20 logged a '(#5\.4\.6)|looping'
	wait_for 20 queue_is_empty a
	wait_for 20 queue_is_empty b
}
