$(call program,qmail-send,mta/send/qmail-send.c)
$(call program,qmail-todo,mta/send/qmail-todo.c)
