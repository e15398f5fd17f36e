$(call program,qmail-queue,mta/queue/qmail-queue.c)
$(call program,qmail-clean,mta/queue/qmail-clean.c)
