$(call program,qmail-smtpd,mta/smtpd/qmail-smtpd.c,$(call pkg,libcdb))
