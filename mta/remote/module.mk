$(call program,qmail-remote,mta/remote/qmail-remote.c,-lresolv)
