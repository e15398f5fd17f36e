$(call program,qmail-remote,mta/remote/qmail-remote.c,-lresolv)
$(call program,qmail-rspawn,mta/remote/qmail-rspawn.c)
