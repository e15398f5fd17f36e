$(call program,qmail-start,mta/start/qmail-start.c)
$(call program,splogger,mta/start/splogger.c)
$(call program,qmailctl,mta/start/qmailctl.c)
