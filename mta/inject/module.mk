$(call program,qmail-inject,mta/inject/qmail-inject.c,,static)
$(call program,sendmail,mta/inject/sendmail.c,,static)
$(call alias,mailq,sendmail)
$(call alias,newaliases,sendmail)
