$(call program,maildirmake,mta/maildir/maildirmake.c)
