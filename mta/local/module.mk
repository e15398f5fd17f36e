$(call program,qmail-local,mta/local/qmail-local.c)
