$(call program,qmail-inject,mta/inject/qmail-inject.c)
$(call program,sendmail,mta/inject/sendmail.c)
$(call alias,mailq,sendmail)
$(call alias,newaliases,sendmail)
