$(call program,qmail-local,mta/local/qmail-local.c,,static)
$(call program,qmail-lspawn,mta/local/qmail-lspawn.c,$(call pkg,libcdb))
