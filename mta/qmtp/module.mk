$(call program,qmail-qmtpd,mta/qmtp/qmail-qmtpd.c,$(call pkg,libcdb))
$(call program,qmail-qmqpd,mta/qmtp/qmail-qmqpd.c,$(call pkg,libcdb))
$(call program,qmail-qmqpc,mta/qmtp/qmail-qmqpc.c)
